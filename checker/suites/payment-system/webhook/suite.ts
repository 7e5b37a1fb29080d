import type { Refusal, Verification, WebhookHeaders } from "../../../../solutions/payment-system/webhook.ts";
import {
  behavior,
  counts,
  ensure,
  expect,
  fc,
  forAll,
  names,
  observe,
  readings,
  show,
  stage,
  step,
  subject,
} from "../../../kit/index.ts";
import {
  constantTime,
  keysRotate,
  replayWindow,
  secretsAreSecret,
  signedBytes,
  wireIsHostile,
} from "../webhook-invariants.ts";
import { bytesOf, countingHmac, decided, headersOf, hmac, type Key, key, signature, signedBy } from "./messages.ts";
import { watched } from "./reads.ts";

const { Webhook, equalInConstantTime } =
  await subject<typeof import("../../../../solutions/payment-system/webhook.ts")>();

/** The test vector that the libraries of Standard Webhooks share. */
const VECTOR = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  seconds: 1_614_265_330,
  body: bytesOf('{"test": 2432232314}'),
  signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};
const SECONDS = 1_760_000_000;
const NOW_MS = SECONDS * 1_000;
const TIMESTAMP = String(SECONDS);
const BODY = bytesOf('{"type":"payment.captured","amount":1099}');
const [NEW, OLD, OTHER] = [key(1), key(2), key(3)] as const;

const receiver = (keys: readonly Key[] = [NEW]) =>
  observe("webhook", new Webhook({ secrets: keys.map(({ secret }) => secret), hmac }));

const accepted = (secret = 0, id = "msg_1"): Verification => ({
  valid: true,
  id,
  timestampSeconds: SECONDS,
  secret,
});
const refused = (reason: Refusal): Verification => ({ valid: false, reason });

/** Bytes that a decoder of UTF-8 drops, replaces or takes for something else, and ordinary ones. */
const bodies = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.constantFrom(
    Uint8Array.of(),
    Uint8Array.of(0),
    Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d),
    Uint8Array.of(0x7b, 0xff, 0x7d),
    Uint8Array.of(0x7b, 0xfe, 0x7d),
    Uint8Array.of(0xed, 0xa0, 0x80),
    Uint8Array.of(0xc3),
    bytesOf("{}\r\n"),
    bytesOf("e\u0301"),
    bytesOf("\u00e9"),
    bytesOf('{"a":1.0,"a":1e2, "b":"\\u0041"}'),
  ),
);

