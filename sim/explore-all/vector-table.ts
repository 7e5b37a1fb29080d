/** Vectors of integers, numbered from 0. */
export class VectorList {
  /** Vectors so far. */
  size = 0;
  #numbers = new Int32Array(1 << 12);
  #used = 0;
  /** Where each vector begins; one more than there are vectors. */
  #starts = new Float64Array(1 << 8);

  /** Copies the first `length` numbers; returns the number of the vector. */
  push(vector: Int32Array, length: number): number {
    if (this.#used + length > this.#numbers.length) this.#numbers = grown(this.#numbers, this.#used + length);
    if (this.size + 2 > this.#starts.length) this.#starts = grown(this.#starts, this.size + 2);
    for (let i = 0; i < length; i++) this.#numbers[this.#used + i] = vector[i]!;
    this.#used += length;
    this.#starts[++this.size] = this.#used;
    return this.size - 1;
  }

  /** Writes a vector into `into`, which is long enough; returns its length. */
  read(index: number, into: Int32Array): number {
    const start = this.#starts[index]!;
    const length = this.#starts[index + 1]! - start;
    for (let i = 0; i < length; i++) into[i] = this.#numbers[start + i]!;
    return length;
  }

  equals(index: number, vector: Int32Array, length: number): boolean {
    const start = this.#starts[index]!;
    if (this.#starts[index + 1]! - start !== length) return false;
    for (let i = 0; i < length; i++) if (this.#numbers[start + i] !== vector[i]) return false;
    return true;
  }
}

/** Each vector once. Hashes only lead to a vector; whether two are equal is decided number by number. */
export class VectorTable {
  readonly vectors = new VectorList();
  #hashes = new Uint32Array(1 << 8);
  /** Open addressing: number of a vector plus one; 0 is free. At most half full. */
  #slots = new Int32Array(1 << 9);

  /** True when the vector is new; its number is the next one then. O(length). */
  add(vector: Int32Array, length: number): boolean {
    const { vectors } = this;
    const hash = hashOf(vector, length);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let found = this.#slots[slot]!; found !== 0; found = this.#slots[slot]!) {
      if (this.#hashes[found - 1] === hash && vectors.equals(found - 1, vector, length)) return false;
      slot = (slot + 1) & mask;
    }
    const index = vectors.push(vector, length);
    if (index >= this.#hashes.length) this.#hashes = grown(this.#hashes, index + 1);
    this.#hashes[index] = hash;
    this.#slots[slot] = index + 1;
    if (2 * vectors.size > this.#slots.length) this.#rehash();
    return true;
  }

  #rehash(): void {
    const slots = new Int32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    for (let index = 0; index < this.vectors.size; index++) {
      let slot = this.#hashes[index]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
    this.#slots = slots;
  }
}

/** At least twice as long, so that n numbers cost O(n). */
export function grown<T extends Int32Array | Uint32Array | Float64Array>(array: T, needed: number): T {
  const longer = new (array.constructor as new (length: number) => T)(Math.max(needed, 2 * array.length));
  longer.set(array);
  return longer;
}

/** MurmurHash3's rounds over 32-bit words, and its finalizer. */
function hashOf(vector: Int32Array, length: number): number {
  let hash = length;
  for (let i = 0; i < length; i++) {
    let word = Math.imul(vector[i]!, 0xcc9e2d51);
    word = Math.imul((word << 15) | (word >>> 17), 0x1b873593);
    hash ^= word;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
