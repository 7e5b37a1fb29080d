/**
 * Alternative: a snapshot freezes the memtable and starts another, so no versions are kept; the manifest is JSON in two
 * slots written in turn; scans merge arrays block by block.
 */

import { crc32c } from "../../given/common/crc32c.ts";
import type { Disk } from "../../given/common/disk.ts";
import { requireInteger } from "../../given/common/integers.ts";
import { BlockCache } from "../../given/key-value-store/block-cache.ts";
import { ByteReader, ByteWriter } from "../../given/key-value-store/bytes.ts";
import { CorruptionError } from "../../given/key-value-store/corruption-error.ts";
import type { Cursor } from "../../given/key-value-store/cursor.ts";
import { hashKey } from "../../given/key-value-store/hashes.ts";
import { Memtable, Table, TableBuilder } from "./sorted-table.ts";
import { LogFailedError, WriteAheadLog } from "./write-ahead-log.ts";

export interface LsmOptions {
  readonly sync?: "always" | "manual";
  readonly memtableBytes?: number;
  readonly blockBytes?: number;
  readonly bloomBitsPerKey?: number;
  readonly runsPerTier?: number;
  readonly cacheBytes?: number;
}

export type Write =
  | { readonly kind: "put"; readonly key: string; readonly value: Uint8Array }
  | { readonly kind: "delete"; readonly key: string };

export type Entry = readonly [key: string, value: Uint8Array];

export interface Range {
  readonly from?: string;
  readonly to?: string;
}

export interface Reader {
  get(key: string): Uint8Array | undefined;
  scan(range?: Range): IterableIterator<Entry>;
}

export interface Snapshot extends Reader {
  close(): void;
}

interface Run {
  readonly file: string;
  readonly tier: number;
  readonly bytes: number;
  readonly table: Table;
}

interface State {
  readonly generation: number;
  readonly next: number;
  readonly log: string;
  readonly runs: readonly Omit<Run, "table">[];
}

/** Newest first: the live memtable is `memtables[0]`. */
interface View {
  readonly memtables: readonly Memtable[];
  readonly runs: readonly Run[];
}

const SLOTS = ["state-a", "state-b"];

export class LsmStore implements Reader {
  private readonly disk: Disk;
  private readonly options: Required<LsmOptions>;
  private readonly cache: BlockCache;
  private readonly views = new Set<View>();
  private readonly unlisted = new Set<Run>();
  private log: WriteAheadLog;
  private state: State;
  private memtables: readonly Memtable[] = [new Memtable()];
  private tables: readonly Run[];
  private broken: unknown;

  constructor(disk: Disk, options: LsmOptions = {}) {
    this.disk = disk;
    this.options = {
      sync: options.sync ?? "always",
      memtableBytes: requireInteger("memtableBytes", options.memtableBytes ?? 2 ** 23, 1, 2 ** 31),
      blockBytes: requireInteger("blockBytes", options.blockBytes ?? 4_096, 1, 2 ** 28),
      bloomBitsPerKey: requireInteger("bloomBitsPerKey", options.bloomBitsPerKey ?? 10, 1, 64),
      runsPerTier: requireInteger("runsPerTier", options.runsPerTier ?? 4, 2, 64),
      cacheBytes: requireInteger("cacheBytes", options.cacheBytes ?? 2 ** 25, 0, Number.MAX_SAFE_INTEGER),
    };
    this.cache = new BlockCache(this.options.cacheBytes);
    const found = readState(disk);
    this.state = found ?? { generation: 0, next: 1, log: "log-0", runs: [] };
    this.tables = this.state.runs.map((run) => this.load(run));
    const known = new Set([...SLOTS, this.state.log, ...this.tables.map((run) => run.file)]);
    for (const file of disk.list()) if (/^(log|run)-/.test(file) && !known.has(file)) disk.delete(file);
    this.log = this.openLog(this.state.log);
    if (found === null) this.publish({ ...this.state, generation: 1 }, []);
    for (const record of this.log.recovered) {
      for (const reader = new ByteReader(record); reader.offset < record.length; ) {
        const key = reader.key();
        const length = reader.varint();
        this.memtables[0]!.set(key, length === 0 ? null : reader.raw(length - 1), 0, -1);
      }
    }
  }

