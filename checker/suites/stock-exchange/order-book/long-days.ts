/** Behaviors of the order book that only many orders, or the largest numbers, show. */

import { type BookEvent, type BookEvents, eventsInto } from "../../../../given/stock-exchange/book-events.ts";
import { MAX_ID, MAX_INT32, type NewOrder } from "../../../../given/stock-exchange/orders.ts";
import type { OrderBook as Book } from "../../../../solutions/stock-exchange/order-book.ts";
import { behavior, ensure, LONG_RUNS, show, step } from "../../../kit/index.ts";
import { BAND, Desk, type DeskOptions, eventInWords, type OrderBookClass, order } from "../book-commands.ts";
import {
  makerPrice,
  noSelfTrade,
  priceTimePriority,
  quantityConserved,
  rejectedChangesNothing,
  sameLogSameBook,
} from "../invariants.ts";

/** More than a method that calls itself for each order has room for on the stack. */
const DEEP = 50_000;
/** More than a call takes as arguments: `push(...orders)` fails. */
const WIDE = 130_000;

/** A book of many orders, and the last thing that it said. */
class LongDay {
  readonly book: Book;
  said: BookEvent | null = null;
  #events = 0;

  constructor(OrderBook: OrderBookClass, options: DeskOptions = {}, told: (event: BookEvent) => void = () => {}) {
    const events: BookEvents = eventsInto((event) => {
      this.said = event;
      this.#events++;
      told(event);
    });
    this.book = new OrderBook({ ...BAND, events, ...options });
  }

  /** The command causes this event and no other. */
  only(expected: string, command: () => void): void {
    const before = this.#events;
    command();
    const got = this.said === null || this.#events === before ? "no event" : eventInWords(this.said);
    ensure(got === expected && this.#events === before + 1, () => ({
      expected,
      got: this.#events > before + 1 ? `${this.#events - before} events, the last of them "${got}"` : got,
    }));
  }
}

