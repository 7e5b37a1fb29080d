/**
 * Alternative: a ring of times per key, one entry per unit, that grows by doubling; objects in a plain `Map`, and a
 * `Map` iterator as the hand that forgets.
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

class Ring {
  length = 0;
  private times = new Float64Array(4);
  private first = 0;

  at(index: number): number {
    return this.times[(this.first + index) & (this.times.length - 1)]!;
  }

  push(timeMs: number): void {
    if (this.length === this.times.length) {
      const larger = new Float64Array(this.length * 2);
      for (let i = 0; i < this.length; i++) larger[i] = this.at(i);
      this.times = larger;
      this.first = 0;
    }
    this.times[(this.first + this.length++) & (this.times.length - 1)] = timeMs;
  }

  shift(): void {
    this.first = (this.first + 1) & (this.times.length - 1);
    this.length--;
  }
}

export class SlidingWindowLog implements RateLimiter {
  private readonly limit: number;
  private readonly windowMs: number;
  private readonly rings = new Map<string, Ring>();
  private hand = this.rings.entries();
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
    let ring = this.rings.get(key);
    if (ring !== undefined) this.drop(ring);
    const count = ring?.length ?? 0;
    const over = count + cost - this.limit;
    if (over > 0) return { allowed: false, retryAfterMs: ring!.at(over - 1) + this.windowMs - nowMs };
    if (cost > 0) {
      if (ring === undefined) {
        ring = new Ring();
        this.rings.set(key, ring);
      }
      for (let unit = 0; unit < cost; unit++) ring.push(this.latestMs);
      this.entries += cost;
    }
    return { allowed: true, remaining: -over };
  }

  get size(): number {
    return this.rings.size;
  }

  get entryCount(): number {
    return this.entries;
  }

  private drop(ring: Ring): void {
    while (ring.length > 0 && ring.at(0) + this.windowMs <= this.latestMs) {
      ring.shift();
      this.entries--;
    }
  }

  private lookAtTwo(): void {
    for (let i = 0; i < 2; i++) {
      const next = this.hand.next();
      if (next.done) {
        this.hand = this.rings.entries();
        return;
      }
      const [key, ring] = next.value;
      this.drop(ring);
      if (ring.length === 0) this.rings.delete(key);
    }
  }
}