stage(1, "Sign and verify", () => {
  behavior("signs and verifies the published vector", signedBytes, () => {
    const { secret, id, seconds, body } = VECTOR;
    const webhook = observe("webhook", new Webhook({ secrets: [secret], hmac }));
    const headers = webhook.sign(id, seconds, body);
    expect({ ...headers }).toEqual(headersOf(id, String(seconds), VECTOR.signature));
    expect(webhook.verify(headers, body, seconds * 1_000)).toEqual({
      valid: true,
      id,
      timestampSeconds: seconds,
      secret: 0,
    });
  });

  behavior("a signature is of one id, one timestamp, one body and one key", signedBytes, () => {
    const webhook = receiver();
    const headers = signedBy([NEW], "msg_1", TIMESTAMP, BODY);
    expect(webhook.verify(headers, BODY, NOW_MS)).toEqual(accepted());
    const later = String(SECONDS + 1);
    expect(webhook.verify({ ...headers, "webhook-id": "msg_2" }, BODY, NOW_MS)).toEqual(refused("signature"));
    expect(webhook.verify({ ...headers, "webhook-timestamp": later }, BODY, NOW_MS)).toEqual(refused("signature"));
    expect(webhook.verify(headers, bytesOf('{"amount":1}'), NOW_MS)).toEqual(refused("signature"));
    expect(receiver([OTHER]).verify(headers, BODY, NOW_MS)).toEqual(refused("signature"));
  });

  behavior("a body that was parsed and written again is another body", signedBytes, () => {
    const webhook = receiver();
    for (const text of [
      '{"amount": 1099}',
      '{"amount":1099.0}',
      '{"amount":1099}\n',
      '{"b":"\\u00e9"}',
      '{"2":0,"1":0}',
    ]) {
      const headers = signedBy([NEW], "msg_1", TIMESTAMP, bytesOf(text));
      const again = JSON.stringify(JSON.parse(text));
      step(`signed was ${JSON.stringify(text)}; written again it is ${JSON.stringify(again)}`);
      expect(webhook.verify(headers, bytesOf(again), NOW_MS)).toEqual(refused("signature"));
      expect(webhook.verify(headers, bytesOf(text), NOW_MS)).toEqual(accepted());
    }
  });

  behavior("a body is bytes, not text: no other bytes pass for it", signedBytes, () => {
    forAll(fc.tuple(bodies, bodies), ([body, other]) => {
      const webhook = receiver();
      const headers = webhook.sign("msg_1", SECONDS, body);
      expect(headers["webhook-signature"]).toBe(`v1,${signature(NEW, "msg_1", TIMESTAMP, body)}`);
      expect(webhook.verify(headers, body, NOW_MS)).toEqual(accepted());
      const same = Buffer.compare(body, other) === 0;
      expect(webhook.verify(headers, other, NOW_MS)).toEqual(same ? accepted() : refused("signature"));
    });
  });

  behavior("signs a body of any length to its last byte", signedBytes, () => {
    for (const length of [0, 1, 63, 64, 65, 255, 256, 65_535, 65_536, 65_537, 2_000_000]) {
      const body = Uint8Array.from({ length }, (_, i) => i * 7);
      const headers = signedBy([NEW], "msg_1", TIMESTAMP, body);
      const steps = [`a body of ${length} bytes`];
      const webhook = new Webhook({ secrets: [NEW.secret], hmac });
      const sent = webhook.sign("msg_1", SECONDS, body)["webhook-signature"];
      ensure(sent === headers["webhook-signature"], () => ({ steps, expected: show(headers), got: show(sent) }));
      const got = webhook.verify(headers, body, NOW_MS);
      ensure(got.valid, () => ({ steps, expected: "a valid message", got: show(got) }));
      if (length === 0) continue;
      body[length - 1]! ^= 128;
      const changed = webhook.verify(headers, body, NOW_MS);
      ensure(!changed.valid, () => ({
        steps: [...steps, "its last byte is changed"],
        expected: "a refusal",
        got: show(changed),
      }));
    }
  });

  behavior("a change of any one bit of a body is found", signedBytes, () => {
    const webhook = new Webhook({ secrets: [NEW.secret], hmac });
    const body = BODY.slice();
    const headers = webhook.sign("msg_1", SECONDS, body);
    for (let bit = 0; bit < 8 * body.length; bit++) {
      body[bit >> 3]! ^= 1 << (bit & 7);
      const got = webhook.verify(headers, body, NOW_MS);
      ensure(!got.valid, () => ({
        expected: "a refusal",
        got: show(got),
        steps: [`bit ${bit} of the body is flipped`],
      }));
      body[bit >> 3]! ^= 1 << (bit & 7);
    }
  });

  behavior("takes bytes that lie in the middle of a larger buffer, and changes none", signedBytes, () => {
    const page = new Uint8Array(200).fill(65);
    page.set(BODY, 50);
    const body = page.subarray(50, 50 + BODY.length);
    // As Node's sockets give them: many small Buffers over the same memory.
    const pooled = Buffer.from(page.buffer, 50, BODY.length);
    const inThePool = (secret: Uint8Array, message: Uint8Array): Uint8Array => {
      const pool = new Uint8Array(64).fill(9);
      pool.set(hmac(secret, message), 17);
      return pool.subarray(17, 49);
    };
    const before = page.slice();
    const webhook = observe("webhook", new Webhook({ secrets: [NEW.secret], hmac: inThePool }));
    const headers = webhook.sign("msg_1", SECONDS, body);
    expect(headers["webhook-signature"]).toBe(`v1,${signature(NEW, "msg_1", TIMESTAMP, BODY)}`);
    expect(webhook.verify(headers, body, NOW_MS)).toEqual(accepted());
    expect(webhook.verify(headers, pooled, NOW_MS)).toEqual(accepted());
    expect(Buffer.compare(page, before)).toBe(0);
  });

  behavior("equal bytes are equal, and no others", constantTime, () => {
    const all: number[][] = [[]];
    for (let length = 0, from = 0; length < 3; length++) {
      const end = all.length;
      for (; from < end; from++) for (const byte of [0, 1, 127, 128, 255]) all.push([...all[from]!, byte]);
    }
    const arrays = all.map((bytes) => Uint8Array.from(bytes));
    for (const [i, a] of arrays.entries()) {
      for (const [j, b] of arrays.entries()) {
        const got = equalInConstantTime(a, b);
        ensure(got === (i === j), () => ({
          expected: `${i === j}`,
          got: show(got),
          steps: [`equalInConstantTime(${show([...a])}, ${show([...b])})`],
        }));
      }
    }
    const [long, other] = [new Uint8Array(70_000).fill(7), new Uint8Array(70_000).fill(7)];
    expect(equalInConstantTime(long, other)).toBe(true);
    for (const at of [0, 255, 256, 65_535, 65_536, 69_999]) {
      other[at] = 8;
      step(`two arrays of 70,000 bytes that differ at ${at}`);
      expect(equalInConstantTime(long, other)).toBe(false);
      other[at] = 7;
    }
  });

  behavior("a comparison reads the same bytes wherever the difference is", constantTime, () => {
    const secret = hmac(NEW.bytes, BODY);
    const traceOf = (guess: ArrayLike<number>): string => {
      const reads: string[] = [];
      equalInConstantTime(watched(guess, reads, "a"), watched(secret, reads, "b"));
      return reads.join(" ");
    };
    const expected = traceOf(secret);
    for (let right = 0; right < secret.length; right++) {
      const guess = secret.map((byte, i) => (i < right ? byte : byte ^ 255));
      const got = traceOf(guess);
      ensure(got === expected, () => ({
        steps: [`of 32 bytes the first ${right} are right, and none after them`],
        expected: `the reads of a comparison of equal bytes: ${expected}`,
        got,
      }));
      const oneOff = secret.map((byte, i) => (i === right ? byte ^ 1 : byte));
      const gotOneOff = traceOf(oneOff);
      ensure(gotOneOff === expected, () => ({
        steps: [`of 32 bytes only number ${right} is wrong`],
        expected: `the reads of a comparison of equal bytes: ${expected}`,
        got: gotOneOff,
      }));
    }
  });
});

