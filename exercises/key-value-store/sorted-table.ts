/*
 * Memtable and sorted table. The newest versions in memory, the older ones in files that answer with one read and believe no byte unchecked.
 *
 * Start with stage 1: Keep the newest version, and those a snapshot sees.
 * Chapter: docs/storage/key-value-store.mdx
 * Grade it: npx bp check key-value-store/sorted-table
 */

import { crc32c } from "../../given/common/crc32c.ts";
import type { Disk } from "../../given/common/disk.ts";
import { requireInteger } from "../../given/common/integers.ts";
import type { BlockCache, CachedBlock } from "../../given/key-value-store/block-cache.ts";
import { ByteReader, ByteWriter, readUint32 } from "../../given/key-value-store/bytes.ts";
import { Copier } from "../../given/key-value-store/copier.ts";
import { CorruptionError } from "../../given/key-value-store/corruption-error.ts";
import { type Cursor, lowerBound, type Slice } from "../../given/key-value-store/cursor.ts";
import { hashKey, mixBits } from "../../given/key-value-store/hashes.ts";
import { NotStarted } from "../not-started.ts";

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

  /** Keys, deleted ones included: a tombstone is a version. */
  get size(): number {
    throw new NotStarted("stage 1: Keep the newest version, and those a snapshot sees");
  }

  /**
   * Puts a version of the key on top; null is a tombstone. The bytes are copied. `sequence`: not less than any before.
   * `kept`: the newest sequence that a reader may still ask for; versions that no reader can see any more are let go.
   * -1: no reader asks.
   */
  set(key: string, value: Uint8Array | null, sequence: number, kept: number): void {
    throw new NotStarted("stage 1: Keep the newest version, and those a snapshot sees");
  }

  /**
   * The newest version not newer than `sequence`: a value, a tombstone (`length` -1), or undefined when the key had
   * none then.
   */
  find(key: string, sequence: number): Slice | undefined {
    throw new NotStarted("stage 1: Keep the newest version, and those a snapshot sees");
  }

  /**
   * Stands at the first key not less than `from` that had a version at `sequence`; shows what `find` would. What is set
   * later does not disturb it.
   */
  cursor(sequence: number, from = ""): Cursor {
    throw new NotStarted("stage 1: Keep the newest version, and those a snapshot sees");
  }
}

/**
 * Answers "maybe" or "certainly not" to whether a key was added. Never "certainly not" for a key that was. More keys
 * than it was made for make it answer "maybe" more often. O(length of the key).
 */
export class BloomFilter {
  /** All there is to store: `new BloomFilter(filter.bytes)` answers as `filter` does. */
  readonly bytes: Uint8Array;

  /** The filter whose `bytes` these are. Does not copy them. */
  constructor(bytes: Uint8Array) {
    throw new NotStarted("stage 2: A filter that never denies its keys");
  }

  /**
   * Empty, with room for `keys` keys, in `keys * bitsPerKey` bits and a few more. 10 bits a key give about 1 percent of
   * false maybes: less than 2 percent in every filter of a hundred keys or more, and on average over many smaller ones.
   * A single one of a few keys may give several percent, because a few bits decide.
   */
  static withRoomFor(keys: number, bitsPerKey: number): BloomFilter {
    throw new NotStarted("stage 2: A filter that never denies its keys");
  }

  /** `hash`: of the key, from a caller that has it already. */
  add(key: string, hash: number = hashKey(key)): void {
    throw new NotStarted("stage 2: A filter that never denies its keys");
  }

  /** `hash`: of the key, from a caller that asks several filters. */
  mayContain(key: string, hash: number = hashKey(key)): boolean {
    throw new NotStarted("stage 2: A filter that never denies its keys");
  }
}

/**
 * Writes a sorted table: blocks of entries with a checksum each, then what is needed to find a key with one read.
 * Appends to `file`, which must not exist, in pieces of about a megabyte, so that a large table needs little memory.
 *
 * Usage: `add` in strictly ascending order of keys, then `finish` once.
 */
export class TableBuilder {
  /** @throws RangeError for an option out of range */
  constructor(disk: Disk, file: string, options: TableOptions = {}) {
    throw new NotStarted("stage 3: Write blocks, find a key with one read");
  }

  /**
   * Adds a key with its value, or with a tombstone. The bytes are copied.
   * @throws RangeError when the key is not greater than the one before
   */
  add(key: string, value: Slice): void {
    throw new NotStarted("stage 3: Write blocks, find a key with one read");
  }

  /**
   * Completes the table and syncs the file, not its name. Returns its length in bytes; 0, and no file, when nothing was
   * added.
   */
  finish(): number {
    throw new NotStarted("stage 3: Write blocks, find a key with one read");
  }
}

/**
 * Reads a table that a `TableBuilder` finished. The table's first and last keys, its sparse index (the last key and the
 * end of every block) and its filter are read once and stay in memory; blocks are read when needed and kept by the
 * cache.
 *
 * Any byte of the file damaged or missing: CorruptionError when it is read, never a wrong answer.
 */
export class Table {
  /**
   * Reads everything but the blocks. @throws CorruptionError
   */
  constructor(disk: Disk, file: string, cache: BlockCache) {
    throw new NotStarted("stage 3: Write blocks, find a key with one read");
  }

  /**
   * A copy of the value; null for a tombstone, undefined when the table does not know the key. Reads at most one block,
   * and none for about 99 percent of the keys that it does not know. `hash`: of the key, from a caller that asks
   * several tables.
   * @throws CorruptionError
   */
  get(key: string, hash: number = hashKey(key)): Uint8Array | null | undefined {
    throw new NotStarted("stage 3: Write blocks, find a key with one read");
  }

  /**
   * Stands at the first key that is not less than `from`. Reads a block when it gets there; leaves the cache to the
   * lookups, because a long scan would empty it for blocks that it visits once.
   * @throws CorruptionError, and so does its `next`
   */
  cursor(from = ""): Cursor {
    throw new NotStarted("stage 3: Write blocks, find a key with one read");
  }
}
