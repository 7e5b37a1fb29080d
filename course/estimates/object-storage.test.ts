import { describe, expect, it } from "vitest";
import { evaluate, solveBreakEven } from "../estimate.ts";
import { annualLoss, moreThan, moreThanAmong } from "./object-storage/loss.ts";
import { objectStorageEstimates } from "./object-storage.ts";

describe("the object store's estimates", () => {
  it("compute finite numbers from their defaults", () => {
    for (const estimate of objectStorageEstimates.estimates) {
      for (const [id, value] of Object.entries(evaluate(estimate)))
        expect(Number.isFinite(value), `${estimate.id}.${id} is ${value}`).toBe(true);
    }
  });

  it("know the sizes: 59.3 MB on average, 0.675 billion objects at two fifths, 1.69 TB of names", () => {
    const { meanBytes, objectsNow, metadataFull } = of("objects");
    expect(meanBytes).toBeCloseTo(59.3e6, 3);
    expect(objectsNow! / 1e9).toBeCloseTo(0.675, 3);
    expect(metadataFull! / 1e12).toBeCloseTo(1.686, 3);
  });

  it("print the same break-even twice where the text says it in another quantity", () => {
    const meanBytes = of("objects", { scale: flipOf("objects") }).meanBytes;
    expect(meanBytes! / of("objects").evenBytes!).toBeCloseTo(1, 9);
    expect(flipOf("cost") / of("cost").evenBytes!).toBeCloseTo(1, 9);
    expect(flipOf("writes") / of("writes").evenBytes!).toBeCloseTo(1, 9);
    expect(flipOf("schemes") / of("schemes").copiesDays!).toBeCloseTo(1, 6);
    expect(flipOf("scrub") / of("scrub").copiesRate!).toBeCloseTo(1, 6);
    expect(flipOf("quorum") / of("quorum").evenDays!).toBeCloseTo(1, 9);
    expect(flipOf("repair")).toBe(of("repair").evenNodes);
  });

  it("let cost decide, not durability: every scheme meets the limit, three copies by four orders", () => {
    const { limit, copiesLoss, fourTwoLoss, eightFourLoss, seventeenThreeLoss, spare } = of("schemes");
    for (const loss of [copiesLoss, fourTwoLoss, eightFourLoss, seventeenThreeLoss]) expect(loss).toBeLessThan(limit!);
    expect(Math.floor(spare!)).toBe(4);
    expect(of("cost").saved).toBeGreaterThan(of("cost").team!);
  });

  it("count objects that a power cut takes as going through all choices of machines does", () => {
    for (const [m, n, gone] of [
      [2, 3, 3],
      [2, 5, 4],
      [4, 6, 7],
    ] as const)
      expect(moreThanAmong(m, n, gone, 12)).toBeCloseTo(byChoosing(m, n, gone, 12), 12);
    expect(of("power")).toMatchObject({ goneCopies: 5, gone: 3, codedLost: 0 });
    expect(of("power", { goneShare: 0.02 }).codedLost).toBeGreaterThan(0);
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
    for (const yearlyFailure of [0.002, 0.0136, 0.08]) {
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
  return evaluate(estimate(id), overrides);
}

/** The value of its input at which the decision of an estimate flips. */
function flipOf(id: string): number {
  return solveBreakEven(estimate(id))!.at;
}

function estimate(id: string) {
  return objectStorageEstimates.estimates.find((each) => each.id === id)!;
}

/** Chance that more than `m` of `n` chosen machines are among the first `gone`, by going through all choices. */
function byChoosing(m: number, n: number, gone: number, machines: number): number {
  let [lost, all] = [0, 0];
  for (let chosen = 0; chosen < 2 ** machines; chosen++) {
    if (ones(chosen) !== n) continue;
    all++;
    if (ones(chosen & (2 ** gone - 1)) > m) lost++;
  }
  return lost / all;
}

function ones(mask: number): number {
  let count = 0;
  for (let rest = mask; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}

/** Chance that more than `most` of `n` happen, by adding up all the ways in which they can. */
function byEnumeration(most: number, n: number, p: number): number {
  let chance = 0;
  for (let mask = 0; mask < 2 ** n; mask++) {
    const happened = ones(mask);
    if (happened > most) chance += p ** happened * (1 - p) ** (n - happened);
  }
  return chance;
}
