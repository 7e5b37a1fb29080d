import type { Disks, Scheme } from "../../../../solutions/object-storage/durability.ts";
import { behavior, ensure, expect, fc, forAll, run, stage, step, subject } from "../../../kit/index.ts";
import {
  lossProbability,
  publishedDurability,
  schemesCompared,
  simulated,
  tinyProbabilities,
} from "../coding-invariants.ts";
import { exactTail, lossesByDisk, seeded } from "./oracle.ts";

const {
  failureProbability,
  exactly,
  periodLoss,
  annualLoss,
  annualNines,
  nines,
  overhead,
  parityFor,
  repairDaysFor,
  simulatePeriods,
  simulateYears,
} = await subject<typeof import("../../../../solutions/object-storage/durability.ts")>();

const scheme = (dataShards: number, parityShards: number): Scheme => ({ dataShards, parityShards });
const disks = (annualFailureRate: number, repairDays: number): Disks => ({ annualFailureRate, repairDays });

/** Within a relative error; the default is what a careful computation in doubles keeps. */
function near(got: number, expected: number, call: string, relative = 1e-9): void {
  const isNear = Math.abs(got - expected) <= relative * Math.abs(expected);
  ensure(isNear, () => ({ expected: `${expected} to within ${relative} of it`, got: String(got), steps: [call] }));
}

/** To four digits, as it was printed. */
function printed(got: number, expected: string, call: string): void {
  const text = got.toExponential(3);
  ensure(Number(text) === Number(expected), () => ({ expected, got: text, steps: [call] }));
}

stage(1, "From a rate to a probability", () => {
  behavior("turns a rate into a probability as Poisson says", lossProbability, () => {
    // Twelve failures a year are one a month: at least one in a month with 1 - 1/e.
    near(failureProbability(disks(12, 365 / 12)), 1 - Math.exp(-1), "failureProbability({ 12 a year, a month })");
    near(failureProbability(disks(1, 365)), 0.6321205588285577, "failureProbability({ 1 a year, a year })");
    near(
      failureProbability(disks(0.00405, 6.5)),
      7.212068684947504e-5,
      "failureProbability({ 0.00405 a year, 6.5 days })",
    );
    expect(failureProbability(disks(0, 10))).toBe(0);
    expect(failureProbability(disks(1e6, 365))).toBe(1);
  });

  behavior("keeps every digit of a small rate", tinyProbabilities, () => {
    for (const rate of [1e-3, 1e-6, 1e-9, 1e-12, 1e-100]) {
      const x = rate / 365;
      // The series of 1 - e^-x; what follows is below 1e-12 of it.
      const expected = x * (1 - x / 2 + (x * x) / 6);
      near(failureProbability(disks(rate, 1)), expected, `failureProbability({ ${rate} a year, 1 day })`, 1e-12);
    }
  });

  behavior("refuses rates and times that cannot be", lossProbability, () => {
    for (const wrong of [
      disks(-0.1, 1),
      disks(Number.NaN, 1),
      disks(Number.POSITIVE_INFINITY, 1),
      disks(0.1, 0),
      disks(0.1, -1),
      disks(0.1, 366),
      disks(0.1, Number.NaN),
    ]) {
      step(`failureProbability({ ${wrong.annualFailureRate} a year, ${wrong.repairDays} days })`);
      expect(() => failureProbability(wrong)).toThrow(RangeError);
      expect(() => annualLoss(scheme(4, 2), wrong)).toThrow(RangeError);
    }
  });
});

/**
 * failures, exactly so many in a period, at least so many, and at least so many in some period of the year.
 * Backblaze/erasure-coding-durability (MIT), README, durability.py 17 3 0.00405 6.5. The last column is left out above
 * four failures: there the published program counts 56 periods a year instead of 365 / 6.5.
 */
