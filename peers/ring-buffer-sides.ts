/**
 * The two sides of every queue that is compared: the main thread sends, a worker thread receives. Bundled for the
 * worker as well.
 */

import { parentPort } from "node:worker_threads";
import { RingBuffer } from "ringbuf.js";
import { createRing, RingConsumer, RingProducer } from "../solutions/stock-exchange/ring-buffer.ts";

/** Ours writes and reads messages where they lie, or copies them in and out; the others can only copy. */
export type Kind = "ours" | "ours-batched" | "ours-copied" | "peer" | "peer-batched" | "postMessage";

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

/** Every word of message n is its number plus its place: lost, doubled, reordered and torn messages show in the sum. */
export function write(words: Int32Array, first: number, n: number): void {
  for (let place = 0; place < WORDS; place++) words[first + place] = n + place;
}

export function isRight(words: Int32Array, first: number, n: number): boolean {
  let sum = 0;
  for (let place = 0; place < WORDS; place++) sum += words[first + place]! ^ (n + place);
  return sum === 0;
}

/** Sends messages 1 to `count`. */
export function sender(kind: Kind, buffer: SharedArrayBuffer, spins: number): (count: number) => void {
  const message = new Int32Array(WORDS);
  if (kind === "ours" || kind === "ours-batched" || kind === "ours-copied") {
    const batch = kind === "ours-batched" ? OUR_BATCH : 1;
    const producer = new RingProducer(buffer, { spins: spinsOf(spins), batch });
    if (kind === "ours-copied") {
      return (count) => {
        for (let n = 1; n <= count; n++) {
          write(message, 0, n);
          producer.push(message);
        }
      };
    }
    return (count) => {
      for (let n = 1; n <= count; n++) {
        let first = producer.claim();
        while (first === -1) {
          producer.waitForRoom();
          first = producer.claim();
        }
        write(producer.words, first, n);
        producer.commit();
      }
      producer.flush();
    };
  }
  const ring = new RingBuffer(buffer, Int32Array);
  if (kind === "peer") {
    return (count) => {
      for (let n = 1; n <= count; n++) {
        write(message, 0, n);
        while (ring.push(message) === 0);
      }
    };
  }
  const many = new Int32Array(PEER_BATCH * WORDS);
  return (count) => {
    for (let n = 1; n <= count; n += PEER_BATCH) {
      for (let i = 0; i < PEER_BATCH; i++) write(many, i * WORDS, n + i);
      // It takes a part when there is no room for all.
      for (let at = 0; at < many.length; ) at += ring.push(many, many.length - at, at);
    }
  };
}

/** Takes the next message, waiting for it; true when it is message `n`, whole. */
export function receiver(kind: Kind, buffer: SharedArrayBuffer, spins: number): (n: number) => boolean {
  const message = new Int32Array(WORDS);
  if (kind === "ours" || kind === "ours-batched" || kind === "ours-copied") {
    const batch = kind === "ours-batched" ? OUR_BATCH : 1;
    const consumer = new RingConsumer(buffer, { spins: spinsOf(spins), batch });
    if (kind === "ours-copied") return (n) => consumer.pop(message) && isRight(message, 0, n);
    return (n) => {
      let first = consumer.peek();
      while (first === -1) {
        consumer.waitForMessage();
        first = consumer.peek();
      }
      const right = isRight(consumer.words, first, n);
      consumer.release();
      return right;
    };
  }
  const ring = new RingBuffer(buffer, Int32Array);
  return (n) => {
    while (ring.pop(message) === 0);
    return isRight(message, 0, n);
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
  for (const { count, echo, spins } of runs) {
    const take = receiver(kind, there, spins);
    const answer = echo ? sender(kind, back, spins) : undefined;
    let bad = 0;
    for (let n = 1; n <= count; n++) {
      if (!take(echo ? 1 : n)) bad++;
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
    if (!isRight(message, 0, echo ? 1 : taken)) bad++;
    if (echo) parentPort!.postMessage(message);
    if (taken < count) return;
    finish(bad);
    taken = 0;
    bad = 0;
    if (++run === runs.length) parentPort!.close();
  });
}