export function longDays(OrderBook: OrderBookClass) {
  return { ofMatching, ofCancels, ofInstructions, ofReplaces, ofAccounts };

  function ofMatching(): void {
    behavior("one order may fill all the others, however many there are", priceTimePriority, () => {
      sweep(`${DEEP} orders at one price`, DEEP, 1);
      sweep("20,000 orders, each at its own price", 20_000, 20_000);
    });

    behavior("the widest band has its first and its last price", makerPrice, () => {
      const d = new Desk(OrderBook, { minPriceTicks: 0, maxPriceTicks: 2 ** 24 - 1 });
      d.submit(order(1, "buy", 1, 0), "1 rests: buy 1 @ 0");
      d.submit(order(2, "sell", 1, 2 ** 24 - 1), "2 rests: sell 1 @ 16777215");
      d.best(0, 2 ** 24 - 1);
      d.submit(order(3, "sell", 2, 0), "3 takes 1 @ 0 from 1", "3 rests: sell 1 @ 0");
      d.submit(order(4, "buy", 2, 2 ** 24 - 1), "4 takes 1 @ 0 from 3", "4 takes 1 @ 16777215 from 2");
      d.best(null, null);
    });
  }

  function ofCancels(): void {
    behavior("after a hundred thousand orders, every one that rests is still known", quantityConserved, () => {
      comeAndGo("ids in a row", LONG_RUNS.at(-1)!, 90_000, (i) => i + 1);
      comeAndGo("ids that differ above 32 bits only", 20_000, 5_000, (i) => 7 + i * 2 ** 32);
      comeAndGo("ids that are multiples of 4,096, down from the largest", 20_000, 5_000, (i) => MAX_ID - i * 4_096);
      const alike = collidingIds(900);
      comeAndGo("ids that one good hash has in one place", 3_000, 800, (i) => alike[i % alike.length]!);
    });

    behavior("what a book has shown stays as it was, and is the caller's to change", quantityConserved, () => {
      const d = new Desk(OrderBook);
      for (const id of [1, 2, 3]) d.submit(order(id, "sell", 10 * id, 100), `${id} rests: sell ${10 * id} @ 100`);
      d.submit(order(4, "sell", 5, 101), "4 rests: sell 5 @ 101");
      step("the depth and the queue at 100 are asked for");
      const shown = { depth: d.book.depth("sell"), queue: d.book.ordersAt(100) };
      const before = JSON.stringify(shown);
      d.submit(order(5, "buy", 4, 100), "5 takes 4 @ 100 from 1");
      d.cancel(2, "2 canceled: 20, requested");
      step("and asked for again");
      const now = [d.book.depth("sell"), d.book.ordersAt(100)];
      ensure(JSON.stringify(shown) === before, () => ({
        expected: `what was shown first to stay ${before}`,
        got: JSON.stringify(shown),
      }));
      step("the caller changes all that it was shown");
      for (const list of [...now, shown.depth, shown.queue]) {
        for (const each of list)
          Object.assign(each, { orderId: 9, priceTicks: 90, quantity: 99, filled: 0, orders: 9 });
        list.length = 0;
      }
      d.queue(100, "1: 6", "3: 30");
      const [level] = d.book.depth("sell");
      ensure(level?.quantity === 36 && level.orders === 2, () => ({
        expected: "36 lots of 2 orders at 100",
        got: show(level),
      }));
      d.submit(order(6, "buy", 41, 101), "6 takes 6 @ 100 from 1", "6 takes 30 @ 100 from 3", "6 takes 5 @ 101 from 4");
    });
  }

  function ofInstructions(): void {
    behavior("fill-or-kill adds up more lots than 32 bits", rejectedChangesNothing, () => {
      const whole = { timeInForce: "fill-or-kill" } as const;
      const half = 2 ** 30;
      const d = new Desk(OrderBook);
      d.submit(order(1, "sell", half, 100), `1 rests: sell ${half} @ 100`);
      d.submit(order(2, "sell", half - 2, 101), `2 rests: sell ${half - 2} @ 101`);
      d.submit(order(3, "buy", MAX_INT32, 105, whole), "3 rejected: insufficient-liquidity");
      d.submit(order(4, "sell", MAX_INT32, 102), `4 rests: sell ${MAX_INT32} @ 102`);
      d.submit(
        order(5, "buy", MAX_INT32, 105, whole),
        `5 takes ${half} @ 100 from 1`,
        `5 takes ${half - 2} @ 101 from 2`,
        "5 takes 1 @ 102 from 4",
      );
      d.queue(102, `4: ${MAX_INT32 - 1}`);
    });
  }

  function ofReplaces(): void {
    behavior("a replace counts in the largest quantities too", quantityConserved, () => {
      const most = MAX_INT32;
      const d = new Desk(OrderBook);
      for (const id of [1, 2, 3]) d.submit(order(id, "sell", most, 100), `${id} rests: sell ${most} @ 100`);
      const lotsAt100 = (expected: number): void => {
        const [level] = d.book.depth("sell");
        ensure(level?.quantity === expected, () => ({ expected: `${expected} lots at 100`, got: show(level) }));
      };
      lotsAt100(3 * most);
      d.submit(order(4, "buy", most - 1, 100), `4 takes ${most - 1} @ 100 from 1`);
      lotsAt100(2 * most + 1);
      d.replace(1, 100, most, "1 reduced to 1");
      d.replace(2, 100, 1, "2 reduced to 1");
      lotsAt100(most + 2);
      d.replace(2, 100, most, "2 canceled: 1, replaced", `2 rests: sell ${most} @ 100`);
      lotsAt100(2 * most + 1);
      d.replace(1, 100, most - 1, "1 canceled: 1, replaced");
      d.replace(1, 100, 2 ** 31, "1 rejected: invalid-quantity");
      lotsAt100(2 * most);
    });
  }

  function ofAccounts(): void {
    behavior("accounts up to 2^31 - 1 are different accounts", noSelfTrade, () => {
      const accounts = [0, 1, 2 ** 8, 2 ** 16, 2 ** 16 + 1, 2 ** 24, 2 ** 30, MAX_INT32 - 1, MAX_INT32];
      const d = new Desk(OrderBook);
      for (const maker of accounts) {
        for (const taker of accounts) {
          d.submit(order(1, "sell", 2, 100, { accountId: maker }), "1 rests: sell 2 @ 100");
          const events = maker === taker ? ["2 canceled: 2, self-trade"] : ["2 takes 2 @ 100 from 1"];
          d.submit(order(2, "buy", 2, 100, { accountId: taker }), ...events);
          if (maker === taker) d.cancel(1, "1 canceled: 2, requested");
        }
      }
    });

    behavior("post-only is asked before the self-trade policy", rejectedChangesNothing, () => {
      for (const selfTrade of ["cancel-incoming", "cancel-resting", "cancel-both"] as const) {
        const own = { accountId: 7, postOnly: true } as const;
        const d = new Desk(OrderBook, { selfTrade });
        d.submit(order(1, "sell", 2, 100, { accountId: 7 }), "1 rests: sell 2 @ 100");
        step(`${selfTrade}: only an order of its own account stands there`);
        d.submit(order(2, "buy", 2, 100, own), "2 rejected: would-take-liquidity");
        d.submit(order(3, "buy", 2, 99, own), "3 rests: buy 2 @ 99");
        d.replace(3, 100, 2, "3 rejected: would-take-liquidity");
        d.queue(100, "1: 2");
        d.queue(99, "3: 2");
      }
    });

    behavior("a snapshot may hold any number of orders, and a book keeps none of its objects", sameLogSameBook, () => {
      const first = new LongDay(OrderBook);
      step(`${WIDE} orders rest at one price`);
      for (let id = 1; id <= WIDE; id++) first.book.submit(order(id, "buy", 1 + (id % 9), 100));
      const snapshot = first.book.snapshot();
      ensure(snapshot.length === WIDE, () => ({ expected: `${WIDE} orders`, got: `${snapshot.length} orders` }));
      const [level] = first.book.depth("buy");
      ensure(level?.orders === WIDE, () => ({ expected: `${WIDE} orders in the depth`, got: show(level) }));
      step("a second book is built from the snapshot, and then the caller changes the snapshot");
      const second = new LongDay(OrderBook, { resting: snapshot });
      for (const each of snapshot) Object.assign(each, { orderId: 0, quantity: 1_000, priceTicks: 90 });
      snapshot.length = 0;
      const [hash, restored] = [first.book.stateHash(), second.book.stateHash()];
      ensure(hash === restored, () => ({ expected: `the hash ${hash}`, got: restored }));
      for (const { book, only } of [first, second].map((day) => ({ book: day.book, only: day.only.bind(day) }))) {
        only("130000 canceled: 5, requested", () => book.cancel(WIDE));
      }
    });
  }

  /** `count` orders over `prices`, first in line first, filled by one that comes last. */
  function sweep(what: string, count: number, prices: number): void {
    step(what);
    let next = 1;
    const day = new LongDay(OrderBook, { minPriceTicks: 1, maxPriceTicks: prices }, (event) => {
      if (event.type !== "traded") return;
      ensure(event.makerOrderId === next, () => ({ expected: `order ${next} to trade`, got: eventInWords(event) }));
      next++;
    });
    // The worst price comes first, but has the highest id: makers trade as 1, 2, 3.
    for (let id = count; prices > 1 && id >= 1; id--) day.book.submit(order(id, "sell", 2, id));
    for (let id = 1; prices === 1 && id <= count; id++) day.book.submit(order(id, "sell", 2, 1));
    step("one order takes them all but a lot");
    day.book.submit(order(count + 1, "buy", 2 * count - 1, prices));
    ensure(next === count + 1 && day.book.restingOrders === 1, () => ({
      expected: `${count} trades and one order left`,
      got: `${next - 1} trades and ${day.book.restingOrders} orders`,
    }));
  }

  /**
   * `count` orders come. Of those that are more than `waiting` behind, two of three are canceled and the others stay to
   * the end. An id comes again once its order is gone.
   */
  function comeAndGo(what: string, count: number, waiting: number, idOf: (i: number) => number): void {
    step(`${count} orders: ${what}`);
    const day = new LongDay(OrderBook);
    const resting = new Map<number, number>();
    const cancel = (id: number): void => {
      const lots = resting.get(id);
      const expected = lots === undefined ? `${id} rejected: unknown-order` : `${id} canceled: ${lots}, requested`;
      day.only(expected, () => day.book.cancel(id));
      resting.delete(id);
    };
    const incoming: NewOrder = order(0, "buy", 1, 90);
    for (let i = 0; i < count; i++) {
      const id = idOf(i);
      if (resting.has(id)) cancel(id);
      Object.assign(incoming, { orderId: id, accountId: i, quantity: 1 + (i % 1_000), priceTicks: 90 + (i % 20) });
      day.only(`${id} rests: buy ${incoming.quantity} @ ${incoming.priceTicks}`, () => day.book.submit(incoming));
      resting.set(id, incoming.quantity);
      if (i >= waiting && i % 3 !== 0) cancel(idOf(i - waiting));
    }
    ensure(day.book.restingOrders === resting.size, () => ({
      expected: `${resting.size} resting orders`,
      got: show(day.book.restingOrders),
    }));
    const orders = day.book.depth("buy").reduce((sum, level) => sum + level.orders, 0);
    ensure(orders === resting.size, () => ({ expected: `${resting.size} orders in the depth`, got: show(orders) }));
    step("whoever is left is canceled, the newest first");
    for (const id of [...resting.keys()].reverse()) cancel(id);
    ensure(day.book.bestBidTicks === null, () => ({ expected: "an empty book", got: show(day.book.bestBidTicks) }));
  }
}

/**
 * Ids whose hash is the same in all 32 bits in the reference's table, so that they stand in one line however large it
 * is: what a client could send who has read the code. Other tables have nothing to fear from them.
 */
function collidingIds(count: number): number[] {
  const ids: number[] = [];
  for (let high = 0; ids.length < count; high++) {
    const low = Math.imul(high, 0x85ebca6b);
    if (low >>> 28 === 0) ids.push(high * 2 ** 32 + low * 16);
  }
  return ids;
}
