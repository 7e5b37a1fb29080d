/**
 * What moves money: one transfer is one entry of the books, with two postings or more. Both the ledger and the code
 * that asks it to post speak of these.
 */

/** Money that comes to an account, or leaves it. */
export interface Posting {
  readonly account: string;
  /** In minor units (cents, yen, fils); negative leaves the account. */
  readonly amount: number;
  /** ISO 4217: three capital letters. */
  readonly currency: string;
}

export interface Transfer {
  /** The caller's, and the same each time it says the same transfer again. */
  readonly id: string;
  /** For each currency the amounts add up to 0. */
  readonly postings: readonly Posting[];
}
