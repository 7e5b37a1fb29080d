import { describe, expect, it } from "vitest";
import { type Estimate, evaluate, solveBreakEven, type Values } from "../estimate.ts";
import { keyValueStoreEstimates } from "./key-value-store.ts";

describe("the key-value store's estimates", () => {
  it("compute finite numbers from their defaults", () => {
    for (const estimate of keyValueStoreEstimates.estimates) {
      for (const [id, value] of Object.entries(evaluate(estimate)))
        expect(Number.isFinite(value), `${estimate.id}.${id} is ${value}`).toBe(true);
    }
  });

  it("let space decide on a fast device and writes on a slow one", () => {
    const fast = of("engine");
    expect(fast.tieredForBytes!).toBeGreaterThan(fast.tieredForWrites!);
    expect(fast.leveledNodes!).toBeLessThan(fast.tieredNodes!);
    const slow = of("engine", { deviceBytesPerSecond: 400e6 });
    expect(slow.leveledForWrites!).toBeGreaterThan(slow.leveledForBytes!);
    expect(slow.leveledNodes!).toBeGreaterThan(slow.tieredNodes!);
  });

  it("flip the policy where the writes of levels need as many machines as the bytes of tiers", () => {
    const { replicaBytesPerSecond, storedBytes, usableBytes } = of("fleet");
    const byHand = (space: number) => (replicaBytesPerSecond! * 34) / ((storedBytes! * space) / usableBytes!);
    expect(flipOf("engine")).toBeCloseTo(byHand(3), -3);
    expect(flipOf("engine", { tieredSpace: 2 })).toBeCloseTo(byHand(2), -3);
    expect(flipOf("engine") / 1e9).toBeCloseTo(0.8, 1);
    expect(flipOf("engine", { tieredSpace: 2 }) / 1e9).toBeCloseTo(1.2, 1);
  });

  it("give the interview the figures that it says of other inputs", () => {
    expect(Math.round(of("engine", { deviceBytesPerSecond: 400e6 }).leveledForWrites!)).toBe(53);
    expect(flipOf("hotkey")).toBeCloseTo(0.08, 2);
    const { trafficUsd, machinesUsd } = of("cost");
    expect(trafficUsd! / (trafficUsd! + machinesUsd!)).toBeGreaterThan(1 / 3);
  });

  it("put the same number of machines into each zone", () => {
    for (const [id, steps] of [["engine", ["leveledNodes", "tieredNodes"]]] as const)
      for (const step of steps) expect(of(id)[step]! % 3).toBe(0);
  });

  it("count the ways in which replicas can be down as enumeration does", () => {
    const up = 0.9;
    const { allMinutes, majorityMinutes } = of("availability", { up });
    expect(allMinutes! / 43_200).toBeCloseTo(1 - atLeast(3, up), 12);
    expect(majorityMinutes! / 43_200).toBeCloseTo(1 - atLeast(2, up), 12);
  });

  it("charge the elections to the majority", () => {
    const { majorityMinutes, electionMinutes, totalMinutes } = of("availability");
    expect(electionMinutes!).toBeGreaterThan(0);
    expect(totalMinutes!).toBe(majorityMinutes! + electionMinutes!);
    expect(of("availability", { pauseSeconds: 30 }).electionMinutes!).toBe(0.5);
    expect(flipOf("availability")).toBeCloseTo(majorityMinutes! * 60, 9);
  });

  it("count slow answers as enumeration does", () => {
    const slow = 0.2;
    const { threeOfThree, twoOfThree } = of("spares", { slow });
    expect(threeOfThree! / 100).toBeCloseTo(1 - atLeast(3, 1 - slow), 12);
    expect(twoOfThree! / 100).toBeCloseTo(1 - atLeast(2, 1 - slow), 12);
  });

  it("count blocks as reading every run of a small example does", () => {
    // Of 100 reads one scans and opens all 8 runs; 99 open one block, and each of 7 filters lets one in a hundred
    // through.
    expect(of("reads").leveledBlocks! * 100).toBeCloseTo(8 + 99 * (1 + 7 / 100), 9);
  });
});

function find(id: string): Estimate {
  return keyValueStoreEstimates.estimates.find((estimate) => estimate.id === id)!;
}

function of(id: string, overrides: Values = {}): Values {
  return evaluate(find(id), overrides);
}

function flipOf(id: string, overrides: Values = {}): number {
  return solveBreakEven(find(id), overrides)!.at;
}

/** Chance that at least `needed` of three are good, each with chance `good`, by going through the eight cases. */
function atLeast(needed: number, good: number): number {
  let chance = 0;
  for (let mask = 0; mask < 8; mask++) {
    const up = [0, 1, 2].filter((node) => (mask >> node) % 2 === 1).length;
    if (up >= needed) chance += good ** up * (1 - good) ** (3 - up);
  }
  return chance;
}
