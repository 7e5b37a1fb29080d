import { expect, it } from "vitest";
import { isStatus, STATUSES, statusWords, toneOf } from "./report.ts";

it("gives no other verdict than passed the color of flow", () => {
  expect(STATUSES.filter((status) => toneOf(status) === "flow")).toEqual(["passed"]);
});

it("knows its own statuses and no others", () => {
  expect(STATUSES.every(isStatus)).toBe(true);
  expect(["", "pass", "toString", "a status of a later version", null, 1].filter(isStatus)).toEqual([]);
});

it("says a status as words", () => {
  expect(statusWords("out-of-memory")).toBe("out of memory");
});
