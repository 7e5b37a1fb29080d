/**
 * Alternative: a `Set` of orders a price, which keeps them in the order of arrival and lets one out from anywhere,
 * found through a `Map` from id to order; the prices of a side are a sorted array.
 */

import type { BookEvents, Level, RejectReason } from "../../given/stock-exchange/book-events.ts";
import { Digest } from "../../given/stock-exchange/digest.ts";
import {
  MAX_INT32,
  type MatchingEngine,
  type NewOrder,
  type SelfTradePolicy,
  type Side,
} from "../../given/stock-exchange/orders.ts";

export interface OrderBookOptions {
  readonly minPriceTicks: number;
  readonly maxPriceTicks: number;
  readonly events: BookEvents;
  readonly selfTrade?: SelfTradePolicy;
  readonly expectedOrders?: number;
  readonly resting?: readonly RestingOrder[];
}

export interface RestingOrder {
  readonly orderId: number;
  readonly accountId: number;
  readonly side: Side;
  readonly priceTicks: number;
  readonly quantity: number;
  readonly filled: number;
  readonly postOnly: boolean;
}

export const MAX_LEVELS = 2 ** 24;

export class OrderBook implements MatchingEngine {
  readonly #min: number;
  readonly #max: number;
  readonly #events: BookEvents;
  readonly #policy: SelfTradePolicy;
  readonly #orders = new Map<number, Entry>();
  readonly #buys = new Queues();
  readonly #sells = new Queues();

  constructor({ minPriceTicks, maxPriceTicks, events, selfTrade, resting }: OrderBookOptions) {
    if (
      !Number.isSafeInteger(minPriceTicks) ||
      !Number.isSafeInteger(maxPriceTicks) ||
      minPriceTicks > maxPriceTicks ||
      maxPriceTicks - minPriceTicks >= MAX_LEVELS
    ) {
      throw new RangeError(`price band is ${minPriceTicks} to ${maxPriceTicks}`);
    }
    this.#min = minPriceTicks;
    this.#max = maxPriceTicks;
    this.#events = events;
    this.#policy = selfTrade ?? "cancel-incoming";
    for (const order of resting ?? []) this.#rest({ ...order });
  }

  submit(order: Readonly<NewOrder>): void {
    const { orderId, accountId, side, kind, priceTicks, quantity, timeInForce, postOnly } = order;
    const whole = timeInForce === "fill-or-kill";
    const limit = kind === "limit" ? priceTicks : side === "buy" ? Infinity : -Infinity;
    const reason = this.#invalid(orderId, accountId, quantity, kind === "limit" ? priceTicks : this.#min);
    if (reason !== null) {
      this.#events.rejected(orderId, reason);
      return;
    }
    if (postOnly && (kind !== "limit" || timeInForce !== "good-till-cancel")) {
      this.#events.rejected(orderId, "contradictory-instructions");
      return;
    }
    if (this.#orders.has(orderId)) {
      this.#events.rejected(orderId, "duplicate-order-id");
      return;
    }
    if (postOnly && this.#crosses(side, limit)) {
      this.#events.rejected(orderId, "would-take-liquidity");
      return;
    }
    if (whole && !this.#fills(side, limit, quantity, accountId)) {
      this.#events.rejected(orderId, "insufficient-liquidity");
      return;
    }
    const left = this.#trade(side, limit, orderId, accountId, quantity);
    if (left === 0) return;
    if (kind === "market") this.#events.canceled(orderId, left, "no-liquidity");
    else if (timeInForce === "immediate-or-cancel") this.#events.canceled(orderId, left, "immediate-or-cancel");
    else {
      this.#rest({ orderId, accountId, side, priceTicks, quantity: left, filled: quantity - left, postOnly });
      this.#events.rested(orderId, side, priceTicks, left);
    }
  }

