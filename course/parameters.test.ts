import { describe, expect, it } from "vitest";
import { findParameter, groups, parameterSources, parameters, rangeOf } from "./parameters.ts";

describe("the parameters of the course", () => {
  it("stand there once each, in a group of the page", () => {
    expect(new Set(parameters.map(({ id }) => id)).size).toBe(parameters.length);
    for (const { id: group } of groups) expect(parameters.some((each) => each.group === group)).toBe(true);
  });

  it.each(parameters)("$id has a source, or says that it is assumed", ({ basis, source, note, value, unit }) => {
    expect(source === undefined).toBe(basis === "assumed");
    expect(Number.isFinite(value) && value > 0).toBe(true);
    expect(unit).not.toBe("");
    expect(note).toMatch(/^[A-Z0-9].*\.$/s);
  });

  it.each(parameters)("$id says what makes the difference between its readings", ({ readings }) => {
    for (const { low, high = low, of } of readings) {
      expect(of.length).toBeGreaterThan(2);
      expect(low).toBeLessThanOrEqual(high);
    }
  });

  it("use every source that is listed", () => {
    const used = new Set(
      parameters.flatMap(({ source, readings }) => [source, ...readings.map((each) => each.source)]),
    );
    expect(Object.keys(parameterSources).filter((id) => !used.has(id as keyof typeof parameterSources))).toEqual([]);
  });

  it("give a range that holds the value", () => {
    expect(rangeOf(findParameter("rttSameZoneUs"))).toEqual([250, 908]);
    expect(rangeOf(findParameter("proxyHopUs"))).toEqual([50, 50]);
    expect(() => findParameter("fsync")).toThrow(/has no "fsync"/);
  });
});
