import { behavior, ensure, forAll, observe, show, stage, subject } from "../../../kit/index.ts";
import { idleKeysForgotten, refusedCostsNothing, retryAfterTight, slidingLogExact } from "../invariants.ts";
import { slidingLog } from "../oracles.ts";
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
  retryAfterPromise,
} from "../promises.ts";
import { admitted, agreesWithOracle, allTraces, showTrace, traces } from "../traces.ts";

const { SlidingWindowLog } = await subject<typeof import("../../../../solutions/rate-limiter/sliding-window-log.ts")>();

const limit = 4;
const windowMs = 50;
const create = () => new SlidingWindowLog({ limit, windowMs });
const small = { create, limit, windowMs };

stage(1, "Count exactly", () => {
  behavior("allows up to the limit and refuses the next", slidingLogExact, () => {
    const limiter = observe("limiter", create());
    for (const remaining of [3, 2, 1, 0]) expectDecision(limiter, { key: "a", atMs: 30, cost: 1 }, true, remaining);
    expectDecision(limiter, { key: "a", atMs: 31, cost: 1 }, false);
  });

  behavior("no boundary lets a second burst through", slidingLogExact, () => {
    const limiter = observe("limiter", create());
    for (let i = 0; i < limit; i++) expectDecision(limiter, { key: "a", atMs: 49, cost: 1 }, true);
    for (const atMs of [50, 51, 98]) expectDecision(limiter, { key: "a", atMs, cost: 1 }, false);
  });

  behavior("what was allowed at t counts to t + windowMs - 1", slidingLogExact, () => {
    const limiter = observe("limiter", create());
    for (const atMs of [0, 10, 20, 30]) expectDecision(limiter, { key: "a", atMs, cost: 1 }, true);
    expectDecision(limiter, { key: "a", atMs: 49, cost: 1 }, false);
    expectDecision(limiter, { key: "a", atMs: 50, cost: 1 }, true, 0);
    expectDecision(limiter, { key: "a", atMs: 59, cost: 1 }, false);
    expectDecision(limiter, { key: "a", atMs: 60, cost: 1 }, true, 0);
  });

  behavior("a refusal is not remembered", refusedCostsNothing, () => {
    const limiter = observe("limiter", create());
    for (const atMs of [0, 10, 20, 30]) expectDecision(limiter, { key: "a", atMs, cost: 1 }, true);
    for (let atMs = 31; atMs < 50; atMs++) expectDecision(limiter, { key: "a", atMs, cost: 1 }, false);
    expectDecision(limiter, { key: "a", atMs: 75, cost: 1 }, true, 2);
  });
});

stage(2, "Forget what is too old", () => {
  behavior("a refused call names the time at which the oldest admission leaves", retryAfterTight, () => {
    const limiter = observe("limiter", create());
    for (const atMs of [3, 10, 20, 30]) limiter.tryAcquire("a", atMs);
    expectRefusal(limiter, { key: "a", atMs: 30, cost: 1 }, 23);
    expectRefusal(limiter, { key: "a", atMs: 52, cost: 1 }, 1);
  });

  behavior("any windowMs consecutive milliseconds contain at most the limit", slidingLogExact, () => {
    forAll(traces({ gapsMs: [windowMs - 1, windowMs], callsMost: 60 }), (trace) => {
      const passed = admitted(observe("limiter", create()), trace);
      for (const { atMs: fromMs } of passed) {
        const count = passed.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + windowMs).length;
        ensure(count <= limit, () => ({
          expected: `at most ${limit} allowed from ${fromMs} ms to ${fromMs + windowMs - 1} ms`,
          got: show(count),
          counterexample: showTrace(trace),
        }));
      }
    });
  });

  behavior("entries that no longer count are dropped by the key's next call", idleKeysForgotten, () => {
    const limiter = observe("limiter", create());
    for (const atMs of [0, 10, 20, 30]) limiter.tryAcquire("a", atMs);
    entryCountIs(limiter, 4);
    limiter.tryAcquire("a", 65);
    entryCountIs(limiter, 3);
    limiter.tryAcquire("a", 500);
    entryCountIs(limiter, 1);
  });

  behavior("a long life leaves no more entries than the limit", idleKeysForgotten, () => {
    const limiter = create();
    for (let i = 0; i < 100_000; i++) {
      limiter.tryAcquire("a", i * 7);
      ensure(limiter.entryCount <= limit, () => ({
        steps: [`limiter.tryAcquire("a", …) every 7 ms, ${i + 1} times`],
        expected: `at most ${limit} entries, the limit`,
        got: `entryCount ${limiter.entryCount}`,
      }));
    }
  });

  retryAfterPromise("retryAfterMs is tight", small, 1);
});

