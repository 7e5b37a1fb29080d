/**
 * A 64-bit digest of a sequence of integers: equal sequences have equal digests, and different ones hardly ever do. It
 * tells a replica that has diverged by a bug; it does not stop a person who wants two states to look alike.
 */
export class Digest {
  #low = 0x811c9dc5;
  #high = 0x9e3779b9;

  /** Any safe integer. */
  add(value: number): void {
    this.#mix(value | 0);
    this.#mix(Math.floor(value / 2 ** 32) | 0);
  }

  /** So far, as 16 hexadecimal digits. */
  toString(): string {
    const hex = (half: number): string => (half >>> 0).toString(16).padStart(8, "0");
    return hex(this.#high) + hex(this.#low);
  }

  /** Two chains of multiply and rotate, each fed with the other, so that the order of the values counts. */
  #mix(word: number): void {
    const low = Math.imul(this.#low ^ word, 0x85ebca6b);
    const high = Math.imul(this.#high ^ word ^ (low >>> 15), 0xc2b2ae35);
    this.#low = ((low << 13) | (low >>> 19)) ^ high;
    this.#high = (high << 17) | (high >>> 15);
  }
}
