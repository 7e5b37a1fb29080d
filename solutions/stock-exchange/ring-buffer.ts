import { requireInteger } from "../../given/common/integers.ts";

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
  const slots = requireInteger("slots", options.slots, 1, SLOTS_MAX);
  if ((slots & (slots - 1)) !== 0) {
    throw new RangeError(
      `slots is ${slots}, expected a power of two; the next one is ${2 ** Math.ceil(Math.log2(slots))}`,
    );
  }
  const slotWords = requireInteger("slotWords", options.slotWords, 1, SLOT_WORDS_MAX);
  const startAt = requireInteger("startAt", options.startAt ?? 0, 0, 2 ** 32 - 1);
  const buffer = new SharedArrayBuffer((FIRST_SLOT + slots * slotWords) * Int32Array.BYTES_PER_ELEMENT);
  const words = new Int32Array(buffer);
  words[MAGIC] = RING_MAGIC;
  words[SLOTS] = slots;
  words[SLOT_WORDS] = slotWords;
  words[HEAD] = startAt | 0;
  words[TAIL] = startAt | 0;
  return buffer;
}

/*
 * Why this is right on two threads. Names in quotes are relations of ECMA-262, section 29 (Memory Model).
 *
 * The payload is written and read with plain accesses. Two plain accesses of which one writes are a data race unless
 * "happens-before" orders them, and in a race the reader may see any mixture of old and new words (section 29, data
 * races). So every slot needs an order in both directions, and the two indices give it:
 *
 * 1. Filled before read. The producer writes the slot, then HEAD with Atomics.store. The consumer reads HEAD with
 *    Atomics.load, then the slot. Both accesses of HEAD are SeqCst, of the same word and the same size; so when the
 *    load reads what the store wrote, the store "synchronizes-with" the load. With the order of each thread's own
 *    program around it: slot written "happens-before" HEAD stored "happens-before" HEAD loaded "happens-before" slot
 *    read. The slot's read cannot but see the slot's write ("coherent reads"). A store of a later HEAD does as well:
 *    the producer wrote all earlier slots before that one too. That is what batching rests on.
 * 2. Read before filled again. The same with TAIL and the threads exchanged: slot read "happens-before" TAIL stored
 *    "happens-before" TAIL loaded "happens-before" slot written again one lap later. Without it the consumer could copy
 *    half of the next lap's message.
 *
 * A plain store of an index would break both: it "synchronizes-with" nothing, a compiler may move it over the writes of
 * the slot, and so may an ARM processor. On x86 it often works, which is why only an argument, and no test run alone,
 * shows that it is wrong.
 *
 * 3. A cached index of the other side is an old value of an index that only grows. Old means fewer messages (or less
 *    room) than there are: the side may ask too early and never go too far. It asks again, with Atomics.load, before it
 *    says "empty" or "full".
 *
 * 4. No lost wake-up. The side that parks does (a) store its flag WAITS, (b) Atomics.wait on the other side's index,
 *    which compares and goes to sleep in one critical section of that word. The other side does (c) store the index,
 *    (d) load the flag, and notifies when it is set. All four are SeqCst, and there is one total order of such events
 *    ("memory-order") that every thread agrees on. Either (c) comes before the compare in (b): then the compare fails
 *    and no side sleeps. Or it comes after: then (a), which precedes (b), also precedes (d), which follows (c): the
 *    flag is seen, and the notify enters the critical section after the sleeper was put on the list. A store and a load
 *    of two different words are just what a processor's store buffer reorders; release and acquire would not be enough
 *    here, SeqCst is.
 *
 * 5. One writer for each index. That is the whole reason why a store is enough, and no compare-and-exchange is needed.
 *
 * 6. A side may die between any two operations. Between (c) and (d) it leaves an index that is stored and a sleeper
 *    that no side will wake: its heir finds nothing left to publish. So the heir notifies first of all. Who parks later
 *    than that compares with an index that is stored already.
 */

/** The only thread that writes into the ring. */
export class RingProducer {
  /** The whole buffer; `claim` returns a place in it. Only a claimed slot may be written. */
  readonly words: Int32Array;
  readonly #slots: number;
  readonly #slotWords: number;
  readonly #batch: number;
  readonly #spins: number;
  /** Of the next message. Int32 that wraps: differences of indices are right as long as they are below 2^31. */
  #head: number;
  /** What the consumer can know of. */
  #published: number;
  /** TAIL as it was when last asked for. */
  #cachedTail: number;
  /** From `#head` to here slots are free, and this core has their cache lines. */
  #ready: number;
  #isClaimed = false;

