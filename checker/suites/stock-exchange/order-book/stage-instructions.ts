/** Behaviors of the order book: what a client may ask for besides a plain limit order. */

import type { NewOrder } from "../../../../given/stock-exchange/orders.ts";
import { behavior, ensure, forAll, show, step } from "../../../kit/index.ts";
import {
  agreesWithDefinition,
  Desk,
  type DeskOptions,
  type OrderBookClass,
  order,
  sessions,
} from "../book-commands.ts";
import {
  makerPrice,
  noSelfTrade,
  priceTimePriority,
  quantityConserved,
  rejectedChangesNothing,
  replaceKeepsOrLosesPlace,
} from "../invariants.ts";

/** Market, immediate-or-cancel, fill-or-kill, post-only, and every reason to reject. */
export function instructions(OrderBook: OrderBookClass): void {
  const desk = (options?: DeskOptions) => new Desk(OrderBook, options);

  behavior("a market order trades at any price, and its rest is canceled", quantityConserved, () => {
    const d = desk();
    d.submit(order(1, "sell", 1, 100), "1 rests: sell 1 @ 100");
    d.submit(order(2, "sell", 1, 110), "2 rests: sell 1 @ 110");
    const market = { kind: "market", priceTicks: Number.NaN } as const;
    d.submit(
      order(3, "buy", 5, 0, market),
      "3 takes 1 @ 100 from 1",
      "3 takes 1 @ 110 from 2",
      "3 canceled: 3, no-liquidity",
    );
    d.submit(order(4, "sell", 5, 0, market), "4 canceled: 5, no-liquidity");
    d.submit(order(5, "buy", 2, 90), "5 rests: buy 2 @ 90");
    d.submit(order(6, "sell", 1, 0, { ...market, timeInForce: "immediate-or-cancel" }), "6 takes 1 @ 90 from 5");
    d.queue(90, "5: 1");
  });

  behavior("immediate-or-cancel never rests", quantityConserved, () => {
    const d = desk();
    const now = { timeInForce: "immediate-or-cancel" } as const;
    d.submit(order(1, "sell", 2, 100), "1 rests: sell 2 @ 100");
    d.submit(order(2, "sell", 2, 101), "2 rests: sell 2 @ 101");
    d.submit(order(3, "buy", 5, 100, now), "3 takes 2 @ 100 from 1", "3 canceled: 3, immediate-or-cancel");
    d.submit(order(4, "buy", 5, 100, now), "4 canceled: 5, immediate-or-cancel");
    d.submit(order(5, "buy", 1, 101, now), "5 takes 1 @ 101 from 2");
    d.best(null, 101);
  });

  behavior("fill-or-kill fills whole or does nothing", rejectedChangesNothing, () => {
    const d = desk();
    const whole = { timeInForce: "fill-or-kill" } as const;
    d.submit(order(1, "sell", 2, 100), "1 rests: sell 2 @ 100");
    d.submit(order(2, "sell", 2, 101), "2 rests: sell 2 @ 101");
    d.submit(order(3, "sell", 9, 103), "3 rests: sell 9 @ 103");
    d.submit(order(4, "buy", 5, 102, whole), "4 rejected: insufficient-liquidity");
    d.submit(order(5, "buy", 4, 100, whole), "5 rejected: insufficient-liquidity");
    d.queue(100, "1: 2");
    d.submit(order(6, "buy", 4, 102, whole), "6 takes 2 @ 100 from 1", "6 takes 2 @ 101 from 2");
    d.submit(order(7, "buy", 10, 0, { ...whole, kind: "market" }), "7 rejected: insufficient-liquidity");
    d.submit(order(8, "buy", 9, 0, { ...whole, kind: "market" }), "8 takes 9 @ 103 from 3");
    d.submit(order(9, "buy", 3, 99), "9 rests: buy 3 @ 99");
    d.submit(order(10, "sell", 3, 99, whole), "10 takes 3 @ 99 from 9");
  });

  behavior("post-only rests or is rejected, and never takes", rejectedChangesNothing, () => {
    const d = desk();
    const maker = { postOnly: true } as const;
    d.submit(order(1, "sell", 2, 100, maker), "1 rests: sell 2 @ 100");
    d.submit(order(2, "buy", 1, 100, maker), "2 rejected: would-take-liquidity");
    d.submit(order(3, "buy", 1, 104, maker), "3 rejected: would-take-liquidity");
    d.submit(order(4, "buy", 1, 99, maker), "4 rests: buy 1 @ 99");
    d.submit(order(5, "sell", 1, 99, maker), "5 rejected: would-take-liquidity");
    d.submit(order(6, "sell", 1, 99), "6 takes 1 @ 99 from 4");
    d.best(null, 100);
  });

  behavior("an id that rests is not accepted again", rejectedChangesNothing, () => {
    const d = desk();
    d.submit(order(1, "sell", 2, 100), "1 rests: sell 2 @ 100");
    d.submit(order(1, "sell", 3, 101), "1 rejected: duplicate-order-id");
    d.submit(order(1, "buy", 3, 100, { accountId: 5 }), "1 rejected: duplicate-order-id");
    d.queue(100, "1: 2");
    d.cancel(1, "1 canceled: 2, requested");
    d.best(null, null);
  });

  behavior("every reason has its name, and the first that applies is given", rejectedChangesNothing, () => {
    const d = desk();
    d.submit(order(1, "sell", 2, 100), "1 rests: sell 2 @ 100");
    const post = { postOnly: true } as const;
    const refused = (incoming: NewOrder, reason: string): void =>
      d.submit(incoming, `${incoming.orderId} rejected: ${reason}`);
    for (const id of [-1, 0.5, 2 ** 53, Number.NaN]) refused(order(id, "buy", -1, 100), "invalid-order-id");
    for (const accountId of [-1, 1.5, 2 ** 31, Number.NaN])
      refused(order(2, "buy", 0, 100, { accountId }), "invalid-account-id");
    for (const lots of [0, -1, 1.5, 2 ** 31, 2 ** 32 + 1, Number.NaN])
      refused(order(2, "buy", lots, 0.5), "invalid-quantity");
    for (const price of [100.5, Number.NaN, Number.POSITIVE_INFINITY])
      refused(order(1, "buy", 1, price, post), "invalid-price");
    for (const price of [89, 111, -100, 2 ** 32 + 100]) refused(order(1, "buy", 1, price), "price-out-of-band");
    refused(order(1, "buy", 1, 100, { ...post, kind: "market" }), "contradictory-instructions");
    refused(order(2, "buy", 1, 100, { ...post, timeInForce: "immediate-or-cancel" }), "contradictory-instructions");
    refused(order(2, "buy", 1, 99, { ...post, timeInForce: "fill-or-kill" }), "contradictory-instructions");
    refused(order(1, "buy", 1, 100, post), "duplicate-order-id");
    d.cancel(0.5, "0.5 rejected: invalid-order-id");
    d.cancel(1.5, "1.5 rejected: invalid-order-id");
    d.queue(100, "1: 2");
    d.best(null, 100);
  });

  behavior("orders of every kind do as in a sorted array", priceTimePriority, () => {
    forAll(sessions({ stage: 3, commandsMost: 60 }), (drawn) => agreesWithDefinition(OrderBook, 3, drawn), {
      runs: 150,
    });
  });
}

