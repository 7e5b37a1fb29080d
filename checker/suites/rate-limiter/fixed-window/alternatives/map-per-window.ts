/**
 * Alternative: one `Map` of counts for the current window, cleared by the call that opens the next: every stored key is
 * idle at that moment.
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

export class FixedWindow implements RateLimiter {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #counts = new Map<string, number>();
  #latestMs = 0;
  #windowEndMs = 0;

  constructor(options: WindowOptions) {
    this.#limit = requireInteger("limit", options.limit, 1, MAX_LIMIT);
    this.#windowMs = requireInteger("windowMs", options.windowMs, 1, MAX_PERIOD_MS);
  }

  tryAcquire(key: string, nowMs: number, cost = 1): Decision {
    requireCall(nowMs, cost);
    this.#latestMs = Math.max(this.#latestMs, nowMs);
    if (this.#latestMs >= this.#windowEndMs) {
      this.#counts.clear();
      this.#windowEndMs = (Math.floor(this.#latestMs / this.#windowMs) + 1) * this.#windowMs;
    }
    const count = this.#counts.get(key) ?? 0;
    if (count + cost > this.#limit) {
      return { allowed: false, retryAfterMs: cost > this.#limit ? Infinity : this.#windowEndMs - nowMs };
    }
    if (cost > 0) this.#counts.set(key, count + cost);
    return { allowed: true, remaining: this.#limit - count - cost };
  }

  get size(): number {
    return this.#counts.size;
  }
}
