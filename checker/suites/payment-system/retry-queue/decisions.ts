/** Stage 1: the decision after a failure, a pure function. */

import type { Decision, Failure, RetryPolicy } from "../../../../solutions/payment-system/retry-queue.ts";
import { behavior, counts, ensure, fc, forAll, show } from "../../../kit/index.ts";
import { fullJitter, retriesWhatMayChange } from "./invariants.ts";
import { DECLINED, type Module, NO_ANSWER, POLICY } from "./world.ts";

const POISON: Failure = { kind: "poison", reason: "no such payment" };
const BUSY: Failure = { kind: "answer", status: 503, reason: "busy" };
/** The largest number below 1 that a generator gives. */
const ALMOST_ONE = 1 - 2 ** -53;

const policies = fc
  .tuple(counts({ min: 1, max: 2 ** 40 }), counts({ min: 0, max: 2 ** 40 }), counts({ min: 1, max: 2 ** 40 }))
  .map(([baseMs, more, attemptsMax]): RetryPolicy => ({ baseMs, capMs: baseMs + more, attemptsMax }));

const randoms = fc.oneof(fc.constantFrom(0, 0.25, 0.5, ALMOST_ONE), fc.double({ min: 0, max: ALMOST_ONE }));

/** By doubling, one attempt at a time: no power that could overflow. */
function ceilingOf({ baseMs, capMs }: RetryPolicy, attempt: number): number {
  let ceiling = baseMs;
  for (let done = 1; done < attempt && ceiling < capMs; done++) ceiling *= 2;
  return Math.min(ceiling, capMs);
}

export function decisionPromises({ decide, isRetryable }: Module): void {
  const expectDecision = (
    expected: Decision,
    failure: Failure,
    attempt: number,
    policy: RetryPolicy,
    random: number,
  ): void => {
    const got = decide(failure, attempt, policy, () => random);
    ensure(show(got) === show(expected), () => ({
      expected: `${show(expected)} after attempt ${attempt} ended with ${show(failure)}, random ${random}`,
      got: show(got),
      counterexample: show(policy),
    }));
  };

  behavior("tries again what may end otherwise, and nothing else", retriesWhatMayChange, () => {
    const again = new Set([408, 409, 425, 429]);
    for (let status = 300; status <= 599; status++) {
      const failure: Failure = { kind: "answer", status, reason: "" };
      const expected = again.has(status) || status >= 500;
      ensure(isRetryable(failure) === expected, () => ({
        expected: `an answer with status ${status} to be ${expected ? "retryable" : "terminal"}`,
        got: expected ? "terminal" : "retryable",
      }));
    }
    ensure(isRetryable(NO_ANSWER) && !isRetryable(POISON), () => ({
      expected: "no answer to be retryable, and poison terminal",
      got: `no answer ${isRetryable(NO_ANSWER)}, poison ${isRetryable(POISON)}`,
    }));
  });

  behavior("refuses what is no failure, and counts that are none", retriesWhatMayChange, () => {
    const answers = [0, 200, 204, 299, 600, 404.5, -500, Number.NaN].map(
      (status) => [{ kind: "answer", status, reason: "" }, 1] as const,
    );
    const attempts = [0, -1, 1.5, Number.NaN].map((attempt) => [NO_ANSWER, attempt] as const);
    const waits = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY].map(
      (retryAfterMs) => [{ ...BUSY, retryAfterMs } as Failure, 1] as const,
    );
    for (const [failure, attempt] of [...answers, ...attempts, ...waits]) {
      let got: unknown;
      try {
        got = decide(failure, attempt, POLICY, () => 0);
      } catch (error) {
        got = error;
      }
      ensure(got instanceof RangeError, () => ({
        expected: `a RangeError for ${show(failure)} and attempt ${attempt}`,
        got: show(got),
      }));
    }
  });

  behavior("buries what is terminal at once, and says so at the last attempt too", retriesWhatMayChange, () => {
    for (const failure of [DECLINED, POISON, { kind: "answer", status: 404, reason: "" } as const])
      for (const attempt of [1, 2, POLICY.attemptsMax, 100])
        expectDecision({ action: "bury", why: "terminal" }, failure, attempt, POLICY, 0);
  });

  behavior("makes as many attempts as the policy allows, the first one included", retriesWhatMayChange, () => {
    forAll(fc.tuple(policies, randoms), ([policy, random]) => {
      for (const attempt of [policy.attemptsMax, policy.attemptsMax + 1, 2 * policy.attemptsMax])
        expectDecision({ action: "bury", why: "exhausted" }, NO_ANSWER, attempt, policy, random);
      const last = policy.attemptsMax - 1;
      if (last === 0) return;
      const { action } = decide(NO_ANSWER, last, policy, () => random);
      ensure(action === "retry", () => ({
        expected: `a retry after attempt ${last} of ${policy.attemptsMax}`,
        got: action,
      }));
    });
  });

  behavior("waits any whole number of milliseconds up to the ceiling", fullJitter, () => {
    forAll(fc.tuple(policies, fc.integer({ min: 1, max: 12 }), randoms), ([policy, attempt, random]) => {
      const delayMs = Math.floor(random * (ceilingOf(policy, attempt) + 1));
      expectDecision({ action: "retry", delayMs }, NO_ANSWER, attempt, { ...policy, attemptsMax: 100 }, random);
    });
  });

  behavior("doubles the ceiling up to the cap, and stays there for thousands of attempts", fullJitter, () => {
    const policy: RetryPolicy = { baseMs: 3, capMs: 2 ** 41, attemptsMax: 100_000 };
    for (const attempt of [1, 2, 3, 8, 30, 31, 32, 33, 40, 41, 54, 64, 1_024, 1_025, 2_000, 65_537])
      for (const random of [0, 0.5, ALMOST_ONE]) {
        const delayMs = Math.floor(random * (ceilingOf(policy, attempt) + 1));
        expectDecision({ action: "retry", delayMs }, BUSY, attempt, policy, random);
      }
  });

  behavior("comes no sooner than the PSP asked for, and not all at that moment", fullJitter, () => {
    forAll(
      fc.tuple(policies, fc.integer({ min: 1, max: 12 }), randoms, counts({ min: 0, max: 2 ** 45 })),
      ([policy, attempt, random, retryAfterMs]) => {
        const delayMs = retryAfterMs + Math.floor(random * (ceilingOf(policy, attempt) + 1));
        const failure: Failure = { kind: "answer", status: 429, retryAfterMs, reason: "slow down" };
        expectDecision({ action: "retry", delayMs }, failure, attempt, { ...policy, attemptsMax: 100 }, random);
      },
    );
  });
}
