import { expect, test } from "vitest";
import type { BenchmarkResult, ExerciseResult, Status, TestResult } from "../../course/report.ts";
import type { Killer } from "../specimens/edits.ts";
import { parseAlternativeHeader } from "../specimens/specimens.ts";
import { judgeAlternative, judgeMutant, judgeReference, judgeStub } from "./judgment.ts";

const result = (status: Status, tests: TestResult[] = [], benchmarks: BenchmarkResult[] = []): ExerciseResult => ({
  id: "demo/counter",
  status,
  seed: 42,
  durationMs: 1,
  message: null,
  stages: [{ title: "Count", status: "passed", tests }],
  benchmarks,
});
const ran = (name: string, status: TestResult["status"]): TestResult => ({ name, status, message: null });
const bench = (name: string, status: BenchmarkResult["status"]): BenchmarkResult => ({
  name,
  status,
  kind: "ratio",
  unit: "ops/s",
  learner: 1,
  reference: 1,
  ratio: 1,
  threshold: 0.5,
  workload: "",
  message: null,
});

const problemOf = (killedBy: Killer, seen: ExerciseResult): string | null =>
  judgeMutant({ name: "m", killedBy }, seen).problem;

test("a stub must be not-started, whatever else it is", () => {
  expect(judgeStub(result("not-started")).problem).toBeNull();
  for (const status of ["passed", "failed", "crashed"] as const)
    expect(judgeStub(result(status)).problem).toContain(status);
});

test("a reference and an alternative must pass; inconclusive is not passed", () => {
  expect(judgeReference(result("passed")).problem).toBeNull();
  expect(judgeReference(result("inconclusive", [], [bench("b", "inconclusive")])).problem).toBe(
    'the reference refused: benchmark "b" inconclusive',
  );
  const refused = judgeAlternative({ name: "x" }, result("failed", [ran("counts", "failed")]));
  expect(refused.problem).toBe('alternative x refused: failed in "counts"');
});

test("a mutant must fail in the behavior it names, by failing, hanging, dying or filling memory there", () => {
  const named: Killer = { kind: "behavior", name: "counts" };
  for (const status of ["failed", "timed-out", "crashed", "out-of-memory"] as const) {
    expect(problemOf(named, result("failed", [ran("counts", status)]))).toBeNull();
  }
  expect(problemOf(named, result("passed", [ran("counts", "passed")]))).toBe("mutant m survived");
  expect(problemOf(named, result("failed", [ran("counts", "passed"), ran("keeps", "failed")]))).toBe(
    'mutant m killed by another test: "keeps", not by "counts", which was passed',
  );
  expect(problemOf(named, result("failed", [ran("keeps", "failed")]))).toContain("which does not exist");
  expect(problemOf(named, result("not-conforming"))).toContain("not-conforming without a failing test");
});

test("a mutant that a benchmark stops must pass every test before", () => {
  const named: Killer = { kind: "benchmark", name: "b" };
  expect(problemOf(named, result("too-slow", [], [bench("b", "too-slow")]))).toBeNull();
  expect(problemOf(named, result("timed-out", [], [bench("b", "timed-out")]))).toBeNull();
  expect(problemOf(named, result("passed", [], [bench("b", "passed")]))).toContain("survived");
  expect(problemOf(named, result("inconclusive", [], [bench("b", "inconclusive")]))).toContain("survived");
  expect(problemOf(named, result("failed", [ran("counts", "failed")]))).toContain("killed by another test");
  expect(problemOf(named, result("passed"))).toContain("there is no such benchmark");
});

test("a mutant that never ends must be timed-out", () => {
  expect(problemOf({ kind: "timed-out" }, result("timed-out"))).toBeNull();
  expect(problemOf({ kind: "timed-out" }, result("passed"))).toBe("mutant m survived");
  expect(problemOf({ kind: "timed-out" }, result("failed"))).toContain("is failed");
});

test("an alternative says in its first comment what is different", () => {
  expect(parseAlternativeHeader("/** Alternative: a list. */")).toBe("a list.");
  expect(parseAlternativeHeader("/**\n * Alternative: a list\n * of cells.\n */\nimport x;")).toBe("a list of cells.");
  expect(parseAlternativeHeader("/** Another way. */")).toBeNull();
  expect(parseAlternativeHeader("export const a = 1;")).toBeNull();
});
