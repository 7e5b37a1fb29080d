/**
 * Alternative: double entry. Every event becomes a list of postings to named balances, which is refused whole when one
 * of them would go below zero.
 */

import { MAX_INT32 } from "../../given/stock-exchange/orders.ts";
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

export class OrderManager {
  #rules: RiskRules;
  #sequence = 0;
  /** Everything that is counted, by name: `free/cash/1`, `held/7/2`, `bought/7/1`, `open/1`, `all/cash`. */
  #balances = new Map<string, number>();
  #prices = new Map<number, number>();
  #known = new Set<number>();
  #orders = new Map<number, Open>();
  /** Lots traded in this session, by account. */
  #traded = new Map<number, number>();

  constructor(rules: RiskRules) {
    for (const [name, value] of Object.entries(rules)) {
      const isFine = Number.isSafeInteger(value) && value >= 0 && (name !== "bandBasisPoints" || value <= 10_000);
      if (!isFine) throw new RangeError(`${name} is ${value}`);
    }
    this.#rules = { ...rules };
  }

  get sequence(): number {
    return this.#sequence;
  }

  check(order: OrderRequest): Refusal | null {
    const { accountId, symbolId, priceTicks, quantity } = order;
    if (!this.#known.has(accountId)) return "unknown-account";
    if (!this.#prices.has(symbolId)) return "unknown-symbol";
    if (this.#orders.has(order.orderId)) return "duplicate-order-id";
    const reason = whyMalformed(priceTicks, quantity) ?? this.#whyUnwise(symbolId, priceTicks, quantity);
    return reason ?? this.#whyUncovered(order, needsOf(openOf(order)), NOTHING);
  }

  checkCancel(accountId: number, orderId: number): CancelRefusal | null {
    const open = this.#orders.get(orderId);
    if (open === undefined) return "unknown-order";
    return open.request.accountId === accountId ? null : "not-the-owner";
  }

  checkReplace(accountId: number, request: ReplaceRequest): ReplaceRefusal | null {
    const open = this.#orders.get(request.orderId);
    if (open === undefined || open.request.accountId !== accountId) return this.checkCancel(accountId, request.orderId);
    if (open.next !== null) return "replace-pending";
    const { priceTicks, quantity } = request;
    const malformed = whyMalformed(priceTicks, quantity);
    const left = quantity - open.filled;
    const isLess = left <= 0 || (priceTicks === open.priceTicks && left <= open.left);
    if (malformed !== null || isLess) return malformed;
    const { symbolId } = open.request;
    const reason = this.#whyUnwise(symbolId, priceTicks, quantity);
    return reason ?? this.#whyUncovered(open.request, needsOf({ ...open, next: request }), needsOf(open));
  }

  apply(event: ManagerEvent): boolean {
    if (event.sequence <= this.#sequence) return false;
    if (event.sequence > this.#sequence + 1) throw new LogGapError(`missed ${this.#sequence + 1}`);
    const { amount = 1, priceTicks = 1, quantity = 1 }: Numbers = event;
    if ([amount, priceTicks, quantity].some((number) => !Number.isSafeInteger(number) || number < 1))
      throw new ContradictionError("an amount, a price or a quantity is not a whole number from 1");
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
          false,
        );
        this.#known.add(event.accountId);
        break;
      case "shares-deposited":
        this.#post(
          [
            [`all/${event.symbolId}`, event.quantity],
            [`free/${event.symbolId}/${event.accountId}`, event.quantity],
          ],
          !this.#prices.has(event.symbolId),
        );
        this.#known.add(event.accountId);
        break;
      case "accepted":
        this.#accept(event);
        break;
      case "canceled": {
        const open = this.#openOne(event.orderId);
        this.#change([[open, { ...open, left: open.left - event.quantity }]], [], false);
        break;
      }
      case "replace-accepted": {
        const open = this.#openOne(event.orderId);
        this.#change(
          [[open, { ...open, next: { priceTicks: event.priceTicks, quantity: event.quantity } }]],
          [],
          open.next !== null,
        );
        break;
      }
      case "replace-refused": {
        const open = this.#openOne(event.orderId);
        this.#change([[open, { ...open, next: null }]], [], open.next === null);
        break;
      }
      case "replaced": {
        const open = this.#openOne(event.orderId);
        const { priceTicks, quantity } = open.next ?? open.request;
        const left = Math.max(0, quantity - open.filled);
        this.#change([[open, { ...open, priceTicks, left, next: null }]], [], open.next === null);
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

  #whyUnwise(symbolId: number, priceTicks: number, quantity: number): Refusal | null {
    const price = this.#prices.get(symbolId)!;
    if (quantity > this.#rules.orderLotsMax) return "quantity-above-maximum";
    const away = Math.abs(priceTicks - price);
    if (away * 10_000 > price * this.#rules.bandBasisPoints) return "price-out-of-band";
    return priceTicks * quantity > this.#rules.orderNotionalMax ? "notional-above-maximum" : null;
  }

  #whyUncovered({ accountId, symbolId, side }: OrderRequest, after: Needs, before: Needs): Refusal | null {
    const lots = after.lots - before.lots;
    const isMore = lots > 0;
    if (isMore && this.sessionLots(accountId) + lots > this.#rules.sessionLotsMax) return "session-limit";
    if (side === "sell") return this.freeShares(accountId, symbolId) < lots ? "insufficient-shares" : null;
    const owned = this.freeShares(accountId, symbolId) + this.heldShares(accountId, symbolId);
    const position = owned + this.#of(`bought/${symbolId}/${accountId}`) + lots;
    if (isMore && position > this.#rules.positionLotsMax) return "position-limit";
    return this.freeCash(accountId) < after.cash - before.cash ? "insufficient-cash" : null;
  }

  #accept(event: OrderRequest): void {
    const { orderId, accountId, symbolId } = event;
    const isWrong = this.#orders.has(orderId) || !this.#known.has(accountId) || !this.#prices.has(symbolId);
    const open = openOf(event);
    this.#change([[{ ...open, left: 0 }, open]], [], isWrong);
  }

  #trade(makerOrderId: number, takerOrderId: number, priceTicks: number, quantity: number): void {
    const both = [this.#openOne(makerOrderId), this.#openOne(takerOrderId)];
    const buy = both.find((open) => open.request.side === "buy");
    const sell = both.find((open) => open.request.side === "sell");
    if (buy === undefined || sell === undefined) throw new ContradictionError("a trade has a buyer and a seller");
    const { accountId: buyer, symbolId } = buy.request;
    const { accountId: seller } = sell.request;
    const isWrong = sell.request.symbolId !== symbolId || priceTicks > buy.priceTicks || priceTicks < sell.priceTicks;
    const paid: Posting[] = [
      [`free/cash/${buyer}`, -priceTicks * quantity],
      [`free/cash/${seller}`, priceTicks * quantity],
      [`free/${symbolId}/${seller}`, -quantity],
      [`free/${symbolId}/${buyer}`, quantity],
    ];
    const changes = both.map((open): Change => {
      return [open, { ...open, left: open.left - quantity, filled: open.filled + quantity }];
    });
    this.#change(changes, paid, isWrong);
    for (const account of [buyer, seller]) this.#traded.set(account, (this.#traded.get(account) ?? 0) + quantity);
    this.#prices.set(symbolId, priceTicks);
  }

  #openOne(orderId: number): Open {
    const open = this.#orders.get(orderId);
    if (open === undefined) throw new ContradictionError(`order ${orderId} is not open`);
    return open;
  }

  /** Posts by how much the needs of orders change, and `more`; then the orders are what they have become. */
  #change(changes: readonly Change[], more: readonly Posting[], isWrong: boolean): void {
    const sums = new Map<string, number>();
    const isTooMuch = changes.some(([, { left }]) => left < 0);
    const postings = changes.flatMap(([before, after]) => holdOf(after.request, needsOf(after), needsOf(before)));
    for (const [name, amount] of [...postings, ...more]) sums.set(name, (sums.get(name) ?? 0) + amount);
    this.#post([...sums], isWrong || isTooMuch);
    for (const [, { request }] of changes) this.#orders.delete(request.orderId);
    for (const [, after] of changes) if (after.left > 0) this.#orders.set(after.request.orderId, after);
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

type Numbers = {
  readonly sequence: number;
  readonly amount?: number;
  readonly priceTicks?: number;
  readonly quantity?: number;
};
type Posting = readonly [name: string, amount: number];
type Change = readonly [before: Open, after: Open];
type Needs = { readonly cash: number; readonly lots: number };

/** An order as it is now; a change makes another one. */
interface Open {
  readonly request: OrderRequest;
  readonly priceTicks: number;
  readonly left: number;
  readonly filled: number;
  readonly next: Pick<ReplaceRequest, "priceTicks" | "quantity"> | null;
}

const NOTHING: Needs = { cash: 0, lots: 0 };

function openOf(request: OrderRequest): Open {
  return { request: { ...request }, priceTicks: request.priceTicks, left: request.quantity, filled: 0, next: null };
}

/**
 * What an order may still take at worst. A change that makes lots dearer costs most when it comes at once, one that
 * makes them cheaper when it comes last.
 */
function needsOf({ priceTicks, left, filled, next }: Open): Needs {
  const rest = next === null || left === 0 ? left : Math.max(0, next.quantity - filled);
  const atNext = next?.priceTicks ?? priceTicks;
  const atOnce = rest * atNext;
  const atLast = left * priceTicks + (rest > left ? (rest - left) * atNext : 0);
  return { cash: Math.max(atOnce, atLast), lots: rest > left ? rest : left };
}

function holdOf({ accountId, symbolId, side }: OrderRequest, after: Needs, before: Needs): Posting[] {
  const lots = after.lots - before.lots;
  const [what, amount] = side === "buy" ? ["cash", after.cash - before.cash] : [symbolId, lots];
  const postings: Posting[] = [
    [`free/${what}/${accountId}`, -amount],
    [`held/${what}/${accountId}`, amount],
    [`open/${accountId}`, lots],
  ];
  return side === "buy" ? [...postings, [`bought/${symbolId}/${accountId}`, lots]] : postings;
}

function whyMalformed(priceTicks: number, quantity: number): Refusal | null {
  if (!(Number.isInteger(quantity) && quantity > 0 && quantity <= MAX_INT32)) return "invalid-quantity";
  return Number.isInteger(priceTicks) && priceTicks > 0 && priceTicks <= MAX_INT32 ? null : "invalid-price";
}

/** An event is missing between this one and the last that was applied. @given */
export class LogGapError extends Error {
  override readonly name = "LogGapError";
}

/** The log says what cannot be; nothing was changed. @given */
export class ContradictionError extends Error {
  override readonly name = "ContradictionError";
}
