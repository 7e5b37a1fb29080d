/*
 * Order book. Price-time priority in integers: add, trade, cancel and replace in the time of what they touch.
 *
 * Start with stage 1: Match by price and time.
 * Chapter: docs/finance/stock-exchange.mdx
 * Grade it: npx bp check stock-exchange/order-book
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
import { NotStarted } from "../not-started.ts";

export interface OrderBookOptions {
  /** The price band: the lowest and the highest tick that the book accepts. Fewer than `MAX_LEVELS` apart. */
  readonly minPriceTicks: number;
  readonly maxPriceTicks: number;
  /** Told of everything that happens. A handler must neither call the book nor throw. */
  readonly events: BookEvents;
  /** Default "cancel-incoming". */
  readonly selfTrade?: SelfTradePolicy;
  /** Orders to make room for at once; the book grows when there are more. Default 256. */
  readonly expectedOrders?: number;
  /** What rests from the start, as `snapshot` returned it. No events are sent for it, and no reference is kept. */
  readonly resting?: readonly RestingOrder[];
}

/** An order that stands in the book. */
export interface RestingOrder {
  readonly orderId: number;
  readonly accountId: number;
  readonly side: Side;
  readonly priceTicks: number;
  /** Lots left. */
  readonly quantity: number;
  /** Lots that have traded. */
  readonly filled: number;
  readonly postOnly: boolean;
}

/** Widest price band, in ticks. */
export const MAX_LEVELS = 2 ** 24;

/**
 * The limit order book of one instrument, with price-time priority: the best price trades first, and among equal prices
 * the order that came first. A trade is at the price of the order that rested. The book is never crossed: after every
 * call the highest bid is below the lowest ask.
 *
 * Deterministic: the same commands cause the same events and lead to the same state. It reads no clock and draws no
 * numbers.
 *
 * A command that cannot be obeyed causes `rejected` and changes nothing. Where several reasons apply, it is the first
 * in the order in which `RejectReason` lists them.
 *
 * Cost: a cancel, a replace at the same price and the best price do not depend on the number of orders at a price; a
 * submitted order costs what it fills. Finding the next price after a level has emptied is at most logarithmic in the
 * band. Any number of orders may rest at a price, and one order may fill them all. Orders as objects, found through a
 * `Map`, in a list or a `Set` a price, and the prices of a side in a sorted array are good enough: an order may take up
 * to 16 times the memory that the reference takes. The reference allocates nothing once it has grown to its largest
 * number of orders, and keeps an order in at most 64 bytes; a level of the band costs 20, and up to 4 more in room for
 * orders.
 *
 * What a call returns is the caller's: it does not change later, and to change it changes nothing in the book.
 */
export class OrderBook implements MatchingEngine {
  /** @throws RangeError unless the band is two integers in ascending order, less than `MAX_LEVELS` apart. */
  constructor({ minPriceTicks, maxPriceTicks, events, selfTrade, expectedOrders, resting }: OrderBookOptions) {
    throw new NotStarted("stage 1: Match by price and time");
  }

  /**
   * Trades what can trade at once; then lets the rest stand in the book, or cancels it, as the order says. Reads the
   * fields of `order` before it returns and keeps no reference, so that the caller may use one object again and again.
   *
   * - Market: trades at any price. What is left is canceled as "no-liquidity" for every `timeInForce`, except that
   *   "fill-or-kill" fills whole or is rejected.
   * - Fill-or-kill: rejected, with no trade and no cancel, unless everything would trade.
   * - Post-only: rejected if its price crosses the best price of the other side, also when only orders of its own
   *   account stand there: this is asked before the self-trade policy.
   * - Self-trade: when the next order in line belongs to the same account, no trade happens, and who yields is canceled
   *   as "self-trade". "cancel-resting" then goes on with the next in line; the others end the incoming order. An order
   *   that would end that way before it has filled does not count as filling: fill-or-kill is rejected.
   *
   * Stage 1 asks for limit orders that are good till canceled, stage 3 for the other kinds, stage 5 for self-trades.
   */
  submit(order: Readonly<NewOrder>): void {
    throw new NotStarted("stage 1: Match by price and time");
  }

  /**
   * Takes what is left of an order out. An order that does not rest, because it has filled for example, is
   * "unknown-order".
   */
  cancel(orderId: number): void {
    throw new NotStarted("stage 2: Cancel and show the depth");
  }

  /**
   * Changes the price and the total quantity of a resting order.
   *
   * `quantity` counts what has already traded. A client that sends it cannot know of a trade that happens meanwhile,
   * and a quantity of lots left would then buy more than was meant.
   *
   * - As many lots left or fewer, at the same price: it keeps its place (`reduced`).
   * - No lots left, because at least `quantity` have traded: it is canceled as "replaced".
   * - Otherwise it gives up its place: canceled as "replaced", and then like a new order of the same id, account, side
   *   and post-only: it trades what it can and rests behind everything at its price.
   */
  replace(orderId: number, priceTicks: number, quantity: number): void {
    throw new NotStarted("stage 4: Replace");
  }

  /** Highest bid in ticks, or null. O(1). */
  get bestBidTicks(): number | null {
    throw new NotStarted("stage 1: Match by price and time");
  }

  /** Lowest ask in ticks, or null. O(1). */
  get bestAskTicks(): number | null {
    throw new NotStarted("stage 1: Match by price and time");
  }

  /** Orders in the book. O(1). */
  get restingOrders(): number {
    throw new NotStarted("stage 1: Match by price and time");
  }

  /**
   * The side's best `levelsMost` prices, best first. O(levels), however many orders they hold.
   */
  depth(side: Side, levelsMost = Number.POSITIVE_INFINITY): Level[] {
    throw new NotStarted("stage 2: Cancel and show the depth");
  }

  /**
   * The orders at a price, first in line first; none for a price outside the band. O(orders at the price).
   */
  ordersAt(priceTicks: number): RestingOrder[] {
    throw new NotStarted("stage 2: Cancel and show the depth");
  }

  /**
   * Every resting order: bids from the highest price, then asks from the lowest, first in line first. A book that is
   * built with them as `resting` behaves as this one from then on. O(orders).
   */
  snapshot(): RestingOrder[] {
    throw new NotStarted("stage 5: Self-trades, snapshot and replay");
  }

  /**
   * Equal for two books in the same state, however they came to it; different, but for a freak of chance, when any
   * field of `snapshot` differs. O(orders).
   */
  stateHash(): string {
    throw new NotStarted("stage 5: Self-trades, snapshot and replay");
  }
}
