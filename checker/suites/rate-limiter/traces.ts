/** Sequences of calls: how they are drawn, run against a limiter, and compared with an oracle. */

import type { Decision, RateLimiter } from "../../../given/rate-limiter/limiter.ts";
import { ensure, fc, observe, run, show, step, sublists, violated } from "../../kit/index.ts";
import { retryAfterTight } from "./invariants.ts";
import { type Limits, Oracle } from "./oracles.ts";

export interface Call {
  readonly key: string;
  readonly atMs: number;
  readonly cost: number;
}

export interface TraceOptions {
  readonly keys?: readonly string[];
  /** Largest cost drawn; 1 draws only cost 1. Costs start at 0 when it is more. */
  readonly costMost?: number;
  /** Steps of the clock that are worth trying besides small ones, e.g. the window's length. */
  readonly gapsMs?: readonly number[];
  /** Whether the clock may step back. */
  readonly stepsBack?: boolean;
  readonly callsMost?: number;
  readonly startMs?: number;
}

/** Calls in order; the clock moves by drawn gaps from `startMs`, and sometimes back. */
export function traces(options: TraceOptions = {}): fc.Arbitrary<readonly Call[]> {
  const { keys = ["a"], costMost = 1, gapsMs = [], stepsBack = false, callsMost = 24, startMs = 0 } = options;
  const gaps = [
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 7 }) },
    ...(gapsMs.length > 0 ? [{ weight: 3, arbitrary: fc.constantFrom(...gapsMs) }] : []),
    ...(stepsBack ? [{ weight: 2, arbitrary: fc.integer({ min: -30, max: -1 }) }] : []),
  ];
  const cost = costMost === 1 ? fc.constant(1) : fc.integer({ min: 0, max: costMost });
  // One call with a clock that is far behind; the next has the time again.
  const far = { weight: 1, arbitrary: fc.constantFrom(1_000, 86_400_000) };
  const lateMs = stepsBack ? fc.oneof({ weight: 15, arbitrary: fc.constant(0) }, far) : fc.constant(0);
  const drawn = fc.record({ gapMs: fc.oneof(...gaps), lateMs, key: fc.constantFrom(...keys), cost });
  const calls = fc.array(drawn, { minLength: 1, maxLength: callsMost }).map((gapped) => {
    let clockMs = startMs;
    return gapped.map(({ gapMs, lateMs: behindMs, key, cost: units }) => {
      clockMs = Math.max(0, clockMs + gapMs);
      return { key, atMs: Math.max(0, clockMs - behindMs), cost: units };
    });
  });
  return sublists(calls);
}

/** `length` calls in order from the run's seed, for keys "a", "b" and "c"; `index` tells sequences apart. */
export function seededTrace(index: number, length: number, costMost: number, gapsMs: readonly number[]): Call[] {
  let atMs = 0;
  return Array.from({ length }, (_, i) => {
    const at = 4 * (index * length + i);
    atMs += gapsMs[seeded(at, gapsMs.length)]!;
    return { key: "abc"[seeded(at + 1, 3)]!, atMs, cost: seeded(at + 2, costMost + 1) };
  });
}

/** Every sequence of `length` calls for one key with these gaps and costs. */
export function* allTraces(
  length: number,
  gapsMs: readonly number[],
  costs: readonly number[],
): Generator<readonly Call[]> {
  const choices = gapsMs.flatMap((gapMs) => costs.map((cost) => ({ gapMs, cost })));
  const total = choices.length ** length;
  for (let code = 0; code < total; code++) {
    const calls: Call[] = [];
    let rest = code;
    let atMs = 0;
    for (let i = 0; i < length; i++) {
      const { gapMs, cost } = choices[rest % choices.length]!;
      rest = Math.floor(rest / choices.length);
      atMs += gapMs;
      calls.push({ key: "a", atMs, cost });
    }
    yield calls;
  }
}

export function sameDecision(a: Decision, b: Decision): boolean {
  if (a.allowed) return b.allowed && a.remaining === b.remaining;
  return !b.allowed && a.retryAfterMs === b.retryAfterMs;
}

