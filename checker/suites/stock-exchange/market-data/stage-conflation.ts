/** Behaviors of market data: one update instead of many, for a client who is slower than the feed. */

import type { LevelChange, Update } from "../../../../solutions/stock-exchange/market-data.ts";
import { behavior, ensure, fc, forAll, LONG_RUNS, observe, show, step, violated } from "../../../kit/index.ts";
import { conflationIsTrue, gapIsNoticed } from "../invariants.ts";
import { change, changesInWords, same, update } from "./words.ts";

type Subject = typeof import("../../../../solutions/stock-exchange/market-data.ts");

const trade = { priceTicks: 100, quantity: 3, taker: "buy" } as const;

export function conflationPromises({ Conflater }: Pick<Subject, "Conflater">): void {
  const fresh = () => observe("conflater", new Conflater());
  const range = (merged: Update | null): string =>
    merged === null ? "null" : `${merged.first} to ${merged.last} at ${merged.timeMs} ms`;

  behavior("several updates become one, of each price only what it is now", conflationIsTrue, () => {
    const conflater = fresh();
    conflater.add(update(1, [change("buy", 5, 98), change("sell", 5, 98)]));
    conflater.add(update(2, [change("buy", 9, 98, 2)]));
    conflater.add(update(3, [change("sell", 0, 98, 0), change("buy", 1, 97)]));
    const merged = conflater.take();
    same(range(merged), "1 to 3 at 15 ms");
    same(changesInWords(merged!), "buy 1 @ 97 by 1, buy 9 @ 98 by 2, sell 0 @ 98 by 0");
  });

  behavior("what was taken does not come again", conflationIsTrue, () => {
    const conflater = fresh();
    same(conflater.take(), null);
    conflater.add(update(1, [change("buy", 5, 98)]));
    conflater.add(update(2, [change("buy", 6, 98)]));
    conflater.take();
    same(conflater.take(), null);
    conflater.add(update(3, [change("sell", 1, 103)]));
    conflater.add(update(4, [change("sell", 2, 104)]));
    const merged = conflater.take();
    same(range(merged), "3 to 4 at 20 ms");
    same(changesInWords(merged!), "sell 1 @ 103 by 1, sell 2 @ 104 by 1");
  });

  behavior(
    "a client who looks away for a hundred thousand updates gets them all, and what was taken stays",
    conflationIsTrue,
    () => {
      const conflater = new Conflater();
      const count = LONG_RUNS.at(-1)!;
      step(`${count} updates of 50 prices, with two trades each`);
      const give = (from: number, lots: number): void => {
        for (let n = 0; n < count; n++) {
          conflater.add(update(from + n, [change("buy", lots + n, n % 50)], { trades: [trade, trade] }));
        }
      };
      give(1, 0);
      const merged = conflater.take() ?? violated({ expected: "an update", got: "null" });
      const said = JSON.stringify(merged);
      same(
        `${merged.first} to ${merged.last}, ${merged.tradesLeftOut} trades left out`,
        `1 to ${count}, ${2 * count} trades left out`,
      );
      const newest = Array.from({ length: 50 }, (_, price) => `buy ${count - 50 + price} @ ${price} by 1`);
      same(changesInWords(merged), newest.join(", "));
      step("and as many again");
      give(count + 1, count);
      same(conflater.take()?.levels.length ?? null, 50);
      same(JSON.stringify(merged), said);
    },
  );

  behavior("one update alone comes out as it went in", conflationIsTrue, () => {
    const conflater = fresh();
    conflater.add(update(7, [change("buy", 5, 98)], { trades: [trade] }));
    const alone = conflater.take();
    same(range(alone), "7 to 7 at 35 ms");
    same(changesInWords(alone!), "buy 5 @ 98 by 1; buyer takes 3 @ 100");
    same(alone!.tradesLeftOut, 0);
    step("one that was merged elsewhere");
    conflater.add({ ...update(12, [change("sell", 2, 99)]), first: 8, tradesLeftOut: 4 });
    const merged = conflater.take();
    same(range(merged), "8 to 12 at 60 ms");
    same(`${changesInWords(merged!)}; ${merged!.tradesLeftOut} trades left out`, "sell 2 @ 99 by 1; 4 trades left out");
  });

  behavior("the trades of merged updates are left out and counted", conflationIsTrue, () => {
    const conflater = fresh();
    conflater.add(update(1, [change("buy", 5, 98)], { trades: [trade, trade] }));
    conflater.add(update(2, [], { trades: [trade] }));
    conflater.add(update(3, [], { trades: [], tradesLeftOut: 4 }));
    const merged = conflater.take();
    same(`${merged?.trades.length} trades, ${merged?.tradesLeftOut} left out`, "0 trades, 7 left out");
  });

  behavior("updates are not merged over a gap", gapIsNoticed, () => {
    const conflater = fresh();
    conflater.add(update(1, [change("buy", 5, 98)]));
    for (const wrong of [3, 1]) {
      let thrown: unknown = null;
      try {
        conflater.add(update(wrong, [change("buy", 6, 98)]));
      } catch (error) {
        thrown = error;
      }
      ensure(thrown instanceof RangeError, () => ({
        expected: `a RangeError for update ${wrong} after update 1`,
        got: thrown === null ? "no error" : show(thrown),
      }));
    }
    same(changesInWords(conflater.take()!), "buy 5 @ 98 by 1");
  });

  behavior("updates that were merged elsewhere merge as others do", conflationIsTrue, () => {
    const conflater = fresh();
    conflater.add({ ...update(3, [change("buy", 5, 98)]), first: 1, tradesLeftOut: 2 });
    conflater.add({ ...update(7, [change("buy", 6, 98)]), first: 4, tradesLeftOut: 3 });
    conflater.add(update(8, [change("buy", 7, 97)]));
    const merged = conflater.take();
    same(range(merged), "1 to 8 at 40 ms");
    same(
      `${changesInWords(merged!)}; ${merged!.tradesLeftOut} trades left out`,
      "buy 7 @ 97 by 1, buy 6 @ 98 by 1; 5 trades left out",
    );
  });

  behavior("a gap behind what was taken is passed on, for the client to see", gapIsNoticed, () => {
    const conflater = fresh();
    conflater.add(update(1, [change("buy", 5, 98)]));
    conflater.take();
    conflater.add(update(3, [change("buy", 7, 98)]));
    conflater.add(update(4, [change("buy", 8, 98)]));
    const merged = conflater.take();
    same(range(merged), "3 to 4 at 20 ms");
    same(changesInWords(merged!), "buy 8 @ 98 by 1");
  });

  behavior("whenever a client looks, the merged updates lead to the depth of that moment", conflationIsTrue, () => {
    const level = fc.record({
      side: fc.constantFrom("buy" as const, "sell" as const),
      priceTicks: fc.constantFrom(-2, -1, 0, 1, 2, 10, 11, 2 ** 32, 2 ** 32 + 1),
      quantity: fc.integer({ min: 0, max: 3 }),
    });
    const oneUpdate = fc.uniqueArray(level, {
      maxLength: 3,
      selector: ({ side, priceTicks }) => `${side}${priceTicks}`,
    });
    const from = fc.constantFrom(1, 2 ** 31 - 3, 2 ** 32 - 3, 2 ** 33);
    const steps = fc.array(fc.record({ levels: oneUpdate, looks: fc.boolean() }), {
      minLength: 1,
      maxLength: 30,
      size: "max",
    });
    forAll(
      fc.tuple(steps, from),
      ([drawn, first]) => {
        const conflater = new Conflater();
        const truth = new Map<string, number>();
        const client = new Map<string, number>();
        const enter = (book: Map<string, number>, { side, priceTicks, quantity }: LevelChange): void => {
          if (quantity === 0) book.delete(`${side} @ ${priceTicks}`);
          else book.set(`${side} @ ${priceTicks}`, quantity);
        };
        const inWords = (book: Map<string, number>): string =>
          [...book]
            .sort()
            .map(([at, lots]) => `${lots} ${at}`)
            .join(", ");
        for (const [i, { levels, looks }] of drawn.entries()) {
          const next = update(
            first + i,
            levels.map((each) => ({ ...each, orders: each.quantity === 0 ? 0 : 1 })),
          );
          for (const each of next.levels) enter(truth, each);
          conflater.add(next);
          step(`update ${first + i}: ${changesInWords(next)}${looks ? ", and the client looks" : ""}`);
          if (!looks) continue;
          const merged = conflater.take();
          for (const each of merged?.levels ?? []) enter(client, each);
          same(merged?.last ?? null, first + i);
          same(inWords(client), inWords(truth));
        }
      },
      { runs: 150 },
    );
  });
}
