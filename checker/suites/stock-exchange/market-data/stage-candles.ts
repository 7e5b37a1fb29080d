/** Behaviors of market data: candles. */

import type { Candle } from "../../../../solutions/stock-exchange/market-data.ts";
import { behavior, ensure, fc, forAll, LONG_RUNS, observe, show, step } from "../../../kit/index.ts";
import { candlesBounded } from "../invariants.ts";
import { same } from "./words.ts";

type Subject = typeof import("../../../../solutions/stock-exchange/market-data.ts");

const inWords = (candles: readonly Candle[]): string =>
  candles
    .map(({ startMs, open, high, low, close, quantity, trades }) => {
      return `${startMs}: ${open} ${high} ${low} ${close}, ${quantity} lots in ${trades}`;
    })
    .join("; ");

export function candlePromises({ Candles }: Pick<Subject, "Candles">): void {
  const minutes = (capacity = 5) => observe("candles", new Candles({ intervalMs: 60, capacity }));

  behavior("a candle is the first, highest, lowest and last price of its interval", candlesBounded, () => {
    const candles = minutes();
    same(inWords(candles.list()), "");
    candles.trade(61, 100, 5);
    candles.trade(70, 103, 1);
    candles.trade(90, 98, 2);
    candles.trade(119, 101, 4);
    same(inWords(candles.list()), "60: 100 103 98 101, 12 lots in 4");
  });

  behavior("intervals start at multiples of their length", candlesBounded, () => {
    const candles = minutes();
    candles.trade(119, 100, 1);
    candles.trade(120, 105, 1);
    candles.trade(179, 104, 1);
    candles.trade(180, 103, 1);
    same(
      inWords(candles.list()),
      "60: 100 100 100 100, 1 lots in 1; 120: 105 105 104 104, 2 lots in 2; 180: 103 103 103 103, 1 lots in 1",
    );
  });

  behavior("an interval without trades is flat at the last close", candlesBounded, () => {
    const candles = minutes();
    candles.trade(10, 100, 1);
    candles.trade(20, 104, 1);
    candles.trade(190, 90, 2);
    same(
      inWords(candles.list()),
      "0: 100 104 100 104, 2 lots in 2; 60: 104 104 104 104, 0 lots in 0; 120: 104 104 104 104, 0 lots in 0; 180: 90 90 90 90, 2 lots in 1",
    );
  });

  behavior("time passes without trades too", candlesBounded, () => {
    const candles = minutes();
    candles.advance(500);
    same(inWords(candles.list()), "");
    candles.trade(610, 7, 1);
    candles.advance(665);
    same(inWords(candles.list()), "600: 7 7 7 7, 1 lots in 1; 660: 7 7 7 7, 0 lots in 0");
    candles.trade(670, 9, 3);
    same(inWords(candles.list()), "600: 7 7 7 7, 1 lots in 1; 660: 9 9 9 9, 3 lots in 1");
  });

  behavior("only the newest candles are kept", candlesBounded, () => {
    const candles = minutes(3);
    for (let minute = 0; minute < 7; minute++) candles.trade(minute * 60, 100 + minute, minute + 1);
    same(
      inWords(candles.list()),
      "240: 104 104 104 104, 5 lots in 1; 300: 105 105 105 105, 6 lots in 1; 360: 106 106 106 106, 7 lots in 1",
    );
  });

  behavior(
    "a jump in time costs no more than the ring is long",
    candlesBounded,
    () => {
      const candles = minutes(3);
      candles.trade(0, 100, 1);
      candles.advance(60 * 10 ** 12);
      same(
        inWords(candles.list()),
        [-2, -1, 0].map((back) => `${(10 ** 12 + back) * 60}: 100 100 100 100, 0 lots in 0`).join("; "),
      );
    },
    2_000,
  );

  behavior("time does not step back, and options are positive integers", candlesBounded, () => {
    const candles = minutes();
    candles.trade(100, 7, 1);
    const refused = (what: string, attempt: () => unknown): void => {
      step(what);
      let thrown: unknown = null;
      try {
        attempt();
      } catch (error) {
        thrown = error;
      }
      ensure(thrown instanceof RangeError, () => ({
        expected: `a RangeError for ${what}`,
        got: thrown === null ? "no error" : show(thrown),
      }));
    };
    refused("a trade at 99 ms after one at 100 ms", () => candles.trade(99, 8, 1));
    refused("the time 50 ms after 100 ms", () => candles.advance(50));
    refused("the time 100.5 ms", () => candles.advance(100.5));
    for (const wrong of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      refused(`intervals of ${wrong} ms`, () => new Candles({ intervalMs: wrong, capacity: 5 }));
      refused(`${wrong} candles`, () => new Candles({ intervalMs: 60, capacity: wrong }));
    }
    same(inWords(candles.list()), "60: 7 7 7 7, 1 lots in 1");
    candles.trade(100, 8, 1);
    same(inWords(candles.list()), "60: 7 8 7 8, 2 lots in 2");
  });

  behavior("a candle counts lots beyond 32 bits and trades beyond 16", candlesBounded, () => {
    const candles = new Candles({ intervalMs: 60, capacity: 3 });
    const [count, most] = [LONG_RUNS.at(-1)!, 2 ** 31 - 1];
    step(`${count} trades of ${most} lots in one interval`);
    for (let i = 0; i < count; i++) candles.trade(60, 100, most);
    same(inWords(candles.list()), `60: 100 100 100 100, ${count * most} lots in ${count}`);
    step(`and one in each of ${count} more`);
    for (let i = 2; i <= count; i++) candles.trade(60 * i, 100 + i, i);
    const last = [count - 2, count - 1, count].map((i) => {
      const price = 100 + i;
      return `${60 * i}: ${price} ${price} ${price} ${price}, ${i} lots in 1`;
    });
    same(inWords(candles.list()), last.join("; "));
  });

  behavior("what was listed stays as it was, and is the caller's to change", candlesBounded, () => {
    const candles = minutes(2);
    candles.trade(60, 100, 5);
    candles.trade(120, 101, 6);
    const listed = candles.list();
    const said = inWords(listed);
    candles.trade(125, 99, 1);
    candles.trade(180, 98, 1);
    candles.list();
    same(inWords(listed), said);
    for (const candle of candles.list()) Object.assign(candle, { open: 0, high: 0, low: 0, close: 0, quantity: 0 });
    candles.list().length = 0;
    same(inWords(candles.list()), "120: 101 101 99 99, 7 lots in 2; 180: 98 98 98 98, 1 lots in 1");
  });

  behavior("any day gives the candles of its definition", candlesBounded, () => {
    const trade = fc.record({
      waitMs: fc.oneof(fc.integer({ min: 0, max: 70 }), fc.constantFrom(60, 120, 400)),
      priceTicks: fc.integer({ min: 95, max: 105 }),
      quantity: fc.integer({ min: 1, max: 9 }),
    });
    // A day of this century in milliseconds, and intervals whose numbers end at 8, 16 or 32 bits.
    const start = fc.constantFrom(0, 60 * 250, 60 * 65_530, 2 ** 31 - 500, 2 ** 32 - 500, 60 * (2 ** 32 - 5), 1.8e12);
    const prices = fc.constantFrom(0, -100, -200, 2 ** 31 - 100, 2 ** 32);
    const scale = fc.constantFrom(1, Math.floor((2 ** 31 - 1) / 9));
    forAll(
      fc.record({
        capacity: fc.integer({ min: 1, max: 6 }),
        trades: fc.array(trade, { minLength: 1, maxLength: 40, size: "max" }),
        start,
        prices,
        scale,
      }),
      ({ capacity, trades, start: startMs, prices: above, scale: lots }) => {
        const candles = minutes(capacity);
        let timeMs = startMs;
        const timed = trades.map(({ waitMs, priceTicks, quantity }) => {
          timeMs += waitMs;
          const interval = Math.floor(timeMs / 60);
          return { priceTicks: above + priceTicks, quantity: quantity * lots, interval, timeMs };
        });
        for (const each of timed) candles.trade(each.timeMs, each.priceTicks, each.quantity);
        const expected: Candle[] = [];
        for (let interval = timed[0]!.interval; interval <= timed.at(-1)!.interval; interval++) {
          const within = timed.filter((each) => each.interval === interval);
          const traded = within.length > 0 ? within.map((each) => each.priceTicks) : [expected.at(-1)!.close];
          expected.push({
            startMs: interval * 60,
            open: traded[0]!,
            high: Math.max(...traded),
            low: Math.min(...traded),
            close: traded.at(-1)!,
            quantity: within.reduce((sum, each) => sum + each.quantity, 0),
            trades: within.length,
          });
        }
        same(inWords(candles.list()), inWords(expected.slice(-capacity)));
      },
      { runs: 150 },
    );
  });
}
