/**
 * Alternative: what an account owns and what is promised of it, and nothing called free. The log goes through a table
 * of handlers; a handler returns what to do, or why it cannot be.
 */

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

export class OrderManager {
  #rules: RiskRules;
  #sequence = 0;
  #session = 0;
  #accounts = new Map<number, Account>();
  #symbols = new Map<number, { reference: number; shares: number }>();
  #orders = new Map<number, Order>();
  #cash = 0;

  constructor(rules: RiskRules) {
    for (const [name, value] of Object.entries(rules)) {
      const most = name === "bandBasisPoints" ? 10_000 : Number.MAX_SAFE_INTEGER;
      if (!isWhole(value, most, 0)) throw new RangeError(`${name} is ${value}, and may be 0 to ${most}`);
    }
    this.#rules = { ...rules };
  }

  get sequence(): number {
    return this.#sequence;
  }

  check({ orderId, accountId, symbolId, side, priceTicks, quantity }: OrderRequest): Refusal | null {
    const account = this.#accounts.get(accountId);
    const symbol = this.#symbols.get(symbolId);
    if (account === undefined) return "unknown-account";
    if (symbol === undefined) return "unknown-symbol";
    if (this.#orders.has(orderId)) return "duplicate-order-id";
    const reason = formOf(priceTicks, quantity) ?? this.#ruleOf(symbol.reference, priceTicks, quantity);
    return reason ?? this.#coverOf(account, symbolId, side, quantity, priceTicks * quantity);
  }

  checkCancel(accountId: number, orderId: number): CancelRefusal | null {
    const owner = this.#orders.get(orderId)?.accountId;
    return owner === undefined ? "unknown-order" : owner === accountId ? null : "not-the-owner";
  }

  checkReplace(accountId: number, { orderId, priceTicks, quantity }: ReplaceRequest): ReplaceRefusal | null {
    const refusal = this.checkCancel(accountId, orderId);
    if (refusal !== null) return refusal;
    const order = this.#orders.get(orderId)!;
    if (order.asked !== undefined) return "replace-pending";
    const form = formOf(priceTicks, quantity);
    if (form !== null) return form;
    const left = quantity - order.filled;
    if (left <= 0 || (order.priceTicks === priceTicks && left <= order.open)) return null;
    const rule = this.#ruleOf(this.#symbols.get(order.symbolId)!.reference, priceTicks, quantity);
    if (rule !== null) return rule;
    const [lots, cash] = worstOf(order, { priceTicks, quantity });
    const account = this.#accounts.get(accountId)!;
    return this.#coverOf(account, order.symbolId, order.side, lots - order.lots, cash - order.cash);
  }

  apply(event: ManagerEvent): boolean {
    if (event.sequence <= this.#sequence) return false;
    const missing = event.sequence - this.#sequence - 1;
    if (missing > 0) throw new LogGapError(`${missing} events before event ${event.sequence} are missing`);
    const handle = this.#handlers[event.type] as (event: ManagerEvent) => (() => void) | string;
    const effect = handle(event);
    if (typeof effect === "string") throw new ContradictionError(`event ${event.sequence}: ${effect}`);
    effect();
    this.#sequence = event.sequence;
    return true;
  }

  freeCash(accountId: number): number {
    const account = this.#accounts.get(accountId);
    return account === undefined ? 0 : account.cash - account.promised;
  }

  heldCash(accountId: number): number {
    return this.#accounts.get(accountId)?.promised ?? 0;
  }

  freeShares(accountId: number, symbolId: number): number {
    const shares = this.#accounts.get(accountId)?.shares.get(symbolId);
    return shares === undefined ? 0 : shares.owned - shares.promised;
  }

  heldShares(accountId: number, symbolId: number): number {
    return this.#accounts.get(accountId)?.shares.get(symbolId)?.promised ?? 0;
  }

  sessionLots(accountId: number): number {
    const account = this.#accounts.get(accountId);
    if (account === undefined) return 0;
    return account.lots + (account.traded.session === this.#session ? account.traded.lots : 0);
  }

  openLots(orderId: number): number {
    return this.#orders.get(orderId)?.open ?? 0;
  }

  get openOrders(): number {
    return this.#orders.size;
  }

  #handlers: {
    [Type in ManagerEvent["type"]]: (event: Extract<ManagerEvent, { type: Type }>) => (() => void) | string;
  } = {
    listed: ({ symbolId, priceTicks }) => {
      if (this.#symbols.has(symbolId) || !isWhole(priceTicks)) return "no such listing";
      return () => this.#symbols.set(symbolId, { reference: priceTicks, shares: 0 });
    },
    "session-opened": () => () => {
      this.#session++;
    },
    "cash-deposited": ({ accountId, amount }) => {
      if (!isWhole(amount) || !isWhole(this.#cash + amount)) return "no such amount";
      return () => {
        this.#cash += amount;
        this.#accountOf(accountId).cash += amount;
      };
    },
    "shares-deposited": ({ accountId, symbolId, quantity }) => {
      const symbol = this.#symbols.get(symbolId);
      if (symbol === undefined || !isWhole(quantity) || !isWhole(symbol.shares + quantity)) return "no such shares";
      return () => {
        symbol.shares += quantity;
        sharesOf(this.#accountOf(accountId), symbolId).owned += quantity;
      };
    },
    accepted: ({ orderId, accountId, symbolId, side, priceTicks, quantity }) => {
      const isOne = isWhole(priceTicks) && isWhole(quantity) && this.#symbols.has(symbolId);
      if (!isOne || this.#orders.has(orderId) || !this.#accounts.has(accountId)) return "no such order";
      const free = side === "buy" ? this.freeCash(accountId) : this.freeShares(accountId, symbolId);
      if (free < (side === "buy" ? priceTicks * quantity : quantity)) return "an order without cover";
      const what = { orderId, accountId, symbolId, side, priceTicks };
      return () => {
        const order: Order = { ...what, open: quantity, filled: 0, asked: undefined, lots: 0, cash: 0 };
        this.#orders.set(orderId, order);
        this.#promise(order);
      };
    },
    canceled: ({ orderId, quantity }) => {
      const order = this.#orders.get(orderId);
      if (order === undefined || !isWhole(quantity, order.open)) return "no such lots to cancel";
      return () => {
        order.open -= quantity;
        this.#promise(order);
      };
    },
    traded: ({ makerOrderId, takerOrderId, priceTicks, quantity }) => {
      const pair = [this.#orders.get(makerOrderId), this.#orders.get(takerOrderId)];
      const buy = pair.find((order) => order?.side === "buy");
      const sell = pair.find((order) => order?.side === "sell");
      if (buy === undefined || sell === undefined || buy.symbolId !== sell.symbolId) return "no such pair";
      if (!isWhole(quantity, Math.min(buy.open, sell.open))) return "no such lots to trade";
      if (!isWhole(priceTicks, buy.priceTicks, sell.priceTicks)) return "beyond a limit";
      return () => {
        this.#symbols.get(buy.symbolId)!.reference = priceTicks;
        this.#settle(buy, quantity, -priceTicks * quantity);
        this.#settle(sell, -quantity, priceTicks * quantity);
      };
    },
    "replace-accepted": ({ orderId, priceTicks, quantity }) => {
      const order = this.#orders.get(orderId);
      if (order === undefined || order.asked !== undefined) return "nothing to replace";
      if (!isWhole(priceTicks) || !isWhole(quantity)) return "no such change";
      const [lots, cash] = worstOf(order, { priceTicks, quantity });
      const isShort =
        order.side === "buy"
          ? cash - order.cash > this.freeCash(order.accountId)
          : lots - order.lots > this.freeShares(order.accountId, order.symbolId);
      if (isShort) return "a change without cover";
      return () => {
        order.asked = { priceTicks, quantity };
        this.#promise(order);
      };
    },
    replaced: ({ orderId }) =>
      this.#answer(orderId, (order, { priceTicks, quantity }) => {
        order.priceTicks = priceTicks;
        order.open = Math.max(0, quantity - order.filled);
      }),
    "replace-refused": ({ orderId }) => this.#answer(orderId, () => {}),
  };

  #answer(orderId: number, change: (order: Order, asked: Asked) => void): (() => void) | string {
    const order = this.#orders.get(orderId);
    if (order?.asked === undefined) return "nobody asked for a change";
    const { asked } = order;
    return () => {
      change(order, asked);
      order.asked = undefined;
      this.#promise(order);
    };
  }

  #settle(order: Order, lots: number, cash: number): void {
    const account = this.#accounts.get(order.accountId)!;
    const quantity = Math.abs(lots);
    if (account.traded.session !== this.#session) account.traded = { session: this.#session, lots: 0 };
    account.traded.lots += quantity;
    account.cash += cash;
    sharesOf(account, order.symbolId).owned += lots;
    order.open -= quantity;
    order.filled += quantity;
    this.#promise(order);
  }

  /** Brings what is promised for an order to what it may need. */
  #promise(order: Order): void {
    const account = this.#accounts.get(order.accountId)!;
    const shares = sharesOf(account, order.symbolId);
    const [lots, cash] = worstOf(order, order.asked);
    account.lots += lots - order.lots;
    if (order.side === "sell") shares.promised += lots - order.lots;
    else {
      shares.coming += lots - order.lots;
      account.promised += cash - order.cash;
    }
    order.lots = lots;
    order.cash = cash;
    if (order.open === 0) this.#orders.delete(order.orderId);
  }

  #ruleOf(reference: number, priceTicks: number, quantity: number): Refusal | null {
    const { orderLotsMax, bandBasisPoints, orderNotionalMax } = this.#rules;
    if (quantity > orderLotsMax) return "quantity-above-maximum";
    if (Math.abs(reference - priceTicks) * 10_000 > reference * bandBasisPoints) return "price-out-of-band";
    return quantity * priceTicks > orderNotionalMax ? "notional-above-maximum" : null;
  }

  #coverOf(account: Account, symbolId: number, side: Side, lots: number, cash: number): Refusal | null {
    const { owned, promised, coming } = account.shares.get(symbolId) ?? { owned: 0, promised: 0, coming: 0 };
    const { sessionLotsMax, positionLotsMax } = this.#rules;
    const traded = account.traded.session === this.#session ? account.traded.lots : 0;
    if (lots > 0 && account.lots + traded + lots > sessionLotsMax) return "session-limit";
    if (side === "sell") return lots > owned - promised ? "insufficient-shares" : null;
    if (lots > 0 && owned + coming + lots > positionLotsMax) return "position-limit";
    return cash > account.cash - account.promised ? "insufficient-cash" : null;
  }

  #accountOf(accountId: number): Account {
    const known = this.#accounts.get(accountId);
    if (known !== undefined) return known;
    const account = { cash: 0, promised: 0, lots: 0, traded: { session: 0, lots: 0 }, shares: new Map() };
    this.#accounts.set(accountId, account);
    return account;
  }
}

interface Account {
  cash: number;
  promised: number;
  /** Of open orders. */
  lots: number;
  traded: { session: number; lots: number };
  readonly shares: Map<number, Shares>;
}

interface Shares {
  owned: number;
  promised: number;
  coming: number;
}

type Asked = { readonly priceTicks: number; readonly quantity: number };

interface Order {
  readonly orderId: number;
  readonly accountId: number;
  readonly symbolId: number;
  readonly side: Side;
  priceTicks: number;
  open: number;
  filled: number;
  asked: Asked | undefined;
  lots: number;
  cash: number;
}

/**
 * Lots, and cash: lot by lot. Each lot of the change may come instead of an open one, the dearer first to be feared;
 * the others come on top.
 */
function worstOf({ priceTicks, open, filled }: Order, asked: Asked | undefined): [lots: number, cash: number] {
  if (asked === undefined || open === 0) return [open, open * priceTicks];
  const left = Math.max(0, asked.quantity - filled);
  const more = Math.max(0, left - open) * asked.priceTicks;
  const both = Math.min(left, open);
  return [Math.max(left, open), more + Math.max(both * asked.priceTicks, open * priceTicks)];
}

function sharesOf(account: Account, symbolId: number): Shares {
  const known = account.shares.get(symbolId);
  if (known !== undefined) return known;
  const shares = { owned: 0, promised: 0, coming: 0 };
  account.shares.set(symbolId, shares);
  return shares;
}

function formOf(priceTicks: number, quantity: number): Refusal | null {
  if (!isWhole(quantity, MAX_INT32)) return "invalid-quantity";
  return isWhole(priceTicks, MAX_INT32) ? null : "invalid-price";
}

function isWhole(value: number, most = Number.MAX_SAFE_INTEGER, least = 1): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/** An event is missing between this one and the last that was applied. @given */
export class LogGapError extends Error {
  override readonly name = "LogGapError";
}

/** The log says what cannot be; nothing was changed. @given */
export class ContradictionError extends Error {
  override readonly name = "ContradictionError";
}
