import type { Decision, RateLimiter } from "../../../../given/rate-limiter/limiter.ts";
import { behavior, ensure, forAll, observe, show, stage, subject } from "../../../kit/index.ts";
import {
  keysAreIndependent,
  meterEqualsBucket,
  publishedGcra,
  queueConstantDrain,
  refusedCostsNothing,
  retryAfterTight,
} from "../invariants.ts";
import { bucket, departure, Oracle } from "../oracles.ts";
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
import { agreesWithOracle, allTraces, type Call, sameDecision, showTrace, traces } from "../traces.ts";

const { LeakyBucketMeter, LeakyBucketQueue } =
  await subject<typeof import("../../../../solutions/rate-limiter/leaky-bucket.ts")>();

type Queue = InstanceType<typeof LeakyBucketQueue>;

/** Four units, one leaks every 10 ms. */
const steady = { capacity: 4, leakUnits: 1, leakIntervalMs: 10 };
/** Four units, three leak every 20 ms: a unit takes 6 and two thirds of a millisecond. */
const uneven = { capacity: 4, leakUnits: 3, leakIntervalMs: 20 };
const createMeter = () => new LeakyBucketMeter(steady);
const createQueue = () => new LeakyBucketQueue(steady);
const meter = { create: createMeter, limit: 4, windowMs: 40, label: "the meter: " };
const queue = { create: () => asLimiter(createQueue()), limit: 4, windowMs: 40, label: "the queue: " };

stage(1, "The meter: police", () => {
  behavior("the meter lets a burst through at once until the bucket is full", meterEqualsBucket, () => {
    const limiter = observe("meter", createMeter());
    for (const remaining of [3, 2, 1, 0]) expectDecision(limiter, { key: "a", atMs: 5, cost: 1 }, true, remaining);
    expectRefusal(limiter, { key: "a", atMs: 5, cost: 1 }, 10);
  });

  behavior("the meter leaks evenly and keeps fractions", meterEqualsBucket, () => {
    const limiter = observe("meter", new LeakyBucketMeter(uneven));
    for (let i = 0; i < 4; i++) limiter.tryAcquire("a", 0);
    for (const [early, wait] of [[0, 7] as const, [7, 7] as const, [14, 6] as const]) {
      expectRefusal(limiter, { key: "a", atMs: early, cost: 1 }, wait);
      expectDecision(limiter, { key: "a", atMs: early + wait, cost: 1 }, true, 0);
    }
  });

  behavior("the meter never leaks below empty", meterEqualsBucket, () => {
    const limiter = observe("meter", createMeter());
    expectDecision(limiter, { key: "a", atMs: 0, cost: 1 }, true, 3);
    expectDecision(limiter, { key: "a", atMs: 1_000_000, cost: 1 }, true, 3);
  });

  behavior("a rate is a ratio: ten times the units in ten times the interval is the same", meterEqualsBucket, () => {
    forAll(traces({ gapsMs: [6, 7, 13, 14, 20, 27], callsMost: 60 }), (trace) => {
      const limiter = observe("meter", new LeakyBucketMeter({ capacity: 4, leakUnits: 30, leakIntervalMs: 200 }));
      const twin = new LeakyBucketMeter(uneven);
      for (const { key, atMs, cost } of trace) {
        const expected = twin.tryAcquire(key, atMs, cost);
        const got = limiter.tryAcquire(key, atMs, cost);
        ensure(sameDecision(got, expected), () => ({
          expected: `${show(expected)}, as with 3 units per 20 ms in place of 30 per 200 ms`,
          got: show(got),
          counterexample: showTrace(trace),
        }));
      }
    });
  });

  behavior("the meter gives the published GCRA rows", publishedGcra, () => {
    const limiter = observe("meter", new LeakyBucketMeter({ capacity: 5, leakUnits: 1, leakIntervalMs: 1_000 }));
    // Source: brandur/redis-cell 4d42338, src/cell/mod.rs, it_rate_limits (MIT), rows 6 to 10.
    for (let i = 0; i < 5; i++) limiter.tryAcquire("foo", 0);
    expectRefusal(limiter, { key: "foo", atMs: 0, cost: 1 }, 1_000);
    expectDecision(limiter, { key: "foo", atMs: 3_000, cost: 1 }, true, 2);
    expectDecision(limiter, { key: "foo", atMs: 3_100, cost: 1 }, true, 1);
    expectDecision(limiter, { key: "foo", atMs: 4_000, cost: 1 }, true, 1);
    expectDecision(limiter, { key: "foo", atMs: 8_000, cost: 1 }, true, 4);
  });

  behavior("the meter allows what a token bucket allows", meterEqualsBucket, () => {
    for (const options of [steady, uneven]) {
      const limits = bucket(options.capacity, options.leakUnits, options.leakIntervalMs);
      forAll(traces({ gapsMs: [10, 20, 27, 40], callsMost: 40 }), (trace) => {
        agreesWithOracle(() => new LeakyBucketMeter(options), limits, trace);
      });
    }
  });

  retryAfterPromise("the meter's retryAfterMs is tight", meter, 1);
});

