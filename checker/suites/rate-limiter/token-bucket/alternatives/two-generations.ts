/**
 * Alternative: written from the contract alone. Whole tokens and the milliseconds already waited for the next are one
 * exact pair; keys live in two generations of a `Map`, and the older is thrown away whole once everything in it must be
 * full.
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

class Bucket {
  tokens: number;
  /** What has flowed in toward the next token, in `refillIntervalMs`ths of it. */
  fraction = 0;
  atMs: number;

  constructor(tokens: number, atMs: number) {
    this.tokens = tokens;
    this.atMs = atMs;
  }
}

export class TokenBucket implements RateLimiter {
  private readonly capacity: number;
  private readonly refillTokens: number;
  private readonly intervalMs: number;
  private readonly fullAfterMs: number;
  private young = new Map<string, Bucket>();
  private old = new Map<string, Bucket>();
  private generationStartMs = 0;
  private latestMs = 0;

  constructor(options: TokenBucketOptions) {
    this.capacity = requireInteger("capacity", options.capacity, 1, MAX_LIMIT);
    this.refillTokens = requireInteger("refillTokens", options.refillTokens, 1, MAX_LIMIT);
    this.intervalMs = requireInteger("refillIntervalMs", options.refillIntervalMs, 1, MAX_PERIOD_MS);
    requireProduct("capacity", this.capacity, "refillIntervalMs", this.intervalMs);
    this.fullAfterMs = Math.ceil((this.capacity * this.intervalMs) / this.refillTokens);
  }

  tryAcquire(key: string, nowMs: number, cost = 1): Decision {
    requireCall(nowMs, cost);
    this.latestMs = Math.max(this.latestMs, nowMs);
    this.changeGeneration();
    if (cost > this.capacity) return { allowed: false, retryAfterMs: Infinity };
    let bucket = this.young.get(key) ?? this.old.get(key);
    if (bucket === undefined) {
      if (cost === 0) return { allowed: true, remaining: this.capacity };
      bucket = new Bucket(this.capacity, this.latestMs);
    }
    this.refill(bucket);
    if (cost > bucket.tokens) {
      const missing = (cost - bucket.tokens) * this.intervalMs - bucket.fraction;
      return { allowed: false, retryAfterMs: Math.ceil(missing / this.refillTokens) + this.latestMs - nowMs };
    }
    if (cost > 0) {
      bucket.tokens -= cost;
      if (this.old.delete(key) || bucket.tokens === this.capacity - cost) this.young.set(key, bucket);
    }
    return { allowed: true, remaining: bucket.tokens };
  }

  get size(): number {
    return this.young.size + this.old.size;
  }

  private refill(bucket: Bucket): void {
    const elapsedMs = Math.min(this.latestMs - bucket.atMs, this.fullAfterMs);
    bucket.atMs = this.latestMs;
    const flowed = bucket.fraction + elapsedMs * this.refillTokens;
    bucket.tokens += Math.floor(flowed / this.intervalMs);
    bucket.fraction = flowed % this.intervalMs;
    if (bucket.tokens < this.capacity) return;
    bucket.tokens = this.capacity;
    bucket.fraction = 0;
  }

  /** What was last used before the young generation began is full once that generation is `fullAfterMs` old. */
  private changeGeneration(): void {
    const ageMs = this.latestMs - this.generationStartMs;
    if (ageMs < this.fullAfterMs) return;
    this.old = ageMs < 2 * this.fullAfterMs ? this.young : new Map();
    this.young = new Map();
    this.generationStartMs = this.latestMs;
  }
}
