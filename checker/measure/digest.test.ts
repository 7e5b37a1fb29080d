import { expect, test } from "vitest";
import type { Outcome } from "../kit/bench.ts";
import { Digest } from "./digest.ts";

const digestOf = (...outcomes: Outcome[]): string => {
  const digest = new Digest();
  for (const outcome of outcomes) digest.add(outcome);
  return digest.toString();
};

test("the same outcomes in the same order have the same digest, others have another", () => {
  const different: Outcome[][] = [
    [],
    [1],
    [2],
    ["1"],
    [true],
    [null],
    [1n],
    [0],
    [-0],
    [Number.NaN],
    [1, 2],
    [2, 1],
    [12],
    [[1, 2]],
    [[1], 2],
    ["a", "bc"],
    ["ab", "c"],
    [Uint8Array.of(1, 2)],
    [Uint8Array.of(2, 1)],
    [Uint16Array.of(513, 0)],
    [{}],
    [{ a: 1 }],
    [{ b: 1 }],
    [{ a: 1, b: 2 }],
    [{ a: { b: 2 } }],
  ];
  expect(new Set(different.map((outcomes) => digestOf(...outcomes))).size).toBe(different.length);
  for (const outcomes of different) expect(digestOf(...outcomes)).toBe(digestOf(...outcomes));
});

test("fields count by name, not by the order in which they were set, and undefined ones do not", () => {
  expect(digestOf({ a: 1, b: 2 })).toBe(digestOf({ b: 2, a: 1, c: undefined }));
});

test("only the viewed part of a buffer counts", () => {
  const bytes = Uint8Array.of(9, 1, 2, 9);
  expect(digestOf(bytes.subarray(1, 3))).toBe(digestOf(Uint8Array.of(1, 2)));
});

test("a benchmark that returns nothing is told so", () => {
  expect(() => digestOf(undefined as unknown as Outcome)).toThrow("returned nothing to compare");
  expect(() => digestOf(new Map())).toThrow("returned a Map to compare");
});
