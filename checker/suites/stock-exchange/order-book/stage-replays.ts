/** Behaviors of the order book: replay, state hash and snapshot. */

import type { NewOrder } from "../../../../given/stock-exchange/orders.ts";
import { behavior, ensure, fc, forAll, observe, step } from "../../../kit/index.ts";
import { Desk, type DeskOptions, type OrderBookClass, order, sessions } from "../book-commands.ts";
import { sameLogSameBook } from "../invariants.ts";

/** The same log leads to the same book. */
export function replays(OrderBook: OrderBookClass): void {
  const desk = (options?: DeskOptions) => new Desk(OrderBook, options);

  behavior("a replay gives the same events and the same state hash", sameLogSameBook, () => {
    forAll(
      sessions({ stage: 5 }),
      ({ commands, options }) => {
        const first = desk(options);
        const second = desk(options);
        for (const command of commands) {
          const events = first.give(command).join("; ");
          const again = second.give(command).join("; ");
          ensure(events === again, () => ({ expected: `the replay to cause ${events}`, got: again }));
        }
        const [hash, hashAgain] = [first.book.stateHash(), second.book.stateHash()];
        ensure(hash === hashAgain, () => ({ expected: `the hash ${hash}`, got: hashAgain }));
      },
      { runs: 60 },
    );
  });

  behavior("the state hash does not depend on the way to the state", sameLogSameBook, () => {
    const short = desk();
    short.submit(order(1, "buy", 2, 99), "1 rests: buy 2 @ 99");
    short.submit(order(2, "buy", 2, 99), "2 rests: buy 2 @ 99");
    const long = desk({ expectedOrders: 1_000 });
    for (const id of [5, 6, 7]) long.give({ type: "submit", order: order(id, "sell", 1, 105) });
    long.submit(order(1, "buy", 2, 99), "1 rests: buy 2 @ 99");
    for (const id of [6, 5, 7]) long.cancel(id, `${id} canceled: 1, requested`);
    long.submit(order(2, "buy", 2, 99), "2 rests: buy 2 @ 99");
    const [a, b] = [short.book.stateHash(), long.book.stateHash()];
    ensure(a === b, () => ({ expected: `the hash ${a}, as of the book that got there straight`, got: b }));
  });

  behavior("the state hash tells books apart that will act differently", sameLogSameBook, () => {
    const make = (...orders: NewOrder[]): string => {
      const d = desk();
      for (const each of orders) d.give({ type: "submit", order: each });
      return d.book.stateHash();
    };
    const states: readonly (readonly [string, string])[] = [
      ["no order", make()],
      ["buy 2 @ 99, order 1 of account 1, then order 2", make(order(1, "buy", 2, 99), order(2, "buy", 2, 99))],
      ["the queue the other way round", make(order(2, "buy", 2, 99), order(1, "buy", 2, 99))],
      ["one order", make(order(1, "buy", 2, 99))],
      ["one order to sell", make(order(1, "sell", 2, 99))],
      ["another id", make(order(2, "buy", 2, 99, { accountId: 1 }))],
      ["another account", make(order(1, "buy", 2, 99, { accountId: 2 }))],
      ["another price", make(order(1, "buy", 2, 98))],
      ["other lots", make(order(1, "buy", 3, 99))],
      ["post-only", make(order(1, "buy", 2, 99, { postOnly: true }))],
      ["two lots left of three", make(order(3, "sell", 1, 99), order(1, "buy", 3, 99))],
      ["an id larger by 2^32", make(order(1 + 2 ** 32, "buy", 2, 99, { accountId: 1 }))],
    ];
    for (const [i, [one, hash]] of states.entries()) {
      for (const [other, otherHash] of states.slice(0, i)) {
        ensure(hash !== otherHash, () => ({
          expected: `"${one}" and "${other}" to have different hashes`,
          got: `${hash} for both`,
        }));
      }
    }
  });

  behavior("a book that is built from a snapshot goes on as the first", sameLogSameBook, () => {
    const twoParts = fc.record({
      session: sessions({ stage: 5, commandsMost: 50 }),
      before: fc.integer({ min: 0, max: 30 }),
    });
    forAll(
      twoParts,
      ({ session: { commands, options }, before }) => {
        const first = desk();
        for (const command of commands.slice(0, before)) first.give(command);
        step("a second book is built from the snapshot");
        const second = desk({ ...options, resting: first.book.snapshot() });
        const [hash, restored] = [first.book.stateHash(), second.book.stateHash()];
        ensure(hash === restored, () => ({ expected: `the hash ${hash}`, got: restored }));
        for (const command of commands.slice(before)) {
          const expected = first.give(command).join("; ");
          const got = second.give(command).join("; ");
          ensure(got === expected, () => ({ expected: `the second book to say ${expected}`, got }));
        }
      },
      { runs: 100 },
    );
  });

  behavior("a snapshot lists bids from the highest, asks from the lowest, each queue in order", sameLogSameBook, () => {
    const d = desk();
    for (const [id, side, price] of [
      [1, "buy", 98],
      [2, "sell", 103],
      [3, "buy", 99],
      [4, "buy", 98],
      [5, "sell", 102],
    ] as const) {
      d.submit(order(id, side, 1, price), `${id} rests: ${side} 1 @ ${price}`);
    }
    const ids = observe("book", d.book)
      .snapshot()
      .map(({ orderId }) => orderId);
    ensure(ids.join() === "3,1,4,5,2", () => ({ expected: "orders 3, 1, 4, 5, 2", got: ids.join(", ") }));
  });
}
