/**
 * The flight recorder: one JSON line a fact, written synchronously, so that the judge knows which test was running when
 * the process hangs or dies. Everything it calls is captured before the learner's file is imported, and the token that
 * makes a line credible lives in this module only.
 */

import { openSync, writeSync } from "node:fs";
import type { ExploredSpace, Failure } from "../../course/report.ts";
import { run, takeToken } from "./run.ts";

/** `test` is the behavior's name, `stage` its 1-based stage. */
export type RecordedFact =
  | { readonly kind: "hello"; readonly pid: number }
  | { readonly kind: "importing" }
  | { readonly kind: "imported" }
  | { readonly kind: "import-failed"; readonly error: string; readonly notStarted: boolean }
  /** Every test there will be, before the first one runs. */
  | { readonly kind: "registered"; readonly stage: number; readonly test: string }
  | { readonly kind: "start"; readonly stage: number; readonly test: string; readonly budgetMs: number }
  /** The test that runs has looked at every schedule of a small world. */
  | { readonly kind: "explored"; readonly space: ExploredSpace }
  | { readonly kind: "pass"; readonly stage: number; readonly test: string; readonly ms: number }
  | {
      readonly kind: "fail";
      readonly stage: number;
      readonly test: string;
      readonly failure: Failure;
      readonly ms: number;
    }
  | { readonly kind: "not-started"; readonly stage: number; readonly test: string; readonly where: string }
  | { readonly kind: "timeout"; readonly stage: number; readonly test: string; readonly budgetMs: number }
  | { readonly kind: "tampered"; readonly what: string };

/** A line of the record: a fact, who wrote it, and its place. A gap in `sequence` means that lines are missing. */
export type RecordedLine = RecordedFact & { readonly token: string; readonly sequence: number };

const toJson = JSON.stringify;
const write = writeSync;
const token = takeToken();
const descriptor = run.recordPath === null ? -1 : openSync(run.recordPath, "a");
let sequence = 0;

export function record(fact: RecordedFact): void {
  if (descriptor === -1) return;
  write(descriptor, `${toJson({ token, sequence: sequence++, ...fact })}\n`);
}

record({ kind: "hello", pid: process.pid });
