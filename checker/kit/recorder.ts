/**
 * The flight recorder: one JSON line a fact, written synchronously, so that the judge knows which test was running when
 * the process hangs or dies. Everything it calls is captured before the learner's file is imported.
 */

import { openSync, writeSync } from "node:fs";
import { run } from "./run.ts";

export type RecordedFact =
  | { readonly kind: "importing" }
  | { readonly kind: "imported" }
  | { readonly kind: "start"; readonly test: string }
  | { readonly kind: "pass"; readonly test: string }
  | { readonly kind: "fail"; readonly test: string }
  | { readonly kind: "tampered"; readonly what: string };

const toJson = JSON.stringify;
const write = writeSync;
const descriptor = run.recordPath === null ? -1 : openSync(run.recordPath, "a");
let sequence = 0;

export function record(fact: RecordedFact): void {
  if (descriptor === -1) return;
  write(descriptor, `${toJson({ token: run.token, sequence: sequence++, ...fact })}\n`);
}
