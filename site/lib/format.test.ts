import { describe, expect, it } from "vitest";
import { formatDuration, formatNumber, formatQuantity, quantityParts } from "./format.ts";

describe("formatQuantity", () => {
  it.each([
    [1.6e8, "bytes", "160 MB"],
    [1, "bytes", "1 byte"],
    [999, "bytes", "999 bytes"],
    [1000, "bytes", "1 kB"],
    [1.21e15, "bytes", "1.21 PB"],
    [1e9, "bytes/s", "1 GB/s"],
    [1e7, "keys", "10 million keys"],
    [86_400, "s", "86,400 s"],
    [1234.5, "req/s", "1,235 req/s"],
    [0.25, "", "0.25"],
    [12.345, "%", "12.3%"],
    [2, "x", "2×"],
    [0, "keys", "0 keys"],
    [1.7e-10, "losses/year", "1.7 × 10⁻¹⁰ losses/year"],
  ])("writes %d %s as %s", (value, unit, text) => {
    expect(formatQuantity(value, unit)).toBe(text);
  });

  it("says that a division by zero has no value rather than printing NaN", () => {
    expect(quantityParts(Number.NaN, "s")).toEqual(["undefined", "s"]);
    expect(quantityParts(Number.POSITIVE_INFINITY, "s")).toEqual(["∞", "s"]);
  });
});

describe("formatNumber", () => {
  it("keeps three significant digits below a thousand", () => {
    expect(formatNumber(59.3456)).toBe("59.3");
    expect(formatNumber(0.12345)).toBe("0.123");
  });
});

describe("formatDuration", () => {
  it("changes unit where the number would become unreadable", () => {
    expect([formatDuration(850), formatDuration(2500), formatDuration(240_000)]).toEqual(["850 ms", "2.5 s", "4 min"]);
  });
});
