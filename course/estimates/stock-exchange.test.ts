import { describe, expect, it } from "vitest";
import { evaluate, solveBreakEven, type Values } from "../estimate.ts";
import { stockExchangeEstimates } from "./stock-exchange.ts";

describe("the stock exchange's estimates", () => {
  it("compute finite numbers from their defaults", () => {
    for (const estimate of stockExchangeEstimates.estimates) {
      for (const [id, value] of Object.entries(evaluate(estimate)))
        expect(Number.isFinite(value), `${estimate.id}.${id} is ${value}`).toBe(true);
    }
  });

  it("reproduce the worked figures: a billion orders in 6.5 h are 43 k/s, five times that at the peak", () => {
    const { averagePerSecond, peakPerSecond } = of("load");
    expect(Math.round(averagePerSecond! / 1e3)).toBe(43);
    expect(Math.round(peakPerSecond! / 1e3)).toBe(214);
  });

  it("reproduce the worked figure: four nines leave 8.64 s of a day", () => {
    expect(of("downtime").dayMs).toBeCloseTo(8_640, 6);
  });

  it("decide what they say: one thread, memory, no broker, no call, a warm standby, multicast", () => {
    expect(of("load").headroom).toBeGreaterThan(10);
    expect(of("path").overLimit).toBeGreaterThan(1);
    expect(of("path").totalUs).toBeLessThan(of("path").limitUs!);
    expect(of("path").zoneTotalUs).toBeLessThan(of("path").limitUs!);
    expect(of("book").memoryShare).toBeLessThan(1);
    expect(of("order-bytes").totalBytes).toBeLessThanOrEqual(of("book").orderBytes!);
    expect(of("wallet").shortfall).toBeGreaterThan(100);
    expect(of("journal").shortfall).toBeGreaterThan(10);
    expect(of("recovery").overBudget).toBeGreaterThan(1);
    expect(of("downtime").failovers).toBeGreaterThan(1);
    expect(of("fan-out").links).toBeGreaterThan(10);
    expect(of("cost").keptShare).toBeLessThan(50);
    expect(of("cross").busySeconds).toBeGreaterThan(60);
  });

  it.each<[string, number]>([
    // One order would have to take all of a thread's time at the peak.
    ["load", 4_680],
    // 40 + 4 x 2 x 112.5 + 10 + 50 = 1,000
    ["path", 112.5],
    ["list", 77],
    ["order-bytes", 16],
    // Two fsyncs of 160 µs, one under way and one's own.
    ["journal", 320],
    // 8,192 / 2 orders have waited.
    ["ring", 4_096 / 213.675],
    ["wallet", 4.68],
    ["fan-out", 40],
    ["gap", 39_000],
    ["downtime", 2_340 - 100],
    ["cross", 50],
  ])("flip where arithmetic by hand says: %s at %d", (id, at) => {
    const flip = solveBreakEven(find(id))!;
    expect(flip.at / at).toBeCloseTo(1, 3);
  });

  it("count the hand-overs of an order from stop to stop", () => {
    const { inputs } = find("path");
    const [, stops] = inputs.find(({ id }) => id === "hops")!.label.split(": ");
    expect(of("path").hops).toBe(stops!.split(", ").length - 1);
    expect(of("path")).toMatchObject({ brokersUs: 2_000 });
    expect(of("path").ringsUs).toBeCloseTo(1.2, 9);
  });

  it("place a second site as far as the limit lets light travel twice", () => {
    const { limitUs, edgeUs, ringsUs, workUs, siteKm } = of("path");
    expect(edgeUs! + ringsUs! + workUs! + siteKm! * 2 * 5).toBeCloseTo(limitUs!, 6);
  });

  it("agree with a simulation of the loop that recomputes until no cancel came", () => {
    // Cancels at 100 a second, rounds of 20 ms: e², 7.4 rounds.
    const { busyRounds } = of("cross", { cancelsPerSecond: 100 });
    let state = 1;
    const random = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    let rounds = 0;
    const crosses = 20_000;
    for (let i = 0; i < crosses; i++) {
      // The next cancel is exponentially far away; a round ends the loop when it is further than 20 ms.
      do rounds++;
      while (-Math.log(1 - random()) * 10 < 20);
    }
    expect(rounds / crosses / busyRounds!).toBeCloseTo(1, 1);
  });

  it("size the ring so that a pause fits and half of it would not", () => {
    const { slots, waiting } = of("ring");
    expect(slots).toBeGreaterThanOrEqual(waiting!);
    expect(slots! / 2).toBeLessThan(waiting!);
    expect(Math.log2(slots!) % 1).toBe(0);
  });

  it("drain the ring in the time that a step by step run takes", () => {
    const { waiting, readerPerSecond, peakPerSecond, drainUs } = of("ring");
    let backlog = waiting!;
    let us = 0;
    for (; backlog > 0; us += 1) backlog += (peakPerSecond! - readerPerSecond!) / 1e6;
    expect(Math.abs(us - drainUs!)).toBeLessThan(2);
  });
});

function find(id: string) {
  return stockExchangeEstimates.estimates.find((estimate) => estimate.id === id)!;
}

function of(id: string, overrides: Values = {}) {
  return evaluate(find(id), overrides);
}
