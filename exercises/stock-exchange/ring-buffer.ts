/*
 * Ring buffer. A queue between two threads on shared memory, with an argument why every message arrives whole.
 *
 * Start with stage 1: A ring in one thread.
 * Chapter: docs/finance/stock-exchange.mdx
 * Grade it: npx bp check stock-exchange/ring-buffer
 */

import { requireInteger } from "../../given/common/integers.ts";
import { NotStarted } from "../not-started.ts";

/** The shape of a ring: `slots` messages of `slotWords` 32-bit words each. */
export interface RingOptions {
  /** Messages that fit: a power of two, 1 to 2^20. */
  readonly slots: number;
  /** 32-bit words of every message: 1 to 1,024. Sixteen of them are 64 bytes. */
  readonly slotWords: number;
  /**
   * Index of the first message: an integer, 0 to 2^32 - 1. Default: 0. Indices count all messages and are kept in 32
   * bits, so that they run past 2^31 and past 2^32; a ring that starts shortly before shows whether they may.
   */
  readonly startAt?: number;
}

/** How one side of a ring works. Both sides may choose differently. */
export interface SideOptions {
  /**
   * The side tells the other one of its progress once for every so many messages: 1 to 2^20. Default: 1. Anything that
   * is left over is told by `flush`, and by every call that finds the ring full (or empty): what is held back must
   * never be what the other side waits for.
   */
  readonly batch?: number;
  /**
   * How often `waitForRoom` and `waitForMessage` look before they park the thread: 0 or more; Infinity never parks.
   * Default: 2,000.
   */
  readonly spins?: number;
}

/**
 * Lays out an empty ring in shared memory. The buffer is all that threads have to hand over: `RingProducer` and
 * `RingConsumer` find the shape and both indices in it.
 *
 * The index that the producer writes, the index that the consumer writes and the messages lie at least 64 bytes apart,
 * so that no two of them share a cache line: a line that both threads write moves between two cores on every message.
 *
 * @throws RangeError for an option out of range.
 */
export function createRing(options: RingOptions): SharedArrayBuffer {
  throw new NotStarted("stage 1: A ring in one thread");
}

/** The only thread that writes into the ring. */
export class RingProducer {
  /** The whole buffer; `claim` returns a place in it. Only a claimed slot may be written. */
  readonly words: Int32Array;

  /**
   * Goes on where the ring's producer was, also one on a thread that has died: what that one had not published is lost,
   * nothing else is. It may have died between publishing and waking: a consumer that is parked is woken, and looks.
   *
   * @throws TypeError when `ring` is not a buffer of `createRing`; RangeError for an option out of range.
   */
  constructor(ring: SharedArrayBuffer, options: SideOptions = {}) {
    throw new NotStarted("stage 1: A ring in one thread");
  }

  /**
   * Index in `words` of the first of the `slotWords` words of the next message, or -1 when the ring is full. The caller
   * writes them and calls `commit`. Claiming again before that gives the same slot. O(1), no allocation.
   */
  claim(): number {
    throw new NotStarted("stage 1: A ring in one thread");
  }

  /**
   * The claimed slot is written: the consumer may have it as soon as the batch is complete.
   * @throws Error without a claim before it.
   */
  commit(): void {
    throw new NotStarted("stage 1: A ring in one thread");
  }

  /**
   * Copies one message in; false when the ring is full, and then nothing was written. The caller may use one array
   * again and again, also a part of a larger one.
   * @throws RangeError when `message` has not `slotWords` words.
   */
  tryPush(message: Int32Array): boolean {
    throw new NotStarted("stage 1: A ring in one thread");
  }

  /**
   * Copies several messages in, laid end to end in `messages`: all of them, or none and false. The consumer never finds
   * a part of them: they are published in one step.
   * @throws RangeError when `messages` is not one or more whole messages, or more than the ring has slots.
   */
  tryPushAll(messages: Int32Array): boolean {
    throw new NotStarted("stage 3: Batches");
  }

  /**
   * Publishes what was committed and not yet published. Wakes the consumer when it is parked, and makes no call for
   * that when it is not.
   */
  flush(): void {
    throw new NotStarted("stage 3: Batches");
  }

  /**
   * True when there is room for a message, waiting for it if need be: `spins` looks, then the thread sleeps until the
   * consumer wakes it. False when it slept for `timeoutMs` without being woken. There is no clock here: the looks are
   * not counted, and a wake-up for nothing starts the time again.
   */
  waitForRoom(timeoutMs = Number.POSITIVE_INFINITY): boolean {
    throw new NotStarted("stage 4: Wait without burning a core");
  }

  /**
   * As `tryPush`, but waits for room as `waitForRoom` does; false only after the timeout.
   */
  push(message: Int32Array, timeoutMs = Number.POSITIVE_INFINITY): boolean {
    throw new NotStarted("stage 4: Wait without burning a core");
  }
}

/** The only thread that reads from the ring. */
export class RingConsumer {
  /**
   * The whole buffer; `peek` returns a place in it. Only a slot that was returned may be read, and only until
   * `release`.
   */
  readonly words: Int32Array;

  /**
   * Goes on where the ring's consumer was, also one on a thread that has died: what that one had taken without telling
   * the producer is taken again. A producer that is parked is woken, and looks.
   *
   * @throws TypeError when `ring` is not a buffer of `createRing`; RangeError for an option out of range.
   */
  constructor(ring: SharedArrayBuffer, options: SideOptions = {}) {
    throw new NotStarted("stage 1: A ring in one thread");
  }

  /**
   * Index in `words` of the first word of the oldest message, or -1 when there is none. The slot stays the caller's
   * until `release`. O(1), no allocation.
   */
  peek(): number {
    throw new NotStarted("stage 1: A ring in one thread");
  }

  /**
   * Done with the oldest message: its slot may be written again as soon as the batch is complete.
   * @throws Error when there is no message.
   */
  release(): void {
    throw new NotStarted("stage 1: A ring in one thread");
  }

  /**
   * Copies the oldest message out; false when there is none, and then `into` is as it was.
   * @throws RangeError when `into` has not `slotWords` words.
   */
  tryPop(into: Int32Array): boolean {
    throw new NotStarted("stage 1: A ring in one thread");
  }

  /**
   * Gives back the slots that were released and not yet told of. Wakes the producer when it is parked, and makes no
   * call for that when it is not.
   */
  flush(): void {
    throw new NotStarted("stage 3: Batches");
  }

  /**
   * True when there is a message, waiting for it if need be, as `waitForRoom` does.
   */
  waitForMessage(timeoutMs = Number.POSITIVE_INFINITY): boolean {
    throw new NotStarted("stage 4: Wait without burning a core");
  }

  /**
   * As `tryPop`, but waits for a message as `waitForMessage` does; false only after the timeout.
   */
  pop(into: Int32Array, timeoutMs = Number.POSITIVE_INFINITY): boolean {
    throw new NotStarted("stage 4: Wait without burning a core");
  }
}
