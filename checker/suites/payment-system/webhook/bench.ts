import { createHash, createHmac } from "node:crypto";
import type { WebhookHeaders } from "../../../../solutions/payment-system/webhook.ts";
import { defineBench } from "../../../kit/bench.ts";
import { key, signature } from "./messages.ts";

type Subject = typeof import("../../../../solutions/payment-system/webhook.ts");

const SECONDS = 1_760_000_000;
const NOW_MS = SECONDS * 1_000;
const [NEW, OLD, OTHER] = [key(1), key(2), key(3)] as const;

const hmac = (secret: Uint8Array, message: Uint8Array): Uint8Array =>
  createHmac("sha256", secret).update(message).digest();

/** As long as a real one and almost free, so that what is measured is what stands around it. */
const stampOf = (secret: Uint8Array, message: Uint8Array): Uint8Array => {
  const stamp = new Uint8Array(32);
  for (let i = 0; i < 32; i++) stamp[i] = secret[i % secret.length]! ^ message[i % message.length]!;
  return stamp;
};

interface Delivery {
  readonly headers: WebhookHeaders;
  readonly body: Uint8Array;
}

/** Signed with the old key and the new one, as while keys change. */
function delivery(i: number, bodyBytes: number, random: () => number): Delivery {
  const [id, timestamp] = [`msg_${i}`, String(SECONDS + (i % 200) - 100)];
  const body = Uint8Array.from({ length: bodyBytes }, () => 32 + random() * 90);
  const signatures = [OLD, NEW].map((each) => `v1,${signature(each, id, timestamp, body)}`).join(" ");
  return { headers: { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures }, body };
}

const wrongSignature = (i: number): string => `v1,${createHash("sha256").update(String(i)).digest("base64")}`;

export default defineBench<Subject>([
  {
    kind: "count",
    name: "HMACs for a header of 1,000 wrong signatures",
    workload: "two secrets; a body of 400 bytes; the right signature, under the second secret, stands last",
    unit: "HMACs",
    atMost: 2,
    count({ Webhook }, random) {
      let calls = 0;
      const counting = (secret: Uint8Array, message: Uint8Array): Uint8Array => {
        calls++;
        return hmac(secret, message);
      };
      const webhook = new Webhook({ secrets: [OTHER.secret, NEW.secret], hmac: counting });
      const { headers, body } = delivery(0, 400, random);
      const items = [...Array.from({ length: 1_000 }, (_, i) => wrongSignature(i)), headers["webhook-signature"]];
      const { valid } = webhook.verify({ ...headers, "webhook-signature": items.join(" ") }, body, NOW_MS);
      return valid ? calls : Number.POSITIVE_INFINITY;
    },
  },
  {
    kind: "ratio",
    name: "verify",
    workload: "300 messages with bodies of 400 bytes and two signatures each, of which the second fits; HMAC of Node",
    unit: "messages/s",
    threshold: 0.3,
    setup({ Webhook }, random) {
      const webhook = new Webhook({ secrets: [NEW.secret], hmac });
      const deliveries = Array.from({ length: 300 }, (_, i) => delivery(i, 400, random));
      return {
        opsPerRun: deliveries.length,
        run() {
          let valid = 0;
          for (const { headers, body } of deliveries) if (webhook.verify(headers, body, NOW_MS).valid) valid++;
          return valid;
        },
      };
    },
  },
  {
    kind: "growth",
    name: "verify, by the bytes of the body",
    workload: "a message of n bytes, one signature that does not fit; an HMAC that looks at 32 bytes",
    order: "O(n)",
    n: 20_000,
    setup({ Webhook }, n, random) {
      const webhook = new Webhook({ secrets: [NEW.secret], hmac: stampOf });
      const { headers, body } = delivery(0, n, random);
      return { opsPerRun: 1, run: () => webhook.verify(headers, body, NOW_MS).valid };
    },
  },
  {
    kind: "growth",
    name: "verify, by the number of signatures",
    workload: "a message of 400 bytes and a header of n signatures that do not fit",
    order: "O(n)",
    n: 200,
    setup({ Webhook }, n, random) {
      const webhook = new Webhook({ secrets: [NEW.secret], hmac });
      const { headers, body } = delivery(0, 400, random);
      const signatures = Array.from({ length: n }, (_, i) => wrongSignature(i)).join(" ");
      const flooded = { ...headers, "webhook-signature": signatures };
      return { opsPerRun: 1, run: () => webhook.verify(flooded, body, NOW_MS).valid };
    },
  },
]);