  /**
   * Goes on where the ring's producer was, also one on a thread that has died: what that one had not published is lost,
   * nothing else is. It may have died between publishing and waking: a consumer that is parked is woken, and looks.
   *
   * @throws TypeError when `ring` is not a buffer of `createRing`; RangeError for an option out of range.
   */
  constructor(ring: SharedArrayBuffer, options: SideOptions = {}) {
    const words = wordsOf(ring);
    this.words = words;
    this.#slots = words[SLOTS]!;
    this.#slotWords = words[SLOT_WORDS]!;
    this.#batch = requireBatch(options);
    this.#spins = requireSpins(options);
    this.#head = this.#published = this.#ready = Atomics.load(words, HEAD);
    this.#cachedTail = Atomics.load(words, TAIL);
    Atomics.store(words, PRODUCER_WAITS, 0);
    Atomics.notify(words, HEAD);
  }

  /**
   * Index in `words` of the first of the `slotWords` words of the next message, or -1 when the ring is full. The caller
   * writes them and calls `commit`. Claiming again before that gives the same slot. O(1), no allocation.
   */
  claim(): number {
    if (this.#head === this.#ready && !this.#makeReady()) return -1;
    this.#isClaimed = true;
    return this.#wordOf(this.#head);
  }

  /**
   * The claimed slot is written: the consumer may have it as soon as the batch is complete.
   * @throws Error without a claim before it.
   */
  commit(): void {
    if (!this.#isClaimed) throw new Error("commit() without a slot; call claim() first, and write what it returned");
    this.#isClaimed = false;
    this.#advance(1);
  }

  /**
   * Copies one message in; false when the ring is full, and then nothing was written. The caller may use one array
   * again and again, also a part of a larger one.
   * @throws RangeError when `message` has not `slotWords` words.
   */
  tryPush(message: Int32Array): boolean {
    const length = this.#slotWords;
    if (message.length !== length) throw wrongLength("message", message.length, length);
    if (this.#head === this.#ready && !this.#makeReady()) return false;
    copy(message, 0, this.words, this.#wordOf(this.#head), length);
    this.#advance(1);
    return true;
  }

  /**
   * Copies several messages in, laid end to end in `messages`: all of them, or none and false. The consumer never finds
   * a part of them: they are published in one step.
   * @throws RangeError when `messages` is not one or more whole messages, or more than the ring has slots.
   * @stage 3
   */
  tryPushAll(messages: Int32Array): boolean {
    const count = messages.length / this.#slotWords;
    if (!Number.isInteger(count) || count < 1 || count > this.#slots) {
      throw wrongLength("messages", messages.length, `1 to ${this.#slots} times ${this.#slotWords}`);
    }
    if (this.#slots - ((this.#head - this.#cachedTail) | 0) < count && !this.#hasRoom(count)) return false;
    // What lies before the end of the buffer, then what has wrapped around.
    const first = this.#wordOf(this.#head);
    const before = Math.min(messages.length, FIRST_SLOT + this.#slots * this.#slotWords - first);
    this.words.set(messages.subarray(0, before), first);
    this.words.set(messages.subarray(before), FIRST_SLOT);
    this.#advance(count);
    this.#ready = this.#head;
    return true;
  }

  /**
   * Publishes what was committed and not yet published. Wakes the consumer when it is parked, and makes no call for
   * that when it is not.
   * @stage 3
   */
  flush(): void {
    if (this.#head === this.#published) return;
    this.#published = this.#head;
    Atomics.store(this.words, HEAD, this.#head);
    if (Atomics.load(this.words, CONSUMER_WAITS) !== 0) Atomics.notify(this.words, HEAD, 1);
  }

  /**
   * True when there is room for a message, waiting for it if need be: `spins` looks, then the thread sleeps until the
   * consumer wakes it. False when it slept for `timeoutMs` without being woken. There is no clock here: the looks are
   * not counted, and a wake-up for nothing starts the time again.
   * @stage 4
   */
  waitForRoom(timeoutMs = Number.POSITIVE_INFINITY): boolean {
    for (let looks = 0; looks < this.#spins; looks++) if (this.#hasRoom(1)) return true;
    return sleep(this.words, PRODUCER_WAITS, TAIL, timeoutMs, this.#look);
  }

  /**
   * As `tryPush`, but waits for room as `waitForRoom` does; false only after the timeout.
   * @stage 4
   */
  push(message: Int32Array, timeoutMs = Number.POSITIVE_INFINITY): boolean {
    return this.tryPush(message) || (this.waitForRoom(timeoutMs) && this.tryPush(message));
  }

  readonly #look = (): Looked => ({ isThere: this.#hasRoom(1), seen: this.#cachedTail });

  /**
   * Finds free slots, and fetches the lines of some of them at once; false when the ring is full.
   *
   * The consumer has read these lines, so the first write into each is a trip to its core. The store of HEAD waits
   * until all writes before it are done (on x86 it is a locked instruction), so that message after message would wait
   * for its own trip. Writes with no such store between them travel together. The slots are free (point 2 of the
   * argument), so what stands in them is the producer's to write.
   */
  #makeReady(): boolean {
    if (((this.#head - this.#cachedTail) | 0) === this.#slots && !this.#hasRoom(1)) return false;
    const { words } = this;
    const first = this.#wordOf(this.#head);
    const room = this.#slots - ((this.#head - this.#cachedTail) | 0);
    const untilWrap = this.#slots - (this.#head & (this.#slots - 1));
    const count = Math.min(room, untilWrap, Math.ceil(FETCHED_WORDS / this.#slotWords));
    const end = first + count * this.#slotWords;
    for (let word = first; word < end; word += LINE_WORDS) words[word] = 0;
    this.#ready = (this.#head + count) | 0;
    return true;
  }

  /**
   * Asks where the consumer is. A ring that stays full is published: the consumer cannot make room by reading what it
   * does not know of.
   */
  #hasRoom(count: number): boolean {
    this.#cachedTail = Atomics.load(this.words, TAIL);
    if (this.#slots - ((this.#head - this.#cachedTail) | 0) >= count) return true;
    this.flush();
    return false;
  }

  #advance(count: number): void {
    this.#head = (this.#head + count) | 0;
    if (((this.#head - this.#published) | 0) >= this.#batch) this.flush();
  }

  #wordOf(index: number): number {
    return FIRST_SLOT + (index & (this.#slots - 1)) * this.#slotWords;
  }
}

/** The only thread that reads from the ring. */
export class RingConsumer {
  /**
   * The whole buffer; `peek` returns a place in it. Only a slot that was returned may be read, and only until
   * `release`.
   */
  readonly words: Int32Array;
  readonly #slots: number;
  readonly #slotWords: number;
  readonly #batch: number;
  readonly #spins: number;
  /** Of the next message. */
  #tail: number;
  /** What the producer can know of. */
  #released: number;
  /** HEAD as it was when last asked for. */
  #cachedHead: number;

  /**
   * Goes on where the ring's consumer was, also one on a thread that has died: what that one had taken without telling
   * the producer is taken again. A producer that is parked is woken, and looks.
   *
   * @throws TypeError when `ring` is not a buffer of `createRing`; RangeError for an option out of range.
   */
  constructor(ring: SharedArrayBuffer, options: SideOptions = {}) {
    const words = wordsOf(ring);
    this.words = words;
    this.#slots = words[SLOTS]!;
    this.#slotWords = words[SLOT_WORDS]!;
    this.#batch = requireBatch(options);
    this.#spins = requireSpins(options);
    this.#tail = this.#released = Atomics.load(words, TAIL);
    this.#cachedHead = Atomics.load(words, HEAD);
    Atomics.store(words, CONSUMER_WAITS, 0);
    Atomics.notify(words, TAIL);
  }

  /**
   * Index in `words` of the first word of the oldest message, or -1 when there is none. The slot stays the caller's
   * until `release`. O(1), no allocation.
   */
  peek(): number {
    if (this.#tail === this.#cachedHead && !this.#hasMessage()) return -1;
    return this.#wordOf(this.#tail);
  }

  /**
   * Done with the oldest message: its slot may be written again as soon as the batch is complete.
   * @throws Error when there is no message.
   */
  release(): void {
    if (this.#tail === this.#cachedHead) throw new Error("release() without a message; call peek() first");
    this.#advance();
  }

  /**
   * Copies the oldest message out; false when there is none, and then `into` is as it was.
   * @throws RangeError when `into` has not `slotWords` words.
   */
  tryPop(into: Int32Array): boolean {
    const length = this.#slotWords;
    if (into.length !== length) throw wrongLength("into", into.length, length);
    if (this.#tail === this.#cachedHead && !this.#hasMessage()) return false;
    copy(this.words, this.#wordOf(this.#tail), into, 0, length);
    this.#advance();
    return true;
  }

  /**
   * Gives back the slots that were released and not yet told of. Wakes the producer when it is parked, and makes no
   * call for that when it is not.
   * @stage 3
   */
  flush(): void {
    if (this.#tail === this.#released) return;
    this.#released = this.#tail;
    Atomics.store(this.words, TAIL, this.#tail);
    if (Atomics.load(this.words, PRODUCER_WAITS) !== 0) Atomics.notify(this.words, TAIL, 1);
  }

  /**
   * True when there is a message, waiting for it if need be, as `waitForRoom` does.
   * @stage 4
   */
  waitForMessage(timeoutMs = Number.POSITIVE_INFINITY): boolean {
    for (let looks = 0; looks < this.#spins; looks++) if (this.#hasMessage()) return true;
    return sleep(this.words, CONSUMER_WAITS, HEAD, timeoutMs, this.#look);
  }

  /**
   * As `tryPop`, but waits for a message as `waitForMessage` does; false only after the timeout.
   * @stage 4
   */
  pop(into: Int32Array, timeoutMs = Number.POSITIVE_INFINITY): boolean {
    return this.tryPop(into) || (this.waitForMessage(timeoutMs) && this.tryPop(into));
  }

  readonly #look = (): Looked => ({ isThere: this.#hasMessage(), seen: this.#cachedHead });

  /**
   * Asks where the producer is. A ring that stays empty is given back whole: the producer may be waiting for just these
   * slots.
   */
  #hasMessage(): boolean {
    this.#cachedHead = Atomics.load(this.words, HEAD);
    if (this.#tail !== this.#cachedHead) return true;
    this.flush();
    return false;
  }

  #advance(): void {
    this.#tail = (this.#tail + 1) | 0;
    if (((this.#tail - this.#released) | 0) >= this.#batch) this.flush();
  }

  #wordOf(index: number): number {
    return FIRST_SLOT + (index & (this.#slots - 1)) * this.#slotWords;
  }
}

/**
 * Eight words a round: comparing and counting for every word costs more than copying it, and `set` costs a call and a
 * view.
 */
function copy(from: Int32Array, start: number, to: Int32Array, at: number, length: number): void {
  let i = 0;
  for (; i + 8 <= length; i += 8) {
    to[at + i] = from[start + i]!;
    to[at + i + 1] = from[start + i + 1]!;
    to[at + i + 2] = from[start + i + 2]!;
    to[at + i + 3] = from[start + i + 3]!;
    to[at + i + 4] = from[start + i + 4]!;
    to[at + i + 5] = from[start + i + 5]!;
    to[at + i + 6] = from[start + i + 6]!;
    to[at + i + 7] = from[start + i + 7]!;
  }
  for (; i < length; i++) to[at + i] = from[start + i]!;
}

/** What a side found when it looked: whether it may go on, and the other side's index in which it saw that. */
interface Looked {
  readonly isThere: boolean;
  readonly seen: number;
}

/**
 * Parks until `look` finds something: point 4 of the argument above. The flag stands only while a side may be asleep.
 */
function sleep(words: Int32Array, flag: number, index: number, timeoutMs: number, look: () => Looked): boolean {
  let { isThere, seen } = look();
  if (isThere) return true;
  Atomics.store(words, flag, 1);
  for (;;) {
    const outcome = Atomics.wait(words, index, seen, timeoutMs);
    ({ isThere, seen } = look());
    if (isThere || outcome === "timed-out") break;
  }
  Atomics.store(words, flag, 0);
  return isThere;
}

function wordsOf(ring: SharedArrayBuffer): Int32Array {
  if (ring instanceof SharedArrayBuffer && ring.byteLength > FIRST_SLOT * Int32Array.BYTES_PER_ELEMENT) {
    const words = new Int32Array(ring);
    if (words[MAGIC] === RING_MAGIC) return words;
  }
  throw new TypeError("the argument is not a ring; pass on what createRing() returned");
}

function requireBatch({ batch = 1 }: SideOptions): number {
  return requireInteger("batch", batch, 1, SLOTS_MAX);
}

function requireSpins({ spins = 2_000 }: SideOptions): number {
  return spins === Number.POSITIVE_INFINITY ? spins : requireInteger("spins", spins, 0, Number.MAX_SAFE_INTEGER);
}

function wrongLength(name: string, got: number, expected: number | string): RangeError {
  return new RangeError(`${name} has ${got} words, expected ${expected}; a slot holds one whole message`);
}

const SLOTS_MAX = 2 ** 20;
const SLOT_WORDS_MAX = 1_024;
const RING_MAGIC = 0x52494e47;
/** 32-bit words of a cache line. */
const LINE_WORDS = 16;
/** How much is fetched at once: 16 lines. Measured: one is a third slower, 32 are no faster. */
const FETCHED_WORDS = 16 * LINE_WORDS;

/*
 * The header, in words. What one thread writes often lies 128 bytes from what the other one does: a cache line is 64
 * bytes, and the prefetcher of many processors fetches them in pairs. The flags have lines of their own as well: the
 * producer reads CONSUMER_WAITS at every publish, and beside TAIL it would lose that line whenever the consumer moves
 * on.
 */
const MAGIC = 0;
const SLOTS = 1;
const SLOT_WORDS = 2;
const APART = 2 * LINE_WORDS;
const HEAD = APART;
const TAIL = 2 * APART;
const CONSUMER_WAITS = 3 * APART;
const PRODUCER_WAITS = 4 * APART;
const FIRST_SLOT = 5 * APART;
