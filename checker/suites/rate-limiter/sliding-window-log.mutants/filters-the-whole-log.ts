/**
 * Mutant: keeps an array of times per key and filters all of it in every call.
 * Killed by: benchmark: an allowed call does not grow with the log
 */

import {
  type Decision,
  MAX_LIMIT,
  MAX_PERIOD_MS,
  type RateLimiter,
  requireCall,
  requireInteger,
  type WindowOptions,
} from "./contract.ts";

export class SlidingWindowLog implements RateLimiter {
  private readonly limit: number;
  private readonly windowMs: number;
  private readonly logs = new Map<string, number[]>();
  private hand = this.logs.entries();
  private entries = 0;
  private latestMs = 0;

  constructor(options: WindowOptions) {
    this.limit = requireInteger("limit", options.limit, 1, MAX_LIMIT);
    this.windowMs = requireInteger("windowMs", options.windowMs, 1, MAX_PERIOD_MS);
  }

  tryAcquire(key: string, nowMs: number, cost = 1): Decision {
    requireCall(nowMs, cost);
    this.latestMs = Math.max(this.latestMs, nowMs);
    this.lookAtTwo();
    if (cost > this.limit) return { allowed: false, retryAfterMs: Infinity };
    const log = this.current(key, this.logs.get(key) ?? []);
    const over = log.length + cost - this.limit;
    if (over > 0) return { allowed: false, retryAfterMs: log[over - 1]! + this.windowMs - nowMs };
    if (cost > 0) {
      for (let unit = 0; unit < cost; unit++) log.push(this.latestMs);
      this.entries += cost;
      this.logs.set(key, log);
    }
    return { allowed: true, remaining: -over };
  }

  get size(): number {
    return this.logs.size;
  }

  get entryCount(): number {
    return this.entries;
  }

  private current(key: string, log: number[]): number[] {
    const still = log.filter((timeMs) => timeMs + this.windowMs > this.latestMs);
    this.entries -= log.length - still.length;
    if (still.length === 0) this.logs.delete(key);
    else this.logs.set(key, still);
    return still;
  }

  private lookAtTwo(): void {
    for (let i = 0; i < 2; i++) {
      const next = this.hand.next();
      if (next.done) {
        this.hand = this.logs.entries();
        return;
      }
      this.current(...next.value);
    }
  }
}
