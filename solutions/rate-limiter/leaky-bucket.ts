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

/** `leakUnits` leak out in every `leakIntervalMs`, evenly, until the bucket is empty. */
export interface LeakyBucketOptions {
  /** Units that the bucket holds before it overflows: 1 to `MAX_LIMIT`. */
  readonly capacity: number;
  /** 1 to `MAX_LIMIT`. */
  readonly leakUnits: number;
  /** 1 to `MAX_PERIOD_MS`; `capacity * leakIntervalMs` is at most `MAX_PRODUCT`. */
  readonly leakIntervalMs: number;
}

/** The request waits in the queue and leaves at `departsAtMs`. */
export interface Accepted {
  readonly accepted: true;
  /** Absolute, in the limiter's time; an integer: the exact time rounded up to the next whole millisecond. */
  readonly departsAtMs: number;
}

/** The queue was full; nothing was queued. */
export interface Dropped {
  readonly accepted: false;
  /** As in `Refused`: tight, from the `nowMs` of this call. */
  readonly retryAfterMs: number;
}

export type Offer = Accepted | Dropped;

/**
 * The leaky bucket as a meter (a policer): each call pours its cost into the key's bucket and passes at once, if it
 * fits.
 *
 * After t milliseconds exactly `t * leakUnits / leakIntervalMs` units have leaked, fractions kept, never below empty. A
 * call is allowed if and only if the level plus its cost is at most `capacity`. `remaining` is the whole units that
 * still fit.
 *
 * It allows exactly what a token bucket of the same capacity and rate allows: the level is the tokens that are missing.
 *
 * State: one number per key is enough. O(1) per call.
 * Source: ITU-T I.371, which defines the same algorithm once as a continuous-state leaky bucket and once by virtual
 * scheduling.
 */
export class LeakyBucketMeter implements RateLimiter {
  readonly #buckets: Buckets;

  /** @throws RangeError for an option out of range. */
  constructor(options: LeakyBucketOptions) {
    this.#buckets = new Buckets(options);
  }

  /** See `RateLimiter`. */
  tryAcquire(key: string, nowMs: number, cost = 1): Decision {
    const buckets = this.#buckets;
    buckets.advance(nowMs, cost);
    const row = buckets.find(key);
    const spaceTicks = buckets.spaceTicks(row, cost);
    if (spaceTicks < 0) return { allowed: false, retryAfterMs: buckets.waitMs(spaceTicks, nowMs) };
    if (cost > 0) buckets.pour(key, row, spaceTicks);
    return { allowed: true, remaining: Math.floor(spaceTicks / buckets.ticksPerUnit) };
  }

  /**
   * Keys stored now.
   * @stage 3
   */
  get size(): number {
    return this.#buckets.size;
  }
}

/**
 * The leaky bucket as a queue (a shaper): requests wait in the bucket and leave through a hole of constant rate, first
 * in, first out, per key.
 *
 * A request that arrives at an empty bucket leaves at once; any other leaves when everything accepted before it has
 * drained. A request of cost c then keeps the hole busy for exactly `c * leakIntervalMs / leakUnits` milliseconds.
 * Fractions are kept; only the reported `departsAtMs` is rounded up.
 *
 * The level is what has not drained yet, fractions too. A request is accepted if and only if the level plus its cost is
 * at most `capacity`: so it drops only when full, and drops what the meter refuses. The two differ in when a request
 * goes out.
 *
 * State: one number per key is enough, however long the queue. O(1) per call.
 */
export class LeakyBucketQueue {
  readonly #buckets: Buckets;

  /** @throws RangeError for an option out of range. */
  constructor(options: LeakyBucketOptions) {
    this.#buckets = new Buckets(options);
  }

  /**
   * Offers one request. Time, cost, keys and wrong arguments are as in `RateLimiter`; cost 0 tells when a request would
   * leave, and queues nothing.
   * @stage 2
   */
  offer(key: string, nowMs: number, cost = 1): Offer {
    const buckets = this.#buckets;
    buckets.advance(nowMs, cost);
    const row = buckets.find(key);
    const spaceTicks = buckets.spaceTicks(row, cost);
    if (spaceTicks < 0) return { accepted: false, retryAfterMs: buckets.waitMs(spaceTicks, nowMs) };
    const departsAtMs = buckets.emptyAtMs(row);
    if (cost > 0) buckets.pour(key, row, spaceTicks);
    return { accepted: true, departsAtMs };
  }

