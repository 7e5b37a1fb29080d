import type { Letters } from "./values.ts";

/** Where a letter is. Two bits of an entry; the others are the letter's number. */
export const FLYING = 0;
/** A later letter of its link has arrived before it. */
export const PASSED = 1;
/** It arrived, and may arrive once more. */
export const ARRIVED = 2;

export const letterOf = (entry: number): number => entry >>> 2;
export const whereOf = (entry: number): number => entry & 3;

/**
 * The letters of a state, as entries in one order, so that equal networks are equal lists. Where links keep their order
 * the flying letters of a link stand in it; everything else stands in the order of the numbers.
 */
export class Network {
  readonly #letters: Letters;
  readonly #keepsLinks: boolean;

  constructor(letters: Letters, keepsLinks: boolean) {
    this.#letters = letters;
    this.#keepsLinks = keepsLinks;
  }

  /** Whether the entry at `i` stands for another event than the one before it. */
  isFirst(entries: Int32Array, base: number, i: number): boolean {
    const entry = entries[i]!;
    return (this.#keepsLinks && whereOf(entry) === FLYING) || i === base || entries[i - 1] !== entry;
  }

  /** Whether `entry` flies right behind `before` on one link. */
  isNextInLink(before: number, entry: number): boolean {
    const { link } = this.#letters;
    const isFlying = whereOf(before) === FLYING && whereOf(entry) === FLYING;
    return isFlying && link[letterOf(before)] === link[letterOf(entry)];
  }

  /**
   * Copies the entries from `base` up to `end` into `into`, the one at `taken` (-1: none) having arrived. `keepsPassed`
   * and `keepsArrived` say whether letters can still come late, or once more; if not, those are left out. Returns the
   * new end.
   */
  arrive(
    entries: Int32Array,
    base: number,
    end: number,
    taken: number,
    into: Int32Array,
    keepsPassed: boolean,
    keepsArrived: boolean,
  ): number {
    const { link } = this.#letters;
    const entry = taken < 0 ? ARRIVED : entries[taken]!;
    const letter = taken < 0 ? -1 : letterOf(entry);
    const isOvertaking = this.#keepsLinks && whereOf(entry) === FLYING;
    let to = base;
    let isKept = !keepsArrived || whereOf(entry) === ARRIVED || this.#letters.isToSelf(letter);
    for (let i = base; i < end; i++) {
      const other = entries[i]!;
      const where = whereOf(other);
      if (where === ARRIVED) {
        if (!keepsArrived) continue;
        if (letterOf(other) === letter) isKept = true;
        into[to++] = other;
      } else if (i === taken) {
      } else if (where === PASSED) {
        if (keepsPassed) into[to++] = other;
      } else if (isOvertaking && i < taken && link[letterOf(other)] === link[letter]) {
        if (keepsPassed) into[to++] = other | PASSED;
      } else into[to++] = other;
    }
    if (!isKept) into[to++] = (letter << 2) | ARRIVED;
    return to;
  }

  /** Puts the entries from `base` up to `end` into their order. */
  arrange(entries: Int32Array, base: number, end: number): void {
    // Nearly in order already, and short.
    for (let i = base + 1; i < end; i++) {
      const entry = entries[i]!;
      let hole = i;
      for (; hole > base && this.#compare(entries[hole - 1]!, entry) > 0; hole--) entries[hole] = entries[hole - 1]!;
      entries[hole] = entry;
    }
  }

  #compare(a: number, b: number): number {
    if (!this.#keepsLinks) return a - b;
    const { link } = this.#letters;
    const links = link[letterOf(a)]! - link[letterOf(b)]!;
    if (links !== 0) return links;
    const [aFlies, bFlies] = [whereOf(a) === FLYING, whereOf(b) === FLYING];
    if (aFlies || bFlies) return Number(aFlies) - Number(bFlies);
    return a - b;
  }
}
