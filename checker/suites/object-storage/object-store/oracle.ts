/**
 * What the S3 API's documentation says of a versioned bucket, as slowly and plainly as it can be said: one key at a
 * time, a list of versions and a table of uploads, and a listing that sorts everything. Nothing is ever in doubt here.
 *
 * Source: Amazon S3 API Reference, PutObject, GetObject, DeleteObject, ListObjectsV2, CreateMultipartUpload,
 * UploadPart, CompleteMultipartUpload, AbortMultipartUpload; Amazon S3 User Guide, "Working with delete markers" and
 * "Multipart upload limits".
 */

import { type Model, UNKNOWN } from "../../../../sim/linearizability.ts";
import type { Query } from "../../../../solutions/object-storage/object-store.ts";

/** A call, said in texts: every character of a value is a byte. */
export type Request = { readonly key: string } & (
  | { readonly op: "put"; readonly value: string; readonly ifMatch?: string; readonly ifNoneMatch?: "*" }
  | { readonly op: "get"; readonly versionId?: string }
  /** What a list shows of the key. */
  | { readonly op: "listed" }
  | { readonly op: "delete" }
  | { readonly op: "delete-version"; readonly versionId: string }
  | { readonly op: "begin" }
  | { readonly op: "part"; readonly uploadId: string; readonly number: number; readonly value: string }
  | { readonly op: "complete"; readonly uploadId: string; readonly parts: readonly PartTag[] }
  | { readonly op: "abort"; readonly uploadId: string }
);

export interface PartTag {
  readonly number: number;
  readonly etag: string;
}

/** What is undefined is not said. */
export interface Answer {
  readonly status: string;
  readonly versionId?: string | undefined;
  readonly uploadId?: string | undefined;
  readonly etag?: string | undefined;
  readonly size?: number | undefined;
  readonly value?: string | undefined;
}

/** `value` is null in a delete marker. */
export interface Version {
  readonly id: string;
  readonly value: string | null;
  /** What it was put together of. */
  readonly parts: readonly string[];
  readonly etag: string;
  readonly isUpload: boolean;
}

export interface Upload {
  /** `taken`: a completion has chosen the parts, and does not show the object yet. */
  readonly state: "open" | "taken" | "complete" | "aborted";
  readonly parts: Readonly<Record<number, string>>;
  /** Of a taken one: the values, in order. */
  readonly chosen: readonly string[];
}

/** All that there is of a key. */
export interface Kept {
  /** Newest first. */
  readonly versions: readonly Version[];
  /** Ids of versions that were deleted. */
  readonly gone: readonly string[];
  readonly uploads: Readonly<Record<string, Upload>>;
}

export const NOTHING_KEPT: Kept = { versions: [], gone: [], uploads: {} };

/** The state after a call and its answer. `id` is the one that the store gave to what the call makes. */
export function apply(kept: Kept, request: Request, id: string): readonly [next: Kept, answer: Answer] {
  const { versions, uploads } = kept;
  const top = versions[0];
  const current = top === undefined || top.value === null ? undefined : top;
  const say = (status: string): readonly [Kept, Answer] => [kept, { status }];
  switch (request.op) {
    case "put": {
      const { value, ifMatch, ifNoneMatch } = request;
      if (ifNoneMatch !== undefined && current !== undefined) return say("precondition-failed");
      if (ifMatch !== undefined && current?.etag !== ifMatch) return say("precondition-failed");
      const version = { id, value, parts: [value], etag: etagOf(value), isUpload: false };
      return [
        { ...kept, versions: [version, ...versions] },
        { status: "ok", etag: version.etag, versionId: id },
      ];
    }
    case "get":
    case "listed": {
      const isNamed = request.op === "get" && request.versionId !== undefined;
      const found = isNamed ? versions.find((each) => each.id === request.versionId) : current;
      if (found === undefined || found.value === null) return say("not-found");
      const { value, etag } = found;
      const shown = { status: "ok", etag, size: value.length };
      return [kept, request.op === "listed" ? shown : { ...shown, value, versionId: found.id }];
    }
    case "delete": {
      if (current === undefined) return say("ok");
      const marker = { id, value: null, parts: [], etag: "", isUpload: false };
      return [
        { ...kept, versions: [marker, ...versions] },
        { status: "ok", versionId: id },
      ];
    }
    case "delete-version": {
      const { versionId } = request;
      if (!versions.some((each) => each.id === versionId)) return say("not-found");
      const left = versions.filter((each) => each.id !== versionId);
      return [
        { ...kept, versions: left, gone: [...kept.gone, versionId] },
        { status: "ok", versionId },
      ];
    }
    case "begin":
      return [withUpload(kept, id, { state: "open", parts: {}, chosen: [] }), { status: "ok", uploadId: id }];
    case "part": {
      const { uploadId, number, value } = request;
      const upload = uploads[uploadId];
      if (upload?.state !== "open") return say("no-such-upload");
      const parts = { ...upload.parts, [number]: value };
      return [withUpload(kept, uploadId, { ...upload, parts }), { status: "ok", etag: etagOf(value) }];
    }
    case "abort": {
      const upload = uploads[request.uploadId];
      if (upload?.state === "aborted") return say("ok");
      if (upload?.state !== "open") return say("no-such-upload");
      return [withUpload(kept, request.uploadId, { state: "aborted", parts: {}, chosen: [] }), { status: "ok" }];
    }
    case "complete":
      return complete(kept, request.uploadId, request.parts);
    default:
      throw new Error(`no such call: ${JSON.stringify(request satisfies never)}`);
  }
}

