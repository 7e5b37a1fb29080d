/**
 * The order manager beside the sequencer, without threads: what it lets through, what it holds, and what a crash leaves
 * of it.
 */

import { describe, expect, test } from "vitest";
import { type BookEvent, eventsInto } from "../../given/stock-exchange/book-events.ts";
import { type Command, type NewOrder, apply as obey } from "../../given/stock-exchange/orders.ts";
import { decodeRequest, encodeRequest, MESSAGE_WORDS } from "../../solutions/stock-exchange/exchange-pipeline.ts";
import { createRing, RingProducer } from "../../solutions/stock-exchange/ring-buffer.ts";
import { auditAnswers, auditBalances, inOneThread } from "./audit.ts";
import { type Balance, CheckedRequests, Desk } from "./desk.ts";
import { createBook, createFlow, fundsOf } from "./flow.ts";
import { RefusalLog } from "./refusals.ts";
import { SharedLog } from "./shared-log.ts";

const SEED = 7;
const ORDERS = 5_000;

const submit = (order: NewOrder, changed: Partial<NewOrder> = {}) =>
  ({ type: "submit", order: { ...order, ...changed } }) as const;

const sell = (orderId: number, quantity: number, accountId = 0) =>
  submit({
    ...({ orderId, accountId, side: "sell", kind: "limit", priceTicks: 10_010, quantity } as const),
    ...({ timeInForce: "good-till-cancel", postOnly: false } as const),
  });

/** The flow through a desk whose reports come `lag` entries late. */
function day(lag: number) {
  const log = new SharedLog(SharedLog.allocate(ORDERS));
  const refusals = new RefusalLog(RefusalLog.allocate(ORDERS));
  const desk = new Desk(log);
  const late: (readonly [number, BookEvent])[] = [];
  const book = createBook(eventsInto((event) => late.push([log.length, event])));
  const next = createFlow(SEED);
  const catchUp = (upTo: number): void => {
    while (late[0] !== undefined && late[0][0] <= upTo) desk.report(...late.shift()!);
  };
  for (let request = 1; request <= ORDERS; request++) {
    const { client, command } = next();
    const reason = desk.check(client, command);
    if (reason === null) {
      desk.append({ client, request, command, sequence: log.length + 1 });
      obey(book, command);
    } else refusals.append({ client, request, reason });
    catchUp(log.length - lag);
  }
  catchUp(log.length);
  return { desk, log, refused: Array.from({ length: refusals.length }, (_, index) => refusals.read(index)) };
}

