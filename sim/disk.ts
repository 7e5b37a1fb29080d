import type { Choose } from "./exhaust.ts";
import type { Disk } from "./node.ts";

/** A request that the disk cannot serve: no such file, a negative offset. The caller's mistake, not a fault. */
export class DiskError extends Error {
  override readonly name = "DiskError";
}

/** Ends the running handler at a crash point. A node that catches it gets it again at its next action. */
export class SimulatedCrash extends Error {
  override readonly name = "SimulatedCrash";
  constructor() {
    super("the simulator crashed this node here");
  }
}

export interface DiskOptions {
  /** Unsynced writes of one file may survive in any combination, not only as a prefix. Default: false. */
  readonly reorderedWrites?: boolean;
  /** Unit in which a write tears, in bytes; 512 is a sector. Default: 1, so that a write may be cut anywhere. */
  readonly tearUnitBytes?: number;
  /**
   * Creations, renames and deletions are durable only after `syncDirectory()`, as POSIX has it. False: at once.
   * Default: true.
   */
  readonly namesNeedSync?: boolean;
}

/** A counted action on a disk: everything but reading. */
export interface DiskOperation {
  readonly kind: "append" | "write" | "truncate" | "sync" | "sync-later" | "rename" | "delete" | "sync-directory";
  readonly file: string;
  /** Bytes written; 0 for the others. */
  readonly bytes: number;
}

/** What a crash did to the writes that were not yet durable. */
export interface CrashReport {
  readonly lostWrites: number;
  readonly tornWrites: number;
  readonly lostNames: number;
  /** One line a file that was touched, for people. */
  readonly lines: readonly string[];
}

/**
 * A simulated disk. Keeps for every file what is durable and what waits, and at a crash lets `choose` decide what
 * survives. Usable alone (`crashEverywhere` in crash-points.ts enumerates every crash of it) or as the disk of a
 * simulated node.
 */
export class SimDisk implements Disk {
  /** Counted actions so far; a benchmark's figures that are the same on every machine. */
  readonly stats = { operations: 0, syncs: 0, bytesWritten: 0, bytesRead: 0 };
  /** Crash at this operation (1 is the first): it is issued and may survive, but does not return. 0: never. */
  crashAtOperation = 0;
  /** Called before each counted action; may throw to stop it. */
  observe: ((operation: DiskOperation) => void) | undefined;

  readonly #options: Required<DiskOptions>;
  #names = new Map<string, FileState>();
  #durableNames = new Map<string, FileState>();
  #pendingNames: NameChange[] = [];
  #crashed = false;

  constructor(options: DiskOptions = {}) {
    const { reorderedWrites = false, tearUnitBytes = 1, namesNeedSync = true } = options;
    this.#options = { reorderedWrites, tearUnitBytes, namesNeedSync };
  }

