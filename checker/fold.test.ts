import { describe, expect, it } from "vitest";
import { type BenchmarkResult, STATUSES, type Status } from "../course/report.ts";
import { type Facts, fold } from "./fold.ts";
import type { JudgedTest, JudgeEnd, JudgeFacts } from "./judge/facts.ts";
import { counterEntry } from "./judge/fixtures/entry.ts";

const during = { kind: "test", stage: 1, name: "a" } as const;

const conformances: readonly Facts["conformance"][] = [
  { kind: "conforming" },
  { kind: "not-started" },
  { kind: "missing", message: "There is no file." },
  { kind: "not-conforming", message: "counter.ts:1  it does not fit." },
];

const ends: readonly JudgeEnd[] = [
  { kind: "finished" },
  { kind: "timed-out", during, why: "10 s of computing without an end" },
  { kind: "out-of-memory", during: { kind: "import" }, why: "the heap is full" },
  { kind: "crashed", during: { kind: "other" }, why: "exit code 3" },
  { kind: "tampered", why: "Object.is was replaced" },
  { kind: "not-started", why: "stage 1" },
];

const invariant = { system: "tally", id: "totals-add-up", text: "Totals add up." };
const outcomes: readonly JudgedTest["outcome"][] = [
  { kind: "passed" },
  { kind: "failed", failure: { steps: [], invariant, expected: "1", got: "2" } },
  { kind: "errored", why: "it failed after its last check" },
  { kind: "not-started", where: "stage 2" },
  { kind: "timed-out", budgetMs: 1_000 },
  { kind: "interrupted" },
  { kind: "not-run" },
];

const measured: readonly (readonly BenchmarkResult["status"][])[] = [
  [],
  ["passed"],
  ["passed", "too-slow"],
  ["inconclusive"],
  ["crashed"],
  ["timed-out"],
  ["inconclusive", "too-slow"],
];

describe("fold", () => {
  it("is green only when everything was run and everything held, in all combinations", () => {
    const seen = new Map<Status, number>();
    const wrong: Facts[] = [];
    for (const facts of allFacts()) {
      const { status, message } = fold(facts);
      seen.set(status, (seen.get(status) ?? 0) + 1);
      const { conformance, judged, benchmarks } = facts;
      const isGreen =
        conformance.kind === "conforming" &&
        judged?.end.kind === "finished" &&
        [1, 2].every((stage) => judged.tests.some((test) => test.stage === stage)) &&
        judged.tests.every(({ outcome }) => outcome.kind === "passed") &&
        benchmarks.every((benchmark) => benchmark.status === "passed");
      // Whoever is not told "passed" is told why.
      if ((status === "passed") !== isGreen || (message === null) !== isGreen) wrong.push(facts);
    }
    expect(wrong).toEqual([]);
    expect([...seen.keys()].sort()).toEqual([...STATUSES].sort());
  });

  it.each<[string, Partial<Facts>, Status]>([
    ["a file that is not there", { conformance: conformances[2]!, judged: null }, "missing"],
    ["a file that did not fit, although its tests passed", { conformance: conformances[3]! }, "not-conforming"],
    ["a stub", { conformance: conformances[1]!, judged: null }, "not-started"],
    ["no run at all", { judged: null }, "inconclusive"],
    ["no tests", { judged: facts([]) }, "no-tests"],
    ["a stage without tests", { judged: facts([["passed"]]) }, "no-tests"],
    ["a test that was never run", { judged: facts([["passed"], ["passed", "not-run"]]) }, "crashed"],
    ["a promise that never settled, before failures", { judged: facts([["failed"], ["timed-out"]]) }, "timed-out"],
    ["nothing started", { judged: facts([["not-started"], ["not-started"]]) }, "not-started"],
    ["a later stage not started", { judged: facts([["passed"], ["not-started"]]) }, "failed"],
    ["a failure and a later stage not started", { judged: facts([["failed"], ["not-started"]]) }, "failed"],
    ["a slow pass", { benchmarks: [benchmark("too-slow")] }, "too-slow"],
    ["a pass that could not be measured", { benchmarks: [benchmark("inconclusive")] }, "inconclusive"],
  ])("calls %s by its name", (_, change, status) => {
    expect(fold({ ...passing(), ...change }).status).toBe(status);
  });

  it("says which stage comes next when the first ones pass", () => {
    const { message, stages } = fold({ ...passing(), judged: facts([["passed"], ["not-started"]]) });
    expect(message).toBe('Stage 2 is not started yet. Next: stage 2, "Stop at the limit".');
    expect(stages.map(({ status }) => status)).toEqual(["passed", "not-started"]);
  });

  it("passes the first stage alone when only that was asked for", () => {
    const { status, stages } = fold({ ...passing(), lastStage: 1, judged: facts([["passed"]]) });
    expect(status).toBe("passed");
    expect(stages).toHaveLength(1);
  });

  it("gives the interrupted test the run's own verdict, and keeps what had passed", () => {
    const judged = { ...facts([["passed", "interrupted"], ["not-run"]]), end: ends[1]! };
    const result = fold({ ...passing(), judged });
    expect(result.status).toBe("timed-out");
    expect(result.stages.map((stage) => stage.tests.map((test) => test.status))).toEqual([
      ["passed", "timed-out"],
      ["not-run"],
    ]);
  });

  it("does not change what it is given, and gives the same for the same", () => {
    const given = passing();
    const before = JSON.stringify(given);
    expect(fold(given)).toEqual(fold(given));
    expect(JSON.stringify(given)).toBe(before);
  });
});

function* allFacts(): Generator<Facts> {
  const runs: (JudgeFacts | null)[] = [null];
  for (const end of ends) {
    runs.push({ ...facts([]), end }, { ...facts([["passed"]]), end });
    for (const first of outcomes)
      for (const second of outcomes) runs.push({ ...facts([[first.kind], [second.kind]]), end });
  }
  for (const conformance of conformances)
    for (const judged of runs)
      for (const statuses of measured) yield { ...passing(), conformance, judged, benchmarks: statuses.map(benchmark) };
}

function passing(): Facts {
  return {
    entry: counterEntry,
    seed: 42,
    durationMs: 5,
    lastStage: 2,
    conformance: { kind: "conforming" },
    judged: facts([["passed"], ["passed"]]),
    benchmarks: [],
  };
}

/** One list of outcomes per stage. */
function facts(stages: readonly (readonly JudgedTest["outcome"]["kind"][])[]): JudgeFacts {
  const tests = stages.flatMap((kinds, i) =>
    kinds.map((kind, j): JudgedTest => {
      const outcome = outcomes.find((candidate) => candidate.kind === kind)!;
      return { stage: i + 1, name: `test ${i + 1}.${j + 1}`, outcome, durationMs: 1 };
    }),
  );
  return { end: { kind: "finished" }, tests, output: { text: "", truncated: false } };
}

function benchmark(status: BenchmarkResult["status"]): BenchmarkResult {
  return {
    name: `a ${status} one`,
    status,
    kind: "count",
    unit: "reads",
    learner: 2,
    reference: null,
    ratio: 2,
    threshold: 1,
    workload: "one",
    message: null,
  };
}
