import { describe, expect, it } from "vitest";
import { evaluate } from "../estimate.ts";
import { stockExchangeEstimates } from "../estimates/stock-exchange.ts";
import { dimensions } from "../rubric.ts";
import { stockExchangeInterview } from "./stock-exchange.ts";

const sheets = Object.values(stockExchangeInterview.sheets);

describe("the stock exchange's interview", () => {
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
    const scored = new Map(stockExchangeInterview.calibration.key.map(({ dimension, score }) => [dimension, score]));
    const total = dimensions.reduce((sum, { id, weight }) => sum + (weight * (scored.get(id) ?? 3)) / 4, 0);
    expect(total).toBeLessThan(60);
  });

  it("uses the figures that the chapter computes", () => {
    const of = (id: string) => evaluate(stockExchangeEstimates.estimates.find((estimate) => estimate.id === id)!);
    const said = JSON.stringify(stockExchangeInterview);
    const { averagePerSecond, peakPerSecond, budgetNs, busy, headroom, capacityPerSecond, hottestPerSecond } =
      of("load");
    expect(Math.round(averagePerSecond! / 1e3)).toBe(43);
    expect(Math.round(peakPerSecond! / 1e3)).toBe(214);
    expect((budgetNs! / 1e3).toFixed(1)).toBe("4.7");
    expect(said).toContain("43,000 orders a second, and five times that at the peak, 214,000");
    expect(said).toContain("4.7 microseconds");
    expect(Math.round(busy!)).toBe(4);
    expect(said).toContain("four percent busy");
    expect(Math.round(headroom!)).toBe(23);
    expect(said).toContain("23 times of headroom");
    expect(Math.round(capacityPerSecond! / hottestPerSecond!)).toBe(117);
    expect(said).toContain("five million a second, 117 times its share of today's peak");
    expect(of("path")).toMatchObject({ hops: 4, brokersUs: 2_000, overLimit: 2, copyUs: 50 });
    expect(of("path").ringsUs).toBeCloseTo(1.2, 9);
    expect(Math.round(of("path").copyShare!)).toBe(49);
    expect(said).toContain("four hand-overs through brokers are 2 milliseconds, twice the limit");
    expect(said).toContain("through memory, 1.2 microseconds");
    expect(Math.round(of("path").siteKm!)).toBe(95);
    expect(said).toContain("at some 95 km the millisecond is gone");
    expect(of("book").totalBytes).toBe(680e6);
    expect(said).toContain("680 MB");
    expect(of("list").bookOrders! / 2).toBe(50_000);
    expect(Math.round(of("list").walkOverBudget! / 1e3)).toBe(1);
    expect(said).toContain("walks 50,000 orders: a thousand times the budget");
    expect(of("wallet").serialPerSecond).toBe(2_000);
    expect(Math.round(of("wallet").shortfall!)).toBe(107);
    expect(Math.round(of("wallet").balancesBytes! / 1e6)).toBe(81);
    expect(said).toContain("a loop of two thousand a second, 107 times too slow");
    expect(said).toContain("All balances are some 81 MB");
    expect(of("ring").slots).toBe(4_096);
    expect(said).toContain("a pause of 10 ms: 4,096 slots");
    expect(Math.round(of("journal").group!)).toBe(34);
    expect(said).toContain("groups of about 34");
    expect((of("downtime").sessionMs! / 1e3).toFixed(1)).toBe("2.3");
    expect(of("downtime")).toMatchObject({ detectMs: 100, failoverMs: 250 });
    expect(said).toContain("noticed after 100 ms, fenced and switched after 250");
    expect(of("recovery").fullSeconds).toBe(200);
    expect(Math.round(of("recovery").snapshotSeconds!)).toBe(26);
    expect(Math.round(of("recovery").overBudget!)).toBe(11);
    expect(said).toContain("a replay from a snapshot is 26, eleven times over");
    expect(Math.floor(of("fan-out").messagesPerSecond! / 1e3)).toBe(256);
    expect(Math.round(of("gap").missed! / 1e3)).toBe(5);
    expect(said).toContain("With 256,000 messages a second, an outage of 20 ms is some 5,000 messages");
    expect(of("cross")).toMatchObject({ cancelsPerSecond: 500, busyMs: 20 });
    expect(Math.round(of("cross").busyRounds! / 1e3)).toBe(22);
    expect(said).toContain(
      "with 500 cancels a second and 20 ms for a round, a loop that waits for a quiet round needs some 22,000",
    );
    expect(Math.round(of("cost").dollarsPerMonth! / 1e3)).toBe(15);
    expect(said).toContain("Machines are 15,000 dollars a month");
  });
});
