import { expect, test } from "vitest";
import { SlidingWindowLog } from "./sliding-window-log.ts";

test("two per second, wherever the second starts", () => {
  const limiter = new SlidingWindowLog({ limit: 2, windowMs: 1_000 });
  expect(limiter.tryAcquire("alice", 900)).toEqual({ allowed: true, remaining: 1 });
  expect(limiter.tryAcquire("alice", 950)).toEqual({ allowed: true, remaining: 0 });
  expect(limiter.tryAcquire("alice", 1_100).allowed).toBe(false);
});

test("the wait ends when the oldest call leaves the window", () => {
  const limiter = new SlidingWindowLog({ limit: 2, windowMs: 1_000 });
  limiter.tryAcquire("alice", 900);
  limiter.tryAcquire("alice", 950);
  expect(limiter.tryAcquire("alice", 1_100)).toEqual({ allowed: false, retryAfterMs: 800 });
  expect(limiter.tryAcquire("alice", 1_900)).toEqual({ allowed: true, remaining: 0 });
});

test("what left the window is not kept", () => {
  const limiter = new SlidingWindowLog({ limit: 2, windowMs: 1_000 });
  limiter.tryAcquire("alice", 0);
  limiter.tryAcquire("alice", 500);
  expect(limiter.entryCount).toBe(2);
  limiter.tryAcquire("alice", 5_000);
  expect(limiter.entryCount).toBe(1);
});
