import { defineBench } from "../../kit/bench.ts";
import { followed } from "./feed-workload.ts";

export default defineBench<typeof import("../../../solutions/stock-exchange/market-data.ts")>([
  {
    kind: "growth",
    name: "an update does not grow with the orders in the book",
    workload:
      "500, 2,000 and 8,000 resting orders at 200 prices; an order comes, trades in part and is canceled, an update each",
    order: "O(1)",
    n: 500,
    setup: (subject, n, random) => followed(subject, n, random),
  },
  {
    kind: "ratio",
    name: "commands published and followed",
    workload: "10,000 resting orders at 200 prices; an order comes, trades in part and is canceled, an update each",
    unit: "updates/s",
    threshold: 0.2,
    setup: (subject, random) => followed(subject, 10_000, random),
  },
]);