const PUBLISHED_17_3: readonly (readonly [number, string, string, string?])[] = [
  [20, "1.449e-83", "1.449e-83"],
  [19, "4.019e-78", "4.019e-78"],
  [18, "5.294e-73", "5.294e-73"],
  [17, "4.404e-68", "4.404e-68"],
  [16, "2.595e-63", "2.595e-63"],
  [15, "1.151e-58", "1.151e-58"],
  [14, "3.991e-54", "3.991e-54"],
  [13, "1.107e-49", "1.107e-49"],
  [12, "2.493e-45", "2.493e-45"],
  [11, "4.609e-41", "4.609e-41"],
  [10, "7.029e-37", "7.029e-37"],
  [9, "8.859e-33", "8.860e-33"],
  [8, "9.212e-29", "9.213e-29"],
  [7, "7.860e-25", "7.861e-25"],
  [6, "5.449e-21", "5.450e-21"],
  [5, "3.022e-17", "3.022e-17"],
  [4, "1.309e-13", "1.310e-13", "7.354e-12"],
  [3, "4.271e-10", "4.273e-10", "2.399e-8"],
  [2, "9.870e-7", "9.874e-7", "5.545e-5"],
  [1, "1.440e-3", "1.441e-3", "7.781e-2"],
];

/** The same for durability.py 4 2 0.10 1, from an earlier version of that README; 365 periods. */
const PUBLISHED_4_2: typeof PUBLISHED_17_3 = [
  [6, "4.226e-22", "4.226e-22", "1.542e-19"],
  [5, "9.253e-18", "9.253e-18", "3.377e-15"],
  [4, "8.442e-14", "8.443e-14", "3.082e-11"],
  [3, "4.108e-10", "4.109e-10", "1.500e-7"],
  [2, "1.124e-6", "1.125e-6", "4.105e-4"],
  [1, "1.641e-3", "1.642e-3", "4.512e-1"],
];

function agreesWith(table: typeof PUBLISHED_17_3, total: number, given: Disks): void {
  for (const [failures, individual, cumulative, annual] of table) {
    // To lose data with so many failures of `total` is to have one parity shard less.
    const lost = scheme(total - failures + 1, failures - 1);
    const name = `${lost.dataShards} + ${lost.parityShards}`;
    printed(exactly(failures, lost, given), individual, `exactly(${failures}, ${name}, …)`);
    printed(periodLoss(lost, given), cumulative, `periodLoss(${name}, …)`);
    if (annual !== undefined) printed(annualLoss(lost, given), annual, `annualLoss(${name}, …)`);
  }
}

