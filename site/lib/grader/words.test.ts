import { describe, expect, it } from "vitest";
import type { BenchmarkResult, ExerciseResult, ExerciseStanding } from "../../../course/report.ts";
import type { Exercise } from "../../../course/types.ts";
import { checkedWords, figureWords, headWords, nowWords } from "./words.ts";

const id = "rate-limiter/token-bucket";
const exercise: Exercise = {
  slug: "token-bucket",
  title: "Token bucket",
  summary: "",
  level: "senior",
  minutes: 60,
  topics: [],
  stages: ["Spend", "Refill"],
};
const result = (change: Partial<ExerciseResult> = {}): ExerciseResult => {
  return { id, status: "passed", seed: 42, durationMs: 4_312, message: null, stages: [], benchmarks: [], ...change };
};
const standing = (change: Partial<ExerciseStanding> = {}): ExerciseStanding => {
  const checkedAt = new Date(2025, 0, 31, 14, 3).toISOString();
  return { exercise: result(), checkedAt, measured: true, edited: false, passedOnce: true, ...change };
};

describe("figureWords", () => {
  const bench = (change: Partial<BenchmarkResult>): BenchmarkResult => ({
    ...{ name: "hot key", status: "passed", kind: "ratio", unit: "ops/s", workload: "", message: null },
    ...{ learner: 1.1e7, reference: 1.2e7, ratio: 0.917, threshold: 0.5, ...change },
  });

  it.each<[Partial<BenchmarkResult>, string]>([
    [{}, "0.92 of the reference, at least 0.5 (11 million ops/s against 12 million ops/s)"],
    [
      { kind: "count", unit: "messages", learner: 53, reference: null, ratio: 0.114, threshold: 464 },
      "53 of at most 464 messages",
    ],
    [
      { kind: "growth", unit: "", learner: 4.21, reference: null, ratio: 0.18, threshold: 24 },
      "× 4.21 from n to 16n, at most × 24",
    ],
    [
      { kind: "heap", unit: "bytes", learner: 1.2e7, reference: null, ratio: 0.6, threshold: 2e7 },
      "12 MB of at most 20 MB",
    ],
    // JSON has no NaN.
    [{ learner: null as unknown as number, ratio: null }, "not measured"],
  ])("%j", (change, words) => {
    expect(figureWords(bench(change))).toBe(words);
  });
});

describe("checkedWords", () => {
  it("says when and how long, and the day only where it is another one", () => {
    const sameDay = new Date(2025, 0, 31, 23, 59);
    expect(checkedWords(standing(), sameDay)).toBe("Checked at 14:03, took 4.3 s. Seed 42.");
    expect(checkedWords(standing(), new Date(2025, 1, 1))).toBe("Checked on January 31 at 14:03, took 4.3 s. Seed 42.");
    expect(checkedWords(standing({ exercise: result({ durationMs: 0 }) }), sameDay)).toBe("Checked at 14:03. Seed 42.");
    expect(checkedWords(standing({ checkedAt: null }), sameDay)).toBe("");
  });
});

describe("what goes on, and what to do next", () => {
  const said = (view: Parameters<typeof headWords>[0]) => [headWords(view, exercise), nowWords(id, exercise, view)];

  it("counts stages while it checks, and calls nothing passed before it was measured", () => {
    const test = { name: "a", status: "passed", message: null } as const;
    const checking = { kind: "checking", stage: 2, tests: [{ stage: 1, test }] } as const;
    expect(said({ standing: standing(), activity: checking, stopped: null })).toEqual([
      "checking, stage 2 of 2",
      "Stage 2, “Refill”: 1 behavior holds so far.",
    ]);
    const bench = { name: "hot key", number: 2, of: 3 };
    const unmeasured = standing({ measured: false, passedOnce: false });
    expect(said({ standing: unmeasured, activity: { kind: "measuring", bench, quiet: false }, stopped: null })).toEqual(
      ["behaviors pass, measuring", "Every behavior holds. Measuring 2 of 3: hot key."],
    );
    expect(said({ standing: unmeasured, activity: null, stopped: null })[0]).toBe("behaviors pass, not measured");
    expect(said({ standing: standing(), activity: null, stopped: null })[0]).toBe("passed");
  });

  it("names the stage and the behavior to mend first", () => {
    const failing = { name: "refills exactly", status: "failed", message: "expected 3" } as const;
    const stages = [
      { title: "Spend", status: "passed", tests: [] },
      { title: "Refill", status: "failed", tests: [failing] },
    ] as const;
    const failed = standing({ exercise: result({ status: "failed", stages }) });
    expect(said({ standing: failed, activity: null, stopped: null })).toEqual([
      "failed",
      "Mend stage 2 first: “refills exactly”.",
    ]);
  });

  it("says where to begin, that a verdict is old, and why a check came to nothing", () => {
    const fresh = standing({ exercise: result({ status: "not-started" }), checkedAt: null, passedOnce: false });
    expect(said({ standing: fresh, activity: null, stopped: null })[1]).toContain("Write stage 1, “Spend”");
    expect(said({ standing: standing({ edited: true }), activity: null, stopped: null })[0]).toContain("edited since");
    expect(said({ standing: standing(), activity: null, stopped: "no more processes" })[1]).toBe(
      "The last check was given up: no more processes. Check again.",
    );
  });
});