function complete(kept: Kept, uploadId: string, parts: readonly PartTag[]): readonly [Kept, Answer] {
  const numbers = parts.map(({ number }) => number);
  if (numbers.length === 0 || numbers.some((number, i) => i > 0 && number <= numbers[i - 1]!))
    return [kept, { status: "invalid-part" }];
  const taken = take(kept, uploadId, parts);
  const upload = taken?.uploads[uploadId];
  if (taken === undefined) return [kept, { status: "invalid-part" }];
  if (upload?.state === "complete") {
    const version = kept.versions.find(({ id, isUpload }) => id === uploadId && isUpload);
    if (version !== undefined) return [kept, { status: "ok", etag: version.etag, versionId: uploadId }];
  }
  if (upload?.state !== "taken") return [kept, { status: "no-such-upload" }];
  const etag = multipartEtagOf(upload.chosen);
  const version = { id: uploadId, value: upload.chosen.join(""), parts: upload.chosen, etag, isUpload: true };
  const next = withUpload(taken, uploadId, { state: "complete", parts: {}, chosen: [] });
  return [
    { ...next, versions: [version, ...next.versions] },
    { status: "ok", etag, versionId: uploadId },
  ];
}

/** With the upload taken by these parts, when it is open; undefined when they are not what was put. */
function take(kept: Kept, uploadId: string, parts: readonly PartTag[]): Kept | undefined {
  const upload = kept.uploads[uploadId];
  if (upload?.state !== "open") return kept;
  const isRight = ({ number, etag }: PartTag): boolean =>
    upload.parts[number] !== undefined && etagOf(upload.parts[number]) === etag;
  if (!parts.every(isRight)) return undefined;
  const chosen = parts.map(({ number }) => upload.parts[number]!);
  return withUpload(kept, uploadId, { state: "taken", parts: {}, chosen });
}

const withUpload = (kept: Kept, id: string, upload: Upload): Kept => ({
  ...kept,
  uploads: { ...kept.uploads, [id]: upload },
});

/** A query; what is undefined is not asked for. */
export type Asked = { readonly [Field in keyof Query]?: Query[Field] | undefined };

/** What a list shows, one page of it. */
export interface Page {
  readonly keys: readonly { readonly key: string; readonly size: number; readonly etag: string }[];
  readonly prefixes: readonly string[];
  readonly hasNext: boolean;
}

/** A bucket for calls that come one after the other. */
export class Bucket {
  readonly kept = new Map<string, Kept>();

  do(request: Request, id: string): Answer {
    const [next, answer] = apply(this.kept.get(request.key) ?? NOTHING_KEPT, request, id);
    this.kept.set(request.key, next);
    return answer;
  }

  /**
   * How many puts and parts are named by a version or an open upload. Empty ones have no fragments, and do not count.
   */
  named(): number {
    const values = [...this.kept.values()].flatMap(({ versions, uploads }) => [
      ...versions.flatMap(({ parts }) => parts),
      ...Object.values(uploads).flatMap(({ parts }) => Object.values(parts)),
    ]);
    return values.filter((value) => value !== "").length;
  }

