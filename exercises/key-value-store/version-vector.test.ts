import { expect, test } from "vitest";
import { compare, join, merge, NOTHING, prune, put, type Siblings } from "./version-vector.ts";

const values = (siblings: Siblings<string>): string[] => siblings.versions.map(({ value }) => value).sort();

test("two vectors are concurrent when each has seen something that the other has not", () => {
  expect(compare({ a: 2, b: 1 }, { a: 1, b: 2 })).toBe("concurrent");
  expect(compare({ a: 1 }, { a: 1, b: 2 })).toBe("before");
  expect(merge({ a: 2, b: 1 }, { a: 1, b: 2 })).toEqual({ a: 2, b: 2 });
});

test("a write replaces what its client had read, and nothing else", () => {
  const ann = put<string>(NOTHING, "s1", {}, "milk");
  const bob = put(ann, "s1", {}, "bread");
  expect(values(bob)).toEqual(["bread", "milk"]);
  expect(values(put(bob, "s1", bob.seen, "milk and bread"))).toEqual(["milk and bread"]);
});

test("servers that exchange agree on the siblings", () => {
  const first = put<string>(NOTHING, "s1", {}, "milk");
  const second = put<string>(NOTHING, "s2", {}, "bread");
  expect(join(first, second)).toEqual(join(second, first));
  expect(values(join(first, second))).toEqual(["bread", "milk"]);
});

test("a vector that is small is never pruned", () => {
  const vector = { a: { count: 1, atMs: 0 }, b: { count: 4, atMs: 10 } };
  expect(prune(vector, 1_000_000, { small: 2, big: 2, youngMs: 0, oldMs: 0 })).toEqual(vector);
});