  put(key: string, value: Uint8Array): void {
    this.write([{ kind: "put", key, value }]);
  }

  delete(key: string): void {
    this.write([{ kind: "delete", key }]);
  }

  write(batch: readonly Write[]): void {
    this.check();
    if (batch.length === 0) return;
    const record = new ByteWriter();
    for (const each of batch) {
      record.key(each.key);
      record.varint(each.kind === "delete" ? 0 : each.value.length + 1);
      if (each.kind === "put") record.raw(each.value);
    }
    this.log.append(record.view());
    this.log.commit();
    for (const each of batch) this.memtables[0]!.set(each.key, each.kind === "put" ? each.value : null, 0, -1);
    const held = this.memtables.reduce((sum, memtable) => sum + memtable.bytes, 0);
    if (held >= this.options.memtableBytes) this.flush();
  }

  get(key: string): Uint8Array | undefined {
    return lookUp(this.memtables, this.tables, key);
  }

  scan(range: Range = {}): IterableIterator<Entry> {
    const snapshot = this.snapshot();
    const entries = snapshot.scan(range);
    const scan: IterableIterator<Entry> = {
      [Symbol.iterator]: () => scan,
      next() {
        const step = entries.next();
        if (step.done === true) snapshot.close();
        return step;
      },
      return() {
        snapshot.close();
        return { done: true, value: undefined };
      },
    };
    return scan;
  }

  sync(): void {
    this.log.sync();
  }

  flush(): void {
    this.check();
    if (this.memtables.some((memtable) => memtable.size > 0)) {
      const sources = this.memtables.map((memtable) => memtable.cursor(0));
      let { next } = this.state;
      const run = this.build(`run-${next++}`, 0, sources, this.tables.length === 0);
      const log = `log-${next++}`;
      const opened = this.openLog(log);
      const runs = run === null ? this.tables : [run, ...this.tables];
      const old = this.state.log;
      this.publish({ ...this.state, next, log }, runs);
      this.log = opened;
      this.memtables = [new Memtable()];
      this.disk.delete(old);
    }
    let [count, tier] = [0, 0];
    for (;;) {
      const same = this.tables.filter((run, i) => i >= count && run.tier === tier).length;
      if (same + Math.sign(count) < this.options.runsPerTier) break;
      count += same;
      tier++;
    }
    if (count > 0) this.merge(count, tier);
  }

  compact(): void {
    this.flush();
    if (this.tables.length > 1) this.merge(this.tables.length, this.tables.at(-1)!.tier);
  }

  snapshot(): Snapshot {
    if (this.memtables[0]!.size > 0) this.memtables = [new Memtable(), ...this.memtables];
    const view: View = { memtables: this.memtables.slice(1), runs: this.tables };
    this.views.add(view);
    return {
      get: (key) => lookUp(view.memtables, view.runs, key),
      scan: (range = {}) => entries(view, range),
      close: () => {
        this.views.delete(view);
        this.sweep();
      },
    };
  }

  get runs(): number {
    return this.tables.length;
  }

  private check(): void {
    if (this.broken !== undefined) throw new LogFailedError("state", this.broken);
  }

  private openLog(file: string): WriteAheadLog {
    return new WriteAheadLog(this.disk, { file, sync: { kind: this.options.sync === "always" ? "always" : "never" } });
  }

  private load(run: Omit<Run, "table">): Run {
    if (!this.disk.exists(run.file) || this.disk.size(run.file) !== run.bytes)
      throw new CorruptionError(run.file, 0, "it is missing or has another length");
    return { ...run, table: new Table(this.disk, run.file, this.cache) };
  }

  private build(file: string, tier: number, sources: readonly Cursor[], isOldest: boolean): Run | null {
    const builder = new TableBuilder(this.disk, file, this.options);
    merge(sources, (key, slice) => {
      if (slice.length >= 0 || !isOldest) builder.add(key, slice);
      return true;
    });
    const bytes = builder.finish();
    return bytes === 0 ? null : this.load({ file, tier, bytes });
  }

