/** Stages and behaviors: the two words in which a hidden suite is written. */

import { describe, test } from "vitest";
import type { Failure } from "../../course/report.ts";
import { answersSoFar } from "./activity.ts";
import { Tampered, verifyGlobals } from "./integrity.ts";
import { record } from "./recorder.ts";
import { run } from "./run.ts";
import { show } from "./show.ts";
import { clearSteps, recordedSteps } from "./steps.ts";
import { showThrown } from "./thrown.ts";
import { type Invariant, Violation } from "./violation.ts";

declare module "vitest" {
  interface TaskMeta {
    failure?: Failure;
    tampered?: string;
    notStarted?: string;
  }
}

// Captured before the learner's file is imported: a suite may install fake timers, and a learner may patch real ones.
const later = setTimeout;
const cancel = clearTimeout;
const clock = performance.now.bind(performance);
const processorTime = process.cpuUsage.bind(process);

/**
 * Vitest's own timeout goes by the clock and comes after a synchronous test has ended: on a busy machine it would
 * refuse right code. It is the last line, behind the judge's limit on the clock.
 */
const VITEST_FACTOR = 10;
/** A process that computed for this share of a budget was kept waiting by the machine, not by a promise. */
const COMPUTING_SHARE = 0.05;

let currentStage = 0;

/** Stage `n` of the exercise; title and order must agree with `course/systems/<system>.ts`. */
export function stage(n: number, title: string, body: () => void): void {
  if (run.lastStage !== undefined && n > run.lastStage) return;
  describe(`Stage ${n}: ${title}`, () => {
    currentStage = n;
    body();
    currentStage = 0;
  });
}

/**
 * One behavior, named as a sentence, citing the invariant it checks.
 * `timeoutMs` bounds waiting on the clock and work in processor time; the judge enforces the second, because code that
 * never yields cannot be stopped from inside.
 */
export function behavior(name: string, claim: Invariant, check: () => void | Promise<void>, timeoutMs = 10_000): void {
  if (run.only !== undefined && name !== run.only) return;
  const stage = currentStage;
  const budgetMs = Math.min(timeoutMs, run.patienceMs ?? timeoutMs);
  record({ kind: "registered", stage, test: name });
  test(name, { timeout: budgetMs * VITEST_FACTOR }, async ({ task }) => {
    clearSteps();
    record({ kind: "start", stage, test: name, budgetMs });
    const begin = clock();
    try {
      const pending = check();
      if (pending !== undefined) await withinBudget(pending, budgetMs);
      verifyGlobals(`in "${name}"`);
    } catch (error) {
      // What threw may be the consequence of a patched global; then that is the news.
      verifyGlobals(`in "${name}"`);
      const ms = clock() - begin;
      if (error instanceof Tampered) task.meta.tampered = error.message;
      else if (error instanceof OutOfTime) record({ kind: "timeout", stage, test: name, budgetMs });
      else if (isNotStarted(error)) {
        task.meta.notStarted = error.message;
        record({ kind: "not-started", stage, test: name, where: error.message });
      } else {
        task.meta.failure = explain(error, claim);
        record({ kind: "fail", stage, test: name, failure: task.meta.failure, ms });
      }
      throw error;
    }
    record({ kind: "pass", stage, test: name, ms: clock() - begin });
  });
}

class OutOfTime extends Error {
  constructor(budgetMs: number) {
    super(`nothing came back for ${budgetMs} ms`);
    this.name = "OutOfTime";
  }
}

function withinBudget(pending: Promise<void>, budgetMs: number): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    let before = processorTime();
    let answers = answersSoFar();
    const look = (): void => {
      const { user, system } = processorTime(before);
      const isIdle = user + system < COMPUTING_SHARE * budgetMs * 1_000 && answersSoFar() === answers;
      if (isIdle) reject(new OutOfTime(budgetMs));
      else {
        // What computes or asks for ever is the judge's to end.
        before = processorTime();
        answers = answersSoFar();
        timer = later(look, budgetMs);
      }
    };
    let timer = later(look, budgetMs);
    pending.then(
      () => {
        cancel(timer);
        resolve();
      },
      (error: unknown) => {
        cancel(timer);
        reject(error);
      },
    );
  });
}

function explain(error: unknown, claim: Invariant): Failure {
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
  return { message: `an exception: ${showThrown(error)}` };
}

function isNotStarted(error: unknown): error is Error {
  return error instanceof Error && error.name === "NotStarted";
}
