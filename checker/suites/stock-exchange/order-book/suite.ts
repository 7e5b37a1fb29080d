import { type BookEvent, eventsInto } from "../../../../given/stock-exchange/book-events.ts";
import { apply, type NewOrder } from "../../../../given/stock-exchange/orders.ts";
import { behavior, ensure, fc, forAll, show, stage, step, subject, violated } from "../../../kit/index.ts";
import {
  agreesWithDefinition,
  BAND,
  commandInWords,
  Desk,
  type DeskOptions,
  eventInWords,
  order,
  sessions,
} from "../book-commands.ts";
import {
  makerPrice,
  neverCrossed,
  priceTimePriority,
  quantityConserved,
  rejectedChangesNothing,
} from "../invariants.ts";
import { longDays } from "./long-days.ts";
import { instructions, replaces, selfTrades } from "./stage-instructions.ts";
import { replays } from "./stage-replays.ts";

const { OrderBook } = await subject<typeof import("../../../../solutions/stock-exchange/order-book.ts")>();

const desk = (options?: DeskOptions) => new Desk(OrderBook, options);
const long = longDays(OrderBook);

stage(1, "Match by price and time", () => {
  behavior("orders that do not meet rest, and the best of them are the best prices", priceTimePriority, () => {
    const d = desk();
    d.best(null, null);
    d.submit(order(1, "buy", 5, 98), "1 rests: buy 5 @ 98");
    d.submit(order(2, "sell", 4, 103), "2 rests: sell 4 @ 103");
    d.best(98, 103);
    d.submit(order(3, "buy", 1, 99), "3 rests: buy 1 @ 99");
    d.submit(order(4, "sell", 1, 102), "4 rests: sell 1 @ 102");
    d.submit(order(5, "buy", 1, 90), "5 rests: buy 1 @ 90");
    d.submit(order(6, "sell", 1, 110), "6 rests: sell 1 @ 110");
    d.best(99, 102);
  });

  behavior("a trade is at the price of the order that rested", makerPrice, () => {
    const d = desk();
    d.submit(order(1, "sell", 5, 100), "1 rests: sell 5 @ 100");
    d.submit(order(2, "buy", 5, 105), "2 takes 5 @ 100 from 1");
    d.submit(order(3, "buy", 5, 105), "3 rests: buy 5 @ 105");
    d.submit(order(4, "sell", 5, 95), "4 takes 5 @ 105 from 3");
    d.best(null, null);
  });

  behavior("the best price trades first, whichever order came first", priceTimePriority, () => {
    const d = desk();
    d.submit(order(1, "sell", 1, 102), "1 rests: sell 1 @ 102");
    d.submit(order(2, "sell", 1, 100), "2 rests: sell 1 @ 100");
    d.submit(order(3, "sell", 1, 101), "3 rests: sell 1 @ 101");
    d.submit(order(4, "buy", 3, 102), "4 takes 1 @ 100 from 2", "4 takes 1 @ 101 from 3", "4 takes 1 @ 102 from 1");
    d.submit(order(5, "buy", 1, 98), "5 rests: buy 1 @ 98");
    d.submit(order(6, "buy", 1, 99), "6 rests: buy 1 @ 99");
    d.submit(order(7, "sell", 2, 98), "7 takes 1 @ 99 from 6", "7 takes 1 @ 98 from 5");
  });

  behavior("at one price, the order that came first trades first and keeps its place", priceTimePriority, () => {
    const d = desk();
    d.submit(order(1, "buy", 3, 100), "1 rests: buy 3 @ 100");
    d.submit(order(2, "buy", 3, 100), "2 rests: buy 3 @ 100");
    d.submit(order(3, "buy", 3, 100), "3 rests: buy 3 @ 100");
    d.submit(order(4, "sell", 1, 100), "4 takes 1 @ 100 from 1");
    d.submit(order(5, "sell", 3, 100), "5 takes 2 @ 100 from 1", "5 takes 1 @ 100 from 2");
    d.submit(order(6, "sell", 5, 100), "6 takes 2 @ 100 from 2", "6 takes 3 @ 100 from 3");
    d.best(null, null);
  });

  behavior("what is left of an order rests at its own limit", quantityConserved, () => {
    const d = desk();
    d.submit(order(1, "sell", 2, 100), "1 rests: sell 2 @ 100");
    d.submit(order(2, "sell", 2, 104), "2 rests: sell 2 @ 104");
    d.submit(order(3, "buy", 5, 102), "3 takes 2 @ 100 from 1", "3 rests: buy 3 @ 102");
    d.best(102, 104);
    d.submit(order(4, "sell", 9, 101), "4 takes 3 @ 102 from 3", "4 rests: sell 6 @ 101");
    d.best(null, 101);
  });

  behavior("a price whose last order has traded is no longer the best", neverCrossed, () => {
    const d = desk();
    d.submit(order(1, "sell", 1, 100), "1 rests: sell 1 @ 100");
    d.submit(order(2, "sell", 1, 107), "2 rests: sell 1 @ 107");
    d.submit(order(3, "buy", 1, 100), "3 takes 1 @ 100 from 1");
    d.best(null, 107);
    d.submit(order(4, "buy", 1, 100), "4 rests: buy 1 @ 100");
    d.submit(order(5, "buy", 1, 91), "5 rests: buy 1 @ 91");
    d.submit(order(6, "sell", 1, 100), "6 takes 1 @ 100 from 4");
    d.best(91, 107);
  });

  behavior("no order of commands crosses the book or loses a lot", quantityConserved, () => {
    forAll(sessions({ stage: 1, commandsMost: 60 }), ({ commands, options }) => {
      const open = new Map<number, number>();
      const resting = new Set<number>();
      const spend = (id: number, lots: number, event: BookEvent): void => {
        const left = (open.get(id) ?? 0) - lots;
        ensure(lots > 0 && left >= 0, () => ({
          expected: `at most ${open.get(id) ?? 0} lots of order ${id}, which are left, and at least one`,
          got: eventInWords(event),
        }));
        open.set(id, left);
        if (left === 0) resting.delete(id);
      };
      const book = new OrderBook({
        ...BAND,
        ...options,
        events: eventsInto((event) => {
          step(eventInWords(event));
          if (event.type === "traded") {
            spend(event.makerOrderId, event.quantity, event);
            spend(event.takerOrderId, event.quantity, event);
          } else if (event.type === "rested") {
            ensure(open.get(event.orderId) === event.quantity, () => ({
              expected: `${open.get(event.orderId) ?? 0} lots of order ${event.orderId} to rest`,
              got: eventInWords(event),
            }));
            resting.add(event.orderId);
          }
        }),
      });
      for (const command of commands) {
        if (command.type === "submit") open.set(command.order.orderId, command.order.quantity);
        step(commandInWords(command));
        apply(book, command);
        const { bestBidTicks: bid, bestAskTicks: ask } = book;
        ensure(bid === null || ask === null || bid < ask, () => ({
          expected: "the highest bid below the lowest ask",
          got: `bid ${String(bid)}, ask ${String(ask)}`,
          invariant: neverCrossed,
        }));
        for (const [id, left] of open) {
          ensure(left === 0 || resting.has(id), () => ({
            expected: `the ${left} lots of order ${id} that have not traded to rest`,
            got: "no event for them",
          }));
        }
        ensure(book.restingOrders === resting.size, () => ({
          expected: `${resting.size} resting orders`,
          got: show(book.restingOrders),
        }));
      }
    });
  });

  behavior("limit orders trade and rest as in a sorted array", priceTimePriority, () => {
    forAll(sessions({ stage: 1, commandsMost: 60 }), (drawn) => agreesWithDefinition(OrderBook, 1, drawn), {
      runs: 120,
    });
  });

  behavior("the caller may use one order object again and again", quantityConserved, () => {
    const d = desk();
    const reused: NewOrder = order(1, "sell", 5, 100);
    d.submit(reused, "1 rests: sell 5 @ 100");
    Object.assign(reused, order(2, "sell", 7, 101));
    d.submit(reused, "2 rests: sell 7 @ 101");
    Object.assign(reused, order(3, "buy", 9, 101));
    d.submit(reused, "3 takes 5 @ 100 from 1", "3 takes 4 @ 101 from 2");
  });

  behavior("the band may be wide, far from zero, and negative", priceTimePriority, () => {
    for (const [minPriceTicks, maxPriceTicks] of [
      [-1_000_000, 1_000_000],
      [4_000_000_000_000, 4_000_000_200_000],
      [2 ** 31 - 3, 2 ** 31 + 3],
      [2 ** 32 - 3, 2 ** 32 + 3],
      [-Number.MAX_SAFE_INTEGER, 9 - Number.MAX_SAFE_INTEGER],
      [Number.MAX_SAFE_INTEGER - 9, Number.MAX_SAFE_INTEGER],
      [7, 7],
    ] as const) {
      const d = desk({ minPriceTicks, maxPriceTicks });
      d.submit(order(1, "buy", 1, minPriceTicks), `1 rests: buy 1 @ ${minPriceTicks}`);
      d.best(minPriceTicks, null);
      d.submit(
        order(2, "sell", 2, minPriceTicks),
        `2 takes 1 @ ${minPriceTicks} from 1`,
        `2 rests: sell 1 @ ${minPriceTicks}`,
      );
      d.submit(
        order(3, "buy", 3, maxPriceTicks),
        `3 takes 1 @ ${minPriceTicks} from 2`,
        `3 rests: buy 2 @ ${maxPriceTicks}`,
      );
      d.best(maxPriceTicks, null);
    }
  });

  behavior("a band that is not two integers in ascending order is refused", rejectedChangesNothing, () => {
    for (const [minPriceTicks, maxPriceTicks] of [
      [2, 1],
      [0.5, 3],
      [0, Number.NaN],
      [0, 2 ** 24],
    ] as const) {
      const options = { minPriceTicks, maxPriceTicks };
      let thrown: unknown = null;
      try {
        desk(options);
      } catch (error) {
        thrown = error;
      }
      if (!(thrown instanceof RangeError)) {
        violated({
          expected: `a RangeError for the band ${show(options)}`,
          got: thrown === null ? "a book" : show(thrown),
        });
      }
    }
  });

  long.ofMatching();
});

