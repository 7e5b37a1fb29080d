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

export interface Query {
  readonly prefix?: string;
  /** Keys with it behind the prefix are shown as one: up to and including its first occurrence there. */
  readonly delimiter?: string;
  /** What `next` said. Any other text: only what comes behind it. */
  readonly after?: string;
  /** Keys and prefixes together. Default: 1,000. */
  readonly limit?: number;
}

export interface Listing {
  readonly keys: readonly { readonly key: string; readonly size: number; readonly etag: string }[];
  readonly prefixes: readonly string[];
  /** Where to go on; undefined when there is nothing more. */
  readonly next?: string;
}

export interface Stamp {
  readonly etag: string;
  readonly versionId: string;
}

/**
 * An object store: versions of objects under keys. Their bytes lie in pieces (`StripeStore`), what they are in the metadata. It has no state: any number of them work on
 * the same nodes and metadata, and each may stop forever between any two steps.
 *
 * - **A put** makes its piece durable first; then a version in the metadata names it, with one conditional write; then it is acknowledged.
 * - **Versions.** Every put makes one; the newest is the object. `delete` puts a marker on top, `delete` with a version takes that one away for good; when it
 *   was a marker, the object is back. Fragments go only after the metadata has let go of them.
 * - **An ETag** is the CRC32C of the object in eight hexadecimal digits (S3 has MD5 there). Of a multipart object it is that of its parts' checksums, four bytes
 *   each, big-endian, in order, then `-` and the number of parts.
 * - **Read after write**: once a put, delete or complete has returned `ok`, every get and list that begins later, anywhere, sees it.
 *
 * What a store writes into fragments and metadata is its own. Fragments of what was never acknowledged may stay behind: to find them is another program's task.
 */
export class ObjectStore {
  readonly #stripes: StripeStore;
  readonly #newId: () => string;

  /** @throws RangeError as StripeStore does */
  constructor(options: StripeOptions) {
    this.#stripes = new StripeStore(options);
    this.#newId = options.newId;
  }

  /** `precondition-failed`: nothing was done. */
  *put(key: string, bytes: Uint8Array, condition: Condition = {}): Task<Result<Stamp>> {
    const piece = yield* this.#stripes.write(bytes);
    if (piece === undefined) return { status: "unavailable" };
    const { id, size } = piece;
    const version = { id, size, etag: tagOf(piece), isMarker: false, pieces: [piece] };
    const outcome = yield* this.#add(key, version, condition);
    if (outcome.status === "precondition-failed") yield* this.#erase([piece]);
    return outcome;
  }

  /**
   * At most `length` bytes from `offset` of the newest version, or of the one that is named. `size` is that of the whole object. `not-found` also where a
   * marker is, `invalid-range` when `offset` is behind the end.
   * @throws RangeError unless `offset` and `length` are whole numbers from 0 up
   */
  *get(
    key: string,
    options: { readonly versionId?: string; readonly offset?: number; readonly length?: number } = {},
  ): Task<Result<Stamp & { readonly bytes: Uint8Array; readonly size: number }>> {
    const { versionId, offset = 0, length = Number.MAX_SAFE_INTEGER } = options;
    requireInteger("offset", offset, 0, Number.MAX_SAFE_INTEGER);
    requireInteger("length", length, 0, Number.MAX_SAFE_INTEGER);
    // A second time, because a version may be taken away for good while its fragments are read.
    for (let attempt = 0; attempt < 2; attempt++) {
      const found = yield* this.#read<ObjectRecord>(objectKey(key));
      if (found === undefined) return { status: "unavailable" };
      const versions = found.value?.versions ?? [];
      const version = versionId === undefined ? versions[0] : versions.find(({ id }) => id === versionId);
      if (version === undefined || version.isMarker) return { status: "not-found" };
      const { id, size, etag } = version;
      if (offset > size) return { status: "invalid-range" };
      const bytes = yield* this.#fetchAll(version.pieces, offset, Math.min(size, offset + length));
      if (bytes !== undefined) return { status: "ok", bytes, size, etag, versionId: id };
    }
    return { status: "unavailable" };
  }

