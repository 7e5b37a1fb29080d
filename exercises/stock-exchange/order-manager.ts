/*
 * Order manager. Rules and holds before an order leaves, in a model that the event log alone can rebuild.
 *
 * Start with stage 1: Hold before the order leaves.
 * Chapter: docs/finance/stock-exchange.mdx
 * Grade it: npx bp check stock-exchange/order-manager
 */

import { NotStarted } from "../not-started.ts";
import { MAX_INT32, type Side } from "./contract.ts";

/** What an exchange allows one account. Every limit is the largest value that passes. */
export interface RiskRules {
  /** Lots of one order. */
  readonly orderLotsMax: number;
  /** Price times lots of one order, in ticks. */
  readonly orderNotionalMax: number;
  /**
   * How far a limit may be from the reference price, in hundredths of a percent of it, rounded down to a whole tick. Of 999 ticks, 100 basis points are 9
   * ticks: 990 and 1,008 pass. 0 to 10,000.
   */
  readonly bandBasisPoints: number;
  /** Lots an account may trade in one session, over all symbols and both sides. */
  readonly sessionLotsMax: number;
  /** Lots of one symbol an account may own. */
  readonly positionLotsMax: number;
}

/**
 * A limit order that a client asks for. A market order comes here as a limit order at the edge of the band, and a change of an order as a cancel and a new
 * one: what is held follows from what the order could cost at worst.
 */
export interface OrderRequest {
  /** Not the id of an open order; an integer, 0 to 2^53 - 1. */
  readonly orderId: number;
  readonly accountId: number;
  readonly symbolId: number;
  readonly side: Side;
  readonly priceTicks: number;
  readonly quantity: number;
}

/** Why an order may not leave. */
export type Refusal =
  /** Nothing was ever deposited. */
  | "unknown-account"
  | "unknown-symbol"
  | "duplicate-order-id"
  /** Not an integer from 1 to 2^31 - 1. */
  | "invalid-quantity"
  /** Not an integer from 1 to 2^31 - 1. */
  | "invalid-price"
  | "quantity-above-maximum"
  | "price-out-of-band"
  | "notional-above-maximum"
  | "session-limit"
  | "position-limit"
  | "insufficient-cash"
  | "insufficient-shares";

export type CancelRefusal = "unknown-order" | "not-the-owner";

/** What has happened. Amounts of money are ticks times lots; quantities are lots. */
export type ManagerEvent = { readonly sequence: number } & (
  | { readonly type: "listed"; readonly symbolId: number; readonly priceTicks: number }
  | { readonly type: "session-opened" }
  | { readonly type: "cash-deposited"; readonly accountId: number; readonly amount: number }
  | {
      readonly type: "shares-deposited";
      readonly accountId: number;
      readonly symbolId: number;
      readonly quantity: number;
    }
  /** The order was let go, and what it may cost is held. */
  | ({ readonly type: "accepted" } & OrderRequest)
  /** At the maker's price, as the book reports it. */
  | {
      readonly type: "traded";
      readonly makerOrderId: number;
      readonly takerOrderId: number;
      readonly priceTicks: number;
      readonly quantity: number;
    }
  /** `quantity` lots left the book untraded, or never came to it: all that were left, or fewer. A rejection by the book is a cancel of the whole. */
  | { readonly type: "canceled"; readonly orderId: number; readonly quantity: number }
);

