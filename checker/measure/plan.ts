/**
 * When to stop measuring. Rounds come in batches, each batch from freshly started processes: two runs of the same code
 * differ more between processes (memory layout, when the optimizer struck) than between rounds of one process.
 */

import { ROUNDS_MIN, type Side, sideOf } from "./statistics.ts";

/** Freshly started pairs of processes at most; then the verdict is `inconclusive`. */
export const BATCHES_MAX = 5;
export const ROUNDS_PER_BATCH = ROUNDS_MIN;

/** What is right must not fail by accident, so the side that fails must be seen in this many batches. */
export const BATCHES_TO_FAIL = 2;

/**
 * No noise turns interleaved rounds of equal code into this factor several times in a row: an answer so far off on the
 * failing side is given at once, instead of repeating work that takes seconds a round.
 */
const FAR = 4;
const ROUNDS_FAR = 5;

export interface Question {
  readonly bound: number;
  /** The side of `bound` on which the measurement passes. */
  readonly passes: "above" | "below";
  /**
   * How far beyond the bound is far; default 4. At least 1. Smaller only with a second witness that the code is slow.
   */
  readonly far?: number;
}

export type Decision = "passed" | "too-slow" | "measure-more" | "inconclusive";

/** The decision after `batches` batches that gave `samples` together. */
export function decide(samples: readonly number[], batches: number, question: Question): Decision {
  const { bound, passes } = question;
  if (isFar(samples, question)) return "too-slow";
  const side: Side = sideOf(samples, bound);
  if (side === passes) return "passed";
  if (side !== "undecided" && batches >= BATCHES_TO_FAIL) return "too-slow";
  return batches >= BATCHES_MAX ? "inconclusive" : "measure-more";
}

/** True when every round so far failed by a factor that leaves nothing to measure. */
export function isFar(samples: readonly number[], { bound, passes, far = FAR }: Question): boolean {
  if (samples.length < ROUNDS_FAR) return false;
  return samples.every((sample) => (passes === "above" ? sample * far < bound : sample > bound * far));
}
