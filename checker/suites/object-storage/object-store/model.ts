/** What a store should hold, as simply as it can be said; and stores over a fabric. */

import type {
  Listing,
  Query,
  ObjectStore as Reference,
  Result,
} from "../../../../solutions/object-storage/object-store.ts";
import type { StripeOptions } from "../../../../solutions/object-storage/stripe-store.ts";
import { ensure, show, violated } from "../../../kit/index.ts";
import { Fabric, pattern } from "../fabric.ts";

/** The public side of the learner's class: private fields make classes of the same shape differ. */
export type Store = Pick<Reference, keyof Reference>;
export type Create = (options: StripeOptions) => Store;

export const K = 2;
export const M = 2;

/** Six racks of two nodes, 2 + 2, units of 4 bytes; any number of stores. */
export function world(create: Create): { fabric: Fabric; store: () => Store } {
  const fabric = new Fabric({ racks: 6, nodesPerRack: 2 });
  const options = { dataFragments: K, parityFragments: M, unitBytes: 4, places: fabric.placesOf, newId: fabric.newId };
  return { fabric, store: () => create(options) };
}

export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
export const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
export const content = (salt: number): Uint8Array => pattern(20 + (salt % 7), salt);

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

/** Pages of a listing, by the book: sort, filter, group, cut. */
export function pagesOf(keys: readonly string[], query: Query): Pick<Listing, "prefixes">[] & { keys: string[] }[] {
  const { prefix = "", delimiter = "", limit = 1_000 } = query;
  const shown: { text: string; isGroup: boolean }[] = [];
  for (const key of [...keys].sort((a, b) => (a < b ? -1 : 1))) {
    if (!key.startsWith(prefix)) continue;
    const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const entry = at < 0 ? key : key.slice(0, at + delimiter.length);
    if (shown.at(-1)?.text !== entry || shown.at(-1)?.isGroup !== true) shown.push({ text: entry, isGroup: at >= 0 });
  }
  const pages: { keys: string[]; prefixes: string[] }[] = [];
  for (let i = 0; i === 0 || i < shown.length; i += limit) {
    const page = shown.slice(i, i + limit);
    const of = (isGroup: boolean) => page.filter((each) => each.isGroup === isGroup).map((each) => each.text);
    pages.push({ keys: of(false), prefixes: of(true) });
  }
  return pages;
}

/** Follows `next` to the end. */
export function listedPages(fabric: Fabric, store: Store, query: Query): { keys: string[]; prefixes: string[] }[] {
  const pages: { keys: string[]; prefixes: string[] }[] = [];
  let after = query.after;
  for (let i = 0; i < 200; i++) {
    const page = succeeded(fabric.run(store.list(after === undefined ? query : { ...query, after })), "list");
    pages.push({ keys: page.keys.map(({ key }) => key), prefixes: [...page.prefixes] });
    if (page.next === undefined) return pages;
    after = page.next;
  }
  return violated({ expected: "a listing that ends", got: `200 pages, the last says next: ${show(after)}` });
}
