/** Alternative: double entry. Every event becomes a list of postings to named balances, which is refused whole when one of them would go below zero. */

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
  #rules: RiskRules;
  #sequence = 0;
  /** Everything that is counted, by name: `free/cash/1`, `held/7/2`, `bought/7/1`, `open/1`, `all/cash`. */
  #balances = new Map<string, number>();
  #prices = new Map<number, number>();
  #known = new Set<number>();
  #orders = new Map<number, { request: OrderRequest; left: number }>();
  /** Lots traded in this session, by account. */
  #traded = new Map<number, number>();

  constructor(rules: RiskRules) {
    for (const [name, value] of Object.entries(rules)) {
      const isFine = Number.isSafeInteger(value) && value >= 0 && (name !== "bandBasisPoints" || value <= 10_000);
      if (!isFine) throw new RangeError(`${name} is ${value}`);
    }
    this.#rules = rules;
  }

  get sequence(): number {
    return this.#sequence;
  }

  check(order: OrderRequest): Refusal | null {
    const { accountId, symbolId, priceTicks, quantity } = order;
    const price = this.#prices.get(symbolId);
    const isBuy = order.side === "buy";
    if (!this.#known.has(accountId)) return "unknown-account";
    if (price === undefined) return "unknown-symbol";
    if (this.#orders.has(order.orderId)) return "duplicate-order-id";
    if (!(Number.isInteger(quantity) && quantity > 0 && quantity <= MAX_INT32)) return "invalid-quantity";
    if (!(Number.isInteger(priceTicks) && priceTicks > 0 && priceTicks <= MAX_INT32)) return "invalid-price";
    if (quantity > this.#rules.orderLotsMax) return "quantity-above-maximum";
    const away = Math.abs(priceTicks - price);
    if (away * 10_000 > price * this.#rules.bandBasisPoints) return "price-out-of-band";
    if (priceTicks * quantity > this.#rules.orderNotionalMax) return "notional-above-maximum";
    if (this.sessionLots(accountId) + quantity > this.#rules.sessionLotsMax) return "session-limit";
    if (!isBuy) return this.freeShares(accountId, symbolId) < quantity ? "insufficient-shares" : null;
    const owned = this.freeShares(accountId, symbolId) + this.heldShares(accountId, symbolId);
    const position = owned + this.#of(`bought/${symbolId}/${accountId}`) + quantity;
    if (position > this.#rules.positionLotsMax) return "position-limit";
    return this.freeCash(accountId) < priceTicks * quantity ? "insufficient-cash" : null;
  }

  checkCancel(accountId: number, orderId: number): CancelRefusal | null {
    const open = this.#orders.get(orderId);
    if (open === undefined) return "unknown-order";
    return open.request.accountId === accountId ? null : "not-the-owner";
  }

  apply(event: ManagerEvent): boolean {
    if (event.sequence <= this.#sequence) return false;
    if (event.sequence > this.#sequence + 1) throw new LogGapError(`missed ${this.#sequence + 1}`);
    switch (event.type) {
      case "listed":
        this.#post([["listed price", event.priceTicks]], this.#prices.has(event.symbolId));
        this.#prices.set(event.symbolId, event.priceTicks);
        break;
      case "session-opened":
        this.#traded = new Map();
        break;
      case "cash-deposited":
        this.#post(
          [
            ["all/cash", event.amount],
            [`free/cash/${event.accountId}`, event.amount],
          ],
          event.amount < 1,
        );
        this.#known.add(event.accountId);
        break;
      case "shares-deposited":
        this.#post(
          [
            [`all/${event.symbolId}`, event.quantity],
            [`free/${event.symbolId}/${event.accountId}`, event.quantity],
          ],
          event.quantity < 1 || !this.#prices.has(event.symbolId),
        );
        this.#known.add(event.accountId);
        break;
      case "accepted":
        this.#accept(event);
        break;
      case "canceled": {
        const open = this.#orders.get(event.orderId);
        const isFine = open !== undefined && event.quantity >= 1 && event.quantity <= open.left;
        this.#post(isFine ? releaseOf(open.request, event.quantity) : [], !isFine);
        this.#take(event.orderId, event.quantity);
        break;
      }
      case "traded":
        this.#trade(event.makerOrderId, event.takerOrderId, event.priceTicks, event.quantity);
    }
    this.#sequence = event.sequence;
    return true;
  }

  freeCash(accountId: number): number {
    return this.#of(`free/cash/${accountId}`);
  }

  heldCash(accountId: number): number {
    return this.#of(`held/cash/${accountId}`);
  }

  freeShares(accountId: number, symbolId: number): number {
    return this.#of(`free/${symbolId}/${accountId}`);
  }

  heldShares(accountId: number, symbolId: number): number {
    return this.#of(`held/${symbolId}/${accountId}`);
  }

  sessionLots(accountId: number): number {
    return this.#of(`open/${accountId}`) + (this.#traded.get(accountId) ?? 0);
  }

  openLots(orderId: number): number {
    return this.#orders.get(orderId)?.left ?? 0;
  }

  get openOrders(): number {
    return this.#orders.size;
  }

  #accept(event: OrderRequest): void {
    const { orderId, accountId, symbolId, priceTicks, quantity } = event;
    const isWrong = this.#orders.has(orderId) || !this.#known.has(accountId) || !this.#prices.has(symbolId);
    const hold = releaseOf(event, quantity).map(([name, amount]): Posting => [name, -amount]);
    this.#post(hold, isWrong || !(priceTicks >= 1) || !(quantity >= 1));
    this.#orders.set(orderId, { request: { ...event }, left: quantity });
  }

  #trade(makerOrderId: number, takerOrderId: number, priceTicks: number, quantity: number): void {
    const both = [this.#orders.get(makerOrderId), this.#orders.get(takerOrderId)];
    const buy = both.find((open) => open?.request.side === "buy");
    const sell = both.find((open) => open?.request.side === "sell");
    if (buy === undefined || sell === undefined) throw new ContradictionError("a trade has a buyer and a seller");
    const { accountId: buyer, symbolId, priceTicks: limit } = buy.request;
    const { accountId: seller } = sell.request;
    const isWrong =
      sell.request.symbolId !== symbolId ||
      !(quantity >= 1 && quantity <= Math.min(buy.left, sell.left)) ||
      priceTicks > limit ||
      priceTicks < sell.request.priceTicks;
    this.#post(
      [
        [`held/cash/${buyer}`, -limit * quantity],
        [`free/cash/${buyer}`, (limit - priceTicks) * quantity],
        [`free/cash/${seller}`, priceTicks * quantity],
        [`held/${symbolId}/${seller}`, -quantity],
        [`free/${symbolId}/${buyer}`, quantity],
        [`bought/${symbolId}/${buyer}`, -quantity],
        [`open/${buyer}`, -quantity],
        [`open/${seller}`, -quantity],
      ],
      isWrong,
    );
    for (const account of [buyer, seller]) this.#traded.set(account, (this.#traded.get(account) ?? 0) + quantity);
    this.#prices.set(symbolId, priceTicks);
    this.#take(makerOrderId, quantity);
    this.#take(takerOrderId, quantity);
  }

  #take(orderId: number, quantity: number): void {
    const open = this.#orders.get(orderId)!;
    open.left -= quantity;
    if (open.left === 0) this.#orders.delete(orderId);
  }

  #of(name: string): number {
    return this.#balances.get(name) ?? 0;
  }

  /** All or none. Names in a list differ, or go up, so each can be looked at by itself. */
  #post(postings: readonly Posting[], isWrong: boolean): void {
    for (const [name, amount] of postings) {
      const sum = this.#of(name) + amount;
      if (isWrong || !Number.isSafeInteger(sum) || sum < 0)
        throw new ContradictionError(`${name} cannot move by ${amount}`);
    }
    if (isWrong) throw new ContradictionError("this cannot have happened");
    for (const [name, amount] of postings) {
      if (name !== "listed price") this.#balances.set(name, this.#of(name) + amount);
    }
  }
}

type Posting = readonly [name: string, amount: number];

/** What is posted when lots of an order are canceled; the opposite is posted when it is accepted. */
function releaseOf({ accountId, symbolId, side, priceTicks }: OrderRequest, quantity: number): Posting[] {
  const [what, amount] = side === "buy" ? ["cash", priceTicks * quantity] : [symbolId, quantity];
  const postings: Posting[] = [
    [`free/${what}/${accountId}`, amount],
    [`held/${what}/${accountId}`, -amount],
    [`open/${accountId}`, -quantity],
  ];
  return side === "buy" ? [...postings, [`bought/${symbolId}/${accountId}`, -quantity]] : postings;
}

/** An event is missing between this one and the last that was applied. @given */
export class LogGapError extends Error {
  override readonly name = "LogGapError";
}

/** The log says what cannot be; nothing was changed. @given */
export class ContradictionError extends Error {
  override readonly name = "ContradictionError";
}
