/**
 * Work for order books in which the best price goes: by one trade, by one cancel, and by an order that sweeps many
 * prices.
 */

import type { Side } from "../../../../given/stock-exchange/orders.ts";
import type { OrderBook } from "../../../../solutions/stock-exchange/order-book.ts";
import { blankOrder, type Subject, Tally } from "./workload.ts";

/** Far from every order of a maker, so that nobody meets itself. */
const TAKER = 1_000_000;

/** Commands of one lot an order, or of many for a taker; the object that they are read from is one and the same. */
class Trader {
  readonly events = new Tally();
  readonly book: OrderBook;
  readonly #order = blankOrder();
  #nextId = 0;

  constructor({ OrderBook }: Subject, minPriceTicks: number, maxPriceTicks: number) {
    this.book = new OrderBook({ minPriceTicks, maxPriceTicks, events: this.events });
  }

  /** An order that rests. Returns its id. */
  make(side: Side, priceTicks: number, quantity = 1): number {
    const orderId = this.#nextId++;
    this.#submit(orderId, orderId % TAKER, side, priceTicks, quantity, "good-till-cancel");
    return orderId;
  }

  take(side: Side, priceTicks: number, quantity: number, timeInForce: "good-till-cancel" | "fill-or-kill"): void {
    this.#submit(this.#nextId++, TAKER, side, priceTicks, quantity, timeInForce);
  }

  /** Both best prices; a book that looks for them only when it is asked must do so now. */
  best(): number {
    return (this.book.bestBidTicks ?? 0) + (this.book.bestAskTicks ?? 0);
  }

  #submit(
    orderId: number,
    accountId: number,
    side: Side,
    priceTicks: number,
    quantity: number,
    timeInForce: "good-till-cancel" | "fill-or-kill",
  ): void {
    const order = this.#order;
    order.orderId = orderId;
    order.accountId = accountId;
    order.side = side;
    order.priceTicks = priceTicks;
    order.quantity = quantity;
    order.timeInForce = timeInForce;
    this.book.submit(order);
  }
}

/**
 * On each side one order rests far away. Another comes at the best price and goes, by a trade or by a cancel, so that
 * the next price is `n` ticks away; the band has half as much room again behind it.
 */
export function nextPriceFar(subject: Subject, n: number) {
  const mid = Math.ceil(1.5 * n) + 1;
  const trader = new Trader(subject, 0, 2 * mid);
  const [bid, ask] = [mid - 1, mid + 1];
  trader.make("buy", bid - n);
  trader.make("sell", ask + n);
  const rounds = 8;
  const run = (): number => {
    let seen = 0;
    for (let i = 0; i < rounds; i++) {
      trader.make("sell", ask);
      trader.take("buy", ask, 1, "good-till-cancel");
      seen += trader.best();
      trader.make("buy", bid);
      trader.take("sell", bid, 1, "good-till-cancel");
      seen += trader.best();
      trader.book.cancel(trader.make("sell", ask));
      seen += trader.best();
      trader.book.cancel(trader.make("buy", bid));
      seen += trader.best();
    }
    return seen + trader.events.lots;
  };
  return { opsPerRun: 4 * rounds, run };
}

const PER_PRICE = 4;
/** A sorted array may move its prices when one comes, and is right while they are few. */
const WAITING_PER_PRICE = 16;
/** Enough lots that a benchmark never fills the order, so that the garbage collector sees no change in what waits. */
const MANY_LOTS = 2 ** 30;

/**
 * Orders that fill `fills` orders of one lot, four at a price, and one lot more at the next price, on one side and then
 * on the other; every second one is fill-or-kill. What has been filled comes again before the next. At the price where
 * the sweep ends, `waiting` large orders stay, and for every sixteen of them there is one more price further out.
 */
export function sweeps(subject: Subject, fills: number, waiting: number) {
  const prices = Math.ceil(fills / PER_PRICE);
  const pricesBeyond = Math.ceil(waiting / WAITING_PER_PRICE);
  const end = prices + 1;
  const mid = end + pricesBeyond + 1;
  const trader = new Trader(subject, 0, 2 * mid);
  const sides = [
    { of: "sell", against: "buy", away: 1 },
    { of: "buy", against: "sell", away: -1 },
  ] as const;
  const fillAgain = (of: Side, away: number): void => {
    for (let i = 0; i < fills; i++) trader.make(of, mid + away * (prices - Math.floor(i / PER_PRICE)));
  };
  for (const { of, away } of sides) {
    for (let i = pricesBeyond; i > 0; i--) trader.make(of, mid + away * (end + i));
    for (let i = 0; i < waiting; i++) trader.make(of, mid + away * end, MANY_LOTS);
    fillAgain(of, away);
  }
  const run = (): number => {
    let seen = 0;
    for (const timeInForce of ["good-till-cancel", "fill-or-kill"] as const) {
      for (const { of, against, away } of sides) {
        trader.take(against, mid + away * end, fills + 1, timeInForce);
        seen += trader.best();
        fillAgain(of, away);
      }
    }
    return seen + trader.events.lots;
  };
  return { opsPerRun: 4 * fills, run };
}
