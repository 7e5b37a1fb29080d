/*
 * Object store. Put, get, versions, lists and uploads in parts, over racks that die, disks that rot and stores that
 * stop.
 *
 * Start with stage 1: Put and get.
 * Chapter: docs/storage/object-storage.mdx
 * Grade it: npx bp check object-storage/object-store
 */

import { crc32c } from "../../given/common/crc32c.ts";
import { requireInteger } from "../../given/common/integers.ts";
import type { Task } from "../../given/object-storage/calls.ts";
import { NotStarted } from "../not-started.ts";
import type { StripeOptions } from "./stripe-store.ts";

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
  /** @throws RangeError as StripeStore does */
  constructor(options: StripeOptions) {
    throw new NotStarted("stage 1: Put and get");
  }

  /** `precondition-failed`: nothing was done. */
  *put(key: string, bytes: Uint8Array, condition: Condition = {}): Task<Result<Stamp>> {
    throw new NotStarted("stage 1: Put and get");
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
    throw new NotStarted("stage 1: Put and get");
  }

  /**
   * Without a version: hides the object behind a marker and returns the marker's version, or none when there was
   * nothing to hide. With one: takes that version away and returns its id; `not-found` when there was none before the
   * call.
   */
  *delete(key: string, versionId?: string): Task<Result<{ readonly versionId?: string }>> {
    throw new NotStarted("stage 2: Versions, markers, conditions");
  }

  /**
   * Objects in the order of their keys (as `<` orders strings), those that are hidden left out; `next` only when there
   * is more to show. Of a group that is shown, no more of the metadata is read than one scan returns.
   * @throws RangeError unless `limit` is 1 or more
   */
  *list(query: Query = {}): Task<Result<Listing>> {
    throw new NotStarted("stage 3: List");
  }

  /** Begins an object that comes in parts. Nothing of it is seen before it is complete. */
  *beginUpload(key: string): Task<Result<{ readonly uploadId: string }>> {
    throw new NotStarted("stage 4: Parts, and storms");
  }

  /**
   * Puts part `number` (1 to 10,000), in any order and of any size; the last put of a number counts. `no-such-upload`:
   * there is none under this key, or it was completed, is being completed or was aborted.
   * @throws RangeError for another number
   */
  *putPart(key: string, uploadId: string, number: number, bytes: Uint8Array): Task<Result<{ readonly etag: string }>> {
    throw new NotStarted("stage 4: Parts, and storms");
  }

  /**
   * Makes the listed parts one object, whose version is the upload's id; parts that are not listed are given back. Said
   * again, with other parts too, it returns the same while that version is there. `invalid-part`: the numbers do not
   * ascend, there are none, or a part was never put or has another ETag; the upload stays open.
   * `no-such-upload`: there is none under this key, it was aborted, or its version has been deleted. After
   * `unavailable` it may be half done, and can no longer be aborted: say it again.
   */
  *completeUpload(
    key: string,
    uploadId: string,
    parts: readonly { readonly number: number; readonly etag: string }[],
  ): Task<Result<Stamp>> {
    throw new NotStarted("stage 4: Parts, and storms");
  }

  /**
   * Gives the upload up and its parts back; said again, it returns `ok` again. `no-such-upload`: there is none under
   * this key, it was completed, or is being completed.
   */
  *abortUpload(key: string, uploadId: string): Task<Result<object>> {
    throw new NotStarted("stage 4: Parts, and storms");
  }
}
