/**
 * All that is known about one exercise, folded into one verdict. Pure: no clock, no files. Nothing but `passed` is
 * green, and nothing is `passed` unless every registered test of every graded stage passed, every benchmark held, and
 * the file conforms.
 */

import type { CatalogEntry } from "../course/manifest.ts";
import type { BenchmarkResult, ExerciseResult, StageResult, Status, TestResult, TestStatus } from "../course/report.ts";
import type { During, JudgedTest, JudgeFacts } from "./judge/facts.ts";
import { renderFailure } from "./judge/failure-text.ts";
import { wrap } from "./text/wrap.ts";

export interface Facts {
  readonly entry: CatalogEntry;
  readonly seed: number;
  readonly durationMs: number;
  /** Stages 1 to n were graded. */
  readonly lastStage: number;
  /**
   * False where a single behavior was asked for; then nothing is said of the others, and nothing passes. Default: true.
   */
  readonly isWhole?: boolean;
  readonly conformance:
    | { readonly kind: "conforming" | "not-started" }
    | { readonly kind: "missing" | "not-conforming" | "tampered"; readonly message: string };
  /** Null when the file was not run; without a run nothing passes. */
  readonly judged: JudgeFacts | null;
  /** Why it was not run, where the machine lacks something that the exercise needs. */
  readonly unavailable?: string;
  /** Empty before measuring, and where there is nothing to measure. */
  readonly benchmarks: readonly BenchmarkResult[];
}

export function fold(facts: Facts): ExerciseResult {
  const { entry, seed, durationMs, benchmarks } = facts;
  // A file that was not fit to run has no results, even when something ran before that was known.
  const judged = facts.conformance.kind === "conforming" ? facts.judged : null;
  const stages = judged === null ? [] : stagesOf(facts, judged);
  const { status, message } = verdict(facts, judged, stages);
  const output = judged === null || judged.output.text === "" ? {} : { output: judged.output };
  return { id: entry.id, status, seed, durationMs, message, stages, benchmarks, ...output };
}

interface Verdict {
  readonly status: Status;
  readonly message: string | null;
}

function verdict(facts: Facts, judged: JudgeFacts | null, stages: readonly StageResult[]): Verdict {
  const { entry, conformance, benchmarks, isWhole = true } = facts;
  const bring = `npx bp reset ${entry.id}`;
  if ("message" in conformance) return { status: conformance.kind, message: conformance.message };
  if (conformance.kind === "not-started") return notStarted(entry);
  if (judged === null)
    return { status: "inconclusive", message: facts.unavailable ?? "The file was not run. Check it again." };

  const { end, tests } = judged;
  switch (end.kind) {
    case "tampered":
      return { status: "tampered", message: `${capital(end.why)}. Leave alone what the suite stands on.` };
    case "out-of-memory":
      return {
        status: end.kind,
        message: `Out of memory ${during(end.during)}: ${end.why}. Look for what is never freed.`,
      };
    case "timed-out":
      return {
        status: end.kind,
        message: `Timed out ${during(end.during)}: ${end.why}. Look for a loop that never ends.`,
      };
    case "crashed":
      return { status: end.kind, message: `Crashed ${during(end.during)}: ${end.why}.` };
    case "not-started":
      return notStarted(entry);
    case "finished":
  }

  if (tests.length === 0)
    return { status: "no-tests", message: "The suite ran no test; that is the course's fault, not yours." };
  const empty = stages.findIndex((stage) => stage.tests.length === 0);
  if (empty !== -1 && isWhole) {
    const message = `The suite has no test for stage ${empty + 1}; that is the course's fault, not yours.`;
    return { status: "no-tests", message };
  }
  if (!isWhole && tests.every(({ outcome }) => outcome.kind === "passed"))
    return { status: "inconclusive", message: "The one behavior that was asked for passed." };
  const late = tests.find(({ outcome }) => outcome.kind === "timed-out");
  if (late !== undefined) {
    const message = `"${late.name}" waited in vain: a promise never settled.`;
    return { status: "timed-out", message };
  }
  const unfinished = tests.filter(({ outcome }) => outcome.kind === "not-run" || outcome.kind === "interrupted");
  if (unfinished.length > 0) {
    const message =
      `${unfinished.length} of ${tests.length} tests did not run, the first of them ` + `"${unfinished[0]!.name}".`;
    return { status: "crashed", message };
  }
  if (tests.every(({ outcome }) => outcome.kind === "not-started")) return notStarted(entry);
  const failed = tests.filter(({ outcome }) => outcome.kind === "failed" || outcome.kind === "errored");
  if (failed.length > 0) return { status: "failed", message: failedMessage(failed, tests) };
  const open = stages.flatMap((stage, i) => (stage.status === "passed" ? [] : [i + 1]));
  if (open.length > 0) {
    const first = open[0]!;
    const message = `${listed("Stage", open)} not started yet. Next: stage ${first}, "${stages[first - 1]!.title}".`;
    return { status: "failed", message };
  }
  return measured(benchmarks) ?? { status: "passed", message: null };

  function notStarted({ exercise }: CatalogEntry): Verdict {
    return {
      status: "not-started",
      message:
        `Nothing is written yet. Start with stage 1, "${exercise.stages[0]}"; the stub is back with ` + `\`${bring}\`.`,
    };
  }
}

