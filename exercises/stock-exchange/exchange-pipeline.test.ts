import { expect, test } from "vitest";
import type { BookEvents } from "../../given/stock-exchange/book-events.ts";
import type { MatchingEngine } from "../../given/stock-exchange/orders.ts";
import { type Entry, Replica, type Report, ReportFollower } from "./exchange-pipeline.ts";

/** Rests every order and knows nothing else. */
const createEngine = (events: BookEvents): MatchingEngine => ({
  submit: ({ orderId, side, priceTicks, quantity }) => events.rested(orderId, side, priceTicks, quantity),
  cancel: (orderId) => events.rejected(orderId, "unknown-order"),
  replace: (orderId) => events.rejected(orderId, "unknown-order"),
});

const entry = (sequence: number): Entry => ({
  sequence,
  client: 1,
  request: sequence,
  command: { type: "cancel", orderId: sequence },
});

test("a follower delivers every report once, and asks for what is missing", () => {
  const delivered: number[] = [];
  const follower = new ReportFollower(({ number }) => delivered.push(number));
  const report = (number: number): Report => ({
    number,
    sequence: number,
    event: { type: "rejected", orderId: number, reason: "unknown-order" },
  });
  for (const number of [1, 1, 3]) follower.receive(report(number));
  expect(delivered).toEqual([1]);
  expect(follower.missing).toBe(2);
  for (const number of [2, 3]) follower.receive(report(number));
  expect(delivered).toEqual([1, 2, 3]);
  expect(follower.missing).toBeNull();
});

test("a standby is silent until it is told to speak", () => {
  const sent: number[] = [];
  const standby = new Replica(createEngine, ({ number }) => sent.push(number), false);
  for (const sequence of [1, 2, 3]) standby.receive(entry(sequence));
  expect(sent).toEqual([]);
  standby.speak(1);
  expect(sent).toEqual([2, 3]);
  standby.receive(entry(4));
  expect(sent).toEqual([2, 3, 4]);
});
