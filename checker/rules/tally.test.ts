import { expect, test } from "vitest";
import { tallyOf } from "./tally.ts";

test("a step that counts for itself adds its own counts, from its last line", () => {
  expect(tallyOf("1 passed, 1 failed\nmore\n12 passed, 3 failed (4 s)\n", 1)).toEqual({ passed: 12, failed: 3 });
});

test("a step that does not count is one check", () => {
  expect(tallyOf("fine\n", 0)).toEqual({ passed: 1, failed: 0 });
  expect(tallyOf("5 passed tests, 0 failed\n", 2)).toEqual({ passed: 0, failed: 1 });
});

test("a bad end is a failure, whatever was counted", () => {
  expect(tallyOf("12 passed, 0 failed\n", 1)).toEqual({ passed: 12, failed: 1 });
  expect(tallyOf("12 passed, 0 failed\n", null)).toEqual({ passed: 12, failed: 1 });
  expect(tallyOf("0 passed, 0 failed\n", 0)).toEqual({ passed: 0, failed: 1 });
});
