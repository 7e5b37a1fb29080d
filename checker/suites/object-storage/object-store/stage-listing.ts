/** Stage 3 of the object store's suite. */

import type { Query } from "../../../../solutions/object-storage/object-store.ts";
import { behavior, ensure, expect, fc, forAll, step } from "../../../kit/index.ts";
import type { Fabric } from "../fabric.ts";
import { listInOrder, versionsKept } from "../object-invariants.ts";
import { ascii, type Create, listedPages, pagesOf, type Store, succeeded, world } from "./model.ts";

const putAll = (fabric: Fabric, store: Store, keys: readonly string[]): void => {
  for (const key of keys) succeeded(fabric.run(store.put(key, ascii(key))), "put");
};

export function listBehaviors(create: Create): void {
  behavior("shows every key of a prefix once, in order, page by page", listInOrder, () => {
    const keys = fc.uniqueArray(
      fc.string({ unit: fc.constantFrom("a", "b", "/", "\u00e9"), minLength: 1, maxLength: 5 }),
      { maxLength: 14 },
    );
    const query = fc.record({
      prefix: fc.constantFrom("", "a", "a/", "b/a", "/"),
      delimiter: fc.constantFrom("", "/", "/", "ab"),
      limit: fc.integer({ min: 1, max: 5 }),
    });
    forAll(
      fc.tuple(keys, query),
      ([present, wanted]) => {
        const { fabric, store } = world(create);
        putAll(fabric, store(), present);
        step(`put ${present.map((key) => JSON.stringify(key)).join(", ")}; list ${JSON.stringify(wanted)} to the end`);
        expect(listedPages(fabric, store(), wanted), "pages").toEqual(pagesOf(present, wanted));
      },
      { runs: 150 },
    );
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
    expect(() => fabric.run(store().list({ limit: 0 }))).toThrow(RangeError);
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
    ]); // prettier-ignore
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
