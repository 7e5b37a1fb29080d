/** Stage 3 of the object store's suite. */

import type { Query } from "../../../../solutions/object-storage/object-store.ts";
import { behavior, ensure, expect, fc, forAll, names, step, violated } from "../../../kit/index.ts";
import type { Fabric } from "../fabric.ts";
import { listInOrder, versionsKept } from "../object-invariants.ts";
import { type Asked, Bucket } from "./oracle.ts";
import { comparePages } from "./sequence.ts";
import { ascii, type Create, putAll, type Store, succeeded, world } from "./world.ts";

export function listBehaviors(create: Create): void {
  behavior("shows every key of a prefix once, in order, page by page", listInOrder, () => {
    forAll(
      buckets,
      ([keys, hidden, query]) => {
        const { fabric, store } = world(create);
        const bucket = new Bucket();
        for (const [i, key] of keys.entries()) {
          const value = "x".repeat(i);
          bucket.do({ op: "put", key, value }, `version ${i}`);
          succeeded(fabric.run(store().put(key, ascii(value))), "put");
          if (!hidden.includes(i)) continue;
          bucket.do({ op: "delete", key }, `marker ${i}`);
          succeeded(fabric.run(store().delete(key)), "delete");
        }
        step(`there are ${keys.map((key, i) => `${JSON.stringify(key)}${hidden.includes(i) ? " (deleted)" : ""}`)}`);
        comparePages(bucket, fabric, store(), query);
      },
      { runs: 250 },
    );
  });

  behavior("goes on behind any text, before, inside or behind prefix and group", listInOrder, () => {
    const { fabric, store } = world(create);
    const bucket = new Bucket();
    for (const key of ["a/1", "a/7", "b", "p/", "p/x/1", "p/x/2", "p/y", "p0", "q"]) {
      bucket.do({ op: "put", key, value: "1" }, key);
      succeeded(fabric.run(store().put(key, ascii("1"))), "put");
    }
    const texts = [
      "",
      "a",
      "a/",
      "a/1",
      "a/5",
      "a/7",
      "a0",
      "b",
      "o",
      "p",
      "p/",
      "p/x",
      "p/x/",
      "p/x/1",
      "p/x/9",
      "p/y",
    ];
    for (const prefix of ["", "p/", "p", "p/x/", "z"])
      for (const delimiter of ["", "/"])
        for (const after of [...texts, "p/z", "p0", "q", "q/", "z"])
          for (const limit of [1, 1_000]) comparePages(bucket, fabric, store(), { prefix, delimiter, after, limit });
  });

  behavior("ends at the last character of Unicode, as key, prefix, delimiter and place to go on", listInOrder, () => {
    const last = "\uffff";
    const keys = [`a${last}1`, `a${last}2`, "b", `b${last}${last}`, "b\u{10ffff}", last, `${last}${last}`, `${last}x`];
    const { fabric, store } = world(create);
    const bucket = new Bucket();
    for (const key of keys) {
      bucket.do({ op: "put", key, value: "1" }, key);
      succeeded(fabric.run(store().put(key, ascii("1"))), "put");
    }
    for (const delimiter of [last, `${last}${last}`, "\u{10ffff}", "\udfff", ""])
      for (const prefix of ["", "a", "b", last, `a${last}`])
        for (const after of [undefined, `a${last}`, "b", last, `${last}${last}`, `b${last}`])
          for (const limit of [1, 2, 1_000]) comparePages(bucket, fabric, store(), { prefix, delimiter, after, limit });
  });

  behavior("says next only when there is more to show, and tells size and ETag", listInOrder, () => {
    const { fabric, store } = world(create);
    putAll(fabric, store(), ["a", "b", "c", "d/1", "d/2"]);
    const { etag } = succeeded(fabric.run(store().put("b", ascii("123456789"))), "put");
    const page = (query: Query) => succeeded(fabric.run(store().list(query)), "list");
    step("a, b, c, d/1 and d/2 are there");
    expect(page({ limit: 2 })).toMatchObject({
      keys: [
        { key: "a", size: 1 },
        { key: "b", size: 9, etag },
      ],
      prefixes: [],
    });
    expect(page({ prefix: "b", limit: 1 }).next, "next after the only key").toBeUndefined();
    expect(page({ prefix: "d/", limit: 2 }).next, "next after the last key").toBeUndefined();
    expect(page({ delimiter: "/", limit: 4 }).next, "next after a group that is the last").toBeUndefined();
    fabric.run(store().delete("c"));
    fabric.run(store().delete("d/1"));
    fabric.run(store().delete("d/2"));
    step("c, d/1 and d/2 are deleted");
    expect(page({ limit: 2 }).next, "next where only deleted keys follow").toBeUndefined();
    expect(
      page({ after: "a" }).keys.map(({ key }) => key),
      "what comes behind a",
    ).toEqual(["b"]);
    expect(
      page({ after: "aa" }).keys.map(({ key }) => key),
      "what comes behind aa",
    ).toEqual(["b"]);
    expect(page({ prefix: "x" })).toEqual({ status: "ok", keys: [], prefixes: [] });
    for (const limit of [0, -1, 1.5, Number.NaN])
      expect(() => fabric.run(store().list({ limit })), `list with limit ${limit}`).toThrow(RangeError);
    const many = Array.from({ length: 1_001 }, (_, i) => `many/${10_000 + i}`);
    putAll(fabric, store(), many);
    step("1,001 keys many/… are there; list without a limit");
    const first = page({ prefix: "many/" });
    expect([first.keys.length, first.next], "keys of the first page, and its next").toEqual([1_000, many[999]]);
    expect(page({ prefix: "many/", after: first.next! }).keys.length, "keys of the second").toBe(1);
  });

  behavior("shows neither what is deleted nor a group of it", versionsKept, () => {
    const { fabric, store } = world(create);
    const hidden = Array.from({ length: 130 }, (_, i) => `b/${String(i).padStart(3, "0")}`);
    putAll(fabric, store(), ["a", ...hidden, "c/1", "c/2", "d"]);
    for (const key of [...hidden, "c/1"]) fabric.run(store().delete(key));
    step("put a, 130 keys b/…, c/1, c/2, d; delete all b/… and c/1");
    expect(listedPages(fabric, store(), { delimiter: "/", limit: 2 })).toEqual([
      { keys: ["a"], prefixes: ["c/"] },
      { keys: ["d"], prefixes: [] },
    ]);
    expect(listedPages(fabric, store(), {})).toEqual([{ keys: ["a", "c/2", "d"], prefixes: [] }]);
    succeeded(fabric.run(store().put("b/007", ascii("back"))), "put");
    expect(listedPages(fabric, store(), { delimiter: "/" })).toEqual([{ keys: ["a", "d"], prefixes: ["b/", "c/"] }]);
  });

  behavior("steps over a group instead of reading it", listInOrder, () => {
    const { fabric, store } = world(create);
    const keys = ["a", "b", "c"].flatMap((folder) => Array.from({ length: 250 }, (_, i) => `${folder}/${1_000 + i}`));
    putAll(fabric, store(), keys);
    fabric.clear();
    step("three groups of 250 keys each; list with the delimiter /");
    expect(listedPages(fabric, store(), { delimiter: "/" })).toEqual([{ keys: [], prefixes: ["a/", "b/", "c/"] }]);
    const read = fabric.calls.reduce((sum, call) => {
      if (call.op !== "scan") return sum;
      const reply = fabric.answer(call);
      return sum + (reply.entries?.length ?? 0);
    }, 0);
    ensure(read <= 400, () => ({
      expected: "at most 400 of 750 entries read: a group has been seen once its first key has",
      got: `${read}`,
    }));
  });

  behavior("keeps its place while keys come and go between the pages", listInOrder, () => {
    const choice = fc.record({ kind: fc.constantFrom("put", "delete"), key: fc.stringMatching(/^[ab]\/?[0-9]$/) });
    const stay = ["a/1", "a/5", "a3", "a7", "b/2", "b5", "b9"];
    forAll(
      fc.tuple(fc.array(fc.array(choice, { maxLength: 3 }), { maxLength: 12 }), fc.integer({ min: 1, max: 3 })),
      ([changes, limit]) => {
        const { fabric, store } = world(create);
        putAll(fabric, store(), stay);
        const seen: string[] = [];
        let after: string | undefined;
        for (let page = 0; page < 40; page++) {
          const listed = succeeded(
            fabric.run(store().list({ limit, ...(after === undefined ? {} : { after }) })),
            "list",
          );
          seen.push(...listed.keys.map(({ key }) => key));
          if (listed.next === undefined) break;
          after = listed.next;
          for (const { kind, key } of changes[page] ?? []) {
            if (stay.includes(key)) continue;
            step(`between two pages: ${kind} ${key}`);
            if (kind === "put") fabric.run(store().put(key, ascii("x")));
            else fabric.run(store().delete(key));
          }
        }
        expect(
          seen.filter((key) => stay.includes(key)),
          "keys that were there all the time",
        ).toEqual([...stay].sort());
        expect(seen, "all keys, in order, none twice").toEqual([...new Set(seen)].sort());
      },
      { runs: 60 },
    );
  });
}

