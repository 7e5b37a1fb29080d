import { expect, test } from "vitest";
import { Ledger } from "./ledger.ts";

test("takes what fits", () => {
  const counter = new Ledger(5);
  expect(counter.add(3)).toBe(true);
  expect(counter.used()).toBe(3);
});

test("refuses what does not fit", () => {
  const counter = new Ledger(5);
  expect(counter.add(6)).toBe(false);
  expect(counter.used()).toBe(0);
});