/** Changes of price and quantity. */
export function replaces(OrderBook: OrderBookClass): void {
  const desk = (options?: DeskOptions) => new Desk(OrderBook, options);

  behavior("fewer lots at the same price keep the place in line", replaceKeepsOrLosesPlace, () => {
    const d = desk();
    for (const id of [1, 2, 3]) d.submit(order(id, "sell", 5, 100), `${id} rests: sell 5 @ 100`);
    d.replace(1, 100, 2, "1 reduced to 2");
    d.replace(2, 100, 5, "2 reduced to 5");
    d.queue(100, "1: 2", "2: 5", "3: 5");
    const [level] = d.book.depth("sell");
    ensure(level?.quantity === 12, () => ({ expected: "12 lots at 100", got: show(level) }));
    d.submit(order(4, "buy", 3, 100), "4 takes 2 @ 100 from 1", "4 takes 1 @ 100 from 2");
  });

  behavior("more lots, or another price, go to the back of the line", replaceKeepsOrLosesPlace, () => {
    const d = desk();
    for (const id of [1, 2, 3]) d.submit(order(id, "sell", 5, 100), `${id} rests: sell 5 @ 100`);
    d.replace(1, 100, 6, "1 canceled: 5, replaced", "1 rests: sell 6 @ 100");
    d.queue(100, "2: 5", "3: 5", "1: 6");
    d.submit(order(4, "sell", 1, 101), "4 rests: sell 1 @ 101");
    d.replace(2, 101, 3, "2 canceled: 5, replaced", "2 rests: sell 3 @ 101");
    d.queue(100, "3: 5", "1: 6");
    d.queue(101, "4: 1", "2: 3");
    d.best(null, 100);
  });

  behavior("the quantity of a replace counts what has traded meanwhile", replaceKeepsOrLosesPlace, () => {
    const d = desk();
    d.submit(order(1, "sell", 10, 100), "1 rests: sell 10 @ 100");
    d.submit(order(2, "buy", 4, 100), "2 takes 4 @ 100 from 1");
    step("the owner of 1 wants 8 in all; 4 have traded, so 4 are left");
    d.replace(1, 100, 8, "1 reduced to 4");
    d.replace(1, 101, 9, "1 canceled: 4, replaced", "1 rests: sell 5 @ 101");
    d.submit(order(3, "buy", 2, 101), "3 takes 2 @ 101 from 1");
    d.replace(1, 101, 20, "1 canceled: 3, replaced", "1 rests: sell 14 @ 101");
    d.replace(1, 102, 6, "1 canceled: 14, replaced");
    d.cancel(1, "1 rejected: unknown-order");
    step("what an order has taken before it rests has traded too");
    d.submit(order(4, "sell", 3, 100), "4 rests: sell 3 @ 100");
    d.submit(order(5, "buy", 5, 100), "5 takes 3 @ 100 from 4", "5 rests: buy 2 @ 100");
    d.replace(5, 100, 4, "5 reduced to 1");
    d.replace(5, 100, 3, "5 canceled: 1, replaced");
    d.best(null, null);
  });

  behavior("a replace that meets the other side trades at once", makerPrice, () => {
    const d = desk();
    d.submit(order(1, "sell", 2, 102), "1 rests: sell 2 @ 102");
    d.submit(order(2, "buy", 5, 99), "2 rests: buy 5 @ 99");
    d.replace(2, 103, 6, "2 canceled: 5, replaced", "2 takes 2 @ 102 from 1", "2 rests: buy 4 @ 103");
    d.best(103, null);
    d.replace(2, 98, 4, "2 canceled: 4, replaced", "2 rests: buy 2 @ 98");
    d.submit(order(3, "sell", 1, 98), "3 takes 1 @ 98 from 2");
  });

  behavior("a replace that is rejected leaves the order in its place", rejectedChangesNothing, () => {
    const d = desk();
    d.submit(order(1, "sell", 2, 100), "1 rests: sell 2 @ 100");
    d.submit(order(2, "buy", 5, 99, { postOnly: true }), "2 rests: buy 5 @ 99");
    d.submit(order(3, "buy", 5, 99), "3 rests: buy 5 @ 99");
    d.replace(2, 100, 5, "2 rejected: would-take-liquidity");
    d.replace(2, 111, 5, "2 rejected: price-out-of-band");
    d.replace(2, 99.5, 5, "2 rejected: invalid-price");
    d.replace(2, 99, 0, "2 rejected: invalid-quantity");
    d.replace(2.5, 99, 0, "2.5 rejected: invalid-order-id");
    d.replace(9, 99, 1, "9 rejected: unknown-order");
    d.queue(99, "2: 5", "3: 5");
    step("post-only stays with the order through a replace that is obeyed");
    d.replace(2, 98, 5, "2 canceled: 5, replaced", "2 rests: buy 5 @ 98");
    d.replace(2, 100, 6, "2 rejected: would-take-liquidity");
    d.queue(98, "2: 5");
  });

  behavior("commands of every kind do as in a sorted array", replaceKeepsOrLosesPlace, () => {
    forAll(sessions({ stage: 4, commandsMost: 60 }), (drawn) => agreesWithDefinition(OrderBook, 4, drawn), {
      runs: 150,
    });
  });
}

