import type { Side } from "./orders.ts";

// What the order manager decides by.

/** What an exchange allows one account. Every limit is the largest value that passes. */
export interface RiskRules {
  /** Lots of one order. */
  readonly orderLotsMax: number;
  /** Price times lots of one order, in ticks. */
  readonly orderNotionalMax: number;
  /**
   * How far a limit may be from the reference price, in hundredths of a percent of it, rounded down to a whole tick. Of
   * 999 ticks, 100 basis points are 9 ticks: 990 and 1,008 pass. 0 to 10,000.
   */
  readonly bandBasisPoints: number;
  /** Lots an account may trade in one session, over all symbols and both sides. */
  readonly sessionLotsMax: number;
  /** Lots of one symbol an account may own. */
  readonly positionLotsMax: number;
}

/**
 * A limit order that a client asks for. A market order comes here as a limit order at the edge of the band: what is
 * held follows from what the order could cost at worst.
 */
export interface OrderRequest {
  /** Not the id of an open order; an integer, 0 to 2^53 - 1. */
  readonly orderId: number;
  /** An integer, 0 to 2^31 - 1; the symbol likewise. */
  readonly accountId: number;
  readonly symbolId: number;
  readonly side: Side;
  readonly priceTicks: number;
  readonly quantity: number;
}

/** A change of an open order that its owner asks for. */
export interface ReplaceRequest {
  readonly orderId: number;
  readonly priceTicks: number;
  /** The order's total in lots, what has already traded included, as the book takes it. */
  readonly quantity: number;
}
