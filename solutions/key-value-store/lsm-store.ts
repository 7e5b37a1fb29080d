import { crc32c } from "../../given/common/crc32c.ts";
import type { Disk } from "../../given/common/disk.ts";
import { requireInteger } from "../../given/common/integers.ts";
import { BlockCache } from "../../given/key-value-store/block-cache.ts";
import { ByteReader, ByteWriter, readUint32, writeUint32 } from "../../given/key-value-store/bytes.ts";
import { Copier } from "../../given/key-value-store/copier.ts";
import { CorruptionError } from "../../given/key-value-store/corruption-error.ts";
import type { Cursor } from "../../given/key-value-store/cursor.ts";
import { hashKey } from "../../given/key-value-store/hashes.ts";
import { Memtable, Table, TableBuilder } from "./sorted-table.ts";
import { LogFailedError, WriteAheadLog } from "./write-ahead-log.ts";

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
  readonly #disk: Disk;
  readonly #options: Required<LsmOptions>;
  readonly #cache: BlockCache;
  readonly #copier = new Copier();
  readonly #writer = new ByteWriter(65_536);
  readonly #snapshots = new Set<Pinned>();
  /** Runs that the manifest no longer names and a snapshot still reads. */
  #doomed: Run[] = [];
  #log: WriteAheadLog;
  #logNumber: number;
  #memtable = new Memtable();
  /** Newest first. Replaced, never changed, so that a snapshot may hold it. */
  #runs: readonly Run[];
  #nextNumber: number;
  /** Batches so far; a version belongs to the batch that wrote it. */
  #sequence = 0;
  #failure: unknown;

  /**
   * Opens the store, or creates it on a disk that has none. @throws CorruptionError, RangeError for an option out of
   * range
   */
  constructor(disk: Disk, options: LsmOptions = {}) {
    this.#disk = disk;
    this.#options = checked(options);
    this.#cache = new BlockCache(this.#options.cacheBytes);
    const manifest = readManifest(disk);
    this.#nextNumber = manifest.next;
    this.#runs = manifest.runs.map((ref) => this.#openRun(ref));
    const named = new Set([MANIFEST, logName(manifest.log), ...this.#runs.map(runName)]);
    for (const file of disk.list()) if (OURS.test(file) && !named.has(file)) disk.delete(file);
    this.#logNumber = manifest.log === 0 ? this.#nextNumber++ : manifest.log;
    this.#log = this.#openLog(this.#logNumber);
    if (manifest.log === 0) this.#switchTo(this.#runs, this.#logNumber);
    for (const record of this.#log.recovered) this.#replay(record);
  }

  put(key: string, value: Uint8Array): void {
    this.write([{ kind: "put", key, value }]);
  }

  /** Nothing happens to a key that is not there. */
  delete(key: string): void {
    this.write([{ kind: "delete", key }]);
  }

  /** All of the batch or nothing, also after a crash. Of writes to the same key the last counts. */
  write(batch: readonly Write[]): void {
    this.#requireSound();
    if (batch.length === 0) return;
    const writer = this.#writer;
    writer.length = 0;
    for (const each of batch) {
      writer.key(each.key);
      writer.varint(each.kind === "put" ? each.value.length + 1 : 0);
      if (each.kind === "put") writer.raw(each.value);
    }
    this.#log.append(writer.view());
    this.#log.commit();
    const sequence = ++this.#sequence;
    const kept = this.#newestSnapshot();
    for (const each of batch) this.#memtable.set(each.key, each.kind === "put" ? each.value : null, sequence, kept);
    if (this.#memtable.bytes >= this.#options.memtableBytes) this.flush();
  }

  get(key: string): Uint8Array | undefined {
    return find(key, this.#memtable, this.#runs, this.#sequence, this.#copier);
  }

  scan(range: Range = {}): IterableIterator<Entry> {
    const pinned = this.#pin();
    const entries = entriesOf(pinned, range, this.#copier, () => this.#unpin(pinned));
    // Up to its first yield, so that `return()` runs its `finally` even when nobody asked for an entry.
    entries.next();
    return entries;
  }

  /** Makes every write so far durable. */
  sync(): void {
    this.#log.sync();
  }

  /** Writes the memtable as a table and merges what is due. @stage 2 */
  flush(): void {
    this.#requireSound();
    if (this.#memtable.size > 0) {
      const run = this.#build(0, [this.#memtable.cursor(this.#sequence, "")], this.#runs.length === 0);
      const number = this.#nextNumber++;
      const log = this.#openLog(number);
      const old = logName(this.#logNumber);
      this.#switchTo(run === undefined ? this.#runs : [run, ...this.#runs], number);
      this.#log = log;
      this.#logNumber = number;
      this.#memtable = new Memtable();
      this.#disk.delete(old);
    }
    const { count, tier } = this.#due();
    if (count > 0) this.#merge(count, tier);
  }

  /** Merges everything into one run without tombstones. @stage 4 */
  compact(): void {
    this.flush();
    if (this.#runs.length > 1) this.#merge(this.#runs.length, Math.max(...this.#runs.map(({ tier }) => tier)));
  }

  /**
   * What the store holds now, whatever happens to it later. Costs O(1); older versions of what is overwritten are kept
   * until it is closed. @stage 4
   */
  snapshot(): Snapshot {
    const pinned = this.#pin();
    return {
      get: (key) => find(key, pinned.memtable, pinned.runs, pinned.sequence, this.#copier),
      scan: (range = {}) => {
        const entries = entriesOf(pinned, range, this.#copier, () => {});
        entries.next();
        return entries;
      },
      close: () => this.#unpin(pinned),
    };
  }

  /** Tables in use now: how many a lookup may have to ask. @stage 2 */
  get runs(): number {
    return this.#runs.length;
  }

  #openLog(number: number): WriteAheadLog {
    return new WriteAheadLog(this.#disk, {
      file: logName(number),
      sync: { kind: this.#options.sync === "always" ? "always" : "never" },
    });
  }

  #replay(record: Uint8Array): void {
    const sequence = ++this.#sequence;
    const reader = new ByteReader(record);
    while (reader.offset < record.length) {
      const key = reader.key();
      const length = reader.varint() - 1;
      this.#memtable.set(key, length < 0 ? null : reader.raw(length), sequence, -1);
    }
  }

  /**
   * How many of the newest runs to merge, and the tier of the result. A merge that would fill the next tier takes that
   * in as well.
   */
  #due(): { count: number; tier: number } {
    let count = 0;
    for (let tier = 0; ; tier++) {
      const here = this.#runs.slice(count).filter((run) => run.tier === tier).length;
      if (here + (count > 0 ? 1 : 0) < this.#options.runsPerTier) return { count, tier };
      count += here;
    }
  }

  #merge(count: number, tier: number): void {
    const merged = this.#runs.slice(0, count);
    const rest = this.#runs.slice(count);
    const cursors = merged.map(({ table }) => table.cursor());
    const run = this.#build(tier, cursors, rest.length === 0);
    this.#switchTo(run === undefined ? rest : [run, ...rest], this.#logNumber);
    this.#doomed.push(...merged);
    this.#deleteDoomed();
  }

  /** Writes and syncs a table of the newest version of every key; undefined when nothing is left of them. */
  #build(tier: number, cursors: readonly Cursor[], dropTombstones: boolean): Run | undefined {
    const number = this.#nextNumber++;
    const builder = new TableBuilder(this.#disk, runName({ number }), this.#options);
    for (const cursor of newestOf(cursors)) if (!dropTombstones || cursor.length >= 0) builder.add(cursor.key!, cursor);
    const bytes = builder.finish();
    return bytes === 0 ? undefined : this.#openRun({ number, tier, bytes });
  }

  #openRun(ref: RunRef): Run {
    const file = runName(ref);
    const size = this.#disk.exists(file) ? this.#disk.size(file) : 0;
    if (size !== ref.bytes)
      throw new CorruptionError(file, size, `it has ${size} bytes and the manifest says ${ref.bytes}`);
    return { ...ref, table: new Table(this.#disk, file, this.#cache) };
  }

  /**
   * From here on, and after every crash, the store is these runs and this log. Their bytes are synced by now. When it
   * fails, there is no telling which manifest the disk has, so nothing may be written to either log.
   */
  #switchTo(runs: readonly Run[], log: number): void {
    try {
      writeManifest(this.#disk, { next: this.#nextNumber, log, runs });
    } catch (error) {
      this.#failure = error;
      throw error;
    }
    this.#runs = runs;
  }

  #requireSound(): void {
    if (this.#failure !== undefined) throw new LogFailedError(MANIFEST, this.#failure);
  }

  #pin(): Pinned {
    const pinned = { memtable: this.#memtable, runs: this.#runs, sequence: this.#sequence };
    this.#snapshots.add(pinned);
    return pinned;
  }

  #unpin(pinned: Pinned): void {
    if (this.#snapshots.delete(pinned) && this.#doomed.length > 0) this.#deleteDoomed();
  }

  #newestSnapshot(): number {
    let newest = -1;
    for (const { sequence } of this.#snapshots) newest = Math.max(newest, sequence);
    return newest;
  }

  #deleteDoomed(): void {
    const isPinned = (run: Run): boolean => [...this.#snapshots].some(({ runs }) => runs.includes(run));
    const gone = this.#doomed.filter((run) => !isPinned(run));
    this.#doomed = this.#doomed.filter(isPinned);
    for (const run of gone) this.#disk.delete(runName(run));
  }
}

/** A table and its place in the store. The manifest keeps the first three. */
interface Run {
  readonly number: number;
  readonly tier: number;
  readonly bytes: number;
  readonly table: Table;
}

type RunRef = Omit<Run, "table">;

/** What a reader sees: nothing of it changes but the memtable, and there only what is newer than `sequence`. */
interface Pinned {
  readonly memtable: Memtable;
  readonly runs: readonly Run[];
  readonly sequence: number;
}

function find(
  key: string,
  memtable: Memtable,
  runs: readonly Run[],
  sequence: number,
  copier: Copier,
): Uint8Array | undefined {
  const version = memtable.find(key, sequence);
  if (version !== undefined) return version.length < 0 ? undefined : copier.copy(version);
  if (runs.length === 0) return undefined;
  const hash = hashKey(key);
  for (const { table } of runs) {
    const found = table.get(key, hash);
    if (found !== undefined) return found ?? undefined;
  }
  return undefined;
}

function* entriesOf(pinned: Pinned, range: Range, copier: Copier, done: () => void): Generator<Entry, undefined> {
  const { from = "", to } = range;
  try {
    yield ["", NOTHING];
    const cursors = [
      pinned.memtable.cursor(pinned.sequence, from),
      ...pinned.runs.map(({ table }) => table.cursor(from)),
    ];
    for (const cursor of newestOf(cursors)) {
      if (to !== undefined && cursor.key! >= to) return;
      if (cursor.length >= 0) yield [cursor.key!, copier.copy(cursor)];
    }
  } finally {
    done();
  }
}

/**
 * Stops at the newest version of every key, in order. `cursors`: newest first. There are few, so a heap would not pay.
 */
function* newestOf(cursors: readonly Cursor[]): Generator<Cursor, undefined> {
  for (;;) {
    let first: Cursor | undefined;
    for (const cursor of cursors) {
      if (cursor.key !== undefined && (first === undefined || cursor.key < first.key!)) first = cursor;
    }
    if (first === undefined) return;
    const key = first.key;
    yield first;
    for (const cursor of cursors) if (cursor.key === key) cursor.next();
  }
}

const NOTHING: Uint8Array = new Uint8Array(0);

const MANIFEST = "manifest";
const NEXT_MANIFEST = "manifest.next";
/** Files that the store may delete when no manifest names them. */
const OURS = /^(?:manifest\.next|\d+\.(?:log|table))$/;

const logName = (number: number): string => `${String(number).padStart(6, "0")}.log`;
const runName = ({ number }: Pick<Run, "number">): string => `${String(number).padStart(6, "0")}.table`;

/** What the store consists of. */
interface Manifest {
  /** First number that no file has had. */
  readonly next: number;
  /** Of the log in use; 0 for a store that does not exist yet. */
  readonly log: number;
  /** Newest first. */
  readonly runs: readonly RunRef[];
}

/** CRC32C of what follows, then numbers: next, log, number of runs, and three for each run. */
function readManifest(disk: Disk): Manifest {
  if (!disk.exists(MANIFEST)) {
    const rest = disk
      .list()
      .filter((file) => file.endsWith(".table") || (file.endsWith(".log") && disk.size(file) > 0));
    if (rest.length > 0) throw new CorruptionError(MANIFEST, 0, `it is missing, and there are ${rest.join(", ")}`);
    return { next: 1, log: 0, runs: [] };
  }
  const bytes = disk.read(MANIFEST);
  if (bytes.length < 4 || crc32c(bytes.subarray(4)) !== readUint32(bytes, 0))
    throw new CorruptionError(MANIFEST, 0, "its checksum does not agree");
  const reader = new ByteReader(bytes, 4);
  const [next, log, count] = [reader.varint(), reader.varint(), reader.varint()];
  // Opening a log makes it when it is missing; here that would lose what was in it without a word.
  if (!disk.exists(logName(log))) throw new CorruptionError(logName(log), 0, "it is missing and the manifest names it");
  const runs: RunRef[] = [];
  for (let i = 0; i < count; i++) runs.push({ number: reader.varint(), tier: reader.varint(), bytes: reader.varint() });
  return { next, log, runs };
}

function writeManifest(disk: Disk, { next, log, runs }: Manifest): void {
  const writer = new ByteWriter();
  writer.uint32(0);
  for (const number of [next, log, runs.length]) writer.varint(number);
  for (const { number, tier, bytes } of runs) for (const each of [number, tier, bytes]) writer.varint(each);
  writeUint32(writer.bytes, 0, crc32c(writer.bytes.subarray(4, writer.length)));
  if (disk.exists(NEXT_MANIFEST)) disk.delete(NEXT_MANIFEST);
  disk.append(NEXT_MANIFEST, writer.view());
  // The order is the whole point: first all bytes and names that it speaks of, then its own name, then that name made
  // durable.
  disk.sync(NEXT_MANIFEST);
  disk.syncDirectory();
  disk.rename(NEXT_MANIFEST, MANIFEST);
  disk.syncDirectory();
}

function checked(options: LsmOptions): Required<LsmOptions> {
  const { sync = "always", memtableBytes = 2 ** 23, blockBytes = 4_096, bloomBitsPerKey = 10 } = options;
  const { runsPerTier = 4, cacheBytes = 2 ** 25 } = options;
  requireInteger("memtableBytes", memtableBytes, 1, 2 ** 31);
  requireInteger("blockBytes", blockBytes, 1, 2 ** 28);
  requireInteger("bloomBitsPerKey", bloomBitsPerKey, 1, 64);
  requireInteger("runsPerTier", runsPerTier, 2, 64);
  requireInteger("cacheBytes", cacheBytes, 0, Number.MAX_SAFE_INTEGER);
  return { sync, memtableBytes, blockBytes, bloomBitsPerKey, runsPerTier, cacheBytes };
}
