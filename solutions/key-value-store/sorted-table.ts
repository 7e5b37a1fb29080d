import { crc32c } from "../../given/common/crc32c.ts";
import type { Disk } from "../../given/common/disk.ts";
import { requireInteger } from "../../given/common/integers.ts";
import type { BlockCache, CachedBlock } from "../../given/key-value-store/block-cache.ts";
import { ByteReader, ByteWriter, readUint32 } from "../../given/key-value-store/bytes.ts";
import { Copier } from "../../given/key-value-store/copier.ts";
import { CorruptionError } from "../../given/key-value-store/corruption-error.ts";
import { type Cursor, lowerBound, type Slice } from "../../given/key-value-store/cursor.ts";
import { hashKey, mixBits } from "../../given/key-value-store/hashes.ts";

export interface TableOptions {
  /** A block is closed when its entries reach this many bytes: 1 or more. Default: 4,096. */
  readonly blockBytes?: number;
  /** Bits of the Bloom filter for every key: 1 to 64. Default: 10. */
  readonly bloomBitsPerKey?: number;
}

/**
 * The newest versions, by key, with those that open snapshots still see.
 *
 * set and find: O(1) on average, beside the length of the key. cursor: O(1) when no key is new since the last one, else
 * O(m + k log k) for k new among m keys.
 */
export class Memtable {
  /** About what its keys and values take, overwritten ones included: they are in the log as well. */
  bytes = 0;
  // A Map finds a key in O(1), where a search tree compares strings all the way down. Order is only needed for scans
  // and flushes, so new keys are sorted then and merged with those sorted before.
  readonly #versions = new Map<string, Version>();
  #sorted: string[] = [];
  #fresh: string[] = [];
  #chunk = new Uint8Array(0);
  #used = 0;

  /** Keys, deleted ones included: a tombstone is a version. */
  get size(): number {
    return this.#versions.size;
  }

  /**
   * Puts a version of the key on top; null is a tombstone. The bytes are copied. `sequence`: not less than any before.
   * `kept`: the newest sequence that a reader may still ask for; versions that no reader can see any more are let go.
   * -1: no reader asks.
   */
  set(key: string, value: Uint8Array | null, sequence: number, kept: number): void {
    const old = this.#versions.get(key);
    if (old === undefined) this.#fresh.push(key);
    const length = value?.length ?? -1;
    if (length > this.#chunk.length - this.#used) {
      this.#chunk = new Uint8Array(Math.max(CHUNK_BYTES, length));
      this.#used = 0;
    }
    if (value !== null) this.#chunk.set(value, this.#used);
    // What no open snapshot sees is let go, with all that came before it unless an older snapshot does.
    const previous = old === undefined || old.sequence <= kept ? old : old.previous;
    this.#versions.set(key, { bytes: this.#chunk, start: this.#used, length, sequence, previous });
    this.#used += Math.max(0, length);
    this.bytes += key.length + length + VERSION_BYTES;
  }

  /**
   * The newest version not newer than `sequence`: a value, a tombstone (`length` -1), or undefined when the key had
   * none then.
   */
  find(key: string, sequence: number): Slice | undefined {
    let version = this.#versions.get(key);
    while (version !== undefined && version.sequence > sequence) version = version.previous;
    return version;
  }

  /**
   * Stands at the first key not less than `from` that had a version at `sequence`; shows what `find` would. What is set
   * later does not disturb it.
   */
  cursor(sequence: number, from = ""): Cursor {
    return new MemtableCursor(this, this.#keys(), sequence, from);
  }

  #keys(): readonly string[] {
    if (this.#fresh.length === 0) return this.#sorted;
    // The default order of sort() is that of `<`.
    const fresh = this.#fresh.sort();
    this.#sorted = this.#sorted.length === 0 ? fresh : mergeSorted(this.#sorted, fresh);
    this.#fresh = [];
    return this.#sorted;
  }
}

/**
 * Answers "maybe" or "certainly not" to whether a key was added. Never "certainly not" for a key that was. More keys
 * than it was made for make it answer "maybe" more often. O(length of the key).
 * @stage 2
 */
export class BloomFilter {
  /** All there is to store: `new BloomFilter(filter.bytes)` answers as `filter` does. */
  readonly bytes: Uint8Array;

