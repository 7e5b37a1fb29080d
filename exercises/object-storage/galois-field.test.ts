import { expect, test } from "vitest";
import { add, divide, inverse, multiply, multiplyAddSlice, power } from "./galois-field.ts";

test("multiplies as JavaReedSolomon does", () => {
  expect(multiply(3, 4)).toBe(12);
  expect(multiply(7, 7)).toBe(21);
  expect(multiply(23, 45)).toBe(41);
});

test("every element but 0 has an inverse", () => {
  for (let a = 1; a < 256; a++) expect(multiply(a, inverse(a))).toBe(1);
  expect(() => divide(1, 0)).toThrow(RangeError);
});

test("raises to a power", () => {
  expect(power(5, 20)).toBe(235);
  expect(power(0, 0)).toBe(1);
});

test("adds the multiple of a slice", () => {
  const target = Uint8Array.of(1, 1, 1);
  multiplyAddSlice(7, Uint8Array.of(0, 1, 7), target);
  expect([...target]).toEqual([1, add(1, 7), add(1, 21)]);
});
