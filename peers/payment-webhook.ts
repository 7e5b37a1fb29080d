/**
 * Verifying webhooks beside `standardwebhooks`. That package takes a body as text, so bytes that are not UTF-8 are
 * beyond it, and it brings its own SHA-256 in JavaScript; ours takes bytes and whatever HMAC it is given: Node's here.
 */

import { createHmac } from "node:crypto";
import { Webhook as PeerWebhook } from "standardwebhooks";
import { Webhook } from "../solutions/payment-system/webhook.ts";
import { type Contender, type Goal, type Metric, type Metrics, median, seededRandom } from "./kit.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const MESSAGES = 500;
const REPETITIONS = 15;
const WARM_UP = 8;
/** Bytes of a body: a notice that something changed, an event with its object, and one with a list of items. */
const SIZES = [100, 1_500, 20_000] as const;

const OURS = "webhook";
const PEER = "standardwebhooks";

export const webhookWorkload =
  `Webhooks: ${MESSAGES} signed JSON bodies of about ${SIZES.join(", ")} bytes, ASCII, one signature each, all valid ` +
  `and of now; Date.now() in every call; nothing parsed. By processor time: neither side waits for anything. ` +
  `Median of ${REPETITIONS} repetitions after ${WARM_UP} for warm-up.`;

const metricOf = (bytes: number): string => `webhooksOf${bytes}`;

export const webhookMetrics: readonly Metric[] = SIZES.map((bytes) => ({
  id: metricOf(bytes),
  label: `k webhooks/s of ${bytes} B`,
  digits: 0,
}));

interface Message {
  readonly headers: Record<string, string>;
  readonly body: Buffer;
  readonly text: string;
}

function messages(bytes: number): Message[] {
  const random = seededRandom(42);
  // A verifier looks at the clock: the messages are of now.
  const seconds = Math.floor(Date.now() / 1_000);
  const filler = Array.from({ length: bytes - 60 }, () => String.fromCharCode(97 + random() * 26)).join("");
  return Array.from({ length: MESSAGES }, (_, i) => {
    const id = `msg_${i}`;
    const body = Buffer.from(JSON.stringify({ type: "payment.captured", n: i, filler }));
    const key = Buffer.from(SECRET.slice("whsec_".length), "base64");
    const signature = createHmac("sha256", key).update(`${id}.${seconds}.`).update(body).digest("base64");
    const headers = { "webhook-id": id, "webhook-timestamp": `${seconds}`, "webhook-signature": `v1,${signature}` };
    // As a socket gives it: V8 would keep a concatenation as a tree of its parts.
    return { headers, body, text: body.toString("latin1") };
  });
}

/** Thousands of messages that are found valid, per second. */
function measure(isValid: (message: Message) => boolean): Metrics {
  const rates = SIZES.map((bytes): [string, number] => {
    const all = messages(bytes);
    const perRepetition: number[] = [];
    for (let repetition = -WARM_UP; repetition < REPETITIONS; repetition++) {
      const start = process.cpuUsage();
      let valid = 0;
      for (const message of all) if (isValid(message)) valid++;
      const { user, system } = process.cpuUsage(start);
      const rate = (1_000 * MESSAGES) / (user + system);
      if (valid !== MESSAGES) throw new Error(`${valid} messages passed, expected all ${MESSAGES}`);
      if (repetition >= 0) perRepetition.push(rate);
    }
    return [metricOf(bytes), median(perRepetition)];
  });
  return Object.fromEntries(rates);
}

export const webhookContenders: readonly Contender[] = [
  {
    name: OURS,
    ours: true,
    measure() {
      const hmac = (key: Uint8Array, message: Uint8Array): Uint8Array =>
        createHmac("sha256", key).update(message).digest();
      const webhook = new Webhook({ secrets: [SECRET], hmac });
      return measure(({ headers, body }) => webhook.verify(headers, body, Date.now()).valid);
    },
  },
  {
    name: PEER,
    ours: false,
    measure() {
      const webhook = new PeerWebhook(SECRET);
      return measure(({ headers, text }) => {
        // Throws when the message is not valid.
        webhook.verify(text, headers, { jsonParse: false });
        return true;
      });
    },
  },
];

export const webhookGoals: readonly Goal[] = SIZES.map((bytes) => ({
  text: `webhooks of ${bytes} bytes: at least as many as ${PEER}`,
  judge: (medians) => {
    const ratio = medians.get(OURS)![metricOf(bytes)]! / medians.get(PEER)![metricOf(bytes)]!;
    return { met: ratio >= 1, reached: `${ratio.toFixed(2)} times` };
  },
}));