describe("the order manager of the exchange", () => {
  test.each([0, 40])("with reports %i entries late, ends with what the log says", (lag) => {
    const { desk, log, refused } = day(lag);
    expect(refused.length).toBeGreaterThan(10);
    expect(refused.filter(({ reason }) => reason === "not-the-owner").length).toBeGreaterThan(2);
    const { balances, outcome } = inOneThread(log);
    expect(outcome.trades).toBeGreaterThan(100);
    const replaces = Array.from({ length: log.length }, (_, index) => log.read(index + 1).command.type);
    expect(replaces.filter((type) => type === "replace").length).toBeGreaterThan(20);
    expect(auditBalances(balances, desk.balances())).toEqual([]);
    expect(auditAnswers(ORDERS, SEED, log, refused)).toEqual([]);
    const rebuilt = new Desk(log);
    expect(rebuilt.balances()).toEqual(desk.balances());
    expect(rebuilt.rebuilt).toBe(outcome.count);
  });

  test("refuses more when it hears later: what may still trade stays held", () => {
    const uncovered = (lag: number): number => day(lag).refused.filter(({ reason }) => /^insuff/.test(reason)).length;
    expect(uncovered(1_000)).toBeGreaterThan(uncovered(0));
  });

  test("refuses what it cannot price", () => {
    const desk = new Desk(new SharedLog(SharedLog.allocate(1)));
    expect(desk.check(0, submit(sell(1, 1).order, { kind: "market" }))).toBe("unsupported");
    expect(desk.check(0, sell(1, 1))).toBeNull();
    expect(desk.check(1_000, sell(1, 1, 1_000))).toBe("unknown-account");
  });

  test("refuses an order in somebody else's account, and a cancel or replace of somebody else's order, by name", () => {
    const log = new SharedLog(SharedLog.allocate(2));
    const desk = new Desk(log);
    const cancel = { type: "cancel", orderId: 1 } as const;
    const replace = { type: "replace", orderId: 1, priceTicks: 10_020, quantity: 8 } as const;
    expect([desk.check(0, cancel), desk.check(0, replace)]).toEqual(["unknown-order", "unknown-order"]);
    expect([desk.check(5, sell(1, 10)), desk.check(0, sell(1, 10))]).toEqual(["not-the-owner", null]);
    desk.append({ client: 0, request: 1, sequence: 1, command: sell(1, 10) });
    expect([desk.check(5, cancel), desk.check(5, replace)]).toEqual(["not-the-owner", "not-the-owner"]);
    expect([desk.check(0, cancel), desk.check(0, replace)]).toEqual([null, null]);
    expect([log.length, desk.balances()[0]?.heldShares], "a refusal changes nothing").toEqual([1, 10]);
    desk.append({ client: 0, request: 2, sequence: 2, command: replace });
    expect([desk.check(0, replace), desk.check(5, replace)]).toEqual(["replace-pending", "not-the-owner"]);
  });

  test("holds for a replace what it may cost until the book has answered", () => {
    const log = new SharedLog(SharedLog.allocate(8));
    const desk = new Desk(log);
    const held = (): number | undefined => desk.balances()[0]?.heldShares;
    const send = (command: Command): number => {
      const sequence = log.length + 1;
      expect(desk.check(0, command)).toBeNull();
      desk.append({ client: 0, request: sequence, sequence, command });
      return sequence;
    };
    const replace = (quantity: number) => ({ type: "replace", orderId: 1, priceTicks: 10_010, quantity }) as const;
    send(sell(1, 10));
    const more = send(replace(15));
    expect(held(), "raised before it is sent").toBe(15);
    desk.report(more, { type: "canceled", orderId: 1, quantity: 10, reason: "replaced" });
    desk.report(more, { type: "rested", orderId: 1, side: "sell", priceTicks: 10_010, quantity: 15 });
    const less = send(replace(4));
    expect(held(), "not lowered before it has happened").toBe(15);
    desk.report(less, { type: "reduced", orderId: 1, quantity: 4 });
    expect(held()).toBe(4);
    const late = send(replace(20));
    desk.report(late, { type: "rejected", orderId: 1, reason: "price-out-of-band" });
    expect(held(), "refused by the book").toBe(4);
    const crossed = send(replace(20));
    desk.report(crossed, { type: "canceled", orderId: 1, quantity: 4, reason: "requested" });
    expect(held(), "ended before the book read the replace").toBe(0);
    const again = send(sell(1, 3));
    desk.report(crossed, { type: "rejected", orderId: 1, reason: "unknown-order" });
    expect([again, held()], "of another order with the id").toEqual([6, 3]);
  });
});

