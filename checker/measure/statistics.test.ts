import { describe, expect, test } from "vitest";
import { createRandom, type Random } from "../../sim/prng.ts";
import { claimedGrowth, growthBound } from "./growth.ts";
import { BATCHES_MAX, type Decision, decide, ROUNDS_PER_BATCH } from "./plan.ts";
import { median, medianInterval, ROUNDS_MIN, sideOf, spread } from "./statistics.ts";

describe("medians and intervals", () => {
  test("the median of an even number of samples is the middle of the two in the middle", () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([3, 1, 2])).toBe(2);
    expect(() => median([])).toThrow("no samples");
  });

  test("the spread is half the quartile distance as a share of the median", () => {
    expect(spread([8, 9, 10, 11, 12])).toBeCloseTo(0.1);
    expect(spread([5, 5, 5])).toBe(0);
  });

  test("too few samples give no interval, and no side", () => {
    expect(medianInterval([1, 2, 3, 4, 5, 6, 7])).toBeNull();
    expect(sideOf([1, 1, 1], 0.5)).toBe("undecided");
  });

  test("the interval is the order statistics of the binomial table", () => {
    // n = 9: 2 * 0.5^9 = 0.4%, one more rank would be 3.9%. n = 15: ranks 3 and 13. n = 45: ranks 14 and 32.
    const ranks = (n: number): [number, number] => {
      const interval = medianInterval(Array.from({ length: n }, (_, i) => i + 1))!;
      return [interval.low, interval.high];
    };
    expect(ranks(9)).toEqual([1, 9]);
    expect(ranks(15)).toEqual([3, 13]);
    expect(ranks(45)).toEqual([14, 32]);
  });
});

/**
 * A noisy neighbor: most rounds vary by a few percent, some are hit by another process and take up to three times as
 * long, and every process has its own offset, which all its rounds share.
 */
function simulate(random: Random, trueRatio: number, bound: number): Decision {
  const samples: number[] = [];
  for (let batch = 1; ; batch++) {
    const offset = Math.exp(0.04 * gaussian(random));
    for (let round = 0; round < ROUNDS_PER_BATCH; round++) {
      const learner = Math.exp(0.05 * gaussian(random)) * (random.chance(0.1) ? 1 + 2 * random.float() : 1);
      const reference = Math.exp(0.05 * gaussian(random)) * (random.chance(0.1) ? 1 + 2 * random.float() : 1);
      samples.push((trueRatio * offset * reference) / learner);
    }
    const decision = decide(samples, batch, { bound, passes: "above" });
    if (decision !== "measure-more") return decision;
  }
}

function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
}

function shares(trueRatio: number, bound: number, runs = 4_000): Record<Decision, number> {
  const random = createRandom(20_240_501).fork(`${trueRatio}/${bound}`);
  const counts: Record<Decision, number> = { passed: 0, "too-slow": 0, "measure-more": 0, inconclusive: 0 };
  for (let i = 0; i < runs; i++) counts[simulate(random, trueRatio, bound)] += 1 / runs;
  return counts;
}

describe("verdicts on simulated noise, 4,000 measurements each", () => {
  test("a solution as fast as the reference passes a bound of 0.5, every time", () => {
    expect(shares(1, 0.5)).toMatchObject({ passed: expect.closeTo(1, 6), "too-slow": 0, inconclusive: 0 });
  });

  test("half as fast as asked for fails, every time", () => {
    expect(shares(0.2, 0.4)).toMatchObject({ passed: 0, "too-slow": expect.closeTo(1, 6) });
  });

  test("20% above the bound: wrongly failed at most once in 1,000, inconclusive at most once in 100", () => {
    const seen = shares(0.6, 0.5);
    expect(seen["too-slow"]).toBeLessThanOrEqual(0.001);
    expect(seen.inconclusive).toBeLessThanOrEqual(0.01);
  });

  test("20% below the bound: wrongly passed at most once in 1,000", () => {
    expect(shares(0.4, 0.5).passed).toBeLessThanOrEqual(0.001);
  });

  test("at the bound itself the verdict is mostly inconclusive, and it always ends", () => {
    const seen = shares(0.5, 0.5);
    expect(seen.inconclusive).toBeGreaterThan(0.8);
    expect(seen["measure-more"]).toBe(0);
  });

  test("five rounds in which the machine was busy do not turn a right solution into a slow one", () => {
    const quiet = Array.from({ length: 40 }, () => 0.9);
    expect(decide([0.1, 0.1, 0.1, 0.1, 0.1, ...quiet], BATCHES_MAX, { bound: 0.5, passes: "above" })).toBe("passed");
  });

  test("one bad process is measured again before anything is called too slow", () => {
    const bad = Array.from({ length: ROUNDS_MIN }, () => 0.3);
    expect(decide(bad, 1, { bound: 0.5, passes: "above" })).toBe("measure-more");
    expect(decide([...bad, ...bad], 2, { bound: 0.5, passes: "above" })).toBe("too-slow");
  });

  test("with a second witness, five rounds beyond the bound are enough, and one within it is a doubt", () => {
    const steep = [6, 6, 6, 6, 6];
    expect(decide(steep, 1, { bound: 4, passes: "below" })).toBe("measure-more");
    expect(decide(steep, 1, { bound: 4, passes: "below", far: 1 })).toBe("too-slow");
    expect(decide([...steep, 3.9], 1, { bound: 4, passes: "below", far: 1 })).toBe("measure-more");
  });
});

describe("growth", () => {
  test("the claimed orders differ by the factors that 16 times the data gives", () => {
    expect(claimedGrowth("O(1)", 1_000)).toBe(1);
    expect(claimedGrowth("O(log n)", 1_024)).toBeCloseTo(1.4);
    expect(claimedGrowth("O(n)", 1_000)).toBe(16);
    expect(claimedGrowth("O(n log n)", 1_024)).toBeCloseTo(22.4);
  });

  test("a factor of n is always stopped, whatever the reference's caches do", () => {
    for (const order of ["O(1)", "O(log n)", "O(n)", "O(n log n)"] as const) {
      const claimed = claimedGrowth(order, 1_000);
      for (const excess of [0.5, 1, 3, 5, 8, 100]) {
        expect(growthBound(claimed, claimed * excess)).toBeLessThan(16 * claimed);
        expect(growthBound(claimed, claimed * excess)).toBeGreaterThanOrEqual(4 * claimed);
      }
    }
  });

  test("a cache cliff that the reference shows too is allowed for", () => {
    expect(growthBound(1, 4.7)).toBeCloseTo(9.4);
    expect(growthBound(1, 1.1)).toBe(4);
  });
});