stage(2, "Cancel and show the depth", () => {
  behavior("a canceled order leaves its queue in order, wherever it stood", priceTimePriority, () => {
    for (const first of [1, 2, 3, 4]) {
      for (const second of [1, 2, 3, 4]) {
        if (first === second) continue;
        const d = desk();
        for (const id of [1, 2, 3, 4]) d.submit(order(id, "sell", id, 100), `${id} rests: sell ${id} @ 100`);
        for (const id of [first, second]) d.cancel(id, `${id} canceled: ${id}, requested`);
        d.submit(order(5, "sell", 5, 100), "5 rests: sell 5 @ 100");
        const left = [1, 2, 3, 4, 5].filter((id) => id !== first && id !== second);
        d.queue(100, ...left.map((id) => `${id}: ${id}`));
        const lots = left.reduce((sum, id) => sum + id, 0);
        d.submit(order(6, "buy", lots, 100), ...left.map((id) => `6 takes ${id} @ 100 from ${id}`));
      }
    }
  });

  behavior("only what has not traded is canceled", quantityConserved, () => {
    const d = desk();
    d.submit(order(1, "sell", 5, 100), "1 rests: sell 5 @ 100");
    d.submit(order(2, "buy", 2, 100), "2 takes 2 @ 100 from 1");
    d.cancel(1, "1 canceled: 3, requested");
    d.best(null, null);
  });

  behavior("when the last order of the best price is canceled, the next price is the best", neverCrossed, () => {
    const d = desk();
    for (const [id, price] of [
      [1, 99],
      [2, 94],
      [3, 94],
    ] as const)
      d.submit(order(id, "buy", 1, price), `${id} rests: buy 1 @ ${price}`);
    for (const [id, price] of [
      [4, 101],
      [5, 109],
    ] as const)
      d.submit(order(id, "sell", 1, price), `${id} rests: sell 1 @ ${price}`);
    d.cancel(1, "1 canceled: 1, requested");
    d.cancel(4, "4 canceled: 1, requested");
    d.best(94, 109);
    d.cancel(3, "3 canceled: 1, requested");
    d.best(94, 109);
    d.cancel(2, "2 canceled: 1, requested");
    d.cancel(5, "5 canceled: 1, requested");
    d.best(null, null);
    d.submit(order(6, "sell", 1, 94), "6 rests: sell 1 @ 94");
    d.submit(order(7, "buy", 1, 93), "7 rests: buy 1 @ 93");
    d.best(93, 94);
  });

  behavior("an order that has filled, was canceled or never came is unknown", rejectedChangesNothing, () => {
    const d = desk();
    d.cancel(9, "9 rejected: unknown-order");
    d.submit(order(1, "sell", 1, 100), "1 rests: sell 1 @ 100");
    d.submit(order(2, "buy", 1, 100), "2 takes 1 @ 100 from 1");
    d.cancel(1, "1 rejected: unknown-order");
    d.cancel(2, "2 rejected: unknown-order");
    d.submit(order(3, "sell", 1, 100), "3 rests: sell 1 @ 100");
    d.cancel(3, "3 canceled: 1, requested");
    d.cancel(3, "3 rejected: unknown-order");
  });

  behavior("an id is free again when its order no longer rests", quantityConserved, () => {
    const d = desk();
    for (let round = 0; round < 3; round++) {
      d.submit(order(1, "sell", 2, 100), "1 rests: sell 2 @ 100");
      d.cancel(1, "1 canceled: 2, requested");
      d.submit(order(1, "buy", 3, 99), "1 rests: buy 3 @ 99");
      d.submit(order(2, "sell", 3, 99), "2 takes 3 @ 99 from 1");
    }
    d.queue(99);
    d.queue(100);
  });

  behavior("the depth adds up every price, best first", priceTimePriority, () => {
    const d = desk();
    for (const [id, lots, price] of [
      [1, 5, 98],
      [2, 6, 99],
      [3, 7, 98],
      [4, 8, 90],
    ] as const) {
      d.submit(order(id, "buy", lots, price), `${id} rests: buy ${lots} @ ${price}`);
    }
    for (const [id, lots, price] of [
      [5, 2, 105],
      [6, 3, 101],
    ] as const) {
      d.submit(order(id, "sell", lots, price), `${id} rests: sell ${lots} @ ${price}`);
    }
    d.submit(order(7, "sell", 2, 99), "7 takes 2 @ 99 from 2");
    d.cancel(1, "1 canceled: 5, requested");
    const depth = (side: "buy" | "sell", levels?: number): string =>
      d.book
        .depth(side, levels)
        .map(({ priceTicks, quantity, orders }) => `${quantity} @ ${priceTicks} by ${orders}`)
        .join(", ");
    const same = (got: string, expected: string): void => ensure(got === expected, () => ({ expected, got }));
    same(depth("buy"), "4 @ 99 by 1, 7 @ 98 by 1, 8 @ 90 by 1");
    same(depth("sell"), "3 @ 101 by 1, 2 @ 105 by 1");
    same(depth("buy", 2), "4 @ 99 by 1, 7 @ 98 by 1");
    same(depth("sell", 0), "");
  });

  behavior("a level may hold more lots than 32 bits", quantityConserved, () => {
    const d = desk();
    const most = 2 ** 31 - 1;
    for (const id of [1, 2, 3]) d.submit(order(id, "buy", most, 100), `${id} rests: buy ${most} @ 100`);
    const lots = (expected: number): void => {
      const [level] = d.book.depth("buy");
      ensure(level?.quantity === expected, () => ({ expected: `${expected} lots at 100`, got: show(level) }));
    };
    lots(3 * most);
    d.submit(order(4, "sell", 1, 100), "4 takes 1 @ 100 from 1");
    lots(3 * most - 1);
    d.cancel(2, `2 canceled: ${most}, requested`);
    lots(2 * most - 1);
  });

  behavior("ids up to 2^53 - 1 stay apart", quantityConserved, () => {
    const ids = [0, 1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 33, 2 ** 52 + 1, 2 ** 53 - 1];
    const d = desk();
    for (const id of ids) d.submit(order(id, "buy", 1, 100), `${id} rests: buy 1 @ 100`);
    d.queue(100, ...ids.map((id) => `${id}: 1`));
    d.submit(order(7, "sell", 1, 100), "7 takes 1 @ 100 from 0");
    for (const id of ids.slice(1).reverse()) d.cancel(id, `${id} canceled: 1, requested`);
    d.best(null, null);
  });

  behavior("orders and cancels do as in a sorted array", priceTimePriority, () => {
    forAll(sessions({ stage: 2, commandsMost: 60 }), (drawn) => agreesWithDefinition(OrderBook, 2, drawn), {
      runs: 120,
    });
  });

  behavior("a few dozen orders come and go in a book that expects fewer or more", quantityConserved, () => {
    const expectedOrders = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 300 }));
    const comings = fc.record({
      options: fc.record({ expectedOrders }, { requiredKeys: [] }),
      ids: fc.oneof(
        fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 40 }),
        fc.subarray(idsAtTheEnd(10), { minLength: 1 }),
      ),
      // Whose turn it is: an order that rests is canceled, another one comes.
      turns: fc.array(fc.nat({ max: 39 }), { minLength: 1, maxLength: 250 }),
    });
    forAll(
      comings,
      ({ options, ids, turns }) => {
        const d = desk(options);
        const resting = new Set<number>();
        for (const turn of turns) {
          const id = ids[turn % ids.length]!;
          const price = 99 - (id % 3);
          if (resting.delete(id)) {
            d.cancel(id, `${id} canceled: 2, requested`);
          } else {
            resting.add(id);
            d.submit(order(id, "buy", 2, price), `${id} rests: buy 2 @ ${price}`);
          }
        }
        for (const id of resting) d.cancel(id, `${id} canceled: 2, requested`);
        d.best(null, null);
      },
      { runs: 300 },
    );
  });

  long.ofCancels();
});

stage(3, "Orders that do not rest, and reasons", () => {
  instructions(OrderBook);
  long.ofInstructions();
});

stage(4, "Replace", () => {
  replaces(OrderBook);
  long.ofReplaces();
});

stage(5, "Self-trades, snapshot and replay", () => {
  selfTrades(OrderBook);
  long.ofAccounts();
  replays(OrderBook);
});

/**
 * Ids that belong in the last four places of a small table of the reference, so that their line goes on at its
 * beginning.
 */
function idsAtTheEnd(groups: number): number[] {
  const ids: number[] = [];
  for (let high = 0; ids.length < groups * 4; high++) {
    if (Math.imul(high, 0x9e3779b1) >>> 24 === 255) ids.push(...[0, 1, 2, 3].map((low) => high * 16 + low));
  }
  return ids;
}
