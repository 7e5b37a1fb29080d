import { TokenBucket as PeerTokenBucket } from "limiter";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { FixedWindow } from "../solutions/rate-limiter/fixed-window.ts";
import { LeakyBucketMeter, LeakyBucketQueue } from "../solutions/rate-limiter/leaky-bucket.ts";
import { SlidingWindowCounter } from "../solutions/rate-limiter/sliding-window-counter.ts";
import { SlidingWindowLog } from "../solutions/rate-limiter/sliding-window-log.ts";
import { TokenBucket } from "../solutions/rate-limiter/token-bucket.ts";
import { bytesInUse, type Contender, definePeers, type Goal, type Metrics, median, seededRandom } from "./kit.ts";

const KEYS = 100_000;
const CALLS_PER_REPETITION = 500_000;
const REPETITIONS = 9;
const LIMIT = 1_000;
/**
 * So long that no bucket is full again while the keys are added: a reference drops idle keys, and would be measured
 * without them.
 */
const WINDOW_MS = 86_400_000;

/** References that keep a constant number of bytes per key, to which the goals apply. */
const CONSTANT_MEMORY = [
  "fixed-window",
  "sliding-window-counter",
  "token-bucket",
  "leaky-bucket meter",
  "leaky-bucket queue",
];
const PEERS = [
  "rate-limiter-flexible memory",
  "limiter TokenBucket",
  "ts-rate-limiter token-bucket",
  "ts-rate-limiter fixed-window",
];

/**
 * One decision for a key; a promise where the package's only way to ask is one. Everybody reads Date.now() in every
 * call.
 */
type Decide = (key: string) => unknown;

const bucket = { capacity: LIMIT, refillTokens: LIMIT, refillIntervalMs: WINDOW_MS };
const leaky = { capacity: LIMIT, leakUnits: LIMIT, leakIntervalMs: WINDOW_MS };
const window = { limit: LIMIT, windowMs: WINDOW_MS };

function reference(name: string, create: () => Decide): Contender {
  return { name, ours: true, measure: () => measureSync(create) };
}

const contenders: Contender[] = [
  {
    name: "rate-limiter-flexible memory",
    ours: false,
    measure: () =>
      measureAsync(() => {
        const limiter = new RateLimiterMemory({ points: LIMIT, duration: WINDOW_MS / 1000 });
        return (key) => limiter.consume(key);
      }),
  },
  {
    name: "limiter TokenBucket",
    ours: false,
    measure: () =>
      measureSync(() => {
        const buckets = new Map<string, PeerTokenBucket>();
        return (key) => {
          let found = buckets.get(key);
          if (found === undefined) {
            found = new PeerTokenBucket({ bucketSize: LIMIT, tokensPerInterval: LIMIT, interval: WINDOW_MS });
            found.content = LIMIT;
            buckets.set(key, found);
          }
          return found.tryRemoveTokens(1);
        };
      }),
  },
  tsRateLimiter("token-bucket"),
  tsRateLimiter("fixed-window"),
  reference("fixed-window", () => {
    const limiter = new FixedWindow(window);
    return (key) => limiter.tryAcquire(key, Date.now());
  }),
  reference("sliding-window-log", () => {
    const limiter = new SlidingWindowLog(window);
    return (key) => limiter.tryAcquire(key, Date.now());
  }),
  reference("sliding-window-counter", () => {
    const limiter = new SlidingWindowCounter(window);
    return (key) => limiter.tryAcquire(key, Date.now());
  }),
  reference("token-bucket", () => {
    const limiter = new TokenBucket(bucket);
    return (key) => limiter.tryAcquire(key, Date.now());
  }),
  reference("leaky-bucket meter", () => {
    const limiter = new LeakyBucketMeter(leaky);
    return (key) => limiter.tryAcquire(key, Date.now());
  }),
  reference("leaky-bucket queue", () => {
    const limiter = new LeakyBucketQueue(leaky);
    return (key) => limiter.offer(key, Date.now());
  }),
];

