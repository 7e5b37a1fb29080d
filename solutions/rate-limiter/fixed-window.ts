import {
  type Decision,
  MAX_LIMIT,
  MAX_PERIOD_MS,
  type RateLimiter,
  requireCall,
  requireInteger,
  type WindowOptions,
} from "./contract.ts";

/**
 * Counts what each key was allowed in the current window and starts again at 0 in the next.
 *
 * Windows are the same for all keys: window n is `[n * windowMs, (n + 1) * windowMs)`, first millisecond included, last
 * excluded. A call is allowed while the window's sum of costs stays at most `limit`.
 *
 * Bound: at most `limit` in a window, hence at most `2 * limit` in any `windowMs` consecutive milliseconds. That is reached:
 * `limit` in the last millisecond of a window and `limit` in the first of the next.
 *
 * State: one count per key of the current window. O(1) per call.
 */
export class FixedWindow implements RateLimiter {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #counts = new Map<string, number>();
  #windowEndMs = 0;
  #latestMs = 0;

  /** @throws RangeError for a `limit` or `windowMs` out of range. */
  constructor(options: WindowOptions) {
    this.#limit = requireInteger("limit", options.limit, 1, MAX_LIMIT);
    this.#windowMs = requireInteger("windowMs", options.windowMs, 1, MAX_PERIOD_MS);
  }

  /** See `RateLimiter`. */
  tryAcquire(key: string, nowMs: number, cost = 1): Decision {
    requireCall(nowMs, cost);
    if (nowMs > this.#latestMs) this.#latestMs = nowMs;
    if (this.#latestMs >= this.#windowEndMs) this.#startWindow();
    const count = this.#counts.get(key) ?? 0;
    const remaining = this.#limit - count - cost;
    if (remaining >= 0) {
      if (cost > 0) this.#counts.set(key, count + cost);
      return { allowed: true, remaining };
    }
    return { allowed: false, retryAfterMs: cost > this.#limit ? Infinity : this.#windowEndMs - nowMs };
  }

  /**
   * Keys stored now.
   * @stage 3
   */
  get size(): number {
    return this.#counts.size;
  }

  /** All counts belong to the window that ended, so all keys are idle at once: nothing to sweep. */
  #startWindow(): void {
    this.#counts.clear();
    this.#windowEndMs = (Math.floor(this.#latestMs / this.#windowMs) + 1) * this.#windowMs;
  }
}
