import { describe, expect, it } from "vitest";
import { evaluate } from "../estimate.ts";
import { rateLimiterEstimates } from "../estimates/rate-limiter.ts";
import { dimensions } from "../rubric.ts";
import { rateLimiterInterview } from "./rate-limiter.ts";

const sheets = Object.values(rateLimiterInterview.sheets);

describe("the rate limiter's interview", () => {
  it.each(sheets)(
    "$level: covers framing, estimation, interfaces, correctness and operations with a probe",
    (sheet) => {
      const probed = new Set(sheet.probes.map((probe) => probe.dimension));
      for (const dimension of ["framing", "estimation", "interfaces", "correctness", "operations"] as const) {
        // At staff level nobody asks about interfaces: it has to come unprompted.
        if (sheet.level === "staff" && dimension === "interfaces") continue;
        expect(probed).toContain(dimension);
      }
    },
  );

  it.each(sheets)("$level: has five boards, the last one at the end, each in words as well", ({ boards }) => {
    expect(boards).toHaveLength(5);
    expect(boards.at(-1)!.minute).toBe(45);
    for (const { alt } of boards) expect(alt.length).toBeGreaterThan(60);
  });

  it.each(sheets)("$level: has three forks whose replies move in the order of their grades", ({ forks }) => {
    expect(forks).toHaveLength(3);
    for (const { replies } of forks) {
      const moved = replies.map(({ moves }) => moves.reduce((sum, move) => sum + move.by, 0));
      expect(moved).toEqual([...moved].sort((a, b) => a - b));
      expect(moved[0]).toBeLessThan(0);
    }
  });

  it.each(sheets)("$level: changes a requirement at minute 28, during the deep dives", ({ change, phases }) => {
    expect(change.minute).toBe(28);
    const phase = phases.find(({ startMinute, endMinute }) => startMinute <= 28 && 28 < endMinute)!;
    expect(phase.title.toLowerCase()).toContain("deep dives");
  });

  it("gets stricter with the level", () => {
    const [mid, senior, staff] = sheets.map(({ hintBudget }) => hintBudget);
    expect(mid).toBeGreaterThan(senior!);
    expect(senior).toBeGreaterThan(staff!);
  });

  it("scores the bad transcript below a hire, whatever the untouched dimensions get at level", () => {
    const scored = new Map(rateLimiterInterview.calibration.key.map(({ dimension, score }) => [dimension, score]));
    const total = dimensions.reduce((sum, { id, weight }) => sum + (weight * (scored.get(id) ?? 3)) / 4, 0);
    expect(total).toBeLessThan(60);
  });

  it("uses the figures that the chapter computes", () => {
    const of = (id: string) => evaluate(rateLimiterEstimates.estimates.find((estimate) => estimate.id === id)!);
    const said = JSON.stringify(rateLimiterInterview);
    expect(of("memory").tokenBucketRaw).toBe(160e6);
    expect(said).toContain("160 MB");
    expect(of("checks").shards).toBe(17);
    expect(said).toContain("a million over 60,000 per shard is 17");
    expect(of("leases")).toMatchObject({ centralBound: 61_000, outstanding: 1_000 });
    expect(said).toContain("add 1,000 to 61,000 in a minute");
    expect(of("hot-key").cachedChecksPerSecond).toBe(500);
    expect(said).toContain("500 checks a second remain");
    expect(of("timeout")).toMatchObject({ waitingLong: 20_000, waitingShort: 100 });
    expect(said).toContain("a second of waiting holds 20,000 requests, five milliseconds hold 100");
    expect(of("even-split").share).toBe(8);
    expect(said).toContain("eight per cent of its quota");
    expect(Math.round(of("cost").dollarsPerBillion! * 10) / 10).toBe(2.4);
    expect(said).toContain("2.4 dollars per billion checks");
  });
});
