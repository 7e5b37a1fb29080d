import type { Conflater } from "../../../../solutions/stock-exchange/market-data.ts";
import { defineBench } from "../../../kit/bench.ts";
import { behind, followed, takenLevels } from "./workload.ts";

export default defineBench<typeof import("../../../../solutions/stock-exchange/market-data.ts")>([
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
  {
    kind: "heap",
    name: "what a client who does not look costs",
    workload: "50 clients behind 4,000 updates each, two of 200 prices in an update; bytes of what waits for them",
    unit: "bytes/client",
    units: 50,
    // A hundred updates that are kept before they are merged cost twice as much as the prices; all of them, ninety
    // times.
    atMostTimes: 4,
    build: ({ Conflater }, random) => Array.from({ length: 50 }, () => behind(new Conflater(), 4_000, random)),
    proof: (_, clients: Pick<Conflater, "take">[]) => [takenLevels(clients[0]!), takenLevels(clients[49]!)],
  },
]);