stage(2, "Lose more than the parity", () => {
  behavior("agrees with Backblaze's table for 17 + 3", publishedDurability, () => {
    step("0.00405 failures a year, 6.5 days of repair");
    agreesWith(PUBLISHED_17_3, 20, disks(0.00405, 6.5));
    expect(Math.floor(annualNines(scheme(17, 3), disks(0.00405, 6.5)))).toBe(11);
  });

  behavior("agrees with Backblaze's table for 4 + 2", publishedDurability, () => {
    step("0.1 failures a year, 1 day of repair");
    agreesWith(PUBLISHED_4_2, 6, disks(0.1, 1));
    expect(Math.floor(annualNines(scheme(4, 2), disks(0.1, 1)))).toBe(6);
  });

  behavior("agrees with exact arithmetic, however small the result", tinyProbabilities, () => {
    for (const [k, m] of [
      [1, 0],
      [1, 2],
      [4, 2],
      [8, 4],
      [17, 3],
      [10, 10],
      [200, 40],
      [100, 60],
    ] as const) {
      for (const rate of [1e-6, 0.004, 0.1, 3, 40]) {
        const given = disks(rate, 6.5);
        const exact = exactTail(k + m, m, failureProbability(given));
        const call = `periodLoss(${k} + ${m}, { ${rate} a year, 6.5 days })`;
        // Below the smallest double there is nothing to agree on.
        if (exact.log10 > -300) near(periodLoss(scheme(k, m), given), exact.value, call);
        if (exact.log10 < -20) {
          const annual = -exact.log10 - Math.log10(365 / 6.5);
          near(annualNines(scheme(k, m), given), annual, `annualNines of the same: ${call}`);
        }
      }
    }
  });

  behavior("adds up to one over all numbers of failures", lossProbability, () => {
    const inputs = fc.record({
      k: fc.integer({ min: 1, max: 40 }),
      m: fc.nat(20),
      rate: fc.double({ min: 0, max: 20, noNaN: true }),
      days: fc.double({ min: 0.01, max: 365, noNaN: true }),
    });
    forAll(inputs, ({ k, m, rate, days }) => {
      let sum = 0;
      for (let failures = 0; failures <= k + m; failures++) sum += exactly(failures, scheme(k, m), disks(rate, days));
      const call = `exactly(0 … ${k + m}, ${k} + ${m}, { ${rate} a year, ${days} days }), added up`;
      near(sum, 1, call);
      expect(exactly(k + m + 1, scheme(k, m), disks(rate, days))).toBe(0);
      const loss = periodLoss(scheme(k, m), disks(rate, days));
      ensure(loss >= 0 && loss <= 1, () => ({ expected: "a probability", got: String(loss), steps: [call] }));
    });
  });

  behavior("goes from a period to a year without losing digits", tinyProbabilities, () => {
    for (const rate of [1e-6, 1e-3, 0.3, 2, 9]) {
      for (const [k, m] of [
        [1, 0],
        [4, 2],
        [17, 3],
      ] as const) {
        const given = disks(rate, 73);
        const p = periodLoss(scheme(k, m), given);
        // 1 - (1 - p)^5, multiplied out.
        const expected = p * (5 - p * (10 - p * (10 - p * (5 - p))));
        near(annualLoss(scheme(k, m), given), expected, `annualLoss(${k} + ${m}, { ${rate} a year, 73 days })`);
      }
    }
    // A single disk without parity survives the year exactly as Poisson says, whatever the periods are.
    for (const days of [0.001, 1, 6.5, 100, 365]) {
      near(
        annualLoss(scheme(1, 0), disks(0.01, days)),
        -Math.expm1(-0.01),
        `annualLoss(1 + 0, { 0.01 a year, ${days} days })`,
      );
    }
    expect(annualLoss(scheme(4, 2), disks(1e6, 365))).toBe(1);
    expect(annualLoss(scheme(4, 2), disks(0, 1))).toBe(0);
  });

  behavior("counts nines with their fraction", tinyProbabilities, () => {
    near(nines(1e-11), 11, "nines(1e-11)");
    near(nines(7.354e-12), 11.133476, "nines(7.354e-12)", 1e-6);
    near(nines(0.5), 0.30103, "nines(0.5)", 1e-5);
    expect(Math.abs(nines(1))).toBe(0);
    expect(nines(0)).toBe(Number.POSITIVE_INFINITY);
    for (const wrong of [-0.1, 1.1, Number.NaN]) {
      step(`nines(${wrong})`);
      expect(() => nines(wrong)).toThrow(RangeError);
    }
    for (const rate of [0.01, 1, 20]) {
      const given = disks(rate, 10);
      near(
        annualNines(scheme(6, 3), given),
        nines(annualLoss(scheme(6, 3), given)),
        `annualNines(6 + 3, { ${rate} a year })`,
      );
    }
  });

  behavior("refuses schemes that cannot be", lossProbability, () => {
    const given = disks(0.01, 1);
    for (const [k, m] of [
      [0, 2],
      [-1, 2],
      [1.5, 2],
      [4, -1],
      [4, 0.5],
      [4, Number.NaN],
      [900, 101],
    ] as const) {
      step(`${k} + ${m}`);
      expect(() => periodLoss(scheme(k, m), given)).toThrow(RangeError);
      expect(() => overhead(scheme(k, m))).toThrow(RangeError);
    }
    expect(() => exactly(-1, scheme(4, 2), given)).toThrow(RangeError);
    expect(() => exactly(1.5, scheme(4, 2), given)).toThrow(RangeError);
  });
});