stage(2, "The queue: shape", () => {
  behavior("the queue lets the first out at once and the others at a constant rate", queueConstantDrain, () => {
    const shaper = observe("queue", createQueue());
    for (const departsAtMs of [5, 15, 25, 35]) expectDeparture(shaper, { key: "a", atMs: 5, cost: 1 }, departsAtMs);
  });

  behavior("the queue drops only when it is full", queueConstantDrain, () => {
    const shaper = observe("queue", createQueue());
    for (let i = 0; i < 4; i++) expectDeparture(shaper, { key: "a", atMs: 0, cost: 1 }, i * 10);
    expectDrop(shaper, { key: "a", atMs: 0, cost: 1 }, 10);
    expectDrop(shaper, { key: "a", atMs: 9, cost: 1 }, 1);
    expectDeparture(shaper, { key: "a", atMs: 10, cost: 1 }, 40);
    expectDrop(shaper, { key: "a", atMs: 10, cost: 1 }, 10);
  });

  behavior("a dropped request delays nobody", refusedCostsNothing, () => {
    const shaper = observe("queue", createQueue());
    for (let i = 0; i < 20; i++) shaper.offer("a", 0);
    expectDeparture(shaper, { key: "a", atMs: 30, cost: 1 }, 40);
  });

  behavior("an empty queue lets a request out at once, however long it was empty", queueConstantDrain, () => {
    const shaper = observe("queue", createQueue());
    expectDeparture(shaper, { key: "a", atMs: 0, cost: 1 }, 0);
    expectDeparture(shaper, { key: "a", atMs: 12, cost: 1 }, 12);
    expectDeparture(shaper, { key: "a", atMs: 13, cost: 1 }, 22);
    expectDeparture(shaper, { key: "a", atMs: 1_760_000_000_123, cost: 1 }, 1_760_000_000_123);
  });

  behavior("departures keep fractions and are rounded up only when they are told", queueConstantDrain, () => {
    const shaper = observe("queue", new LeakyBucketQueue({ capacity: 7, leakUnits: 3, leakIntervalMs: 10 }));
    for (const departsAtMs of [0, 4, 7, 10, 14, 17, 20])
      expectDeparture(shaper, { key: "a", atMs: 0, cost: 1 }, departsAtMs);
  });

  behavior("departures are those of a queue that drains at a constant rate", queueConstantDrain, () => {
    for (const options of [steady, uneven]) {
      forAll(traces({ gapsMs: [10, 13, 20, 27, 40], callsMost: 40 }), (trace) => queueAgrees(options, trace));
    }
  });
});

