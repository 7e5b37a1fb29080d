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

/**
 * An object store: versions of objects under keys, as the S3 API has them. Their bytes lie in pieces (`StripeStore`),
 * what they are in the metadata. It has no state: any number of them work on the same nodes and metadata, and each may
 * stop forever between any two steps.
 *
 * - **Any string is a key**, `""` and `"__proto__"` too, and any may be a prefix or a delimiter.
 * - **A put** makes its piece durable first; then a version in the metadata names it, with one conditional write; then
 *   it is acknowledged. The bytes must not change while the task runs; what a get returned is the caller's.
 * - **Versions.** Every put makes one, with an id that was never given out; the newest is the object. `delete` puts a
 *   marker on top, `delete` with a version takes that one away for good; when it was a marker, the object is back.
 *   Fragments go only after the metadata has let go of them.
 * - **An ETag** is the CRC32C of the object in eight hexadecimal digits, lower case (S3 has MD5 there). Of a multipart
 *   object it is that of its parts' checksums, four bytes each, big-endian, in order, then `-` and the number of parts.
 * - **Read after write**: once a put, delete or complete has returned `ok`, every get and list that begins later,
 *   anywhere, sees it.
 * - **Every call is one step** in the history of its key, somewhere between its begin and its end; of an `unknown` one,
 *   and of one whose store stopped, at any time after its begin, or never. A list is such a step for each of its keys.
 *   Only a completion may be two: it takes the upload, then shows the object.
 * - **In doubt.** A write to the metadata whose reply is lost may have been done, may be done yet, or may have been
 *   done and undone by another call since. What is said then stays true: a put or part that another has taken away is
 *   never put back, an acknowledged version can be read until it is deleted, and no bytes are erased that a version
 *   names. `unknown` is the answer only when the metadata does not tell, or when another call has changed the record
 *   meanwhile; `unavailable` only when replies are lost, or racks are too few.
 * - **Garbage.** When every call was answered and no store stopped, no fragments lie anywhere that neither a version
 *   nor a part of an open upload names. Otherwise some may stay behind: to find them is another program's task.
 *
 * What a store writes into fragments and metadata is its own. Source: Amazon S3 API Reference, PutObject, GetObject,
 * DeleteObject, ListObjectsV2, CreateMultipartUpload, UploadPart, CompleteMultipartUpload, AbortMultipartUpload.
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
    const version: Version = { id, size, etag: tagOf(piece), kind: "object", pieces: [piece] };
    const { ifMatch, ifNoneMatch } = condition;
    const outcome = yield* this.#change<ObjectRecord, Result<Stamp>>(objectKey(key), (record, isPast) => {
      const versions = record?.versions ?? [];
      if (versions.some((each) => each.id === id)) return { result: stampOf(version) };
      // It may have been there, and have been deleted with its bytes.
      if (isPast) return { result: { status: "unknown" } };
      const now = versions[0]?.kind === "marker" ? undefined : versions[0];
      if ((ifNoneMatch !== undefined && now !== undefined) || (ifMatch !== undefined && ifMatch !== now?.etag))
        return { result: { status: "precondition-failed" } };
      return { value: { versions: [version, ...versions] }, result: stampOf(version) };
    });
    if (outcome.status === "precondition-failed") yield* this.#erase([piece]);
    return outcome;
  }

  /**
   * At most `length` bytes from `offset` of the newest version, or of the one that is named; without a length, to the
   * end. `size` is that of the whole object. `not-found` also where a marker is, `invalid-range` when `offset` is
   * behind the end; at the end there are no bytes.
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
      if (version === undefined || version.kind === "marker") return { status: "not-found" };
      const { id, size, etag } = version;
      if (offset > size) return { status: "invalid-range" };
      const bytes = yield* this.#fetchAll(version.pieces, offset, Math.min(size, offset + length));
      if (bytes !== undefined) return { status: "ok", bytes, size, etag, versionId: id };
    }
    return { status: "unavailable" };
  }

  /**
   * Without a version: hides the object behind a marker and returns the marker's version, or none when there was
   * nothing to hide. With one: takes that version away and returns its id; `not-found` when there was none before the
   * call.
   * @stage 2
   */
  *delete(key: string, versionId?: string): Task<Result<{ readonly versionId?: string }>> {
    return versionId === undefined ? yield* this.#hide(key) : yield* this.#takeAway(key, versionId);
  }

  /**
   * Objects in the order of their keys (as `<` orders strings), those that are hidden left out; `next` only when there
   * is more to show. Of a group that is shown, no more of the metadata is read than one scan returns.
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
    let from: string | undefined = prefix;
    let last = "";
    if (after !== undefined && after >= prefix) from = groupOf(after) === after ? behindAll(after) : behind(after);
    while (from !== undefined) {
      const entries: Entries | undefined = yield* this.#scan(objectKey(from));
      if (entries === undefined) return { status: "unavailable" };
      for (const { key: name, value } of entries) {
        const key = name.slice(OBJECTS.length);
        if (!name.startsWith(objectKey(prefix))) return { status: "ok", keys, prefixes };
        const current = (value as ObjectRecord).versions[0];
        // `from` has moved past a group whose other keys are still in this page.
        if (from === undefined || key < from || current === undefined || current.kind === "marker") continue;
        if (keys.length + prefixes.length === limit) return { status: "ok", keys, prefixes, next: last };
        const group = groupOf(key);
        last = group ?? key;
        if (group === undefined) keys.push({ key, size: current.size, etag: current.etag });
        else prefixes.push(group);
        from = group === undefined ? behind(key) : behindAll(group);
      }
      if (entries.length < SCAN_LIMIT) break;
      const next = behind(entries.at(-1)!.key.slice(OBJECTS.length));
      if (from !== undefined && next > from) from = next;
    }
    return { status: "ok", keys, prefixes };
  }

  /** Begins an object that comes in parts. Nothing of it is seen before it is complete. @stage 4 */
  *beginUpload(key: string): Task<Result<{ readonly uploadId: string }>> {
    const uploadId = this.#newId();
    return yield* this.#change<UploadRecord, Result<{ uploadId: string }>>(uploadKey(uploadId), (record) => ({
      ...(record === undefined ? { value: { key, state: "open", parts: {} } } : {}),
      result: { status: "ok", uploadId },
    }));
  }

  /**
   * Puts part `number` (1 to 10,000), in any order and of any size; the last put of a number counts. `no-such-upload`:
   * there is none under this key, or it was completed, is being completed or was aborted.
   * @stage 4
   * @throws RangeError for another number
   */
  *putPart(key: string, uploadId: string, number: number, bytes: Uint8Array): Task<Result<{ readonly etag: string }>> {
    requireInteger("number", number, 1, 10_000);
    const piece = yield* this.#stripes.write(bytes);
    if (piece === undefined) return { status: "unavailable" };
    let replaced: Piece | undefined;
    const outcome = yield* this.#change<UploadRecord, Result<{ etag: string }>>(
      uploadKey(uploadId),
      (record, isPast) => {
        const now = record?.parts[number];
        const isOpen = record?.key === key && record.state === "open";
        // Also when it is being completed by now: it may be among the parts that were chosen.
        if (now?.id === piece.id) return { result: { status: "ok", etag: tagOf(piece) } };
        // Pieces never come back: with the same one as before in its place, it was never there.
        if (isPast && !(isOpen && now?.id === replaced?.id)) return { result: { status: "unknown" } };
        if (!isOpen) return { result: { status: "no-such-upload" } };
        replaced = now;
        const parts = { ...record.parts, [number]: piece };
        return { value: { ...record, parts }, result: { status: "ok", etag: tagOf(piece) } };
      },
    );
    if (outcome.status === "no-such-upload") yield* this.#erase([piece]);
    if (outcome.status === "ok" && replaced !== undefined) yield* this.#erase([replaced]);
    return outcome;
  }

  /**
   * Makes the listed parts one object, whose version is the upload's id; parts that are not listed are given back. Said
   * again, with other parts too, it returns the same while that version is there. `invalid-part`: the numbers do not
   * ascend, there are none, or a part was never put or has another ETag; the upload stays open.
   * `no-such-upload`: there is none under this key, it was aborted, or its version has been deleted. After
   * `unavailable` it may be half done, and can no longer be aborted: say it again.
   * @stage 4
   */
  *completeUpload(
    key: string,
    uploadId: string,
    parts: readonly { readonly number: number; readonly etag: string }[],
  ): Task<Result<Stamp>> {
    const isAscending = parts.every(({ number }, i) => i === 0 || number > parts[i - 1]!.number);
    if (parts.length === 0 || !isAscending) return { status: "invalid-part" };
    // From here on nobody can abort it: whoever changes the state first decides.
    const chosen = yield* this.#change<UploadRecord, Result<{ pieces: readonly Piece[] }>>(
      uploadKey(uploadId),
      (record, isPast) => {
        if (record === undefined) return { result: { status: isPast ? "unknown" : "no-such-upload" } };
        if (record.key !== key || record.state === "aborted") return { result: { status: "no-such-upload" } };
        if (record.state === "completing") return { result: { status: "ok", pieces: record.chosen! } };
        const pieces = parts.flatMap(({ number, etag }) => {
          const piece = record.parts[number];
          return piece !== undefined && tagOf(piece) === etag ? [piece] : [];
        });
        if (pieces.length < parts.length) return { result: { status: "invalid-part" } };
        return { value: { ...record, state: "completing", chosen: pieces }, result: { status: "ok", pieces } };
      },
    );
    if (chosen.status === "no-such-upload" || chosen.status === "unknown")
      return yield* this.#completed(key, uploadId, chosen.status);
    if (chosen.status !== "ok") return chosen;
    const { pieces } = chosen;
    const size = pieces.reduce((sum, piece) => sum + piece.size, 0);
    const version: Version = { id: uploadId, size, etag: multipartTag(pieces), kind: "upload", pieces };
    const outcome = yield* this.#change<ObjectRecord, Result<Stamp>>(
      objectKey(key),
      (record) => {
        const versions = record?.versions ?? [];
        if (versions.some(({ id }) => id === uploadId)) return { result: stampOf(version) };
        return { value: { versions: [version, ...versions] }, result: stampOf(version) };
      },
      // Its version is deleted only after its record is gone (`#takeAway`). So while it is there, the version that the
      // look at the object has not found was never there.
      () => this.#isCompleting(uploadId),
    );
    if (outcome.status === "no-such-upload" || outcome.status === "unknown")
      return yield* this.#completed(key, uploadId, outcome.status);
    if (outcome.status === "ok") yield* this.#settle(uploadId);
    return outcome;
  }

  /**
   * Gives the upload up and its parts back; said again, it returns `ok` again. `no-such-upload`: there is none under
   * this key, it was completed, or is being completed.
   * @stage 4
   */
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

  *#hide(key: string): Task<Result<{ readonly versionId?: string }>> {
    const marker: Version = { id: this.#newId(), size: 0, etag: "", kind: "marker", pieces: [] };
    // In doubt it may be tried again: nobody has been told the marker's version, so nobody has taken it away.
    return yield* this.#change<ObjectRecord, Result<{ versionId?: string }>>(objectKey(key), (record) => {
      const versions = record?.versions ?? [];
      if (versions.some(({ id }) => id === marker.id)) return { result: { status: "ok", versionId: marker.id } };
      if (versions[0] === undefined || versions[0].kind === "marker") return { result: { status: "ok" } };
      return { value: { versions: [marker, ...versions] }, result: { status: "ok", versionId: marker.id } };
    });
  }

  *#takeAway(key: string, versionId: string): Task<Result<{ readonly versionId?: string }>> {
    let gone: Version | undefined;
    const outcome = yield* this.#change<ObjectRecord, Result<{ versionId?: string }>>(
      objectKey(key),
      (record) => {
        const version = record?.versions.find(({ id }) => id === versionId);
        if (version === undefined)
          return { result: gone === undefined ? { status: "not-found" } : { status: "ok", versionId } };
        gone = version;
        const versions = record!.versions.filter((each) => each !== version);
        return { value: versions.length === 0 ? null : { versions }, result: { status: "ok", versionId } };
      },
      // A completion that is said again would put the version back, without its bytes.
      () => (gone?.kind === "upload" ? this.#settle(versionId) : nothing()),
    );
    if (outcome.status === "ok") yield* this.#erase(gone?.pieces ?? []);
    return outcome;
  }

  /** Ends an upload whose version is there: its record goes, and the parts that were not chosen. */
  *#settle(uploadId: string): Task<Failure | undefined> {
    let left: readonly Piece[] = [];
    const { status } = yield* this.#change<UploadRecord, Result<object>>(uploadKey(uploadId), (record) => {
      if (record === undefined) return { result: { status: "ok" } };
      left = Object.values(record.parts).filter(({ id }) => !record.chosen?.some((piece) => piece.id === id));
      return { value: null, result: { status: "ok" } };
    });
    if (status !== "ok") return "unavailable";
    yield* this.#erase(left);
    return undefined;
  }

  *#isCompleting(uploadId: string): Task<Failure | undefined> {
    const found = yield* this.#read<UploadRecord>(uploadKey(uploadId));
    if (found === undefined) return "unavailable";
    return found.value === undefined ? "no-such-upload" : undefined;
  }

  /** What an upload that is no longer there has become; `otherwise` when there is no version of it. */
  *#completed(key: string, uploadId: string, otherwise: "no-such-upload" | "unknown"): Task<Result<Stamp>> {
    const found = yield* this.#read<ObjectRecord>(objectKey(key));
    if (found === undefined) return { status: otherwise === "unknown" ? "unknown" : "unavailable" };
    const version = found.value?.versions.find(({ id, kind }) => id === uploadId && kind === "upload");
    return version === undefined ? { status: otherwise } : stampOf(version);
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

  /** Undefined when the metadata does not answer. */
  *#read<Value>(key: string): Task<{ value: Value | undefined; version: number } | undefined> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const [reply] = yield [{ to: "metadata", op: "get", key }];
      if (reply!.status !== "lost") return { value: reply!.value ?? undefined, version: reply!.version ?? 0 };
    }
    return undefined;
  }

  *#scan(from: string): Task<Entries | undefined> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const [reply] = yield [{ to: "metadata", op: "scan", from, limit: SCAN_LIMIT }];
      if (reply!.status === "ok") return reply!.entries!;
    }
    return undefined;
  }

  /**
   * Changes one value, as if no other store did at the same time. `edit` may be called several times, and must
   * recognize its own work: when a reply is lost, the next look at the value tells whether it was done. Unless
   * `isPast`: the value has been changed since, so that the work may have been done and undone. While the value is at
   * the version of the lost write, that write has not been done, and trying again is safe: only one of them can
   * succeed.
   *
   * `before` is done between each look and the write; what it returns in place of undefined ends the change.
   */
  *#change<Value, Outcome>(
    key: string,
    edit: (value: Value | undefined, isPast: boolean) => { readonly value?: Value | null; readonly result: Outcome },
    before: () => Task<Failure | undefined> = nothing,
  ): Task<Outcome | { status: Failure }> {
    let lostAt: number | undefined;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const found = yield* this.#read<Value>(key);
      if (found === undefined) break;
      const { value, result } = edit(found.value, lostAt !== undefined && found.version !== lostAt);
      if (value === undefined) return result;
      const obstacle = yield* before();
      if (obstacle !== undefined) return { status: lostAt === undefined ? obstacle : "unknown" };
      const [reply] = yield [{ to: "metadata", op: "set", key, version: found.version, value }];
      if (reply!.status === "ok") return result;
      if (reply!.status === "lost") lostAt = found.version;
    }
    return { status: lostAt === undefined ? "unavailable" : "unknown" };
  }
}

