import { defineBench } from "../../../kit/bench.ts";
import {
  filled,
  holds,
  KEYS_LEFT_MOST,
  keysLeftByVisitors,
  manyKeys,
  manyKeysWorkload,
  visitorsWorkload,
} from "../workload.ts";

const options = { capacity: 1_000_000, refillTokens: 7, refillIntervalMs: 600_000 };

export default defineBench<typeof import("../../../../solutions/rate-limiter/token-bucket.ts")>([
  {
    kind: "count",
    name: "keys left behind by visitors",
    workload: visitorsWorkload,
    unit: "keys",
    atMost: KEYS_LEFT_MOST,
    count: ({ TokenBucket }) =>
      keysLeftByVisitors(new TokenBucket({ capacity: 10, refillTokens: 10, refillIntervalMs: 1_000 }), 10, 1_000),
  },
  {
    kind: "heap",
    name: "memory per key",
    workload: "100,000 active keys, the strings counted",
    unit: "bytes/key",
    units: 100_000,
    atMostTimes: 4,
    build: ({ TokenBucket }) => filled(new TokenBucket(options), 100_000),
    proof: holds,
  },
  {
    kind: "ratio",
    name: "decisions on 100,000 keys",
    workload: manyKeysWorkload(100_000),
    unit: "calls/s",
    threshold: 0.3,
    setup: ({ TokenBucket }, random) => manyKeys(new TokenBucket(options), 100_000, random),
  },
  {
    kind: "growth",
    name: "a call does not grow with the number of keys",
    workload: manyKeysWorkload(500).replace("500", "500, 2,000 and 8,000"),
    order: "O(1)",
    n: 500,
    setup: ({ TokenBucket }, n, random) => manyKeys(new TokenBucket(options), n, random),
  },
]);
