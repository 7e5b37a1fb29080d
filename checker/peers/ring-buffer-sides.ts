/** The two sides of every queue that is compared: the main thread sends, a worker thread receives. Bundled for the worker as well. */

import { parentPort } from "node:worker_threads";
import { RingBuffer } from "ringbuf.js";
import { createRing, RingConsumer, RingProducer } from "../../solutions/stock-exchange/ring-buffer.ts";

export type Kind = "ours" | "ours-batched" | "peer" | "peer-batched" | "postMessage";

/** 64 bytes. */
export const WORDS = 16;
export const SLOTS = 1_024;
/** Ours publishes every so many messages; the peer pushes so many at once. */
export const OUR_BATCH = 32;
export const PEER_BATCH = 64;

export interface Setup {
  readonly kind: Kind;
  /** From the main thread to the worker, and back. */
  readonly there: SharedArrayBuffer;
  readonly back: SharedArrayBuffer;
  /** Word 0: runs that the worker has finished. Word 1: messages that were not as they should be. */
  readonly done: SharedArrayBuffer;
  /** For each run: messages to take, and whether every one is sent back; -1 looks without parking, 0 parks at once. */
  readonly runs: readonly { readonly count: number; readonly echo: boolean; readonly spins: number }[];
}

export function buffersFor(kind: Kind): Pick<Setup, "there" | "back"> {
  const make = (): SharedArrayBuffer =>
    kind === "peer" || kind === "peer-batched"
      ? RingBuffer.getStorageForCapacity(SLOTS * WORDS, Int32Array)
      : createRing({ slots: SLOTS, slotWords: WORDS });
  return { there: make(), back: make() };
}

const spinsOf = (spins: number): number => (spins === -1 ? Number.POSITIVE_INFINITY : spins);

/** Word 0 is the number, the last word its complement: lost, doubled, reordered and torn messages show. */
export function write(message: Int32Array, n: number): void {
  message[0] = n;
  message[WORDS - 1] = ~n;
}

function isRight(message: Int32Array, n: number): boolean {
  return message[0] === n && message[WORDS - 1] === ~n;
}

/** Sends messages 1 to `count`. */
export function sender(kind: Kind, buffer: SharedArrayBuffer, spins: number): (count: number) => void {
  const message = new Int32Array(WORDS);
  if (kind === "ours" || kind === "ours-batched") {
    const producer = new RingProducer(buffer, { spins: spinsOf(spins), batch: kind === "ours" ? 1 : OUR_BATCH });
    return (count) => {
      for (let n = 1; n <= count; n++) {
        write(message, n);
        producer.push(message);
      }
      producer.flush();
    };
  }
  const ring = new RingBuffer(buffer, Int32Array);
  if (kind === "peer") {
    return (count) => {
      for (let n = 1; n <= count; n++) {
        write(message, n);
        while (ring.push(message) === 0);
      }
    };
  }
  const many = new Int32Array(PEER_BATCH * WORDS);
  return (count) => {
    for (let n = 1; n <= count; n += PEER_BATCH) {
      for (let i = 0; i < PEER_BATCH; i++) {
        many[i * WORDS] = n + i;
        many[i * WORDS + WORDS - 1] = ~(n + i);
      }
      // It takes a part when there is no room for all.
      for (let at = 0; at < many.length; ) at += ring.push(many, many.length - at, at);
    }
  };
}

/** Takes the next message, waiting for it. */
export function receiver(kind: Kind, buffer: SharedArrayBuffer, spins: number): (into: Int32Array) => void {
  if (kind === "ours" || kind === "ours-batched") {
    const consumer = new RingConsumer(buffer, { spins: spinsOf(spins), batch: kind === "ours" ? 1 : OUR_BATCH });
    return (into) => void consumer.pop(into);
  }
  const ring = new RingBuffer(buffer, Int32Array);
  return (into) => {
    while (ring.pop(into) === 0);
  };
}

/** The worker's part. */
export function serve({ kind, there, back, done, runs }: Setup): void {
  const state = new Int32Array(done);
  const finish = (bad: number): void => {
    Atomics.add(state, 1, bad);
    Atomics.add(state, 0, 1);
    Atomics.notify(state, 0);
  };
  if (kind === "postMessage") {
    serveMessages(runs, finish);
    return;
  }
  const message = new Int32Array(WORDS);
  for (const { count, echo, spins } of runs) {
    const take = receiver(kind, there, spins);
    const answer = echo ? sender(kind, back, spins) : undefined;
    let bad = 0;
    for (let n = 1; n <= count; n++) {
      take(message);
      if (!isRight(message, echo ? 1 : n)) bad++;
      answer?.(1);
    }
    finish(bad);
  }
}

function serveMessages(runs: Setup["runs"], finish: (bad: number) => void): void {
  let run = 0;
  let taken = 0;
  let bad = 0;
  parentPort!.on("message", (message: Int32Array) => {
    const { count, echo } = runs[run]!;
    taken++;
    if (!isRight(message, echo ? 1 : taken)) bad++;
    if (echo) parentPort!.postMessage(message);
    if (taken < count) return;
    finish(bad);
    taken = 0;
    bad = 0;
    if (++run === runs.length) parentPort!.close();
  });
}