stage(2, "Replay window", () => {
  behavior("takes a message up to the tolerance before and after now, to the millisecond", replayWindow, () => {
    const headers = signedBy([NEW], "msg_1", TIMESTAMP, BODY);
    for (const toleranceMs of [undefined, 0, 1, 999, 1_000, 86_400_000]) {
      const options = { secrets: [NEW.secret], hmac, ...(toleranceMs === undefined ? {} : { toleranceMs }) };
      const webhook = observe("webhook", new Webhook(options));
      const far = toleranceMs ?? 300_000;
      step(`the tolerance is ${far} ms`);
      expect(webhook.verify(headers, BODY, NOW_MS + far)).toEqual(accepted());
      expect(webhook.verify(headers, BODY, NOW_MS + far + 1)).toEqual(refused("expired"));
      expect(webhook.verify(headers, BODY, NOW_MS - far)).toEqual(accepted());
      expect(webhook.verify(headers, BODY, NOW_MS - far - 1)).toEqual(refused("future"));
    }
  });

  behavior(
    "a message outside the window is refused for that, before its signature costs anything",
    replayWindow,
    () => {
      const counting = countingHmac();
      const webhook = observe("webhook", new Webhook({ secrets: [NEW.secret, OLD.secret], hmac: counting.hmac }));
      for (const headers of [
        signedBy([NEW], "msg_1", TIMESTAMP, BODY),
        signedBy([OTHER], "msg_1", TIMESTAMP, BODY),
        headersOf("msg_1", TIMESTAMP, "v1a,x"),
      ]) {
        expect(webhook.verify(headers, BODY, NOW_MS + 300_001)).toEqual(refused("expired"));
        expect(webhook.verify(headers, BODY, NOW_MS - 300_001)).toEqual(refused("future"));
        expect(webhook.verify(headers, BODY, 0)).toEqual(refused("future"));
      }
      ensure(counting.calls === 0, () => ({
        expected: "no HMAC for these messages",
        got: `${counting.calls} of them`,
      }));
    },
  );

  behavior("a clock that gives no time is an error, and lets nothing pass", replayWindow, () => {
    const webhook = receiver();
    const headers = signedBy([NEW], "msg_1", TIMESTAMP, BODY);
    for (const nowMs of [Number.NaN, Number.POSITIVE_INFINITY, -1, NOW_MS + 0.5, 2 ** 53]) {
      step(`webhook.verify(…, ${nowMs})`);
      expect(() => webhook.verify(headers, BODY, nowMs)).toThrow(RangeError);
    }
    for (const toleranceMs of [Number.NaN, -1, 0.5, 86_400_001]) {
      step(`new Webhook({ toleranceMs: ${toleranceMs}, … })`);
      expect(() => new Webhook({ secrets: [NEW.secret], hmac, toleranceMs })).toThrow(RangeError);
    }
  });

  behavior("each reading of the clock counts by itself, and a clock may step back", replayWindow, () => {
    const start = { start: NOW_MS - 10_000, back: 400_000, leap: 290_000 };
    forAll(readings(12, start), (clock) => {
      const webhook = receiver();
      const headers = signedBy([NEW], "msg_1", TIMESTAMP, BODY);
      for (const nowMs of clock) {
        expect(webhook.verify(headers, BODY, nowMs)).toEqual(decided([NEW], 300_000, headers, BODY, nowMs));
      }
    });
  });
});

