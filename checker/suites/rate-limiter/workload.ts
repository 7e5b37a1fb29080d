/** The work that the benchmarks of all five exercises share. */

import type { RateLimiter } from "../../../given/rate-limiter/limiter.ts";
import type { Outcome, Round } from "../../kit/bench.ts";

/** Few, so that code that walks all keys on every call is found out in seconds. */
const CALLS_PER_RUN = 1_000;
/** Drawn once and gone through in a circle. */
const CALLS_DRAWN = 20_000;
/** Calls in one millisecond of the workload's clock: a hundred thousand calls a second. */
const CALLS_PER_MS = 100;
const START_MS = 1_760_000_000_000;

/** `keys` keys that have all been seen, then calls for keys drawn uniformly while the clock goes on. */
export function manyKeys(limiter: Pick<RateLimiter, "tryAcquire">, keys: number, random: () => number): Round {
  const names = Array.from({ length: keys }, (_, i) => `user:${i}:${Math.floor(random() * 1e9)}`);
  const order = Uint32Array.from({ length: CALLS_DRAWN }, () => Math.floor(random() * keys));
  let nowMs = START_MS;
  let next = 0;
  for (const name of names) limiter.tryAcquire(name, nowMs, 1);
  const run = () => {
    let allowed = 0;
    for (let i = 0; i < CALLS_PER_RUN; i++) {
      if (i % CALLS_PER_MS === 0) nowMs++;
      if (limiter.tryAcquire(names[order[next]!]!, nowMs, 1).allowed) allowed++;
      next = (next + 1) % CALLS_DRAWN;
    }
    return allowed;
  };
  return { opsPerRun: CALLS_PER_RUN, run };
}

export const manyKeysWorkload = (keys: number) =>
  `${keys.toLocaleString("en")} keys drawn uniformly, ${CALLS_PER_MS} calls a millisecond, cost 1; keys stay active`;

/** Visitors that come once and use everything: 50 per window, 200 windows. Returns the keys stored at the end. */
export function keysLeftByVisitors(limiter: RateLimiter, limit: number, windowMs: number): number {
  for (let visitor = 0; visitor < 10_000; visitor++) {
    limiter.tryAcquire(`visitor:${visitor}`, START_MS + Math.floor((visitor * windowMs) / 50), limit);
  }
  return limiter.size;
}

/** `4 * L + 64` with the 100 visitors of the last two windows. */
export const KEYS_LEFT_MOST = 464;

export const visitorsWorkload = "10,000 keys that each make one call for their whole quota, 50 of them per window";

/** What the keys of `filled` have left, and how many there are. */
export function holds(_: unknown, limiter: RateLimiter): Outcome {
  const left = [0, 1, 50_000, 99_999].map((i) => limiter.tryAcquire(`user:${i}`, START_MS, 1));
  return [limiter.size, left];
}

/** `keys` active keys, for the bytes that each of them takes. */
export function filled<Limiter extends RateLimiter>(limiter: Limiter, keys: number): Limiter {
  for (let i = 0; i < keys; i++) limiter.tryAcquire(`user:${i}`, START_MS, 1);
  return limiter;
}
