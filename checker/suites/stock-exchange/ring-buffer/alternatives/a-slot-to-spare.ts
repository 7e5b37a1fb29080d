/**
 * Alternative: an index is a place in the buffer and counts no laps; one slot more than was asked for stays empty,
 * which tells full from empty. Each side keeps how many messages it may still move, and asks only when that is used up.
 * A sleeper sleeps on a flag of its own: whoever wakes it takes the flag down first, and it puts the flag up again
 * before it looks and sleeps on.
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

/** One writer to a line: the shape, both places, both flags. */
const WORD = { magic: 0, slots: 1, slotWords: 2, head: 16, tail: 32, consumer: 48, producer: 64, data: 80 } as const;
const MAGIC = 0x0051_5057;
const [AWAKE, ASLEEP] = [0, 1];

export function createRing({ slots, slotWords, startAt = 0 }: RingOptions): SharedArrayBuffer {
  within(slots, 1, 2 ** 20);
  if ((slots & (slots - 1)) !== 0) throw new RangeError("slots: a power of two");
  within(slotWords, 1, 1_024);
  within(startAt, 0, 2 ** 32 - 1);
  const ring = new SharedArrayBuffer(4 * (WORD.data + (slots + 1) * slotWords));
  const words = new Uint32Array(ring);
  words.set([MAGIC, slots, slotWords]);
  words.fill(startAt % (slots + 1), WORD.head, WORD.head + 1);
  words.fill(startAt % (slots + 1), WORD.tail, WORD.tail + 1);
  return ring;
}

export class RingProducer {
  readonly words: Int32Array;
  readonly #slotWords: number;
  /** Slots of the buffer, the spare one included. */
  readonly #places: number;
  readonly #batch: number;
  readonly #spins: number;
  #head: number;
  #claimed = false;
  /** Slots that may be filled without asking. */
  #credit = 0;
  #held = 0;

