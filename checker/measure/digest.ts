import type { Outcome } from "../kit/bench.ts";

const PRIME = 0x01000193;
const BASIS = 0x811c9dc5;

/**
 * Folds outcomes, one after the other, into 64 bits: two FNV-1a hashes of the same bytes from different starts. Enough
 * to tell results apart; nobody gains by a collision, because both sides are asked for the same operations.
 */
export class Digest {
  #low = BASIS;
  #high = BASIS ^ 0x5bd1e995;

  /**
   * @throws TypeError for what cannot be compared, `undefined` first of all: a benchmark that returns nothing proves
   * nothing.
   */
  add(outcome: Outcome): void {
    if (typeof outcome === "number") this.#text(`n${Object.is(outcome, -0) ? "-0" : outcome}`);
    else if (typeof outcome === "string") this.#text(`s${outcome.length}:${outcome}`);
    else if (typeof outcome === "boolean" || typeof outcome === "bigint" || outcome === null) this.#text(`${outcome}`);
    else if (ArrayBuffer.isView(outcome)) this.#bytes(outcome);
    else if (Array.isArray(outcome)) {
      this.#text(`[${outcome.length}`);
      for (const each of outcome as readonly Outcome[]) this.add(each);
    } else if (isPlain(outcome)) this.#record(outcome);
    else
      throw new TypeError(`a benchmark returned ${outcome === undefined ? "nothing" : describe(outcome)} to compare`);
  }

  toString(): string {
    return [this.#high, this.#low].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  #record(record: Readonly<Record<string, unknown>>): void {
    for (const key of Object.keys(record).sort()) {
      if (record[key] === undefined) continue;
      this.#text(`.${key}`);
      this.add(record[key] as Outcome);
    }
    this.#text("}");
  }

  #text(text: string): void {
    for (let i = 0; i < text.length; i++) this.#word(text.charCodeAt(i));
    this.#word(0xffff);
  }

  #bytes({ buffer, byteOffset, byteLength }: ArrayBufferView): void {
    this.#text(`b${byteLength}`);
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) this.#word(byte);
  }

  #word(word: number): void {
    this.#low = Math.imul(this.#low ^ word, PRIME);
    this.#high = Math.imul(this.#high ^ word, PRIME) ^ (this.#high >>> 15);
  }
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  return typeof value === "object" ? `a ${value?.constructor?.name ?? "foreign object"}` : `a ${typeof value}`;
}
