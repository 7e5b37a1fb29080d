import { requireInteger } from "../../../given/common/integers.ts";
import { type Decision, type RateLimiter, requireCall, requireProduct } from "../../../given/rate-limiter/limiter.ts";

export interface TokenBucketOptions {
  readonly capacity: number;
  readonly refillTokens: number;
  readonly refillIntervalMs: number;
}

/** `level` is in units of which `refillIntervalMs` make a token, so that a millisecond adds a whole number of them. */
interface Bucket {
  level: number;
  atMs: number;
}

export class TokenBucket implements RateLimiter {
  readonly #capacity: number;
  readonly #refill: number;
  readonly #interval: number;
  readonly #full: number;
  readonly #buckets = new Map<string, Bucket>();
  #sweeper = this.#buckets.entries();
  #latestMs = 0;

  constructor({ capacity, refillTokens, refillIntervalMs }: TokenBucketOptions) {
    this.#capacity = requireInteger("capacity", capacity, 1, 2 ** 32 - 1);
    this.#refill = requireInteger("refillTokens", refillTokens, 1, 2 ** 32 - 1);
    this.#interval = requireInteger("refillIntervalMs", refillIntervalMs, 1, 2 ** 42);
    requireProduct("capacity", capacity, "refillIntervalMs", refillIntervalMs);
    this.#full = capacity * refillIntervalMs;
  }

  tryAcquire(key: string, nowMs: number, cost = 1): Decision {
    requireCall(nowMs, cost);
    this.#latestMs = Math.max(this.#latestMs, nowMs);
    const timeMs = this.#latestMs;
    this.#forgetIdle(timeMs);
    if (cost > this.#capacity) return { allowed: false, retryAfterMs: Infinity };

    const bucket = this.#buckets.get(key);
    const left = (bucket === undefined ? this.#full : this.#levelAt(bucket, timeMs)) - cost * this.#interval;
    if (left < 0) return { allowed: false, retryAfterMs: Math.ceil(-left / this.#refill) + timeMs - nowMs };
    if (bucket !== undefined) {
      bucket.level = left;
      bucket.atMs = timeMs;
    } else if (cost > 0) this.#buckets.set(key, { level: left, atMs: timeMs });
    return { allowed: true, remaining: Math.floor(left / this.#interval) };
  }

  get size(): number {
    return this.#buckets.size;
  }

  #levelAt({ level, atMs }: Bucket, timeMs: number): number {
    const elapsedMs = Math.max(0, timeMs - atMs);
    // Full long ago: the product below would not be exact.
    if (elapsedMs * this.#refill >= this.#full) return this.#full;
    return Math.min(this.#full, level + elapsedMs * this.#refill);
  }

  /** Two keys a call: the hand comes round faster than keys are added. */
  #forgetIdle(timeMs: number): void {
    for (let i = 0; i < 2; i++) {
      const { value, done } = this.#sweeper.next();
      if (done) {
        this.#sweeper = this.#buckets.entries();
        return;
      }
      const [key, bucket] = value;
      if (this.#levelAt(bucket, timeMs) === this.#full) this.#buckets.delete(key);
    }
  }
}
