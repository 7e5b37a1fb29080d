/**
 * Alternative: tokens in parts of a token and the time of the last look, in an object per key; a `Map` iterator looks
 * at three keys a call.
 */

import { requireInteger } from "../../given/common/integers.ts";
import {
  type Decision,
  MAX_LIMIT,
  MAX_PERIOD_MS,
  type RateLimiter,
  requireCall,
  requireProduct,
} from "../../given/rate-limiter/limiter.ts";

export interface TokenBucketOptions {
  readonly capacity: number;
  readonly refillTokens: number;
  readonly refillIntervalMs: number;
}

interface Bucket {
  /** In parts: `refillIntervalMs` of them make a token, and every millisecond brings `refillTokens`. */
  parts: number;
  atMs: number;
}

export class TokenBucket implements RateLimiter {
  private readonly capacity: number;
  private readonly refillTokens: number;
  private readonly refillIntervalMs: number;
  private readonly fullParts: number;
  /** After this long any bucket is full; more would not matter, and less keeps the product exact. */
  private readonly fullAfterMs: number;
  private readonly buckets = new Map<string, Bucket>();
  private hand = this.buckets.entries();
  private latestMs = 0;

  constructor(options: TokenBucketOptions) {
    this.capacity = requireInteger("capacity", options.capacity, 1, MAX_LIMIT);
    this.refillTokens = requireInteger("refillTokens", options.refillTokens, 1, MAX_LIMIT);
    this.refillIntervalMs = requireInteger("refillIntervalMs", options.refillIntervalMs, 1, MAX_PERIOD_MS);
    requireProduct("capacity", this.capacity, "refillIntervalMs", this.refillIntervalMs);
    this.fullParts = this.capacity * this.refillIntervalMs;
    this.fullAfterMs = Math.ceil(this.fullParts / this.refillTokens);
  }

  tryAcquire(key: string, nowMs: number, cost = 1): Decision {
    requireCall(nowMs, cost);
    if (nowMs > this.latestMs) this.latestMs = nowMs;
    this.forgetSome();
    if (cost > this.capacity) return { allowed: false, retryAfterMs: Infinity };

    const bucket = this.buckets.get(key);
    const parts = bucket === undefined ? this.fullParts : this.partsNow(bucket);
    const left = parts - cost * this.refillIntervalMs;
    if (left < 0) {
      return { allowed: false, retryAfterMs: Math.ceil(-left / this.refillTokens) + (this.latestMs - nowMs) };
    }
    if (cost > 0) {
      if (bucket === undefined) this.buckets.set(key, { parts: left, atMs: this.latestMs });
      else {
        bucket.parts = left;
        bucket.atMs = this.latestMs;
      }
    }
    return { allowed: true, remaining: Math.floor(left / this.refillIntervalMs) };
  }

  get size(): number {
    return this.buckets.size;
  }

  private partsNow(bucket: Bucket): number {
    const elapsedMs = this.latestMs - bucket.atMs;
    if (elapsedMs >= this.fullAfterMs) return this.fullParts;
    return Math.min(this.fullParts, bucket.parts + elapsedMs * this.refillTokens);
  }

  private forgetSome(): void {
    for (let i = 0; i < 3; i++) {
      const next = this.hand.next();
      if (next.done) {
        this.hand = this.buckets.entries();
        return;
      }
      if (this.partsNow(next.value[1]) === this.fullParts) this.buckets.delete(next.value[0]);
    }
  }
}
