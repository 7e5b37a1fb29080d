/** Stages and behaviours: the two words in which a hidden suite is written. */

import { describe, type TestOptions, test } from "vitest";
import { Tampered, verifyGlobals } from "./integrity.ts";
import { record } from "./recorder.ts";
import { show } from "./show.ts";
import { clearSteps, recordedSteps } from "./steps.ts";
import { type Invariant, Violation, type ViolationDetails } from "./violation.ts";

/** What a failed behaviour leaves in `task.meta` for the judge. */
export interface FailureMeta extends ViolationDetails {
  readonly invariant: Invariant;
  readonly steps: readonly string[];
}

declare module "vitest" {
  interface TaskMeta {
    failure?: FailureMeta;
    tampered?: string;
    notStarted?: string;
  }
}

/** Stage `n` of the exercise; title and order must agree with `course/systems/<system>.ts`. */
export function stage(n: number, title: string, body: () => void): void {
  describe(`Stage ${n}: ${title}`, body);
}

/**
 * One behaviour, named as a sentence, citing the invariant it checks.
 * `timeoutMs` bounds asynchronous work; the judge bounds synchronous loops itself.
 */
export function behaviour(name: string, claim: Invariant, check: () => void | Promise<void>, timeoutMs = 10_000): void {
  const options: TestOptions = { timeout: timeoutMs };
  test(name, options, async ({ task }) => {
    clearSteps();
    record({ kind: "start", test: name });
    try {
      await check();
      verifyGlobals(`in "${name}"`);
    } catch (error) {
      record({ kind: "fail", test: name });
      if (error instanceof Tampered) task.meta.tampered = error.message;
      else if (isNotStarted(error)) task.meta.notStarted = error.message;
      else task.meta.failure = explain(error, claim);
      throw error;
    }
    record({ kind: "pass", test: name });
  });
}

function explain(error: unknown, claim: Invariant): FailureMeta {
  if (error instanceof Violation) {
    return { steps: recordedSteps(), invariant: claim, ...error.details };
  }
  const { actual, expected, message } = assertionFields(error);
  return {
    steps: recordedSteps(),
    invariant: claim,
    expected: expected ?? "the call to return",
    got: actual ?? message,
  };
}

/** `expect(…)` failures carry both sides; anything else was thrown by the code under test. */
function assertionFields(error: unknown): { actual?: string; expected?: string; message: string } {
  if (error instanceof Error && error.name === "AssertionError") {
    const both = error as Error & { actual?: unknown; expected?: unknown };
    return { actual: show(both.actual), expected: show(both.expected), message: error.message };
  }
  return { message: show(error) };
}

function isNotStarted(error: unknown): error is Error {
  return error instanceof Error && error.name === "NotStarted";
}
