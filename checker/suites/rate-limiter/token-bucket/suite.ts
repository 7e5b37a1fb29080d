import { behavior, ensure, forAll, observe, show, stage, subject } from "../../../kit/index.ts";
import { publishedGcra, retryAfterTight, tokenBucketBound } from "../invariants.ts";
import { bucket } from "../oracles.ts";
import {
  agePromises,
  argumentPromises,
  clockPromises,
  costPromises,
  expectDecision,
  expectRefusal,
  keyPromises,
  memoryPromises,
  optionPromise,
  productPromise,
  retryAfterPromise,
} from "../promises.ts";
import { admitted, agreesWithOracle, allTraces, type Call, sameDecision, showTrace, traces } from "../traces.ts";

const { TokenBucket } = await subject<typeof import("../../../../solutions/rate-limiter/token-bucket.ts")>();

/** Four tokens, one every 10 ms. */
const steady = { capacity: 4, refillTokens: 1, refillIntervalMs: 10 };
/** Four tokens, three every 20 ms: a token takes 6 and two thirds of a millisecond. */
const uneven = { capacity: 4, refillTokens: 3, refillIntervalMs: 20 };
const create = () => new TokenBucket(steady);
const createUneven = () => new TokenBucket(uneven);
const small = { create, limit: 4, windowMs: 40 };

/**
 * GCRA, one key: maxBurst 4 and 1 per second, which is capacity 5. Columns: time in ms, volume, allowed, remaining
 * where allowed, wait in ms where refused (the source's sentinel -1 s, not applicable, is Infinity here).
 * Source: brandur/redis-cell 4d42338, src/cell/mod.rs, it_rate_limits (MIT); the last row is from throttled/throttled
 * 9e814f2, rate_test.go (BSD-3-Clause), which holds the same rows.
 */
const PUBLISHED: readonly (readonly [atMs: number, volume: number, allowed: boolean, figure: number])[] = [
  [0, 6, false, Infinity],
  [0, 1, true, 4],
  [0, 1, true, 3],
  [0, 1, true, 2],
  [0, 1, true, 1],
  [0, 1, true, 0],
  [0, 1, false, 1_000],
  [3_000, 1, true, 2],
  [3_100, 1, true, 1],
  [4_000, 1, true, 1],
  [8_000, 1, true, 4],
  [9_500, 1, true, 4],
  [9_500, 0, true, 4],
  [9_500, 2, true, 2],
  [9_500, 5, false, 3_000],
  [15_000, 6, false, Infinity],
];

stage(1, "Spend a full bucket", () => {
  behavior("a new key may spend the whole capacity at once", tokenBucketBound, () => {
    const limiter = observe("limiter", create());
    for (const remaining of [3, 2, 1, 0]) expectDecision(limiter, { key: "a", atMs: 0, cost: 1 }, true, remaining);
    expectDecision(limiter, { key: "a", atMs: 0, cost: 1 }, false);
  });

  behavior("a new key has a full bucket, whenever it comes", tokenBucketBound, () => {
    const limiter = observe("limiter", create());
    for (const remaining of [3, 2, 1, 0]) {
      expectDecision(limiter, { key: "a", atMs: 1_760_000_000_123, cost: 1 }, true, remaining);
    }
    expectDecision(limiter, { key: "a", atMs: 1_760_000_000_123, cost: 1 }, false);
  });

  behavior("an empty bucket names the wait for its next token", retryAfterTight, () => {
    const limiter = observe("limiter", create());
    for (let i = 0; i < 4; i++) limiter.tryAcquire("a", 100);
    expectRefusal(limiter, { key: "a", atMs: 100, cost: 1 }, 10);
  });
});