  constructor(ring: SharedArrayBuffer, options: SideOptions = {}) {
    this.words = open(ring);
    [this.#batch, this.#spins] = checked(options);
    this.#slotWords = this.words[WORD.slotWords]!;
    this.#places = this.words[WORD.slots]! + 1;
    this.#head = Atomics.load(this.words, WORD.head);
    Atomics.store(this.words, WORD.producer, AWAKE);
  }

  claim(): number {
    if (!this.#canPush(1)) return -1;
    this.#claimed = true;
    return WORD.data + this.#head * this.#slotWords;
  }

  commit(): void {
    if (!this.#claimed) throw new Error("nothing is claimed");
    this.#claimed = false;
    this.#move(1);
  }

  tryPush(message: Int32Array): boolean {
    if (message.length !== this.#slotWords) throw new RangeError("a message has slotWords words");
    if (!this.#canPush(1)) return false;
    this.words.set(message, WORD.data + this.#head * this.#slotWords);
    this.#move(1);
    return true;
  }

  tryPushAll(messages: Int32Array): boolean {
    const length = this.#slotWords;
    const count = messages.length / length;
    within(count, 1, this.#places - 1);
    if (!this.#canPush(count)) return false;
    for (let i = 0; i < count; i++) {
      const place = (this.#head + i) % this.#places;
      this.words.set(messages.subarray(i * length, (i + 1) * length), WORD.data + place * length);
    }
    this.#move(count);
    return true;
  }

  flush(): void {
    if (this.#held === 0) return;
    this.#held = 0;
    Atomics.store(this.words, WORD.head, this.#head);
    wake(this.words, WORD.consumer);
  }

  waitForRoom(timeoutMs = Number.POSITIVE_INFINITY): boolean {
    return park(this.words, WORD.producer, this.#spins, timeoutMs, () => this.#canPush(1));
  }

  push(message: Int32Array, timeoutMs = Number.POSITIVE_INFINITY): boolean {
    return this.tryPush(message) || (this.waitForRoom(timeoutMs) && this.tryPush(message));
  }

  #canPush(count: number): boolean {
    if (this.#credit >= count) return true;
    const taken = this.#head - Atomics.load(this.words, WORD.tail);
    this.#credit = this.#places - 1 - (taken < 0 ? taken + this.#places : taken);
    if (this.#credit >= count) return true;
    this.flush();
    return false;
  }

  #move(count: number): void {
    this.#credit -= count;
    this.#held += count;
    const next = this.#head + count;
    this.#head = next < this.#places ? next : next - this.#places;
    if (this.#held >= this.#batch) this.flush();
  }
}

export class RingConsumer {
  readonly words: Int32Array;
  readonly #slotWords: number;
  readonly #places: number;
  readonly #batch: number;
  readonly #spins: number;
  #tail: number;
  /** Messages that may be taken without asking. */
  #credit = 0;
  #held = 0;

  constructor(ring: SharedArrayBuffer, options: SideOptions = {}) {
    this.words = open(ring);
    [this.#batch, this.#spins] = checked(options);
    this.#slotWords = this.words[WORD.slotWords]!;
    this.#places = this.words[WORD.slots]! + 1;
    this.#tail = Atomics.load(this.words, WORD.tail);
    Atomics.store(this.words, WORD.consumer, AWAKE);
  }

  peek(): number {
    return this.#canPop() ? WORD.data + this.#tail * this.#slotWords : -1;
  }

  release(): void {
    if (this.#credit === 0) throw new Error("nothing to release");
    this.#credit--;
    this.#held++;
    this.#tail = this.#tail + 1 < this.#places ? this.#tail + 1 : 0;
    if (this.#held >= this.#batch) this.flush();
  }

  tryPop(into: Int32Array): boolean {
    const length = this.#slotWords;
    if (into.length !== length) throw new RangeError("a message has slotWords words");
    const first = this.peek();
    if (first === -1) return false;
    const { words } = this;
    for (let word = 0; word < length; word++) into[word] = words[first + word]!;
    this.release();
    return true;
  }

  flush(): void {
    if (this.#held === 0) return;
    this.#held = 0;
    Atomics.store(this.words, WORD.tail, this.#tail);
    wake(this.words, WORD.producer);
  }

  waitForMessage(timeoutMs = Number.POSITIVE_INFINITY): boolean {
    return park(this.words, WORD.consumer, this.#spins, timeoutMs, () => this.#canPop());
  }

  pop(into: Int32Array, timeoutMs = Number.POSITIVE_INFINITY): boolean {
    return this.tryPop(into) || (this.waitForMessage(timeoutMs) && this.tryPop(into));
  }

  #canPop(): boolean {
    if (this.#credit > 0) return true;
    const there = Atomics.load(this.words, WORD.head) - this.#tail;
    this.#credit = there < 0 ? there + this.#places : there;
    if (this.#credit > 0) return true;
    this.flush();
    return false;
  }
}

/** The flag goes down first: a thread that has put it up and does not sleep yet will not, and looks again. */
function wake(words: Int32Array, flag: number): void {
  if (Atomics.load(words, flag) === AWAKE) return;
  Atomics.store(words, flag, AWAKE);
  Atomics.notify(words, flag);
}

/**
 * Up with the flag, look, sleep while it is up: whoever acted before the look is seen, whoever acts after it finds the
 * flag.
 */
function park(words: Int32Array, flag: number, spins: number, timeoutMs: number, look: () => boolean): boolean {
  for (let i = 0; i < spins; i++) if (look()) return true;
  let isLate = false;
  for (;;) {
    Atomics.store(words, flag, ASLEEP);
    const isThere = look();
    if (isThere || isLate) {
      Atomics.store(words, flag, AWAKE);
      return isThere;
    }
    isLate = Atomics.wait(words, flag, ASLEEP, timeoutMs) === "timed-out";
  }
}

function open(ring: SharedArrayBuffer): Int32Array {
  if (ring instanceof SharedArrayBuffer && ring.byteLength > 4 * WORD.data) {
    const words = new Int32Array(ring);
    if (words[WORD.magic] === MAGIC) return words;
  }
  throw new TypeError("not a ring");
}

function checked({ batch = 1, spins = 2_000 }: SideOptions): [batch: number, spins: number] {
  within(batch, 1, 2 ** 20);
  if (spins !== Number.POSITIVE_INFINITY) within(spins, 0, Number.MAX_SAFE_INTEGER);
  return [batch, spins];
}

function within(value: number, least: number, most: number): void {
  if (!(Number.isInteger(value) && value >= least && value <= most))
    throw new RangeError(`${value}: ${least} to ${most}`);
}
