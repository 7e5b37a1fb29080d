/** What the judge found out about one run, before anybody calls it a verdict. */

import type { ExploredSpace, Failure } from "../../course/report.ts";
import type { Output } from "./protocol.ts";

export interface JudgeFacts {
  readonly end: JudgeEnd;
  /** Every registered test, in order. */
  readonly tests: readonly JudgedTest[];
  readonly output: Output;
}

/** How the run came to its end. Only after `finished` can anything have passed. */
export type JudgeEnd =
  | { readonly kind: "finished" }
  | { readonly kind: "timed-out"; readonly during: During; readonly why: string }
  | { readonly kind: "out-of-memory"; readonly during: During; readonly why: string }
  | { readonly kind: "crashed"; readonly during: During; readonly why: string }
  | { readonly kind: "tampered"; readonly why: string }
  /** `NotStarted` was thrown while the file was imported. */
  | { readonly kind: "not-started"; readonly why: string };

/** What was running: a test, the import of the file, or neither. */
export type During =
  | { readonly kind: "import" }
  | { readonly kind: "test"; readonly stage: number; readonly name: string }
  | { readonly kind: "other" };

export interface JudgedTest {
  readonly stage: number;
  readonly name: string;
  readonly outcome:
    | { readonly kind: "passed" }
    | { readonly kind: "failed"; readonly failure: Failure }
    /** Vitest failed it although the kit had nothing to object to. */
    | { readonly kind: "errored"; readonly why: string }
    | { readonly kind: "not-started"; readonly where: string }
    | { readonly kind: "timed-out"; readonly budgetMs: number }
    /** It was running when the process was ended, or ended itself. */
    | { readonly kind: "interrupted" }
    | { readonly kind: "not-run" };
  readonly durationMs: number | null;
  /** Spaces that it looked at whole, in order. */
  readonly explored?: readonly ExploredSpace[];
}