stage(3, "Drain order, costs and a clock that steps back", () => {
  behavior("a request waits for the whole cost of those before it", queueConstantDrain, () => {
    const shaper = observe("queue", createQueue());
    expectDeparture(shaper, { key: "a", atMs: 0, cost: 2 }, 0);
    expectDeparture(shaper, { key: "a", atMs: 0, cost: 1 }, 20);
    expectDeparture(shaper, { key: "a", atMs: 0, cost: 0 }, 30);
    expectDrop(shaper, { key: "a", atMs: 0, cost: 2 }, 10);
    expectDeparture(shaper, { key: "a", atMs: 10, cost: 2 }, 30);
  });

  // Before the long sequences: their few steps say more.
  for (const one of [meter, queue]) {
    costPromises(one);
    clockPromises(one);
    keyPromises(one);
    memoryPromises(one);
    argumentPromises(one);
    agePromises(one, one === meter ? meterEqualsBucket : queueConstantDrain);
  }

  behavior("requests leave in the order in which they came", queueConstantDrain, () => {
    forAll(traces({ costMost: 4, gapsMs: [20, 27, 40], stepsBack: true, callsMost: 40 }), (trace) => {
      const shaper = observe("queue", new LeakyBucketQueue(uneven));
      let previousMs = 0;
      for (const { key, atMs, cost } of trace) {
        const offer = shaper.offer(key, atMs, cost);
        if (!offer.accepted) continue;
        ensure(offer.departsAtMs >= previousMs, () => ({
          expected: `a departure at ${previousMs} ms or later, after the one before`,
          got: show(offer),
          counterexample: showTrace(trace),
        }));
        previousMs = offer.departsAtMs;
      }
    });
  });

  behavior("every short sequence of requests departs as by the definition", queueConstantDrain, () => {
    const tiny = { capacity: 2, leakUnits: 2, leakIntervalMs: 3 };
    for (const trace of allTraces(5, [0, 1, 2, 3], [1, 2])) queueAgrees(tiny, trace);
  });

  behavior("long sequences of requests depart as by the definition", queueConstantDrain, () => {
    for (const options of [steady, uneven, { capacity: 9, leakUnits: 7, leakIntervalMs: 30 }]) {
      const drawn = { keys: ["a", "b"], costMost: 5, gapsMs: [10, 20, 27, 40], stepsBack: true, callsMost: 60 };
      for (const startMs of [0, 1_760_000_000_123]) {
        forAll(traces({ ...drawn, startMs }), (trace) => queueAgrees(options, trace), { runs: 100 });
      }
    }
  });

  behavior("the meter allows what a token bucket allows, with costs and several keys", meterEqualsBucket, () => {
    for (const options of [steady, uneven, { capacity: 50, leakUnits: 9_973, leakIntervalMs: 60_000 }]) {
      const limits = bucket(options.capacity, options.leakUnits, options.leakIntervalMs);
      const drawn = { keys: ["a", "b"], costMost: options.capacity + 1, gapsMs: [10, 20, 27, 40], stepsBack: true };
      for (const startMs of [0, 1_760_000_000_123]) {
        forAll(traces({ ...drawn, callsMost: 40, startMs }), (trace) => {
          agreesWithOracle(() => new LeakyBucketMeter(options), limits, trace);
        });
      }
    }
  });

  behavior("the largest rates stay exact for years", meterEqualsBucket, () => {
    // A little less than one unit per millisecond; nothing cancels in 2^32 - 1 over 2^32, and the product is the
    // largest allowed.
    const huge = { capacity: 2 ** 20, leakUnits: 2 ** 32 - 1, leakIntervalMs: 2 ** 32 };
    const gapsMs = [2 ** 19, 2 ** 20, 2 ** 21, 31_556_952_000];
    const drawn = { keys: ["a", "b"], costMost: 20, gapsMs, callsMost: 40, startMs: 1_760_000_000_123 };
    forAll(traces(drawn), (calls) => {
      const police = observe("meter", new LeakyBucketMeter(huge));
      const shape = observe("queue", new LeakyBucketQueue(huge));
      const levels = new Map<string, bigint>();
      const rate = BigInt(huge.leakUnits);
      const scale = BigInt(huge.leakIntervalMs);
      const atLeastZero = (value: bigint): bigint => (value < 0n ? 0n : value);
      let latestMs = calls[0]!.atMs;
      const fill = ["a", "b"].map((key) => ({ key, atMs: latestMs, cost: huge.capacity - 10 }));
      for (const { key, atMs, cost } of [...fill, ...calls]) {
        for (const [name, parts] of levels) levels.set(name, atLeastZero(parts - BigInt(atMs - latestMs) * rate));
        latestMs = atMs;
        const level = levels.get(key) ?? 0n;
        const space = BigInt(huge.capacity) * scale - level - BigInt(cost) * scale;
        if (space >= 0n) {
          expectDecision(police, { key, atMs, cost }, true, Number(space / scale));
          expectDeparture(shape, { key, atMs, cost }, atMs + Number((level + rate - 1n) / rate));
          levels.set(key, level + BigInt(cost) * scale);
        } else {
          expectRefusal(police, { key, atMs, cost }, Number((-space + rate - 1n) / rate));
          expectDrop(shape, { key, atMs, cost }, Number((-space + rate - 1n) / rate));
        }
      }
    });
  });

  behavior("the largest capacity and times stay exact", queueConstantDrain, () => {
    const most = 2 ** 32 - 1;
    const unitMs = 2 ** 20;
    const options = { capacity: most, leakUnits: 1, leakIntervalMs: unitMs };
    const police = observe("meter", new LeakyBucketMeter(options));
    const shape = observe("queue", new LeakyBucketQueue(options));
    const atMs = 2 ** 52 - 2 * unitMs;
    expectDecision(police, { key: "a", atMs, cost: 2 ** 31 }, true, 2 ** 31 - 1);
    expectDeparture(shape, { key: "a", atMs, cost: 2 ** 31 }, atMs);
    expectDecision(police, { key: "a", atMs, cost: 2 ** 31 - 1 }, true, 0);
    expectDeparture(shape, { key: "a", atMs, cost: 2 ** 31 - 1 }, atMs + 2 ** 31 * unitMs);
    expectRefusal(police, { key: "a", atMs: atMs + 1, cost: 2 }, 2 * unitMs - 1);
    expectDrop(shape, { key: "a", atMs: atMs + 1, cost: 2 }, 2 * unitMs - 1);
    expectDecision(police, { key: "a", atMs: 2 ** 52, cost: 1 }, true, 1);
    expectDeparture(shape, { key: "a", atMs: 2 ** 52, cost: 1 }, atMs + most * unitMs);
  });

  behavior("what an offer returned never changes", keysAreIndependent, () => {
    const shaper = observe("queue", createQueue());
    const offers = [0, 0, 0, 0, 0, 10, 500].map((atMs) => shaper.offer("a", atMs));
    const departures = offers.map((offer) => (offer.accepted ? offer.departsAtMs : `dropped, ${offer.retryAfterMs}`));
    const expected = [0, 10, 20, 30, "dropped, 10", 40, 500];
    ensure(show(departures) === show(expected), () => ({ expected: show(expected), got: show(departures) }));
  });

  behavior("the queue accepts exactly what the meter allows", meterEqualsBucket, () => {
    const drawn = { keys: ["a", "b"], costMost: 5, gapsMs: [20, 27, 40], stepsBack: true, callsMost: 40 };
    forAll(traces(drawn), (trace) => {
      const police = observe("meter", new LeakyBucketMeter(uneven));
      const shape = observe("queue", new LeakyBucketQueue(uneven));
      for (const { key, atMs, cost } of trace) {
        const decision = police.tryAcquire(key, atMs, cost);
        const offer = shape.offer(key, atMs, cost);
        ensure(decision.allowed === offer.accepted, () => ({
          expected: "the two to take the same requests: they differ only in when a request goes out",
          got: `${show(decision)} from the meter and ${show(offer)} from the queue`,
          counterexample: showTrace(trace),
        }));
      }
    });
  });

  retryAfterPromise("the queue's retryAfterMs is tight", queue);
  optionPromise("the meter: options out of range throw RangeError", steady, (options) => new LeakyBucketMeter(options));
  productPromise(
    "a product of options beyond exact arithmetic throws RangeError",
    { capacity: 2 ** 20, leakUnits: 1, leakIntervalMs: 2 ** 32 },
    ["capacity", "leakIntervalMs"],
    (options) => new LeakyBucketMeter(options),
  );
  optionPromise("the queue: options out of range throw RangeError", steady, (options) => new LeakyBucketQueue(options));
});

