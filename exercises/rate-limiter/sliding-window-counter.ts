/*
 * Sliding window counter. Two counters that approximate the log, and the assumption that makes it work.
 *
 * Start with stage 1: Weigh the previous window.
 * Chapter: docs/infrastructure/rate-limiter.mdx
 * Grade it: npx bp check rate-limiter/sliding-window-counter
 */

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
import { NotStarted } from "../not-started.ts";

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
  /** @throws RangeError for a `limit` or `windowMs` out of range. */
  constructor(options: WindowOptions) {
    throw new NotStarted("stage 1: Weigh the previous window");
  }

  /** See `RateLimiter`. */
  tryAcquire(key: string, nowMs: number, cost = 1): Decision {
    throw new NotStarted("stage 1: Weigh the previous window");
  }

  /**
   * Keys stored now.
   */
  get size(): number {
    throw new NotStarted("stage 3: Many keys, costs and a clock that steps back");
  }
}
