import { behavior, ensure, forAll, observe, show, stage, subject } from "../../../kit/index.ts";
import { retryAfterTight, slidingCounterEstimate } from "../invariants.ts";
import { slidingCounter } from "../oracles.ts";
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
  returnPromise,
} from "../promises.ts";
import { agreesWithOracle, allTraces, traces } from "../traces.ts";

const { SlidingWindowCounter } =
  await subject<typeof import("../../../../solutions/rate-limiter/sliding-window-counter.ts")>();

const limit = 4;
const windowMs = 50;
const create = () => new SlidingWindowCounter({ limit, windowMs });
const small = { create, limit, windowMs };

stage(1, "Weigh the previous window", () => {
  behavior("allows up to the limit in a first window and refuses the next", slidingCounterEstimate, () => {
    const limiter = observe("limiter", create());
    for (const remaining of [3, 2, 1, 0]) expectDecision(limiter, { key: "a", atMs: 30, cost: 1 }, true, remaining);
    expectDecision(limiter, { key: "a", atMs: 49, cost: 1 }, false);
  });

  behavior("half way through a window, half of the previous count still counts", slidingCounterEstimate, () => {
    const limiter = observe("limiter", new SlidingWindowCounter({ limit: 100, windowMs: 1_000 }));
    expectDecision(limiter, { key: "a", atMs: 700, cost: 80 }, true, 20);
    expectDecision(limiter, { key: "a", atMs: 1_500, cost: 40 }, true, 20);
    expectDecision(limiter, { key: "a", atMs: 1_500, cost: 21 }, false);
    expectDecision(limiter, { key: "a", atMs: 1_500, cost: 20 }, true, 0);
  });

  behavior("a new window starts with the whole previous count", slidingCounterEstimate, () => {
    const limiter = observe("limiter", create());
    expectDecision(limiter, { key: "a", atMs: 49, cost: limit }, true, 0);
    expectDecision(limiter, { key: "a", atMs: 50, cost: 1 }, false);
    expectDecision(limiter, { key: "a", atMs: 62, cost: 1 }, false);
    expectDecision(limiter, { key: "a", atMs: 63, cost: 1 }, true, 0);
  });

  behavior("a window without a call leaves nothing to weigh", slidingCounterEstimate, () => {
    const limiter = observe("limiter", create());
    expectDecision(limiter, { key: "a", atMs: 49, cost: limit }, true, 0);
    expectDecision(limiter, { key: "a", atMs: 100, cost: limit }, true, 0);
    expectDecision(limiter, { key: "a", atMs: 1_000, cost: limit }, true, 0);
  });

  behavior("fractions of the estimate are not rounded away", slidingCounterEstimate, () => {
    const limiter = observe("limiter", new SlidingWindowCounter({ limit: 3, windowMs: 10 }));
    expectDecision(limiter, { key: "a", atMs: 0, cost: 3 }, true, 0);
    // 3 * 7 / 10 = 2.1: with 1 more it is 3.1, which is more than 3.
    expectDecision(limiter, { key: "a", atMs: 13, cost: 1 }, false);
    // 3 * 6 / 10 = 1.8: with 1 more it is 2.8, and no second one fits.
    expectDecision(limiter, { key: "a", atMs: 14, cost: 1 }, true, 0);
  });
});

stage(2, "Say when to come back", () => {
  behavior("the wait ends when enough of the previous window has slid out", retryAfterTight, () => {
    const limiter = observe("limiter", create());
    expectDecision(limiter, { key: "a", atMs: 49, cost: limit }, true, 0);
    expectRefusal(limiter, { key: "a", atMs: 50, cost: 1 }, 13);
    expectRefusal(limiter, { key: "a", atMs: 50, cost: 3 }, 38);
  });

  behavior("the wait may reach into the next window", retryAfterTight, () => {
    const limiter = observe("limiter", create());
    expectDecision(limiter, { key: "a", atMs: 10, cost: limit }, true, 0);
    expectRefusal(limiter, { key: "a", atMs: 10, cost: 1 }, 53);
    expectRefusal(limiter, { key: "a", atMs: 10, cost: limit }, 90);
  });

  retryAfterPromise("retryAfterMs is tight", small, 1);
});

