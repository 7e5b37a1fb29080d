/**
 * Alternative: what most people would write. Orders are objects in a doubly linked list a price, found through a `Map`
 * from id to order; prices are found through a `Map` and kept in a sorted array a side, the best one last.
 */

import type { BookEvents, Level, RejectReason } from "../../given/stock-exchange/book-events.ts";
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

interface Node {
  readonly orderId: number;
  readonly accountId: number;
  readonly postOnly: boolean;
  readonly queue: Queue;
  quantity: number;
  filled: number;
  previous: Node | null;
  next: Node | null;
}

interface Queue {
  readonly side: Side;
  readonly priceTicks: number;
  first: Node | null;
  last: Node | null;
  quantity: number;
  orders: number;
}

/** The prices of one side. */
class Ladder {
  /** Worst first, so that the best is added and removed at the end. */
  readonly prices: number[] = [];
  readonly queues = new Map<number, Queue>();
  readonly side: Side;

  constructor(side: Side) {
    this.side = side;
  }

  get best(): number | null {
    return this.prices.at(-1) ?? null;
  }

  queueFor(priceTicks: number): Queue {
    const found = this.queues.get(priceTicks);
    if (found !== undefined) return found;
    const queue: Queue = { side: this.side, priceTicks, first: null, last: null, quantity: 0, orders: 0 };
    this.queues.set(priceTicks, queue);
    this.prices.splice(this.#placeOf(priceTicks), 0, priceTicks);
    return queue;
  }

  delete(priceTicks: number): void {
    this.queues.delete(priceTicks);
    this.prices.splice(this.#placeOf(priceTicks), 1);
  }

  #placeOf(priceTicks: number): number {
    let low = 0;
    let high = this.prices.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const isWorse = this.side === "buy" ? this.prices[middle]! < priceTicks : this.prices[middle]! > priceTicks;
      if (isWorse) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export class OrderBook implements MatchingEngine {
  readonly #options: OrderBookOptions;
  readonly #selfTrade: SelfTradePolicy;
  readonly #bids = new Ladder("buy");
  readonly #asks = new Ladder("sell");
  readonly #orders = new Map<number, Node>();

  constructor(options: OrderBookOptions) {
    const { minPriceTicks, maxPriceTicks } = options;
    const width = maxPriceTicks - minPriceTicks;
    const isBand = Number.isSafeInteger(minPriceTicks) && Number.isSafeInteger(maxPriceTicks) && width >= 0;
    if (!isBand || width >= MAX_LEVELS) throw new RangeError(`the band ${minPriceTicks} to ${maxPriceTicks} is wrong`);
    this.#options = options;
    this.#selfTrade = options.selfTrade ?? "cancel-incoming";
    for (const order of options.resting ?? []) this.#append(order, order.quantity, order.filled);
  }

  submit(order: Readonly<NewOrder>): void {
    const reason = this.#whyRejected(order);
    if (reason !== null) {
      this.#options.events.rejected(order.orderId, reason);
      return;
    }
    const left = this.#match(order, order.quantity);
    if (left === 0) return;
    if (order.kind === "market") this.#options.events.canceled(order.orderId, left, "no-liquidity");
    else if (order.timeInForce !== "good-till-cancel") {
      this.#options.events.canceled(order.orderId, left, "immediate-or-cancel");
    } else {
      this.#append(order, left, order.quantity - left);
      this.#options.events.rested(order.orderId, order.side, order.priceTicks, left);
    }
  }

  cancel(orderId: number): void {
    const node = this.#orders.get(orderId);
    if (node === undefined) {
      this.#options.events.rejected(orderId, isId(orderId) ? "unknown-order" : "invalid-order-id");
      return;
    }
    this.#remove(node);
    this.#options.events.canceled(orderId, node.quantity, "requested");
  }

  replace(orderId: number, priceTicks: number, quantity: number): void {
    const node = this.#orders.get(orderId);
    const reason = this.#whyNotReplaced(orderId, priceTicks, quantity, node);
    if (reason !== null || node === undefined) {
      this.#options.events.rejected(orderId, reason ?? "unknown-order");
      return;
    }
    const left = quantity - node.filled;
    if (left > 0 && left <= node.quantity && priceTicks === node.queue.priceTicks) {
      node.queue.quantity -= node.quantity - left;
      node.quantity = left;
      this.#options.events.reduced(orderId, left);
      return;
    }
    this.#remove(node);
    this.#options.events.canceled(orderId, node.quantity, "replaced");
    if (left <= 0) return;
    const { accountId, postOnly } = node;
    const side = node.queue.side;
    const again = { orderId, accountId, side, kind: "limit", priceTicks, postOnly } as const;
    const unmatched = this.#match(again, left);
    if (unmatched === 0) return;
    this.#append(again, unmatched, quantity - unmatched);
    this.#options.events.rested(orderId, side, priceTicks, unmatched);
  }

  get bestBidTicks(): number | null {
    return this.#bids.best;
  }

  get bestAskTicks(): number | null {
    return this.#asks.best;
  }

  get restingOrders(): number {
    return this.#orders.size;
  }

  depth(side: Side, levelsMost = Number.POSITIVE_INFINITY): Level[] {
    const { prices, queues } = this.#ladder(side);
    const levels: Level[] = [];
    for (let i = prices.length - 1; i >= 0 && levels.length < levelsMost; i--) {
      const { priceTicks, quantity, orders } = queues.get(prices[i]!)!;
      levels.push({ priceTicks, quantity, orders });
    }
    return levels;
  }

  ordersAt(priceTicks: number): RestingOrder[] {
    const orders: RestingOrder[] = [];
    const queue = this.#bids.queues.get(priceTicks) ?? this.#asks.queues.get(priceTicks);
    for (let node = queue?.first ?? null; node !== null; node = node.next) {
      const { orderId, accountId, quantity, filled, postOnly } = node;
      orders.push({ orderId, accountId, side: node.queue.side, priceTicks, quantity, filled, postOnly });
    }
    return orders;
  }

  snapshot(): RestingOrder[] {
    return [...this.depth("buy"), ...this.depth("sell")].flatMap((level) => this.ordersAt(level.priceTicks));
  }

  stateHash(): string {
    return JSON.stringify(this.snapshot());
  }

  #ladder(side: Side): Ladder {
    return side === "buy" ? this.#bids : this.#asks;
  }

  #whyRejected(order: Readonly<NewOrder>): RejectReason | null {
    const { orderId, accountId, kind, timeInForce, postOnly, quantity, priceTicks } = order;
    if (!isId(orderId)) return "invalid-order-id";
    if (!Number.isInteger(accountId) || accountId < 0 || accountId > MAX_INT32) return "invalid-account-id";
    if (!isQuantity(quantity)) return "invalid-quantity";
    if (kind === "limit" && !Number.isSafeInteger(priceTicks)) return "invalid-price";
    if (kind === "limit" && !this.#isInBand(priceTicks)) return "price-out-of-band";
    if (postOnly && (kind === "market" || timeInForce !== "good-till-cancel")) return "contradictory-instructions";
    if (this.#orders.has(orderId)) return "duplicate-order-id";
    if (postOnly && this.#nextMaker(order) !== null) return "would-take-liquidity";
    if (timeInForce === "fill-or-kill" && !this.#wouldFill(order)) return "insufficient-liquidity";
    return null;
  }

  #whyNotReplaced(id: number, priceTicks: number, quantity: number, node: Node | undefined): RejectReason | null {
    if (!isId(id)) return "invalid-order-id";
    if (!isQuantity(quantity)) return "invalid-quantity";
    if (!Number.isSafeInteger(priceTicks)) return "invalid-price";
    if (!this.#isInBand(priceTicks)) return "price-out-of-band";
    if (node === undefined) return "unknown-order";
    const wouldTrade = this.#nextMaker({ side: node.queue.side, kind: "limit", priceTicks }) !== null;
    return node.postOnly && quantity > node.filled && wouldTrade ? "would-take-liquidity" : null;
  }

  #isInBand(priceTicks: number): boolean {
    return priceTicks >= this.#options.minPriceTicks && priceTicks <= this.#options.maxPriceTicks;
  }

  /** The order that trades next with one of this side and price. */
  #nextMaker({ side, kind, priceTicks }: Pick<NewOrder, "side" | "kind" | "priceTicks">): Node | null {
    const facing = this.#ladder(side === "buy" ? "sell" : "buy");
    const best = facing.best;
    if (best === null) return null;
    const isAcceptable = kind === "market" || (side === "buy" ? best <= priceTicks : best >= priceTicks);
    return isAcceptable ? facing.queues.get(best)!.first : null;
  }

  #match(taker: Pick<NewOrder, "orderId" | "accountId" | "side" | "kind" | "priceTicks">, quantity: number): number {
    const { events } = this.#options;
    let left = quantity;
    while (left > 0) {
      const maker = this.#nextMaker(taker);
      if (maker === null) return left;
      if (maker.accountId === taker.accountId) {
        if (this.#selfTrade !== "cancel-incoming") {
          this.#remove(maker);
          events.canceled(maker.orderId, maker.quantity, "self-trade");
        }
        if (this.#selfTrade === "cancel-resting") continue;
        events.canceled(taker.orderId, left, "self-trade");
        return 0;
      }
      const traded = Math.min(left, maker.quantity);
      left -= traded;
      if (traded === maker.quantity) this.#remove(maker);
      else {
        maker.quantity -= traded;
        maker.filled += traded;
        maker.queue.quantity -= traded;
      }
      events.traded(maker.orderId, taker.orderId, maker.queue.priceTicks, traded);
    }
    return 0;
  }

  #wouldFill({ side, kind, priceTicks, quantity, accountId }: Readonly<NewOrder>): boolean {
    const { prices, queues } = this.#ladder(side === "buy" ? "sell" : "buy");
    let missing = quantity;
    for (let i = prices.length - 1; i >= 0; i--) {
      const price = prices[i]!;
      if (kind === "limit" && (side === "buy" ? price > priceTicks : price < priceTicks)) return false;
      for (let node = queues.get(price)!.first; node !== null; node = node.next) {
        if (node.accountId !== accountId) missing -= node.quantity;
        else if (this.#selfTrade !== "cancel-resting") return false;
        if (missing <= 0) return true;
      }
    }
    return false;
  }

  #append(
    order: Pick<NewOrder, "orderId" | "accountId" | "side" | "priceTicks" | "postOnly">,
    quantity: number,
    filled: number,
  ): void {
    const { orderId, accountId, postOnly } = order;
    const queue = this.#ladder(order.side).queueFor(order.priceTicks);
    const node: Node = { orderId, accountId, postOnly, queue, quantity, filled, previous: queue.last, next: null };
    if (queue.last === null) queue.first = node;
    else queue.last.next = node;
    queue.last = node;
    queue.quantity += quantity;
    queue.orders++;
    this.#orders.set(orderId, node);
  }

  #remove(node: Node): void {
    const { queue } = node;
    if (node.previous === null) queue.first = node.next;
    else node.previous.next = node.next;
    if (node.next === null) queue.last = node.previous;
    else node.next.previous = node.previous;
    queue.quantity -= node.quantity;
    queue.orders--;
    this.#orders.delete(node.orderId);
    if (queue.orders === 0) this.#ladder(queue.side).delete(queue.priceTicks);
  }
}

function isId(orderId: number): boolean {
  return Number.isSafeInteger(orderId) && orderId >= 0;
}

function isQuantity(quantity: number): boolean {
  return Number.isSafeInteger(quantity) && quantity > 0 && quantity <= MAX_INT32;
}
