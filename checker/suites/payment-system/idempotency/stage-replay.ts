/** Stage 1: one request, its repeats, and others under its key. */

import type { SqlSession } from "../../../../given/common/sql.ts";
import type { Answer, KeyRecord, Outcome, PaymentRequest } from "../../../../solutions/payment-system/idempotency.ts";
import { behavior, collidingNamePairs, ensure, fc, forAllAsync, names, show, step } from "../../../kit/index.ts";
import { again, another, named, once, refused } from "./claims.ts";
import { bytes, Desk, decide, ensureAnswered, ensureKind, requestOf, sameAnswer, told } from "./desk.ts";

const printable = (name: string): boolean => /^[ -~]{1,255}$/.test(name);

export function replay(): void {
  behavior("decides what a request meets by what is stored, to the millisecond", again, () => {
    // 0xff and 0xfe are no UTF-8: as text they are the same.
    const own = { endpoint: "POST /v1/charges", body: Uint8Array.of(0x61, 0xff) };
    const others = [
      { ...own, body: Uint8Array.of(0x61) },
      { ...own, body: Uint8Array.of(0x61, 0xff, 0x63) },
      { ...own, body: Uint8Array.of(0x41, 0xff) },
      { ...own, body: Uint8Array.of(0x61, 0xfe) },
      { ...own, endpoint: "POST /v1/refunds" },
      { ...own, endpoint: "post /v1/charges" },
      { ...own, endpoint: "POST /v1/charges " },
      { endpoint: "POST /v1/chargesa", body: Uint8Array.of(0xff) },
    ];
    const [now, retentionMs] = [1_000_000, 5_000];
    const states = [now - 5_001, now - 5_000, now - 4_999, now - 1, now, now + 1].flatMap((at) => [
      { state: "answered", answeredAt: at, answer: { status: 201, body: bytes("x") } } as const,
      { state: "in-progress", leasedUntil: at } as const,
    ]);
    for (const stored of [own, ...others]) {
      for (const state of states) {
        const found: KeyRecord = { ...stored, ...state };
        const expected = expectedOf(found, stored === own, now, retentionMs);
        const got = decide(
          { ...found, body: found.body.slice() },
          { ...own, body: own.body.slice() },
          now,
          retentionMs,
        );
        ensure(got === expected, () => ({
          expected: `${expected} at ${now}, with a retention of ${retentionMs}`,
          got: show(got),
          counterexample: `${show(own)} meets ${show(found)}`,
        }));
      }
    }
    const free = decide(null, own, now, retentionMs);
    ensure(free === "run", () => ({ expected: "run for a key that is not stored", got: show(free) }));
  });

  behavior("replays status and body byte for byte, a 500 as well, in any process", again, async () => {
    const bodies = fc.oneof(
      fc
        .constantFrom('{ "b": 1,  "a": 1.0, "a": 2 }', '{"n":"\\u0000"}', "", "\ufeff[]", "\u00e9 \u{1f600}")
        .map(bytes),
      fc.constant(new Uint8Array(70_000).map((_, index) => index)),
      fc.uint8Array({ maxLength: 40 }),
    );
    const statuses = fc.constantFrom(200, 201, 202, 301, 402, 404, 409, 422, 429, 500, 503, 599, 100);
    await forAllAsync(
      fc.record({ status: statuses, body: bodies }),
      async (answer) => {
        const desk = await Desk.open();
        desk.answer = () => answer;
        const first = await told("a process sends the request", desk.teller().send());
        ensureAnswered(first, answer, "to the first request");
        desk.now += 1_000;
        const second = await told("another process sends it again", desk.teller().send());
        ensureAnswered(second, answer, "to the repeat");
        ensure(first.kind === "answered" && !first.replayed, () => ({ expected: "replayed: false", got: show(first) }));
        ensure(second.kind === "answered" && second.replayed, () => ({
          expected: "replayed: true",
          got: show(second),
        }));
        ensure(desk.calls.length === 1, () => ({ expected: "one call", got: show(desk.calls.length) }));
        await desk.ensureOnce("after a repeat");
      },
      { runs: 25 },
    );
  });

  behavior(
    "refuses another body or endpoint under the same key, and keeps the answer",
    another,
    async () => {
      const { body: text } = requestOf();
      const own = requestOf({ body: Uint8Array.of(...text, 0xff) });
      const others: PaymentRequest[] = [
        requestOf({ ...own, body: Uint8Array.of(...text, 0x20, 0xff) }),
        requestOf({ ...own, body: Uint8Array.of(...bytes('{"currency":"EUR","amount":1099}'), 0xff) }),
        requestOf({ ...own, body: new Uint8Array() }),
        requestOf({ ...own, body: Uint8Array.of(...own.body, 0) }),
        requestOf({ ...own, body: Uint8Array.of(...text, 0xfe) }),
        requestOf({ ...own, endpoint: "POST /v1/refunds" }),
        requestOf({ ...own, endpoint: "post /v1/charges" }),
        requestOf({ ...own, endpoint: "POST /v1/charges{", body: own.body.slice(1) }),
      ];
      const desk = await Desk.open();
      // They may wait for the first one, so nothing here waits for them.
      let meanwhile: readonly Promise<Outcome>[] = [];
      desk.during = async () => {
        meanwhile = others.map((request) => told(`while it runs, ${show(request)}`, desk.teller().send(request)));
      };
      const first = ensureAnswered(await desk.teller().send(own), null, "to the first request");
      for (const outcome of await Promise.all(meanwhile))
        ensureKind(outcome, ["conflict"], "for another request under a key in progress");
      desk.during = async () => {};
      // A rule that a request has passed once may be another one by now.
      desk.refusal = () => ({ status: 400, body: bytes("no") });
      for (const request of others) {
        const outcome = await told(`afterwards, ${show(request)}`, desk.teller().send(request));
        ensureKind(outcome, ["conflict"], "for another request under an answered key");
      }
      ensureAnswered(await desk.teller().send(own), first, "to a repeat of the first request");
      await desk.ensureOnce("whatever else was sent under the key");
    },
    20_000,
  );

  behavior("stores nothing for a refused request, and runs the repaired one under its key", refused, async () => {
    const desk = await Desk.open();
    const no: Answer = { status: 400, body: bytes('{"error":"amount"}') };
    const wrong = requestOf({ body: bytes('{"amount":-1}') });
    desk.refusal = ({ body }) => (Buffer.from(body).includes("-1") ? no : null);
    for (const time of ["first", "second"]) {
      const outcome = await told(`a wrong request, for the ${time} time`, desk.teller().send(wrong));
      ensure(outcome.kind === "refused" && sameAnswer(outcome.answer, no), () => ({
        expected: `refused with ${show(no)}`,
        got: show(outcome),
      }));
    }
    const stored = await desk.stored();
    ensure(stored === 0 && desk.calls.length === 0 && (await desk.effects()) === 0, () => ({
      expected: "no key stored, no call, no effect",
      got: `${stored} keys, ${desk.calls.length} calls`,
    }));
    const answer = ensureAnswered(
      await told("the repaired one", desk.teller().send()),
      null,
      "to the repaired request",
    );
    desk.refusal = () => no;
    ensureAnswered(
      await told("a repeat, when nothing is valid any more", desk.teller().send()),
      answer,
      "to the repeat",
    );
    await desk.ensureOnce("for the repaired request");
  });

  behavior("tells apart every two merchants and keys", named, async () => {
    const pairs = fc.oneof(
      fc.tuple(
        fc.tuple(names({ allowed: printable }), names({ allowed: printable })),
        fc.tuple(names({ allowed: printable }), names({ allowed: printable })),
      ),
      collidingNamePairs({ allowed: printable }),
    );
    const examples: readonly [[string, string], [string, string]][] = [
      [
        ["m1", "k"],
        ["m2", "k"],
      ],
      [
        ["m", "k"],
        ["m", "K"],
      ],
      [
        ["m", "k"],
        ["M", "k"],
      ],
      [
        ["m", "k"],
        ["m", "k "],
      ],
      [
        ["m", "k"],
        ["m", " k"],
      ],
      [
        ["m", "%"],
        ["m", "_"],
      ],
      [
        ["m", "'; DROP TABLE effects; --"],
        ["m", "$1"],
      ],
      [
        ["m", "k".repeat(255)],
        ["m", `${"k".repeat(254)}l`],
      ],
      [
        ["a", "b"],
        ["b", "a"],
      ],
    ];
    await forAllAsync(
      pairs.filter(([left, right]) => left[0] !== right[0] || left[1] !== right[1]),
      async (both) => {
        const desk = await Desk.open();
        const requests = both.map(([merchant, key]) => requestOf({ merchant, key }));
        const answers: Answer[] = [];
        for (const request of requests) {
          const text = `key ${show(request.key)} of ${show(request.merchant)}`;
          const outcome = await told(text, desk.teller().send(request));
          ensure(outcome.kind === "answered" && !outcome.replayed, () => ({
            expected: `${text} to run`,
            got: show(outcome),
          }));
          answers.push(ensureAnswered(outcome, null, ""));
        }
        desk.ensureKeysFromSource();
        const downstream = new Set(desk.calls.map(({ downstreamKey }) => downstreamKey));
        ensure(downstream.size === 2, () => ({ expected: "two downstream keys", got: show([...downstream]) }));
        for (const [index, request] of requests.entries())
          ensureAnswered(await desk.teller().send(request), answers[index]!, `to the repeat of ${show(request.key)}`);
      },
      { runs: 25, examples },
    );
  });

  behavior("throws a RangeError for a name that is none, and stores nothing", named, async () => {
    const desk = await Desk.open();
    const teller = desk.teller();
    const bad = ["", "a\0b", "\0", "\n", "a\n", "\u007f", "\u00e9", "\ud800", "\u{1f600}", "k".repeat(256)];
    for (const field of ["merchant", "key", "endpoint"] as const) {
      for (const name of bad) {
        let thrown: unknown = null;
        await teller.send(requestOf({ [field]: name })).catch((error: unknown) => {
          thrown = error;
        });
        ensure(thrown instanceof RangeError, () => ({
          expected: `a RangeError for ${field} ${show(name)}`,
          got: thrown === null ? "an outcome" : show(thrown),
        }));
      }
    }
    const stored = await desk.stored();
    ensure(stored === 0 && desk.calls.length === 0, () => ({
      expected: "nothing stored, nothing called",
      got: show(stored),
    }));
    const longest = requestOf({ key: "~".repeat(255), merchant: " ".repeat(255), endpoint: "e".repeat(255) });
    ensureAnswered(await teller.send(longest), null, "to names of 255 characters");
  });

  behavior("shares no bytes with its caller", once, async () => {
    const desk = await Desk.open();
    // Views of a larger buffer, as a server reads bodies: with a `Buffer`, even `slice` shares the bytes.
    const read = Buffer.from([0, ...requestOf().body, 0]);
    const answer = { status: 201, body: Buffer.from("<answer>").subarray(1, -1) };
    const teller = desk.teller();
    const work = {
      ...teller.work,
      call: async (downstreamKey: string, request: PaymentRequest) => {
        await teller.work.call(downstreamKey, request);
        request.body.fill(0);
        return answer;
      },
      record: async (session: SqlSession, given: Answer, request: PaymentRequest) => {
        await teller.work.record(session, given, request);
        given.body.fill(5);
        request.body.fill(5);
      },
    };
    const request = requestOf({ body: read.subarray(1, -1) });
    const pending = teller.handle(request, work);
    step("the caller writes over the body that it has passed, while the request runs");
    read.fill(1);
    const first = ensureAnswered(await pending, { status: 201, body: bytes("answer") }, "to the first request");
    first.body.fill(2);
    answer.body.fill(3);
    const repeat = await told("a repeat", teller.handle(requestOf(), work));
    ensureAnswered(repeat, { status: 201, body: bytes("answer") }, "to the repeat").body.fill(4);
    ensureAnswered(await teller.send(), { status: 201, body: bytes("answer") }, "to one more repeat");
    const got = desk.calls[0]!.request.body;
    ensure(Buffer.from(got).equals(Buffer.from(requestOf().body)), () => ({
      expected: "the provider to see the body as it was passed in",
      got: show(got),
    }));
  });
}

function expectedOf(found: KeyRecord, isSame: boolean, now: number, retentionMs: number): string {
  if (found.state === "answered" && now - found.answeredAt >= retentionMs) return "run";
  if (!isSame) return "conflict";
  if (found.state === "answered") return "replay";
  return now >= found.leasedUntil ? "take-over" : "in-progress";
}
