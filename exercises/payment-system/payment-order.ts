/*
 * Payment order. The state machine from fraud check to payout, with an outbox, webhooks in any order and unknown
 * outcomes.
 *
 * Start with stage 1: Transitions as data.
 * Chapter: docs/finance/payment-system.mdx
 * Grade it: npx bp check payment-system/payment-order
 */

import { NotStarted } from "../not-started.ts";

/**
 * Counts up to a cap. An amount is taken as a whole or refused as a whole.
 *
 * Bound: the sum of all amounts taken is at most `cap`. O(1) per call.
 */
export class PaymentOrder {
  /** `cap` is a whole number of at least 1. */
  constructor(cap: number) {
    throw new NotStarted("stage 1: Transitions as data");
  }

  /**
   * Takes `amount`, a whole number of at least 0, and returns true; or takes nothing and returns false.
   */
  add(amount: number): boolean {
    throw new NotStarted("stage 1: Transitions as data");
  }

  /**
   * What was taken so far.
   */
  used(): number {
    throw new NotStarted("stage 1: Transitions as data");
  }
}