stage(3, "Keys that rotate, input that is hostile", () => {
  behavior("any signature under any secret passes, and the first secret that fits is named", keysRotate, () => {
    const lists = [[], ...sequences([NEW, OLD, OTHER])];
    const many = Array.from({ length: 12 }, (_, i) => key(10 + i));
    for (const secrets of [...lists.slice(1), [OTHER, NEW, NEW, OLD], [...many, OLD]]) {
      for (const signers of lists) {
        const webhook = receiver(secrets);
        const signatures = ["v1a,x", ...signers.map((each) => `v1,${signature(each, "msg_1", TIMESTAMP, BODY)}`)];
        const first = secrets.findIndex((each) => signers.includes(each));
        const got = webhook.verify(headersOf("msg_1", TIMESTAMP, signatures.join(" ")), BODY, NOW_MS);
        expect(got).toEqual(first === -1 ? refused("signature") : accepted(first));
      }
    }
  });

  behavior("a sender signs with each of its secrets, in their order", keysRotate, () => {
    for (const keys of sequences([NEW, OLD, OTHER])) {
      expect({ ...receiver(keys).sign("msg_1", SECONDS, BODY) }).toEqual(signedBy(keys, "msg_1", TIMESTAMP, BODY));
    }
  });

  behavior("the HMAC is computed once for each secret, however many signatures there are", wireIsHostile, () => {
    const counting = countingHmac();
    const webhook = new Webhook({ secrets: [NEW.secret, OLD.secret], hmac: counting.hmac });
    const wrong = Array.from({ length: 5_000 }, (_, i) => `v1,${signature(OTHER, `msg_${i}`, TIMESTAMP, BODY)}`);
    const right = `v1,${signature(OLD, "msg_1", TIMESTAMP, BODY)}`;
    const steps = ["two secrets, a header of 5,000 wrong signatures"];
    const got = webhook.verify(headersOf("msg_1", TIMESTAMP, wrong.join(" ")), BODY, NOW_MS);
    ensure(counting.calls <= 2, () => ({ steps, expected: "at most 2 HMACs", got: `${counting.calls} of them` }));
    expect(got).toEqual(refused("signature"));
    step("the same header, and a right one under the second secret at its end");
    expect(webhook.verify(headersOf("msg_1", TIMESTAMP, [...wrong, right].join(" ")), BODY, NOW_MS)).toEqual(
      accepted(1),
    );
  });

  behavior("items of other versions and of other forms are passed over, and never believed", wireIsHostile, () => {
    const text = signature(NEW, "msg_1", TIMESTAMP, BODY);
    // The last character that counts carries two bits that stand for nothing: this text has the same 32 bytes.
    const sameBytes = `${text.slice(0, 42)}${nextInBase64(text[42]!)}=`;
    // The low byte of each is that of the right character.
    const wide = [...text].map((c) => String.fromCharCode(c.charCodeAt(0) + 256)).join("");
    const falseItems = [
      ...[`v1a,${text}`, `v2,${text}`, `V1,${text}`, `v10,${text}`, `1,${text}`, `,${text}`, text, `v1${text}`],
      ...[`v1=${text}`, `v1,${text},`, `v1,${text},x`, `v1,x,${text}`, `v1,,${text}`, `v1,${text}=`, `v1,${text}A`],
      ...[`v1,${text.slice(0, -1)}`, `v1,${text.toLowerCase()}`, `v1,${sameBytes}`, `v1,${wide}`, `v1,"${text}"`],
      ...[
        "v1",
        "v1,",
        ",",
        "v1,undefined",
        "v1,null",
        "v1,NaN",
        "v1,=",
        `v1,${"A".repeat(43)}=`,
        `v1,${"=".repeat(44)}`,
      ],
      `v1,${hmac(NEW.bytes, bytesOf(`msg_1.${TIMESTAMP}.`)).join(",")}`,
      // A space separates items, and no other blank does.
      ...["\t", "\n", "\r\n", "\u00a0", "\ufeff"].flatMap((blank) => [`v1,${text}${blank}`, `${blank}v1,${text}`]),
      `v1a,x\tv1,${text}\nv1a,x`,
    ];
    const webhook = receiver([OTHER, NEW]);
    for (const item of falseItems) {
      expect(webhook.verify(headersOf("msg_1", TIMESTAMP, item), BODY, NOW_MS)).toEqual(refused("signature"));
      const headers = headersOf("msg_1", TIMESTAMP, ` ${item}  ${item} v1,${text}  ${item} `);
      expect(webhook.verify(headers, BODY, NOW_MS)).toEqual(accepted(1));
    }
    expect(webhook.verify(headersOf("msg_1", TIMESTAMP, "   "), BODY, NOW_MS)).toEqual(refused("signature"));
    for (const count of [1_025, 70_000]) {
      step(`${count} items that are passed over, and then a right one`);
      const many = "v1a,x ".repeat(count);
      expect(webhook.verify(headersOf("msg_1", TIMESTAMP, `${many}v1,${text}`), BODY, NOW_MS)).toEqual(accepted(1));
    }
  });

  behavior("no part of a body passes for a part of an id or a timestamp", signedBytes, () => {
    // Both read `msg_1.<then>.<now>.x`.
    const then = String(SECONDS - 5);
    const genuine = bytesOf(`${TIMESTAMP}.x`);
    const webhook = receiver();
    const headers = signedBy([NEW], "msg_1", then, genuine);
    expect(webhook.verify(headers, genuine, NOW_MS).valid).toBe(true);
    const shifted = { ...headers, "webhook-id": `msg_1.${then}`, "webhook-timestamp": TIMESTAMP };
    expect(webhook.verify(shifted, bytesOf("x"), NOW_MS)).toEqual(refused("malformed"));
    const empty = headersOf("", TIMESTAMP, `v1,${signature(NEW, "", TIMESTAMP, BODY)}`);
    expect(webhook.verify(empty, BODY, NOW_MS)).toEqual(refused("malformed"));
  });

  behavior("an id or a timestamp of another form is malformed, though it was signed", wireIsHostile, () => {
    const counting = countingHmac();
    const webhook = observe("webhook", new Webhook({ secrets: [NEW.secret], hmac: counting.hmac }));
    for (const id of BAD_IDS) {
      expect(webhook.verify(signedBy([NEW], id, TIMESTAMP, BODY), BODY, NOW_MS)).toEqual(refused("malformed"));
    }
    for (const timestamp of BAD_TIMESTAMPS) {
      expect(webhook.verify(signedBy([NEW], "msg_1", timestamp, BODY), BODY, NOW_MS)).toEqual(refused("malformed"));
    }
    ensure(counting.calls === 0, () => ({ expected: "no HMAC for these messages", got: `${counting.calls} of them` }));
    for (const id of ["!", "~", "-/", "a".repeat(255), "__proto__", "constructor", "01", '"', "\\"]) {
      const headers = signedBy([NEW], id, TIMESTAMP, BODY);
      expect(webhook.verify(headers, BODY, NOW_MS)).toEqual(accepted(0, id));
      expect({ ...webhook.sign(id, SECONDS, BODY) }).toEqual(headers);
    }
    for (const seconds of [0, 9, 10, 2 ** 31, 2 ** 32, 999_999_999_999]) {
      const headers = signedBy([NEW], "msg_1", String(seconds), BODY);
      expect({ ...webhook.sign("msg_1", seconds, BODY) }).toEqual(headers);
      const expected = { valid: true, id: "msg_1", timestampSeconds: seconds, secret: 0 };
      expect(webhook.verify(headers, BODY, seconds * 1_000)).toEqual(expected);
    }
  });

  behavior("a sender does not sign what no receiver may take", signedBytes, () => {
    const webhook = receiver();
    for (const id of BAD_IDS) {
      step(`webhook.sign(${show(id)}, …)`);
      expect(() => webhook.sign(id, SECONDS, BODY)).toThrow(RangeError);
    }
    for (const seconds of [-1, 0.5, Number.NaN, NOW_MS]) {
      step(`webhook.sign("msg_1", ${seconds}, …)`);
      expect(() => webhook.sign("msg_1", seconds, BODY)).toThrow(RangeError);
    }
  });

  behavior("a header that is missing, empty or there twice is malformed", wireIsHostile, () => {
    const webhook = receiver();
    const headers = signedBy([NEW], "msg_1", TIMESTAMP, BODY);
    for (const name of Object.keys(headers)) {
      for (const value of [undefined, "", [], [headers[name] as string], [headers[name] as string, "x"]]) {
        const got = webhook.verify({ ...headers, [name]: value as string | undefined }, BODY, NOW_MS);
        expect(got).toEqual(refused("malformed"));
      }
      const { [name]: _, ...rest } = headers;
      expect(webhook.verify(rest, BODY, NOW_MS)).toEqual(refused("malformed"));
    }
    const others = { ...headers, host: "shop.example", "set-cookie": ["a", "b"], "Webhook-Id": "msg_2" };
    expect(webhook.verify(others, BODY, NOW_MS)).toEqual(accepted());
    step("headers in an object without a prototype");
    expect(webhook.verify(Object.assign(Object.create(null), others), BODY, NOW_MS)).toEqual(accepted());
  });

  behavior("a secret that is none is an error at construction, wherever it stands", secretsAreSecret, () => {
    const right = NEW.secret.slice("whsec_".length);
    const bad = [
      ...["", "whsec_", "whsec", right, `WHSEC_${right}`, ` whsec_${right}`, `whpk_${right}`, `whsec_whsec_${right}`],
      ...[`whsec_${right} `, `whsec_${right}\n`, `whsec_${right.slice(0, 20)}\n${right.slice(20)}`, `whsec_=${right}`],
      ...[
        `whsec_${right.slice(0, -1)}`,
        `whsec_${right}=`,
        `whsec_${right.slice(0, -2)}`,
        `whsec_${right.slice(0, 10)}`,
      ],
      ...[`whsec_${right.slice(0, 20)}-_${right.slice(22)}`, "whsec_!!!!", `whsec_${"ab".repeat(24)}!`],
      // Bits that stand for nothing are not zero.
      `whsec_${right.slice(0, 42)}${nextInBase64(right[42]!)}=`,
      ...[0, 1, 23, 65, 128].map((length) => key(4, length).secret),
    ];
    step("new Webhook({ secrets: [] })");
    expect(() => new Webhook({ secrets: [], hmac })).toThrow(RangeError);
    for (const secret of bad) {
      for (const secrets of [[secret], [NEW.secret, secret], [secret, NEW.secret]]) {
        step(`new Webhook({ secrets: ${show(secrets)} })`);
        expect(() => new Webhook({ secrets, hmac })).toThrow(RangeError);
      }
    }
    for (const length of [24, 25, 26, 32, 63, 64]) {
      const each = key(5, length);
      step(`a secret of ${length} bytes`);
      expect(receiver([each]).verify(signedBy([each], "msg_1", TIMESTAMP, BODY), BODY, NOW_MS)).toEqual(accepted());
    }
  });

  behavior("an error about a secret shows no part of it", secretsAreSecret, () => {
    for (const length of [20, 23, 65, 100]) {
      const { secret } = key(6, length);
      for (const each of [secret, `${secret}!`, secret.slice("whsec_".length), secret.slice(0, -1)]) {
        const thrown = thrownBy(() => new Webhook({ secrets: [NEW.secret, each], hmac }));
        const told = `${String(thrown)} ${JSON.stringify(thrown, Object.getOwnPropertyNames(thrown ?? {}))}`;
        for (let at = each.startsWith("whsec_") ? 6 : 0; at + 6 <= each.length; at++) {
          const part = each.slice(at, at + 6);
          ensure(!told.includes(part), () => ({
            steps: [`new Webhook({ secrets: [a right one, ${show(each)}] })`],
            expected: "an error that holds no six characters of the secret in a row",
            got: String(thrown),
          }));
        }
      }
    }
  });

  behavior("keeps its secrets when the caller's list changes, and two receivers share nothing", keysRotate, () => {
    const secrets = [NEW.secret];
    const webhook = observe("webhook", new Webhook({ secrets, hmac }));
    const other = receiver([OTHER, OLD]);
    secrets[0] = OTHER.secret;
    secrets.push(OLD.secret);
    for (let again = 0; again < 2; again++) {
      expect(webhook.verify(signedBy([NEW], "msg_1", TIMESTAMP, BODY), BODY, NOW_MS)).toEqual(accepted());
      expect(webhook.verify(signedBy([OLD], "msg_1", TIMESTAMP, BODY), BODY, NOW_MS)).toEqual(refused("signature"));
      expect(other.verify(signedBy([OLD], "msg_1", TIMESTAMP, BODY), BODY, NOW_MS)).toEqual(accepted(1));
      expect(other.verify(signedBy([NEW], "msg_1", TIMESTAMP, BODY), BODY, NOW_MS)).toEqual(refused("signature"));
    }
  });

  behavior("whatever comes over the wire is decided as by the definition", wireIsHostile, () => {
    forAll(
      messages,
      ({ secrets, headers, body, nowMs }) => {
        const expected = decided(secrets, 300_000, headers, body, nowMs);
        expect(receiver(secrets).verify(headers, body, nowMs)).toEqual(expected);
      },
      { runs: 600 },
    );
  });

  behavior("one receiver decides thousands of messages as the first one", wireIsHostile, () => {
    const webhook = new Webhook({ secrets: [NEW.secret, OLD.secret], hmac });
    for (let i = 0; i < 5_000; i++) {
      const body = bytesOf(`{"n":${i}}`);
      const signer = [NEW, OLD, OTHER][i % 3]!;
      const headers = signedBy([signer], `msg_${i}`, TIMESTAMP, body);
      const got = webhook.verify(headers, body, NOW_MS);
      const expected = decided([NEW, OLD], 300_000, headers, body, NOW_MS);
      ensure(got.valid === expected.valid, () => ({
        steps: [`message ${i} of 5,000 to the same receiver, of the ${["new", "old", "wrong"][i % 3]} key`],
        expected: show(expected),
        got: show(got),
      }));
    }
  });
});

