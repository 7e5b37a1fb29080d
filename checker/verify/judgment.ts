/** Did the grader grade right? Pure functions from what a specimen promises and what the grader said to findings. */

import type { BenchmarkResult, ExerciseResult, TestResult } from "../../course/report.ts";
import type { Killer } from "../specimens/edits.ts";
import type { Alternative, Mutant } from "../specimens/specimens.ts";

/** What the grader must say about a specimen, and whether it did. */
export interface Finding {
  /** `stub`, `reference`, `mutant get-then-set-race`, … */
  readonly subject: string;
  /** Null when the grader was right. */
  readonly problem: string | null;
}

export function judgeStub(result: ExerciseResult): Finding {
  const problem = result.status === "not-started" ? null : `the stub is ${result.status}, and must be not-started`;
  return { subject: "stub", problem };
}

export function judgeReference(result: ExerciseResult): Finding {
  return { subject: "reference", problem: refusal("the reference", result) };
}

export function judgeAlternative(alternative: Pick<Alternative, "name">, result: ExerciseResult): Finding {
  const subject = `alternative ${alternative.name}`;
  return { subject, problem: refusal(subject, result) };
}

export function judgeMutant(mutant: Pick<Mutant, "name" | "killedBy">, result: ExerciseResult): Finding {
  const subject = `mutant ${mutant.name}`;
  return { subject, problem: survival(subject, mutant.killedBy, result) };
}

function refusal(who: string, result: ExerciseResult): string | null {
  if (result.status === "passed") return null;
  const test = failedTests(result)[0];
  if (test !== undefined) return `${who} refused: ${result.status} in "${test.name}"${because(test.message)}`;
  const bench = result.benchmarks.find((each) => each.status !== "passed");
  if (bench !== undefined) return `${who} refused: benchmark "${bench.name}" ${bench.status}${because(bench.message)}`;
  return `${who} refused: ${result.status}${because(result.message)}`;
}

function survival(who: string, killer: Killer, result: ExerciseResult): string | null {
  switch (killer.kind) {
    case "timed-out":
      if (result.status === "timed-out") return null;
      return result.status === "passed"
        ? `${who} survived`
        : `${who} is ${result.status}, and its section says timed-out`;
    case "benchmark":
      return benchmarkSurvival(who, killer.name, result);
    case "behavior":
      return behaviorSurvival(who, killer.name, result);
  }
}

function benchmarkSurvival(who: string, name: string, result: ExerciseResult): string | null {
  const failed = failedTests(result)[0];
  if (failed !== undefined) return `${who} killed by another test: "${failed.name}" before benchmark "${name}"`;
  const bench = result.benchmarks.find((each) => each.name === name);
  if (bench === undefined) {
    const why =
      result.status === "passed" ? "there is no such benchmark" : `it is ${result.status} before it is measured`;
    return `${who} not killed by benchmark "${name}": ${why}${because(result.message)}`;
  }
  return stops(bench) ? null : `${who} survived: benchmark "${name}" ${bench.status}${because(bench.message)}`;
}

function behaviorSurvival(who: string, name: string, result: ExerciseResult): string | null {
  const tests = result.stages.flatMap((stage) => stage.tests);
  const named = tests.find((test) => test.name === name);
  if (named !== undefined && isFailure(named)) return null;
  if (result.status === "passed") return `${who} survived`;
  const killers = failedTests(result);
  if (killers.length > 0) {
    const what = named === undefined ? "which does not exist" : `which was ${named.status}`;
    return `${who} killed by another test: "${killers[0]!.name}", not by "${name}", ${what}`;
  }
  const bench = result.benchmarks.find(stops);
  if (bench !== undefined) return `${who} survived every test; only benchmark "${bench.name}" stopped it`;
  return `${who} is ${result.status} without a failing test${because(result.message)}`;
}

export function failedTests(result: ExerciseResult): TestResult[] {
  return result.stages.flatMap((stage) => stage.tests.filter(isFailure));
}

export function isFailure({ status }: TestResult): boolean {
  return status === "failed" || status === "timed-out" || status === "out-of-memory" || status === "crashed";
}

const stops = ({ status }: BenchmarkResult): boolean => status !== "passed" && status !== "inconclusive";

/** The first line of a message, as an afterthought. */
function because(message: string | null): string {
  const line = message
    ?.split("\n")
    .find((each) => each.trim() !== "")
    ?.trim();
  return line === undefined ? "" : ` (${line.length > 160 ? `${line.slice(0, 159)}…` : line})`;
}
