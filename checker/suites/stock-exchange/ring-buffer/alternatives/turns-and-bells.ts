/**
 * Alternative: places are counted modulo twice the slots instead of modulo 2^32, which tells full from empty as well;
 * each side counts what it has not told; a sleeper waits on a bell of its own, an event count, and not on an index; the
 * operations of Atomics are taken by name; both sides share one class.
 */

export interface RingOptions {
  readonly slots: number;
  readonly slotWords: number;
  readonly startAt?: number;
}

export interface SideOptions {
  readonly batch?: number;
  readonly spins?: number;
}

const { add, load, notify, store, wait } = Atomics;

const [HEAD, TAIL] = [16, 32];
/** The bell of a side is the word behind its flag. */
const [CONSUMER_FLAG, PRODUCER_FLAG] = [48, 64];
const DATA = 80;
const MARK = 12_345;

export function createRing({ slots, slotWords, startAt = 0 }: RingOptions): SharedArrayBuffer {
  const fine = Number.isInteger(slots) && slots > 0 && slots <= 2 ** 20 && Math.log2(slots) % 1 === 0;
  if (!fine) throw new RangeError(`slots is ${slots}, expected a power of two up to 2^20`);
  if (!(Number.isInteger(slotWords) && slotWords > 0 && slotWords <= 1_024))
    throw new RangeError("slotWords: 1 to 1,024");
  if (!(Number.isInteger(startAt) && startAt >= 0 && startAt < 2 ** 32)) throw new RangeError("startAt: 0 to 2^32 - 1");
  const words = new Int32Array(new SharedArrayBuffer(4 * (DATA + slots * slotWords)));
  words.set([MARK, slots, slotWords]);
  words[HEAD] = words[TAIL] = startAt % (2 * slots);
  return words.buffer as SharedArrayBuffer;
}

/** One side: `mine` is the index that it writes, `theirs` the one that it reads. */
class Side {
  readonly words: Int32Array;
  readonly slots: number;
  readonly slotWords: number;
  readonly #batch: number;
  readonly #spins: number;
  readonly #mine: number;
  readonly #theirs: number;
  readonly #flag: number;
  readonly #theirFlag: number;
  place: number;
  known: number;
  untold = 0;