const BAD_IDS = [
  ...["", ".", "msg.1", ".msg", "msg.", " ", "msg 1", "msg_1 ", " msg_1", "msg_1\n", "\tmsg", "msg\0", "\u007f"],
  ...["\u00e9", "e\u0301", "\uff0e", "\u{1f600}", "\ud800", "msg_\u016d", "a".repeat(256), "a".repeat(100_000)],
];
const BAD_TIMESTAMPS = [
  ...["", "0x68e77080", "1e9", "+1760000000", "-1760000000", "01760000000", "00", " 1760000000", "1760000000 "],
  ...["1760000000.0", "1760000000.", "1760000000abc", "1_760_000_000", "1760000000n", "1760000000000", "1760000000\n"],
  ...["\u0661\u0667\u0666", "\uff11", "NaN", "Infinity", "null", "2025-10-09T08:53:20Z", "9".repeat(100_000)],
];

/** Mostly genuine messages with at most one thing wrong, sometimes two. */
const messages: fc.Arbitrary<{ secrets: Key[]; headers: WebhookHeaders; body: Uint8Array; nowMs: number }> = fc
  .record({
    secrets: fc.uniqueArray(fc.constantFrom(NEW, OLD, OTHER), { minLength: 1, maxLength: 3 }),
    signers: fc.array(fc.constantFrom(NEW, OLD, OTHER), { maxLength: 3 }),
    id: fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom("msg_1", "a", "\u007e!") },
      { weight: 1, arbitrary: names() },
      { weight: 1, arbitrary: fc.constantFrom(...BAD_IDS.slice(0, -1)) },
    ),
    timestamp: fc.oneof(
      { weight: 5, arbitrary: fc.constant(TIMESTAMP) },
      { weight: 1, arbitrary: fc.constantFrom(...BAD_TIMESTAMPS.slice(0, -1)) },
      { weight: 1, arbitrary: counts({ min: 0, max: Number.MAX_SAFE_INTEGER }).map(String) },
    ),
    junk: fc.array(fc.oneof(names(), fc.string({ unit: "binary", maxLength: 50 }), fc.constant("v1a,x")), {
      maxLength: 3,
    }),
    gap: fc.constantFrom(" ", "  "),
    body: bodies,
    sent: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: bodies }),
    aheadMs: fc.oneof(
      fc.constantFrom(0, -300_000, 300_000, -300_001, 300_001),
      fc.integer({ min: -400_000, max: 400_000 }),
    ),
    missing: fc.option(fc.constantFrom("webhook-id", "webhook-timestamp", "webhook-signature"), { freq: 12 }),
  })
  .map(({ secrets, signers, id, timestamp, junk, gap, body, sent, aheadMs, missing }) => {
    const items = signers.map((each) => `v1,${signature(each, id, timestamp, body)}`);
    const all = [...junk.slice(0, 1), ...items, ...junk.slice(1)];
    const headers = {
      ...headersOf(id, timestamp, all.join(gap)),
      ...(missing === null ? {} : { [missing]: undefined }),
    };
    return { secrets, headers, body: sent ?? body, nowMs: NOW_MS + aheadMs };
  });

/** Every order of every selection of one or more. */
function sequences(items: readonly Key[]): Key[][] {
  return items.flatMap((item) => [
    [item],
    ...sequences(items.filter((each) => each !== item)).map((rest) => [item, ...rest]),
  ]);
}

/** The character whose six bits are one more, with the lowest two bits not both zero: padding bits that are set. */
function nextInBase64(character: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return alphabet[alphabet.indexOf(character) + 1]!;
}

function thrownBy(call: () => unknown): Error | null {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  return null;
}
