/*
 * Sliding window log. Remember every admission; exact, and as large as the limit.
 *
 * Start with stage 1: Count exactly.
 * Chapter: docs/infrastructure/rate-limiter.mdx
 * Grade it: npx bp check rate-limiter/sliding-window-log
 */

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
import { NotStarted } from "../not-started.ts";

/**
 * Remembers when each key was allowed how much, and forgets it when it is `windowMs` old.
 *
 * What was allowed at time t counts from t to `t + windowMs - 1`. A call is allowed while the sum that counts, with its
 * own cost, is at most `limit`.
 *
 * Bound, exact: at most `limit` in any `windowMs` consecutive milliseconds.
 *
 * State: at most `limit` entries per key (a call may be one entry with its cost, or one entry per unit). Entries of a
 * key that no longer count are dropped by the next call for that key. Amortized O(1) per call that is allowed; O(cost)
 * to answer `retryAfterMs`. Never O(limit) per call.
 */
export class SlidingWindowLog implements RateLimiter {
  /** @throws RangeError for a `limit` or `windowMs` out of range. */
  constructor(options: WindowOptions) {
    throw new NotStarted("stage 1: Count exactly");
  }

  /** See `RateLimiter`. */
  tryAcquire(key: string, nowMs: number, cost = 1): Decision {
    throw new NotStarted("stage 1: Count exactly");
  }

  /**
   * Keys stored now.
   */
  get size(): number {
    throw new NotStarted("stage 3: Bounded memory and a clock that steps back");
  }

  /**
   * Entries stored now, over all keys.
   */
  get entryCount(): number {
    throw new NotStarted("stage 2: Forget what is too old");
  }
}
