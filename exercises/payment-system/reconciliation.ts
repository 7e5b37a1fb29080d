/*
 * Reconciliation. A settlement file against the ledger: every difference by its kind, and none that is not there.
 *
 * Start with stage 1: Match one to one.
 * Chapter: docs/finance/payment-system.mdx
 * Grade it: npx bp check payment-system/reconciliation
 */

import { requireInteger } from "../../given/common/integers.ts";
import type { Run, RunStore } from "../../given/payment-system/run-store.ts";
import type { Expectation, Movement, SettlementLine } from "../../given/payment-system/settlement.ts";
import { NotStarted } from "../not-started.ts";

/** What the PSP takes of a movement in a currency. */
export interface FeeTerms {
  readonly movement: Movement;
  readonly currency: string;
  /** Hundredths of a percent of the amount, 0 to 5,000: 290 is 2.9 %. */
  readonly basisPoints: number;
  /** Minor units on top, 0 to 10^9. */
  readonly fixed: number;
}

/** The contract with the PSP. A value that is not as described is a RangeError. */
export interface Terms {
  /** At most one for a movement and currency. Without one, the fee is 0. */
  readonly fees: readonly FeeTerms[];
  /**
   * How far the PSP's time of processing may lie from our time of booking, before or after: our clock, its clock, and
   * the way between. 0 to 2^45.
   */
  readonly clockWindowMs: number;
  /**
   * The bank pays on the day (UTC) on which the PSP processed, or up to so many days later: weekends and holidays are
   * in it. 0 to 366.
   */
  readonly valueDays: number;
  /** The file holds what the PSP processed before this, by the PSP's clock. 0 to 2^53 - 1. */
  readonly cutoffMs: number;
}

export type Finding =
  /** Should be in the file and is not. */
  | { readonly type: "missing"; readonly expectation: Expectation }
  /**
   * Is not in the file and need not be: `bookedAtMs + clockWindowMs` is at or after the cutoff. The next file has it.
   */
  | { readonly type: "pending"; readonly expectation: Expectation }
  /** Our ledger knows nothing of it. */
  | { readonly type: "unexpected"; readonly line: SettlementLine }
  /** Settled once more than expected. */
  | { readonly type: "doubled"; readonly line: SettlementLine }
  | { readonly type: "amount"; readonly expectation: Expectation; readonly line: SettlementLine }
  /** Another currency; amounts of two currencies are not compared. */
  | { readonly type: "currency"; readonly expectation: Expectation; readonly line: SettlementLine }
  /** Processed outside the clock window around the booking. */
  | { readonly type: "date"; readonly expectation: Expectation; readonly line: SettlementLine }
  /** Paid before the day of processing, or too many days later. */
  | { readonly type: "value-date"; readonly expectation: Expectation; readonly line: SettlementLine }
  | {
      readonly type: "fee";
      readonly expectation: Expectation;
      readonly line: SettlementLine;
      /** `feeOf` the line's amount. */
      readonly expectedFee: number;
    };

/**
 * The fee for one movement of `amount` minor units: `basisPoints` of it, rounded to the nearest minor unit, halves up,
 * and then `fixed`. Exact for every amount from 1 to 2^53 - 1. Rounded for each line, as PSPs do: the fee of a sum is
 * another number.
 */
export function feeOf(amount: number, { basisPoints, fixed }: Pick<FeeTerms, "basisPoints" | "fixed">): number {
  throw new NotStarted("stage 2: Fees, currencies and dates");
}

/**
 * Compares both sides and yields what does not agree, in order of the references.
 *
 * Both come in order of `reference` as `<` orders strings, by UTF-16 code units (PostgreSQL: `COLLATE "C"` for ASCII;
 * the collation of a language is another order). Within a reference they come in any order, and which findings come out
 * does not depend on it. A row that is there twice and agrees in every field, its id too, is one row that was delivered
 * twice: the same file once more changes nothing.
 *
 * **Memory.** Nothing is taken before the first finding is asked for. A side is read a reference ahead at most: when a
 * finding comes out, each side has been taken no further than one row beyond the reference that comes next there.
 * O(rows of a reference) of memory, O(n log n) of time in all, also when all rows have one reference.
 *
 * **Pairing.** A capture is paired with captures only, a refund with refunds, a chargeback with chargebacks, of the
 * same reference. Of each, in five steps; each step goes through the lines that are left in order of their time, and
 * gives each the earliest expectation that is left and agrees as the step says. Order of time: of `bookedAtMs` or
 * `processedAtMs`, then of id, then of amount, currency, fee, value day; texts as `<` orders them.
 *
 * 1. Same amount, same currency, times within the clock window of each other.
 * 2. Same amount, same currency: `date`.
 * 3. A line that is left with the amount and currency of any expectation is `doubled`: all such expectations have been
 *    settled by other lines.
 * 4. Same currency, within the window: `amount`.
 * 5. Within the window: `currency`.
 *
 * Then an expectation that is left is `missing` or `pending`, and a line that is left is `unexpected`. Of every pair,
 * whichever step made it, the fee and the value day are checked too: a pair may have several findings, each type once.
 *
 * When the caller takes no more findings, or a row is refused, both sides are closed, as `for … of` closes what it
 * leaves.
 *
 * The order of findings within a reference is yours, but the same for the same rows. The rows in findings are those
 * that came in.
 *
 * @throws RangeError when the terms are not as described, at once; and while findings are taken: when an amount or a
 * fee is not an integer in its range, and when a side is not in order, rather than call everything missing that came
 * early.
 */
export function reconcile(
  expectations: Iterable<Expectation>,
  lines: Iterable<SettlementLine>,
  terms: Terms,
): IterableIterator<Finding> {
  throw new NotStarted("stage 1: Match one to one");
}

/**
 * The same rows in order of `reference` as `<` orders strings; rows of one reference in any order.
 *
 * **Memory.** At no time are more than `rowsInMemory` rows held: taken from `rows` or from a run, and neither given to
 * the store nor to the caller yet. So it writes sorted runs of so many rows, and merges up to so many runs at once, in
 * as many passes as that needs: of n rows in r runs each row is written `max(1, ceil(log(r) / log(rowsInMemory)))`
 * times at most. A store of a million rows with a thousand in memory is written once. O(n log n).
 *
 * Nothing is taken before the first row is asked for. When it is over, no run is left: also when the caller takes no
 * more rows, and when `rows` or the store throws.
 *
 * `rowsInMemory` is an integer from 2 to 2^24.
 * @throws RangeError when it is not, at once.
 */
export function sortByReference<Row extends { readonly reference: string }>(
  rows: Iterable<Row>,
  store: RunStore<Row>,
  rowsInMemory: number,
): IterableIterator<Row> {
  throw new NotStarted("stage 4: A million rows in bounded memory");
}