stage(3, "Compare schemes", () => {
  behavior("has 4 + 2 lose more often than three copies at the same repair time", schemesCompared, () => {
    expect([overhead(scheme(1, 2)), overhead(scheme(4, 2)), overhead(scheme(8, 4))]).toEqual([3, 1.5, 1.5]);
    near(overhead(scheme(17, 3)), 20 / 17, "overhead(17 + 3)");
    for (const rate of [0.001, 0.0081, 0.1]) {
      for (const days of [0.1, 1, 6.5]) {
        const given = disks(rate, days);
        const [copies, coded, wide] = [scheme(1, 2), scheme(4, 2), scheme(8, 4)].map((each) => annualLoss(each, given));
        const steps = [`${rate} failures a year, ${days} days of repair`];
        // Three of six may be the wrong three in twenty ways, three of three in one.
        near(coded! / copies!, 20, steps[0]!, 0.05);
        ensure(wide! < copies!, () => ({
          expected: "8 + 4 to lose less than three copies",
          got: `${wide} against ${copies}`,
          steps,
        }));
      }
    }
  });

  behavior("finds the least parity", schemesCompared, () => {
    for (const rate of [0.0081, 0.1, 5]) {
      for (const k of [1, 4, 8, 17, 60]) {
        for (const wanted of [0, 1, 6, 9.5, 11, 16]) {
          const given = disks(rate, 6.5);
          const m = parityFor(k, given, wanted);
          const steps = [`parityFor(${k}, { ${rate} a year, 6.5 days }, ${wanted}) -> ${m}`];
          const reached = annualNines(scheme(k, m), given);
          ensure(reached >= wanted, () => ({ expected: `${wanted} nines`, got: String(reached), steps }));
          if (m === 0) continue;
          const less = annualNines(scheme(k, m - 1), given);
          ensure(less < wanted, () => ({ expected: `${m - 1} not to be enough`, got: `${less} nines with it`, steps }));
        }
      }
    }
    expect(() => parityFor(8, disks(360, 365), 11)).toThrow(RangeError);
    expect(() => parityFor(8, disks(0.01, 1), Number.NaN)).toThrow(RangeError);
    expect(() => parityFor(8, disks(0.01, 1), -1)).toThrow(RangeError);
  });

  behavior("finds the longest repair", schemesCompared, () => {
    for (const [k, m] of [
      [1, 2],
      [4, 2],
      [8, 4],
      [17, 3],
    ] as const) {
      for (const rate of [0.0081, 0.5]) {
        for (const wanted of [5, 9.77, 11, 14]) {
          const days = repairDaysFor(scheme(k, m), rate, wanted);
          const steps = [`repairDaysFor(${k} + ${m}, ${rate}, ${wanted}) -> ${days}`];
          const at = annualNines(scheme(k, m), disks(rate, days));
          ensure(at >= wanted, () => ({ expected: `${wanted} nines`, got: String(at), steps }));
          if (days === 365) continue;
          const later = annualNines(scheme(k, m), disks(rate, Math.min(365, 1.0011 * days)));
          ensure(later < wanted, () => ({
            expected: "a thousandth longer to be too long",
            got: `${later} nines`,
            steps,
          }));
        }
      }
    }
    expect(repairDaysFor(scheme(1, 2), 1e-9, 3), "never failing").toBe(365);
    expect(repairDaysFor(scheme(4, 0), 0.01, 9), "no parity: no repair is short enough").toBe(0);
    expect(() => repairDaysFor(scheme(4, 2), 0.01, Number.NaN)).toThrow(RangeError);
  });
});

/** Five standard deviations of a count with this mean: a right answer fails once in two million. */
function withinNoise(got: number, mean: number, call: string, slack = 0): void {
  const noise = 5 * Math.sqrt(mean) + slack * mean;
  ensure(Math.abs(got - mean) <= noise, () => ({
    expected: `${mean.toFixed(1)} losses, give or take ${noise.toFixed(1)}`,
    got: String(got),
    steps: [call],
  }));
}

