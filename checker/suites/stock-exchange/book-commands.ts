/**
 * Commands for order books: how they are drawn, told in words, and obeyed by a book and by the definition side by side.
 */

import { type BookEvent, eventsInto } from "../../../given/stock-exchange/book-events.ts";
import {
  apply,
  type Command,
  MAX_ID,
  MAX_INT32,
  type NewOrder,
  type SelfTradePolicy,
  type Side,
} from "../../../given/stock-exchange/orders.ts";
import type { OrderBook, OrderBookOptions, RestingOrder } from "../../../solutions/stock-exchange/order-book.ts";
import { ensure, fc, step } from "../../kit/index.ts";
import { NaiveBook } from "./naive-book.ts";

export type OrderBookClass = new (options: OrderBookOptions) => OrderBook;

export type DeskOptions = Partial<OrderBookOptions>;

export const BAND = { minPriceTicks: 90, maxPriceTicks: 110 };

/** A limit order of its own account that is good till canceled, unless told otherwise. */
export function order(
  orderId: number,
  side: Side,
  quantity: number,
  priceTicks: number,
  more: Partial<NewOrder> = {},
): NewOrder {
  const rest = { kind: "limit", timeInForce: "good-till-cancel", postOnly: false } as const;
  return { orderId, accountId: orderId % 2 ** 31, side, priceTicks, quantity, ...rest, ...more };
}

/** A book whose commands become steps and whose events are compared command by command. */
export class Desk {
  readonly book: OrderBook;
  #events: BookEvent[] = [];

