/** Spreads the bits of an integer over 32 bits (the finalizer of MurmurHash3, Austin Appleby, public domain). */
export function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** A map from two non-negative integers to one, in open addressing over flat arrays. Get and set O(1) expected. */
export class PairTable {
  // Three slots an entry: first key + 1 (0 = empty), second key, value.
  #slots = new Int32Array(3 * 256);
  #mask = 255;
  #size = 0;

  /** The value, or -1. */
  get(a: number, b: number): number {
    const slots = this.#slots;
    for (let i = (mix(a) ^ Math.imul(b + 1, 0x9e3779b1)) & this.#mask; ; i = (i + 1) & this.#mask) {
      const first = slots[3 * i]!;
      if (first === 0) return -1;
      if (first === a + 1 && slots[3 * i + 1] === b) return slots[3 * i + 2]!;
    }
  }

  /** Adds a pair that is not there yet. */
  set(a: number, b: number, value: number): void {
    if (2 * (this.#size + 1) > this.#mask) this.#grow();
    this.#size++;
    this.#put(a, b, value);
  }

  #put(a: number, b: number, value: number): void {
    let i = (mix(a) ^ Math.imul(b + 1, 0x9e3779b1)) & this.#mask;
    while (this.#slots[3 * i] !== 0) i = (i + 1) & this.#mask;
    this.#slots[3 * i] = a + 1;
    this.#slots[3 * i + 1] = b;
    this.#slots[3 * i + 2] = value;
  }

  #grow(): void {
    const old = this.#slots;
    this.#mask = this.#mask * 2 + 1;
    this.#slots = new Int32Array(3 * (this.#mask + 1));
    for (let i = 0; i < old.length; i += 3) {
      if (old[i] !== 0) this.#put(old[i]! - 1, old[i + 1]!, old[i + 2]!);
    }
  }
}
