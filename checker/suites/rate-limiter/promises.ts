/** Behaviors that every limiter promises in `given/rate-limiter/limiter.ts`, checked the same way for each. */

import type { RateLimiter } from "../../../given/rate-limiter/limiter.ts";
import {
  behavior,
  distinctNames,
  ensure,
  forAll,
  type Invariant,
  LONG_RUNS,
  observe,
  show,
  violated,
} from "../../kit/index.ts";
import {
  clockNeverMints,
  idleKeysForgotten,
  keysAreIndependent,
  refusedCostsNothing,
  retryAfterTight,
} from "./invariants.ts";
import { type Call, replay, retryAfterIsTight, sameDecision, seededTrace, showTrace, traces } from "./traces.ts";

/** How to make the limiter under test, and what its quota means in time. */
export interface Subject {
  readonly create: () => RateLimiter;
  readonly limit: number;
  /** The window, or the time in which a bucket goes from empty to full. */
  readonly windowMs: number;
  /** Put before the names of the behaviors, where one exercise has two limiters. */
  readonly label?: string;
}

/** Starts that matter: the beginning of time, a window's boundary by chance, and a clock as machines have it. */
const WALL_CLOCK_MS = 1_760_000_000_123;

export function costPromises({ create, limit, windowMs, label = "" }: Subject): void {
  behavior(`${label}a refused call costs nothing`, refusedCostsNothing, () => {
    forAll(traces({ costMost: limit + 1, gapsMs: [windowMs - 1, windowMs] }), (trace) => {
      const limiter = observe("limiter", create());
      const allowed: Call[] = [];
      for (const call of trace) {
        const decision = limiter.tryAcquire(call.key, call.atMs, call.cost);
        const without = replay(create(), allowed).tryAcquire(call.key, call.atMs, call.cost);
        ensure(sameDecision(decision, without), () => ({
          expected: `${show(without)}, as a limiter answers that never got the refused calls`,
          got: show(decision),
          counterexample: showTrace(trace),
        }));
        if (decision.allowed) allowed.push(call);
      }
    });
  });

  behavior(`${label}cost 0 is always allowed, takes nothing and stores no key`, refusedCostsNothing, () => {
    const limiter = observe("limiter", create());
    expectDecision(limiter, { key: "a", atMs: 0, cost: 0 }, true, limit);
    ensure(limiter.size === 0, () => ({ expected: "no key stored after a probe", got: `size ${limiter.size}` }));
    expectDecision(limiter, { key: "a", atMs: 0, cost: limit }, true, 0);
    expectDecision(limiter, { key: "a", atMs: 0, cost: 0 }, true, 0);
  });

  behavior(`${label}a cost above the limit is refused for ever`, retryAfterTight, () => {
    const limiter = observe("limiter", create());
    for (const cost of [limit + 1, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]) {
      const decision = limiter.tryAcquire("a", 0, cost);
      ensure(!decision.allowed && decision.retryAfterMs === Infinity, () => ({
        expected: "{ allowed: false, retryAfterMs: Infinity }: no wait makes room for more than the limit",
        got: show(decision),
      }));
    }
    expectDecision(limiter, { key: "a", atMs: 0, cost: limit }, true, 0);
  });
}

/** Keys, costs and a clock as machines have it, in one property. */
export function retryAfterPromise(name: string, { create, limit, windowMs }: Subject, costMost = limit): void {
  behavior(name, retryAfterTight, () => {
    for (const startMs of [0, WALL_CLOCK_MS]) {
      const options = { costMost, gapsMs: [windowMs - 1, windowMs], callsMost: 12, startMs };
      forAll(traces(options), (trace) => retryAfterIsTight(create, trace), { runs: 150 });
    }
  });
}

