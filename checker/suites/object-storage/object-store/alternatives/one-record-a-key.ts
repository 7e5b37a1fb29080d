/**
 * Alternative: a key and its uploads are one record, so that completing is one write, and nothing is ever half done;
 * the versions stand in the order in which they came, and scans go in small pages. What the metadata look like is the
 * store's own affair.
 */

import { crc32c } from "../../given/common/crc32c.ts";
import { requireInteger } from "../../given/common/integers.ts";
import type { Task } from "../../given/object-storage/calls.ts";
import type { Piece, StripeOptions } from "./stripe-store.ts";
import { StripeStore } from "./stripe-store.ts";

/** `unavailable`: not done, try again later. `unknown`: done, or not, or done later. */
export type Failure =
  | "unavailable"
  | "unknown"
  | "not-found"
  | "precondition-failed"
  | "invalid-range"
  | "invalid-part"
  | "no-such-upload";
export type Result<Success> = ({ readonly status: "ok" } & Success) | { readonly status: Failure };

/** Of a put: only when there is no object now, or only when the object now has this ETag. */
export interface Condition {
  readonly ifNoneMatch?: "*";
  readonly ifMatch?: string;
}

/** After ListObjectsV2 of the S3 API. */
export interface Query {
  /** Default: `""`, all keys. */
  readonly prefix?: string;
  /**
   * Keys with it behind the prefix are shown as one group: up to and including its first occurrence there. Default:
   * `""`, no groups.
   */
  readonly delimiter?: string;
  /**
   * What `next` said, or any text: only what comes behind it, whether it lies before the prefix, within or behind. When
   * it is itself a group: only what comes behind the whole group. When it lies inside a group: the group once more, if
   * a key of it comes behind.
   */
  readonly after?: string;
  /** Keys and groups together. Default: 1,000. */
  readonly limit?: number;
}

export interface Listing {
  /** In order, as `prefixes`. */
  readonly keys: readonly { readonly key: string; readonly size: number; readonly etag: string }[];
  /** The groups. */
  readonly prefixes: readonly string[];
  /** The last key or group that was shown, and where to go on; undefined when there is nothing more. */
  readonly next?: string;
}

export interface Stamp {
  readonly etag: string;
  readonly versionId: string;
}

export class ObjectStore {
  readonly #stripes: StripeStore;
  readonly #newId: () => string;

  constructor(options: StripeOptions) {
    this.#stripes = new StripeStore(options);
    this.#newId = options.newId;
  }

