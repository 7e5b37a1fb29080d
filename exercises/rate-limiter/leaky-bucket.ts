/*
 * Leaky bucket, both meanings. The queue that shapes and the meter that polices: two algorithms under one name.
 *
 * Start with stage 1: The meter: police.
 * Chapter: docs/infrastructure/rate-limiter.mdx
 * Grade it: npx bp check rate-limiter/leaky-bucket
 */

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
import { NotStarted } from "../not-started.ts";

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
  /** @throws RangeError for an option out of range. */
  constructor(options: LeakyBucketOptions) {
    throw new NotStarted("stage 1: The meter: police");
  }

  /** See `RateLimiter`. */
  tryAcquire(key: string, nowMs: number, cost = 1): Decision {
    throw new NotStarted("stage 1: The meter: police");
  }

  /**
   * Keys stored now.
   */
  get size(): number {
    throw new NotStarted("stage 3: Drain order, costs and a clock that steps back");
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
  /** @throws RangeError for an option out of range. */
  constructor(options: LeakyBucketOptions) {
    throw new NotStarted("stage 1: The meter: police");
  }

  /**
   * Offers one request. Time, cost, keys and wrong arguments are as in `RateLimiter`; cost 0 tells when a request would
   * leave, and queues nothing.
   */
  offer(key: string, nowMs: number, cost = 1): Offer {
    throw new NotStarted("stage 2: The queue: shape");
  }

  /**
   * Keys stored now: those whose bucket is not known to be empty.
   */
  get size(): number {
    throw new NotStarted("stage 3: Drain order, costs and a clock that steps back");
  }
}
