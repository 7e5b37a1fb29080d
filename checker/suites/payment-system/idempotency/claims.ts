/** The rules of the chapter that this suite checks. */

import { invariant } from "../../../kit/index.ts";

const STRIPE = "Stripe, Idempotent requests, API v1";
const DRAFT = "draft-ietf-httpapi-idempotency-key-header, section 2";

export const once = invariant(
  "payment-system",
  "one-effect-per-key",
  "For one key there is one downstream key, and the effect is committed at most once, whichever process dies where.",
);
export const again = invariant(
  "payment-system",
  "the-same-answer-again",
  "A repeat of an answered request gets the stored status and body, byte for byte, a 500 as well, and runs nothing.",
  STRIPE,
);
export const another = invariant(
  "payment-system",
  "another-request-conflicts",
  "A key that belongs to one request is refused to every other.",
  DRAFT,
);
export const refused = invariant(
  "payment-system",
  "a-refused-request-stores-nothing",
  "A request that fails validation stores nothing: its key is free for the repaired one.",
  STRIPE,
);
export const named = invariant(
  "payment-system",
  "a-key-is-a-merchants",
  "A key is 1 to 255 printable characters of one merchant's; every difference between two names counts.",
  STRIPE,
);
export const ends = invariant(
  "payment-system",
  "progress-ends",
  "A key is in progress for a lease at most: then the next request, or a sweep, goes on with the same " +
    "downstream key.",
);
export const fenced = invariant(
  "payment-system",
  "a-late-process-commits-nothing",
  "A process that has lost its key commits nothing more under it.",
);
export const apart = invariant(
  "payment-system",
  "no-call-in-a-transaction",
  "While the outside is called, no transaction is open and no other key waits.",
  "Airbnb, Avoiding Double Payments in a Distributed Payments System",
);
export const expires = invariant(
  "payment-system",
  "an-expired-key-is-new",
  "An answer is kept for the retention from when it was stored; a reuse after that is a new request. A key " +
    "without an answer never expires.",
  STRIPE,
);