  /** Sort, take what begins with the prefix and comes behind `after`, group, cut. */
  list({ prefix = "", delimiter = "", after, limit = 1_000 }: Asked): Page {
    const groupOf = (text: string): string | undefined => {
      const at = delimiter === "" ? -1 : text.indexOf(delimiter, prefix.length);
      return at < 0 ? undefined : text.slice(0, at + delimiter.length);
    };
    const isBehind = (key: string): boolean => {
      if (after === undefined) return true;
      const isGroup = after.startsWith(prefix) && groupOf(after) === after;
      return key > after && !(isGroup && key.startsWith(after));
    };
    const shown: { text: string; version?: Version }[] = [];
    for (const key of [...this.kept.keys()].sort((a, b) => (a < b ? -1 : 1))) {
      const version = this.kept.get(key)!.versions[0];
      if (version === undefined || version.value === null || !key.startsWith(prefix) || !isBehind(key)) continue;
      const group = groupOf(key);
      if (group === undefined) shown.push({ text: key, version });
      else if (!shown.some((each) => each.version === undefined && each.text === group)) shown.push({ text: group });
    }
    const page = shown.slice(0, limit);
    return {
      keys: page.flatMap(({ text, version }) =>
        version === undefined ? [] : [{ key: text, size: version.value!.length, etag: version.etag }],
      ),
      prefixes: page.flatMap(({ text, version }) => (version === undefined ? [text] : [])),
      hasNext: shown.length > limit,
    };
  }
}

/** CRC32C, bit by bit. */
function checksumOf(value: string): number {
  let crc = 0xffffffff;
  for (const letter of value) {
    crc ^= letter.charCodeAt(0);
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

export const etagOf = (value: string): string => checksumOf(value).toString(16).padStart(8, "0");

export function multipartEtagOf(parts: readonly string[]): string {
  const checksums = parts.flatMap((part) => [24, 16, 8, 0].map((by) => (checksumOf(part) >>> by) & 255));
  return `${etagOf(String.fromCharCode(...checksums))}-${parts.length}`;
}

/**
 * A call at the same time as others, for the search of an order. `take` is the first half of a completion, which is
 * there as a call of unknown outcome of its own.
 */
export type Step =
  | { readonly key: string; readonly take: { readonly uploadId: string; readonly parts: readonly PartTag[] } }
  | (Request & { readonly id: string });

/** Each key is an object of its own: what was answered must come from some order of the calls. */
export const oneKeyAtATime: Model<Kept, Step, Answer> = {
  name: "versions and uploads of a key",
  init: () => NOTHING_KEPT,
  partition: ({ key }) => key,
  step(kept, input, output) {
    if ("take" in input) return [take(kept, input.take.uploadId, input.take.parts) ?? kept];
    const [next, answer] = apply(kept, input, input.id);
    if (output === UNKNOWN || sameAnswer(answer, output)) return [next];
    // "There was none before the call": of two that take a version away at the same time, both may say that they did.
    const isBoth = input.op === "delete-version" && output.status === "ok" && kept.gone.includes(input.versionId);
    return isBoth ? [kept] : [];
  },
  readOnly: (input) => !("take" in input) && (input.op === "get" || input.op === "listed"),
  describe: (input, output) => `${describe(input)}${output === UNKNOWN ? "" : ` -> ${describeAnswer(output)}`}`,
  describeState: ({ versions, uploads }) => {
    const held = versions.map(({ id, value }) => `${id}=${value ?? "marker"}`).join(", ");
    const others = Object.entries(uploads).map(([id, { state }]) => `${id} ${state}`);
    return [`versions: ${held === "" ? "none" : held}`, ...others].join("; ");
  },
};

export const sameAnswer = (a: Answer, b: Answer): boolean =>
  a.status === b.status &&
  a.versionId === b.versionId &&
  a.uploadId === b.uploadId &&
  a.etag === b.etag &&
  a.size === b.size &&
  a.value === b.value;

export function describe(input: Step | Request): string {
  if ("take" in input) return `completion takes ${input.take.uploadId}`;
  const { op, key } = input;
  switch (input.op) {
    case "put": {
      const condition = input.ifNoneMatch !== undefined ? ", if there is none" : "";
      const match = input.ifMatch !== undefined ? `, if it has ETag ${input.ifMatch}` : "";
      return `put(${quote(key)}, ${quote(input.value)}${condition}${match})`;
    }
    case "get":
      return `get(${quote(key)}${input.versionId === undefined ? "" : `, version ${input.versionId}`})`;
    case "delete-version":
      return `delete(${quote(key)}, version ${input.versionId})`;
    case "part":
      return `putPart(${quote(key)}, ${input.uploadId}, ${input.number}, ${quote(input.value)})`;
    case "complete": {
      const parts = input.parts.map(({ number, etag }) => `${number}: ${etag}`).join(", ");
      return `completeUpload(${quote(key)}, ${input.uploadId}, [${parts}])`;
    }
    case "abort":
      return `abortUpload(${quote(key)}, ${input.uploadId})`;
    default:
      return `${op === "begin" ? "beginUpload" : op}(${quote(key)})`;
  }
}

export const describeAnswer = ({ status, versionId, uploadId, value }: Answer): string =>
  [status, value === undefined ? undefined : quote(value), versionId ?? uploadId].filter((each) => each).join(" ");

const quote = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text);
