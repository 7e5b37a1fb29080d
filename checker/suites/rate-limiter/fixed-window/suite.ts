import { behavior, ensure, forAll, observe, show, stage, subject } from "../../../kit/index.ts";
import { fixedWindowBound, refusedCostsNothing, retryAfterTight } from "../invariants.ts";
import { fixedWindow } from "../oracles.ts";
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
  returnPromise,
} from "../promises.ts";
import { admitted, agreesWithOracle, allTraces, showTrace, traces } from "../traces.ts";

const { FixedWindow } = await subject<typeof import("../../../../solutions/rate-limiter/fixed-window.ts")>();

const limit = 4;
const windowMs = 50;
const create = () => new FixedWindow({ limit, windowMs });
const small = { create, limit, windowMs };

stage(1, "Count inside one window", () => {
  behavior("allows up to the limit in a window and refuses the next", fixedWindowBound, () => {
    const limiter = observe("limiter", create());
    for (const remaining of [3, 2, 1, 0]) expectDecision(limiter, { key: "a", atMs: 10, cost: 1 }, true, remaining);
    expectDecision(limiter, { key: "a", atMs: 11, cost: 1 }, false);
    expectDecision(limiter, { key: "a", atMs: 49, cost: 1 }, false);
  });

  behavior("a refused call names the wait until the window ends", retryAfterTight, () => {
    const limiter = observe("limiter", create());
    for (let i = 0; i < limit; i++) limiter.tryAcquire("a", 10);
    expectRefusal(limiter, { key: "a", atMs: 10, cost: 1 }, 40);
    expectRefusal(limiter, { key: "a", atMs: 49, cost: 1 }, 1);
  });

  behavior("refusals do not count", refusedCostsNothing, () => {
    const limiter = observe("limiter", create());
    for (let i = 0; i < 3 * limit; i++) limiter.tryAcquire("a", 10);
    expectDecision(limiter, { key: "a", atMs: 50, cost: 1 }, true, 3);
  });
});

stage(2, "Roll over to the next window", () => {
  behavior("a window ends before its last millisecond is over, not after", fixedWindowBound, () => {
    const limiter = observe("limiter", create());
    for (let i = 0; i < limit; i++) limiter.tryAcquire("a", 0);
    expectDecision(limiter, { key: "a", atMs: 49, cost: 1 }, false);
    expectDecision(limiter, { key: "a", atMs: 50, cost: 1 }, true, 3);
  });

  behavior("windows lie on multiples of windowMs, whenever the first call came", fixedWindowBound, () => {
    const limiter = observe("limiter", create());
    for (let i = 0; i < limit; i++) expectDecision(limiter, { key: "a", atMs: 1_030, cost: 1 }, true);
    expectRefusal(limiter, { key: "a", atMs: 1_031, cost: 1 }, 19);
    expectDecision(limiter, { key: "a", atMs: 1_050, cost: 1 }, true, 3);
  });

  behavior("windows without a call are skipped", fixedWindowBound, () => {
    const limiter = observe("limiter", create());
    for (let i = 0; i < limit; i++) limiter.tryAcquire("a", 10);
    for (let i = 0; i < limit; i++) expectDecision(limiter, { key: "a", atMs: 1_760_000_000_123, cost: 1 }, true);
    expectRefusal(limiter, { key: "a", atMs: 1_760_000_000_123, cost: 1 }, 27);
  });

  behavior("twice the limit passes across a boundary, and never more", fixedWindowBound, () => {
    const limiter = observe("limiter", create());
    for (let i = 0; i < limit; i++) expectDecision(limiter, { key: "a", atMs: 49, cost: 1 }, true);
    for (let i = 0; i < limit; i++) expectDecision(limiter, { key: "a", atMs: 50, cost: 1 }, true);
    expectDecision(limiter, { key: "a", atMs: 51, cost: 1 }, false);
    forAll(traces({ gapsMs: [windowMs - 1, windowMs], callsMost: 40 }), (trace) => {
      const passed = admitted(observe("limiter", create()), trace);
      for (const { atMs: fromMs } of passed) {
        const count = passed.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + windowMs).length;
        ensure(count <= 2 * limit, () => ({
          expected: `at most ${2 * limit} allowed from ${fromMs} ms to ${fromMs + windowMs - 1} ms`,
          got: show(count),
          counterexample: showTrace(trace),
        }));
      }
    });
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
  agePromises(small, fixedWindowBound);
  returnPromise(small, fixedWindowBound);

  behavior("every short sequence of calls is decided as by the definition", fixedWindowBound, () => {
    const tiny = () => new FixedWindow({ limit: 2, windowMs: 3 });
    for (const trace of allTraces(5, [0, 1, 2, 3], [1, 2])) agreesWithOracle(tiny, fixedWindow(2, 3), trace);
  });

  behavior("long sequences of calls are decided as by the definition", fixedWindowBound, () => {
    const options = { keys: ["a", "b"], costMost: limit + 1, gapsMs: [windowMs - 1, windowMs], stepsBack: true };
    for (const startMs of [0, 1_760_000_000_123]) {
      forAll(traces({ ...options, callsMost: 60, startMs }), (trace) => {
        agreesWithOracle(create, fixedWindow(limit, windowMs), trace);
      });
    }
  });

  behavior("the largest limit and times stay exact", fixedWindowBound, () => {
    const most = 2 ** 32 - 1;
    const limiter = observe("limiter", new FixedWindow({ limit: most, windowMs: 2 ** 42 }));
    const atMs = 2 ** 52 - 1;
    expectDecision(limiter, { key: "a", atMs, cost: most - 1 }, true, 1);
    expectRefusal(limiter, { key: "a", atMs, cost: 2 }, 1);
    expectDecision(limiter, { key: "a", atMs, cost: 1 }, true, 0);
    expectDecision(limiter, { key: "a", atMs: atMs + 1, cost: most }, true, 0);
  });

  optionPromise("options out of range throw RangeError", { limit, windowMs }, (options) => new FixedWindow(options));
});