  cancel(orderId: number): void {
    const entry = this.#orders.get(orderId);
    if (entry === undefined) {
      const bad = !Number.isSafeInteger(orderId) || orderId < 0;
      this.#events.rejected(orderId, bad ? "invalid-order-id" : "unknown-order");
      return;
    }
    this.#remove(entry);
    this.#events.canceled(orderId, entry.quantity, "requested");
  }

  replace(orderId: number, priceTicks: number, quantity: number): void {
    const reason = this.#invalid(orderId, 0, quantity, priceTicks);
    if (reason !== null) {
      this.#events.rejected(orderId, reason);
      return;
    }
    const entry = this.#orders.get(orderId);
    if (entry === undefined) {
      this.#events.rejected(orderId, "unknown-order");
      return;
    }
    const left = quantity - entry.filled;
    if (left <= 0) {
      this.#remove(entry);
      this.#events.canceled(orderId, entry.quantity, "replaced");
      return;
    }
    if (priceTicks === entry.priceTicks && left <= entry.quantity) {
      entry.queue.lots -= entry.quantity - left;
      entry.quantity = left;
      this.#events.reduced(orderId, left);
      return;
    }
    const { side, accountId, postOnly, filled } = entry;
    if (postOnly && this.#crosses(side, priceTicks)) {
      this.#events.rejected(orderId, "would-take-liquidity");
      return;
    }
    this.#remove(entry);
    this.#events.canceled(orderId, entry.quantity, "replaced");
    const rest = this.#trade(side, priceTicks, orderId, accountId, left);
    if (rest === 0) return;
    this.#rest({ orderId, accountId, side, priceTicks, quantity: rest, filled: filled + left - rest, postOnly });
    this.#events.rested(orderId, side, priceTicks, rest);
  }

  get bestBidTicks(): number | null {
    return this.#buys.best("buy")?.priceTicks ?? null;
  }

  get bestAskTicks(): number | null {
    return this.#sells.best("sell")?.priceTicks ?? null;
  }

  get restingOrders(): number {
    return this.#orders.size;
  }

  depth(side: Side, levelsMost = Number.POSITIVE_INFINITY): Level[] {
    const levels: Level[] = [];
    const { prices, at } = this.#of(side);
    for (let i = 0; i < prices.length && levels.length < levelsMost; i++) {
      const price = side === "buy" ? prices[prices.length - 1 - i]! : prices[i]!;
      const { lots, orders } = at.get(price)!;
      levels.push({ priceTicks: price, quantity: lots, orders: orders.size });
    }
    return levels;
  }

  ordersAt(priceTicks: number): RestingOrder[] {
    const queue = this.#buys.at.get(priceTicks) ?? this.#sells.at.get(priceTicks);
    return queue === undefined ? [] : Array.from(queue.orders, shown);
  }

  snapshot(): RestingOrder[] {
    return [
      ...this.#buys.prices.toReversed().flatMap((price) => this.ordersAt(price)),
      ...this.#sells.prices.flatMap((price) => this.ordersAt(price)),
    ];
  }

  stateHash(): string {
    const digest = new Digest();
    for (const { orderId, accountId, side, priceTicks, quantity, filled, postOnly } of this.snapshot()) {
      for (const part of [orderId, accountId, side === "buy" ? 1 : 0, priceTicks, quantity, filled, postOnly ? 1 : 0]) {
        digest.add(part);
      }
    }
    return digest.toString();
  }

