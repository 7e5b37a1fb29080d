import { expect, test } from "vitest";
import { type Put, wrongSiblings } from "./siblings.ts";

const put = (value: string, read: string[] = [], acknowledged = true): Put => ({ value, read, acknowledged });

test("concurrent puts are siblings, and one that was read is not", () => {
  expect(wrongSiblings([put("a"), put("b")], ["a", "b"])).toBeUndefined();
  expect(wrongSiblings([put("a"), put("b", ["a"])], ["b"])).toBeUndefined();
  expect(wrongSiblings([put("a"), put("b", ["a"])], ["a", "b"])).toContain("has replaced it");
});

test("an acknowledged put may only be missing when it was read, directly or not", () => {
  expect(wrongSiblings([put("a"), put("b")], ["b"])).toContain("a was acknowledged");
  expect(wrongSiblings([put("a"), put("b", ["a"], false), put("c", ["b"])], ["c"])).toBeUndefined();
});

test("a put without an answer may be there or not, and may have replaced what it read", () => {
  const puts = [put("a"), put("b", ["a"], false)];
  expect(wrongSiblings(puts, ["a"])).toBeUndefined();
  expect(wrongSiblings(puts, ["b"])).toBeUndefined();
  expect(wrongSiblings(puts, [])).toContain("a was acknowledged");
});

test("nothing is there that nobody put, and nothing twice", () => {
  expect(wrongSiblings([put("a")], ["a", "x"])).toContain("nobody put it");
  expect(wrongSiblings([put("a")], ["a", "a"])).toContain("twice");
});
