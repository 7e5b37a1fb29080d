/** Work for order books: a seeded flow around a mid price, and a queue at one price. */

import type { BookEvents } from "../../../../given/stock-exchange/book-events.ts";
import type { NewOrder } from "../../../../given/stock-exchange/orders.ts";
import type { OrderBook, OrderBookOptions } from "../../../../solutions/stock-exchange/order-book.ts";

export type Subject = { readonly OrderBook: new (options: OrderBookOptions) => OrderBook };

const MID = 10_000;
const BAND = { minPriceTicks: 0, maxPriceTicks: 2 * MID };

/** Counts events, so that they cannot be optimized away, and allocates nothing. */
export class Tally implements BookEvents {
  count = 0;
  lots = 0;

  rested(_orderId: number, _side: string, _priceTicks: number, quantity: number): void {
    this.count++;
    this.lots += quantity;
  }

  traded(_makerOrderId: number, _takerOrderId: number, _priceTicks: number, quantity: number): void {
    this.count++;
    this.lots += quantity;
  }

  canceled(_orderId: number, quantity: number): void {
    this.count++;
    this.lots += quantity;
  }

  reduced(): void {
    this.count++;
  }

  rejected(): void {
    this.count++;
  }
}

const BUY = 0;
const SELL = 1;
const CANCEL = 2;
const TAKE_ASKS = 3;
const TAKE_BIDS = 4;

export const MIXED_WORKLOAD =
  "60 % orders that rest near a mid price, 30 % cancels of an earlier order, 10 % orders that cross; 2,000, 8,000 and 32,000 orders rest deeper in the book, four at a price";

/** After every run the orders of the run are canceled, so that the book is as before. */
export function mixedFlow({ OrderBook }: Subject, resting: number, commands: number, random: () => number) {
  const events = new Tally();
  const book = new OrderBook({ ...BAND, events });
  const order = blankOrder();
  let nextId = 0;
  const submit = (side: "buy" | "sell", priceTicks: number, quantity: number): void => {
    order.orderId = nextId++;
    order.accountId = order.orderId % 1_024;
    order.side = side;
    order.priceTicks = priceTicks;
    order.quantity = quantity;
    book.submit(order);
  };
  for (let i = 0; i < resting / 2; i++) {
    submit("buy", MID - 600 - (i >> 2), 1 + Math.floor(random() * 100));
    submit("sell", MID + 600 + (i >> 2), 1 + Math.floor(random() * 100));
  }
  const kinds = new Uint8Array(commands);
  const distances = new Int32Array(commands);
  const quantities = new Int32Array(commands);
  const targets = new Int32Array(commands);
  let submitted = 0;
  for (let i = 0; i < commands; i++) {
    const kind = random();
    const isFirst = random() < 0.5;
    if (kind < 0.3 && submitted > 0) kinds[i] = CANCEL;
    else if (kind < 0.4) kinds[i] = isFirst ? TAKE_ASKS : TAKE_BIDS;
    else kinds[i] = isFirst ? BUY : SELL;
    targets[i] = Math.floor(random() * submitted);
    if (kinds[i] !== CANCEL) submitted++;
    distances[i] = 1 + Math.floor(random() * random() * 500);
    quantities[i] = 1 + Math.floor(random() * 100);
  }
  const run = (): number => {
    const firstId = nextId;
    for (let i = 0; i < commands; i++) {
      const kind = kinds[i]!;
      if (kind === CANCEL) book.cancel(firstId + targets[i]!);
      else if (kind === BUY) submit("buy", MID - distances[i]!, quantities[i]!);
      else if (kind === SELL) submit("sell", MID + distances[i]!, quantities[i]!);
      else if (kind === TAKE_ASKS) submit("buy", MID + 50, quantities[i]!);
      else submit("sell", MID - 50, quantities[i]!);
    }
    for (let id = firstId; id < nextId; id++) book.cancel(id);
    return events.lots;
  };
  return { opsPerRun: commands + submitted, run };
}

/** `n` orders at one price: one in the middle is canceled, one comes, the first in line trades, one comes. */
export function oneQueue({ OrderBook }: Subject, n: number, random: () => number) {
  const events = new Tally();
  const book = new OrderBook({ ...BAND, events, selfTrade: "cancel-incoming" });
  const order = blankOrder();
  /** Ids in the queue from `first` on; a canceled one is -1. */
  let ids: number[] = [];
  let first = 0;
  let nextId = 0;
  const enter = (): void => {
    order.orderId = nextId++;
    order.accountId = 1;
    order.side = "sell";
    order.priceTicks = MID;
    order.quantity = 1;
    book.submit(order);
    ids.push(order.orderId);
  };
  for (let i = 0; i < n; i++) enter();
  const rounds = 256;
  const run = (): number => {
    for (let i = 0; i < rounds; i++) {
      const at = first + Math.floor(random() * (ids.length - first));
      if (ids[at] !== -1) {
        book.cancel(ids[at]!);
        ids[at] = -1;
        enter();
      }
      while (ids[first] === -1) first++;
      order.orderId = nextId++;
      order.accountId = 2;
      order.side = "buy";
      book.submit(order);
      first++;
      enter();
    }
    if (first > n) {
      ids = ids.slice(first).filter((id) => id !== -1);
      first = 0;
    }
    return events.lots;
  };
  return { opsPerRun: rounds * 4, run };
}

/** A book in which `orders` rest, over 1,000 prices a side. */
export function restingBook({ OrderBook }: Subject, orders: number, random: () => number): unknown {
  const book = new OrderBook({ ...BAND, events: new Tally() });
  const order = blankOrder();
  for (let i = 0; i < orders; i++) {
    order.orderId = i;
    order.accountId = i % 1_024;
    order.side = i % 2 === 0 ? "buy" : "sell";
    const distance = 1 + Math.floor(random() * 1_000);
    order.priceTicks = i % 2 === 0 ? MID - distance : MID + distance;
    order.quantity = 1 + Math.floor(random() * 100);
    book.submit(order);
  }
  return book;
}

export function blankOrder(): NewOrder {
  return {
    orderId: 0,
    accountId: 0,
    side: "buy",
    kind: "limit",
    priceTicks: MID,
    quantity: 1,
    timeInForce: "good-till-cancel",
    postOnly: false,
  };
}
