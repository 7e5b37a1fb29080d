/*
 * Order manager. Rules and holds before an order leaves, in a model that the event log alone can rebuild.
 *
 * Start with stage 1: Hold before the order leaves.
 * Chapter: docs/finance/stock-exchange.mdx
 * Grade it: npx bp check stock-exchange/order-manager
 */

import { MAX_INT32, type Side } from "../../given/stock-exchange/orders.ts";
import type { OrderRequest, ReplaceRequest, RiskRules } from "../../given/stock-exchange/risk.ts";
import { NotStarted } from "../not-started.ts";

/** Why an order may not leave. */
export type Refusal =
  /** Nothing was ever deposited. */
  | "unknown-account"
  | "unknown-symbol"
  | "duplicate-order-id"
  /** Not an integer from 1 to 2^31 - 1; the price likewise. */
  | "invalid-quantity"
  | "invalid-price"
  | "quantity-above-maximum"
  | "price-out-of-band"
  | "notional-above-maximum"
  | "session-limit"
  | "position-limit"
  | "insufficient-cash"
  | "insufficient-shares";

export type CancelRefusal = "unknown-order" | "not-the-owner";

/** "replace-pending": the book has not answered the one before. */
export type ReplaceRefusal = CancelRefusal | "replace-pending" | Refusal;

/** What has happened. Amounts of money are ticks times lots; quantities are lots. */
export type ManagerEvent = { readonly sequence: number } & (
  | Happened<"listed", { symbolId: number; priceTicks: number }>
  | Happened<"session-opened">
  | Happened<"cash-deposited", { accountId: number; amount: number }>
  | Happened<"shares-deposited", { accountId: number; symbolId: number; quantity: number }>
  /** The order was let go, and what it may cost is held. */
  | Happened<"accepted", OrderRequest>
  /** At the maker's price, as the book reports it. */
  | Happened<"traded", { makerOrderId: number; takerOrderId: number; priceTicks: number; quantity: number }>
  /**
   * `quantity` lots left the book untraded, or never came to it: all that were left, or fewer. A rejection by the book
   * is a cancel of the whole.
   */
  | Happened<"canceled", { orderId: number; quantity: number }>
  /** The change was let go. What it may cost more is held; the order is what it was, until the book has answered. */
  | Happened<"replace-accepted", ReplaceRequest>
  /**
   * The book has made the change: the order has the new price, and as many lots left as the new total is above what has
   * traded. With none left it has ended.
   */
  | Happened<"replaced", { orderId: number }>
  /** The book has refused the change, and the order is open. */
  | Happened<"replace-refused", { orderId: number }>
);

type Happened<Type extends string, What = unknown> = { readonly type: Type } & Readonly<What>;

/**
 * Stands between the gateways and the book: lets an order go only when the rules allow it and all that it could cost is
 * held.
 *
 * **A read model.** The state changes in one way only: by `apply`, with an event of the log. So a reader of the log has
 * the manager: the component that decides, a standby, a report, a screen. The methods named `check…` only look. The
 * owner of the log decides like this:
 *
 *     const refusal = manager.check(order);
 *     if (refusal !== null) return reply(refusal);
 *     const event = { type: "accepted", sequence: manager.sequence + 1, ...order };
 *     manager.apply(event);   // before the next check, which must see what is held now
 *     journal(event);         // and only then the order goes to the book
 *
 * **Free and held.** An open buy order holds its limit times its open lots, from the account's cash; an open sell order
 * holds its open lots, of the account's shares. What is held can be used for nothing else. A trade settles at once: the
 * buyer pays the trade's price out of what was held for those lots and has the difference free again, the seller's
 * shares go and their price comes. A cancel frees what was held for its lots. No account goes short and none borrows,
 * so no balance is ever negative, and money and shares only change hands. A request to cancel frees nothing: the order
 * may still trade.
 *
 * **Replace.** Between request and answer the book may fill the order at the old price, or at the new one, or in part
 * at the old and then at the new. Held is the most that any of these courses could still cost, computed again at every
 * event; a replace needs free only what it adds. A buy of 5 lots at 100 that is to be 10 at 60 holds 800: 5 may fill at
 * 100 before the change, and 5 at 60 after it. Of lots, the larger number counts, old or new. When the book has
 * answered, what is not needed any more is free. An order has one replace at a time, and takes it with it when it ends.
 *
 * **Rules** decide about new orders, not about the log: what was accepted yesterday is history under stricter rules
 * too. The reference price of a symbol is that of its last trade, and before the first one that of its listing.
 * An account's lots of a session are those it has traded since the session was opened and those of its open orders,
 * whenever they were accepted; so a canceled lot does not count. Its position in a symbol, when it buys, is the lots it
 * owns, free or held, and those of its open buy orders. A replace has to pass like a new order of its total, but for
 * these two: they look at the lots that it adds, and at none if it adds none. One that leaves no lots, or no more than
 * before at the same price, passes every rule: it is a cancel in part.
 *
 * **Sequence.** Events are numbered 1, 2, 3, …. One that was applied before changes nothing; one that skips a number is
 * refused, because a model that has missed an event is wrong from then on. Both happen: after a crash the last events
 * come twice, or too few come.
 *
 * All calls are O(1) on average, however many orders are open; an order that has ended is forgotten.
 * Sources: M. Fowler, Event Sourcing, 2005; US SEC rule 15c3-5 (market access), 17 CFR 240.15c3-5, on checks before an
 * order is sent.
 */
export class OrderManager {
  /**
   * Keeps a copy of the rules.
   * @throws RangeError for a rule that is not a whole number from 0 (`bandBasisPoints`: to 10,000).
   */
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
  check({ orderId, accountId, symbolId, side, priceTicks, quantity }: OrderRequest): Refusal | null {
    throw new NotStarted("stage 1: Hold before the order leaves");
  }

  /**
   * Null when the request may go to the book. Changes nothing.
   */
  checkCancel(accountId: number, orderId: number): CancelRefusal | null {
    throw new NotStarted("stage 2: Fill, cancel, release");
  }

  /**
   * Null when the change may go to the book, else the first reason against it, in the order of `ReplaceRefusal`.
   * Changes nothing.
   */
  checkReplace(accountId: number, { orderId, priceTicks, quantity }: ReplaceRequest): ReplaceRefusal | null {
    throw new NotStarted("stage 5: Change an order that may fill");
  }

  /**
   * Takes the next event in, whole or not at all. False, and nothing changed, for one that was applied before. Reads
   * the event before it returns and keeps no reference, so that the caller may use one object again and again.
   * Stage 1 needs deposits, listings, accepted orders, stage 2 trades, cancels, stage 3 sessions, stage 4 what is
   * repeated, missing or impossible, stage 5 replaces.
   * @throws LogGapError for one that is not the next.
   * @throws ContradictionError for one that cannot have happened: an amount or a price that is not a whole number from
   * 1, or a sum of deposits beyond 2^53 - 1; a symbol that is not listed, or listed twice; an accepted order with the
   * id of an open one or without cover; a trade or cancel of an order that is not open, or of more lots than are open;
   * a trade beyond one of the limits, of two orders of one side or of two symbols; a replace of an order that is not
   * open or is being replaced, or without cover; an answer to a replace that was not asked for.
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
   * What counts toward `sessionLotsMax`.
   */
  sessionLots(accountId: number): number {
    throw new NotStarted("stage 3: Refuse by the rules");
  }

  /** Lots of an order that stand in the book, as far as the events say; 0 when it is not open. */
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