  append(file: string, bytes: Uint8Array): void {
    this.#operate({ kind: "append", file, bytes: bytes.length }, () => {
      const state = this.#open(file);
      state.write(state.current.length, bytes);
    });
  }

  write(file: string, offset: number, bytes: Uint8Array): void {
    checkOffset("write", file, offset);
    this.#operate({ kind: "write", file, bytes: bytes.length }, () => this.#open(file).write(offset, bytes));
  }

  truncate(file: string, length: number): void {
    checkOffset("truncate", file, length);
    const state = this.#find(file);
    this.#operate({ kind: "truncate", file, bytes: 0 }, () => state.truncate(length));
  }

  rename(from: string, to: string): void {
    this.#find(from);
    this.#operate({ kind: "rename", file: `${from} -> ${to}`, bytes: 0 }, () =>
      this.#change({ kind: "rename", from, to }),
    );
  }

  delete(file: string): void {
    this.#find(file);
    this.#operate({ kind: "delete", file, bytes: 0 }, () => this.#change({ kind: "delete", file }));
  }

  sync(file: string): void {
    const state = this.#find(file);
    // A crash during a sync promises nothing, so the crash point comes before its effect.
    this.#operate({ kind: "sync", file, bytes: 0 }, undefined, () => state.settle(state.pendingEnd));
  }

  syncDirectory(): void {
    this.#operate({ kind: "sync-directory", file: ".", bytes: 0 }, undefined, () => {
      this.#durableNames = new Map(this.#names);
      this.#pendingNames = [];
    });
  }

  /** Starts a sync of what was written so far; the function returned completes it. */
  beginSync(file: string): () => void {
    const state = this.#find(file);
    let end = 0;
    this.#operate({ kind: "sync-later", file, bytes: 0 }, () => {
      end = state.pendingEnd;
    });
    return () => state.settle(end);
  }

  read(file: string, offset = 0, length = Number.POSITIVE_INFINITY): Uint8Array {
    checkOffset("read", file, offset);
    this.#checkAlive();
    const bytes = this.#find(file).current.slice(offset, length);
    this.stats.bytesRead += bytes.length;
    return bytes;
  }

  size(file: string): number {
    this.#checkAlive();
    return this.#find(file).current.length;
  }

  exists(file: string): boolean {
    this.#checkAlive();
    return this.#names.has(file);
  }

  list(): string[] {
    this.#checkAlive();
    return [...this.#names.keys()].sort();
  }

  /** Bytes written and names changed that a crash may still take. */
  get unsynced(): number {
    return this.#pendingNames.length + this.#files().reduce((sum, file) => sum + file.pending.length, 0);
  }

  /**
   * Power off and on. `choose` decides what survives of what was not durable; the labels are "names" (how many name
   * changes), "writes" (how many of a file's writes, in order), "write" (0 lost, 1 kept; with `reorderedWrites`) and
   * "tear" (how many units of the first write that is lost). Afterwards everything left is durable, and the disk can be
   * used again.
   */
  crash(choose: Choose): CrashReport {
    const report = { lostWrites: 0, tornWrites: 0, lostNames: 0, lines: [] as string[] };
    const files = this.#files();
    const labels = new Map<FileState, string>();
    for (const names of [this.#durableNames, this.#names]) for (const [name, file] of names) labels.set(file, name);
    const keptNames = this.#pendingNames.length === 0 ? 0 : choose(this.#pendingNames.length + 1, "names");
    report.lostNames = this.#pendingNames.length - keptNames;
    if (report.lostNames > 0)
      report.lines.push(`${report.lostNames} of ${this.#pendingNames.length} name changes lost`);
    for (const change of this.#pendingNames.slice(0, keptNames)) applyChange(this.#durableNames, change);
    for (const file of files) {
      const total = file.pending.length;
      if (total === 0) continue;
      const { kept, tornBytes } = file.crash(choose, this.#options);
      report.lostWrites += total - kept - (tornBytes > 0 ? 1 : 0);
      if (tornBytes > 0) report.tornWrites++;
      if (kept < total) {
        const torn = tornBytes > 0 ? `, one more cut to ${tornBytes} bytes` : "";
        report.lines.push(`${labels.get(file) ?? "(deleted file)"}: ${kept} of ${total} unsynced writes kept${torn}`);
      }
    }
    this.#names = new Map(this.#durableNames);
    this.#pendingNames = [];
    this.#crashed = false;
    this.crashAtOperation = 0;
    return report;
  }

  /** Flips one bit of what is stored, as a decaying medium does. Nothing happens when the file is shorter. */
  flipBit(file: string, bit: number): void {
    this.#find(file).flipBit(bit);
  }

  /** All that reads and crashes can ever show, as plain data: disks with equal images are equal. */
  image(): unknown {
    const files = new Map(this.#files().map((state, i) => [state, i]));
    const named = (names: ReadonlyMap<string, FileState>) =>
      [...names].map(([name, state]) => [name, files.get(state)!] as const).sort(([a], [b]) => (a < b ? -1 : 1));
    const pending = this.#pendingNames.map((change) =>
      change.kind === "create" ? { kind: change.kind, file: change.file, state: files.get(change.state)! } : change,
    );
    return [named(this.#names), named(this.#durableNames), pending, [...files.keys()].map((file) => file.image())];
  }

  /** An independent disk in the same state, crash included, without counters and observer. */
  clone(): SimDisk {
    const twin = new SimDisk(this.#options);
    const files = new Map(this.#files().map((file) => [file, file.clone()]));
    const cloned = (file: FileState) => files.get(file)!;
    for (const [name, file] of this.#names) twin.#names.set(name, cloned(file));
    for (const [name, file] of this.#durableNames) twin.#durableNames.set(name, cloned(file));
    twin.#pendingNames = this.#pendingNames.map((change) =>
      change.kind === "create" ? { ...change, state: cloned(change.state) } : change,
    );
    twin.#crashed = this.#crashed;
    return twin;
  }

  #operate(operation: DiskOperation, effect: (() => void) | undefined, complete?: () => void): void {
    this.#checkAlive();
    this.observe?.(operation);
    this.stats.operations++;
    this.stats.bytesWritten += operation.bytes;
    if (complete !== undefined) this.stats.syncs++;
    effect?.();
    if (this.stats.operations === this.crashAtOperation) {
      this.#crashed = true;
      throw new SimulatedCrash();
    }
    complete?.();
  }

  #checkAlive(): void {
    if (this.#crashed) throw new SimulatedCrash();
  }

  #find(file: string): FileState {
    const state = this.#names.get(file);
    if (state === undefined)
      throw new DiskError(`no file "${file}"; there are: ${[...this.#names.keys()].join(", ") || "none"}`);
    return state;
  }

  #open(file: string): FileState {
    const existing = this.#names.get(file);
    if (existing !== undefined) return existing;
    const state = new FileState();
    this.#change({ kind: "create", file, state });
    return state;
  }

  #change(change: NameChange): void {
    applyChange(this.#names, change);
    if (this.#options.namesNeedSync) this.#pendingNames.push(change);
    else applyChange(this.#durableNames, change);
  }

  /** Every file that a name leads to, now or after a crash, oldest first. */
  #files(): FileState[] {
    const created = this.#pendingNames.flatMap((change) => (change.kind === "create" ? [change.state] : []));
    return [...new Set([...this.#durableNames.values(), ...created])];
  }
}

type NameChange =
  | { readonly kind: "create"; readonly file: string; readonly state: FileState }
  | { readonly kind: "rename"; readonly from: string; readonly to: string }
  | { readonly kind: "delete"; readonly file: string };

/** A prefix of the changes is replayed after a crash, so a change's file is always there. */
function applyChange(names: Map<string, FileState>, change: NameChange): void {
  if (change.kind === "create") {
    names.set(change.file, change.state);
  } else if (change.kind === "delete") {
    names.delete(change.file);
  } else {
    const state = names.get(change.from)!;
    names.delete(change.from);
    names.set(change.to, state);
  }
}

type PendingWrite =
  | { readonly kind: "write"; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: "truncate"; readonly length: number };

/** One file's bytes: what `read` sees, what is durable, and the writes between the two. */
class FileState {
  current = new ByteBuffer();
  durable = new ByteBuffer();
  pending: PendingWrite[] = [];
  /** Writes that have become durable since the file was made; pending[0] is number `settled`. */
  #settled = 0;

  get pendingEnd(): number {
    return this.#settled + this.pending.length;
  }

  write(offset: number, bytes: Uint8Array): void {
    const held = bytes.slice();
    this.current.write(offset, held, held.length);
    this.pending.push({ kind: "write", offset, bytes: held });
  }

  truncate(length: number): void {
    this.current.truncate(length);
    this.pending.push({ kind: "truncate", length });
  }

  /** Makes the writes before number `end` durable. */
  settle(end: number): void {
    const count = Math.max(0, end - this.#settled);
    for (const write of this.pending.splice(0, count)) applyWrite(this.durable, write);
    this.#settled += count;
  }

  crash(choose: Choose, options: Required<DiskOptions>): { kept: number; tornBytes: number } {
    let kept = 0;
    let tornBytes = 0;
    const keptPrefix = options.reorderedWrites ? 0 : choose(this.pending.length + 1, "writes");
    let torn = false;
    this.pending.forEach((write, i) => {
      const keep = options.reorderedWrites ? choose(2, "write") === 1 : i < keptPrefix;
      if (keep) {
        applyWrite(this.durable, write);
        kept++;
      } else if (!torn) {
        // Only the first lost write can be half there; what follows it in order is lost whole.
        torn = true;
        tornBytes = tear(this.durable, write, choose, options.tearUnitBytes);
      }
    });
    this.current = this.durable.clone();
    this.#settled += this.pending.length;
    this.pending = [];
    return { kept, tornBytes };
  }

  flipBit(bit: number): void {
    this.current.flipBit(bit);
    this.durable.flipBit(bit);
  }

  image(): unknown {
    return [
      this.current.slice(0, Number.POSITIVE_INFINITY),
      this.durable.slice(0, Number.POSITIVE_INFINITY),
      this.pending,
    ];
  }

  clone(): FileState {
    const twin = new FileState();
    twin.current = this.current.clone();
    twin.durable = this.durable.clone();
    twin.pending = this.pending.slice();
    twin.#settled = this.#settled;
    return twin;
  }
}

function tear(target: ByteBuffer, write: PendingWrite, choose: Choose, unit: number): number {
  if (write.kind !== "write") return 0;
  const units = Math.ceil(write.bytes.length / unit);
  if (units <= 1) return 0;
  const length = choose(units, "tear") * unit;
  if (length > 0) target.write(write.offset, write.bytes, length);
  return length;
}

function applyWrite(target: ByteBuffer, write: PendingWrite): void {
  if (write.kind === "write") target.write(write.offset, write.bytes, write.bytes.length);
  else target.truncate(write.length);
}

/** Bytes that grow by doubling, so that n appends cost O(n). */
class ByteBuffer {
  length = 0;
  #bytes = new Uint8Array(0);

  write(offset: number, source: Uint8Array, count: number): void {
    this.#reserve(offset + count);
    this.#bytes.set(count === source.length ? source : source.subarray(0, count), offset);
    this.length = Math.max(this.length, offset + count);
  }

  truncate(length: number): void {
    this.#reserve(length);
    if (length < this.length) this.#bytes.fill(0, length, this.length);
    this.length = length;
  }

  slice(offset: number, length: number): Uint8Array {
    return this.#bytes.slice(offset, Math.min(this.length, offset + length));
  }

  flipBit(bit: number): void {
    if (bit >>> 3 < this.length) this.#bytes[bit >>> 3]! ^= 1 << (bit & 7);
  }

  clone(): ByteBuffer {
    const twin = new ByteBuffer();
    twin.#bytes = this.#bytes.slice(0, this.length);
    twin.length = this.length;
    return twin;
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(length, 2 * this.#bytes.length, 64));
    grown.set(this.#bytes.subarray(0, this.length));
    this.#bytes = grown;
  }
}

function checkOffset(action: string, file: string, offset: number): void {
  if (!Number.isInteger(offset) || offset < 0) {
    throw new DiskError(`${action} "${file}": expected a whole number of bytes from 0 up, got ${offset}`);
  }
}
