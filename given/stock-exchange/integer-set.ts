import { NONE } from "./record-table.ts";

/**
 * A set of integers from 0 to `size - 1` that finds the next member up or down in O(log32 size). The first row has a bit a member; a bit
 * of each further row says whether a word of 32 bits in the row below holds any.
 */
export class IntegerSet {
  readonly #size: number;
  readonly #rows: Int32Array[] = [];

  constructor(size: number) {
    this.#size = size;
    let words = size;
    do {
      words = Math.ceil(words / 32);
      this.#rows.push(new Int32Array(words));
    } while (words > 1);
  }

  add(member: number): void {
    let at = member;
    for (const row of this.#rows) {
      row[at >>> 5]! |= 1 << (at & 31);
      at >>>= 5;
    }
  }

  delete(member: number): void {
    let at = member;
    for (const row of this.#rows) {
      row[at >>> 5]! &= ~(1 << (at & 31));
      if (row[at >>> 5] !== 0) return;
      at >>>= 5;
    }
  }

  /** The smallest member from `from` up, or `size`. */
  atOrAbove(from: number): number {
    let at = from;
    for (let height = 0; height < this.#rows.length; height++) {
      const row = this.#rows[height]!;
      const word = at >>> 5;
      const bits = (row[word] ?? 0) & (-1 << (at & 31));
      if (bits !== 0) return this.#descend(height, (word << 5) + lowestBit(bits), lowestBit);
      at = word + 1;
    }
    return this.#size;
  }

  /** The largest member from `from` down, or `NONE`. */
  atOrBelow(from: number): number {
    let at = from;
    for (let height = 0; height < this.#rows.length && at >= 0; height++) {
      const word = at >>> 5;
      const bits = this.#rows[height]![word]! & (-1 >>> (31 - (at & 31)));
      if (bits !== 0) return this.#descend(height, (word << 5) + highestBit(bits), highestBit);
      at = word - 1;
    }
    return NONE;
  }

  #descend(height: number, member: number, pick: (bits: number) => number): number {
    let at = member;
    for (let below = height - 1; below >= 0; below--) at = (at << 5) + pick(this.#rows[below]![at]!);
    return at;
  }
}

const highestBit = (bits: number): number => 31 - Math.clz32(bits);

const lowestBit = (bits: number): number => highestBit(bits & -bits);
