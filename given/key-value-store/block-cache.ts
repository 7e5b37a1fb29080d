/** What a cache keeps. Set `isUsed` at every use: it is the block's second chance. */
export interface CachedBlock {
  isUsed: boolean;
}

/**
 * Keeps blocks of many tables within one number of bytes. A table looks into its own array of places; the cache only
 * decides who must go: a hand goes round, spares what was used since it last came by, and empties the place of what was
 * not (CLOCK). O(1) amortized.
 */
export class BlockCache {
  readonly #bytesMax: number;
  #bytes = 0;
  #hand = 0;
  #held: { readonly places: (CachedBlock | undefined)[]; readonly place: number; readonly bytes: number }[] = [];

  /** 0 bytes keep nothing. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Puts the block into `places[place]`, and others out of theirs. `bytes`: what it takes in memory. */
  admit<Block extends CachedBlock>(places: (Block | undefined)[], place: number, block: Block, bytes: number): void {
    places[place] = block;
    this.#bytes += bytes;
    this.#held.push({ places, place, bytes });
    while (this.#bytes > this.#bytesMax) this.#evict();
  }

  #evict(): void {
    if (this.#hand >= this.#held.length) this.#hand = 0;
    const { places, place, bytes } = this.#held[this.#hand]!;
    const block = places[place]!;
    if (block.isUsed) {
      block.isUsed = false;
      this.#hand++;
      return;
    }
    places[place] = undefined;
    this.#bytes -= bytes;
    const last = this.#held.pop()!;
    if (this.#hand < this.#held.length) this.#held[this.#hand] = last;
  }
}
