import { expect, test } from "vitest";
import { decide, type Failure, isRetryable, type RetryPolicy } from "./retry-queue.ts";

const policy: RetryPolicy = { baseMs: 1_000, capMs: 60_000, attemptsMax: 5 };
const timeout: Failure = { kind: "no-answer", reason: "timeout after 30 s" };

test("a decline is final, a timeout is not", () => {
  expect(isRetryable({ kind: "answer", status: 402, reason: "card declined" })).toBe(false);
  expect(isRetryable(timeout)).toBe(true);
});

test("the second retry comes within two seconds, at a moment that chance decides", () => {
  expect(decide(timeout, 2, policy, () => 0)).toEqual({ action: "retry", delayMs: 0 });
  expect(decide(timeout, 2, policy, () => 0.75)).toEqual({ action: "retry", delayMs: 1_500 });
});

test("the fifth attempt was the last one", () => {
  expect(decide(timeout, 5, policy, () => 0.5)).toEqual({ action: "bury", why: "exhausted" });
});
