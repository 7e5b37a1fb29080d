import { describe, expect, it } from "vitest";
import { evaluate, solveBreakEven } from "../estimate.ts";
import { paymentSystemEstimates } from "./payment-system.ts";

describe("the payment system's estimates", () => {
  it("know the load: a million a day is 11.6 a second, 116 at peak", () => {
    const { meanPerSecond, peakPerSecond, used } = of("rate");
    expect(meanPerSecond).toBeCloseTo(11.57, 2);
    expect(peakPerSecond).toBeCloseTo(115.7, 1);
    expect(used).toBeLessThan(20);
    expect(flipOf("rate")).toBeGreaterThan(6e6);
  });

  it("print the same break-even twice where the text says it in another quantity", () => {
    expect(flipOf("pool") / of("pool").fullPeak!).toBeCloseTo(1, 9);
    expect((flipOf("hot-row") * 10) / 86_400 / of("hot-row").locked!).toBeCloseTo(1, 9);
  });

  it("fill a hundred workers at 0.86 s at peak and at 8.6 s on average, as counting calls in flight does", () => {
    const { fullMean, fullPeak, peakPerSecond, meanPerSecond } = of("pool");
    expect(fullPeak).toBeCloseTo(0.864, 3);
    expect(fullMean).toBeCloseTo(8.64, 2);
    expect(mostInFlight(peakPerSecond!, fullPeak!)).toBeCloseTo(100, -1);
    expect(mostInFlight(meanPerSecond!, fullMean!)).toBeCloseTo(100, -1);
  });

  it("leave 0.016 % of unknown outcomes to one person", () => {
    expect(flipOf("unknowns")).toBeCloseTo(0.016, 6);
    expect(of("unknowns").people).toBeCloseTo(6.25, 2);
  });

  it("need another ledger at 4.9 million a day, and not before", () => {
    expect(flipOf("hot-row") / 1e6).toBeCloseTo(4.89, 2);
    const { peakNow, peakGrown, locked, appended, gain } = of("hot-row");
    expect(peakNow).toBeLessThan(locked!);
    expect(peakGrown).toBeGreaterThan(locked!);
    expect(peakGrown).toBeLessThan(appended!);
    expect(gain).toBeGreaterThan(3);
  });

  it("take automatic attempts for half an hour and a weekend for older than the provider's memory", () => {
    const { retryHours, ageHours, keyHours } = of("window");
    // 1 + 2 + … + 1,024 s: no delay reaches the cap.
    expect(retryHours).toBeCloseTo(2_047 / 3_600, 9);
    expect(of("window", { capSeconds: 60 }).retryHours).toBeCloseTo((63 + 5 * 60) / 3_600, 9);
    expect(retryHours).toBeLessThan(keyHours!);
    expect(ageHours).toBeGreaterThan(keyHours!);
  });

  it("count a node's absence as going through all combinations does", () => {
    for (const availability of [0.99, 0.999, 0.9999]) {
      const { oneMinutes, anyMinutes } = of("standby", { availability });
      expect(oneMinutes).toBeCloseTo(43_200 * chance(availability, 2, ([p, s]) => !(p && s)), 6);
      expect(anyMinutes).toBeCloseTo(43_200 * chance(availability, 3, ([p, s, t]) => !(p && (s || t))), 6);
    }
    const { oneMinutes, anyMinutes, allowed } = of("standby");
    expect(oneMinutes).toBeGreaterThan(allowed!);
    expect(anyMinutes).toBeLessThan(allowed!);
  });

  it("let fees outweigh machines and people by orders", () => {
    const { fee, feesMonth, ownMonth } = of("cost");
    expect(fee).toBeCloseTo(1.75, 9);
    expect(feesMonth! / ownMonth!).toBeGreaterThan(100);
  });

  it("sort a day's rows in runs, each of which fits", () => {
    const { runs, tableBytes, memoryBytes } = of("matching");
    expect(tableBytes! / runs!).toBeLessThanOrEqual(memoryBytes!);
    expect(runs).toBeGreaterThan(1);
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
  return paymentSystemEstimates.estimates.find((each) => each.id === id)!;
}

/** Calls begin at equal distances, and each waits for `seconds`: the most that wait at once in a minute. */
function mostInFlight(perSecond: number, seconds: number): number {
  const starts = Array.from({ length: Math.floor(perSecond * 60) }, (_, i) => i / perSecond);
  return Math.max(...starts.map((at) => starts.filter((start) => start <= at && at < start + seconds).length));
}

/** Chance of `bad`, over every combination of nodes that are there or away. */
function chance(availability: number, nodes: number, bad: (there: boolean[]) => boolean): number {
  let sum = 0;
  for (let mask = 0; mask < 2 ** nodes; mask++) {
    const there = Array.from({ length: nodes }, (_, i) => (mask >> i) % 2 === 1);
    const p = there.reduce((product, up) => product * (up ? availability : 1 - availability), 1);
    if (bad(there)) sum += p;
  }
  return sum;
}
