import { describe, expect, it } from "vitest";
import { evaluate } from "../estimate.ts";
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

  it("carry results over to the others", () => {
    const { peakPerSecond, ordersPerDay } = of("load");
    for (const id of ["ring", "wallet", "journal", "recovery", "fan-out"])
      expect(of(id).peakPerSecond, id).toBeCloseTo(peakPerSecond!, 6);
    for (const id of ["journal", "recovery", "cost"]) expect(of(id).ordersPerDay, id).toBe(ordersPerDay);
    expect(of("gap").messagesPerSecond).toBeCloseTo(of("fan-out").messagesPerSecond!, 6);
    expect(of("list").budgetNs).toBeCloseTo(of("load").budgetNs!, 6);
    expect(of("list").bookOrders).toBe(of("gap").bookOrders);
    expect(of("order-bytes").totalBytes).toBeLessThanOrEqual(of("book").orderBytes!);
    expect(of("gap").bookOrders! * of("gap").symbols!).toBe(of("book").openOrders);
    expect(of("gap").messageBytes).toBe(of("fan-out").messageBytes);
    expect(of("recovery").stateBytes).toBe(of("book").totalBytes);
    expect(of("recovery").sessionMs).toBeCloseTo(of("downtime").sessionMs!, 6);
    expect(of("downtime").sessionHours).toBe(of("load").sessionHours);
    expect(of("cost").keptBytes).toBe(of("journal").keptBytes);
    expect(of("journal").copyUs).toBe(of("path").copyUs);
    expect(of("ring").readerPerSecond).toBe(of("load").capacityPerSecond);
    expect(of("recovery").replayPerSecond).toBe(of("load").capacityPerSecond);
    expect(of("wallet").symbols).toBe(of("book").symbols);
  });

  it("decide what they say: one thread, memory, no broker, no call, a warm standby, multicast", () => {
    expect(of("load").headroom).toBeGreaterThan(10);
    expect(of("path").overLimit).toBeGreaterThan(1);
    expect(of("path").totalUs).toBeLessThan(of("path").limitUs!);
    expect(of("book").totalBytes).toBeLessThan(16e9);
    expect(of("wallet").shortfall).toBeGreaterThan(100);
    expect(of("journal").shortfall).toBeGreaterThan(10);
    expect(of("recovery").overBudget).toBeGreaterThan(1);
    expect(of("downtime").failovers).toBeGreaterThan(1);
    expect(of("fan-out").links).toBeGreaterThan(10);
  });

  it("count the hand-overs of an order from stop to stop", () => {
    const { inputs } = stockExchangeEstimates.estimates.find(({ id }) => id === "path")!;
    const [, stops] = inputs.find(({ id }) => id === "hops")!.label.split(": ");
    expect(of("path").hops).toBe(stops!.split(", ").length - 1);
    expect(of("path")).toMatchObject({ ringsUs: 1.5, brokersUs: 2_500 });
  });

  it("find the journal cheaper to keep than the machines, up to five times the price", () => {
    const { keptDollars, dollarsPerMonth, dollarsPerGigabyte } = of("cost");
    expect(keptDollars).toBeLessThan(dollarsPerMonth!);
    const dear = of("cost", { dollarsPerGigabyte: dollarsPerGigabyte! * 6 });
    expect(dear.keptDollars).toBeGreaterThan(dollarsPerMonth!);
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

function of(id: string, overrides: Record<string, number> = {}) {
  return evaluate(stockExchangeEstimates.estimates.find((estimate) => estimate.id === id)!, overrides);
}
