/*
 * LSM store. Log, memtable, tables and a manifest made into one store that survives a crash at every write.
 *
 * Start with stage 1: A memtable and its log.
 * Chapter: docs/storage/key-value-store.mdx
 * Grade it: npx bp check key-value-store/lsm-store
 */

import { crc32c } from "../../given/common/crc32c.ts";
import type { Disk } from "../../given/common/disk.ts";
import { requireInteger } from "../../given/common/integers.ts";
import { BlockCache } from "../../given/key-value-store/block-cache.ts";
import { ByteReader, ByteWriter, readUint32, writeUint32 } from "../../given/key-value-store/bytes.ts";
import { Copier } from "../../given/key-value-store/copier.ts";
import { CorruptionError } from "../../given/key-value-store/corruption-error.ts";
import type { Cursor } from "../../given/key-value-store/cursor.ts";
import { hashKey } from "../../given/key-value-store/hashes.ts";
import { NotStarted } from "../not-started.ts";

export interface LsmOptions {
  /**
   * `always`: a write that returned is durable. `manual`: it is after the next `sync()` or `flush()`. Default:
   * `always`.
   */
  readonly sync?: "always" | "manual";
  /** The memtable is flushed when its keys and values reach about this many bytes. Default: 8 MiB. */
  readonly memtableBytes?: number;
  /** A block of a table is closed when its entries reach this many bytes. Default: 4,096. */
  readonly blockBytes?: number;
  /** Bits of the Bloom filter for every key of a table. Default: 10. */
  readonly bloomBitsPerKey?: number;
  /** So many runs of one tier are merged into one of the next. Default: 4. */
  readonly runsPerTier?: number;
  /** Blocks kept in memory, by their bytes and keys. 0: every lookup in a table reads its block. Default: 32 MiB. */
  readonly cacheBytes?: number;
}

export type Write =
  | { readonly kind: "put"; readonly key: string; readonly value: Uint8Array }
  | { readonly kind: "delete"; readonly key: string };

export type Entry = readonly [key: string, value: Uint8Array];

/** Keys from `from` on, without `to`. Default: from the first, to the last. */
export interface Range {
  readonly from?: string;
  readonly to?: string;
}

/** What can be read, from a store and from a snapshot of it. Values are the caller's own copies. */
export interface Reader {
  get(key: string): Uint8Array | undefined;
  /**
   * Live entries in ascending order of their keys, as they were when `scan` was called. End it or call `return()`: it
   * holds a snapshot.
   */
  scan(range?: Range): IterableIterator<Entry>;
}

export interface Snapshot extends Reader {
  /** Lets go of the files that it holds. Reading after that is a mistake. */
  close(): void;
}

/**
 * A log-structured merge store over a `Disk`: an ordered map from strings to bytes that survives crashes.
 *
 * - **Write path.** A batch becomes one record of a write-ahead log, then goes into the memtable. A full memtable is
 *   written as a sorted table with checksums, a sparse index and a Bloom filter; then a manifest that names the table
 *   and a new log takes the old one's place atomically; then the old log goes.
 * - **Read path.** Memtable, then tables from new to old; the first that knows the key is right, and a tombstone is an
 *   answer.
 * - **Compaction** is tiered: `runsPerTier` runs of one tier become one run of the next, so a byte is written about
 *   once a tier, and a key has to be looked for in at most `runsPerTier` runs a tier. A tombstone is dropped only by a
 *   merge that includes the oldest run.
 * - **Crashes.** Opened again, the store holds the first n batches for some n, at least all durable ones. A batch is
 *   there whole or not at all.
 * - **Damage** to a table or the manifest is a CorruptionError when the bytes are read, never a wrong value.
 *
 * put: O(1) on average plus its share of sorting, O(log n), and of merging, O(tiers). get: O(runs), of which all but
 * about one percent of those without the key end at their filter. scan: O(runs) an entry. Compaction runs inside the
 * write that makes it due: that write is slow.
 *
 * File names and layouts are yours. After a disk error the outcome of a write is unknown until the store is opened
 * again.
 */
export class LsmStore implements Reader {
  /**
   * Opens the store, or creates it on a disk that has none. @throws CorruptionError, RangeError for an option out of
   * range
   */
  constructor(disk: Disk, options: LsmOptions = {}) {
    throw new NotStarted("stage 1: A memtable and its log");
  }

  put(key: string, value: Uint8Array): void {
    throw new NotStarted("stage 1: A memtable and its log");
  }

  /** Nothing happens to a key that is not there. */
  delete(key: string): void {
    throw new NotStarted("stage 1: A memtable and its log");
  }

  /** All of the batch or nothing, also after a crash. Of writes to the same key the last counts. */
  write(batch: readonly Write[]): void {
    throw new NotStarted("stage 1: A memtable and its log");
  }

  get(key: string): Uint8Array | undefined {
    throw new NotStarted("stage 1: A memtable and its log");
  }

  scan(range: Range = {}): IterableIterator<Entry> {
    throw new NotStarted("stage 1: A memtable and its log");
  }

  /** Makes every write so far durable. */
  sync(): void {
    throw new NotStarted("stage 1: A memtable and its log");
  }

  /** Writes the memtable as a table and merges what is due. */
  flush(): void {
    throw new NotStarted("stage 2: Flush, and read across tables");
  }

  /** Merges everything into one run without tombstones. */
  compact(): void {
    throw new NotStarted("stage 4: Compact, and let snapshots stand still");
  }

  /**
   * What the store holds now, whatever happens to it later. Costs O(1); older versions of what is overwritten are kept
   * until it is closed.
   */
  snapshot(): Snapshot {
    throw new NotStarted("stage 4: Compact, and let snapshots stand still");
  }

  /** Tables in use now: how many a lookup may have to ask. */
  get runs(): number {
    throw new NotStarted("stage 2: Flush, and read across tables");
  }
}