  private merge(count: number, tier: number): void {
    const [young, old] = [this.tables.slice(0, count), this.tables.slice(count)];
    const sources = young.map((run) => run.table.cursor());
    const run = this.build(`run-${this.state.next}`, tier, sources, old.length === 0);
    this.publish({ ...this.state, next: this.state.next + 1 }, run === null ? old : [run, ...old]);
    for (const each of young) this.unlisted.add(each);
    this.sweep();
  }

  private sweep(): void {
    for (const run of this.unlisted) {
      if ([...this.views].some((view) => view.runs.includes(run))) continue;
      this.unlisted.delete(run);
      this.disk.delete(run.file);
    }
  }

  /** Into the slot that does not hold the newest state: a crash leaves the other one whole. */
  private publish(state: State, runs: readonly Run[]): void {
    const listed = runs.map(({ file, tier, bytes }) => ({ file, tier, bytes }));
    this.state = { ...state, generation: state.generation + 1, runs: listed };
    const json = JSON.stringify(this.state);
    const text = Uint8Array.from(json, (letter) => letter.charCodeAt(0));
    const slot = SLOTS[this.state.generation % 2]!;
    const content = new ByteWriter();
    content.uint32(crc32c(text));
    content.raw(text);
    try {
      this.disk.syncDirectory();
      if (this.disk.exists(slot)) this.disk.truncate(slot, 0);
      this.disk.append(slot, content.view());
      this.disk.sync(slot);
      this.disk.syncDirectory();
    } catch (error) {
      this.broken = error;
      throw error;
    }
    this.tables = runs;
  }
}

/** The newer of the two whole slots. One may be torn; not both, once a store exists. */
function readState(disk: Disk): State | null {
  const states: State[] = [];
  let damaged: string | null = null;
  for (const slot of SLOTS.filter((name) => disk.exists(name))) {
    const bytes = disk.read(slot);
    const isWhole = bytes.length > 4 && new ByteReader(bytes).uint32() === crc32c(bytes.subarray(4));
    if (isWhole) states.push(JSON.parse(String.fromCharCode(...bytes.subarray(4))) as State);
    else damaged = slot;
  }
  const newest = states.sort((a, b) => b.generation - a.generation)[0] ?? null;
  const rest = disk
    .list()
    .filter((file) => file.startsWith("run-") || (file.startsWith("log-") && disk.size(file) > 0));
  if (newest === null && rest.length > 0) throw new CorruptionError(damaged ?? "state-a", 0, "no state is whole");
  // A torn slot means that its switch did not happen. When it did happen, the older state's log is gone: then it is
  // damage.
  if (newest !== null && !disk.exists(newest.log))
    throw new CorruptionError(damaged ?? "state-a", 0, "the state that counts is damaged");
  return newest;
}

function lookUp(memtables: readonly Memtable[], runs: readonly Run[], key: string): Uint8Array | undefined {
  for (const memtable of memtables) {
    const slice = memtable.find(key, 0);
    if (slice !== undefined)
      return slice.length < 0 ? undefined : slice.bytes.slice(slice.start, slice.start + slice.length);
  }
  const hash = hashKey(key);
  for (const run of runs) {
    const found = run.table.get(key, hash);
    if (found !== undefined) return found ?? undefined;
  }
  return undefined;
}

function* entries({ memtables, runs }: View, { from = "", to }: Range): Generator<Entry, undefined> {
  const sources = [
    ...memtables.map((memtable) => memtable.cursor(0, from)),
    ...runs.map((run) => run.table.cursor(from)),
  ];
  for (;;) {
    const chunk: Entry[] = [];
    merge(sources, (key, { bytes, start, length }) => {
      if (to !== undefined && key >= to) return false;
      if (length >= 0) chunk.push([key, bytes.slice(start, start + length)]);
      return chunk.length < 64;
    });
    if (chunk.length === 0) return;
    yield* chunk;
  }
}

/** Newest source first. Moves on only past what was taken; stops when `take` has had enough or refuses. */
function merge(sources: readonly Cursor[], take: (key: string, slice: Cursor) => boolean): void {
  for (;;) {
    const least = sources.reduce<Cursor | null>(
      (best, each) => (each.key !== undefined && (best === null || each.key < best.key!) ? each : best),
      null,
    );
    if (least === null) return;
    const key = least.key!;
    const goOn = take(key, least);
    for (const each of sources) if (each.key === key) each.next();
    if (!goOn) return;
  }
}