test("after a crash a refused order stays refused, though covered now, and an accepted one is not taken twice", () => {
  const ring = createRing({ slots: 16, slotWords: MESSAGE_WORDS });
  const log = new SharedLog(SharedLog.allocate(8));
  const refusals = new RefusalLog(RefusalLog.allocate(8));
  const producer = new RingProducer(ring);
  // Nobody buys: the first order is over at once, but its report is still under way when the second one is checked.
  const first = submit(sell(1, fundsOf(0).shares).order, { timeInForce: "immediate-or-cancel" });
  [first, sell(2, 1), sell(3, 1, 1)].forEach((command, index) => {
    encodeRequest(producer.words, producer.claim(), {
      client: command.order.accountId,
      request: index + 1,
      command,
    });
    producer.commit();
  });
  producer.flush();
  // A batch that is never full: the ring forgets with every thread what that thread has taken.
  const start = () => {
    const desk = new Desk(log);
    const input = new CheckedRequests(ring, { batch: 16 }, desk, log, refusals);
    input.allow(16);
    const take = (): void => {
      desk.append({ ...decodeRequest(input.words, input.peek()), sequence: log.length + 1 });
      input.release();
    };
    return { input, take };
  };
  const answers = () => [
    Array.from({ length: log.length }, (_, index) => log.read(index + 1).request),
    Array.from({ length: refusals.length }, (_, index) => refusals.read(index)),
  ];
  const refused = { client: 0, request: 2, reason: "insufficient-shares" };

  const one = start();
  one.take();
  // Dies between the refusal of the second and the entry of the third.
  one.input.peek();
  expect(answers()).toEqual([[1], [refused]]);
  expect(new Desk(log).check(0, sell(2, 1))).toBeNull();
  start().take();
  expect(answers()).toEqual([[1, 3], [refused]]);
  expect(start().input.peek()).toBe(-1);
  expect(answers()).toEqual([[1, 3], [refused]]);
});

test("no more is refused at a time than is allowed", () => {
  const ring = createRing({ slots: 16, slotWords: MESSAGE_WORDS });
  const log = new SharedLog(SharedLog.allocate(8));
  const refusals = new RefusalLog(RefusalLog.allocate(8));
  const producer = new RingProducer(ring);
  for (let request = 1; request <= 3; request++) {
    const command = sell(request, 1, 1_000);
    encodeRequest(producer.words, producer.claim(), { client: 1_000, request, command });
    producer.commit();
  }
  const input = new CheckedRequests(ring, {}, new Desk(log), log, refusals);
  input.allow(2);
  expect([input.peek(), refusals.length]).toEqual([-1, 2]);
  input.allow(2);
  expect([input.peek(), refusals.length]).toEqual([-1, 3]);
});

test("a refusal keeps a number of a request beyond 32 bits", () => {
  const log = new RefusalLog(RefusalLog.allocate(1));
  const refused = { client: 3, request: 2 ** 52 + 2 ** 31 + 1, reason: "unsupported" } as const;
  log.append(refused);
  expect(log.read(0)).toEqual(refused);
  expect(() => log.append(refused)).toThrow(/full/);
  expect(() => log.read(1)).toThrow(RangeError);
});

describe("the audit notices", () => {
  const { desk, log, refused } = day(0);
  const { balances } = inOneThread(log);
  const actual = desk.balances();

  test.each([
    ["money that was made", { freeCash: 1 }, /money: 1 /],
    ["shares that were lost", { freeShares: -1 }, /shares: -1 /],
    ["a hold that nothing asks for", { freeCash: -1, heldCash: 1 }, /account 0: the order manager has/],
    ["a debt", { freeShares: -1e6, heldShares: 1e6 }, /account 0 owes/],
  ])("%s", (_, change, message) => {
    const [first, ...others] = actual;
    const wrong: Record<keyof Balance, number> = { ...first! };
    for (const [name, by] of Object.entries(change)) wrong[name as keyof Balance] += by;
    expect(auditBalances(balances, [wrong, ...others]).join("; ")).toMatch(message);
  });

  test("an order without an answer, one with two, and one that was changed", () => {
    expect(auditAnswers(ORDERS, SEED, log, refused.slice(1)).join()).toMatch(/was not answered/);
    expect(auditAnswers(ORDERS, SEED, log, [{ ...refused[0]!, request: 1 }, ...refused]).join()).toMatch(
      /order 1 was refused and sequenced/,
    );
    expect(auditAnswers(ORDERS, SEED, log, [...refused, refused[0]!]).join()).toMatch(/more than once/);
    expect(auditAnswers(ORDERS, SEED + 1, log, refused)).toHaveLength(1);
  });
});