stage(3, "Bounded memory and a clock that steps back", () => {
  // Before the long sequences: their few steps say more.
  costPromises(small);
  clockPromises(small);
  keyPromises(small);
  memoryPromises(small);
  argumentPromises(small);
  agePromises(small, slidingLogExact);

  behavior("every short sequence of calls is decided as by the definition", slidingLogExact, () => {
    const tiny = () => new SlidingWindowLog({ limit: 2, windowMs: 3 });
    for (const trace of allTraces(5, [0, 1, 2, 3], [1, 2])) agreesWithOracle(tiny, slidingLog(2, 3), trace);
  });

  behavior("long sequences of calls are decided as by the definition", slidingLogExact, () => {
    const options = { keys: ["a", "b"], costMost: limit + 1, gapsMs: [windowMs - 1, windowMs], stepsBack: true };
    for (const startMs of [0, 1_760_000_000_123]) {
      forAll(traces({ ...options, callsMost: 60, startMs }), (trace) => {
        agreesWithOracle(create, slidingLog(limit, windowMs), trace);
      });
    }
  });

  behavior("a large log is decided as by the definition", slidingLogExact, () => {
    const large = { limit: 300, windowMs: 1_000 };
    const options = { costMost: 9, gapsMs: [300, 999, 1_000], callsMost: 400 };
    forAll(
      traces(options),
      (trace) => agreesWithOracle(() => new SlidingWindowLog(large), slidingLog(large.limit, large.windowMs), trace),
      { runs: 10 },
    );
  });

  behavior("the entries of idle keys are forgotten with them", idleKeysForgotten, () => {
    const limiter = create();
    for (let i = 0; i < 2_000; i++) limiter.tryAcquire(`visitor:${i}`, i % windowMs, 1);
    for (let i = 0; i <= 2_000; i++) limiter.tryAcquire("busy", 3 * windowMs + i, 1);
    ensure(limiter.entryCount <= 67 + limit, () => ({
      steps: ["2000 keys make one call each", "three windows later another key makes 2001 calls"],
      expected: `at most ${67 + limit} entries: those of the active key, and one each of at most 67 idle keys`,
      got: `entryCount ${limiter.entryCount}`,
    }));
  });

  behavior("costs of any size add up", slidingLogExact, () => {
    for (const cost of [127, 128, 255, 256, 32_767, 32_768, 65_535, 65_536]) {
      const limiter = observe("limiter", new SlidingWindowLog({ limit: 2 * cost, windowMs }));
      expectDecision(limiter, { key: "a", atMs: 0, cost }, true, cost);
      expectDecision(limiter, { key: "a", atMs: 10, cost }, true, 0);
      expectRefusal(limiter, { key: "a", atMs: 10, cost: cost + 1 }, windowMs);
      expectDecision(limiter, { key: "a", atMs: windowMs, cost: 1 }, true, cost - 1);
    }
  });

  behavior("the largest limit and times stay exact", slidingLogExact, () => {
    const most = 2 ** 32 - 1;
    const longest = 2 ** 42;
    const limiter = observe("limiter", new SlidingWindowLog({ limit: most, windowMs: longest }));
    const atMs = 2 ** 52 - longest;
    // Few units, because a log may keep an entry for each.
    expectDecision(limiter, { key: "a", atMs, cost: 3 }, true, most - 3);
    expectRefusal(limiter, { key: "a", atMs, cost: most - 2 }, longest);
    expectDecision(limiter, { key: "a", atMs: 2 ** 52 - 1, cost: 2 }, true, most - 5);
    expectDecision(limiter, { key: "a", atMs: 2 ** 52, cost: 0 }, true, most - 2);
  });

  optionPromise(
    "options out of range throw RangeError",
    { limit, windowMs },
    (options) => new SlidingWindowLog(options),
  );
});

function entryCountIs(limiter: { readonly entryCount: number }, expected: number): void {
  ensure(limiter.entryCount === expected, () => ({
    expected: `entryCount ${expected}: what still counts`,
    got: `entryCount ${limiter.entryCount}`,
  }));
}
