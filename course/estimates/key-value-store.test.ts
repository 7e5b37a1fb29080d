import { describe, expect, it } from "vitest";
import { evaluate } from "../estimate.ts";
import { keyValueStoreEstimates } from "./key-value-store.ts";

describe("the key-value store's estimates", () => {
  it("compute finite numbers from their defaults", () => {
    for (const estimate of keyValueStoreEstimates.estimates) {
      for (const [id, value] of Object.entries(evaluate(estimate)))
        expect(Number.isFinite(value), `${estimate.id}.${id} is ${value}`).toBe(true);
    }
  });

  it("carry the fleet's results over to the others", () => {
    const { dataBytes, nodes, nodeBytes, nodeKeys, nodeWritesPerSecond } = of("fleet");
    expect(of("amplification").nodeBytes).toBe(nodeBytes);
    expect(of("bloom").nodeKeys).toBe(nodeKeys);
    expect(of("merkle").nodeKeys).toBe(nodeKeys);
    expect(of("syncs").nodeWritesPerSecond).toBe(nodeWritesPerSecond);
    expect(of("hints").nodeWritesPerSecond).toBe(nodeWritesPerSecond);
    expect(of("hints").holders).toBe(nodes! - 1);
    expect(of("failover").leaders).toBe(nodes);
    expect(of("cost")).toMatchObject({ nodes, dataBytes });
    expect(of("bloom").runs).toBe(of("amplification").tieredRuns);
  });

  it("let bytes decide under tiers and writes under levels", () => {
    const { nodes } = of("fleet");
    const { leveledNodes, tieredNodes } = of("amplification");
    expect(tieredNodes).toBeLessThanOrEqual(nodes!);
    expect(leveledNodes).toBeGreaterThan(2 * nodes!);
  });

  it("give a filter of the computed size about the false answers that it was computed for", () => {
    const { bitsPerKey, hashes, target } = of("bloom");
    const rate = (1 - Math.exp(-hashes! / bitsPerKey!)) ** hashes!;
    expect(rate).toBeCloseTo(target!, 3);
    expect(of("bloom", { target: target! / 10 }).bitsPerKey! - bitsPerKey!).toBeCloseTo(of("bloom").bitsForATenth!, 9);
  });

  it("count the ways in which replicas can be down as enumeration does", () => {
    const up = 0.9;
    const { allMinutes, majorityMinutes } = of("availability", { up });
    expect(allMinutes! / 43_200).toBeCloseTo(1 - atLeast(3, up), 12);
    expect(majorityMinutes! / 43_200).toBeCloseTo(1 - atLeast(2, up), 12);
  });

  it("count slow answers as enumeration does", () => {
    const slow = 0.2;
    const { threeOfThree, twoOfThree } = of("spares", { slow });
    expect(threeOfThree! / 100).toBeCloseTo(1 - atLeast(3, 1 - slow), 12);
    expect(twoOfThree! / 100).toBeCloseTo(1 - atLeast(2, 1 - slow), 12);
  });
});

function of(id: string, overrides: Record<string, number> = {}) {
  return evaluate(keyValueStoreEstimates.estimates.find((estimate) => estimate.id === id)!, overrides);
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
