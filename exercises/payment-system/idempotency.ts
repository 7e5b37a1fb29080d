/*
 * Idempotency keys in PostgreSQL. One effect per key: replays, conflicts, duplicates at the same time, and a process
 * that dies anywhere.
 *
 * Start with stage 1: Run once, replay the answer.
 * Chapter: docs/finance/payment-system.mdx
 * Grade it: npx bp check payment-system/idempotency
 */

import { NotStarted } from "../not-started.ts";

/**
 * Counts up to a cap. An amount is taken as a whole or refused as a whole.
 *
 * Bound: the sum of all amounts taken is at most `cap`. O(1) per call.
 */
export class Idempotency {
  /** `cap` is a whole number of at least 1. */
  constructor(cap: number) {
    throw new NotStarted("stage 1: Run once, replay the answer");
  }

  /**
   * Takes `amount`, a whole number of at least 0, and returns true; or takes nothing and returns false.
   */
  add(amount: number): boolean {
    throw new NotStarted("stage 1: Run once, replay the answer");
  }

  /**
   * What was taken so far.
   */
  used(): number {
    throw new NotStarted("stage 1: Run once, replay the answer");
  }
}