  /**
   * Without a version: hides the object behind a marker and returns the marker's version, or none when there was nothing to hide. With one: takes that version away;
   * `not-found` when there was none before the call.
   * @stage 2
   */
  *delete(key: string, versionId?: string): Task<Result<{ readonly versionId?: string }>> {
    if (versionId === undefined) {
      const marker: Version = { id: this.#newId(), size: 0, etag: "", isMarker: true, pieces: [] };
      return yield* this.#change<ObjectRecord, Result<{ versionId?: string }>>(objectKey(key), (record) => {
        const versions = record?.versions ?? [];
        if (versions.some(({ id }) => id === marker.id)) return { result: { status: "ok", versionId: marker.id } };
        if (versions[0] === undefined || versions[0].isMarker) return { result: { status: "ok" } };
        return { value: { versions: [marker, ...versions] }, result: { status: "ok", versionId: marker.id } };
      });
    }
    let gone: readonly Piece[] | undefined;
    const outcome = yield* this.#change<ObjectRecord, Result<{ versionId?: string }>>(objectKey(key), (record) => {
      const version = record?.versions.find(({ id }) => id === versionId);
      if (version === undefined)
        return { result: gone === undefined ? { status: "not-found" } : { status: "ok", versionId } };
      gone = version.pieces;
      const versions = record!.versions.filter((each) => each !== version);
      return { value: versions.length === 0 ? null : { versions }, result: { status: "ok", versionId } };
    });
    if (outcome.status === "ok") yield* this.#erase(gone ?? []);
    return outcome;
  }

  /**
   * Objects in the order of their keys (as `<` orders strings), those that are hidden left out; `next` only when there is more to show.
   * @stage 3
   * @throws RangeError unless `limit` is 1 or more
   */
  *list(query: Query = {}): Task<Result<Listing>> {
    const { prefix = "", delimiter = "", after, limit = 1_000 } = query;
    requireInteger("limit", limit, 1, Number.MAX_SAFE_INTEGER);
    const groupOf = (key: string): string | undefined => {
      const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      return at < 0 ? undefined : key.slice(0, at + delimiter.length);
    };
    const keys: { key: string; size: number; etag: string }[] = [];
    const prefixes: string[] = [];
    let from = prefix;
    let last = "";
    if (after !== undefined && after >= prefix) from = groupOf(after) === after ? successor(after) : `${after}\0`;
    for (;;) {
      const entries = yield* this.#scan(objectKey(from));
      if (entries === undefined) return { status: "unavailable" };
      for (const { key: name, value } of entries) {
        const key = name.slice(OBJECTS.length);
        if (!name.startsWith(objectKey(prefix))) return { status: "ok", keys, prefixes };
        const current = (value as ObjectRecord).versions[0];
        // `from` has moved past a group whose other keys are still in this page.
        if (key < from || current === undefined || current.isMarker) continue;
        if (keys.length + prefixes.length === limit) return { status: "ok", keys, prefixes, next: last };
        const group = groupOf(key);
        last = group ?? key;
        if (group === undefined) keys.push({ key, size: current.size, etag: current.etag });
        else prefixes.push(group);
        from = group === undefined ? `${key}\0` : successor(group);
      }
      if (entries.length < SCAN_LIMIT) return { status: "ok", keys, prefixes };
      const next = `${entries.at(-1)!.key.slice(OBJECTS.length)}\0`;
      if (next > from) from = next;
    }
  }

  /** Begins an object that comes in parts. @stage 4 */
  *beginUpload(key: string): Task<Result<{ readonly uploadId: string }>> {
    const uploadId = this.#newId();
    return yield* this.#change<UploadRecord, Result<{ uploadId: string }>>(uploadKey(uploadId), (record) => ({
      ...(record === undefined ? { value: { key, state: "open", parts: {} } } : {}),
      result: { status: "ok", uploadId },
    }));
  }

  /**
   * Puts part `number` (1 to 10,000), in any order; the last put of a number counts.
   * @stage 4
   */
  *putPart(key: string, uploadId: string, number: number, bytes: Uint8Array): Task<Result<{ readonly etag: string }>> {
    requireInteger("number", number, 1, 10_000);
    const piece = yield* this.#stripes.write(bytes);
    if (piece === undefined) return { status: "unavailable" };
    let replaced: Piece | undefined;
    const outcome = yield* this.#change<UploadRecord, Result<{ etag: string }>>(uploadKey(uploadId), (record) => {
      if (record?.key !== key || record.state !== "open") return { result: { status: "no-such-upload" } };
      const result = { status: "ok", etag: tagOf(piece) } as const;
      if (record.parts[number]?.id === piece.id) return { result };
      replaced = record.parts[number];
      return { value: { ...record, parts: { ...record.parts, [number]: piece } }, result };
    });
    if (outcome.status === "no-such-upload") yield* this.#erase([piece]);
    if (outcome.status === "ok" && replaced !== undefined) yield* this.#erase([replaced]);
    return outcome;
  }

  /**
   * Makes the listed parts one object, whose version is the upload's id. Said again, it returns the same. `invalid-part`: the numbers do not ascend, there are none, or a
   * part was never put or has another ETag; the upload stays open.
   * @stage 4
   */
  *completeUpload(
    key: string,
    uploadId: string,
    parts: readonly { readonly number: number; readonly etag: string }[],
  ): Task<Result<Stamp>> {
    const isAscending = parts.every(({ number }, i) => i === 0 || number > parts[i - 1]!.number);
    if (parts.length === 0 || !isAscending) return { status: "invalid-part" };
    let left: readonly Piece[] = [];
    // From here on nobody can abort it: whoever changes the state first decides.
    const chosen = yield* this.#change<UploadRecord, Result<{ pieces: readonly Piece[] }>>(
      uploadKey(uploadId),
      (record) => {
        if (record?.key !== key || record.state === "aborted") return { result: { status: "no-such-upload" } };
        if (record.state === "completing") return { result: { status: "ok", pieces: record.chosen! } };
        const pieces = parts.flatMap(({ number, etag }) => {
          const piece = record.parts[number];
          return piece !== undefined && tagOf(piece) === etag ? [piece] : [];
        });
        if (pieces.length < parts.length) return { result: { status: "invalid-part" } };
        left = Object.values(record.parts).filter((piece) => !pieces.includes(piece));
        return { value: { ...record, state: "completing", chosen: pieces }, result: { status: "ok", pieces } };
      },
    );
    if (chosen.status === "no-such-upload") return yield* this.#completed(key, uploadId);
    if (chosen.status !== "ok") return chosen;
    const { pieces } = chosen;
    const size = pieces.reduce((sum, piece) => sum + piece.size, 0);
    const version = { id: uploadId, size, etag: multipartTag(pieces), isMarker: false, pieces };
    const outcome = yield* this.#add(key, version, {});
    if (outcome.status !== "ok") return outcome;
    yield* this.#change<UploadRecord, Result<object>>(uploadKey(uploadId), (record) => ({
      ...(record === undefined ? {} : { value: null }),
      result: { status: "ok" },
    }));
    yield* this.#erase(left);
    return outcome;
  }

  /** Gives the upload up and its parts back. `no-such-upload` also when it is being completed. @stage 4 */
  *abortUpload(key: string, uploadId: string): Task<Result<object>> {
    let parts: readonly Piece[] = [];
    const outcome = yield* this.#change<UploadRecord, Result<object>>(uploadKey(uploadId), (record) => {
      if (record?.key !== key || record.state === "completing") return { result: { status: "no-such-upload" } };
      parts = Object.values(record.parts);
      return {
        ...(record.state === "open" ? { value: { ...record, state: "aborted" } } : {}),
        result: { status: "ok" },
      };
    });
    if (outcome.status === "ok") yield* this.#erase(parts);
    return outcome;
  }

  /** Makes a version the newest of its key. */
  *#add(key: string, version: Version, condition: Condition): Task<Result<Stamp>> {
    const result = { status: "ok", etag: version.etag, versionId: version.id } as const;
    return yield* this.#change<ObjectRecord, Result<Stamp>>(objectKey(key), (record) => {
      const versions = record?.versions ?? [];
      if (versions.some(({ id }) => id === version.id)) return { result };
      const now = versions[0]?.isMarker === false ? versions[0] : undefined;
      const { ifMatch, ifNoneMatch } = condition;
      if ((ifNoneMatch !== undefined && now !== undefined) || (ifMatch !== undefined && ifMatch !== now?.etag))
        return { result: { status: "precondition-failed" } };
      return { value: { versions: [version, ...versions] }, result };
    });
  }

  /** What an upload that is no longer there has become. */
  *#completed(key: string, uploadId: string): Task<Result<Stamp>> {
    const found = yield* this.#read<ObjectRecord>(objectKey(key));
    if (found === undefined) return { status: "unavailable" };
    const version = found.value?.versions.find(({ id }) => id === uploadId);
    if (version === undefined) return { status: "no-such-upload" };
    return { status: "ok", etag: version.etag, versionId: uploadId };
  }

  *#fetchAll(pieces: readonly Piece[], offset: number, end: number): Task<Uint8Array | undefined> {
    const bytes = new Uint8Array(Math.max(0, end - offset));
    let start = 0;
    for (const piece of pieces) {
      const from = Math.max(offset, start);
      const to = Math.min(end, start + piece.size);
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

  /** Undefined when the metadata do not answer. */
  *#read<Value>(key: string): Task<{ value: Value | undefined; version: number } | undefined> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const [reply] = yield [{ to: "metadata", op: "get", key }];
      if (reply!.status !== "lost") return { value: reply!.value ?? undefined, version: reply!.version ?? 0 };
    }
    return undefined;
  }

  *#scan(from: string): Task<readonly { readonly key: string; readonly value: unknown }[] | undefined> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const [reply] = yield [{ to: "metadata", op: "scan", from, limit: SCAN_LIMIT }];
      if (reply!.status === "ok") return reply!.entries!;
    }
    return undefined;
  }

  /**
   * Changes one value, as if no other store did at the same time. `edit` may be called several times, and must recognize its own work: when a reply is
   * lost, the next look at the value tells whether it was done.
   */
  *#change<Value, Outcome>(
    key: string,
    edit: (value: Value | undefined) => { readonly value?: Value | null; readonly result: Outcome },
  ): Task<Outcome | { status: "unavailable" | "unknown" }> {
    let wasLost = false;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const found = yield* this.#read<Value>(key);
      if (found === undefined) break;
      const { value, result } = edit(found.value);
      if (value === undefined) return result;
      const [reply] = yield [{ to: "metadata", op: "set", key, version: found.version, value }];
      if (reply!.status === "ok") return result;
      if (reply!.status === "lost") wasLost = true;
    }
    return { status: wasLost ? "unknown" : "unavailable" };
  }
}