  *put(key: string, bytes: Uint8Array, condition: Condition = {}): Task<Result<Stamp>> {
    const piece = yield* this.#stripes.write(bytes);
    if (piece === undefined) return { status: "unavailable" };
    const version: Version = { id: piece.id, etag: hex(piece.checksum), kind: "put", pieces: [piece] };
    const stamp = { status: "ok", etag: version.etag, versionId: version.id } as const;
    const outcome = yield* this.#change<Stamp>(key, (record, isPast) => {
      if (record.versions.some(({ id }) => id === piece.id)) return stamp;
      if (isPast) return { status: "unknown" };
      const now = currentOf(record);
      const { ifMatch, ifNoneMatch } = condition;
      if (ifNoneMatch !== undefined && now !== undefined) return { status: "precondition-failed" };
      if (ifMatch !== undefined && ifMatch !== now?.etag) return { status: "precondition-failed" };
      record.versions.push(version);
      return { ...stamp, isChanged: true };
    });
    if (outcome.status === "precondition-failed") yield* this.#erase([piece]);
    return outcome;
  }

  *get(
    key: string,
    options: { readonly versionId?: string; readonly offset?: number; readonly length?: number } = {},
  ): Task<Result<Stamp & { readonly bytes: Uint8Array; readonly size: number }>> {
    const { versionId, offset = 0, length = Number.MAX_SAFE_INTEGER } = options;
    requireInteger("offset", offset, 0, Number.MAX_SAFE_INTEGER);
    requireInteger("length", length, 0, Number.MAX_SAFE_INTEGER);
    for (let attempt = 0; attempt < 3; attempt++) {
      const found = yield* this.#read(key);
      if (found === undefined) return { status: "unavailable" };
      const { record } = found;
      const version = versionId === undefined ? currentOf(record) : record.versions.find(({ id }) => id === versionId);
      if (version === undefined || version.kind === "marker") return { status: "not-found" };
      const size = sizeOf(version);
      if (offset > size) return { status: "invalid-range" };
      const bytes = yield* this.#fetch(version.pieces, offset, Math.min(size, offset + length));
      if (bytes !== undefined) return { status: "ok", bytes, size, etag: version.etag, versionId: version.id };
    }
    return { status: "unavailable" };
  }

  *delete(key: string, versionId?: string): Task<Result<{ readonly versionId?: string }>> {
    if (versionId === undefined) {
      const id = this.#newId();
      return yield* this.#change<{ versionId?: string }>(key, (record) => {
        if (record.versions.some((each) => each.id === id)) return { status: "ok", versionId: id };
        if (currentOf(record) === undefined) return { status: "ok" };
        record.versions.push({ id, etag: "", kind: "marker", pieces: [] });
        return { status: "ok", versionId: id, isChanged: true };
      });
    }
    let gone: Version | undefined;
    const outcome = yield* this.#change<{ versionId?: string }>(key, (record) => {
      const at = record.versions.findIndex(({ id }) => id === versionId);
      if (at < 0) return gone === undefined ? { status: "not-found" } : { status: "ok", versionId };
      [gone] = record.versions.splice(at, 1);
      return { status: "ok", versionId, isChanged: true };
    });
    if (outcome.status === "ok") yield* this.#erase(gone?.pieces ?? []);
    return outcome;
  }

  *list(query: Query = {}): Task<Result<Listing>> {
    const { prefix = "", delimiter = "", after, limit = 1_000 } = query;
    requireInteger("limit", limit, 1, Number.MAX_SAFE_INTEGER);
    const groupOf = (key: string): string | undefined => {
      const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      return at < 0 ? undefined : key.slice(0, at + delimiter.length);
    };
    const keys: { key: string; size: number; etag: string }[] = [];
    const prefixes: string[] = [];
    // A group is skipped by what its keys begin with; the scan jumps over it by the largest text that may follow.
    let skipped = after?.startsWith(prefix) && groupOf(after) === after ? after : undefined;
    let from = after !== undefined && after > prefix ? after : prefix;
    let last = "";
    for (;;) {
      const entries = yield* this.#scan(from);
      if (entries === undefined) return { status: "unavailable" };
      for (const { key: name, value } of entries) {
        const key = name.slice(OBJECTS.length);
        if (!name.startsWith(OBJECTS + prefix)) return { status: "ok", keys, prefixes };
        const current = currentOf(value as KeyRecord);
        const isShown = (after !== undefined && key <= after) || (skipped !== undefined && key.startsWith(skipped));
        if (isShown || current === undefined) continue;
        if (keys.length + prefixes.length === limit) return { status: "ok", keys, prefixes, next: last };
        skipped = groupOf(key);
        last = skipped ?? key;
        if (skipped === undefined) keys.push({ key, size: sizeOf(current), etag: current.etag });
        else prefixes.push(skipped);
      }
      if (entries.length < SCAN_LIMIT) return { status: "ok", keys, prefixes };
      const lastKey = entries.at(-1)!.key.slice(OBJECTS.length);
      from = `${lastKey}\0`;
      if (skipped !== undefined && lastKey.startsWith(skipped) && skipped + HIGHEST > from) from = skipped + HIGHEST;
    }
  }

  *beginUpload(key: string): Task<Result<{ readonly uploadId: string }>> {
    const uploadId = this.#newId();
    return yield* this.#change<{ uploadId: string }>(key, (record) => {
      if (record.uploads[uploadId] !== undefined) return { status: "ok", uploadId };
      record.uploads[uploadId] = { isAborted: false, parts: {} };
      return { status: "ok", uploadId, isChanged: true };
    });
  }

  *putPart(key: string, uploadId: string, number: number, bytes: Uint8Array): Task<Result<{ readonly etag: string }>> {
    requireInteger("number", number, 1, 10_000);
    const piece = yield* this.#stripes.write(bytes);
    if (piece === undefined) return { status: "unavailable" };
    const stamp = { status: "ok", etag: hex(piece.checksum) } as const;
    let before: Piece | undefined;
    const outcome = yield* this.#change<{ etag: string }>(key, (record, isPast) => {
      const upload = record.uploads[uploadId];
      const now = upload?.parts[number];
      const used = record.versions.find(({ id }) => id === uploadId)?.pieces.some(({ id }) => id === piece.id);
      if (now?.id === piece.id || used === true) return stamp;
      if (isPast && (upload === undefined || upload.isAborted || now?.id !== before?.id)) return { status: "unknown" };
      if (upload === undefined || upload.isAborted) return { status: "no-such-upload" };
      before = now;
      upload.parts[number] = piece;
      return { ...stamp, isChanged: true };
    });
    if (outcome.status === "no-such-upload") yield* this.#erase([piece]);
    if (outcome.status === "ok" && before !== undefined) yield* this.#erase([before]);
    return outcome;
  }

  *completeUpload(
    key: string,
    uploadId: string,
    parts: readonly { readonly number: number; readonly etag: string }[],
  ): Task<Result<Stamp>> {
    const isAscending = parts.every(({ number }, i) => i === 0 || number > parts[i - 1]!.number);
    if (parts.length === 0 || !isAscending) return { status: "invalid-part" };
    let left: Piece[] = [];
    const outcome = yield* this.#change<Stamp>(key, (record, isPast) => {
      const version = record.versions.find(({ id, kind }) => id === uploadId && kind === "upload");
      if (version !== undefined) return { status: "ok", etag: version.etag, versionId: uploadId };
      const upload = record.uploads[uploadId];
      if (upload === undefined) return { status: isPast ? "unknown" : "no-such-upload" };
      if (upload.isAborted) return { status: "no-such-upload" };
      const pieces = parts.map(({ number }) => upload.parts[number]);
      if (pieces.some((piece, i) => piece === undefined || hex(piece.checksum) !== parts[i]!.etag))
        return { status: "invalid-part" };
      const chosen = pieces as Piece[];
      left = Object.values(upload.parts).filter((piece) => !chosen.includes(piece));
      delete record.uploads[uploadId];
      const etag = multipartTag(chosen);
      record.versions.push({ id: uploadId, etag, kind: "upload", pieces: chosen });
      return { status: "ok", etag, versionId: uploadId, isChanged: true };
    });
    if (outcome.status === "ok") yield* this.#erase(left);
    return outcome;
  }

  *abortUpload(key: string, uploadId: string): Task<Result<object>> {
    let parts: Piece[] = [];
    const outcome = yield* this.#change<object>(key, (record) => {
      const upload = record.uploads[uploadId];
      if (upload === undefined) return { status: "no-such-upload" };
      if (upload.isAborted) return { status: "ok" };
      parts = Object.values(upload.parts);
      record.uploads[uploadId] = { isAborted: true, parts: {} };
      return { status: "ok", isChanged: true };
    });
    if (outcome.status === "ok") yield* this.#erase(parts);
    return outcome;
  }

  *#fetch(pieces: readonly Piece[], offset: number, end: number): Task<Uint8Array | undefined> {
    const bytes = new Uint8Array(Math.max(0, end - offset));
    let start = 0;
    for (const piece of pieces) {
      const [from, to] = [Math.max(offset, start), Math.min(end, start + piece.size)];
      if (from < to) {
        const part = yield* this.#stripes.read(piece, from - start, to - start);
        if (part === undefined) return undefined;
        bytes.set(part, from - offset);
      }
      start += piece.size;
    }
    return bytes;
  }

  *#erase(pieces: readonly Piece[]): Task<void> {
    for (const piece of pieces) yield* this.#stripes.erase(piece);
  }

  *#read(key: string): Task<{ record: KeyRecord; version: number } | undefined> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const [reply] = yield [{ to: "metadata", op: "get", key: OBJECTS + key }];
      if (reply!.status === "lost") continue;
      const { versions = [], uploads = {} } = (reply!.value ?? {}) as Partial<KeyRecord>;
      return { record: { versions: [...versions], uploads: { ...uploads } }, version: reply!.version ?? 0 };
    }
    return undefined;
  }

  *#scan(from: string): Task<readonly { readonly key: string; readonly value: unknown }[] | undefined> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const [reply] = yield [{ to: "metadata", op: "scan", from: OBJECTS + from, limit: SCAN_LIMIT }];
      if (reply!.status === "ok") return reply!.entries!;
    }
    return undefined;
  }

  /** `edit` changes the record that it is given, and says whether it did. */
  *#change<Success extends object>(
    key: string,
    edit: (record: KeyRecord, isPast: boolean) => Result<Success> & { readonly isChanged?: boolean },
  ): Task<Result<Success>> {
    let lostAt: number | undefined;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const found = yield* this.#read(key);
      if (found === undefined) break;
      const { record, version } = found;
      const { isChanged = false, ...result } = edit(record, lostAt !== undefined && version !== lostAt);
      if (!isChanged) return result as Result<Success>;
      const isEmpty = record.versions.length === 0 && Object.keys(record.uploads).length === 0;
      const value = isEmpty ? null : record;
      const [reply] = yield [{ to: "metadata", op: "set", key: OBJECTS + key, version, value }];
      if (reply!.status === "ok") return result as Result<Success>;
      if (reply!.status === "lost") lostAt = version;
    }
    return { status: lostAt === undefined ? "unavailable" : "unknown" };
  }
}

