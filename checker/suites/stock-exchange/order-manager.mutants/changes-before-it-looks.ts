/**
 * Mutant: takes the maker's lots out before it finds that the taker has not as many
 * Killed by: takes an event in whole or not at all when it contradicts the log
 */

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
  readonly #rules: RiskRules;
  readonly #accounts = new Map<number, Account>();
  /** Reference price of every listed symbol. */
  readonly #references = new Map<number, number>();
  readonly #orders = new Map<number, OpenOrder>();
  #session = 0;
  #sequence = 0;
  /** Everything ever deposited, so that no sum over accounts leaves the integers that a number holds exactly. */
  #cash = 0;
  readonly #shares = new Map<number, number>();

  /** @throws RangeError for a rule that is not a whole number from 0 (`bandBasisPoints`: to 10,000). */
  constructor(rules: RiskRules) {
    for (const [name, value] of Object.entries(rules)) {
      const max = name === "bandBasisPoints" ? 10_000 : Number.MAX_SAFE_INTEGER;
      if (!isIntegerIn(value, 0, max))
        throw new RangeError(`${name} is ${value}, expected an integer from 0 to ${max}`);
    }
    this.#rules = rules;
  }

  /** Number of the last event applied; 0 before the first. */
  get sequence(): number {
    return this.#sequence;
  }

  /**
   * Null when the order may go, else the first reason against it, in the order of `Refusal`. Changes nothing.
   * Stage 1 needs those about accounts, symbols, ids, numbers, cash and shares, stage 3 the rules.
   */
  check(order: OrderRequest): Refusal | null {
    const { orderId, accountId, symbolId, side, priceTicks, quantity } = order;
    const rules = this.#rules;
    const account = this.#accounts.get(accountId);
    if (account === undefined) return "unknown-account";
    const reference = this.#references.get(symbolId);
    if (reference === undefined) return "unknown-symbol";
    if (this.#orders.has(orderId)) return "duplicate-order-id";
    if (!isIntegerIn(quantity, 1, MAX_INT32)) return "invalid-quantity";
    if (!isIntegerIn(priceTicks, 1, MAX_INT32)) return "invalid-price";
    if (quantity > rules.orderLotsMax) return "quantity-above-maximum";
    const band = Math.floor((reference * rules.bandBasisPoints) / 10_000);
    if (Math.abs(priceTicks - reference) > band) return "price-out-of-band";
    const notional = priceTicks * quantity;
    if (notional > rules.orderNotionalMax) return "notional-above-maximum";
    if (this.#lotsOf(account) + quantity > rules.sessionLotsMax) return "session-limit";
    const holding = account.holdings.get(symbolId) ?? EMPTY;
    if (side === "sell") return quantity > holding.free ? "insufficient-shares" : null;
    if (holding.free + holding.held + holding.bought + quantity > rules.positionLotsMax) return "position-limit";
    return notional > account.freeCash ? "insufficient-cash" : null;
  }

  /**
   * Null when the request may go to the book. Changes nothing.
   * @stage 2
   */
  checkCancel(accountId: number, orderId: number): CancelRefusal | null {
    const order = this.#orders.get(orderId);
    if (order === undefined) return "unknown-order";
    return order.accountId === accountId ? null : "not-the-owner";
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
    if (event.sequence <= this.#sequence) return false;
    if (event.sequence !== this.#sequence + 1) {
      throw new LogGapError(
        `event ${event.sequence} came after event ${this.#sequence}; apply those between them first`,
      );
    }
    if (event.type === "accepted") this.#accept(event);
    else if (event.type === "traded") this.#trade(event);
    else if (event.type === "canceled") this.#cancel(event.orderId, event.quantity);
    else if (event.type === "listed") this.#list(event.symbolId, event.priceTicks);
    else if (event.type === "cash-deposited") this.#depositCash(event.accountId, event.amount);
    else if (event.type === "shares-deposited") this.#depositShares(event.accountId, event.symbolId, event.quantity);
    else this.#session++;
    this.#sequence = event.sequence;
    return true;
  }

  /** Cash that an order may still use. 0 for an account that is not known, as below. */
  freeCash(accountId: number): number {
    return this.#accounts.get(accountId)?.freeCash ?? 0;
  }

  /** Cash held for open buy orders. */
  heldCash(accountId: number): number {
    return this.#accounts.get(accountId)?.heldCash ?? 0;
  }

  freeShares(accountId: number, symbolId: number): number {
    return this.#accounts.get(accountId)?.holdings.get(symbolId)?.free ?? 0;
  }

  /** Shares held for open sell orders. */
  heldShares(accountId: number, symbolId: number): number {
    return this.#accounts.get(accountId)?.holdings.get(symbolId)?.held ?? 0;
  }

  /**
   * What counts towards `sessionLotsMax`.
   * @stage 3
   */
  sessionLots(accountId: number): number {
    const account = this.#accounts.get(accountId);
    return account === undefined ? 0 : this.#lotsOf(account);
  }

  /** Lots of an order that may still trade; 0 when it is not open. */
  openLots(orderId: number): number {
    return this.#orders.get(orderId)?.open ?? 0;
  }

  /** How many orders are open. */
  get openOrders(): number {
    return this.#orders.size;
  }

  #lotsOf(account: Account): number {
    return account.openLots + (account.session === this.#session ? account.tradedLots : 0);
  }

  #accept({ orderId, accountId, symbolId, side, priceTicks, quantity }: OrderRequest): void {
    requireSome("quantity", quantity);
    requireSome("price", priceTicks);
    if (this.#orders.has(orderId)) throw new ContradictionError(`order ${orderId} is accepted and already open`);
    const account = this.#accounts.get(accountId);
    const holding = account?.holdings.get(symbolId);
    const cover = side === "buy" ? account?.freeCash : holding?.free;
    const cost = side === "buy" ? priceTicks * quantity : quantity;
    if (account === undefined || !this.#references.has(symbolId) || cost > (cover ?? 0)) {
      throw new ContradictionError(`order ${orderId} of account ${accountId} is accepted and not covered`);
    }
    const held = holding ?? this.#holdingOf(account, symbolId);
    account.openLots += quantity;
    if (side === "buy") {
      account.freeCash -= cost;
      account.heldCash += cost;
      held.bought += quantity;
    } else {
      held.free -= quantity;
      held.held += quantity;
    }
    this.#orders.set(orderId, { accountId, symbolId, side, priceTicks, account, holding: held, open: quantity });
  }

  #trade(event: ManagerEvent & { type: "traded" }): void {
    const { makerOrderId, takerOrderId, priceTicks, quantity } = event;
    const maker = this.#find(makerOrderId, quantity);
    maker.account.openLots -= quantity;
    const taker = this.#find(takerOrderId, quantity);
    requireSome("price", priceTicks);
    const [buy, sell] = maker.side === "buy" ? [maker, taker] : [taker, maker];
    const fits = buy.side === "buy" && sell.side === "sell" && buy.symbolId === sell.symbolId;
    if (!fits || priceTicks > buy.priceTicks || priceTicks < sell.priceTicks) {
      throw new ContradictionError(
        `orders ${makerOrderId} and ${takerOrderId} cannot have traded with each other at ${priceTicks} ticks`,
      );
    }
    buy.account.heldCash -= buy.priceTicks * quantity;
    buy.account.freeCash += (buy.priceTicks - priceTicks) * quantity;
    buy.holding.bought -= quantity;
    buy.holding.free += quantity;
    sell.holding.held -= quantity;
    sell.account.freeCash += priceTicks * quantity;
    this.#references.set(buy.symbolId, priceTicks);
    this.#countTraded(buy.account, quantity);
    this.#countTraded(sell.account, quantity);
    maker.account.openLots += quantity;
    this.#close(makerOrderId, maker, quantity);
    this.#close(takerOrderId, taker, quantity);
  }

  #cancel(orderId: number, quantity: number): void {
    const order = this.#find(orderId, quantity);
    if (order.side === "buy") {
      order.account.heldCash -= order.priceTicks * quantity;
      order.account.freeCash += order.priceTicks * quantity;
      order.holding.bought -= quantity;
    } else {
      order.holding.held -= quantity;
      order.holding.free += quantity;
    }
    this.#close(orderId, order, quantity);
  }

  /** Takes lots out of an order, and the order out of the table with its last one. */
  #close(orderId: number, order: OpenOrder, quantity: number): void {
    order.open -= quantity;
    order.account.openLots -= quantity;
    if (order.open === 0) this.#orders.delete(orderId);
  }

  /** Accounts are not touched when a session opens: each notices it at its next trade. */
  #countTraded(account: Account, quantity: number): void {
    if (account.session !== this.#session) {
      account.session = this.#session;
      account.tradedLots = 0;
    }
    account.tradedLots += quantity;
  }

  #find(orderId: number, quantity: number): OpenOrder {
    const order = this.#orders.get(orderId);
    requireSome("quantity", quantity);
    if (order === undefined) throw new ContradictionError(`order ${orderId} is not open`);
    if (quantity <= order.open) return order;
    throw new ContradictionError(
      `order ${orderId} has ${order.open} open lots, and ${quantity} were traded or canceled`,
    );
  }

  #list(symbolId: number, priceTicks: number): void {
    requireSome("price", priceTicks);
    if (this.#references.has(symbolId)) throw new ContradictionError(`symbol ${symbolId} is listed twice`);
    this.#references.set(symbolId, priceTicks);
  }

  #depositCash(accountId: number, amount: number): void {
    requireSome("amount", amount);
    requireSome("sum of all cash", this.#cash + amount);
    this.#cash += amount;
    this.#accountOf(accountId).freeCash += amount;
  }

  #depositShares(accountId: number, symbolId: number, quantity: number): void {
    requireSome("quantity", quantity);
    if (!this.#references.has(symbolId)) throw new ContradictionError(`symbol ${symbolId} is not listed`);
    const all = requireSome("sum of all shares", (this.#shares.get(symbolId) ?? 0) + quantity);
    this.#shares.set(symbolId, all);
    this.#holdingOf(this.#accountOf(accountId), symbolId).free += quantity;
  }

  #accountOf(accountId: number): Account {
    let account = this.#accounts.get(accountId);
    if (account === undefined) {
      account = { freeCash: 0, heldCash: 0, openLots: 0, session: 0, tradedLots: 0, holdings: new Map() };
      this.#accounts.set(accountId, account);
    }
    return account;
  }

  #holdingOf(account: Account, symbolId: number): Holding {
    let holding = account.holdings.get(symbolId);
    if (holding === undefined) {
      holding = { free: 0, held: 0, bought: 0 };
      account.holdings.set(symbolId, holding);
    }
    return holding;
  }
}

/** An event is missing between this one and the last that was applied. @given */
export class LogGapError extends Error {
  override readonly name = "LogGapError";
}

/** The log says what cannot be; nothing was changed. @given */
export class ContradictionError extends Error {
  override readonly name = "ContradictionError";
}

interface Account {
  freeCash: number;
  heldCash: number;
  /** Of all open orders. */
  openLots: number;
  /** The session in which `tradedLots` were counted. */
  session: number;
  tradedLots: number;
  readonly holdings: Map<number, Holding>;
}

/** Lots of one symbol in one account. */
interface Holding {
  free: number;
  held: number;
  /** Of open buy orders. */
  bought: number;
}

interface OpenOrder {
  readonly accountId: number;
  readonly symbolId: number;
  readonly side: Side;
  readonly priceTicks: number;
  readonly account: Account;
  readonly holding: Holding;
  open: number;
}

const EMPTY: Holding = { free: 0, held: 0, bought: 0 };

function isIntegerIn(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function requireSome(name: string, value: number): number {
  if (isIntegerIn(value, 1, Number.MAX_SAFE_INTEGER)) return value;
  throw new ContradictionError(`the ${name} is ${value}, expected an integer from 1 to ${Number.MAX_SAFE_INTEGER}`);
}
