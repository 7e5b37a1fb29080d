import { MAX_INT32, type Side } from "../../given/stock-exchange/orders.ts";
import type { OrderRequest, ReplaceRequest, RiskRules } from "../../given/stock-exchange/risk.ts";

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

  /**
   * Keeps a copy of the rules.
   * @throws RangeError for a rule that is not a whole number from 0 (`bandBasisPoints`: to 10,000).
   */
  constructor(rules: RiskRules) {
    for (const [name, value] of Object.entries(rules)) {
      const max = name === "bandBasisPoints" ? 10_000 : Number.MAX_SAFE_INTEGER;
      if (!isIntegerIn(value, 0, max))
        throw new RangeError(`${name} is ${value}, expected an integer from 0 to ${max}`);
    }
    this.#rules = { ...rules };
  }

  /** Number of the last event applied; 0 before the first. */
  get sequence(): number {
    return this.#sequence;
  }

  /**
   * Null when the order may go, else the first reason against it, in the order of `Refusal`. Changes nothing.
   * Stage 1 needs those about accounts, symbols, ids, numbers, cash and shares, stage 3 the rules.
   */
  check({ orderId, accountId, symbolId, side, priceTicks, quantity }: OrderRequest): Refusal | null {
    const account = this.#accounts.get(accountId);
    if (account === undefined) return "unknown-account";
    const reference = this.#references.get(symbolId);
    if (reference === undefined) return "unknown-symbol";
    if (this.#orders.has(orderId)) return "duplicate-order-id";
    const reason = whyInvalid(priceTicks, quantity) ?? this.#whyAgainstRules(reference, priceTicks, quantity);
    if (reason !== null) return reason;
    const holding = account.holdings.get(symbolId) ?? EMPTY;
    return this.#whyNotCovered({ account, holding, side }, quantity, priceTicks * quantity);
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
   * Null when the change may go to the book, else the first reason against it, in the order of `ReplaceRefusal`.
   * Changes nothing.
   * @stage 5
   */
  checkReplace(accountId: number, { orderId, priceTicks, quantity }: ReplaceRequest): ReplaceRefusal | null {
    const order = this.#orders.get(orderId);
    if (order === undefined) return "unknown-order";
    if (order.accountId !== accountId) return "not-the-owner";
    if (order.next !== null) return "replace-pending";
    const invalid = whyInvalid(priceTicks, quantity);
    if (invalid !== null) return invalid;
    const left = quantity - order.filled;
    if (left <= 0 || (left <= order.open && priceTicks === order.priceTicks)) return null;
    const reason = this.#whyAgainstRules(this.#references.get(order.symbolId)!, priceTicks, quantity);
    if (reason !== null) return reason;
    return this.#whyNotCovered(order, Math.max(0, left - order.open), cashOf(order, priceTicks, left) - order.cash);
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
    if (event.sequence <= this.#sequence) return false;
    if (event.sequence !== this.#sequence + 1) {
      throw new LogGapError(`event ${event.sequence} came after ${this.#sequence}; apply those between them first`);
    }
    if (event.type === "accepted") this.#accept(event);
    else if (event.type === "traded") this.#trade(event);
    else if (event.type === "canceled") this.#cancel(event.orderId, event.quantity);
    else if (event.type === "replace-accepted") this.#acceptReplace(event);
    else if (event.type === "replaced") this.#answerReplace(event.orderId, true);
    else if (event.type === "replace-refused") this.#answerReplace(event.orderId, false);
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
   * What counts toward `sessionLotsMax`.
   * @stage 3
   */
  sessionLots(accountId: number): number {
    const account = this.#accounts.get(accountId);
    return account === undefined ? 0 : this.#lotsOf(account);
  }

  /** Lots of an order that stand in the book, as far as the events say; 0 when it is not open. */
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

  #whyAgainstRules(reference: number, priceTicks: number, quantity: number): Refusal | null {
    const rules = this.#rules;
    if (quantity > rules.orderLotsMax) return "quantity-above-maximum";
    const band = Math.floor((reference * rules.bandBasisPoints) / 10_000);
    if (Math.abs(priceTicks - reference) > band) return "price-out-of-band";
    return priceTicks * quantity > rules.orderNotionalMax ? "notional-above-maximum" : null;
  }

  /** About `lots` and `cash` beyond those that count already. */
  #whyNotCovered({ account, holding, side }: Owned, lots: number, cash: number): Refusal | null {
    if (lots > 0 && this.#lotsOf(account) + lots > this.#rules.sessionLotsMax) return "session-limit";
    if (side === "sell") return lots > holding.free ? "insufficient-shares" : null;
    const position = holding.free + holding.held + holding.bought + lots;
    if (lots > 0 && position > this.#rules.positionLotsMax) return "position-limit";
    return cash > account.freeCash ? "insufficient-cash" : null;
  }

  #accept({ orderId, accountId, symbolId, side, priceTicks, quantity }: OrderRequest): void {
    requireSome("quantity", quantity);
    requireSome("price", priceTicks);
    if (this.#orders.has(orderId)) throw new ContradictionError(`order ${orderId} is accepted and already open`);
    const account = this.#accounts.get(accountId);
    const cover = side === "buy" ? account?.freeCash : account?.holdings.get(symbolId)?.free;
    const cost = side === "buy" ? priceTicks * quantity : quantity;
    if (account === undefined || !this.#references.has(symbolId) || cost > (cover ?? 0)) {
      throw new ContradictionError(`order ${orderId} of account ${accountId} is accepted and not covered`);
    }
    const holding = this.#holdingOf(account, symbolId);
    // biome-ignore format: field by field, since to spread them takes longer than all the rest
    const order: OpenOrder = {
      orderId, accountId, symbolId, side, account, holding,
      priceTicks, open: quantity, filled: 0, next: null, lots: 0, cash: 0,
    };
    this.#orders.set(orderId, order);
    this.#hold(order);
  }

  #trade(event: ManagerEvent & { type: "traded" }): void {
    const { makerOrderId, takerOrderId, priceTicks, quantity } = event;
    const maker = this.#find(makerOrderId, quantity);
    const taker = this.#find(takerOrderId, quantity);
    requireSome("price", priceTicks);
    const [buy, sell] = maker.side === "buy" ? [maker, taker] : [taker, maker];
    const fits = buy.side === "buy" && sell.side === "sell" && buy.symbolId === sell.symbolId;
    if (!fits || priceTicks > buy.priceTicks || priceTicks < sell.priceTicks) {
      throw new ContradictionError(`orders ${makerOrderId} and ${takerOrderId} cannot have traded at ${priceTicks}`);
    }
    for (const order of [maker, taker]) {
      order.open -= quantity;
      order.filled += quantity;
      this.#hold(order);
      this.#countTraded(order.account, quantity);
    }
    buy.account.freeCash -= priceTicks * quantity;
    buy.holding.free += quantity;
    sell.account.freeCash += priceTicks * quantity;
    sell.holding.free -= quantity;
    this.#references.set(buy.symbolId, priceTicks);
  }

  #cancel(orderId: number, quantity: number): void {
    const order = this.#find(orderId, quantity);
    order.open -= quantity;
    this.#hold(order);
  }

  #acceptReplace({ orderId, priceTicks, quantity }: ReplaceRequest): void {
    requireSome("quantity", quantity);
    requireSome("price", priceTicks);
    const order = this.#find(orderId, 1);
    if (order.next !== null) throw new ContradictionError(`order ${orderId} is being replaced already`);
    const left = quantity - order.filled;
    const isBuy = order.side === "buy";
    const more = isBuy ? cashOf(order, priceTicks, left) - order.cash : left - order.open;
    if (more > (isBuy ? order.account.freeCash : order.holding.free)) {
      throw new ContradictionError(`the replace of order ${orderId} is accepted and not covered`);
    }
    order.next = { priceTicks, quantity };
    this.#hold(order);
  }

  #answerReplace(orderId: number, isMade: boolean): void {
    const order = this.#find(orderId, 1);
    const { next } = order;
    if (next === null) throw new ContradictionError(`order ${orderId} is not being replaced`);
    if (isMade) {
      order.priceTicks = next.priceTicks;
      order.open = Math.max(0, next.quantity - order.filled);
    }
    order.next = null;
    this.#hold(order);
  }

  /** Holds what an order may still cost, and no more; forgets one that has ended. */
  #hold(order: OpenOrder): void {
    const { account, holding, next, open } = order;
    if (open === 0) this.#orders.delete(order.orderId);
    const left = next === null || open === 0 ? open : next.quantity - order.filled;
    const lots = Math.max(open, left) - order.lots;
    order.lots += lots;
    account.openLots += lots;
    if (order.side === "sell") {
      holding.held += lots;
      holding.free -= lots;
      return;
    }
    const cash = cashOf(order, next?.priceTicks ?? order.priceTicks, left) - order.cash;
    order.cash += cash;
    account.heldCash += cash;
    account.freeCash -= cash;
    holding.bought += lots;
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
    throw new ContradictionError(`order ${orderId} has ${order.open} open lots, and not ${quantity}`);
  }

  #list(symbolId: number, priceTicks: number): void {
    requireSome("price", priceTicks);
    if (this.#references.has(symbolId)) throw new ContradictionError(`symbol ${symbolId} is listed twice`);
    this.#references.set(symbolId, priceTicks);
  }

  #depositCash(accountId: number, amount: number): void {
    requireSome("amount", amount);
    this.#cash = requireSome("sum of all cash", this.#cash + amount);
    this.#accountOf(accountId).freeCash += amount;
  }

  #depositShares(accountId: number, symbolId: number, quantity: number): void {
    requireSome("quantity", quantity);
    if (!this.#references.has(symbolId)) throw new ContradictionError(`symbol ${symbolId} is not listed`);
    this.#shares.set(symbolId, requireSome("sum of all shares", (this.#shares.get(symbolId) ?? 0) + quantity));
    this.#holdingOf(this.#accountOf(accountId), symbolId).free += quantity;
  }

  #accountOf(accountId: number): Account {
    const none = { freeCash: 0, heldCash: 0, openLots: 0, session: 0, tradedLots: 0, holdings: new Map() };
    const account = this.#accounts.get(accountId) ?? none;
    this.#accounts.set(accountId, account);
    return account;
  }

  #holdingOf(account: Account, symbolId: number): Holding {
    const holding = account.holdings.get(symbolId) ?? { free: 0, held: 0, bought: 0 };
    account.holdings.set(symbolId, holding);
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
  openLots: number; // of all open orders
  session: number; // in which `tradedLots` were counted
  tradedLots: number;
  readonly holdings: Map<number, Holding>;
}