interface Version {
  readonly id: string;
  readonly size: number;
  readonly etag: string;
  readonly kind: "object" | "upload" | "marker";
  readonly pieces: readonly Piece[];
}

interface ObjectRecord {
  /** Newest first. */
  readonly versions: readonly Version[];
}

/** There from the begin of an upload until its version is; an aborted one stays, so that a repeated abort is known. */
interface UploadRecord {
  readonly key: string;
  readonly state: "open" | "completing" | "aborted";
  readonly parts: Readonly<Record<number, Piece>>;
  readonly chosen?: readonly Piece[];
}

type Entries = readonly { readonly key: string; readonly value: unknown }[];

const SCAN_LIMIT = 100;
const ATTEMPTS = 12;
const OBJECTS = "object/";

const objectKey = (key: string): string => OBJECTS + key;
const uploadKey = (id: string): string => `upload/${id}`;
const hex = (checksum: number): string => checksum.toString(16).padStart(8, "0");

/** The first key behind this one. */
const behind = (key: string): string => `${key}\0`;

/** The first key behind all that begin with `group`; undefined when they are the last of all. */
function behindAll(group: string): string | undefined {
  let length = group.length;
  // Behind the last code unit there is none: the one before it counts.
  while (length > 0 && group.charCodeAt(length - 1) === 0xffff) length--;
  if (length === 0) return undefined;
  return group.slice(0, length - 1) + String.fromCharCode(group.charCodeAt(length - 1) + 1);
}

// biome-ignore lint/correctness/useYield: a task of no steps
function* nothing(): Task<undefined> {
  return undefined;
}

const tagOf = ({ checksum }: Piece): string => hex(checksum);
const stampOf = ({ id, etag }: Version) => ({ status: "ok", etag, versionId: id }) as const;

function multipartTag(pieces: readonly Piece[]): string {
  const checksums = new DataView(new ArrayBuffer(4 * pieces.length));
  for (const [i, { checksum }] of pieces.entries()) checksums.setUint32(4 * i, checksum);
  return `${hex(crc32c(new Uint8Array(checksums.buffer)))}-${pieces.length}`;
}