/** Every decision is the oracle's. Recording steps is slow, so it is done only once a trace has failed. */
export function agreesWithOracle(create: () => RateLimiter, limits: Limits, trace: readonly Call[]): void {
  if (firstDifference(create(), limits, trace) === -1) return;
  const limiter = observe("limiter", create());
  const oracle = new Oracle(limits);
  for (const { key, atMs, cost } of trace) {
    const expected = oracle.tryAcquire(key, atMs, cost);
    const got = limiter.tryAcquire(key, atMs, cost);
    if (sameDecision(expected, got)) continue;
    violated({ expected: show(expected), got: show(got), counterexample: showTrace(trace) });
  }
}

function firstDifference(limiter: RateLimiter, limits: Limits, trace: readonly Call[]): number {
  const oracle = new Oracle(limits);
  return trace.findIndex(
    ({ key, atMs, cost }) => !sameDecision(oracle.tryAcquire(key, atMs, cost), limiter.tryAcquire(key, atMs, cost)),
  );
}

/** Costs allowed to `key` with the effective time of each, as the limiter itself decided. */
export function admitted(limiter: RateLimiter, trace: readonly Call[], key = "a"): { atMs: number; cost: number }[] {
  const result: { atMs: number; cost: number }[] = [];
  let latestMs = 0;
  for (const call of trace) {
    latestMs = Math.max(latestMs, call.atMs);
    const decision = limiter.tryAcquire(call.key, call.atMs, call.cost);
    if (decision.allowed && call.key === key) result.push({ atMs: latestMs, cost: call.cost });
  }
  return result;
}

/** For every refused call of the trace: one millisecond before `retryAfterMs` it is refused, and then it is allowed. */
export function retryAfterIsTight(create: () => RateLimiter, trace: readonly Call[]): void {
  const limiter = create();
  for (const [index, call] of trace.entries()) {
    const decision = limiter.tryAcquire(call.key, call.atMs, call.cost);
    if (decision.allowed || decision.retryAfterMs === Infinity) continue;
    const { retryAfterMs } = decision;
    ensure(Number.isInteger(retryAfterMs) && retryAfterMs >= 1, () => ({
      invariant: retryAfterTight,
      expected: "retryAfterMs to be a whole number of milliseconds, 1 or more",
      got: show(retryAfterMs),
    }));
    probe(create, trace.slice(0, index + 1), retryAfterMs - 1, false);
    probe(create, trace.slice(0, index + 1), retryAfterMs, true);
  }
}

/** Runs the calls on a new limiter, then the last one again `waitMs` later. */
function probe(create: () => RateLimiter, calls: readonly Call[], waitMs: number, allowed: boolean): void {
  const { key, atMs, cost } = calls.at(-1)!;
  if (replay(create(), calls).tryAcquire(key, atMs + waitMs, cost).allowed === allowed) return;
  const limiter = replay(observe("limiter", create()), calls);
  step(`${waitMs} ms after the refusal, which said retryAfterMs: ${allowed ? waitMs : waitMs + 1}`);
  const again = limiter.tryAcquire(key, atMs + waitMs, cost);
  violated({
    invariant: retryAfterTight,
    expected: allowed
      ? "the call to be allowed once retryAfterMs has passed"
      : "the call to be refused one millisecond before retryAfterMs has passed",
    got: show(again),
    counterexample: showTrace(calls),
  });
}

/** Makes the calls, whatever the answers. */
export function replay(limiter: RateLimiter, calls: readonly Call[]): RateLimiter {
  for (const { key, atMs, cost } of calls) limiter.tryAcquire(key, atMs, cost);
  return limiter;
}

export function showTrace(trace: readonly Call[]): string {
  return trace.map(({ key, atMs, cost }) => `${atMs} ms: ${key} asks for ${cost}`).join("; ");
}

/** A whole number from the run's seed, `0` to `below - 1`, by index: for the few loops that are not properties. */
export function seeded(index: number, below: number): number {
  let mixed = Math.imul(run.seed ^ Math.imul(index + 1, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) % below;
}
