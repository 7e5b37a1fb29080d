/** Stores over a fabric; calls on them, said as the oracle says them. */

import type { Task } from "../../../../given/object-storage/calls.ts";
import type { Listing, ObjectStore as Reference, Result } from "../../../../solutions/object-storage/object-store.ts";
import type { StripeOptions } from "../../../../solutions/object-storage/stripe-store.ts";
import { ensure, show, violated } from "../../../kit/index.ts";
import { Fabric, pattern } from "../fabric.ts";
import type { Answer, Request } from "./oracle.ts";

/** The public side of the learner's class: private fields make classes of the same shape differ. */
export type Store = Pick<Reference, keyof Reference>;
export type Create = (options: StripeOptions) => Store;

export const K = 2;
export const M = 2;
export const FRAGMENTS = K + M;

/** Six racks of two nodes, 2 + 2, units of 4 bytes; any number of stores. */
export function world(create: Create): { fabric: Fabric; store: () => Store } {
  const fabric = new Fabric({ racks: 6, nodesPerRack: 2 });
  const options = { dataFragments: K, parityFragments: M, unitBytes: 4, places: fabric.placesOf, newId: fabric.newId };
  return { fabric, store: () => create(options) };
}

export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
export const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
export const content = (salt: number): Uint8Array => pattern(20 + (salt % 7), salt);

type AnyTask = Task<Result<object>>;

/** The call on a store. */
export function taskOf(store: Store, request: Request): AnyTask {
  const { key } = request;
  switch (request.op) {
    case "put": {
      const { ifMatch, ifNoneMatch } = request;
      const condition = {
        ...(ifMatch === undefined ? {} : { ifMatch }),
        ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
      };
      return store.put(key, ascii(request.value), condition);
    }
    case "get":
      return store.get(key, request.versionId === undefined ? {} : { versionId: request.versionId });
    case "listed":
      return store.list({ prefix: key });
    case "delete":
      return store.delete(key);
    case "delete-version":
      return store.delete(key, request.versionId);
    case "begin":
      return store.beginUpload(key);
    case "part":
      return store.putPart(key, request.uploadId, request.number, ascii(request.value));
    case "complete":
      return store.completeUpload(key, request.uploadId, request.parts);
    case "abort":
      return store.abortUpload(key, request.uploadId);
    default:
      throw new Error(`no such call: ${JSON.stringify(request satisfies never)}`);
  }
}

/** What was returned, in the oracle's words. */
export function answerOf(request: Request, result: Result<object>): Answer {
  if (result.status !== "ok") return { status: result.status };
  if (request.op === "listed") {
    const found = (result as unknown as Listing).keys.find(({ key }) => key === request.key);
    return found === undefined ? { status: "not-found" } : { status: "ok", etag: found.etag, size: found.size };
  }
  const { etag, versionId, uploadId, size, bytes } = result as Said;
  switch (request.op) {
    case "put":
    case "complete":
      return { status: "ok", etag, versionId };
    case "get":
      return { status: "ok", etag, versionId, size, value: bytes === undefined ? undefined : text(bytes) };
    case "begin":
      return { status: "ok", uploadId };
    case "part":
      return { status: "ok", etag };
    case "abort":
      return { status: "ok" };
    default:
      return { status: "ok", versionId };
  }
}

interface Said {
  readonly etag?: string;
  readonly versionId?: string;
  readonly uploadId?: string;
  readonly size?: number;
  readonly bytes?: Uint8Array;
}

/** What was returned, which must be a success. */
export function succeeded<Success>(result: Result<Success>, what: string): Success {
  if (result.status === "ok") return result;
  return violated({ expected: `${what} to succeed`, got: show(result) });
}

export function expectStatus(result: { readonly status: string }, expected: string, what: string): void {
  ensure(result.status === expected, () => ({ expected: `${what}: ${expected}`, got: show(result) }));
}

/** The text under a key, or why there is none. */
export function textAt(fabric: Fabric, store: Store, key: string, versionId?: string): string {
  const result = fabric.run(store.get(key, versionId === undefined ? {} : { versionId }));
  return result.status === "ok" ? text(result.bytes) : result.status;
}

export function putAll(fabric: Fabric, store: Store, keys: readonly string[]): void {
  for (const key of keys) succeeded(fabric.run(store.put(key, ascii(key))), "put");
}
