/**
 * Alternative: an object per key that names its window's start; every so often one call drops all stale ones, which is
 * O(1) on average.
 */

import { requireInteger } from "../../given/common/integers.ts";
import {
  type Decision,
  MAX_LIMIT,
  MAX_PERIOD_MS,
  type RateLimiter,
  requireCall,
  type WindowOptions,
} from "../../given/rate-limiter/limiter.ts";

interface Counter {
  windowStartMs: number;
  count: number;
}

export class FixedWindow implements RateLimiter {
  private readonly limit: number;
  private readonly windowMs: number;
  private readonly counters = new Map<string, Counter>();
  private latestMs = 0;
  private callsToSweep = 32;

  constructor(options: WindowOptions) {
    this.limit = requireInteger("limit", options.limit, 1, MAX_LIMIT);
    this.windowMs = requireInteger("windowMs", options.windowMs, 1, MAX_PERIOD_MS);
  }

  tryAcquire(key: string, nowMs: number, cost = 1): Decision {
    requireCall(nowMs, cost);
    this.latestMs = Math.max(this.latestMs, nowMs);
    const windowStartMs = this.latestMs - (this.latestMs % this.windowMs);
    this.sweep(windowStartMs);
    let counter = this.counters.get(key);
    const count = counter?.windowStartMs === windowStartMs ? counter.count : 0;
    if (cost > this.limit) return { allowed: false, retryAfterMs: Infinity };
    if (count + cost > this.limit) return { allowed: false, retryAfterMs: windowStartMs + this.windowMs - nowMs };
    if (cost > 0) {
      if (counter === undefined) {
        counter = { windowStartMs, count: 0 };
        this.counters.set(key, counter);
      }
      counter.windowStartMs = windowStartMs;
      counter.count = count + cost;
    }
    return { allowed: true, remaining: this.limit - count - cost };
  }

  get size(): number {
    return this.counters.size;
  }

  /** After as many calls as half the keys that were left last time, so that the work per call is constant. */
  private sweep(windowStartMs: number): void {
    if (--this.callsToSweep > 0) return;
    for (const [key, counter] of this.counters) {
      if (counter.windowStartMs !== windowStartMs) this.counters.delete(key);
    }
    this.callsToSweep = Math.max(32, this.counters.size >> 1);
  }
}