/** Accepts what the definition accepts, and tells the departure that the water above gives. */
function queueAgrees(options: typeof steady, trace: readonly Call[]): void {
  const { capacity, leakUnits, leakIntervalMs } = options;
  const run = (shaper: Queue, fail: (expected: string, got: string) => void) => {
    const oracle = new Oracle(bucket(capacity, leakUnits, leakIntervalMs));
    let latestMs = 0;
    for (const { key, atMs, cost } of trace) {
      latestMs = Math.max(latestMs, atMs);
      const departsAtMs = departure(oracle.admissions(key), latestMs, leakUnits, leakIntervalMs);
      const decision = oracle.tryAcquire(key, atMs, cost);
      const expected = decision.allowed
        ? { accepted: true, departsAtMs }
        : { accepted: false, retryAfterMs: decision.retryAfterMs };
      const got = shaper.offer(key, atMs, cost);
      if (!sameOffer(got, expected)) return fail(show(expected), show(got));
    }
  };
  let failed = false;
  run(new LeakyBucketQueue(options), () => {
    failed = true;
  });
  if (!failed) return;
  run(observe("queue", new LeakyBucketQueue(options)), (expected, got) =>
    ensure(false, () => ({ expected, got, counterexample: showTrace(trace) })),
  );
}

type LooseOffer = { readonly accepted: boolean; readonly departsAtMs?: number; readonly retryAfterMs?: number };

