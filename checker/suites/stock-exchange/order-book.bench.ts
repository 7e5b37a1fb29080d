import { defineBench } from "../../kit/bench.ts";
import { MIXED_WORKLOAD, mixedFlow, oneQueue, restingBook } from "./book-workload.ts";

export default defineBench<typeof import("../../../solutions/stock-exchange/order-book.ts")>([
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
    kind: "ratio",
    name: "commands of a mixed flow",
    workload: MIXED_WORKLOAD,
    unit: "commands/s",
    threshold: 0.15,
    setup: (subject, random) => mixedFlow(subject, 5_000, random),
  },
  {
    kind: "heap",
    name: "memory per resting order",
    workload: "100,000 orders at 2,000 prices, in a band of 20,001 ticks",
    unit: "bytes/order",
    units: 100_000,
    atMostTimes: 8,
    build: (subject, random) => restingBook(subject, 100_000, random),
  },
]);
