import { expect, test } from "vitest";
import { SlidingWindowCounter } from "./sliding-window-counter.ts";

test("half way through a window, half of the previous count still counts", () => {
  const limiter = new SlidingWindowCounter({ limit: 100, windowMs: 1_000 });
  expect(limiter.tryAcquire("alice", 500, 80)).toEqual({ allowed: true, remaining: 20 });
  // 80 * 0.5 + 40 = 80 of 100.
  expect(limiter.tryAcquire("alice", 1_500, 40)).toEqual({ allowed: true, remaining: 20 });
});

test("a full window does not end all at once", () => {
  const limiter = new SlidingWindowCounter({ limit: 10, windowMs: 1_000 });
  limiter.tryAcquire("alice", 999, 10);
  expect(limiter.tryAcquire("alice", 1_000).allowed).toBe(false);
  expect(limiter.tryAcquire("alice", 1_100)).toEqual({ allowed: true, remaining: 0 });
});

test("the wait ends when enough of the previous window has slid out", () => {
  const limiter = new SlidingWindowCounter({ limit: 10, windowMs: 1_000 });
  limiter.tryAcquire("alice", 999, 10);
  expect(limiter.tryAcquire("alice", 1_000)).toEqual({ allowed: false, retryAfterMs: 100 });
});
