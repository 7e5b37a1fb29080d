import { requireInteger } from "../../given/common/integers.ts";
import { KeyTable } from "../../given/rate-limiter/key-table.ts";
import {
  type Decision,
  MAX_LIMIT,
  MAX_PERIOD_MS,
  MAX_PRODUCT,
  type RateLimiter,
  requireCall,
  requireProduct,
} from "../../given/rate-limiter/limiter.ts";

/** `refillTokens` tokens flow in every `refillIntervalMs`, evenly, until the bucket holds `capacity`. */
export interface TokenBucketOptions {
  /** Tokens of a full bucket, the largest burst: 1 to `MAX_LIMIT`. */
  readonly capacity: number;
  /** 1 to `MAX_LIMIT`. */
  readonly refillTokens: number;
  /** 1 to `MAX_PERIOD_MS`; `capacity * refillIntervalMs` is at most `MAX_PRODUCT`. */
  readonly refillIntervalMs: number;
}

/**
 * A bucket of tokens per key, full at first. A call of cost c is allowed if and only if the bucket holds at least c
 * tokens, and takes them.
 *
 * The refill is continuous and exact: after t milliseconds exactly `t * refillTokens / refillIntervalMs` tokens have
 * flowed in, fractions kept, never rounded, never above `capacity`. `remaining` is the whole tokens left.
 *
 * Bound: in every interval of t milliseconds at most `capacity + t * refillTokens / refillIntervalMs`.
 *
 * State: one number per key is enough. The generic cell rate algorithm (GCRA) keeps the time at which the bucket will
 * be full again and derives the tokens from it. O(1) per call.
 * Source: ITU-T I.371, generic cell rate algorithm; the published rows are those of redis-cell.
 */
export class TokenBucket implements RateLimiter {
  /** A tick is the unit in which both a millisecond and a token are whole numbers. */
  readonly #ticksPerMs: number;
  readonly #ticksPerToken: number;
  readonly #capacityTicks: number;
  readonly #capacity: number;
  /** Per key: when the bucket is full again, in ticks since `#originMs`. At most `2 * MAX_PRODUCT`, so exact. */
  readonly #fullAt = new KeyTable(Float64Array, 1);
  #originMs = 0;
  #latestMs = 0;
  #latestTicks = 0;

  /** @throws RangeError for an option out of range. */
  constructor(options: TokenBucketOptions) {
    this.#capacity = requireInteger("capacity", options.capacity, 1, MAX_LIMIT);
    const refillTokens = requireInteger("refillTokens", options.refillTokens, 1, MAX_LIMIT);
    const refillIntervalMs = requireInteger("refillIntervalMs", options.refillIntervalMs, 1, MAX_PERIOD_MS);
    requireProduct("capacity", this.#capacity, "refillIntervalMs", refillIntervalMs);
    const divisor = greatestCommonDivisor(refillTokens, refillIntervalMs);
    this.#ticksPerMs = refillTokens / divisor;
    this.#ticksPerToken = refillIntervalMs / divisor;
    this.#capacityTicks = this.#capacity * this.#ticksPerToken;
  }

  /** See `RateLimiter`. */
  tryAcquire(key: string, nowMs: number, cost = 1): Decision {
    requireCall(nowMs, cost);
    if (nowMs > this.#latestMs) this.#advance(nowMs);
    this.#fullAt.sweep(this.#isIdle);
    if (cost > this.#capacity) return { allowed: false, retryAfterMs: Infinity };

    const row = this.#fullAt.find(key);
    const fullAt = row === -1 ? 0 : this.#fullAt.rows[row]!;
    const missing = fullAt > this.#latestTicks ? fullAt - this.#latestTicks : 0;
    const left = this.#capacityTicks - missing - cost * this.#ticksPerToken;
    if (left < 0) {
      return { allowed: false, retryAfterMs: Math.ceil(-left / this.#ticksPerMs) + this.#latestMs - nowMs };
    }
    if (cost > 0) {
      const target = row === -1 ? this.#fullAt.add(key) : row;
      this.#fullAt.rows[target] = this.#latestTicks + this.#capacityTicks - left;
    }
    return { allowed: true, remaining: Math.floor(left / this.#ticksPerToken) };
  }

  /**
   * Keys stored now.
   * @stage 4
   */
  get size(): number {
    return this.#fullAt.size;
  }

  #advance(nowMs: number): void {
    this.#latestMs = nowMs;
    this.#latestTicks = (nowMs - this.#originMs) * this.#ticksPerMs;
    if (this.#latestTicks > MAX_PRODUCT) this.#moveOrigin();
  }

  /** Before ticks grow past exact integers, count them from now. O(keys), and years apart at usual rates. */
  #moveOrigin(): void {
    const { rows } = this.#fullAt;
    for (let row = 0; row < rows.length; row++) rows[row] = Math.max(0, rows[row]! - this.#latestTicks);
    this.#originMs = this.#latestMs;
    this.#latestTicks = 0;
  }

  readonly #isIdle = (row: number): boolean => this.#fullAt.rows[row]! <= this.#latestTicks;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