export function clockPromises({ create, limit, windowMs, label = "" }: Subject): void {
  behavior(`${label}a clock that steps back gives nobody anything`, clockNeverMints, () => {
    const limiter = observe("limiter", create());
    const laterMs = 10 * windowMs;
    expectDecision(limiter, { key: "a", atMs: laterMs, cost: limit }, true, 0);
    for (const atMs of [laterMs - 1, laterMs - windowMs, 0, windowMs, laterMs - 1, laterMs]) {
      const decision = limiter.tryAcquire("a", atMs, 1);
      ensure(!decision.allowed, () => ({
        expected: `a refusal: everything was used at ${laterMs} ms, and no time has passed since`,
        got: show(decision),
        note: "A stepped-back clock must neither give tokens now nor count the same milliseconds twice later.",
      }));
    }
  });

  behavior(`${label}a clock that steps back is taken as the latest time seen`, clockNeverMints, () => {
    const options = { keys: ["a", "b"], costMost: limit, gapsMs: [windowMs - 1, windowMs], stepsBack: true };
    forAll(traces(options), (trace) => {
      const limiter = observe("limiter", create());
      const twin = create();
      let latestMs = 0;
      for (const { key, atMs, cost } of trace) {
        latestMs = Math.max(latestMs, atMs);
        const got = limiter.tryAcquire(key, atMs, cost);
        const atLatest = twin.tryAcquire(key, latestMs, cost);
        const expected = atLatest.allowed
          ? atLatest
          : { allowed: false as const, retryAfterMs: atLatest.retryAfterMs + (latestMs - atMs) };
        ensure(sameDecision(got, expected), () => ({
          expected: `${show(expected)}, as at ${latestMs} ms, with retryAfterMs counted from ${atMs} ms`,
          got: show(got),
          counterexample: showTrace(trace),
        }));
      }
    });
  });

  behavior(`${label}retryAfterMs is tight after the clock stepped back`, retryAfterTight, () => {
    const options = { costMost: limit, gapsMs: [windowMs], stepsBack: true, callsMost: 10 };
    forAll(traces(options), (trace) => retryAfterIsTight(create, trace), { runs: 150 });
  });
}

export function keyPromises({ create, limit, windowMs, label = "" }: Subject): void {
  behavior(`${label}one key's calls never change what another is allowed`, keysAreIndependent, () => {
    const keys = ["a", "b", "c"];
    forAll(traces({ keys, costMost: limit, gapsMs: [windowMs], callsMost: 40 }), (trace) => {
      const limiter = observe("limiter", create());
      const alone = new Map(keys.map((key) => [key, create()]));
      for (const { key, atMs, cost } of trace) {
        const got = limiter.tryAcquire(key, atMs, cost);
        const expected = alone.get(key)!.tryAcquire(key, atMs, cost);
        ensure(sameDecision(got, expected), () => ({
          expected: `${show(expected)}, as "${key}" is answered when it is the only key`,
          got: show(got),
          counterexample: showTrace(trace),
        }));
      }
    });
  });

  behavior(`${label}any string is a key`, keysAreIndependent, () => {
    const everyoneHasItsOwn = (keys: readonly string[]): void => {
      const limiter = observe("limiter", create());
      for (const key of keys) expectDecision(limiter, { key, atMs: 0, cost: limit }, true, 0);
      for (const key of keys) expectDecision(limiter, { key, atMs: 0, cost: 1 }, false);
    };
    everyoneHasItsOwn(["", "__proto__", "constructor", "toString", "hasOwnProperty", "0", "-1", "\u00e9", "e\u0301"]);
    forAll(distinctNames(8), everyoneHasItsOwn, { runs: 60 });
  });

  behavior(`${label}a hundred thousand keys keep their own counts`, keysAreIndependent, () => {
    const limiter = create();
    const used = (i: number) => 1 + (i % limit);
    for (let i = 0; i < MANY; i++) limiter.tryAcquire(`user:${i}`, 0, used(i));
    for (let i = 0; i < MANY; i++) {
      const got = limiter.tryAcquire(`user:${i}`, 0, 0);
      ensure(got.allowed && got.remaining === limit - used(i), () => ({
        steps: [`${MANY} keys are allowed 1, 2, 3, … at 0 ms`, `then limiter.tryAcquire("user:${i}", 0, 0)`],
        expected: `{ allowed: true, remaining: ${limit - used(i)} }`,
        got: show(got),
      }));
    }
    ensure(limiter.size === MANY, () => ({ expected: `size ${MANY}`, got: `size ${limiter.size}` }));
  });
}