function tsRateLimiter(algorithm: "token-bucket" | "fixed-window"): Contender {
  return {
    name: `ts-rate-limiter ${algorithm}`,
    ours: false,
    measure: async () => {
      // Imported late: it is a bundle of 400 kB that would otherwise lie in everybody's heap.
      const { RateLimiter } = await import("ts-rate-limiter");
      return measureAsync(() => {
        const limiter = new RateLimiter({ windowMs: WINDOW_MS, maxRequests: LIMIT, algorithm });
        return (key) => limiter.consume(key);
      });
    },
  };
}

const goals: Goal[] = CONSTANT_MEMORY.flatMap((name): Goal[] => [
  {
    text: `${name}: at least 1.5 times the decisions/s of the fastest peer`,
    judge: (medians) => {
      const fastest = Math.max(...PEERS.map((peer) => medians.get(peer)!.millionPerSecond!));
      const ratio = medians.get(name)!.millionPerSecond! / fastest;
      return { met: ratio >= 1.5, reached: `${ratio.toFixed(2)} times` };
    },
  },
  {
    text: `${name}: at most a third of the leanest peer's bytes per key`,
    judge: (medians) => {
      const leanest = Math.min(...PEERS.map((peer) => medians.get(peer)!.bytesPerKey!));
      const share = medians.get(name)!.bytesPerKey! / leanest;
      return { met: share <= 1 / 3, reached: `${share.toFixed(2)} of it` };
    },
  },
]);

export default definePeers({
  title: "Rate limiters",
  workload:
    `${KEYS} string keys, each call for a key drawn uniformly (seed 42), limit ${LIMIT} in ` +
    `${WINDOW_MS / 1000} s so that calls are allowed; ` +
    `Date.now() inside every call; promises are awaited one by one. Repetitions of ${CALLS_PER_REPETITION} calls, ` +
    `two of them warm-up; the median of ${REPETITIONS}. Bytes: heap and typed arrays after one call for ` +
    "every key, the keys themselves not counted.",
  metrics: [
    { id: "millionPerSecond", label: "M decisions/s", digits: 2 },
    { id: "bytesPerKey", label: "bytes/key", digits: 0 },
  ],
  contenders,
  goals,
});

interface Workload {
  readonly keys: readonly string[];
  readonly order: Uint32Array;
}

function workload(): Workload {
  const random = seededRandom(42);
  // Through a buffer, as from a socket: V8 keeps a concatenation as a tree of its parts until somebody reads its
  // characters, and a limiter that does would seem to need less than nothing.
  const keys = Array.from({ length: KEYS }, (_, i) =>
    Buffer.from(`user:${i}:${Math.floor(random() * 1e9)}`).toString("latin1"),
  );
  if (new Set(keys).size !== KEYS) throw new Error("two keys are the same, expected all different; change the seed");
  const order = Uint32Array.from({ length: CALLS_PER_REPETITION }, () => Math.floor(random() * KEYS));
  return { keys, order };
}

/** Kept reachable until memory has been read. */
let kept: unknown;

function measureSync(create: () => Decide): Metrics {
  const { keys, order } = workload();
  const before = bytesInUse();
  const decide = create();
  for (const key of keys) decide(key);
  const bytesPerKey = (bytesInUse() - before) / KEYS;
  const rates: number[] = [];
  for (let repetition = -2; repetition < REPETITIONS; repetition++) {
    const start = performance.now();
    for (let i = 0; i < order.length; i++) kept = decide(keys[order[i]!]!);
    if (repetition >= 0) rates.push(order.length / (performance.now() - start) / 1000);
  }
  return { millionPerSecond: median(rates), bytesPerKey };
}

async function measureAsync(create: () => Decide): Promise<Metrics> {
  const { keys, order } = workload();
  const before = bytesInUse();
  const decide = create();
  for (const key of keys) await decide(key);
  const bytesPerKey = (bytesInUse() - before) / KEYS;
  const rates: number[] = [];
  for (let repetition = -2; repetition < REPETITIONS; repetition++) {
    const start = performance.now();
    for (let i = 0; i < order.length; i++) kept = await decide(keys[order[i]!]!);
    if (repetition >= 0) rates.push(order.length / (performance.now() - start) / 1000);
  }
  return { millionPerSecond: median(rates), bytesPerKey };
}

/** Read by nobody; exported so that no optimizer may drop the results. */
export function lastDecision(): unknown {
  return kept;
}
