/*
 * Fixed window counter. One counter per key and window; simple, and twice the limit across a boundary.
 *
 * Start with stage 1: Count inside one window.
 * Chapter: docs/infrastructure/rate-limiter.mdx
 * Grade it: npx bp check rate-limiter/fixed-window
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
  /** @throws RangeError for a `limit` or `windowMs` out of range. */
  constructor(options: WindowOptions) {
    throw new NotStarted("stage 1: Count inside one window");
  }

  /** See `RateLimiter`. */
  tryAcquire(key: string, nowMs: number, cost = 1): Decision {
    throw new NotStarted("stage 1: Count inside one window");
  }

  /**
   * Keys stored now.
   */
  get size(): number {
    throw new NotStarted("stage 3: Many keys, costs and a clock that steps back");
  }
}
