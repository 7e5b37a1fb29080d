/** What the two real threads of the suite do; bundled together with the code under test. */

import { fill, numberOf } from "./messages.ts";

type Ring = typeof import("../../../../solutions/stock-exchange/ring-buffer.ts");

export interface ThreadJob {
  readonly role: "produce" | "consume";
  readonly ring: SharedArrayBuffer;
  readonly slotWords: number;
  readonly count: number;
  readonly batch: number;
  /** null: never parks, looks again until there is something. */
  readonly spins: number | null;
}

/** What a consumer saw; `bad` is the first message that was not the expected one. */
export interface ThreadReport {
  readonly seen: number;
  readonly bad: string | null;
}

/** Waits longer than any deadline of the suite: the suite ends the thread. */
const PATIENCE_MS = 60_000;

export function serve(subject: Ring, job: ThreadJob): ThreadReport {
  return job.role === "produce" ? produce(subject, job) : consume(subject, job);
}

function produce({ RingProducer }: Ring, { ring, slotWords, count, batch, spins }: ThreadJob): ThreadReport {
  const producer = new RingProducer(ring, spins === null ? {} : { batch, spins });
  const words = new Int32Array(slotWords);
  for (let n = 1; n <= count; n++) {
    fill(words, 0, slotWords, n);
    if (spins === null) while (!producer.tryPush(words));
    else if (!producer.push(words, PATIENCE_MS)) return { seen: n - 1, bad: `no room for message ${n}` };
  }
  if (spins !== null) producer.flush();
  return { seen: count, bad: null };
}

function consume({ RingConsumer }: Ring, { ring, slotWords, count, batch, spins }: ThreadJob): ThreadReport {
  const consumer = new RingConsumer(ring, spins === null ? {} : { batch, spins });
  const words = new Int32Array(slotWords);
  for (let n = 1; n <= count; n++) {
    if (spins === null) while (!consumer.tryPop(words));
    else if (!consumer.pop(words, PATIENCE_MS)) return { seen: n - 1, bad: "nothing, and nobody woke the consumer" };
    const got = numberOf(words, 0, slotWords);
    if (got === null) return { seen: n - 1, bad: `words that do not belong together: ${words.join(", ")}` };
    if (got !== n) return { seen: n - 1, bad: `message ${got}` };
  }
  return { seen: count, bad: null };
}
