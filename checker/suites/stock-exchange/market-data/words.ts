/** Updates and depths of a feed in words, and how to make them by hand. */

import type { Level } from "../../../../given/stock-exchange/book-events.ts";
import type { Side } from "../../../../given/stock-exchange/orders.ts";
import type { LevelChange, Update } from "../../../../solutions/stock-exchange/market-data.ts";
import { ensure } from "../../../kit/index.ts";

// Changes and updates are values: whoever writes into one has changed what others will read.

export function change(side: Side, quantity: number, priceTicks: number, orders = 1): LevelChange {
  return Object.freeze({ side, priceTicks, quantity, orders });
}

export function update(number: number, levels: readonly LevelChange[], more: Partial<Update> = {}): Update {
  return Object.freeze({
    type: "update" as const,
    first: number,
    last: number,
    timeMs: number * 5,
    levels: Object.freeze(levels),
    trades: Object.freeze([]),
    tradesLeftOut: 0,
    ...more,
  });
}

/** Changes sorted by side and price, because their order does not matter; trades in theirs. */
export function changesInWords({ levels, trades }: Update): string {
  const sorted = [...levels].sort((a, b) =>
    a.side === b.side ? a.priceTicks - b.priceTicks : a.side < b.side ? -1 : 1,
  );
  const changes = sorted.map(
    ({ side, quantity, priceTicks, orders }) => `${side} ${quantity} @ ${priceTicks} by ${orders}`,
  );
  const taken = trades.map(({ taker, quantity, priceTicks }) => {
    return `${taker === "buy" ? "buyer" : "seller"} takes ${quantity} @ ${priceTicks}`;
  });
  return [changes.join(", "), ...(taken.length > 0 ? [taken.join(", ")] : [])].join("; ");
}

export function depthInWords(levels: readonly Level[]): string {
  return levels.map(({ quantity, priceTicks, orders }) => `${quantity} @ ${priceTicks} by ${orders}`).join(", ");
}

export function same(got: unknown, expected: string | number | null): void {
  ensure(got === expected, () => ({
    expected: String(expected) || "nothing at all",
    got: String(got) || "nothing at all",
  }));
}
