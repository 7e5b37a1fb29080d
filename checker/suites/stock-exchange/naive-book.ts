/** The definition of an order book, with a sorted array and no care for cost: what the suites compare with. */

import type { BookEvents, RejectReason } from "../../../given/stock-exchange/book-events.ts";
import type { MatchingEngine, NewOrder, SelfTradePolicy, Side } from "../../../given/stock-exchange/orders.ts";
import type { RestingOrder } from "../../../solutions/stock-exchange/order-book.ts";

type Resting = { -readonly [Field in keyof RestingOrder]: RestingOrder[Field] };

export class NaiveBook implements MatchingEngine {
  readonly minPriceTicks: number;
  readonly maxPriceTicks: number;
  readonly events: BookEvents;
  readonly selfTrade: SelfTradePolicy;
  /** In the order of arrival. */
  #resting: Resting[] = [];

  constructor(minPriceTicks: number, maxPriceTicks: number, events: BookEvents, selfTrade: SelfTradePolicy) {
    this.minPriceTicks = minPriceTicks;
    this.maxPriceTicks = maxPriceTicks;
    this.events = events;
    this.selfTrade = selfTrade;
  }

  submit(order: Readonly<NewOrder>): void {
    const reason = this.#reasonAgainst(order);
    if (reason !== null) this.events.rejected(order.orderId, reason);
    else this.#enter(order, order.quantity, 0);
  }

  cancel(orderId: number): void {
    const order = this.#find(orderId);
    if (!isId(orderId)) this.events.rejected(orderId, "invalid-order-id");
    else if (order === undefined) this.events.rejected(orderId, "unknown-order");
    else {
      this.#drop(order);
      this.events.canceled(orderId, order.quantity, "requested");
    }
  }

  replace(orderId: number, priceTicks: number, quantity: number): void {
    const order = this.#find(orderId);
    const incoming: NewOrder = {
      orderId,
      accountId: order?.accountId ?? 0,
      side: order?.side ?? "buy",
      kind: "limit",
      priceTicks,
      quantity,
      timeInForce: "good-till-cancel",
      postOnly: order?.postOnly ?? false,
    };
    const left = quantity - (order?.filled ?? 0);
    let reason = this.#reasonAgainstFields(incoming);
    if (reason === null && order === undefined) reason = "unknown-order";
    if (reason === null && left > 0 && incoming.postOnly && this.#facing(incoming).length > 0) {
      reason = "would-take-liquidity";
    }
    if (reason !== null || order === undefined) {
      this.events.rejected(orderId, reason ?? "unknown-order");
    } else if (left > 0 && left <= order.quantity && priceTicks === order.priceTicks) {
      order.quantity = left;
      this.events.reduced(orderId, left);
    } else {
      this.#drop(order);
      this.events.canceled(orderId, order.quantity, "replaced");
      if (left > 0) this.#enter(incoming, left, order.filled);
    }
  }

  /** Bids from the highest price, then asks from the lowest, first in line first. */
  snapshot(): RestingOrder[] {
    return [...this.#side("buy"), ...this.#side("sell")].map((order) => ({ ...order }));
  }

  #enter(order: Readonly<NewOrder>, quantity: number, filledBefore: number): void {
    let left = quantity;
    for (const maker of this.#facing(order)) {
      if (left === 0) break;
      if (maker.accountId === order.accountId) {
        if (this.selfTrade !== "cancel-incoming") {
          this.#drop(maker);
          this.events.canceled(maker.orderId, maker.quantity, "self-trade");
        }
        if (this.selfTrade === "cancel-resting") continue;
        this.events.canceled(order.orderId, left, "self-trade");
        return;
      }
      const traded = Math.min(left, maker.quantity);
      left -= traded;
      maker.quantity -= traded;
      maker.filled += traded;
      if (maker.quantity === 0) this.#drop(maker);
      this.events.traded(maker.orderId, order.orderId, maker.priceTicks, traded);
    }
    if (left === 0) return;
    if (order.kind === "market") this.events.canceled(order.orderId, left, "no-liquidity");
    else if (order.timeInForce !== "good-till-cancel") {
      this.events.canceled(order.orderId, left, "immediate-or-cancel");
    } else {
      const { orderId, accountId, side, priceTicks, postOnly } = order;
      const filled = filledBefore + quantity - left;
      this.#resting.push({ orderId, accountId, side, priceTicks, quantity: left, filled, postOnly });
      this.events.rested(orderId, side, priceTicks, left);
    }
  }

  #reasonAgainst(order: Readonly<NewOrder>): RejectReason | null {
    const reason = this.#reasonAgainstFields(order);
    if (reason !== null) return reason;
    if (order.postOnly && (order.kind === "market" || order.timeInForce !== "good-till-cancel")) {
      return "contradictory-instructions";
    }
    if (this.#find(order.orderId) !== undefined) return "duplicate-order-id";
    if (order.postOnly && this.#facing(order).length > 0) return "would-take-liquidity";
    if (order.timeInForce === "fill-or-kill" && !this.#fills(order)) return "insufficient-liquidity";
    return null;
  }

  #reasonAgainstFields({ orderId, accountId, kind, priceTicks, quantity }: Readonly<NewOrder>): RejectReason | null {
    if (!isId(orderId)) return "invalid-order-id";
    if (!isInt32(accountId, 0)) return "invalid-account-id";
    if (!isInt32(quantity, 1)) return "invalid-quantity";
    if (kind === "market") return null;
    if (!Number.isSafeInteger(priceTicks)) return "invalid-price";
    return priceTicks < this.minPriceTicks || priceTicks > this.maxPriceTicks ? "price-out-of-band" : null;
  }

  #fills(order: Readonly<NewOrder>): boolean {
    let fillable = 0;
    for (const maker of this.#facing(order)) {
      if (fillable >= order.quantity) break;
      if (maker.accountId !== order.accountId) fillable += maker.quantity;
      else if (this.selfTrade !== "cancel-resting") return false;
    }
    return fillable >= order.quantity;
  }

  /** What an order would trade with, in turn. */
  #facing({ side, kind, priceTicks }: Readonly<NewOrder>): Resting[] {
    const accepts = (price: number): boolean => (side === "buy" ? price <= priceTicks : price >= priceTicks);
    return this.#side(side === "buy" ? "sell" : "buy").filter(
      (maker) => kind === "market" || accepts(maker.priceTicks),
    );
  }

  /** Best price first; the sort is stable, so equal prices stay in the order of arrival. */
  #side(side: Side): Resting[] {
    const towardsWorse = side === "buy" ? -1 : 1;
    return this.#resting
      .filter((order) => order.side === side)
      .sort((a, b) => towardsWorse * (a.priceTicks - b.priceTicks));
  }

  #find(orderId: number): Resting | undefined {
    return this.#resting.find((order) => order.orderId === orderId);
  }

  #drop(order: Resting): void {
    this.#resting = this.#resting.filter((each) => each !== order);
  }
}

function isId(orderId: number): boolean {
  return Number.isSafeInteger(orderId) && orderId >= 0;
}

function isInt32(value: number, least: number): boolean {
  return Number.isSafeInteger(value) && value >= least && value < 2 ** 31;
}