stage(4, "Roll the dice", () => {
  behavior("counts the periods with more failures than parity", simulated, () => {
    const given = disks(12, 30);
    step("a source that always says 0.999999: nothing fails");
    expect(simulatePeriods(scheme(4, 2), given, 50, () => 0.999999)).toBe(0);
    step("a source that always says 0: everything fails");
    expect(simulatePeriods(scheme(4, 2), given, 50, () => 0)).toBe(50);
    expect(simulatePeriods(scheme(4, 2), given, 0, () => 0)).toBe(0);
    for (const wrong of [-1, 1.5, Number.NaN]) {
      expect(() => simulatePeriods(scheme(4, 2), given, wrong, () => 0)).toThrow(RangeError);
    }
  });

  behavior("agrees with the formula within the noise", simulated, () => {
    let salt = 0;
    for (const [k, m, rate, days] of [
      [1, 0, 0.5, 30],
      [1, 2, 6, 30],
      [4, 2, 2, 30],
      [8, 4, 4, 30],
      [17, 3, 1, 30],
    ] as const) {
      const periods = 20_000;
      const mean = periods * periodLoss(scheme(k, m), disks(rate, days));
      const got = simulatePeriods(scheme(k, m), disks(rate, days), periods, seeded(run.seed + salt++));
      withinNoise(got, mean, `simulatePeriods(${k} + ${m}, { ${rate} a year, ${days} days }, ${periods} periods)`);
    }
  });

  behavior("follows disks through the years and finds m + 1 times as many losses", simulated, () => {
    let salt = 100;
    for (const [k, m, rate, days, years] of [
      [2, 1, 0.5, 10, 40_000],
      [1, 2, 2, 7, 60_000],
      [4, 2, 1, 7, 40_000],
    ] as const) {
      const given = disks(rate, days);
      const got = simulateYears(scheme(k, m), given, years, seeded(run.seed + salt++));
      const periods = (years * 365) / days;
      const mean = (m + 1) * periods * periodLoss(scheme(k, m), given);
      const call =
        `simulateYears(${k} + ${m}, { ${rate} a year, ${days} days }, ${years} years) ` +
        `against ${m + 1} * periodLoss`;
      // To first order in the rate; the next is a tenth of it here.
      withinNoise(got, mean, call, 0.12);
    }
  });

  behavior("agrees with disks that are followed one by one, on disks that fail all the time", simulated, () => {
    let salt = 200;
    for (const [k, m, rate, days, years] of [
      [3, 0, 5, 20, 600],
      [2, 1, 10, 30, 500],
      [4, 2, 20, 15, 300],
    ] as const) {
      const got = simulateYears(scheme(k, m), disks(rate, days), years, seeded(run.seed + salt++));
      // The oracle rolls dice as well: sixteen times as long, so that its own noise counts little.
      const oracle = lossesByDisk(k + m, m, rate, days / 365, 16 * years, seeded(run.seed + salt++)) / 16;
      withinNoise(got, oracle, `simulateYears(${k} + ${m}, { ${rate} a year, ${days} days }, ${years} years)`, 0.03);
    }
    expect(simulateYears(scheme(4, 2), disks(0, 1), 1_000, seeded(1)), "nothing fails").toBe(0);
    expect(simulateYears(scheme(4, 2), disks(5, 1), 0, seeded(1)), "no time").toBe(0);
    for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => simulateYears(scheme(4, 2), disks(1, 1), wrong, seeded(1))).toThrow(RangeError);
    }
  });

  behavior("takes every die from the source that it is given", simulated, () => {
    const given = disks(8, 30);
    const runs = (seed: number): number[] => [
      simulatePeriods(scheme(2, 1), given, 3_000, seeded(seed)),
      simulateYears(scheme(2, 1), given, 300, seeded(seed)),
    ];
    step("the same seed twice, then eight others");
    expect(runs(1)).toEqual(runs(1));
    const others = Array.from({ length: 8 }, (_, i) => runs(i + 2));
    expect(new Set(others.map(([periods]) => periods)).size, "different counts of periods").toBeGreaterThan(2);
    expect(new Set(others.map(([, years]) => years)).size, "different counts of years").toBeGreaterThan(2);
  });
});
