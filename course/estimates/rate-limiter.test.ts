import { describe, expect, it } from "vitest";
import { evaluate, solveBreakEven } from "../estimate.ts";
import { rateLimiterEstimates } from "./rate-limiter.ts";

describe("the rate limiter's estimates", () => {
  it("compute finite numbers from their defaults", () => {
    for (const estimate of rateLimiterEstimates.estimates) {
      for (const [id, value] of Object.entries(evaluate(estimate)))
        expect(Number.isFinite(value), `${estimate.id}.${id} is ${value}`).toBe(true);
    }
  });

  it("put ten million token buckets into 160 MB raw and logs of 100 into 8 GB", () => {
    const { tokenBucketRaw, slidingLogRaw } = of("memory");
    expect(tokenBucketRaw).toBe(160e6);
    expect(slidingLogRaw).toBe(8e9);
  });

  it("carry the memory's total over to the shards", () => {
    expect(of("checks").stateBytes).toBe(of("memory").tokenBucketTotal);
    expect(of("cost").shards).toBe(of("checks").shards);
    expect(of("checks").shards).toBe(17);
  });

  it("let two questions fit into the budget, up to exactly half of it, and none to another zone", () => {
    expect(of("hop-budget")).toMatchObject({ trips: 2, halfBudgetMs: 0.5 });
    expect(of("hop-budget", { queryMs: 0.501 }).trips).toBe(1);
    const { crossZoneQueryMs, budgetMs } = of("hop-budget");
    expect(crossZoneQueryMs).toBeGreaterThan(budgetMs!);
  });

  it("reproduce the worked check 40 + 80 x 0.5 = 80", () => {
    expect(of("sliding-counter")).toMatchObject({ overlap: 0.5, estimate: 80, room: 20 });
  });

  it("reproduce the published example 18 + 42 x 0.75 = 49.5 (Cloudflare 2017)", () => {
    const values = of("sliding-counter", { limit: 50, previous: 42, current: 18, elapsedMs: 15_000 });
    expect(values.estimate).toBe(49.5);
  });

  it("state the exact limit of now x limit in a double", () => {
    const { limitMax, nowMs } = of("integers");
    expect(Number.isSafeInteger(limitMax! * nowMs!)).toBe(true);
    expect(Number.isSafeInteger((limitMax! + 1) * nowMs!)).toBe(false);
  });

  it("bound leases by what the gateways hold", () => {
    expect(of("leases")).toMatchObject({ messagesPerSecond: 50, outstanding: 1_000, bound: 62_000 });
  });
});

describe("a lease", () => {
  it("is worth it from one request a second and gateway on, and never for the average key", () => {
    const estimate = rateLimiterEstimates.estimates.find(({ id }) => id === "lease-worth")!;
    expect(solveBreakEven(estimate)!.at).toBeCloseTo(50, 6);
    const averageRate = of("checks").checksPerSecond! / of("memory").keys!;
    expect(averageRate).toBe(0.1);
    expect(of("lease-worth", { keyRate: averageRate }).perRequest).toBe(2);
    expect(of("lease-worth").perRequest).toBe(1 / 20);
  });
});

/** The bounds that the chapter states for the sliding counter, against every greedy arrival pattern of a small domain. */
describe("the sliding counter's bounds", () => {
  const cases = [2, 3, 4].flatMap((windowMs) => [1, 2, 3, 7].map((limit) => ({ limit, windowMs })));

  it.each(cases)(
    "limit $limit in $windowMs ms: the worst window is as computed, and is reached",
    ({ limit, windowMs }) => {
      const { worstWindow } = of("sliding-counter", { limit, windowMs });
      expect(worst(limit, windowMs, windowMs)).toBe(worstWindow);
    },
  );

  it.each(cases)(
    "limit $limit in $windowMs ms: like a token bucket, at most limit + limit x t / window",
    ({ limit, windowMs }) => {
      for (let t = 1; t <= windowMs; t++)
        expect(worst(limit, windowMs, t)).toBeLessThanOrEqual(limit + (limit * t) / windowMs);
    },
  );

  it.each(cases)(
    "limit $limit in $windowMs ms: the estimate is off by at most previous x overlap and previous x (1 - overlap)",
    ({ limit, windowMs }) => {
      let countedTooMuch = 0;
      let countedTooLittle = 0;
      for (const admitted of patterns(limit, windowMs)) {
        for (let now = windowMs; now < 3 * windowMs; now++) {
          const start = now - (now % windowMs);
          const overlap = (start + windowMs - now) / windowMs;
          const previous = total(admitted, start - windowMs, start);
          const estimate = total(admitted, start, now + 1) + previous * overlap;
          const log = total(admitted, now + 1 - windowMs, now + 1);
          countedTooMuch = Math.max(countedTooMuch, estimate - log - previous * overlap);
          countedTooLittle = Math.max(countedTooLittle, log - estimate - previous * (1 - overlap));
        }
      }
      expect(countedTooMuch).toBeLessThanOrEqual(1e-9);
      expect(countedTooLittle).toBeLessThanOrEqual(1e-9);
    },
  );
});

function of(id: string, overrides: Record<string, number> = {}) {
  return evaluate(rateLimiterEstimates.estimates.find((estimate) => estimate.id === id)!, overrides);
}

/** Most admitted in any interval of `lengthMs`, over all patterns. */
function worst(limit: number, windowMs: number, lengthMs: number): number {
  let most = 0;
  for (const admitted of patterns(limit, windowMs))
    for (let from = 0; from + lengthMs <= admitted.length; from++)
      most = Math.max(most, total(admitted, from, from + lengthMs));
  return most;
}

/**
 * Admissions per millisecond of three windows, for every choice of milliseconds in which a client takes all it can get.
 */
function* patterns(limit: number, windowMs: number): Generator<number[]> {
  const length = 3 * windowMs;
  for (let greedy = 0; greedy < 2 ** Math.min(length, 12); greedy++) {
    const admitted: number[] = [];
    for (let now = 0; now < length; now++) {
      const start = now - (now % windowMs);
      const previous = total(admitted, start - windowMs, start);
      const used = previous * (windowMs - (now - start)) + total(admitted, start, now) * windowMs;
      const takes = now >= 12 || (greedy >> now) % 2 === 1;
      admitted.push(takes ? Math.max(0, Math.floor((limit * windowMs - used) / windowMs)) : 0);
    }
    yield admitted;
  }
}

function total(admitted: readonly number[], from: number, to: number): number {
  let sum = 0;
  for (let at = Math.max(0, from); at < Math.min(to, admitted.length); at++) sum += admitted[at]!;
  return sum;
}
