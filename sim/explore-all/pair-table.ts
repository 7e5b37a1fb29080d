import { grown } from "./vector-table.ts";

/** Gives each pair of integers a number, from 0 up, in the order in which they came. */
export class PairTable {
  /** Pairs so far. */
  size = 0;
  #firsts = new Int32Array(1 << 8);
  #seconds = new Int32Array(1 << 8);
  /** Open addressing: number of a pair plus one; 0 is free. At most half full. */
  #slots = new Int32Array(1 << 9);

  /** The number of the pair; it is the next one when the pair is new. O(1). */
  numberOf(first: number, second: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(first, second) & mask;
    for (let found = this.#slots[slot]!; found !== 0; found = this.#slots[slot]!) {
      if (this.#firsts[found - 1] === first && this.#seconds[found - 1] === second) return found - 1;
      slot = (slot + 1) & mask;
    }
    if (this.size === this.#firsts.length) {
      this.#firsts = grown(this.#firsts, this.size + 1);
      this.#seconds = grown(this.#seconds, this.size + 1);
    }
    this.#firsts[this.size] = first;
    this.#seconds[this.size] = second;
    this.#slots[slot] = ++this.size;
    if (2 * this.size > this.#slots.length) this.#rehash();
    return this.size - 1;
  }

  #rehash(): void {
    const slots = new Int32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    for (let number = 0; number < this.size; number++) {
      let slot = hashOf(this.#firsts[number]!, this.#seconds[number]!) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}

function hashOf(first: number, second: number): number {
  const mixed = Math.imul(first ^ Math.imul(second + 1, 0x9e3779b1), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
