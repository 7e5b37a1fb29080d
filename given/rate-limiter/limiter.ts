import { requireInteger } from "../common/integers.ts";

/**
 * Given parts of the rate limiter exercises: what every limiter promises, how it checks its arguments, and a table of
 * rows by key that you may use in place of a `Map` of objects.
 */

/** The cost was taken from the key's quota. */
export interface Allowed {
  readonly allowed: true;
  /** Largest cost that one more call for this key would be allowed at the same time; an integer, 0 or more. */
  readonly remaining: number;
}

/** Nothing was taken. */
export interface Refused {
  readonly allowed: false;
  /**
   * Milliseconds from the `nowMs` of this call until the same call is allowed, if nothing else happens in between.
   * Tight: refused at `nowMs + retryAfterMs - 1`, allowed at `nowMs + retryAfterMs`. An integer, 1 or more;
   * `Infinity` when the cost is more than the limiter can ever allow at once.
   */
  readonly retryAfterMs: number;
}

export type Decision = Allowed | Refused;

/**
 * Decides who may pass. Every limiter of this chapter keeps these promises.
 *
 * - **Time is given.** `nowMs` is an integer, 0 to `MAX_NOW_MS`. A limiter never reads a clock and never sets a timer.
 * - **Time never runs backward.** A limiter has one clock: the latest `nowMs` of any valid call, for any key, decided
 *   or refused. An earlier `nowMs` is decided as if it were that latest time, so stepping back gives no key anything.
 *   (One clock for all keys, because a forgotten key no longer knows its own.) `retryAfterMs` still counts from the
 *   `nowMs` that was passed: until the caller's clock has caught up, and then the wait itself.
 * - **Cost.** An integer, 0 or more; 1 when left out. Cost 0 is a probe: always allowed, changes no quota, stores no
 *   key. A cost above the limit is refused with `retryAfterMs: Infinity`.
 * - **A refused call costs nothing.** It may move the clock and changes nothing else.
 * - **Keys are independent.** Any string is a key, `""` and `"__proto__"` too.
 * - **What was returned stays.** A decision never changes after it was returned.
 * - **Wrong arguments** (a fraction, NaN, a negative number, a time beyond `MAX_NOW_MS`, a cost beyond 2^53 - 1) throw
 *   RangeError and change nothing.
 * - **Idle keys are forgotten.** A key is idle when its state would decide exactly as no state at all. Later calls
 *   forget it; a call does a constant amount of work for this, on average. With L the number of keys that were allowed
 *   something in the last two windows, `size` is at most `4 * L + 64`, once as many calls have been made as there were
 *   keys.
 *   (For a bucket, a window is the time from empty to full.)
 */
export interface RateLimiter {
  /** O(1) on average unless the class says otherwise. */
  tryAcquire(key: string, nowMs: number, cost?: number): Decision;
  /** Keys stored now. */
  readonly size: number;
}

/** Options of the limiters that count in windows. */
export interface WindowOptions {
  /** Cost that one key may be allowed in a window: 1 to `MAX_LIMIT`. */
  readonly limit: number;
  /** Length of a window: 1 to `MAX_PERIOD_MS`. */
  readonly windowMs: number;
}

/** Latest time: sums of a time and a period stay exact integers. 2^52 ms are 142,000 years. */
export const MAX_NOW_MS = 2 ** 52;

/** Longest window or interval, about 139 years. */
export const MAX_PERIOD_MS = 2 ** 42;

/** Largest limit, capacity or rate: a count fits 32 bits. */
export const MAX_LIMIT = 2 ** 32 - 1;

/**
 * Largest product of a limit and a period in one limiter: integer arithmetic stays exact below 2^53, with room for a
 * sum.
 */
export const MAX_PRODUCT = 2 ** 52;

/** @throws RangeError unless `limit * periodMs` is at most `MAX_PRODUCT`. */
export function requireProduct(limitName: string, limit: number, periodName: string, periodMs: number): void {
  if (limit * periodMs <= MAX_PRODUCT) return;
  throw new RangeError(
    `${limitName} * ${periodName} is ${limit * periodMs}, expected at most ${MAX_PRODUCT}; ` +
      `shorten ${periodName} or lower ${limitName}`,
  );
}

/** Checks the arguments of one call. @throws RangeError */
export function requireCall(nowMs: number, cost: number): void {
  if (Number.isInteger(nowMs) && nowMs >= 0 && nowMs <= MAX_NOW_MS && Number.isSafeInteger(cost) && cost >= 0) return;
  requireInteger("nowMs", nowMs, 0, MAX_NOW_MS);
  requireInteger("cost", cost, 0, Number.MAX_SAFE_INTEGER);
}
