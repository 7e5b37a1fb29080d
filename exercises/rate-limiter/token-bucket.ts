/*
 * Token bucket (GCRA). One number per key that allows a burst and bounds every interval.
 *
 * Start with stage 1: Spend a full bucket.
 * Chapter: docs/infrastructure/rate-limiter.mdx
 * Grade it: npx bp check rate-limiter/token-bucket
 */

import { requireInteger } from "../../given/common/integers.ts";
import { KeyTable } from "../../given/rate-limiter/key-table.ts";
import {
  type Decision,
  MAX_LIMIT,
  MAX_PERIOD_MS,
  MAX_PRODUCT,
  type RateLimiter,
  requireCall,
  requireProduct,
} from "../../given/rate-limiter/limiter.ts";
import { NotStarted } from "../not-started.ts";

/** `refillTokens` tokens flow in every `refillIntervalMs`, evenly, until the bucket holds `capacity`. */
export interface TokenBucketOptions {
  /** Tokens of a full bucket, the largest burst: 1 to `MAX_LIMIT`. */
  readonly capacity: number;
  /** 1 to `MAX_LIMIT`. */
  readonly refillTokens: number;
  /** 1 to `MAX_PERIOD_MS`; `capacity * refillIntervalMs` is at most `MAX_PRODUCT`. */
  readonly refillIntervalMs: number;
}

/**
 * A bucket of tokens per key, full at first. A call of cost c is allowed if and only if the bucket holds at least c
 * tokens, and takes them.
 *
 * The refill is continuous and exact: after t milliseconds exactly `t * refillTokens / refillIntervalMs` tokens have
 * flowed in, fractions kept, never rounded, never above `capacity`. `remaining` is the whole tokens left.
 *
 * Bound: in every interval of t milliseconds at most `capacity + t * refillTokens / refillIntervalMs`.
 *
 * State: one number per key is enough. The generic cell rate algorithm (GCRA) keeps the time at which the bucket will
 * be full again and derives the tokens from it. O(1) per call.
 * Source: ITU-T I.371, generic cell rate algorithm; the published rows are those of redis-cell.
 */
export class TokenBucket implements RateLimiter {
  /** @throws RangeError for an option out of range. */
  constructor(options: TokenBucketOptions) {
    throw new NotStarted("stage 1: Spend a full bucket");
  }

  /** See `RateLimiter`. */
  tryAcquire(key: string, nowMs: number, cost = 1): Decision {
    throw new NotStarted("stage 1: Spend a full bucket");
  }

  /**
   * Keys stored now.
   */
  get size(): number {
    throw new NotStarted("stage 4: A clock that steps back, keys that go idle");
  }
}