  /** The filter whose `bytes` these are. Does not copy them. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /**
   * Empty, with room for `keys` keys, in `keys * bitsPerKey` bits and a few more. 10 bits a key give about 1 percent of
   * false maybes: less than 2 percent in every filter of a hundred keys or more, and on average over many smaller ones.
   * A single one of a few keys may give several percent, because a few bits decide.
   */
  static withRoomFor(keys: number, bitsPerKey: number): BloomFilter {
    return new BloomFilter(new Uint8Array(Math.max(8, Math.ceil((keys * bitsPerKey) / 8))));
  }

  /** `hash`: of the key, from a caller that has it already. */
  add(key: string, hash: number = hashKey(key)): void {
    const bits = this.bytes.length * 8;
    const step = stepOf(hash);
    for (let i = 0, probe = hash; i < PROBES; i++, probe = (probe + step) >>> 0) {
      const bit = probe % bits;
      this.bytes[bit >>> 3]! |= 1 << (bit & 7);
    }
  }

  /** `hash`: of the key, from a caller that asks several filters. */
  mayContain(key: string, hash: number = hashKey(key)): boolean {
    const { bytes } = this;
    const bits = bytes.length * 8;
    const step = stepOf(hash);
    for (let i = 0, probe = hash; i < PROBES; i++, probe = (probe + step) >>> 0) {
      const bit = probe % bits;
      if ((bytes[bit >>> 3]! & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }
}

/**
 * Writes a sorted table: blocks of entries with a checksum each, then what is needed to find a key with one read.
 * Appends to `file`, which must not exist, in pieces of about a megabyte, so that a large table needs little memory.
 *
 * Usage: `add` in strictly ascending order of keys, then `finish` once.
 * @stage 3
 */
export class TableBuilder {
  readonly #disk: Disk;
  readonly #file: string;
  readonly #blockBytes: number;
  readonly #bitsPerKey: number;
  readonly #out = new ByteWriter(1 << 16);
  /** Bytes that have left `#out` for the disk. */
  #flushed = 0;
  /** Where the open block starts in `#out`. */
  #blockStart = 0;
  readonly #lastKeys: string[] = [];
  readonly #blockEnds: number[] = [];
  readonly #hashes: number[] = [];
  #firstKey = "";
  #lastKey: string | undefined;

  /** @throws RangeError for an option out of range */
  constructor(disk: Disk, file: string, options: TableOptions = {}) {
    this.#disk = disk;
    this.#file = file;
    this.#blockBytes = requireInteger("blockBytes", options.blockBytes ?? 4_096, 1, 2 ** 28);
    this.#bitsPerKey = requireInteger("bloomBitsPerKey", options.bloomBitsPerKey ?? 10, 1, 64);
  }

  /**
   * Adds a key with its value, or with a tombstone. The bytes are copied.
   * @stage 3
   * @throws RangeError when the key is not greater than the one before
   */
  add(key: string, value: Slice): void {
    if (this.#lastKey === undefined) this.#firstKey = key;
    else if (!(key > this.#lastKey)) {
      throw new RangeError(
        `key ${JSON.stringify(key)} came after ${JSON.stringify(this.#lastKey)}; add keys in ascending order`,
      );
    }
    this.#lastKey = key;
    this.#hashes.push(hashKey(key));
    this.#out.key(key);
    this.#out.varint(value.length + 1);
    if (value.length > 0) this.#out.slice(value.bytes, value.start, value.length);
    if (this.#out.length - this.#blockStart >= this.#blockBytes) this.#endBlock();
  }

  /**
   * Completes the table and syncs the file, not its name. Returns its length in bytes; 0, and no file, when nothing was
   * added.
   * @stage 3
   */
  finish(): number {
    if (this.#lastKey === undefined) return 0;
    if (this.#out.length > this.#blockStart) this.#endBlock();
    const out = this.#out;
    const metaAt = out.length;
    const metaOffset = this.#flushed + metaAt;
    out.key(this.#firstKey);
    out.varint(this.#lastKeys.length);
    for (const [i, key] of this.#lastKeys.entries()) {
      out.key(key);
      out.varint(this.#blockEnds[i]! - (this.#blockEnds[i - 1] ?? 0));
    }
    const filter = BloomFilter.withRoomFor(this.#hashes.length, this.#bitsPerKey);
    for (const hash of this.#hashes) filter.add("", hash);
    out.varint(filter.bytes.length);
    out.raw(filter.bytes);
    out.uint32(metaOffset);
    out.uint32(crc32c(out.bytes.subarray(metaAt, out.length)));
    out.uint32(MAGIC);
    this.#flush();
    this.#disk.sync(this.#file);
    return this.#flushed;
  }

  #endBlock(): void {
    const out = this.#out;
    out.uint32(crc32c(out.bytes.subarray(this.#blockStart, out.length)));
    this.#lastKeys.push(this.#lastKey!);
    this.#blockEnds.push(this.#flushed + out.length);
    if (out.length >= WRITE_BYTES) this.#flush();
    this.#blockStart = out.length;
  }

  #flush(): void {
    this.#disk.append(this.#file, this.#out.view());
    this.#flushed += this.#out.length;
    this.#out.length = 0;
  }
}

/**
 * Reads a table that a `TableBuilder` finished. The table's first and last keys, its sparse index (the last key and the
 * end of every block) and its filter are read once and stay in memory; blocks are read when needed and kept by the
 * cache.
 *
 * Any byte of the file damaged or missing: CorruptionError when it is read, never a wrong answer.
 * @stage 3
 */
export class Table {
  readonly #disk: Disk;
  readonly #file: string;
  readonly #cache: BlockCache;
  readonly #firstKey: string;
  /** Last key of every block. */
  readonly #lastKeys: string[] = [];
  /** Block i ends here and begins where block i - 1 ends. */
  readonly #blockEnds: number[] = [];
  readonly #filter: BloomFilter;
  readonly #blocks: (Block | undefined)[] = [];
  readonly #copier = new Copier();

  /**
   * Reads everything but the blocks. @throws CorruptionError
   * @stage 3
   */
  constructor(disk: Disk, file: string, cache: BlockCache) {
    this.#disk = disk;
    this.#file = file;
    this.#cache = cache;
    const size = disk.size(file);
    const footer = disk.read(file, Math.max(0, size - FOOTER_BYTES));
    const metaOffset = readUint32(footer, 0);
    if (footer.length < FOOTER_BYTES || readUint32(footer, 8) !== MAGIC || metaOffset > size - FOOTER_BYTES) {
      throw new CorruptionError(file, Math.max(0, size - FOOTER_BYTES), "this is not the end of a table");
    }
    const meta = disk.read(file, metaOffset, size - metaOffset - 8);
    if (crc32c(meta) !== readUint32(footer, 4))
      throw new CorruptionError(file, metaOffset, "the index's checksum does not agree");
    const reader = new ByteReader(meta);
    this.#firstKey = reader.key();
    const blocks = reader.varint();
    for (let i = 0, end = 0; i < blocks; i++) {
      this.#lastKeys.push(reader.key());
      end += reader.varint();
      this.#blockEnds.push(end);
      this.#blocks.push(undefined);
    }
    this.#filter = new BloomFilter(reader.raw(reader.varint()).slice());
  }

  /**
   * A copy of the value; null for a tombstone, undefined when the table does not know the key. Reads at most one block,
   * and none for about 99 percent of the keys that it does not know. `hash`: of the key, from a caller that asks
   * several tables.
   * @stage 3
   * @throws CorruptionError
   */
  get(key: string, hash: number = hashKey(key)): Uint8Array | null | undefined {
    if (!this.#filter.mayContain(key, hash) || key < this.#firstKey) return undefined;
    const index = lowerBound(this.#lastKeys, key);
    if (index === this.#lastKeys.length) return undefined;
    const block = this.#blocks[index] ?? this.#keep(index);
    block.isUsed = true;
    const at = lowerBound(block.keys, key);
    if (block.keys[at] !== key) return undefined;
    const length = block.lengths[at]!;
    return length < 0 ? null : this.#copier.copy({ bytes: block.bytes, start: block.starts[at]!, length });
  }

  /**
   * Stands at the first key that is not less than `from`. Reads a block when it gets there; leaves the cache to the
   * lookups, because a long scan would empty it for blocks that it visits once.
   * @stage 3
   * @throws CorruptionError, and so does its `next`
   */
  cursor(from = ""): Cursor {
    const first = lowerBound(this.#lastKeys, from);
    return new BlockCursor((index) => this.#blocks[index] ?? this.#read(index), first, this.#lastKeys.length, from);
  }

  #keep(index: number): Block {
    const block = this.#read(index);
    this.#cache.admit(this.#blocks, index, block, block.bytes.length + KEY_BYTES * block.keys.length);
    return block;
  }

  #read(index: number): Block {
    const start = index === 0 ? 0 : this.#blockEnds[index - 1]!;
    const length = this.#blockEnds[index]! - start;
    const bytes = this.#disk.read(this.#file, start, length);
    const end = length - CRC_BYTES;
    if (bytes.length < length || crc32c(bytes.subarray(0, end)) !== readUint32(bytes, end)) {
      throw new CorruptionError(this.#file, start, `the checksum of block ${index} does not agree`);
    }
    const block: Block = { keys: [], starts: [], lengths: [], bytes, isUsed: false };
    for (const reader = new ByteReader(bytes); reader.offset < end; ) {
      block.keys.push(reader.key());
      const valueLength = reader.varint() - 1;
      block.starts.push(reader.offset);
      block.lengths.push(valueLength);
      reader.offset += Math.max(0, valueLength);
    }
    return block;
  }
}

/** One version of a key in the memtable. `previous` is kept only for an open snapshot that still sees it. */
interface Version extends Slice {
  readonly sequence: number;
  readonly previous: Version | undefined;
}

class MemtableCursor implements Cursor {
  key: string | undefined;
  bytes: Uint8Array = NOTHING;
  start = 0;
  length = -1;
  readonly #memtable: Memtable;
  readonly #keys: readonly string[];
  readonly #sequence: number;
  #at: number;

  constructor(memtable: Memtable, keys: readonly string[], sequence: number, from: string) {
    this.#memtable = memtable;
    this.#keys = keys;
    this.#sequence = sequence;
    this.#at = lowerBound(keys, from) - 1;
    this.next();
  }

  next(): void {
    for (;;) {
      this.key = this.#keys[++this.#at];
      if (this.key === undefined) return;
      const version = this.#memtable.find(this.key, this.#sequence);
      if (version === undefined) continue;
      this.bytes = version.bytes;
      this.start = version.start;
      this.length = version.length;
      return;
    }
  }
}

function mergeSorted(left: readonly string[], right: readonly string[]): string[] {
  const merged = new Array<string>(left.length + right.length);
  for (let i = 0, l = 0, r = 0; i < merged.length; i++) {
    merged[i] = r === right.length || (l < left.length && left[l]! < right[r]!) ? left[l++]! : right[r++]!;
  }
  return merged;
}

/** A block with its keys decoded, so that a lookup compares strings and decodes nothing. */
interface Block extends CachedBlock {
  readonly keys: string[];
  readonly starts: number[];
  readonly lengths: number[];
  readonly bytes: Uint8Array;
}

class BlockCursor implements Cursor {
  key: string | undefined;
  bytes = NOTHING;
  start = 0;
  length = -1;
  readonly #read: (index: number) => Block;
  readonly #blocks: number;
  #index: number;
  #block: Block | undefined;
  #at = 0;

  constructor(read: (index: number) => Block, first: number, blocks: number, from: string) {
    this.#read = read;
    this.#blocks = blocks;
    this.#index = first - 1;
    this.#enter();
    if (this.#block !== undefined) this.#at = lowerBound(this.#block.keys, from);
    this.#show();
  }

  next(): void {
    if (++this.#at === this.#block?.keys.length) this.#enter();
    this.#show();
  }

  #enter(): void {
    this.#block = ++this.#index < this.#blocks ? this.#read(this.#index) : undefined;
    this.#at = 0;
  }

  #show(): void {
    const block = this.#block;
    this.key = block?.keys[this.#at];
    if (block === undefined) return;
    this.bytes = block.bytes;
    this.start = block.starts[this.#at]!;
    this.length = block.lengths[this.#at]!;
  }
}

/** Values are copied into chunks: one allocation for thousands of them. */
const CHUNK_BYTES = 1 << 18;
/** What a version costs beside its key and value, roughly. */
const VERSION_BYTES = 32;

// A table, numbers little-endian, varints of seven bits a byte:
//   blocks    entries, then the CRC32C of the entries
//     entry   key, varint of the value's length + 1 (0: a tombstone), value
//   meta      first key; number of blocks; for each block its last key and its length, checksum included; length of the
//             filter; filter
//   footer    offset of meta, CRC32C of meta and that offset, magic number: four bytes each
const CRC_BYTES = 4;
const FOOTER_BYTES = 12;
/** "BPT1" */
const MAGIC = 0x31545042;

/** Probes of a filter: 0.7 times the bits a key, which is best for the default of 10. */
const PROBES = 7;
/** Large enough that the cost of a call is nothing beside it. */
const WRITE_BYTES = 1 << 20;
/** What a decoded key and its two numbers take in memory, roughly. */
const KEY_BYTES = 48;
const NOTHING: Uint8Array = new Uint8Array(0);

/**
 * Double hashing (Kirsch and Mitzenmacher, Less Hashing, Same Performance, 2006): all probes come from one hash. Odd,
 * so never 0.
 */
function stepOf(hash: number): number {
  return mixBits(hash ^ 0x9e3779b9) | 1;
}
