import { describe, expect, it } from "vitest";
import { evaluate } from "../estimate.ts";
import { annualLoss, moreThan } from "./object-storage/loss.ts";
import { objectStorageEstimates } from "./object-storage.ts";

describe("the object store's estimates", () => {
  it("compute finite numbers from their defaults", () => {
    for (const estimate of objectStorageEstimates.estimates) {
      for (const [id, value] of Object.entries(evaluate(estimate)))
        expect(Number.isFinite(value), `${estimate.id}.${id} is ${value}`).toBe(true);
    }
  });

  it("carry results over to the estimates that build on them", () => {
    const { objectsFull } = of("objects");
    const { nodes, eightFour, copies, failingPerDay } = of("disks");
    expect(of("index").objectsFull).toBeCloseTo(objectsFull!, 3);
    expect(of("racks").objectsFull).toBeCloseTo(objectsFull!, 3);
    for (const id of ["index", "repair", "heartbeats"]) expect(of(id).nodes, id).toBe(nodes);
    for (const id of ["traffic", "heartbeats"]) expect(of(id).failingPerDay, id).toBeCloseTo(failingPerDay!, 12);
    expect(of("seeks").disks).toBe(eightFour);
    expect(of("cost")).toMatchObject({ eightFour, copies });
  });

  it("know the sizes: 59.3 MB on average, 0.675 billion objects at two fifths", () => {
    const { meanBytes, objectsNow, metadataNow } = of("objects");
    expect(meanBytes).toBeCloseTo(59.3e6, 3);
    expect(objectsNow! / 1e9).toBeCloseTo(0.675, 3);
    expect(metadataNow! / 1e12).toBeCloseTo(0.675, 3);
  });

  it("reproduce what Backblaze published for 17 + 3", () => {
    const { periodLoss, annualLoss, wholeNines } = of("published");
    expect(periodLoss! / 1.31e-13).toBeCloseTo(1, 3);
    expect(annualLoss! / 7.354e-12).toBeCloseTo(1, 4);
    expect(wholeNines).toBe(11);
  });

  it("reproduce the table in Backblaze's README: 4 + 2, a tenth a year, one day", () => {
    expect(annualLoss(6, 2, 0.1, 1) / 1.5e-7).toBeCloseTo(1, 3);
    expect(annualLoss(6, 3, 0.1, 1) / 3.082e-11).toBeCloseTo(1, 3);
    expect(annualLoss(6, 0, 0.1, 1) / 4.512e-1).toBeCloseTo(1, 3);
  });

  it("find 4 + 2 worse than three copies and 8 + 4 better, at any failure rate and repair time that one meets", () => {
    for (const yearlyFailure of [0.002, 0.0157, 0.08]) {
      for (const repairDays of [0.05, 1, 6.5, 20]) {
        const { fourTwoLoss, copiesLoss, eightFourLoss } = of("schemes", { yearlyFailure, repairDays });
        expect(fourTwoLoss).toBeGreaterThan(copiesLoss!);
        expect(eightFourLoss).toBeLessThan(copiesLoss!);
      }
    }
  });

  it("count tails as going through all cases does", () => {
    const p = 0.25;
    for (const most of [-1, 0, 2, 4, 11]) expect(moreThan(most, 12, p)).toBeCloseTo(byEnumeration(most, 12, p), 12);
  });

  it("let the map fit into one message and heartbeats outnumber map changes", () => {
    const { mapBytes, entriesIfLogged, changesPerDay } = of("heartbeats");
    expect(mapBytes).toBeLessThan(1e6);
    expect(entriesIfLogged! / changesPerDay!).toBeGreaterThan(1e6);
  });
});

function of(id: string, overrides: Record<string, number> = {}) {
  return evaluate(objectStorageEstimates.estimates.find((estimate) => estimate.id === id)!, overrides);
}

/** Chance that more than `most` of `n` happen, by adding up all the ways in which they can. */
function byEnumeration(most: number, n: number, p: number): number {
  let chance = 0;
  for (let mask = 0; mask < 2 ** n; mask++) {
    let happened = 0;
    for (let i = 0; i < n; i++) happened += (mask >> i) & 1;
    if (happened > most) chance += p ** happened * (1 - p) ** (n - happened);
  }
  return chance;
}
