/** What a check produces: the document of `--json`, and the types that every room of the checker shares. */

import type { FailureMeta } from "./kit/behavior.ts";

/** Closed set; nothing but `passed` is green. */
export const STATUSES = [
  "passed",
  "failed",
  "too-slow",
  "not-started",
  "not-conforming",
  "timed-out",
  "out-of-memory",
  "crashed",
  "tampered",
  "no-tests",
  "inconclusive",
  "missing",
] as const;

export type Status = (typeof STATUSES)[number];

export type TestStatus = "passed" | "failed" | "not-started" | "not-run" | "timed-out" | "out-of-memory" | "crashed";

export interface TestResult {
  readonly name: string;
  readonly status: TestStatus;
  /** The failure text as printed, without color; null when there is nothing to say. */
  readonly message: string | null;
  /** Where the message came from, for renderers that lay it out themselves (site, lanes). */
  readonly failure?: FailureMeta;
  readonly durationMs?: number;
}

export interface StageResult {
  readonly title: string;
  readonly status: "passed" | "failed" | "not-started" | "not-run";
  readonly tests: readonly TestResult[];
}

export interface BenchmarkResult {
  readonly name: string;
  readonly status: "passed" | "too-slow" | "inconclusive" | "crashed" | "timed-out";
  readonly kind: "ratio" | "count" | "growth" | "heap";
  readonly unit: string;
  /** Learner's and reference's figure in `unit`; for growth the time per operation at 16n over that at n. */
  readonly learner: number;
  readonly reference: number | null;
  /** learner / reference for ratios, learner / bound for counts, growth and heap. */
  readonly ratio: number | null;
  /** The least ratio that passes; for counts, growth and heap the largest figure that passes, in `unit`. */
  readonly threshold: number;
  readonly workload: string;
  readonly message: string | null;
}

export interface ExerciseResult {
  /** `<system>/<exercise>` */
  readonly id: string;
  readonly status: Status;
  readonly seed: number;
  readonly durationMs: number;
  /** One sentence for every status but `passed`: what happened and the next step. */
  readonly message: string | null;
  readonly stages: readonly StageResult[];
  readonly benchmarks: readonly BenchmarkResult[];
  /** What the learner's code printed while it was judged; absent when it printed nothing. */
  readonly output?: { readonly text: string; readonly truncated: boolean };
}

/** The one document that `--json` prints. */
export interface CheckDocument {
  readonly version: 1;
  readonly exercises: readonly ExerciseResult[];
}

export interface CheckOptions {
  /** Folder that holds `<system>/<exercise>.ts`; `exercises` unless `--from` says otherwise. Absolute. */
  readonly from: string;
  /** Grade stages 1 to n only. */
  readonly stage?: number;
  readonly seed: number;
  readonly bench: boolean;
  /** False where only the verdict matters: failures are not made small. Default: true. */
  readonly shrink?: boolean | undefined;
  /** Overrides the file under test: `bp verify` grades mutants and alternatives this way. Absolute. */
  readonly file?: string;
  /** Runs only the behavior of this name: for `bp verify`, never a pass of the exercise. */
  readonly only?: string;
  /** Graded in place of what the file holds: mutants are texts. */
  readonly text?: string;
  /** Called as things happen; must not throw. */
  readonly onProgress?: (event: ProgressEvent) => void;
  readonly signal?: AbortSignal;
}

export type ProgressEvent =
  | { readonly kind: "phase"; readonly id: string; readonly phase: "conform" | "judge" | "measure" }
  | { readonly kind: "test"; readonly id: string; readonly stage: string; readonly test: TestResult };
