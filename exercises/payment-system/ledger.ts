/*
 * Double-entry ledger. Transfers that balance, holds, and hot accounts that many clients move money through at once.
 *
 * Start with stage 1: Post what balances.
 * Chapter: docs/finance/payment-system.mdx
 * Grade it: npx bp check payment-system/ledger
 */

import { inTransaction, SQLSTATE, type SqlDatabase, type SqlSession } from "../../given/common/sql.ts";
import type { Posting, Transfer } from "../../given/payment-system/transfer.ts";
import { NotStarted } from "../not-started.ts";

export interface Account {
  /** Any text of at most 255 UTF-16 code units, without U+0000 and lone surrogates; ids of transfers and holds too. */
  readonly id: string;
  /** The only currency that it holds: three capital letters. */
  readonly currency: string;
  /** How far below zero it may go, in minor units: 0 is never, null is without limit. */
  readonly overdraft: number | null;
}

export interface AccountState extends Account {
  /** The sum of its postings. */
  readonly balance: number;
  /** What pending holds keep back of it. What may still leave is `balance - held + overdraft`. */
  readonly held: number;
}

/** Money that is kept back at `from`, to be posted to `to` later, or not at all. */
export interface Hold {
  /** Of the same names as those of transfers: an id stands for one transfer or for one hold. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** In minor units, at least 1. */
  readonly amount: number;
  readonly currency: string;
  /** The first millisecond at which it no longer keeps anything back. */
  readonly expiresAtMs: number;
}

/**
 * Why nothing was done. Where several apply, the first of this list is said.
 *
 * - `malformed`: a name, an amount, a currency or a time is none, or there are no postings.
 * - `unbalanced`: the amounts of a currency do not add up to 0.
 * - `id-taken`: the id stands for something else already.
 * - `unknown-hold`: no hold has this id.
 * - `not-pending`: the hold was posted or voided or has expired, or would have before it began.
 * - `exceeds-hold`: more is to be posted than is held.
 * - `unknown-account`: an account was not opened.
 * - `wrong-currency`: an account holds another currency.
 * - `too-large`: a balance, what is held of it, or their difference would leave the range from -(2^53 - 1) to 2^53 - 1.
 * - `overdrawn`: an account would have less than its overdraft rule allows.
 */
export type Refusal =
  | "malformed"
  | "unbalanced"
  | "id-taken"
  | "unknown-hold"
  | "not-pending"
  | "exceeds-hold"
  | "unknown-account"
  | "wrong-currency"
  | "too-large"
  | "overdrawn";

/** Nothing was done, and nothing is remembered: the same may be said again. */
export class LedgerError extends Error {
  readonly reason: Refusal;

  constructor(reason: Refusal, what: string) {
    super(`${what}: ${reason}`);
    throw new NotStarted("stage 1: Post what balances");
  }
}

/** A refusal, or the accounts of the transfer as they are after it. */
export type Decision =
  | { readonly refused: Refusal }
  | { readonly refused: null; readonly accounts: readonly AccountState[] };

export interface LedgerOptions {
  readonly database: SqlDatabase;
  /** In milliseconds. The only clock there is: it may stand still, and step back. */
  readonly clock: () => number;
}

/**
 * Creates what a ledger needs in an empty database. The tables are the ledger's own, but for one that auditors read:
 * `postings (transfer_id text, account text, amount bigint, currency text)`, one row for each posting. PostgreSQL
 * itself refuses to update, delete or truncate its rows, for every role.
 */
export function schema(): string {
  throw new NotStarted("stage 1: Post what balances");
}

/**
 * What `transfer` does to `accounts`, which has every account that is open, by id. Looks at each account after the
 * whole transfer, so postings may come in any order, and an account may be on both sides. An account that the transfer
 * leaves with as much as before, or more, is never overdrawn by it. Changes nothing; O(postings).
 */
export function decide(accounts: ReadonlyMap<string, AccountState>, transfer: Transfer): Decision {
  throw new NotStarted("stage 1: Post what balances");
}

