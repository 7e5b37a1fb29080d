/*
 * Double-entry ledger. Transfers that balance, holds, and hot accounts that many clients move money through at once.
 *
 * Start with stage 1: Post what balances.
 * Chapter: docs/finance/payment-system.mdx
 * Grade it: npx bp check payment-system/ledger
 */

import { NotStarted } from "../not-started.ts";

/**
 * Counts up to a cap. An amount is taken as a whole or refused as a whole.
 *
 * Bound: the sum of all amounts taken is at most `cap`. O(1) per call.
 */
export class Ledger {
  /** `cap` is a whole number of at least 1. */
  constructor(cap: number) {
    throw new NotStarted("stage 1: Post what balances");
  }

  /**
   * Takes `amount`, a whole number of at least 0, and returns true; or takes nothing and returns false.
   */
  add(amount: number): boolean {
    throw new NotStarted("stage 1: Post what balances");
  }

  /**
   * What was taken so far.
   */
  used(): number {
    throw new NotStarted("stage 1: Post what balances");
  }
}