/** The three policies. */
export function selfTrades(OrderBook: OrderBookClass): void {
  const desk = (options?: DeskOptions) => new Desk(OrderBook, options);

  behavior("cancel-incoming ends the incoming order where it meets its own account", noSelfTrade, () => {
    const d = desk();
    d.submit(order(1, "sell", 2, 100, { accountId: 1 }), "1 rests: sell 2 @ 100");
    d.submit(order(2, "sell", 2, 100, { accountId: 7 }), "2 rests: sell 2 @ 100");
    d.submit(order(3, "sell", 2, 100, { accountId: 1 }), "3 rests: sell 2 @ 100");
    d.submit(order(4, "buy", 6, 101, { accountId: 7 }), "4 takes 2 @ 100 from 1", "4 canceled: 4, self-trade");
    d.queue(100, "2: 2", "3: 2");
    d.submit(order(5, "buy", 9, 0, { accountId: 7, kind: "market" }), "5 canceled: 9, self-trade");
  });

  behavior("cancel-resting takes the resting order out and goes on", noSelfTrade, () => {
    const d = desk({ selfTrade: "cancel-resting" });
    d.submit(order(1, "sell", 2, 100, { accountId: 1 }), "1 rests: sell 2 @ 100");
    d.submit(order(2, "sell", 2, 100, { accountId: 7 }), "2 rests: sell 2 @ 100");
    d.submit(order(3, "sell", 2, 101, { accountId: 1 }), "3 rests: sell 2 @ 101");
    d.submit(
      order(4, "buy", 6, 101, { accountId: 7 }),
      "4 takes 2 @ 100 from 1",
      "2 canceled: 2, self-trade",
      "4 takes 2 @ 101 from 3",
      "4 rests: buy 2 @ 101",
    );
    d.queue(101, "4: 2");
  });

  behavior("cancel-both takes both out", noSelfTrade, () => {
    const d = desk({ selfTrade: "cancel-both" });
    d.submit(order(1, "buy", 2, 100, { accountId: 7 }), "1 rests: buy 2 @ 100");
    d.submit(order(2, "buy", 2, 99, { accountId: 7 }), "2 rests: buy 2 @ 99");
    d.submit(order(3, "sell", 9, 99, { accountId: 7 }), "1 canceled: 2, self-trade", "3 canceled: 9, self-trade");
    d.queue(99, "2: 2");
    d.best(99, null);
  });

  behavior("fill-or-kill does not count on lots of its own account", noSelfTrade, () => {
    const whole = { timeInForce: "fill-or-kill", accountId: 7 } as const;
    for (const selfTrade of ["cancel-incoming", "cancel-resting", "cancel-both"] as const) {
      const d = desk({ selfTrade });
      d.submit(order(1, "sell", 2, 100, { accountId: 1 }), "1 rests: sell 2 @ 100");
      d.submit(order(2, "sell", 5, 100, { accountId: 7 }), "2 rests: sell 5 @ 100");
      d.submit(order(3, "buy", 3, 100, whole), "3 rejected: insufficient-liquidity");
      d.submit(order(4, "buy", 2, 100, whole), "4 takes 2 @ 100 from 1");
      d.queue(100, "2: 5");
      d.submit(order(5, "sell", 5, 101, { accountId: 1 }), "5 rests: sell 5 @ 101");
      const filled = ["2 canceled: 5, self-trade", "6 takes 3 @ 101 from 5"];
      d.submit(
        order(6, "buy", 3, 101, whole),
        ...(selfTrade === "cancel-resting" ? filled : ["6 rejected: insufficient-liquidity"]),
      );
    }
  });

  behavior("a replace does not trade with its own account either", noSelfTrade, () => {
    const d = desk();
    d.submit(order(1, "sell", 2, 100, { accountId: 7 }), "1 rests: sell 2 @ 100");
    d.submit(order(2, "buy", 2, 99, { accountId: 7 }), "2 rests: buy 2 @ 99");
    d.replace(2, 100, 3, "2 canceled: 2, replaced", "2 canceled: 3, self-trade");
    d.queue(100, "1: 2");
    d.best(null, 100);
  });

  behavior("every policy does as in a sorted array", noSelfTrade, () => {
    for (const selfTrade of ["cancel-incoming", "cancel-resting", "cancel-both"] as const) {
      forAll(sessions({ stage: 5 }), (drawn) => agreesWithDefinition(OrderBook, 5, drawn, selfTrade), { runs: 80 });
    }
  });
}