stage(2, "Refill exactly", () => {
  behavior("a token comes back every interval, not before", tokenBucketBound, () => {
    const limiter = observe("limiter", create());
    for (let i = 0; i < 4; i++) limiter.tryAcquire("a", 0);
    expectRefusal(limiter, { key: "a", atMs: 9, cost: 1 }, 1);
    expectDecision(limiter, { key: "a", atMs: 10, cost: 1 }, true, 0);
    expectRefusal(limiter, { key: "a", atMs: 15, cost: 1 }, 5);
    expectDecision(limiter, { key: "a", atMs: 20, cost: 1 }, true, 0);
  });

  behavior("the bucket never holds more than its capacity", tokenBucketBound, () => {
    const limiter = observe("limiter", create());
    expectDecision(limiter, { key: "a", atMs: 0, cost: 1 }, true, 3);
    expectDecision(limiter, { key: "a", atMs: 1_000_000, cost: 1 }, true, 3);
  });

  behavior("refill flows evenly, not in steps of refillIntervalMs", tokenBucketBound, () => {
    const limiter = observe("limiter", createUneven());
    for (let i = 0; i < 4; i++) limiter.tryAcquire("a", 0);
    // A token takes 6 2/3 ms, two take 13 1/3, three take 20.
    for (const [early, wait] of [[0, 7] as const, [7, 7] as const, [14, 6] as const]) {
      expectRefusal(limiter, { key: "a", atMs: early, cost: 1 }, wait);
      expectDecision(limiter, { key: "a", atMs: early + wait, cost: 1 }, true, 0);
    }
  });

  behavior("fractions of a token are kept through a hundred thousand refills", tokenBucketBound, () => {
    const limiter = new TokenBucket({ capacity: 2, refillTokens: 7, refillIntervalMs: 30 });
    for (let i = 0; i < 2; i++) limiter.tryAcquire("a", 0);
    for (let n = 1; n <= 100_000; n++) {
      const dueMs = Math.ceil((n * 30) / 7);
      const early = limiter.tryAcquire("a", dueMs - 1);
      const due = limiter.tryAcquire("a", dueMs);
      ensure(!early.allowed && due.allowed, () => ({
        steps: [
          "7 tokens per 30 ms into an empty bucket of 2",
          `each token is taken when it is due, the ${n}th at ${dueMs} ms`,
        ],
        expected: `a refusal at ${dueMs - 1} ms and a token at ${dueMs} ms, ${n} * 30 / 7 rounded up`,
        got: `${show(early)} and ${show(due)}`,
      }));
    }
  });

  behavior("a rate is a ratio: ten times the tokens in ten times the interval is the same", tokenBucketBound, () => {
    forAll(traces({ gapsMs: [6, 7, 13, 14, 20, 27], callsMost: 60 }), (trace) => {
      const limiter = observe("limiter", new TokenBucket({ capacity: 4, refillTokens: 30, refillIntervalMs: 200 }));
      const twin = createUneven();
      for (const { key, atMs, cost } of trace) {
        const expected = twin.tryAcquire(key, atMs, cost);
        const got = limiter.tryAcquire(key, atMs, cost);
        ensure(sameDecision(got, expected), () => ({
          expected: `${show(expected)}, as with 3 tokens per 20 ms in place of 30 per 200 ms`,
          got: show(got),
          counterexample: showTrace(trace),
        }));
      }
    });
  });

  retryAfterPromise("retryAfterMs is tight", small, 1);

  retryAfterPromise("retryAfterMs is tight when a token does not take whole milliseconds", {
    ...small,
    create: createUneven,
    windowMs: 27,
  });

  behavior("every interval contains at most capacity + t * rate", tokenBucketBound, () => {
    forAll(traces({ gapsMs: [6, 7, 13, 14, 20, 27], callsMost: 60 }), (trace) => {
      boundHolds(admitted(observe("limiter", createUneven()), trace), trace);
    });
  });
});

stage(3, "Costs and published rows", () => {
  behavior("the published GCRA rows come out as published", publishedGcra, () => {
    const limiter = observe("limiter", new TokenBucket({ capacity: 5, refillTokens: 1, refillIntervalMs: 1_000 }));
    for (const [atMs, cost, allowed, figure] of PUBLISHED) {
      if (allowed) expectDecision(limiter, { key: "foo", atMs, cost }, true, figure);
      else expectRefusal(limiter, { key: "foo", atMs, cost }, figure);
    }
  });

  behavior("a cost waits for all its tokens", retryAfterTight, () => {
    const limiter = observe("limiter", create());
    expectDecision(limiter, { key: "a", atMs: 0, cost: 3 }, true, 1);
    expectRefusal(limiter, { key: "a", atMs: 0, cost: 2 }, 10);
    expectRefusal(limiter, { key: "a", atMs: 0, cost: 4 }, 30);
    expectDecision(limiter, { key: "a", atMs: 30, cost: 4 }, true, 0);
  });

  behavior("every short sequence of calls is decided as by the definition", tokenBucketBound, () => {
    const tiny = { capacity: 2, refillTokens: 2, refillIntervalMs: 3 };
    const limits = bucket(tiny.capacity, tiny.refillTokens, tiny.refillIntervalMs);
    for (const trace of allTraces(5, [0, 1, 2, 3], [1, 2]))
      agreesWithOracle(() => new TokenBucket(tiny), limits, trace);
  });

  behavior("every interval contains at most capacity + t * rate, with costs", tokenBucketBound, () => {
    forAll(traces({ costMost: 5, gapsMs: [6, 7, 13, 14, 20, 27], callsMost: 60 }), (trace) => {
      boundHolds(admitted(observe("limiter", createUneven()), trace), trace);
    });
  });

  costPromises(small);
});

