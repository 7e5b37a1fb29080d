import type { RateLimiter } from "../../../../given/rate-limiter/limiter.ts";
import { defineBench } from "../../../kit/bench.ts";
import { KEYS_LEFT_MOST, keysLeftByVisitors, manyKeys, manyKeysWorkload, visitorsWorkload } from "../workload.ts";

const START_MS = 1_760_000_000_000;
/** So short that every key's log is full in the middle and changes at both ends. */
const busy = { limit: 100, windowMs: 10_000 };
const CALLS_PER_RUN = 500;

export default defineBench<typeof import("../../../../solutions/rate-limiter/sliding-window-log.ts")>([
  {
    kind: "count",
    name: "keys left behind by visitors",
    workload: visitorsWorkload,
    unit: "keys",
    atMost: KEYS_LEFT_MOST,
    count: ({ SlidingWindowLog }) =>
      keysLeftByVisitors(new SlidingWindowLog({ limit: 10, windowMs: 1_000 }), 10, 1_000),
  },
  {
    kind: "count",
    name: "entries of one busy key",
    workload: "one key, 100,000 calls one millisecond apart, limit 100 in 1,000 ms",
    unit: "entries",
    atMost: 100,
    count: ({ SlidingWindowLog }) => {
      const limiter = new SlidingWindowLog({ limit: 100, windowMs: 1_000 });
      let most = 0;
      for (let i = 0; i < 100_000; i++) {
        limiter.tryAcquire("a", START_MS + i);
        most = Math.max(most, limiter.entryCount);
      }
      return most;
    },
  },
  {
    kind: "heap",
    name: "bytes of busy keys",
    workload: "100 keys, each with 2,000 calls one millisecond apart and a limit of 10 in 10 ms; bytes of what is left",
    unit: "bytes/key",
    units: 100,
    // An array for each unit, or a ring with room for the limit, is more than the reference keeps; all calls ever made
    // are far more.
    atMostTimes: 4,
    build: ({ SlidingWindowLog }) => {
      const limiter = new SlidingWindowLog({ limit: 10, windowMs: 10 });
      for (let call = 0; call < 2_000; call++) {
        for (let key = 0; key < 100; key++) limiter.tryAcquire(`user:${key}`, START_MS + call);
      }
      return limiter;
    },
    proof: (_, limiter: RateLimiter) =>
      [0, 99].flatMap((key) => [0, 9].map((later) => limiter.tryAcquire(`user:${key}`, START_MS + 2_000 + later))),
  },
  {
    kind: "ratio",
    name: "decisions on 1,000 keys with logs of 20 entries",
    workload: manyKeysWorkload(1_000),
    unit: "calls/s",
    threshold: 0.3,
    setup: ({ SlidingWindowLog }, random) =>
      manyKeys(new SlidingWindowLog({ limit: 20, windowMs: 200 }), 1_000, random),
  },
  {
    kind: "growth",
    name: "an allowed call does not grow with the log",
    workload: "one key with a full log of 1,000, 4,000 and 16,000 entries; each call drops one entry and adds one",
    order: "O(1)",
    n: 1_000,
    setup: ({ SlidingWindowLog }, n) => {
      const limiter = new SlidingWindowLog({ limit: n, windowMs: n });
      let nowMs = START_MS;
      for (let i = 0; i < n; i++) limiter.tryAcquire("a", nowMs++);
      const run = () => {
        let allowed = 0;
        for (let i = 0; i < CALLS_PER_RUN; i++) if (limiter.tryAcquire("a", nowMs++).allowed) allowed++;
        return allowed;
      };
      return { opsPerRun: CALLS_PER_RUN, run };
    },
  },
  {
    kind: "growth",
    name: "a refused call does not grow with the log",
    workload: "one key with a full log of 1,000, 4,000 and 16,000 entries; every call is refused",
    order: "O(1)",
    n: 1_000,
    setup: ({ SlidingWindowLog }, n) => {
      const limiter = new SlidingWindowLog({ limit: n, windowMs: 10 * n });
      for (let i = 0; i < n; i++) limiter.tryAcquire("a", START_MS + i);
      const run = () => {
        let refused = 0;
        for (let i = 0; i < CALLS_PER_RUN; i++) if (!limiter.tryAcquire("a", START_MS + n).allowed) refused++;
        return refused;
      };
      return { opsPerRun: CALLS_PER_RUN, run };
    },
  },
  {
    kind: "growth",
    name: "a call does not grow with the number of keys",
    workload: manyKeysWorkload(500).replace("500", "500, 2,000 and 8,000"),
    order: "O(1)",
    n: 500,
    setup: ({ SlidingWindowLog }, n, random) => manyKeys(new SlidingWindowLog(busy), n, random),
  },
]);
