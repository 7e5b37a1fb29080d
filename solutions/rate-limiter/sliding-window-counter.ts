import { requireInteger } from "../../given/common/integers.ts";
import { KeyTable } from "../../given/rate-limiter/key-table.ts";
import {
  type Decision,
  MAX_LIMIT,
  MAX_PERIOD_MS,
  type RateLimiter,
  requireCall,
  requireProduct,
  type WindowOptions,
} from "../../given/rate-limiter/limiter.ts";

/** A row: costs allowed in the window before `WINDOW`, in `WINDOW`, and the number of `WINDOW`. */
const PREVIOUS = 0;
const CURRENT = 1;
const WINDOW = 2;

/**
 * Estimates the sliding window from two fixed ones: the current count, and the previous count weighted by how much of
 * the previous window the sliding window still covers.
 *
 * Windows are those of the fixed window: window n is `[n * windowMs, (n + 1) * windowMs)`. At `elapsedMs` into the
 * current one a call is allowed if and only if
 *
 *     previous * (windowMs - elapsedMs) / windowMs + current + cost <= limit
 *
 * in exact rational arithmetic: no rounding anywhere, so multiply by `windowMs` instead of dividing.
 * It is exact when the previous window's calls were spread evenly, and errs both ways when they were not.
 *
 * State: two counts and a window number per key. O(1) per call. `limit * windowMs` is at most `MAX_PRODUCT`.
 * Source: Cloudflare, "How we built rate limiting capable of scaling to millions of domains", 2017.
 */
export class SlidingWindowCounter implements RateLimiter {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #table = new KeyTable(Uint32Array, 3);
  #latestMs = 0;
  #windowStartMs = 0;
  /**
   * Windows are numbered as this limiter sees them, modulo 2^32, which is what a row holds. A number cannot come round
   * while a row still carries it: every window seen takes a call, and calls sweep the whole table long before 2^32 of
   * them.
   */
  #window = 2;

  /** @throws RangeError for a `limit` or `windowMs` out of range. */
  constructor(options: WindowOptions) {
    this.#limit = requireInteger("limit", options.limit, 1, MAX_LIMIT);
    this.#windowMs = requireInteger("windowMs", options.windowMs, 1, MAX_PERIOD_MS);
    requireProduct("limit", this.#limit, "windowMs", this.#windowMs);
  }

  /** See `RateLimiter`. */
  tryAcquire(key: string, nowMs: number, cost = 1): Decision {
    requireCall(nowMs, cost);
    this.#advance(nowMs);
    this.#table.sweep(this.#isIdle);

    const row = this.#table.find(key);
    let previous = 0;
    let current = 0;
    if (row !== -1) {
      const { rows } = this.#table;
      const age = (this.#window - rows[row + WINDOW]!) >>> 0;
      if (age === 0) {
        previous = rows[row + PREVIOUS]!;
        current = rows[row + CURRENT]!;
      } else if (age === 1) {
        previous = rows[row + CURRENT]!;
      }
    }

    const free = this.#limit - current - cost;
    const overlapMs = this.#windowStartMs + this.#windowMs - this.#latestMs;
    const weighted = previous * overlapMs;
    if (weighted <= free * this.#windowMs) {
      if (cost > 0) this.#store(key, row, previous, current + cost);
      return { allowed: true, remaining: Math.floor((free * this.#windowMs - weighted) / this.#windowMs) };
    }
    if (cost > this.#limit) return { allowed: false, retryAfterMs: Infinity };
    // The estimate falls without a jump: a window ends with weight 0 for the previous and 1 for the current count.
    const allowedAtMs =
      free >= 0
        ? this.#windowStartMs + this.#elapsedUntil(previous, free)
        : this.#windowStartMs + this.#windowMs + this.#elapsedUntil(current, this.#limit - cost);
    return { allowed: false, retryAfterMs: allowedAtMs - nowMs };
  }

  /**
   * Keys stored now.
   * @stage 3
   */
  get size(): number {
    return this.#table.size;
  }

  #advance(nowMs: number): void {
    if (nowMs > this.#latestMs) this.#latestMs = nowMs;
    const sinceStartMs = this.#latestMs - this.#windowStartMs;
    if (sinceStartMs < this.#windowMs) return;
    // Two numbers on after a gap, however long: then neither count of any row is current or previous.
    this.#window = (this.#window + (sinceStartMs < 2 * this.#windowMs ? 1 : 2)) >>> 0;
    this.#windowStartMs = this.#latestMs - (this.#latestMs % this.#windowMs);
  }

  readonly #isIdle = (row: number): boolean => (this.#window - this.#table.rows[row + WINDOW]!) >>> 0 > 1;

  #store(key: string, found: number, previous: number, current: number): void {
    const row = found === -1 ? this.#table.add(key) : found;
    const { rows } = this.#table;
    rows[row + PREVIOUS] = previous;
    rows[row + CURRENT] = current;
    rows[row + WINDOW] = this.#window;
  }

  /**
   * Smallest elapsed time at which `count`, weighted as the previous count, is at most `free`, which is less than
   * `count`.
   */
  #elapsedUntil(count: number, free: number): number {
    return this.#windowMs - Math.floor((free * this.#windowMs) / count);
  }
}
