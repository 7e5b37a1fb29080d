import { crc32c } from "../../given/common/crc32c.ts";
import type { Disk } from "../../given/common/disk.ts";
import { requireInteger } from "../../given/common/integers.ts";
import { readUint32, writeUint32 } from "../../given/key-value-store/bytes.ts";
import { CorruptionError } from "../../given/key-value-store/corruption-error.ts";

/**
 * When a commit also syncs.
 *
 * - `always`: every commit that has anything unsynced. What `commit` returned for is durable.
 * - `every`: when `records` or more are unsynced, or the oldest of them was committed `ms` or more ago. A crash takes
 *   at most what came since.
 * - `never`: only `sync()` does. The caller decides, or nothing does.
 */
export type SyncPolicy =
  | { readonly kind: "always" }
  | { readonly kind: "every"; readonly records: number; readonly ms: number }
  | { readonly kind: "never" };

export interface LogOptions {
  /** Name of the log's only file. */
  readonly file: string;
  /** Default: `{ kind: "always" }`. */
  readonly sync?: SyncPolicy;
  /**
   * What to do on opening when a record is damaged that was durable once. `refuse`: throw CorruptionError and touch
   * nothing. `keep-prefix`: cut the file there and go on with what came before, for an operator who has decided that
   * this is better than nothing. Default: `refuse`.
   */
  readonly onDamage?: "refuse" | "keep-prefix";
}

/**
 * A write-ahead log: records of bytes, appended to one file, numbered from 0, found again after a crash.
 *
 * Three counters say where a record is: `append` queues it in memory and returns its number; `commit` hands everything
 * queued to the disk in one write (`written` moves past it); a sync makes it durable (`durable` moves past it). 0 <=
 * durable <= written <= appended. Acknowledge record i to whom you promised durability once `durable > i`, not before.
 *
 * **Group commit** is `append` for every waiting writer and then one `commit`: one write and at most one sync for all
 * of them.
 *
 * **Opening** reads the file and yields `recovered`: the longest valid prefix of what was committed.
 * - A tail that a crash left unfinished (cut anywhere, garbled, zeros) is cut off, and the log goes on from there, also
 *   when its payload is another log, or an older copy of this one that lies elsewhere than it lay. So records are bound
 *   to the file and to their place in it.
 * - Damage to a record that was durable is not a torn tail; see `onDamage`. It is known by a later valid record that
 *   could only have been written after this one was durable. Damage to the last records is a torn tail for all that a
 *   log by itself can tell.
 * - What was read is made durable (one sync) before it counts as such: after a process dies it may be nowhere but in
 *   the system's cache.
 *
 * **A failed write or sync ends the log.** The system may have dropped the pages, and a repeated sync would return
 * without them. From then on `append`, `commit` and `sync` throw LogFailedError; open the file again.
 *
 * The layout of the file is yours.
 *
 * Append is O(bytes), amortized; opening is O(bytes of the file). At most 2^32 - 1 records and 2^31 bytes a record.
 */
export class WriteAheadLog {
  /** The records found on opening, oldest first, numbered from 0. Each a copy. */
  readonly recovered: readonly Uint8Array[];

  readonly #disk: Disk;
  readonly #file: string;
  readonly #policy: SyncPolicy;
  #appended: number;
  #written: number;
  #durable: number;
  /** Queued records, encoded; `#queued` bytes. */
  #queue = new Uint8Array(4_096);
  #queued = 0;
  /** Bytes of the file: where what is queued will begin. */
  #end: number;
  /** Of the file's name; see `seal`. */
  readonly #salt: number;
  #clockMs = 0;
  /** When the oldest written and not durable record was committed. */
  #unsyncedSinceMs = 0;
  #failure: unknown;