function sameOffer(a: LooseOffer, b: LooseOffer): boolean {
  return a.accepted === b.accepted && a.departsAtMs === b.departsAtMs && a.retryAfterMs === b.retryAfterMs;
}

function expectDeparture(shaper: Queue, { key, atMs, cost }: Call, departsAtMs: number): void {
  const got = shaper.offer(key, atMs, cost);
  ensure(got.accepted && got.departsAtMs === departsAtMs, () => ({
    expected: `{ accepted: true, departsAtMs: ${departsAtMs} }`,
    got: show(got),
  }));
}

function expectDrop(shaper: Queue, { key, atMs, cost }: Call, retryAfterMs: number): void {
  const got = shaper.offer(key, atMs, cost);
  ensure(!got.accepted && got.retryAfterMs === retryAfterMs, () => ({
    invariant: retryAfterTight,
    expected: `{ accepted: false, retryAfterMs: ${retryAfterMs} }`,
    got: show(got),
  }));
}

/** The steady queue seen as a limiter: what is left of the capacity follows from when the next request would depart. */
function asLimiter(shaper: Queue): RateLimiter {
  const { capacity, leakIntervalMs } = steady;
  let latestMs = 0;
  return {
    tryAcquire(key: string, nowMs: number, cost = 1): Decision {
      const offer = shaper.offer(key, nowMs, cost);
      latestMs = Math.max(latestMs, nowMs);
      if (!offer.accepted) return { allowed: false, retryAfterMs: offer.retryAfterMs };
      const next = shaper.offer(key, nowMs, 0);
      const waitMs = next.accepted ? next.departsAtMs - latestMs : Number.NaN;
      return { allowed: true, remaining: Math.floor(capacity - waitMs / leakIntervalMs) };
    },
    get size(): number {
      return shaper.size;
    },
  };
}
