import type { RateLimiter } from "../../../../given/rate-limiter/limiter.ts";
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

type Module = typeof import("../../../../solutions/rate-limiter/leaky-bucket.ts");

const options = { capacity: 1_000_000, leakUnits: 7, leakIntervalMs: 600_000 };
const small = { capacity: 10, leakUnits: 10, leakIntervalMs: 1_000 };
const START_MS = 1_760_000_000_000;
const OFFERS_PER_RUN = 500;

/** `offer` with the shape of `tryAcquire`, for the shared workloads. */
function queueAsLimiter(queue: InstanceType<Module["LeakyBucketQueue"]>): RateLimiter {
  return {
    tryAcquire(key, nowMs, cost = 1) {
      const offer = queue.offer(key, nowMs, cost);
      return offer.accepted ? { allowed: true, remaining: 0 } : { allowed: false, retryAfterMs: offer.retryAfterMs };
    },
    get size() {
      return queue.size;
    },
  };
}

export default defineBench<Module>([
  {
    kind: "count",
    name: "the meter: keys left behind by visitors",
    workload: visitorsWorkload,
    unit: "keys",
    atMost: KEYS_LEFT_MOST,
    count: ({ LeakyBucketMeter }) => keysLeftByVisitors(new LeakyBucketMeter(small), 10, 1_000),
  },
  {
    kind: "count",
    name: "the queue: keys left behind by visitors",
    workload: visitorsWorkload,
    unit: "keys",
    atMost: KEYS_LEFT_MOST,
    count: ({ LeakyBucketQueue }) => keysLeftByVisitors(queueAsLimiter(new LeakyBucketQueue(small)), 10, 1_000),
  },
  {
    kind: "heap",
    name: "the meter: memory per key",
    workload: "100,000 active keys, the strings counted",
    unit: "bytes/key",
    units: 100_000,
    atMostTimes: 4,
    build: ({ LeakyBucketMeter }) => filled(new LeakyBucketMeter(options), 100_000),
    proof: holds,
  },
  {
    kind: "ratio",
    name: "the meter: decisions on 100,000 keys",
    workload: manyKeysWorkload(100_000),
    unit: "calls/s",
    threshold: 0.3,
    setup: ({ LeakyBucketMeter }, random) => manyKeys(new LeakyBucketMeter(options), 100_000, random),
  },
  {
    kind: "growth",
    name: "an offer does not grow with the queue",
    workload: "one key with 1,000, 4,000 and 16,000 requests waiting; each offer is queued as another one leaves",
    order: "O(1)",
    n: 1_000,
    setup: ({ LeakyBucketQueue }, n) => {
      const queue = new LeakyBucketQueue({ capacity: n, leakUnits: 1, leakIntervalMs: 1 });
      let nowMs = START_MS;
      for (let i = 0; i < n; i++) queue.offer("a", nowMs);
      const run = () => {
        let accepted = 0;
        for (let i = 0; i < OFFERS_PER_RUN; i++) if (queue.offer("a", ++nowMs).accepted) accepted++;
        return accepted;
      };
      return { opsPerRun: OFFERS_PER_RUN, run };
    },
  },
  {
    kind: "growth",
    name: "a call does not grow with the number of keys",
    workload: manyKeysWorkload(500).replace("500", "500, 2,000 and 8,000"),
    order: "O(1)",
    n: 500,
    setup: ({ LeakyBucketMeter }, n, random) => manyKeys(new LeakyBucketMeter(options), n, random),
  },
]);
