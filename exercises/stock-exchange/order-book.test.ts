import { expect, test } from "vitest";
import { type BookEvent, eventsInto } from "../../given/stock-exchange/book-events.ts";
import type { NewOrder, Side } from "../../given/stock-exchange/orders.ts";
import { OrderBook } from "./order-book.ts";

function newBook() {
  const events: BookEvent[] = [];
  const book = new OrderBook({
    minPriceTicks: 0,
    maxPriceTicks: 1_000,
    events: eventsInto((event) => events.push(event)),
  });
  return { book, events };
}

function limit(orderId: number, side: Side, quantity: number, priceTicks: number): NewOrder {
  const rest = { kind: "limit", timeInForce: "good-till-cancel", postOnly: false } as const;
  return { orderId, accountId: orderId, side, quantity, priceTicks, ...rest };
}

test("a buyer who offers more pays what the seller asked", () => {
  const { book, events } = newBook();
  book.submit(limit(1, "sell", 10, 100));
  book.submit(limit(2, "buy", 4, 105));
  expect(events).toEqual([
    { type: "rested", orderId: 1, side: "sell", priceTicks: 100, quantity: 10 },
    { type: "traded", makerOrderId: 1, takerOrderId: 2, priceTicks: 100, quantity: 4 },
  ]);
  expect(book.bestAskTicks).toBe(100);
  expect(book.bestBidTicks).toBe(null);
});

test("among equal prices, the first that came trades first", () => {
  const { book, events } = newBook();
  for (const id of [1, 2, 3]) book.submit(limit(id, "buy", 5, 99));
  book.submit(limit(4, "sell", 7, 99));
  expect(events.slice(3)).toEqual([
    { type: "traded", makerOrderId: 1, takerOrderId: 4, priceTicks: 99, quantity: 5 },
    { type: "traded", makerOrderId: 2, takerOrderId: 4, priceTicks: 99, quantity: 2 },
  ]);
});

test("the depth adds up what rests at each price", () => {
  const { book } = newBook();
  book.submit(limit(1, "sell", 10, 101));
  book.submit(limit(2, "sell", 5, 101));
  book.submit(limit(3, "sell", 1, 103));
  book.cancel(1);
  expect(book.depth("sell")).toEqual([
    { priceTicks: 101, quantity: 5, orders: 1 },
    { priceTicks: 103, quantity: 1, orders: 1 },
  ]);
});

test("a smaller order keeps its place in line", () => {
  const { book } = newBook();
  book.submit(limit(1, "sell", 10, 101));
  book.submit(limit(2, "sell", 10, 101));
  book.replace(1, 101, 3);
  expect(book.ordersAt(101).map(({ orderId, quantity }) => ({ orderId, quantity }))).toEqual([
    { orderId: 1, quantity: 3 },
    { orderId: 2, quantity: 10 },
  ]);
});
