/** Properties: fast-check with the run's seed, a shrunk counterexample, and the steps that lead to it. */

import fc, { type Arbitrary } from "fast-check";
import { ddmin } from "../../sim/ddmin.ts";
import { run } from "./run.ts";
import { show } from "./show.ts";
import { clearSteps, recordedSteps } from "./steps.ts";
import { showThrown } from "./thrown.ts";
import { Violation } from "./violation.ts";

// Without this fast-check draws about ten elements at most, whatever a suite gives as `maxLength`: long sequences, on
// which tables grow and logs are cut, would never be tried.
fc.configureGlobal({ ...fc.readConfigureGlobal(), defaultSizeToMaxWhenMaxSpecified: true });

export interface PropertyOptions {
  /** Default 200. */
  readonly runs?: number;
  /** Inputs that are always tried first, e.g. published rows. */
  readonly examples?: readonly unknown[];
}

const sublistable = new WeakSet<Arbitrary<unknown>>();

/**
 * Says that every part of a drawn list is an input as well, e.g. of a list of calls. fast-check shortens a list from
 * its ends; with this a failing list is left with only the elements that the failure needs.
 */
export function sublists<T>(lists: Arbitrary<readonly T[]>): Arbitrary<readonly T[]> {
  sublistable.add(lists);
  return lists;
}

/**
 * Holds when `check` returns for every input; on failure the input is shrunk, replayed once more to record its steps,
 * and thrown as a Violation with `counterexample`.
 */
export function forAll<T>(inputs: Arbitrary<T>, check: (input: T) => void, options: PropertyOptions = {}): void {
  const budget = new ShrinkBudget();
  const property = fc.property(inputs, (input) => {
    if (budget.isSpent()) return;
    clearSteps();
    try {
      check(input);
    } catch (error) {
      budget.start();
      throw error;
    }
  });
  const examples = (options.examples ?? []).map((input) => [input as T] as [T]);
  const outcome = fc.check(property, { ...parameters(options), examples });
  if (outcome.failed) rethrow(smallest(inputs, outcome.counterexample![0], check), (input) => check(input));
}

function smallest<T>(inputs: Arbitrary<T>, failing: T, check: (input: T) => void): T {
  if (run.shrink === false || !sublistable.has(inputs)) return failing;
  const fails = (part: readonly unknown[]): boolean => {
    if (part.length === 0) return false;
    clearSteps();
    try {
      check(part as T);
      return false;
    } catch {
      return true;
    }
  };
  return ddmin(failing as readonly unknown[], fails) as T;
}

/** As `forAll`, for checks that await. */
export async function forAllAsync<T>(
  inputs: Arbitrary<T>,
  check: (input: T) => Promise<void>,
  options: PropertyOptions = {},
): Promise<void> {
  const budget = new ShrinkBudget();
  const property = fc.asyncProperty(inputs, async (input) => {
    if (budget.isSpent()) return;
    clearSteps();
    try {
      await check(input);
    } catch (error) {
      budget.start();
      throw error;
    }
  });
  const examples = (options.examples ?? []).map((input) => [input as T] as [T]);
  const outcome = await fc.check(property, { ...parameters(options), examples });
  if (!outcome.failed) return;
  const input = outcome.counterexample![0];
  clearSteps();
  try {
    await check(input);
  } catch (error) {
    throw withCounterexample(error, input);
  }
  throw unstable(input);
}

/** Taken before any code of a learner runs. */
const now = performance.now.bind(performance);
const SHRINK_TRIES = 3_000;
const SHRINK_MS = 3_000;

/**
 * The input that failed first decides the verdict; a smaller one only reads better. So the search for it ends after so
 * many tries, or so long: from then on every candidate counts as one that passes, and the smallest found so far stands.
 */
class ShrinkBudget {
  #tries = 0;
  #endsAtMs = Number.POSITIVE_INFINITY;

  /** At the first failure. */
  start(): void {
    if (this.#endsAtMs === Number.POSITIVE_INFINITY) this.#endsAtMs = now() + SHRINK_MS;
  }

  isSpent(): boolean {
    if (this.#endsAtMs === Number.POSITIVE_INFINITY) return false;
    return ++this.#tries > SHRINK_TRIES || now() > this.#endsAtMs;
  }
}

function parameters({ runs = 200 }: PropertyOptions): { seed: number; numRuns: number; endOnFailure: boolean } {
  return { seed: run.seed, numRuns: runs, endOnFailure: run.shrink === false };
}

function rethrow<T>(input: T, check: (input: T) => void): never {
  clearSteps();
  try {
    check(input);
  } catch (error) {
    throw withCounterexample(error, input);
  }
  throw unstable(input);
}

function withCounterexample(error: unknown, input: unknown): unknown {
  const counterexample = show(input);
  if (error instanceof Violation) return new Violation({ steps: recordedSteps(), counterexample, ...error.details });
  if (error instanceof Error && (error.name === "NotStarted" || error.name === "Tampered")) return error;
  const sides = error as { name?: string; actual?: unknown; expected?: unknown };
  const isAssertion = error instanceof Error && error.name === "AssertionError";
  return new Violation({
    steps: recordedSteps(),
    counterexample,
    expected: isAssertion ? show(sides.expected) : "the call to return",
    got: isAssertion ? show(sides.actual) : `an exception: ${showThrown(error)}`,
  });
}

/**
 * The same input failed once and passed when tried again: state leaks between instances, or the code is not
 * deterministic.
 */
function unstable(input: unknown): Violation {
  return new Violation({
    expected: "the same input to give the same result every time",
    got: "a failure on the first try and none on the second",
    counterexample: show(input),
    note: "Look for state outside the instance (module-level variables) or for randomness that is not injected.",
  });
}

export { fc };
