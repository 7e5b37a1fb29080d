import { expect, test } from "vitest";
import { Candles, Conflater, DepthPublisher, DepthSubscriber } from "./market-data.ts";

test("an update says what a price is now", () => {
  const publisher = new DepthPublisher();
  publisher.rested(1, "sell", 100, 5);
  publisher.rested(2, "sell", 100, 7);
  expect(publisher.commit(10)?.levels).toEqual([{ side: "sell", priceTicks: 100, quantity: 12, orders: 2 }]);
  publisher.traded(1, 3, 100, 5);
  const update = publisher.commit(20);
  expect(update?.levels).toEqual([{ side: "sell", priceTicks: 100, quantity: 7, orders: 1 }]);
  expect(update?.trades).toEqual([{ priceTicks: 100, quantity: 5, taker: "buy" }]);
});

test("after a gap nothing is shown until a snapshot closes it", () => {
  const publisher = new DepthPublisher();
  const subscriber = new DepthSubscriber();
  publisher.rested(1, "buy", 99, 5);
  publisher.commit(10); // lost
  publisher.rested(2, "buy", 98, 4);
  subscriber.receive(publisher.commit(20)!);
  expect(subscriber.missing).toEqual({ first: 1, last: 1 });
  expect(subscriber.depth("buy")).toBe(null);
  subscriber.restore(publisher.snapshot());
  expect(subscriber.depth("buy")).toEqual([
    { priceTicks: 99, quantity: 5, orders: 1 },
    { priceTicks: 98, quantity: 4, orders: 1 },
  ]);
});

test("a slow client gets one update instead of two", () => {
  const publisher = new DepthPublisher();
  const conflater = new Conflater();
  publisher.rested(1, "buy", 99, 5);
  conflater.add(publisher.commit(10)!);
  publisher.reduced(1, 2);
  conflater.add(publisher.commit(20)!);
  expect(conflater.take()).toMatchObject({
    first: 1,
    last: 2,
    levels: [{ side: "buy", priceTicks: 99, quantity: 2, orders: 1 }],
  });
});

test("a quiet minute is flat at the last close", () => {
  const candles = new Candles({ intervalMs: 60_000, capacity: 10 });
  candles.trade(1_000, 100, 5);
  candles.trade(2_000, 104, 1);
  candles.advance(60_000);
  expect(candles.list()).toEqual([
    { startMs: 0, open: 100, high: 104, low: 100, close: 104, quantity: 6, trades: 2 },
    { startMs: 60_000, open: 104, high: 104, low: 104, close: 104, quantity: 0, trades: 0 },
  ]);
});