/** Calls, or keys, after which what breaks "after a while" has broken. */
const MANY = LONG_RUNS.at(-1)!;

/** Calls in a round of `agePromises`, different rounds, and the visitor at the end of each. */
const ROUND = { calls: 24, kinds: 16 };

export function agePromises({ create, limit, windowMs, label = "" }: Subject, rule: Invariant): void {
  behavior(`${label}after a hundred thousand calls it decides as a new limiter does`, rule, () => {
    const gapsMs = [0, 0, 1, 2, 3, 7, windowMs - 1, windowMs];
    const rounds = Array.from({ length: ROUND.kinds }, (_, i) => seededTrace(i, ROUND.calls, limit, gapsMs));
    const decisions = rounds.map((calls) => {
      const fresh = create();
      return calls.map(({ key, atMs, cost }) => fresh.tryAcquire(key, atMs, cost));
    });
    // Whole windows, so that boundaries lie where they lay; and so many that every key is idle when a round begins.
    const roundMs = windowMs * (ROUND.calls + 3);
    const limiter = create();
    for (let n = 0; n * (ROUND.calls + 1) < MANY; n++) {
      const startMs = WALL_CLOCK_MS - (WALL_CLOCK_MS % windowMs) + n * roundMs;
      const calls = rounds[n % ROUND.kinds]!;
      for (const [i, { key, atMs, cost }] of calls.entries()) {
        const got = limiter.tryAcquire(key, startMs + atMs, cost);
        const expected = decisions[n % ROUND.kinds]![i]!;
        if (sameDecision(got, expected)) continue;
        violated({
          steps: [
            `${n * (ROUND.calls + 1)} calls, after which every key is idle`,
            `and again: ${showTrace(calls.slice(0, i + 1).map((call) => ({ ...call, atMs: startMs + call.atMs })))}`,
          ],
          expected: `${show(expected)}, as a new limiter answers`,
          got: show(got),
        });
      }
      expectDecision(limiter, { key: `visitor:${n}`, atMs: startMs + calls.at(-1)!.atMs, cost: limit }, true, 0);
    }
  });

  behavior(`${label}what a call returned never changes`, keysAreIndependent, () => {
    const limiter = observe("limiter", create());
    const calls = seededTrace(0, 40, limit + 1, [0, 1, windowMs]);
    const returned = calls.map(({ key, atMs, cost }) => limiter.tryAcquire(key, atMs, cost));
    const [fresh, first] = [create(), returned.map((decision) => ({ ...decision }))];
    for (const [i, { key, atMs, cost }] of calls.entries()) {
      const expected = fresh.tryAcquire(key, atMs, cost);
      const told = { ...expected };
      ensure(sameDecision(first[i]!, told), () => ({
        expected: `${show(told)}, from call ${i + 1} on, whatever is called later`,
        got: show(first[i]),
        note: "A decision that is used again for the next call changes in the hands of whoever asked first.",
      }));
    }
  });
}

/** For limiters that number their windows: `keys` of them are stored while so many windows begin, each with a call. */
export function returnPromise({ create, limit, windowMs }: Subject, rule: Invariant): void {
  behavior("a key that returns after many windows starts anew, whatever number its last one had", rule, () => {
    // So many keys that no limiter has come round to look at all of them in as many calls.
    for (const [windows, keys] of [
      [256, 5_000],
      [65_536, 450_000],
    ] as const) {
      const limiter = create();
      for (let i = 0; i < keys; i++) limiter.tryAcquire(`user:${i}`, 0, limit);
      for (let n = 1; n < windows - 1; n++) limiter.tryAcquire("busy", n * windowMs, 1);
      for (const later of [-1, 0, 1]) {
        // Few of them: each call may look at others, too.
        for (let i = 1 + later; i < 60; i += 3) {
          const atMs = (windows + later) * windowMs;
          const got = limiter.tryAcquire(`user:${i}`, atMs, limit);
          ensure(got.allowed && got.remaining === 0, () => ({
            steps: [
              `${keys} keys use their whole limit at 0 ms`,
              `each of the next windows has one call for another key`,
              `user:${i} asks for ${limit} in window ${windows + later}, at ${atMs} ms`,
            ],
            expected: "{ allowed: true, remaining: 0 }: its last call is long past",
            got: show(got),
          }));
        }
      }
    }
  });
}