  constructor(OrderBook: OrderBookClass, options: DeskOptions = {}) {
    if (options.expectedOrders !== undefined) step(`a book that expects ${options.expectedOrders} orders`);
    this.book = new OrderBook({ ...BAND, events: eventsInto((event) => this.#events.push(event)), ...options });
  }

  /** Gives a command and returns the events that it caused, in words. */
  give(command: Command): string[] {
    this.#events = [];
    apply(this.book, command);
    const events = this.#events.map(eventInWords);
    step(`${commandInWords(command)} -> ${events.length === 0 ? "nothing" : events.join("; ")}`);
    return events;
  }

  submit(incoming: NewOrder, ...expected: string[]): void {
    this.#expect({ type: "submit", order: incoming }, expected);
  }

  cancel(orderId: number, ...expected: string[]): void {
    this.#expect({ type: "cancel", orderId }, expected);
  }

  replace(orderId: number, priceTicks: number, quantity: number, ...expected: string[]): void {
    this.#expect({ type: "replace", orderId, priceTicks, quantity }, expected);
  }

  /** `null` where a side is empty. */
  best(bid: number | null, ask: number | null): void {
    const { bestBidTicks, bestAskTicks } = this.book;
    ensure(bestBidTicks === bid && bestAskTicks === ask, () => ({
      expected: `best bid ${bid}, best ask ${ask}`,
      got: `best bid ${String(bestBidTicks)}, best ask ${String(bestAskTicks)}`,
    }));
  }

  /** The queue at a price, as `id: lots left`, first in line first. */
  queue(priceTicks: number, ...expected: string[]): void {
    const got = this.book.ordersAt(priceTicks).map(({ orderId, quantity }) => `${orderId}: ${quantity}`);
    ensure(got.join(", ") === expected.join(", "), () => ({
      expected: `the queue at ${priceTicks} to be ${expected.join(", ") || "empty"}`,
      got: got.join(", ") || "an empty queue",
    }));
  }

  /** All that a reader of the book can see, in words. */
  view(): string {
    return viewOf(this.book);
  }

  #expect(command: Command, expected: readonly string[]): void {
    const got = this.give(command);
    ensure(got.join("; ") === expected.join("; "), () => ({
      expected: `"${commandInWords(command)}" to cause ${expected.join("; ") || "no event"}`,
      got: got.join("; ") || "no event",
    }));
  }
}

/**
 * Both books obey the commands; the events, the best prices and, from stage 2 on, all that can be seen must be the
 * same.
 */
export function agreesWithDefinition(
  OrderBook: OrderBookClass,
  stage: Drawn["stage"],
  { commands, options }: Session,
  selfTrade: SelfTradePolicy = "cancel-incoming",
): void {
  const desk = new Desk(OrderBook, { ...options, selfTrade });
  let due: BookEvent[] = [];
  const { minPriceTicks, maxPriceTicks } = BAND;
  const naive = new NaiveBook(
    minPriceTicks,
    maxPriceTicks,
    eventsInto((event) => due.push(event)),
    selfTrade,
  );
  for (const command of commands) {
    due = [];
    apply(naive, command);
    const got = desk.give(command);
    const expected = due.map(eventInWords);
    ensure(got.join("; ") === expected.join("; "), () => ({
      expected: `"${commandInWords(command)}" to cause ${expected.join("; ") || "no event"}`,
      got: got.join("; ") || "no event",
    }));
    const resting = naive.snapshot();
    const best = (side: Side): number | null => resting.find((each) => each.side === side)?.priceTicks ?? null;
    desk.best(best("buy"), best("sell"));
  }
  if (stage === 1) return;
  const expected = viewOfSnapshot(naive.snapshot());
  const got = desk.view();
  ensure(got === expected, () => ({ expected: `a book of ${expected}`, got }));
}

/** Best prices, depth and queues of a book in words, without `snapshot`, which is asked for in a later stage. */
function viewOf(book: OrderBook): string {
  const depths = (["buy", "sell"] as const).map((side) => ({ side, levels: book.depth(side) }));
  const prices = depths.flatMap(({ side, levels }) =>
    levels.map(({ priceTicks, quantity, orders }) => {
      const queue = book.ordersAt(priceTicks).map(orderInWords);
      return `${side} ${quantity} @ ${priceTicks} by ${orders} [${queue.join(", ")}]`;
    }),
  );
  return [bestInWords(book.bestBidTicks, book.bestAskTicks), `${book.restingOrders} orders`, ...prices].join(", ");
}

function viewOfSnapshot(orders: readonly RestingOrder[]): string {
  const levels: RestingOrder[][] = [];
  for (const each of orders) {
    const level = levels.at(-1);
    if (level?.[0]?.side === each.side && level[0].priceTicks === each.priceTicks) level.push(each);
    else levels.push([each]);
  }
  const prices = levels.map((level) => {
    const { side, priceTicks } = level[0]!;
    const quantity = level.reduce((sum, each) => sum + each.quantity, 0);
    return `${side} ${quantity} @ ${priceTicks} by ${level.length} [${level.map(orderInWords).join(", ")}]`;
  });
  const best = (side: Side): number | null => orders.find((each) => each.side === side)?.priceTicks ?? null;
  return [bestInWords(best("buy"), best("sell")), `${orders.length} orders`, ...prices].join(", ");
}

function bestInWords(bid: number | null, ask: number | null): string {
  return `best ${String(bid)} / ${String(ask)}`;
}

function orderInWords({ orderId, accountId, quantity, filled, postOnly }: RestingOrder): string {
  return `${orderId} of ${accountId}: ${quantity} left, ${filled} filled${postOnly ? ", post-only" : ""}`;
}

export function commandInWords(command: Command): string {
  if (command.type === "cancel") return `cancel ${command.orderId}`;
  if (command.type === "replace") {
    return `replace ${command.orderId} by ${command.quantity} @ ${command.priceTicks}`;
  }
  const { orderId, accountId, side, kind, priceTicks, quantity, timeInForce, postOnly } = command.order;
  const price = kind === "market" ? "market" : `@ ${priceTicks}`;
  const extras = [timeInForce === "good-till-cancel" ? "" : ` ${timeInForce}`, postOnly ? " post-only" : ""].join("");
  return `${side} ${quantity} ${price}${extras}, order ${orderId} of ${accountId}`;
}

export function eventInWords(event: BookEvent): string {
  switch (event.type) {
    case "rested":
      return `${event.orderId} rests: ${event.side} ${event.quantity} @ ${event.priceTicks}`;
    case "traded":
      return `${event.takerOrderId} takes ${event.quantity} @ ${event.priceTicks} from ${event.makerOrderId}`;
    case "canceled":
      return `${event.orderId} canceled: ${event.quantity}, ${event.reason}`;
    case "reduced":
      return `${event.orderId} reduced to ${event.quantity}`;
    case "rejected":
      return `${event.orderId} rejected: ${event.reason}`;
  }
}

export interface Drawn {
  /** 1: limit orders. 2: cancels too. 3: all kinds, and invalid ones. 4: replaces. 5: accounts that meet themselves. */
  readonly stage: 1 | 2 | 3 | 4 | 5;
  readonly commandsMost?: number;
}

export interface Session {
  readonly options: Pick<OrderBookOptions, "expectedOrders">;
  readonly commands: readonly Command[];
}

/**
 * Commands for a book that was told how many orders to expect, or was not. How many there will be is a guess: fewer
 * come, or more. The ids stay few, but lie near each other or far apart, so that they meet in a table of any size, or
 * are alike in their low bits.
 */
export function sessions(drawn: Drawn): fc.Arbitrary<Session> {
  const expectedOrders = fc.integer({ min: 1, max: 300 });
  const first = fc.integer({ min: 0, max: 1_000 });
  const stride = fc.integer({ min: 1, max: 40 });
  return fc
    .record({
      options: fc.record({ expectedOrders }, { requiredKeys: [] }),
      ids: fc.oneof(fc.constant({ first: 0, stride: 1 }), fc.record({ first, stride }), fc.constantFrom(...LARGE_IDS)),
      commands: commands(drawn),
    })
    .map(({ options, ids, commands: all }) => ({
      options,
      commands: all.map((command) => withId(command, (id) => ids.first + id * ids.stride)),
    }));
}

const ID_MOST = 60;
const LARGE_IDS = [
  { first: 2 ** 31 - 8, stride: 1 },
  { first: 2 ** 32 - 8, stride: 1 },
  { first: 3, stride: 2 ** 32 },
  { first: MAX_ID - ID_MOST * 2 ** 16, stride: 2 ** 16 },
] as const;

function withId(command: Command, renamed: (id: number) => number): Command {
  if (command.type !== "submit") return { ...command, orderId: renamed(command.orderId) };
  return { ...command, order: { ...command.order, orderId: renamed(command.order.orderId) } };
}

/**
 * Few ids, prices and lots, so that orders meet, ids come again and levels fill and empty. The lots may be large, so
 * that two orders are more than 32 bits hold, and the accounts may differ in their high bits only.
 */
export function commands({ stage, commandsMost = 40 }: Drawn): fc.Arbitrary<Command[]> {
  const orderId = fc.integer({ min: 0, max: stage === 1 ? ID_MOST : 16 });
  const side = fc.constantFrom<Side>("buy", "sell");
  const price = fc.integer({ min: 97, max: 103 });
  /** Ticks on the own side of 100. Most orders rest, so that queues become long. */
  const distance = fc.constantFrom(-2, -1, 0, 1, 1, 1, 1, 2, 2, 3);
  const quantity = fc.integer({ min: 1, max: LOTS_MOST });
  const accountId = stage === 5 ? fc.integer({ min: 0, max: 2 }) : fc.constant(null);
  const instructions =
    stage < 3
      ? fc.constant({})
      : fc.oneof(
          { weight: 4, arbitrary: fc.constant({}) },
          { weight: 1, arbitrary: fc.constant({ postOnly: true }) },
          { weight: 1, arbitrary: fc.constant({ timeInForce: "immediate-or-cancel" }) },
          { weight: 1, arbitrary: fc.constant({ timeInForce: "fill-or-kill" }) },
          { weight: 1, arbitrary: fc.constant({ kind: "market" }) },
          { weight: 1, arbitrary: fc.constant({ kind: "market", timeInForce: "fill-or-kill" }) },
          { weight: 1, arbitrary: fc.constant({ kind: "market", postOnly: true }) },
        );
  const submit = fc
    .record({ orderId, side, distance, quantity, accountId, instructions })
    .map(
      ({ orderId: id, side: of, distance: away, quantity: lots, accountId: account, instructions: more }): Command => {
        const at = of === "buy" ? 100 - away : 100 + away;
        // Without self-trades, every order of an account of its own: ids repeat, and never face themselves.
        const owner = account ?? id;
        return { type: "submit", order: order(id, of, lots, at, { accountId: owner, ...(more as Partial<NewOrder>) }) };
      },
    );
  const cancel = orderId.map((id): Command => ({ type: "cancel", orderId: id }));
  const replace = fc
    .record({ orderId, price, quantity })
    .map(({ orderId: id, price: priceTicks, quantity: lots }): Command => {
      return { type: "replace", orderId: id, priceTicks, quantity: lots };
    });
  const mix = [
    { weight: 6, arbitrary: submit },
    ...(stage >= 2 ? [{ weight: 2, arbitrary: cancel }] : []),
    ...(stage >= 4 ? [{ weight: 3, arbitrary: replace }] : []),
  ];
  const drawn = fc.array(fc.oneof(...mix), { minLength: 1, maxLength: commandsMost, size: "max" });
  const scales = fc.record({
    lots: fc.constantFrom(1, 1, 1, Math.floor(MAX_INT32 / LOTS_MOST)),
    accounts: fc.constantFrom(1, 1, 2 ** 8, 2 ** 16, ...(stage === 5 ? [2 ** 30 - 1] : [])),
  });
  return fc.tuple(drawn, scales).map(([all, { lots, accounts }]) => {
    const scaled = all.map((command) => withScale(command, lots, accounts));
    return stage > 1 ? scaled : withoutRepeatedIds(scaled);
  });
}

const LOTS_MOST = 6;

function withScale(command: Command, lots: number, accounts: number): Command {
  if (command.type === "cancel") return command;
  if (command.type === "replace") return { ...command, quantity: command.quantity * lots };
  const { accountId, quantity } = command.order;
  return {
    ...command,
    order: { ...command.order, accountId: accountId * accounts, quantity: quantity * lots },
  };
}

/** Stage 1 does not ask for duplicates to be noticed. */
function withoutRepeatedIds(all: readonly Command[]): Command[] {
  const seen = new Set<number>();
  return all.filter((command) => {
    if (command.type !== "submit" || seen.has(command.order.orderId)) return false;
    seen.add(command.order.orderId);
    return true;
  });
}