/** Lots of one symbol in one account. */
interface Holding {
  free: number;
  held: number;
  bought: number; // of open buy orders
}

type Owned = Pick<OpenOrder, "side" | "account" | "holding">;
interface OpenOrder {
  readonly side: Side;
  readonly account: Account;
  readonly holding: Holding;
  readonly orderId: number;
  readonly accountId: number;
  readonly symbolId: number;
  priceTicks: number;
  open: number;
  filled: number;
  next: Pick<ReplaceRequest, "priceTicks" | "quantity"> | null; // what it will be, if the book makes the change
  lots: number; // that count for it, and if it buys, the cash that is held
  cash: number;
}

const EMPTY: Holding = { free: 0, held: 0, bought: 0 };

/**
 * The most that a buy order may still cost when `left` lots at `nextTicks` are to replace the open ones. If x of these
 * fill before the change, it is x * priceTicks + max(0, left - x) * nextTicks: convex in x, so the largest is at one of
 * the ends, no lot or all that are open.
 */
function cashOf({ priceTicks, open }: OpenOrder, nextTicks: number, left: number): number {
  return Math.max(left * nextTicks, open * priceTicks + Math.max(0, left - open) * nextTicks);
}

function whyInvalid(priceTicks: number, quantity: number): Refusal | null {
  if (!isIntegerIn(quantity, 1, MAX_INT32)) return "invalid-quantity";
  return isIntegerIn(priceTicks, 1, MAX_INT32) ? null : "invalid-price";
}

function isIntegerIn(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function requireSome(name: string, value: number): number {
  if (isIntegerIn(value, 1, Number.MAX_SAFE_INTEGER)) return value;
  throw new ContradictionError(`the ${name} is ${value}, expected an integer from 1 to ${Number.MAX_SAFE_INTEGER}`);
}