stage(3, "Many keys, costs and a clock that steps back", () => {
  // Before the long sequences: their few steps say more.
  costPromises(small);
  clockPromises(small);
  keyPromises(small);
  memoryPromises(small);
  argumentPromises(small);
  agePromises(small, slidingCounterEstimate);
  returnPromise(small, slidingCounterEstimate);

  behavior("every short sequence of calls is decided as by the definition", slidingCounterEstimate, () => {
    const tiny = () => new SlidingWindowCounter({ limit: 2, windowMs: 3 });
    for (const trace of allTraces(5, [0, 1, 2, 3], [1, 2])) agreesWithOracle(tiny, slidingCounter(2, 3), trace);
  });

  behavior("long sequences of calls are decided as by the definition", slidingCounterEstimate, () => {
    const options = { keys: ["a", "b"], costMost: limit + 1, gapsMs: [windowMs - 1, windowMs], stepsBack: true };
    for (const startMs of [0, 1_760_000_000_123]) {
      forAll(traces({ ...options, callsMost: 60, startMs }), (trace) => {
        agreesWithOracle(create, slidingCounter(limit, windowMs), trace);
      });
    }
  });

  behavior("every weight of every previous count is exact", slidingCounterEstimate, () => {
    const size = 60;
    for (let previous = 1; previous <= size; previous++) {
      for (let elapsedMs = 0; elapsedMs < size; elapsedMs++) {
        const limiter = new SlidingWindowCounter({ limit: size, windowMs: size });
        const room = Math.floor((size * size - previous * (size - elapsedMs)) / size);
        limiter.tryAcquire("a", 0, previous);
        const tooMuch = limiter.tryAcquire("a", size + elapsedMs, room + 1);
        const enough = limiter.tryAcquire("a", size + elapsedMs, room);
        ensure(!tooMuch.allowed && enough.allowed, () => ({
          steps: [
            `limit ${size}, windowMs ${size}: ${previous} allowed at 0 ms`,
            `then the clock is at ${size + elapsedMs} ms`,
          ],
          expected:
            `${room + 1} more to be refused and ${room} more to be allowed: ` +
            `${previous} * ${size - elapsedMs} / ${size} still count`,
          got: `${show(tooMuch)} and ${show(enough)}`,
          note: "A fraction in floating point is not the fraction: compare whole numbers.",
        }));
      }
    }
  });

  behavior("the largest limit and window stay exact", slidingCounterEstimate, () => {
    const most = 2 ** 32 - 1;
    const longMs = 2 ** 20;
    const limiter = observe("limiter", new SlidingWindowCounter({ limit: most, windowMs: longMs }));
    const startMs = 2 ** 52 - 4 * longMs;
    expectDecision(limiter, { key: "a", atMs: startMs, cost: most }, true, 0);
    // One millisecond into the next window (2^32 - 1) / 2^20 = 4095.999… has slid out.
    expectDecision(limiter, { key: "a", atMs: startMs + longMs + 1, cost: 4_096 }, false);
    expectDecision(limiter, { key: "a", atMs: startMs + longMs + 1, cost: 4_094 }, true, 1);
    expectRefusal(limiter, { key: "a", atMs: startMs + longMs + 1, cost: 2 }, 1);
  });

  optionPromise(
    "options out of range throw RangeError",
    { limit, windowMs },
    (options) => new SlidingWindowCounter(options),
  );
  productPromise(
    "a product of options beyond exact arithmetic throws RangeError",
    { limit: 2 ** 20, windowMs: 2 ** 32 },
    ["limit", "windowMs"],
    (options) => new SlidingWindowCounter(options),
  );
});
