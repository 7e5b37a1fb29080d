import { mix } from "./pair-table.ts";

/**
 * The search's current configuration, and the exact set of all configurations seen. A configuration is which operations
 * have been placed (a bit each) and the state the object is in.
 *
 * Required operations are numbered in the order of their calls, so the placed ones are a full prefix and a ragged edge
 * no wider than the concurrency: only the words between are stored. Optional operations (no return, so they may stay
 * unplaced for ever and would pin that prefix) have words of their own. The hash is kept incrementally, one number per
 * operation (Zobrist).
 */
export class Configurations {
  readonly #required: number;
  readonly #requiredWords: number;
  readonly #bits: Int32Array;
  #low = 0; // every word below is full
  #high = -1; // every required word above is empty
  #hash = 0;

  #table = new Int32Array(1024); // configuration id + 1, or 0
  #hashes = new Int32Array(512); // by id
  #starts = new Int32Array(512); // by id, into #arena
  #arena = new Int32Array(4096); // state, low, number of required words, the words, the optional words
  #arenaEnd = 0;
  /** How many were added. */
  size = 0;
  /** After `add`: the id of the configuration, new or known. */
  last = -1;

  constructor(required: number, optional: number) {
    this.#required = required;
    this.#requiredWords = (required + 31) >> 5;
    this.#bits = new Int32Array(this.#requiredWords + ((optional + 31) >> 5));
  }

  has(operation: number): boolean {
    const bit = this.#bit(operation);
    return ((this.#bits[bit >> 5]! >>> (bit & 31)) & 1) === 1;
  }

  place(operation: number): void {
    const bit = this.#bit(operation);
    const word = bit >> 5;
    this.#bits[word]! |= 1 << (bit & 31);
    this.#hash ^= mix(operation + 1);
    if (operation >= this.#required) return;
    if (word > this.#high) this.#high = word;
    while (this.#low <= this.#high && this.#bits[this.#low] === -1) this.#low++;
  }

  unplace(operation: number): void {
    const bit = this.#bit(operation);
    const word = bit >> 5;
    this.#bits[word]! &= ~(1 << (bit & 31));
    this.#hash ^= mix(operation + 1);
    if (operation >= this.#required) return;
    if (word < this.#low) this.#low = word;
    while (this.#high >= 0 && this.#bits[this.#high] === 0) this.#high--;
  }

  /** Adds the current configuration with `state`; false if it was there. */
  add(state: number): boolean {
    const hash = this.#hash ^ mix(~state);
    const mask = this.#table.length - 1;
    let slot = hash & mask;
    for (let id = this.#table[slot]! - 1; id >= 0; id = this.#table[slot]! - 1) {
      if (this.#hashes[id] === hash && this.#equals(this.#starts[id]!, state)) {
        this.last = id;
        return false;
      }
      slot = (slot + 1) & mask;
    }
    this.last = this.size;
    this.#table[slot] = ++this.size;
    this.#store(hash, state);
    if (2 * this.size > mask) this.#grow();
    return true;
  }

  /** The state of a stored configuration. */
  stateOf(id: number): number {
    return this.#arena[this.#starts[id]!]!;
  }

  /** Whether an operation is placed in a stored configuration. */
  placedIn(id: number, operation: number): boolean {
    const start = this.#starts[id]!;
    const low = this.#arena[start + 1]!;
    const words = this.#arena[start + 2]!;
    const bit = this.#bit(operation);
    let word = bit >> 5;
    if (operation < this.#required) {
      if (word < low) return true;
      if (word >= low + words) return false;
      word -= low;
    } else {
      word += words - this.#requiredWords;
    }
    return ((this.#arena[start + 3 + word]! >>> (bit & 31)) & 1) === 1;
  }

  #bit(operation: number): number {
    return operation < this.#required ? operation : operation - this.#required + 32 * this.#requiredWords;
  }

  #windowWords(): number {
    return Math.max(0, this.#high - this.#low + 1);
  }

  #equals(start: number, state: number): boolean {
    const arena = this.#arena;
    const words = this.#windowWords();
    if (arena[start] !== state || arena[start + 1] !== this.#low || arena[start + 2] !== words) return false;
    let at = start + 3;
    for (let i = 0; i < words; i++) if (arena[at++] !== this.#bits[this.#low + i]) return false;
    for (let i = this.#requiredWords; i < this.#bits.length; i++) if (arena[at++] !== this.#bits[i]) return false;
    return true;
  }

  #store(hash: number, state: number): void {
    const words = this.#windowWords();
    const end = this.#arenaEnd + 3 + words + this.#bits.length - this.#requiredWords;
    if (end > this.#arena.length) this.#arena = grown(this.#arena, end);
    if (this.size > this.#starts.length) {
      this.#starts = grown(this.#starts, this.size);
      this.#hashes = grown(this.#hashes, this.size);
    }
    this.#starts[this.last] = this.#arenaEnd;
    this.#hashes[this.last] = hash;
    this.#arena[this.#arenaEnd++] = state;
    this.#arena[this.#arenaEnd++] = this.#low;
    this.#arena[this.#arenaEnd++] = words;
    for (let i = 0; i < words; i++) this.#arena[this.#arenaEnd++] = this.#bits[this.#low + i]!;
    for (let i = this.#requiredWords; i < this.#bits.length; i++) this.#arena[this.#arenaEnd++] = this.#bits[i]!;
  }

  #grow(): void {
    this.#table = new Int32Array(this.#table.length * 2);
    const mask = this.#table.length - 1;
    for (let id = 0; id < this.size; id++) {
      let slot = this.#hashes[id]! & mask;
      while (this.#table[slot] !== 0) slot = (slot + 1) & mask;
      this.#table[slot] = id + 1;
    }
  }
}

/** A copy with room for at least `length`, doubled so that growth is amortized. */
export function grown(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(Math.max(array.length * 2, length));
  copy.set(array);
  return copy;
}
