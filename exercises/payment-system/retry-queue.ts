/*
 * Retries and dead letters. A queue in PostgreSQL with backoff, leases, order per payment, and a dead letter queue with
 * redrive.
 *
 * Start with stage 1: When to try again.
 * Chapter: docs/finance/payment-system.mdx
 * Grade it: npx bp check payment-system/retry-queue
 */

import { NotStarted } from "../not-started.ts";

/**
 * Counts up to a cap. An amount is taken as a whole or refused as a whole.
 *
 * Bound: the sum of all amounts taken is at most `cap`. O(1) per call.
 */
export class RetryQueue {
  /** `cap` is a whole number of at least 1. */
  constructor(cap: number) {
    throw new NotStarted("stage 1: When to try again");
  }

  /**
   * Takes `amount`, a whole number of at least 0, and returns true; or takes nothing and returns false.
   */
  add(amount: number): boolean {
    throw new NotStarted("stage 1: When to try again");
  }

  /**
   * What was taken so far.
   */
  used(): number {
    throw new NotStarted("stage 1: When to try again");
  }
}