interface Version {
  readonly id: string;
  readonly size: number;
  readonly etag: string;
  readonly isMarker: boolean;
  readonly pieces: readonly Piece[];
}

interface ObjectRecord {
  /** Newest first. */
  readonly versions: readonly Version[];
}

interface UploadRecord {
  readonly key: string;
  readonly state: "open" | "completing" | "aborted";
  readonly parts: Readonly<Record<number, Piece>>;
  readonly chosen?: readonly Piece[];
}

const SCAN_LIMIT = 100;
const ATTEMPTS = 12;
const OBJECTS = "object/";

const objectKey = (key: string): string => OBJECTS + key;
const uploadKey = (id: string): string => `upload/${id}`;
const hex = (checksum: number): string => checksum.toString(16).padStart(8, "0");
/** The first key behind all that begin with `prefix`. */
const successor = (prefix: string): string =>
  prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);

const tagOf = ({ checksum }: Piece): string => hex(checksum);

function multipartTag(pieces: readonly Piece[]): string {
  const checksums = new DataView(new ArrayBuffer(4 * pieces.length));
  for (const [i, { checksum }] of pieces.entries()) checksums.setUint32(4 * i, checksum);
  return `${hex(crc32c(new Uint8Array(checksums.buffer)))}-${pieces.length}`;
}
