import type { OrderBook } from "../../../../solutions/stock-exchange/order-book.ts";
import { defineBench } from "../../../kit/bench.ts";
import { nextPriceFar, sweeps } from "./sweeps.ts";
import { MIXED_WORKLOAD, mixedFlow, oneQueue, restingBook } from "./workload.ts";

export default defineBench<typeof import("../../../../solutions/stock-exchange/order-book.ts")>([
  {
    kind: "growth",
    name: "cancel, add and trade at a price do not grow with its queue",
    workload:
      "250, 1,000 and 4,000 orders at one price; one in the middle is canceled, one comes, the first in line trades, one comes",
    order: "O(1)",
    n: 250,
    setup: (subject, n, random) => oneQueue(subject, n, random),
  },
  {
    kind: "growth",
    name: "when a best price goes, the next costs hardly more the further away it is",
    workload:
      "the best bid and the best ask go in turn, by a trade and by a cancel; the next price is 16,000, 64,000 and 256,000 ticks away",
    order: "O(log n)",
    n: 16_000,
    setup: (subject, n) => nextPriceFar(subject, n),
  },
  {
    kind: "growth",
    name: "a sweep does not grow with what rests beyond it",
    workload:
      "orders that fill 8 others at 2 prices and a lot of a ninth; 1,000, 4,000 and 16,000 wait at its price, and a sixteenth as many further out, each at its own",
    order: "O(log n)",
    n: 1_000,
    setup: (subject, n) => sweeps(subject, 8, n),
  },
  {
    kind: "growth",
    name: "each order that a sweep fills costs the same",
    workload: "orders that fill 500, 2,000 and 8,000 others, four at a price, and a lot of one that stays",
    order: "O(1)",
    n: 500,
    setup: (subject, n) => sweeps(subject, n, 1),
  },
  {
    kind: "growth",
    name: "commands of a mixed flow hardly grow with what rests deeper in the book",
    workload: MIXED_WORKLOAD,
    order: "O(log n)",
    n: 2_000,
    setup: (subject, n, random) => mixedFlow(subject, n, 2_000, random),
  },
  {
    kind: "heap",
    name: "memory per resting order",
    workload: "100,000 orders at 2,000 prices, in a band of 20,001 ticks",
    unit: "bytes/order",
    units: 100_000,
    // Objects in a `Map` and in a `Set` a price take nine times as much as flat arrays. Who keeps what is gone takes
    // more.
    atMostTimes: 16,
    build: (subject, random) => restingBook(subject, 100_000, random),
    proof: (_, book: Pick<OrderBook, "depth">) => [book.depth("buy"), book.depth("sell")],
  },
]);
