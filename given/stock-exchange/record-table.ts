// Two tools for the order book. A `Map` and a sorted array pass as well; these two allocate nothing while the book works.

/** "None" among slots and levels. */
export const NONE = -1;

/**
 * Records of int32 fields, found by an id: what a `Map` of objects does, in flat arrays. A record of eight fields is half a cache
 * line, and the garbage collector has nothing to follow. A slot is the index in `fields` of a record's first field; it stays
 * the same as long as the record is in the table.
 *
 * All calls are O(1) on average; one that grows the table is O(records). An entry of the hash table takes 4 bytes, at least a third of
 * the entries are used while the table grows, and `fields` grows by a quarter, with 4 bytes for each new record to be found again when
 * unused: of eight fields, at most 57 bytes a record, besides `fieldsBefore` and a quarter.
 */
export class RecordTable {
  /** First what `fieldsBefore` sets aside for the owner, then the records. Replaced when `add` grows it: read it again after `add`. */
  fields: Int32Array;
  size = 0;
  readonly #recordLength: number;
  #used: number;
  /** Records count from 1; this is where number 0 would be. */
  readonly #base: number;
  /** A stack. Links through the records would take no memory, but wait for a cold record each. */
  #unused: Int32Array;
  #unusedCount = 0;

  // Open addressing, at most two thirds full. An entry is the number of a record, in as many low bits as the table's length needs, and
  // above it a tag: most of what the id would tell, without a look at the record, which may be far away. 0 is no entry.
  #entries: Int32Array;
  #bits: number;
  /** No entry is further from home than this. */
  #farthest = 0;

  /** Two fields of every record hold the id: `fields[slot]` to `fields[slot + fieldsPerRecord - 1]` are yours, after them comes the id. */
  constructor(fieldsPerRecord: number, expectedRecords: number, fieldsBefore = 0) {
    const records = Math.max(16, Math.ceil(expectedRecords));
    this.#recordLength = fieldsPerRecord + 2;
    // Many allocators let a large block begin 16 bytes into a page; with 16 more, no record of eight fields straddles a cache line.
    this.#used = fieldsBefore + ((4 - fieldsBefore) & 7);
    this.#base = this.#used - this.#recordLength;
    this.fields = new Int32Array(this.#used + records * this.#recordLength);
    this.#unused = new Int32Array(records);
    this.#bits = Math.ceil(Math.log2(records * 1.5));
    this.#entries = new Int32Array(1 << this.#bits);
  }

  /** The slot of an id (an integer, 0 to `MAX_ID`), or `NONE`. */
  find(id: number): number {
    const entries = this.#entries;
    const mask = entries.length - 1;
    const low = id | 0;
    const high = (id * 2 ** -32) | 0;
    let at = homeOf(low, high, this.#bits);
    const tag = tagOf(low, at) << this.#bits;
    for (; entries[at] !== 0; at = (at + 1) & mask) {
      if ((entries[at]! & ~mask) !== tag) continue;
      const slot = this.#base + (entries[at]! & mask) * this.#recordLength;
      const idAt = slot + this.#recordLength - 2;
      if (this.fields[idAt] === low && this.fields[idAt + 1] === high) return slot;
    }
    return NONE;
  }

  idOf(slot: number): number {
    const at = slot + this.#recordLength - 2;
    return this.fields[at + 1]! * 2 ** 32 + (this.fields[at]! >>> 0);
  }

  /** A record for an id that has none. Its fields may be left over from another one: write all of them. */
  add(id: number): number {
    if (this.size * 3 >= this.#entries.length * 2) this.#growTable();
    const slot = this.#takeRecord();
    const at = slot + this.#recordLength - 2;
    this.fields[at] = id | 0;
    this.fields[at + 1] = (id * 2 ** -32) | 0;
    this.#link((slot - this.#base) / this.#recordLength);
    this.size++;
    return slot;
  }

  remove(slot: number): void {
    const entries = this.#entries;
    const mask = entries.length - 1;
    const number = (slot - this.#base) / this.#recordLength;
    let hole = this.#home(number);
    while ((entries[hole]! & mask) !== number) hole = (hole + 1) & mask;
    // Later entries move up into the hole where that brings them nearer to their home. To mark the place as deleted would be
    // simpler, but a day of cancels would fill the table with such marks.
    for (let at = (hole + 1) & mask; entries[at] !== 0; at = (at + 1) & mask) {
      if (this.#fromHome(at) < ((at - hole) & mask)) continue;
      entries[hole] = entries[at]!;
      hole = at;
    }
    entries[hole] = 0;
    this.#unused[this.#unusedCount++] = slot;
    this.size--;
  }

  #takeRecord(): number {
    if (this.#unusedCount > 0) return this.#unused[--this.#unusedCount]!;
    const slot = this.#used;
    if (slot === this.fields.length) {
      const more = Math.ceil((slot / this.#recordLength) * 0.25);
      const larger = new Int32Array(slot + more * this.#recordLength);
      larger.set(this.fields);
      this.fields = larger;
      this.#unused = new Int32Array(this.#unused.length + more); // as empty as the one before
    }
    this.#used += this.#recordLength;
    return slot;
  }

  #growTable(): void {
    const entries = this.#entries;
    this.#entries = new Int32Array(1 << ++this.#bits);
    this.#farthest = 0;
    for (const entry of entries) {
      if (entry !== 0) this.#link(entry & (entries.length - 1));
    }
  }

  #link(number: number): void {
    const entries = this.#entries;
    const mask = entries.length - 1;
    const home = this.#home(number);
    let at = home;
    while (entries[at] !== 0) at = (at + 1) & mask;
    const low = this.fields[this.#base + (number + 1) * this.#recordLength - 2]!;
    entries[at] = (tagOf(low, home) << this.#bits) | number;
    this.#farthest = Math.max(this.#farthest, (at - home) & mask);
  }

  /** How many places the entry at `at` is after its home. A tag tells eight bits of that, or what numbers of more than 24 bits leave. */
  #fromHome(at: number): number {
    const entry = this.#entries[at]!;
    const mask = this.#entries.length - 1;
    const told = this.#bits <= 24 ? 255 : 2 ** (32 - this.#bits) - 1;
    if (this.#farthest <= told) return (at - (entry >>> this.#bits)) & told & mask;
    return (at - this.#home(entry & mask)) & mask;
  }

  #home(number: number): number {
    const at = this.#base + (number + 1) * this.#recordLength - 2;
    return homeOf(this.fields[at]!, this.fields[at + 1]!, this.#bits);
  }
}

/**
 * Ids are often consecutive: 16 of them share a cache line, so that a new one goes where the one before it went, which is still near. Or they
 * carry a gateway in their high bits: both halves must reach the high bits of the product.
 */
function homeOf(low: number, high: number, bits: number): number {
  return (Math.imul((low >>> 4) ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1) >>> (32 - bits)) ^ (low & 15);
}

function tagOf(low: number, home: number): number {
  return ((low >>> 4) << 8) | (home & 0xff);
}
