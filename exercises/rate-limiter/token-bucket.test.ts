import { expect, test } from "vitest";
import { TokenBucket } from "./token-bucket.ts";

test("a full bucket may be spent at once", () => {
  const limiter = new TokenBucket({ capacity: 3, refillTokens: 1, refillIntervalMs: 1_000 });
  expect(limiter.tryAcquire("alice", 0)).toEqual({ allowed: true, remaining: 2 });
  expect(limiter.tryAcquire("alice", 0, 2)).toEqual({ allowed: true, remaining: 0 });
  expect(limiter.tryAcquire("alice", 0)).toEqual({ allowed: false, retryAfterMs: 1_000 });
});

test("tokens flow in evenly: two per second is one per half second", () => {
  const limiter = new TokenBucket({ capacity: 2, refillTokens: 2, refillIntervalMs: 1_000 });
  limiter.tryAcquire("alice", 0, 2);
  expect(limiter.tryAcquire("alice", 499)).toEqual({ allowed: false, retryAfterMs: 1 });
  expect(limiter.tryAcquire("alice", 500)).toEqual({ allowed: true, remaining: 0 });
});

test("a clock that steps back gives nothing", () => {
  const limiter = new TokenBucket({ capacity: 1, refillTokens: 1, refillIntervalMs: 1_000 });
  expect(limiter.tryAcquire("alice", 10_000).allowed).toBe(true);
  expect(limiter.tryAcquire("alice", 5_000).allowed).toBe(false);
  expect(limiter.tryAcquire("alice", 10_000).allowed).toBe(false);
  expect(limiter.tryAcquire("alice", 11_000).allowed).toBe(true);
});
