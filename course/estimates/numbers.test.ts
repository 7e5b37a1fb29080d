import { describe, expect, it } from "vitest";
import { evaluate } from "../estimate.ts";
import { numbers } from "./numbers.ts";

const values = (id: string, overrides = {}) =>
  evaluate(numbers.estimates.find((estimate) => estimate.id === id)!, overrides);

describe("numbers", () => {
  it("puts the shortest round trip from London to New York at a little over 55 ms", () => {
    expect(values("light").leastMs).toBeCloseTo(55.7, 1);
    expect(values("light").detour).toBeGreaterThan(1);
  });

  it("gets six thousand commits a second out of one flush at a time, and shares flushes for more", () => {
    expect(values("group-commit").alone).toBe(6250);
    expect(values("group-commit", { writers: 1 }).together).toBe(values("group-commit").alone);
  });

  it("reads a terabyte in minutes from an SSD and in more than an hour from a disk", () => {
    expect(values("scan").ssdS).toBe(125);
    expect(values("scan").hddS).toBeGreaterThan(3600);
  });
});