stage(4, "A clock that steps back, keys that go idle", () => {
  // Before the long sequences: their few steps say more.
  clockPromises(small);
  keyPromises(small);
  memoryPromises(small);
  argumentPromises(small);
  agePromises(small, tokenBucketBound);

  behavior("long sequences of calls are decided as by the definition", tokenBucketBound, () => {
    for (const options of [steady, uneven]) {
      const limits = bucket(options.capacity, options.refillTokens, options.refillIntervalMs);
      const drawn = { keys: ["a", "b"], costMost: 5, gapsMs: [10, 20, 27, 40], stepsBack: true, callsMost: 60 };
      for (const startMs of [0, 1_760_000_000_123]) {
        forAll(traces({ ...drawn, startMs }), (trace) =>
          agreesWithOracle(() => new TokenBucket(options), limits, trace),
        );
      }
    }
  });

  behavior("rates that share no factor stay exact at the time of wall clocks", tokenBucketBound, () => {
    const odd = { capacity: 50, refillTokens: 9_973, refillIntervalMs: 60_000 };
    const limits = bucket(odd.capacity, odd.refillTokens, odd.refillIntervalMs);
    forAll(traces({ costMost: 30, gapsMs: [60, 300], callsMost: 40, startMs: 1_760_000_000_123 }), (trace) => {
      agreesWithOracle(() => new TokenBucket(odd), limits, trace);
    });
  });

  behavior("the largest rates stay exact for years", tokenBucketBound, () => {
    // A little less than one token per millisecond; nothing cancels in 2^32 - 1 over 2^32, and the product is the
    // largest allowed.
    const huge = { capacity: 2 ** 20, refillTokens: 2 ** 32 - 1, refillIntervalMs: 2 ** 32 };
    const yearMs = 31_556_952_000;
    const gapsMs = [2 ** 19, 2 ** 20, 2 ** 21, yearMs];
    forAll(traces({ costMost: 20, gapsMs, callsMost: 40, startMs: 1_760_000_000_123 }), (drawn) => {
      const drain = { key: "a", atMs: drawn[0]!.atMs, cost: huge.capacity - 10 };
      const limiter = observe("limiter", new TokenBucket(huge));
      let missing = 0n;
      let latestMs = drain.atMs;
      for (const { key, atMs, cost } of [drain, ...drawn]) {
        missing = atLeastZero(missing - BigInt(atMs - latestMs) * BigInt(huge.refillTokens));
        latestMs = atMs;
        const scale = BigInt(huge.refillIntervalMs);
        const left = BigInt(huge.capacity) * scale - missing - BigInt(cost) * scale;
        const rate = BigInt(huge.refillTokens);
        if (left >= 0n) missing += BigInt(cost) * scale;
        if (left >= 0n) expectDecision(limiter, { key, atMs, cost }, true, Number(left / scale));
        else expectRefusal(limiter, { key, atMs, cost }, Number((-left + rate - 1n) / rate));
      }
    });
  });

  behavior("the largest capacity and times stay exact", tokenBucketBound, () => {
    const most = 2 ** 32 - 1;
    const tokenMs = 2 ** 20;
    const options = { capacity: most, refillTokens: 1, refillIntervalMs: tokenMs };
    const limiter = observe("limiter", new TokenBucket(options));
    const atMs = 2 ** 52 - 2 * tokenMs;
    expectDecision(limiter, { key: "a", atMs, cost: 2 ** 31 }, true, 2 ** 31 - 1);
    expectDecision(limiter, { key: "a", atMs, cost: 2 ** 31 - 1 }, true, 0);
    expectRefusal(limiter, { key: "a", atMs, cost: most }, most * tokenMs);
    expectRefusal(limiter, { key: "a", atMs: atMs + 1, cost: 2 }, 2 * tokenMs - 1);
    expectDecision(limiter, { key: "a", atMs: 2 ** 52, cost: 1 }, true, 1);
  });

  optionPromise("options out of range throw RangeError", steady, (options) => new TokenBucket(options));
  productPromise(
    "a product of options beyond exact arithmetic throws RangeError",
    { capacity: 2 ** 20, refillTokens: 1, refillIntervalMs: 2 ** 32 },
    ["capacity", "refillIntervalMs"],
    (options) => new TokenBucket(options),
  );
});

function atLeastZero(value: bigint): bigint {
  return value < 0n ? 0n : value;
}

/** From every admission to every later one, for the uneven bucket. */
function boundHolds(passed: readonly { atMs: number; cost: number }[], trace: readonly Call[]): void {
  for (const [first, { atMs: fromMs }] of passed.entries()) {
    let total = 0;
    for (const { atMs, cost } of passed.slice(first)) {
      total += cost;
      const most = uneven.capacity * uneven.refillIntervalMs + (atMs - fromMs) * uneven.refillTokens;
      ensure(total * uneven.refillIntervalMs <= most, () => ({
        expected: `at most ${most / uneven.refillIntervalMs} allowed from ${fromMs} ms to ${atMs} ms, both included`,
        got: show(total),
        counterexample: showTrace(trace),
      }));
    }
  }
}