/** Keys in the tests below arrive at this many per window. */
const KEYS_PER_WINDOW = 50;

export function memoryPromises({ create, limit, windowMs, label = "" }: Subject): void {
  behavior(`${label}size counts the keys that are stored`, idleKeysForgotten, () => {
    const limiter = observe("limiter", create());
    for (const key of ["a", "b", "a", "c"]) limiter.tryAcquire(key, 0, 1);
    ensure(limiter.size === 3, () => ({ expected: "size 3: a, b and c", got: `size ${limiter.size}` }));
  });

  behavior(`${label}keys that come once do not pile up`, idleKeysForgotten, () => {
    const limiter = create();
    const most = 4 * 2 * KEYS_PER_WINDOW + 64;
    for (let i = 0; i < 100 * KEYS_PER_WINDOW; i++) {
      const atMs = Math.floor((i * windowMs) / KEYS_PER_WINDOW);
      limiter.tryAcquire(`visitor:${i}`, atMs, limit);
      if (limiter.size <= most) continue;
      violated({
        steps: [`each of ${i + 1} keys makes one call, ${KEYS_PER_WINDOW} of them per window`],
        expected: `at most ${most} keys stored (4 * L + 64, with ${2 * KEYS_PER_WINDOW} keys in the last two windows)`,
        got: `size ${limiter.size}`,
        note: "Nobody may set a timer: later calls have to forget idle keys, several places a call.",
      });
    }
  });

  behavior(`${label}idle keys are forgotten while one key keeps calling`, idleKeysForgotten, () => {
    const limiter = create();
    for (let i = 0; i < 2_000; i++) limiter.tryAcquire(`visitor:${i}`, 0, limit);
    const stored = limiter.size;
    for (let i = 0; i <= 2_000; i++) limiter.tryAcquire("busy", 3 * windowMs + i, 1);
    ensure(stored === 2_000, () => ({
      steps: ["2000 keys use their whole quota at 0 ms"],
      expected: "size 2000",
      got: `size ${stored}`,
    }));
    ensure(limiter.size <= 68, () => ({
      steps: ["2000 keys use their whole quota at 0 ms", "three windows later another key makes 2001 calls"],
      expected: "at most 68 keys stored (4 * L + 64, with one active key)",
      got: `size ${limiter.size}`,
    }));
  });

  behavior(`${label}a key that was forgotten starts with a full quota`, idleKeysForgotten, () => {
    const limiter = observe("limiter", create());
    expectDecision(limiter, { key: "a", atMs: 0, cost: limit }, true, 0);
    for (let i = 0; i < 200; i++) limiter.tryAcquire("busy", 3 * windowMs + i, 1);
    expectDecision(limiter, { key: "a", atMs: 3 * windowMs + 200, cost: limit }, true, 0);
    expectDecision(limiter, { key: "a", atMs: 3 * windowMs + 200, cost: 1 }, false);
  });

  behavior(`${label}forgetting a key gives it nothing when the clock steps back`, idleKeysForgotten, () => {
    const limiter = observe("limiter", create());
    expectDecision(limiter, { key: "a", atMs: 0, cost: limit }, true, 0);
    const laterMs = 3 * windowMs;
    for (let i = 0; i < 200; i++) limiter.tryAcquire("busy", laterMs, 1);
    expectDecision(limiter, { key: "a", atMs: 0, cost: limit }, true, 0);
    for (const atMs of [0, windowMs, laterMs]) expectDecision(limiter, { key: "a", atMs, cost: 1 }, false);
  });
}

