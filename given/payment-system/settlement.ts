/** What moves money between us and a payment service provider (PSP). */
export type Movement = "capture" | "refund" | "chargeback";

/**
 * From our ledger: a movement that the PSP should settle. A reference is ours, one for each payment; the PSP got it
 * with the payment and repeats it in its files. Several captures, refunds and chargebacks of a payment have the same
 * one.
 */
export interface Expectation {
  readonly reference: string;
  /** Of the entry in our ledger. */
  readonly id: string;
  readonly movement: Movement;
  /** Minor units, 1 to 2^53 - 1, whichever way the money goes. */
  readonly amount: number;
  /** Three capital letters. */
  readonly currency: string;
  /** When we booked it, by our clock: an integer. */
  readonly bookedAtMs: number;
}

/** A line of the PSP's settlement file. */
export interface SettlementLine {
  readonly reference: string;
  /** The PSP's own. */
  readonly lineId: string;
  readonly movement: Movement;
  /** Before the fee, in minor units, 1 to 2^53 - 1, whichever way the money goes. */
  readonly amount: number;
  /** What the PSP kept, in minor units of the same currency: an integer, 0 or below too. */
  readonly fee: number;
  /** Three capital letters. */
  readonly currency: string;
  /** When the PSP processed it, by the PSP's clock: an integer, 0 or more. */
  readonly processedAtMs: number;
  /** The day on which the bank paid, by the bank's calendar: whole days since 1970-01-01. */
  readonly valueDay: number;
}