/**
 * Stands between the gateways and the book: lets an order go only when the rules allow it and all that it could cost is held.
 *
 * **A read model.** The state changes in one way only: by `apply`, with an event of the log. So whoever has the log has the manager: the component that
 * decides, a standby, a report, a screen. `check` and `checkCancel` only look. The owner of the log decides like this:
 *
 *     const refusal = manager.check(order);
 *     if (refusal !== null) return reply(refusal);
 *     const event = { type: "accepted", sequence: manager.sequence + 1, ...order };
 *     manager.apply(event);   // before the next check, which must see what is held now
 *     journal(event);         // and only then the order goes to the book
 *
 * **Free and held.** An open buy order holds its limit times its open lots, from the account's cash; an open sell order holds its open lots, of the
 * account's shares. What is held can be used for nothing else. A trade settles at once: the buyer pays the trade's price out of what was held for those
 * lots and has the difference free again, the seller's shares go and their price comes. A cancel frees what was held for its lots. Nobody goes short and nobody
 * borrows, so no balance is ever negative, and money and shares only change hands. A request to cancel frees nothing: until the book has
 * answered, the order may still trade.
 *
 * **Rules** decide about new orders, not about the log: what was accepted yesterday is history under stricter rules too.
 * The reference price of a symbol is that of its last trade, and before the first one that of its listing.
 * An account's lots of a session are those it has traded since the session was opened and those of its open orders, whenever they were accepted; so a canceled
 * lot does not count. Its position in a symbol, when it buys, is the lots it owns, free or held, and those of its open buy orders.
 *
 * **Sequence.** Events are numbered 1, 2, 3, …. One that was applied before changes nothing; one that skips a number is refused, because a model that
 * has missed an event is wrong from then on. Both happen: after a crash somebody sends the last events twice, or sends too few.
 *
 * All calls are O(1) on average, however many orders are open; an order that has ended is forgotten.
 *
 * Sources: M. Fowler, Event Sourcing, 2005; US SEC rule 15c3-5 (market access), 17 CFR 240.15c3-5, on checks before an order is sent.
 */
export class OrderManager {
  /** @throws RangeError for a rule that is not a whole number from 0 (`bandBasisPoints`: to 10,000). */
  constructor(rules: RiskRules) {
    throw new NotStarted("stage 1: Hold before the order leaves");
  }

  /** Number of the last event applied; 0 before the first. */
  get sequence(): number {
    throw new NotStarted("stage 1: Hold before the order leaves");
  }

  /**
   * Null when the order may go, else the first reason against it, in the order of `Refusal`. Changes nothing.
   * Stage 1 needs those about accounts, symbols, ids, numbers, cash and shares, stage 3 the rules.
   */
  check(order: OrderRequest): Refusal | null {
    throw new NotStarted("stage 1: Hold before the order leaves");
  }

  /**
   * Null when the request may go to the book. Changes nothing.
   */
  checkCancel(accountId: number, orderId: number): CancelRefusal | null {
    throw new NotStarted("stage 2: Fill, cancel, release");
  }

  /**
   * Takes the next event in, whole or not at all. False, and nothing changed, for one that was applied before.
   * Stage 1 needs deposits, listings and accepted orders, stage 2 trades and cancels, stage 3 sessions, stage 4 what is repeated, missing or impossible.
   * @throws LogGapError for one that is not the next.
   * @throws ContradictionError for one that cannot have happened: an amount or a price that is not a whole number from 1, or a sum of deposits beyond 2^53 - 1; a
   * symbol that is not listed, or listed twice; an accepted order with the id of an open one or without cover; a trade or cancel of an order that is not
   * open, or of more lots than are open; a trade beyond one of the limits, of two orders of one side or of two symbols.
   */
  apply(event: ManagerEvent): boolean {
    throw new NotStarted("stage 1: Hold before the order leaves");
  }

  /** Cash that an order may still use. 0 for an account that is not known, as below. */
  freeCash(accountId: number): number {
    throw new NotStarted("stage 1: Hold before the order leaves");
  }

  /** Cash held for open buy orders. */
  heldCash(accountId: number): number {
    throw new NotStarted("stage 1: Hold before the order leaves");
  }

  freeShares(accountId: number, symbolId: number): number {
    throw new NotStarted("stage 1: Hold before the order leaves");
  }

  /** Shares held for open sell orders. */
  heldShares(accountId: number, symbolId: number): number {
    throw new NotStarted("stage 1: Hold before the order leaves");
  }

  /**
   * What counts towards `sessionLotsMax`.
   */
  sessionLots(accountId: number): number {
    throw new NotStarted("stage 3: Refuse by the rules");
  }

  /** Lots of an order that may still trade; 0 when it is not open. */
  openLots(orderId: number): number {
    throw new NotStarted("stage 1: Hold before the order leaves");
  }

  /** How many orders are open. */
  get openOrders(): number {
    throw new NotStarted("stage 1: Hold before the order leaves");
  }
}

/** An event is missing between this one and the last that was applied. */
export class LogGapError extends Error {
  override readonly name = "LogGapError";
}

/** The log says what cannot be; nothing was changed. */
export class ContradictionError extends Error {
  override readonly name = "ContradictionError";
}