  constructor(ring: SharedArrayBuffer, { batch = 1, spins = 2_000 }: SideOptions, isProducer: boolean) {
    if (!(ring instanceof SharedArrayBuffer) || ring.byteLength < 4 * DATA) throw new TypeError("not a ring");
    this.words = new Int32Array(ring);
    if (this.words[0] !== MARK) throw new TypeError("not a ring");
    if (!(Number.isInteger(batch) && batch > 0 && batch <= 2 ** 20)) throw new RangeError("batch: 1 to 2^20");
    if (!(spins >= 0)) throw new RangeError("spins: 0 or more");
    this.#batch = batch;
    this.#spins = spins;
    this.slots = this.words[1]!;
    this.slotWords = this.words[2]!;
    [this.#mine, this.#theirs] = isProducer ? [HEAD, TAIL] : [TAIL, HEAD];
    [this.#flag, this.#theirFlag] = isProducer ? [PRODUCER_FLAG, CONSUMER_FLAG] : [CONSUMER_FLAG, PRODUCER_FLAG];
    this.place = load(this.words, this.#mine);
    this.known = load(this.words, this.#theirs);
  }

  wordOf(place: number): number {
    return DATA + (place % this.slots) * this.slotWords;
  }

  go(count: number): void {
    this.place = (this.place + count) % (2 * this.slots);
    this.untold += count;
    if (this.untold >= this.#batch) this.tell();
  }

  tell(): void {
    if (this.untold === 0) return;
    this.untold = 0;
    store(this.words, this.#mine, this.place);
    if (load(this.words, this.#theirFlag) === 0) return;
    add(this.words, this.#theirFlag + 1, 1);
    notify(this.words, this.#theirFlag + 1);
  }

  ask(): void {
    this.known = load(this.words, this.#theirs);
  }

  await(timeoutMs: number, look: () => boolean): boolean {
    for (let i = 0; i < this.#spins; i++) if (look()) return true;
    const { words } = this;
    const bell = this.#flag + 1;
    store(words, this.#flag, 1);
    try {
      for (;;) {
        const rung = load(words, bell);
        if (look()) return true;
        if (wait(words, bell, rung, timeoutMs) === "timed-out") return look();
      }
    } finally {
      store(words, this.#flag, 0);
    }
  }
}

export class RingProducer {
  readonly words: Int32Array;
  readonly #side: Side;
  #claimed = -1;

  constructor(ring: SharedArrayBuffer, options: SideOptions = {}) {
    this.#side = new Side(ring, options, true);
    this.words = this.#side.words;
  }

  claim(): number {
    if (this.#claimed === -1 && this.#fits(1)) this.#claimed = this.#side.wordOf(this.#side.place);
    return this.#claimed;
  }

  commit(): void {
    if (this.#claimed === -1) throw new Error("nothing claimed");
    this.#claimed = -1;
    this.#side.go(1);
  }

  tryPush(message: Int32Array): boolean {
    if (message.length !== this.#side.slotWords) throw new RangeError("one message has slotWords words");
    return this.tryPushAll(message);
  }

  tryPushAll(messages: Int32Array): boolean {
    const { slots, slotWords, place } = this.#side;
    const count = messages.length / slotWords;
    if (!(Number.isInteger(count) && count > 0 && count <= slots)) throw new RangeError("whole messages, 1 to slots");
    if (!this.#fits(count)) return false;
    for (let i = 0; i < count; i++) {
      const first = this.#side.wordOf(place + i);
      for (let word = 0; word < slotWords; word++) this.words[first + word] = messages[i * slotWords + word]!;
    }
    this.#side.go(count);
    return true;
  }

  flush(): void {
    this.#side.tell();
  }

  waitForRoom(timeoutMs = Number.POSITIVE_INFINITY): boolean {
    return this.#side.await(timeoutMs, () => this.#fits(1));
  }

  push(message: Int32Array, timeoutMs = Number.POSITIVE_INFINITY): boolean {
    return this.tryPush(message) || (this.waitForRoom(timeoutMs) && this.tryPush(message));
  }

  #fits(count: number): boolean {
    if (this.#room() >= count) return true;
    this.#side.ask();
    if (this.#room() >= count) return true;
    this.#side.tell();
    return false;
  }

  #room(): number {
    const { slots, place, known } = this.#side;
    return slots - ((place - known + 2 * slots) % (2 * slots));
  }
}

export class RingConsumer {
  readonly words: Int32Array;
  readonly #side: Side;

  constructor(ring: SharedArrayBuffer, options: SideOptions = {}) {
    this.#side = new Side(ring, options, false);
    this.words = this.#side.words;
  }

  peek(): number {
    return this.#isThere() ? this.#side.wordOf(this.#side.place) : -1;
  }

  release(): void {
    if (this.#side.place === this.#side.known) throw new Error("nothing to release");
    this.#side.go(1);
  }

  tryPop(into: Int32Array): boolean {
    if (into.length !== this.#side.slotWords) throw new RangeError("one message has slotWords words");
    const first = this.peek();
    if (first === -1) return false;
    for (let word = 0; word < into.length; word++) into[word] = this.words[first + word]!;
    this.#side.go(1);
    return true;
  }

  flush(): void {
    this.#side.tell();
  }

  waitForMessage(timeoutMs = Number.POSITIVE_INFINITY): boolean {
    return this.#side.await(timeoutMs, () => this.#isThere());
  }

  pop(into: Int32Array, timeoutMs = Number.POSITIVE_INFINITY): boolean {
    return this.tryPop(into) || (this.waitForMessage(timeoutMs) && this.tryPop(into));
  }

  #isThere(): boolean {
    const side = this.#side;
    if (side.place !== side.known) return true;
    side.ask();
    if (side.place !== side.known) return true;
    side.tell();
    return false;
  }
}