  /**
   * Keys stored now: those whose bucket is not known to be empty.
   * @stage 3
   */
  get size(): number {
    return this.#buckets.size;
  }
}

/** The water that meter and queue share: a level per key, kept as the time at which the bucket will be empty. */
class Buckets {
  readonly ticksPerUnit: number;
  /** A tick is the unit in which both a millisecond and a unit of cost are whole numbers. */
  readonly #ticksPerMs: number;
  readonly #capacity: number;
  readonly #capacityTicks: number;
  /** Per key: when the bucket is empty, in ticks since `#originMs`. At most `2 * MAX_PRODUCT`, so exact. */
  readonly #emptyAt = new KeyTable(Float64Array, 1);
  #originMs = 0;
  #latestMs = 0;
  #latestTicks = 0;

  constructor(options: LeakyBucketOptions) {
    this.#capacity = requireInteger("capacity", options.capacity, 1, MAX_LIMIT);
    const leakUnits = requireInteger("leakUnits", options.leakUnits, 1, MAX_LIMIT);
    const leakIntervalMs = requireInteger("leakIntervalMs", options.leakIntervalMs, 1, MAX_PERIOD_MS);
    requireProduct("capacity", this.#capacity, "leakIntervalMs", leakIntervalMs);
    const divisor = greatestCommonDivisor(leakUnits, leakIntervalMs);
    this.#ticksPerMs = leakUnits / divisor;
    this.ticksPerUnit = leakIntervalMs / divisor;
    this.#capacityTicks = this.#capacity * this.ticksPerUnit;
  }

  get size(): number {
    return this.#emptyAt.size;
  }

  /** Checks the call, moves the clock and sweeps: the start of every call. @throws RangeError */
  advance(nowMs: number, cost: number): void {
    requireCall(nowMs, cost);
    if (nowMs > this.#latestMs) {
      this.#latestMs = nowMs;
      this.#latestTicks = (nowMs - this.#originMs) * this.#ticksPerMs;
      if (this.#latestTicks > MAX_PRODUCT) this.#moveOrigin();
    }
    this.#emptyAt.sweep(this.#isEmpty);
  }

  find(key: string): number {
    return this.#emptyAt.find(key);
  }

  /** Space left once `cost` is poured in; negative by what does not fit, -Infinity when it never will. */
  spaceTicks(row: number, cost: number): number {
    if (cost > this.#capacity) return -Infinity;
    return this.#capacityTicks - this.#levelTicks(row) - cost * this.ticksPerUnit;
  }

  /** Sets the level to what leaves `spaceTicks` free. */
  pour(key: string, found: number, spaceTicks: number): void {
    const row = found === -1 ? this.#emptyAt.add(key) : found;
    this.#emptyAt.rows[row] = this.#latestTicks + (this.#capacityTicks - spaceTicks);
  }

  /** From the caller's clock until what does not fit has leaked. */
  waitMs(spaceTicks: number, nowMs: number): number {
    return Math.ceil(-spaceTicks / this.#ticksPerMs) + this.#latestMs - nowMs;
  }

  /** First whole millisecond at which the bucket is empty, now at the earliest. */
  emptyAtMs(row: number): number {
    return this.#latestMs + Math.ceil(this.#levelTicks(row) / this.#ticksPerMs);
  }

  #levelTicks(row: number): number {
    return row === -1 ? 0 : Math.max(0, this.#emptyAt.rows[row]! - this.#latestTicks);
  }

  /** Before ticks grow past exact integers, count them from now. O(keys), and years apart at usual rates. */
  #moveOrigin(): void {
    const { rows } = this.#emptyAt;
    for (let row = 0; row < rows.length; row++) rows[row] = Math.max(0, rows[row]! - this.#latestTicks);
    this.#originMs = this.#latestMs;
    this.#latestTicks = 0;
  }

  readonly #isEmpty = (row: number): boolean => this.#emptyAt.rows[row]! <= this.#latestTicks;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
