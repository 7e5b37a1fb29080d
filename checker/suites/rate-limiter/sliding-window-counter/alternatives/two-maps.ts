/**
 * Alternative: one `Map` of counts for the current window and one for the previous; when the window rolls over, the
 * older is thrown away whole.
 */

import { requireInteger } from "../../given/common/integers.ts";
import {
  type Decision,
  MAX_LIMIT,
  MAX_PERIOD_MS,
  type RateLimiter,
  requireCall,
  requireProduct,
  type WindowOptions,
} from "../../given/rate-limiter/limiter.ts";

export class SlidingWindowCounter implements RateLimiter {
  private readonly limit: number;
  private readonly windowMs: number;
  private previous = new Map<string, number>();
  private current = new Map<string, number>();
  /** Keys of `previous` that are not in `current`. */
  private onlyPrevious = 0;
  private window = 0;
  private latestMs = 0;

  constructor(options: WindowOptions) {
    this.limit = requireInteger("limit", options.limit, 1, MAX_LIMIT);
    this.windowMs = requireInteger("windowMs", options.windowMs, 1, MAX_PERIOD_MS);
    requireProduct("limit", this.limit, "windowMs", this.windowMs);
  }

  tryAcquire(key: string, nowMs: number, cost = 1): Decision {
    requireCall(nowMs, cost);
    this.latestMs = Math.max(this.latestMs, nowMs);
    this.roll();
    if (cost > this.limit) return { allowed: false, retryAfterMs: Infinity };

    const previous = this.previous.get(key) ?? 0;
    const current = this.current.get(key) ?? 0;
    const startMs = this.window * this.windowMs;
    const elapsedMs = this.latestMs - startMs;
    const room = (this.limit - current) * this.windowMs - previous * (this.windowMs - elapsedMs);
    if (cost * this.windowMs <= room) {
      if (cost > 0) {
        if (current === 0 && previous > 0) this.onlyPrevious--;
        this.current.set(key, current + cost);
      }
      return { allowed: true, remaining: Math.floor(room / this.windowMs) - cost };
    }
    // The first elapsed time that satisfies the rule is found by halving: the estimate only falls.
    const fits = (atMs: number) => {
      const inThis = atMs < this.windowMs;
      const [weighed, counted] = inThis ? [previous, current] : [current, 0];
      const overlapMs = inThis ? this.windowMs - atMs : 2 * this.windowMs - atMs;
      return weighed * overlapMs <= (this.limit - counted - cost) * this.windowMs;
    };
    let refused = elapsedMs;
    let allowed = 2 * this.windowMs;
    while (allowed - refused > 1) {
      const middle = Math.floor((refused + allowed) / 2);
      if (fits(middle)) allowed = middle;
      else refused = middle;
    }
    return { allowed: false, retryAfterMs: startMs + allowed - nowMs };
  }

  get size(): number {
    return this.current.size + this.onlyPrevious;
  }

  private roll(): void {
    const window = Math.floor(this.latestMs / this.windowMs);
    if (window === this.window) return;
    this.previous = window === this.window + 1 ? this.current : new Map();
    this.current = new Map();
    this.onlyPrevious = this.previous.size;
    this.window = window;
  }
}