export function argumentPromises({ create, limit, windowMs, label = "" }: Subject): void {
  behavior(`${label}wrong arguments throw RangeError and change nothing`, refusedCostsNothing, () => {
    const limiter = observe("limiter", create());
    const twin = create();
    limiter.tryAcquire("a", windowMs, limit);
    twin.tryAcquire("a", windowMs, limit);
    for (const nowMs of [Number.NaN, -1, 0.5, Infinity, 2 ** 52 + 1]) throwsRangeError(limiter, nowMs, 1);
    for (const cost of [Number.NaN, -1, 0.5, Infinity, 2 ** 53]) throwsRangeError(limiter, 100 * windowMs, cost);
    const expected = twin.tryAcquire("a", windowMs + 1, 1);
    const got = limiter.tryAcquire("a", windowMs + 1, 1);
    ensure(sameDecision(got, expected), () => ({
      expected: `${show(expected)}, as if the wrong calls had not been made; their nowMs does not move the clock`,
      got: show(got),
    }));
  });
}

/** `create` must refuse every bad value of every option. */
export function optionPromise(
  name: string,
  good: Readonly<Record<string, number>>,
  create: (options: never) => unknown,
): void {
  behavior(name, refusedCostsNothing, () => {
    for (const option of Object.keys(good)) {
      for (const bad of [0, -1, 1.5, Number.NaN, Infinity, 2 ** 53]) {
        const options = { ...good, [option]: bad };
        const error = thrownBy(() => create(options as never));
        const text = error instanceof RangeError ? error.message : "";
        ensure(error instanceof RangeError && text.includes(option) && text.includes(String(bad)), () => ({
          steps: [`new …(${show(options)})`],
          expected: `a RangeError that names ${option} and what it got, ${bad}`,
          got: error === undefined ? "no error" : show(error),
        }));
      }
    }
  });
}

/**
 * Two options that are fine alone, with a product beyond exact arithmetic. `most` is the largest pair that must be
 * taken.
 */
export function productPromise<Options extends Readonly<Record<string, number>>>(
  name: string,
  most: Options,
  [first, second]: readonly [keyof Options & string, keyof Options & string],
  create: (options: Options) => unknown,
): void {
  behavior(name, refusedCostsNothing, () => {
    create(most);
    for (const option of [first, second]) {
      const options = { ...most, [option]: most[option]! + 1 };
      const error = thrownBy(() => create(options));
      const text = error instanceof RangeError ? error.message : "";
      ensure(error instanceof RangeError && text.includes(first) && text.includes(second), () => ({
        steps: [`new …(${show(options)})`],
        expected:
          `a RangeError that names ${first} and ${second}: their product is above 2^52, ` +
          `and ${show(most)} is the most`,
        got: error === undefined ? "no error" : show(error),
      }));
    }
  });
}

function throwsRangeError(limiter: RateLimiter, nowMs: number, cost: number): void {
  const error = thrownBy(() => limiter.tryAcquire("a", nowMs, cost));
  ensure(error instanceof RangeError, () => ({
    expected: `a RangeError for nowMs ${nowMs} and cost ${cost}`,
    got: error === undefined ? "no error" : show(error),
  }));
}

function thrownBy(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    if (error instanceof Error && error.name === "NotStarted") throw error;
    return error;
  }
  return undefined;
}

/** One call must be allowed (leaving `remaining`) or refused. */
export function expectDecision(limiter: RateLimiter, call: Call, allowed: boolean, remaining?: number): void {
  const got = limiter.tryAcquire(call.key, call.atMs, call.cost);
  const right = got.allowed ? allowed && (remaining === undefined || got.remaining === remaining) : !allowed;
  const left = remaining === undefined ? "" : `, remaining: ${remaining}`;
  ensure(right, () => ({
    expected: allowed ? `{ allowed: true${left} }` : "{ allowed: false, … }",
    got: show(got),
  }));
}

/** One call must be refused with exactly this wait. */
export function expectRefusal(limiter: RateLimiter, call: Call, retryAfterMs: number): void {
  const got = limiter.tryAcquire(call.key, call.atMs, call.cost);
  ensure(!got.allowed && got.retryAfterMs === retryAfterMs, () => ({
    expected: `{ allowed: false, retryAfterMs: ${retryAfterMs} }`,
    got: show(got),
  }));
}
