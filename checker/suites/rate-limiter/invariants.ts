/** The rules of the chapter that the hidden suites cite; each id is the anchor of an `<Invariant>` there. */

import { invariant } from "../../kit/index.ts";

const rule = (id: string, text: string, source?: string) => invariant("rate-limiter", id, text, source);

export const fixedWindowBound = rule(
  "fixed-window-bound",
  "A fixed window allows at most its limit in each window, and up to twice the limit across a boundary.",
);

export const slidingLogExact = rule(
  "sliding-log-exact",
  "Any windowMs consecutive milliseconds contain at most the limit; the log knows it exactly.",
);

export const slidingCounterEstimate = rule(
  "sliding-counter-estimate",
  "A call is allowed if and only if previous * overlap / windowMs + current + cost is at most the limit, in exact arithmetic.",
);

export const tokenBucketBound = rule(
  "token-bucket-bound",
  "Every interval of t milliseconds contains at most capacity + t * refillTokens / refillIntervalMs.",
);

export const publishedGcra = rule(
  "token-bucket-bound",
  "The published rows of the generic cell rate algorithm come out as they were published.",
  "brandur/redis-cell, src/cell/mod.rs, it_rate_limits",
);

export const meterEqualsBucket = rule(
  "meter-equals-bucket",
  "A leaky bucket used as a meter allows exactly what a token bucket of the same capacity and rate allows.",
);

export const queueConstantDrain = rule(
  "queue-constant-drain",
  "A leaky bucket used as a queue lets requests out at a constant rate, in order, and drops only when it is full.",
);

export const retryAfterTight = rule(
  "retry-after-tight",
  "A refused call is refused one millisecond before retryAfterMs has passed, and allowed when it has.",
);

export const clockNeverMints = rule(
  "clock-never-mints",
  "A clock that steps back is taken as the latest time seen, so it gives nobody anything.",
);

export const refusedCostsNothing = rule(
  "refused-costs-nothing",
  "A refused call, and a call of cost 0, takes nothing.",
);

export const keysAreIndependent = rule(
  "keys-are-independent",
  "What one key does never changes what another is allowed.",
);

export const idleKeysForgotten = rule(
  "idle-keys-forgotten",
  "A key whose state decides like no state at all is forgotten by later calls, so memory follows the keys that are active.",
);

export const atomicStep = rule(
  "atomic-step-never-over-admits",
  "The store checks and takes in one step, and answers a request that comes again as it did before: no token is taken twice or admits two.",
);

export const silenceBudget = rule(
  "silence-has-a-budget",
  "A client has its decision in time, and without the store a node admits no more than its own budget.",
);

export const leaseBound = rule(
  "lease-over-admission-bound",
  "In every interval of t milliseconds all nodes together admit at most capacity + rate * t + what leases hold when it " +
    "begins, at most outstandingMax; the store's admissions count when it decides, a lease's when its token is spent.",
);

export const leaseFence = rule(
  "lease-fence",
  "Tokens leave the bucket when they are leased and come back only from a holder that has stopped spending them, while its lease is outstanding.",
);
