import { expect, test } from "vitest";
import { FixedWindow } from "./fixed-window.ts";

test("three per second: the fourth call of a second is refused", () => {
  const limiter = new FixedWindow({ limit: 3, windowMs: 1_000 });
  expect(limiter.tryAcquire("alice", 100)).toEqual({ allowed: true, remaining: 2 });
  expect(limiter.tryAcquire("alice", 200)).toEqual({ allowed: true, remaining: 1 });
  expect(limiter.tryAcquire("alice", 300)).toEqual({ allowed: true, remaining: 0 });
  expect(limiter.tryAcquire("alice", 400)).toEqual({ allowed: false, retryAfterMs: 600 });
});

test("the next window starts at a multiple of windowMs", () => {
  const limiter = new FixedWindow({ limit: 1, windowMs: 1_000 });
  expect(limiter.tryAcquire("alice", 999).allowed).toBe(true);
  expect(limiter.tryAcquire("alice", 1_000).allowed).toBe(true);
  expect(limiter.tryAcquire("alice", 1_001)).toEqual({ allowed: false, retryAfterMs: 999 });
});

test("alice's calls do not count for bob", () => {
  const limiter = new FixedWindow({ limit: 1, windowMs: 1_000 });
  expect(limiter.tryAcquire("alice", 0).allowed).toBe(true);
  expect(limiter.tryAcquire("bob", 0).allowed).toBe(true);
  expect(limiter.tryAcquire("alice", 0).allowed).toBe(false);
});
