import { describe, expect, it } from "vitest";
import { evaluate } from "../estimate.ts";
import { keyValueStoreEstimates } from "../estimates/key-value-store.ts";
import { dimensions } from "../rubric.ts";
import { keyValueStoreInterview } from "./key-value-store.ts";

const sheets = Object.values(keyValueStoreInterview.sheets);

describe("the key-value store's interview", () => {
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

  it.each(sheets)("$level: opens every probe with a prompt", ({ probes, prompts }) => {
    const opened = new Set(prompts.map(({ probe }) => probe));
    for (const { id } of probes) expect(opened).toContain(id);
  });

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
    const scored = new Map(keyValueStoreInterview.calibration.key.map(({ dimension, score }) => [dimension, score]));
    const total = dimensions.reduce((sum, { id, weight }) => sum + (weight * (scored.get(id) ?? 3)) / 4, 0);
    expect(total).toBeLessThan(60);
  });

  it("uses the figures that the chapter computes", () => {
    const of = (id: string) => evaluate(keyValueStoreEstimates.estimates.find((estimate) => estimate.id === id)!);
    const said = JSON.stringify(keyValueStoreInterview);
    expect(of("fleet")).toMatchObject({
      dataBytes: 5.2e12,
      storedBytes: 15.6e12,
      nodes: 16,
      nodeWritesPerSecond: 37_500,
    });
    expect(said).toContain("are 5.2 TB, three copies 15.6 TB");
    expect(said).toContain("16 machines, 37,500 writes a second on each");
    expect(of("amplification")).toMatchObject({ leveledWrites: 32, tieredWrites: 8, tieredRuns: 21 });
    expect(of("amplification")).toMatchObject({ leveledNodes: 50, tieredNodes: 13 });
    expect(said).toContain(
      "written about 32 times and the writes need 50 machines; with tiers 8 times and 13 machines",
    );
    expect(said).toContain("The price is 21 runs to ask, which filters of 1.1 GB a node reduce to a fifth of a read");
    expect(Math.round(of("bloom").filterBytes! / 1e8)).toBe(11);
    expect(Math.round(10 * of("bloom").readsWith!)).toBe(2);
    expect(Math.floor(of("availability").allMinutes!)).toBe(129);
    expect(Math.floor(of("availability").oneMinutes!)).toBe(43);
    expect(Math.round(60 * of("availability").majorityMinutes!)).toBe(8);
    expect(said).toContain(
      "down 129 minutes a month for writes, worse than one machine at 43. Two of three: eight seconds",
    );
    expect(of("syncs")).toMatchObject({ commitsPerSecond: 1_000, group: 37.5, commitMs: 1.5, atRisk: 375_000 });
    expect(said).toContain("375,000 acknowledged writes of a node at risk");
    expect(Math.round(100 * of("spares").twoOfThree!)).toBe(3);
    expect(said).toContain("three in ten thousand");
    expect(of("vectors").byClient).toBe(160_000);
    expect(said).toContain("Entries for clients would be 160 kB");
    expect(Math.floor(of("replacement").oneSourceHours!)).toBe(11);
    expect(of("replacement").spreadHours!).toBeLessThan(2);
    expect(said).toContain("From one neighbor at 50 MB/s: 11 hours");
    expect(of("cost").dollarsPerGigabyte!.toFixed(2)).toBe("1.35");
    expect(said).toContain("A gigabyte costs 1.35 dollars a month");
  });
});
