import { expect, test } from "vitest";
import { annualLoss, annualNines, failureProbability, overhead, periodLoss } from "./durability.ts";

const disks = { annualFailureRate: 0.00405, repairDays: 6.5 };
const vault = { dataShards: 17, parityShards: 3 };

test("a failure a year is a failure within a year in 63 of 100 cases", () => {
  expect(failureProbability({ annualFailureRate: 1, repairDays: 365 })).toBeCloseTo(0.632, 3);
});

test("reproduces the published figures for 17 + 3", () => {
  expect(periodLoss(vault, disks).toExponential(3)).toBe("1.310e-13");
  expect(annualLoss(vault, disks).toExponential(3)).toBe("7.354e-12");
  expect(Math.floor(annualNines(vault, disks))).toBe(11);
});

test("4 + 2 takes half the space of three copies, and loses more", () => {
  const [copies, coded] = [
    { dataShards: 1, parityShards: 2 },
    { dataShards: 4, parityShards: 2 },
  ] as const;
  expect(overhead(coded)).toBe(overhead(copies) / 2);
  expect(annualLoss(coded, disks)).toBeGreaterThan(10 * annualLoss(copies, disks));
});