  /**
   * Opens the log, or creates it durably when there is no such file.
   * @throws CorruptionError for damage that is not a torn tail, unless `onDamage` says otherwise.
   * @throws RangeError for a policy out of range: `records` 1 or more, `ms` 0 or more, whole numbers.
   */
  constructor(disk: Disk, options: LogOptions) {
    const { file, sync = { kind: "always" }, onDamage = "refuse" } = options;
    if (sync.kind === "every") {
      requireInteger("sync.records", sync.records, 1, RECORDS_MAX);
      requireInteger("sync.ms", sync.ms, 0, Number.MAX_SAFE_INTEGER);
    }
    this.#disk = disk;
    this.#file = file;
    this.#policy = sync;
    const isNew = !disk.exists(file);
    if (isNew) disk.append(file, new Uint8Array(0));
    const bytes = disk.read(file);
    this.#salt = saltOf(file);
    const { records, end } = parse(bytes, this.#salt);
    this.#end = end;
    if (end < bytes.length) {
      if (onDamage === "refuse" && wasDurable(bytes, end, records.length, this.#salt)) {
        throw new CorruptionError(
          file,
          end,
          `record ${records.length} was durable once and its checksum does not agree`,
        );
      }
      disk.truncate(file, end);
    }
    disk.sync(file);
    if (isNew) disk.syncDirectory();
    this.recovered = records;
    this.#appended = this.#written = this.#durable = records.length;
  }

  /**
   * Queues a record and returns its number. Nothing reaches the disk before `commit`. The payload is copied.
   * @throws LogFailedError
   */
  append(payload: Uint8Array): number {
    this.#requireSound();
    const length = payload.length;
    const start = this.#queued;
    const end = start + HEADER_BYTES + length;
    if (end > this.#queue.length) this.#grow(end);
    const queue = this.#queue;
    writeUint32(queue, start + LENGTH_AT, length);
    writeUint32(queue, start + NUMBER_AT, this.#appended);
    writeUint32(queue, start + DURABLE_AT, this.#durable);
    queue.set(payload, start + HEADER_BYTES);
    const crc = crc32c(queue.subarray(start + LENGTH_AT, end));
    writeUint32(queue, start, seal(crc, this.#end + start, this.#salt));
    this.#queued = end;
    return this.#appended++;
  }

  /**
   * Writes everything queued in one append to the file, and syncs when the policy asks for it. With nothing queued it
   * only does the second, so call it now and then to let `ms` pass. `nowMs`: the caller's clock in whole ms; one that
   * steps back counts as standing still.
   * @throws LogFailedError, or what the disk threw
   */
  commit(nowMs = 0): void {
    this.#requireSound();
    this.#clockMs = Math.max(this.#clockMs, nowMs);
    if (this.#queued > 0) {
      this.#attempt(() => this.#disk.append(this.#file, this.#queue.subarray(0, this.#queued)));
      if (this.#written === this.#durable) this.#unsyncedSinceMs = this.#clockMs;
      this.#written = this.#appended;
      this.#end += this.#queued;
      this.#queued = 0;
    }
    if (this.#isSyncDue()) this.sync();
  }

  /**
   * Makes everything written durable, whatever the policy. Does not write what is queued. No fsync when nothing is
   * unsynced.
   * @stage 2
   * @throws LogFailedError, or what the disk threw
   */
  sync(): void {
    this.#requireSound();
    if (this.#durable === this.#written) return;
    this.#attempt(() => this.#disk.sync(this.#file));
    this.#durable = this.#written;
  }

  /** Records handed to the disk: those numbered below survive the death of the process. */
  get written(): number {
    return this.#written;
  }

  /**
   * Records synced: those numbered below survive a power failure.
   * @stage 2
   */
  get durable(): number {
    return this.#durable;
  }

  #isSyncDue(): boolean {
    const unsynced = this.#written - this.#durable;
    if (unsynced === 0 || this.#policy.kind === "never") return false;
    if (this.#policy.kind === "always") return true;
    return unsynced >= this.#policy.records || this.#clockMs - this.#unsyncedSinceMs >= this.#policy.ms;
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  #requireSound(): void {
    if (this.#failure !== undefined) throw new LogFailedError(this.#file, this.#failure);
  }

  #grow(bytes: number): void {
    const grown = new Uint8Array(Math.max(bytes, 2 * this.#queue.length));
    grown.set(this.#queue.subarray(0, this.#queued));
    this.#queue = grown;
  }
}

/** An earlier write or sync failed, so it is not known what the file holds. Open the log again to find out. @given */
export class LogFailedError extends Error {
  override readonly name = "LogFailedError";

  constructor(file: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `${file} had a failed write or sync (${reason}) and takes no more records; open it again to see what it holds`,
      { cause },
    );
  }
}

// A record: CRC32C of everything that follows it, sealed for its place; length of the payload, number of the record,
// `durable` when it was written; then the payload. Four bytes each, little-endian. Number and `durable` are what tells
// damage from a torn tail.
const LENGTH_AT = 4;
const NUMBER_AT = 8;
const DURABLE_AT = 12;
const HEADER_BYTES = 16;
const RECORDS_MAX = 2 ** 32 - 1;

/**
 * A record's checksum as it is stored at offset `at` of its file. A valid record of another file, or from another place
 * of this one, is none here: payloads may hold such records, and a torn one must not lend them its place. Two offsets
 * less than 4 GiB apart never agree.
 */
function seal(crc: number, at: number, salt: number): number {
  return (crc ^ Math.imul(at, 0x9e3779b1) ^ salt) >>> 0;
}

/** FNV-1a of a file's name. */
function saltOf(file: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < file.length; i++) hash = Math.imul(hash ^ file.charCodeAt(i), 0x01000193);
  return hash;
}

/** Records from the start, up to the first that is not whole, and where that one would begin. */
function parse(bytes: Uint8Array, salt: number): { records: Uint8Array[]; end: number } {
  const records: Uint8Array[] = [];
  let at = 0;
  while (isRecord(bytes, at, salt) && readUint32(bytes, at + NUMBER_AT) === records.length) {
    const end = at + HEADER_BYTES + readUint32(bytes, at + LENGTH_AT);
    records.push(bytes.slice(at + HEADER_BYTES, end));
    at = end;
  }
  return { records, end: at };
}

function isRecord(bytes: Uint8Array, at: number, salt: number): boolean {
  if (at + HEADER_BYTES > bytes.length) return false;
  const end = at + HEADER_BYTES + readUint32(bytes, at + LENGTH_AT);
  // The length is not to be trusted yet: it may be damaged itself and lead anywhere.
  return end <= bytes.length && readUint32(bytes, at) === seal(crc32c(bytes.subarray(at + LENGTH_AT, end)), at, salt);
}

/**
 * Was the record that should begin at `from` durable once? So says any valid record further on that was written when
 * more than `number` records were durable. Where records begin is lost with the damaged one, so every byte is tried; a
 * header that cannot be one costs O(1).
 */
function wasDurable(bytes: Uint8Array, from: number, number: number, salt: number): boolean {
  for (let at = from + 1; at + HEADER_BYTES <= bytes.length; at++) {
    if (readUint32(bytes, at + DURABLE_AT) <= number) continue;
    if (readUint32(bytes, at + NUMBER_AT) >= readUint32(bytes, at + DURABLE_AT) && isRecord(bytes, at, salt))
      return true;
  }
  return false;
}