/** Null when every benchmark held. */
function measured(benchmarks: readonly BenchmarkResult[]): Verdict | null {
  const first = (status: BenchmarkResult["status"]) => benchmarks.find((benchmark) => benchmark.status === status);
  const crashed = first("crashed");
  if (crashed !== undefined)
    return { status: "crashed", message: `The benchmark "${crashed.name}" crashed${because(crashed)}` };
  const late = first("timed-out");
  if (late !== undefined)
    return { status: "timed-out", message: `The benchmark "${late.name}" did not end${because(late)}` };
  const wrong = first("wrong");
  if (wrong !== undefined)
    return {
      status: "failed",
      message: `Every test passed; in the benchmark "${wrong.name}" it is wrong${because(wrong)}`,
    };
  const slow = first("too-slow");
  if (slow !== undefined)
    return { status: "too-slow", message: `Every test passed; the benchmark "${slow.name}" did not${because(slow)}` };
  const unclear = first("inconclusive");
  if (unclear !== undefined) {
    const message = `Every test passed; "${unclear.name}" could not be measured on this machine now${because(unclear)}`;
    return { status: "inconclusive", message };
  }
  return null;
}

function because({ message }: BenchmarkResult): string {
  return message === null ? "." : `: ${message}`;
}

function stagesOf({ entry, seed, lastStage }: Facts, judged: JudgeFacts): StageResult[] {
  const chapter = `/docs/${entry.part.slug}/${entry.system.slug}`;
  return entry.exercise.stages.slice(0, lastStage).map((title, i) => {
    const tests = judged.tests
      .filter((test) => test.stage === i + 1)
      .map((test) => testResult(test, judged, { id: entry.id, seed, chapter }));
    return { title, status: stageStatus(tests), tests };
  });
}

function stageStatus(tests: readonly TestResult[]): StageResult["status"] {
  const has = (...statuses: TestStatus[]) => tests.some(({ status }) => statuses.includes(status));
  if (has("failed", "timed-out", "out-of-memory", "crashed")) return "failed";
  if (tests.length === 0 || has("not-run")) return "not-run";
  return has("not-started") ? "not-started" : "passed";
}

/** One test as it is reported. Also used while the run goes on, when how it ends is not known yet. */
export function testResult(
  test: JudgedTest,
  judged: Pick<JudgeFacts, "end"> | null,
  context: { readonly id: string; readonly seed: number; readonly chapter: string },
): TestResult {
  const { name, outcome, durationMs, explored } = test;
  const timing = { ...(durationMs === null ? {} : { durationMs }), ...(explored === undefined ? {} : { explored }) };
  const plain = (status: TestStatus, message: string | null): TestResult => ({ name, status, message, ...timing });
  switch (outcome.kind) {
    case "passed":
      return plain("passed", null);
    case "failed": {
      const message = renderFailure(outcome.failure, context);
      return { name, status: "failed", message, failure: outcome.failure, ...timing };
    }
    case "errored":
      return plain("failed", wrap(outcome.why));
    case "not-started":
      return plain("not-started", outcome.where);
    case "timed-out":
      return plain("timed-out", wrap(`Nothing came back for ${outcome.budgetMs / 1_000} s: a promise never settled.`));
    case "interrupted":
      return plain(interruptedStatus(judged), judged === null ? null : wrap(endText(judged.end)));
    case "not-run":
      return plain("not-run", null);
  }
}

function interruptedStatus(judged: Pick<JudgeFacts, "end"> | null): TestStatus {
  const kind = judged?.end.kind;
  return kind === "timed-out" || kind === "out-of-memory" ? kind : "crashed";
}

function endText(end: JudgeFacts["end"]): string {
  return end.kind === "finished" ? "It was cut short." : `${capital(end.why)}.`;
}

function failedMessage(failed: readonly JudgedTest[], tests: readonly JudgedTest[]): string {
  const stage = Math.min(...failed.map((test) => test.stage));
  const count = `${failed.length} of ${tests.length} tests failed`;
  return `${count}. Start with stage ${stage}: "${failed.find((test) => test.stage === stage)!.name}".`;
}

function during(what: During): string {
  if (what.kind === "import") return "while the file was imported";
  if (what.kind === "test") return `in stage ${what.stage}, "${what.name}"`;
  return "outside of any test";
}

function listed(noun: string, numbers: readonly number[]): string {
  if (numbers.length === 1) return `${noun} ${numbers[0]} is`;
  return `${noun}s ${numbers.slice(0, -1).join(", ")} and ${numbers.at(-1)} are`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
