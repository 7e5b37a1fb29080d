/**
 * Alternative: a file header, big-endian records with the checksum behind the payload, written through a DataView; the
 * layout is nobody's business but the log's.
 */

import { crc32c } from "../../given/common/crc32c.ts";
import type { Disk } from "../../given/common/disk.ts";
import { requireInteger } from "../../given/common/integers.ts";
import { CorruptionError } from "../../given/key-value-store/corruption-error.ts";

export type SyncPolicy =
  | { readonly kind: "always" }
  | { readonly kind: "every"; readonly records: number; readonly ms: number }
  | { readonly kind: "never" };

export interface LogOptions {
  readonly file: string;
  readonly sync?: SyncPolicy;
  readonly onDamage?: "refuse" | "keep-prefix";
}

const MAGIC = Uint8Array.of(0x42, 0x50, 0x57, 0x41, 0x4c, 0, 0, 1);
const BEFORE = 12;
const AFTER = 4;

export class WriteAheadLog {
  readonly recovered: readonly Uint8Array[];
  private readonly disk: Disk;
  private readonly file: string;
  private readonly policy: SyncPolicy;
  private block = new Uint8Array(1_024);
  private view = new DataView(this.block.buffer);
  private end = 0;
  private queued = 0;
  private base = MAGIC.length;
  private onDisk = 0;
  private safe = 0;
  private nowMs = 0;
  private oldestMs: number | null = null;
  private broken: { readonly cause: unknown } | null = null;

  constructor(disk: Disk, options: LogOptions) {
    this.disk = disk;
    this.file = options.file;
    this.policy = options.sync ?? { kind: "always" };
    if (this.policy.kind === "every") {
      requireInteger("records", this.policy.records, 1, 2 ** 32 - 1);
      requireInteger("ms", this.policy.ms, 0, Number.MAX_SAFE_INTEGER);
    }
    const bytes = disk.exists(this.file) ? disk.read(this.file) : new Uint8Array(0);
    if (bytes.length < MAGIC.length) {
      // A creation that a crash cut short: nothing was ever acknowledged.
      if (bytes.length > 0) disk.truncate(this.file, 0);
      disk.append(this.file, MAGIC);
      disk.sync(this.file);
      disk.syncDirectory();
      this.recovered = [];
      return;
    }
    if (MAGIC.some((byte, i) => bytes[i] !== byte)) throw new CorruptionError(this.file, 0, "this is not a log");
    const records: Uint8Array[] = [];
    let at = MAGIC.length;
    const find = (place: number) => read(bytes, place, this.file);
    for (let record = find(at); record?.number === records.length; record = find(at)) {
      records.push(record.payload);
      at = record.end;
    }
    if (at < bytes.length && options.onDamage !== "keep-prefix") {
      for (let later = at + 1; later < bytes.length; later++) {
        const record = find(later);
        if (record !== null && record.safe > records.length && record.number >= record.safe)
          throw new CorruptionError(this.file, at, "later records are whole");
      }
    }
    if (at < bytes.length) disk.truncate(this.file, at);
    this.base = at;
    disk.sync(this.file);
    this.recovered = records;
    this.onDisk = this.safe = records.length;
  }

  append(payload: Uint8Array): number {
    this.check();
    const { end: at } = this;
    const crcAt = at + BEFORE + payload.length;
    while (crcAt + AFTER > this.block.length) this.double();
    this.view.setUint32(at, this.onDisk + this.queued);
    this.view.setUint32(at + 4, this.safe);
    this.view.setUint32(at + 8, payload.length);
    this.block.set(payload, at + BEFORE);
    this.view.setUint32(crcAt, checksum(this.block, at, crcAt, placeOf(this.file, this.base + at)));
    this.end = crcAt + AFTER;
    return this.onDisk + this.queued++;
  }

  commit(nowMs = 0): void {
    this.check();
    this.nowMs = Math.max(nowMs, this.nowMs);
    if (this.queued > 0) {
      this.guard(() => this.disk.append(this.file, this.block.subarray(0, this.end)));
      this.onDisk += this.queued;
      this.base += this.end;
      this.queued = this.end = 0;
      this.oldestMs ??= this.nowMs;
    }
    const waiting = this.onDisk - this.safe;
    const { policy } = this;
    if (policy.kind === "always") this.sync();
    else if (policy.kind === "every" && this.oldestMs !== null)
      if (waiting >= policy.records || this.nowMs >= this.oldestMs + policy.ms) this.sync();
  }

  sync(): void {
    this.check();
    if (this.safe === this.onDisk) return;
    this.guard(() => this.disk.sync(this.file));
    this.safe = this.onDisk;
    this.oldestMs = null;
  }

  get written(): number {
    return this.onDisk;
  }

  get durable(): number {
    return this.safe;
  }

  private double(): void {
    const { block } = this;
    this.block = new Uint8Array(2 * block.length);
    this.block.set(block);
    this.view = new DataView(this.block.buffer);
  }

  private check(): void {
    if (this.broken !== null) throw new LogFailedError(this.file, this.broken.cause);
  }

  private guard(action: () => void): void {
    try {
      action();
    } catch (cause) {
      this.broken = { cause };
      throw cause;
    }
  }
}

export class LogFailedError extends Error {
  override readonly name = "LogFailedError";

  constructor(file: string, cause: unknown) {
    super(`${file} failed earlier`, { cause });
  }
}

/** What a record's checksum begins with: its file and its place in it. */
const placeOf = (file: string, at: number): Uint8Array =>
  Uint8Array.from(`${at} of ${file}`, (letter) => letter.charCodeAt(0) & 255);

function checksum(bytes: Uint8Array, start: number, end: number, place: Uint8Array): number {
  return crc32c(bytes.subarray(start, end), crc32c(place));
}

function read(
  bytes: Uint8Array,
  at: number,
  file: string,
): { readonly number: number; readonly safe: number; readonly payload: Uint8Array; readonly end: number } | null {
  if (at + BEFORE + AFTER > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = at + BEFORE + view.getUint32(at + 8);
  if (end + AFTER > bytes.length || view.getUint32(end) !== checksum(bytes, at, end, placeOf(file, at))) return null;
  return {
    number: view.getUint32(at),
    safe: view.getUint32(at + 4),
    payload: bytes.slice(at + BEFORE, end),
    end: end + AFTER,
  };
}