interface Version {
  readonly id: string;
  readonly etag: string;
  readonly kind: "put" | "upload" | "marker";
  readonly pieces: readonly Piece[];
}

interface KeyRecord {
  /** Oldest first. */
  readonly versions: Version[];
  readonly uploads: Record<string, { isAborted: boolean; parts: Record<number, Piece> }>;
}

const SCAN_LIMIT = 17;
const ATTEMPTS = 12;
const OBJECTS = "by-key:";
/** Far behind most keys of a group; those that go on with it are met one by one, and skipped. */
const HIGHEST = "\uffff".repeat(8);

const hex = (checksum: number): string => checksum.toString(16).padStart(8, "0");
const sizeOf = ({ pieces }: Version): number => pieces.reduce((sum, { size }) => sum + size, 0);

function currentOf({ versions }: KeyRecord): Version | undefined {
  const newest = versions.at(-1);
  return newest?.kind === "marker" ? undefined : newest;
}

function multipartTag(pieces: readonly Piece[]): string {
  const checksums = new DataView(new ArrayBuffer(4 * pieces.length));
  for (const [i, { checksum }] of pieces.entries()) checksums.setUint32(4 * i, checksum);
  return `${hex(crc32c(new Uint8Array(checksums.buffer)))}-${pieces.length}`;
}
