/*
 * Webhook verification. Signatures over raw bytes, in constant time, with a replay window and keys that rotate.
 *
 * Start with stage 1: Sign and verify.
 * Chapter: docs/finance/payment-system.mdx
 * Grade it: npx bp check payment-system/webhook
 */

import { NotStarted } from "../not-started.ts";

/**
 * Counts up to a cap. An amount is taken as a whole or refused as a whole.
 *
 * Bound: the sum of all amounts taken is at most `cap`. O(1) per call.
 */
export class Webhook {
  /** `cap` is a whole number of at least 1. */
  constructor(cap: number) {
    throw new NotStarted("stage 1: Sign and verify");
  }

  /**
   * Takes `amount`, a whole number of at least 0, and returns true; or takes nothing and returns false.
   */
  add(amount: number): boolean {
    throw new NotStarted("stage 1: Sign and verify");
  }

  /**
   * What was taken so far.
   */
  used(): number {
    throw new NotStarted("stage 1: Sign and verify");
  }
}
