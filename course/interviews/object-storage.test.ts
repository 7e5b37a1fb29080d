import { describe, expect, it } from "vitest";
import { evaluate } from "../estimate.ts";
import { objectStorageEstimates } from "../estimates/object-storage.ts";
import { dimensions } from "../rubric.ts";
import { objectStorageInterview } from "./object-storage.ts";

const sheets = Object.values(objectStorageInterview.sheets);

describe("the object store's interview", () => {
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
    const scored = new Map(objectStorageInterview.calibration.key.map(({ dimension, score }) => [dimension, score]));
    const total = dimensions.reduce((sum, { id, weight }) => sum + (weight * (scored.get(id) ?? 3)) / 4, 0);
    expect(total).toBeLessThan(60);
  });

  it("uses the figures that the chapter computes", () => {
    const of = (id: string) => evaluate(objectStorageEstimates.estimates.find((estimate) => estimate.id === id)!);
    const said = JSON.stringify(objectStorageInterview);
    expect(of("objects").meanBytes! / 1e6).toBeCloseTo(59.3, 6);
    expect((of("objects").objectsFull! / 1e9).toFixed(2)).toBe("1.69");
    expect((of("objects").metadataFull! / 1e12).toFixed(1)).toBe("1.7");
    expect(said).toContain("100 PB over 59.3 MB is 1.69 billion objects. At a kilobyte each the metadata is 1.7 TB");
    expect(of("disks")).toMatchObject({ eightFour: 9_375, copies: 18_750, nodes: 261 });
    expect(Math.round(of("disks").failingPerYear!)).toBe(147);
    expect(said).toContain("9,375 disks of 20 TB with 8 + 4, 18,750 with three copies");
    expect((of("schemes").copiesLoss! * 1e9).toFixed(1)).toBe("1.2");
    expect(of("schemes").eightFourLoss).toBeLessThan(1e-13);
    expect(Math.round(of("schemes").worse!)).toBe(20);
    expect(Math.floor(of("schemes").eightFourNines!)).toBe(13);
    expect(said).toContain("8 + 4 gives thirteen at 6.5 days of repair");
    expect(Math.round(of("repair").spareHours!)).toBe(30);
    expect(of("repair").spreadHours!.toFixed(1)).toBe("1.4");
    expect(Math.round(of("repair").spareNines!)).toBe(16);
    expect(said).toContain("repair: 1.4 h spread,<br/>30 h to one disk");
    expect(Math.round(of("racks").unreadable! / 1_000)).toBe(131);
    expect(Math.round(of("scrub").meanDays!)).toBe(9);
    expect(Math.floor(of("heartbeats").entriesIfLogged! / 1e6)).toBe(22);
    expect(Math.round(of("heartbeats").mapBytes! / 1_000)).toBe(226);
    expect(said).toContain("226 kB that change about once a day");
    expect(of("seeks").wholeReads).toBe(750_000);
    expect(Math.round(of("seeks").cutReads! / 1_000)).toBe(114);
    expect(of("traffic").rate).toBeLessThan(1e9);
    expect(Math.round(of("cost").codedMonth! / 1_000)).toBe(109);
    expect(of("cost").perTerabyte!.toFixed(2)).toBe("1.09");
    expect(Math.round(1e17 / 1e10 / 86_400)).toBe(116);
    expect(said).toContain("at 10 GB/s that is 116 days");
  });
});