/** Some of them deleted, and a query that is about them. */
const buckets: fc.Arbitrary<[keys: string[], hidden: number[], query: Asked]> = fc
  .uniqueArray(
    fc.oneof(
      { weight: 3, arbitrary: fc.string({ unit: fc.constantFrom("a", "b", "/", "\u00e9", "\uffff"), maxLength: 5 }) },
      { weight: 1, arbitrary: names() },
    ),
    { maxLength: 14 },
  )
  .chain((keys) => {
    // Beginnings of the keys that are there, and what lies close to them.
    const near = fc
      .tuple(fc.constantFrom("", ...keys), fc.nat(6), fc.constantFrom("", "", "/", "\uffff", "\0", "b"))
      .map(([key, length, end]) => key.slice(0, length) + end);
    const query = fc.record({
      prefix: fc.oneof(fc.constant(""), near),
      delimiter: fc.constantFrom("", "/", "/", "ab", "a", "\uffff", "//", "\u{10ffff}"),
      after: fc.oneof(fc.constant(undefined), near),
      limit: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant(1_000)),
    });
    return fc.tuple(fc.constant(keys), fc.array(fc.nat(13), { maxLength: 4 }), query);
  });

/** Follows `next` to the end. */
function listedPages(fabric: Fabric, store: Store, query: Query): { keys: string[]; prefixes: string[] }[] {
  const pages: { keys: string[]; prefixes: string[] }[] = [];
  let after = query.after;
  for (let i = 0; i < 200; i++) {
    const page = succeeded(fabric.run(store.list(after === undefined ? query : { ...query, after })), "list");
    pages.push({ keys: page.keys.map(({ key }) => key), prefixes: [...page.prefixes] });
    if (page.next === undefined) return pages;
    after = page.next;
  }
  return violated({ expected: "a listing that ends", got: `200 pages, the last says next: ${JSON.stringify(after)}` });
}