  #of(side: Side): Queues {
    return side === "buy" ? this.#buys : this.#sells;
  }

  #against(side: Side): Queues {
    return side === "buy" ? this.#sells : this.#buys;
  }

  #invalid(orderId: number, accountId: number, quantity: number, priceTicks: number): RejectReason | null {
    if (!Number.isSafeInteger(orderId) || orderId < 0) return "invalid-order-id";
    if (!Number.isInteger(accountId) || accountId < 0 || accountId > MAX_INT32) return "invalid-account-id";
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > MAX_INT32) return "invalid-quantity";
    if (!Number.isSafeInteger(priceTicks)) return "invalid-price";
    if (priceTicks < this.#min || priceTicks > this.#max) return "price-out-of-band";
    return null;
  }

  #crosses(side: Side, limit: number): boolean {
    const best = this.#against(side).best(side === "buy" ? "sell" : "buy");
    return best !== undefined && (side === "buy" ? best.priceTicks <= limit : best.priceTicks >= limit);
  }

  #fills(side: Side, limit: number, quantity: number, accountId: number): boolean {
    let left = quantity;
    const { prices, at } = this.#against(side);
    for (let i = 0; i < prices.length; i++) {
      const price = side === "sell" ? prices[prices.length - 1 - i]! : prices[i]!;
      if (side === "buy" ? price > limit : price < limit) return false;
      const queue = at.get(price)!;
      for (const order of queue.orders) {
        if (order.accountId === accountId) {
          if (this.#policy === "cancel-resting") continue;
          return false;
        }
        left -= order.quantity;
        if (left <= 0) return true;
      }
    }
    return false;
  }

  #trade(side: Side, limit: number, orderId: number, accountId: number, quantity: number): number {
    const other = side === "buy" ? "sell" : "buy";
    const queues = this.#against(side);
    let left = quantity;
    while (left > 0) {
      const queue = queues.best(other);
      if (queue === undefined || (side === "buy" ? queue.priceTicks > limit : queue.priceTicks < limit)) break;
      const [maker] = queue.orders;
      if (maker!.accountId === accountId) {
        if (this.#policy !== "cancel-incoming") {
          this.#remove(maker!);
          this.#events.canceled(maker!.orderId, maker!.quantity, "self-trade");
        }
        if (this.#policy === "cancel-resting") continue;
        this.#events.canceled(orderId, left, "self-trade");
        return 0;
      }
      const lots = Math.min(left, maker!.quantity);
      left -= lots;
      maker!.quantity -= lots;
      maker!.filled += lots;
      queue.lots -= lots;
      if (maker!.quantity === 0) this.#remove(maker!);
      this.#events.traded(maker!.orderId, orderId, queue.priceTicks, lots);
    }
    return left;
  }

  #rest(order: RestingOrder): void {
    const queue = this.#of(order.side).queueAt(order.priceTicks);
    const entry: Entry = { ...order, queue };
    queue.orders.add(entry);
    queue.lots += entry.quantity;
    this.#orders.set(order.orderId, entry);
  }

  #remove(entry: Entry): void {
    const { queue } = entry;
    queue.orders.delete(entry);
    queue.lots -= entry.quantity;
    this.#orders.delete(entry.orderId);
    if (queue.orders.size === 0) this.#of(entry.side).drop(queue.priceTicks);
  }
}

interface Queue {
  readonly priceTicks: number;
  lots: number;
  readonly orders: Set<Entry>;
}

type Entry = { -readonly [K in keyof RestingOrder]: RestingOrder[K] } & { readonly queue: Queue };

/** One side: queues by price, and the prices in ascending order. */
class Queues {
  readonly at = new Map<number, Queue>();
  readonly prices: number[] = [];

  best(side: Side): Queue | undefined {
    const price = side === "buy" ? this.prices.at(-1) : this.prices[0];
    return price === undefined ? undefined : this.at.get(price);
  }

  queueAt(priceTicks: number): Queue {
    let queue = this.at.get(priceTicks);
    if (queue === undefined) {
      queue = { priceTicks, lots: 0, orders: new Set() };
      this.at.set(priceTicks, queue);
      this.prices.splice(this.#place(priceTicks), 0, priceTicks);
    }
    return queue;
  }

  drop(priceTicks: number): void {
    this.at.delete(priceTicks);
    this.prices.splice(this.#place(priceTicks), 1);
  }

  #place(priceTicks: number): number {
    let [low, high] = [0, this.prices.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.prices[middle]! < priceTicks) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function shown({ queue: _, ...order }: Entry): RestingOrder {
  return order;
}
