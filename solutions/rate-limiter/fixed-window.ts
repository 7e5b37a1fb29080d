import { requireInteger } from "../../given/common/integers.ts";
import { KeyTable } from "../../given/rate-limiter/key-table.ts";
import {
  type Decision,
  MAX_LIMIT,
  MAX_PERIOD_MS,
  type RateLimiter,
  requireCall,
  type WindowOptions,
} from "../../given/rate-limiter/limiter.ts";

/** A row: the count, and the number of the window to which it belongs. */
const COUNT = 0;
const WINDOW = 1;

/**
 * Counts what each key was allowed in the current window and starts again at 0 in the next.
 *
 * Windows are the same for all keys: window n is `[n * windowMs, (n + 1) * windowMs)`, first millisecond included, last
 * excluded. A call is allowed while the window's sum of costs stays at most `limit`.
 *
 * Bound: at most `limit` in a window, and so at most `2 * limit` in any `windowMs` consecutive milliseconds. That is
 * reached: `limit` in the last millisecond of a window and `limit` in the first of the next.
 *
 * State: one count per key of the current window. O(1) per call on average, the call that opens a window included.
 */
export class FixedWindow implements RateLimiter {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #table = new KeyTable(Uint32Array, 2);
  #windowEndMs = 0;
  /**
   * Windows are numbered as this limiter sees them, modulo 2^32, which is what a row holds. A number cannot come round
   * while a row still carries it: every window seen takes a call, and calls sweep the whole table long before 2^32 of
   * them.
   */
  #window = 0;

  /** @throws RangeError for a `limit` or `windowMs` out of range. */
  constructor(options: WindowOptions) {
    this.#limit = requireInteger("limit", options.limit, 1, MAX_LIMIT);
    this.#windowMs = requireInteger("windowMs", options.windowMs, 1, MAX_PERIOD_MS);
  }

  /** See `RateLimiter`. */
  tryAcquire(key: string, nowMs: number, cost = 1): Decision {
    requireCall(nowMs, cost);
    // A time before the latest one seen also lies before the current window's end: a clock that steps back changes
    // nothing.
    if (nowMs >= this.#windowEndMs) this.#startWindow(nowMs);
    this.#table.sweep(this.#isIdle);

    const row = this.#table.find(key);
    const count = row === -1 || this.#isIdle(row) ? 0 : this.#table.rows[row + COUNT]!;
    const remaining = this.#limit - count - cost;
    if (remaining >= 0) {
      if (cost > 0) this.#store(row === -1 ? this.#table.add(key) : row, count + cost);
      return { allowed: true, remaining };
    }
    return { allowed: false, retryAfterMs: cost > this.#limit ? Infinity : this.#windowEndMs - nowMs };
  }

  /**
   * Keys stored now.
   * @stage 3
   */
  get size(): number {
    return this.#table.size;
  }

  #startWindow(nowMs: number): void {
    this.#windowEndMs = nowMs - (nowMs % this.#windowMs) + this.#windowMs;
    this.#window = (this.#window + 1) >>> 0;
  }

  #store(row: number, count: number): void {
    this.#table.rows[row + COUNT] = count;
    this.#table.rows[row + WINDOW] = this.#window;
  }

  readonly #isIdle = (row: number): boolean => this.#table.rows[row + WINDOW] !== this.#window;
}