/**
 * A double-entry ledger in PostgreSQL. Any number of them, in any number of processes, work on one database, and each
 * may stop forever between any two statements.
 *
 * - **Balanced**: the postings of a transfer add up to 0 in each currency, and all of them are there or none.
 * - **Derivable**: the balance of an account is the sum of its postings, in every state that a reader can see. The
 *   wallet is a read model of them.
 * - **Only added**: a posting is never updated or deleted. What was wrong is reversed by another transfer.
 * - **Overdraft**: `balance - held` of an account never goes below minus its `overdraft`, whichever calls run, and
 *   what is coming in by a hold cannot be spent before it is posted.
 * - **Said again**: a call with the id and the content of one that was done resolves and does nothing, however much
 *   has happened since; the same id with other content is `id-taken`. The content is the postings in their order, all
 *   fields of a hold, or the amount that was posted of it.
 * - **One step**: every call is done at one moment between its begin and its end, or not at all. When the connection is
 *   lost in the middle it rejects with the driver's error, and has been done or not: say it again.
 * - **Hot accounts**: calls that wait at the same time in one ledger share transactions: of n at once at most one in
 *   four, and two more, commits on its own. They are done in the order in which they were said, and a refused one takes
 *   none of the others with it. Ledgers never end in a deadlock with each other.
 * - What is passed in may be changed as soon as the call has returned its promise.
 *
 * Every call that changes something rejects with a LedgerError when it is refused.
 *
 * Source: Pacioli, Summa de arithmetica, Particularis de computis et scripturis, 1494; PostgreSQL's documentation, 13.2
 * and 13.3; TigerBeetle's documentation, two-phase transfers.
 */
export class Ledger {
  constructor({ database, clock }: LedgerOptions) {
    throw new NotStarted("stage 1: Post what balances");
  }

  /**
   * Opens an account with nothing in it. Refused as `malformed`, or as `id-taken` when it is open with another currency
   * or overdraft rule.
   */
  async open({ id, currency, overdraft }: Account): Promise<void> {
    throw new NotStarted("stage 1: Post what balances");
  }

  /**
   * The account as the postings and holds that are committed leave it; null when it was never opened. A hold that has
   * expired keeps nothing back.
   */
  async wallet(account: string): Promise<AccountState | null> {
    throw new NotStarted("stage 1: Post what balances");
  }

  /**
   * Posts the transfer, of any number of postings. Refused as `decide` does, or as `id-taken`.
   */
  async post(transfer: Transfer): Promise<void> {
    throw new NotStarted("stage 1: Post what balances");
  }

  /**
   * Keeps `amount` back at `from` until it is posted, voided or expires. Refused as a transfer of the amount would be,
   * and as `not-pending` when it is over before it begins.
   */
  async hold(hold: Hold): Promise<void> {
    throw new NotStarted("stage 2: Holds");
  }

  /**
   * Posts `amount` of a pending hold, all of it by default, as a transfer that has its id; what is left of it is free
   * again. Posted again with the same amount it does nothing, with another it is `id-taken`. Once it was voided, or has
   * expired and something else was paid from its account since, it is `not-pending` for good, also when a clock steps
   * back.
   */
  async postHold(id: string, amount?: number): Promise<void> {
    throw new NotStarted("stage 2: Holds");
  }

  /**
   * Gives back what a pending hold keeps. Voided again it does nothing; once it was posted or has expired it is
   * `not-pending`.
   */
  async voidHold(id: string): Promise<void> {
    throw new NotStarted("stage 2: Holds");
  }

  /**
   * As `post`, within the caller's transaction (read committed): the transfer is there when that commits, and not when
   * it rolls back. Neither begins nor ends a transaction, and a refusal leaves it usable. The accounts stay locked
   * until its end, so it is short, and has one such call: with several PostgreSQL may have to end a deadlock.
   */
  async postIn(session: SqlSession, transfer: Transfer): Promise<void> {
    throw new NotStarted("stage 3: Many clients at once");
  }
}
