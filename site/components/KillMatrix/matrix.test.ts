import { expect, test } from "vitest";
import { type ExerciseMatrix, gridOf, killerOf, shareOf } from "./matrix.ts";

const exercise: ExerciseMatrix = {
  id: "rate-limiter/token-bucket",
  title: "Token bucket",
  behaviors: [
    { stage: 1, name: "a" },
    { stage: 1, name: "b" },
    { stage: 2, name: "c" },
  ],
  benchmarks: ["fast"],
  mutants: [
    { name: "short", summary: "", killedBy: { kind: "behavior", name: "b" }, kills: [1, 2] },
    { name: "longer", summary: "", killedBy: { kind: "benchmark", name: "fast" }, kills: [] },
    { name: "loops", summary: "", killedBy: { kind: "timed-out" }, kills: [0] },
  ],
  alternatives: [],
};

test("one line a mutant: its killer, what else fails, benchmarks last", () => {
  expect(gridOf(exercise)).toEqual(["short   ·K x ·", "longer  ·· · K", "loops   x· · ·  never ends"]);
  expect(exercise.mutants.map(killerOf)).toEqual(["b", "benchmark: fast", "its time runs out"]);
});

test("a score is rounded down, and a run that never was is not a score", () => {
  expect(shareOf({ mutants: 10_000, killed: 9_999 })).toBe("99.9 % of 10000");
  expect(shareOf({ mutants: 40, killed: 40 })).toBe("100.0 % of 40");
  expect(shareOf(null)).toBe("not run");
});
