import { expect, test } from "vitest";
import { LeakyBucketMeter, LeakyBucketQueue } from "./leaky-bucket.ts";

const options = { capacity: 3, leakUnits: 1, leakIntervalMs: 1_000 };

test("the meter lets a burst through at once, then refuses", () => {
  const meter = new LeakyBucketMeter(options);
  expect(meter.tryAcquire("alice", 0)).toEqual({ allowed: true, remaining: 2 });
  expect(meter.tryAcquire("alice", 0)).toEqual({ allowed: true, remaining: 1 });
  expect(meter.tryAcquire("alice", 0)).toEqual({ allowed: true, remaining: 0 });
  expect(meter.tryAcquire("alice", 0)).toEqual({ allowed: false, retryAfterMs: 1_000 });
});

test("the queue takes the same burst and lets it out one a second", () => {
  const queue = new LeakyBucketQueue(options);
  expect(queue.offer("alice", 0)).toEqual({ accepted: true, departsAtMs: 0 });
  expect(queue.offer("alice", 0)).toEqual({ accepted: true, departsAtMs: 1_000 });
  expect(queue.offer("alice", 0)).toEqual({ accepted: true, departsAtMs: 2_000 });
  expect(queue.offer("alice", 0)).toEqual({ accepted: false, retryAfterMs: 1_000 });
});

test("an empty queue does not make anybody wait", () => {
  const queue = new LeakyBucketQueue(options);
  queue.offer("alice", 0);
  expect(queue.offer("alice", 7_500)).toEqual({ accepted: true, departsAtMs: 7_500 });
});
