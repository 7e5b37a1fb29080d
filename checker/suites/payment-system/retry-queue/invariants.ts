/** What the payment chapter states about its retry queue, and the suite of `retry-queue` checks. */

import { invariant } from "../../../kit/violation.ts";

export const retriesWhatMayChange = invariant(
  "payment-system",
  "retry-what-may-end-otherwise",
  "An attempt is made again only when the same request under the same key may end otherwise, and only so often; " +
    "everything else is a dead letter at once.",
  "Stripe API Reference, Errors; RFC 9110, section 15",
);

export const fullJitter = invariant(
  "payment-system",
  "retry-full-jitter",
  "A retry comes at any moment up to a ceiling that doubles with each attempt up to a cap, and never sooner " +
    "than the provider asked for.",
  "M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015",
);

export const queuedWithItsCause = invariant(
  "payment-system",
  "queued-with-its-transaction",
  "A message is in the queue exactly when the transaction that enqueued it has committed, and once for each id.",
  "B. Leach, Transactionally Staged Job Drains in Postgres, 2017",
);

export const claimsAreExclusive = invariant(
  "payment-system",
  "claims-share-nothing",
  "Two claims never hold the same message, and no claim waits for another transaction.",
  "PostgreSQL documentation, SELECT, The Locking Clause",
);

export const effectOnce = invariant(
  "payment-system",
  "effect-and-end-are-one",
  "The effect of a message and its end are one transaction: both are there, once, or neither is.",
);

export const leasesAreFenced = invariant(
  "payment-system",
  "leases-are-fenced",
  "A claim changes nothing once its lease has ended, and nothing once the message was claimed again, whatever its " +
    "worker's clock says.",
  "Gray and Cheriton, Leases, SOSP 1989",
);

export const nothingStuck = invariant(
  "payment-system",
  "nothing-is-stuck",
  "Wherever a worker dies, a message that is neither done, discarded nor dead is due again when its lease " +
    "has ended, and is a dead letter after its last attempt.",
);

export const orderPerPayment = invariant(
  "payment-system",
  "order-per-payment",
  "A message is claimed only when every earlier message of its payment is done or discarded; other payments do not " +
    "wait for it.",
);

export const deadLettersTell = invariant(
  "payment-system",
  "dead-letters-tell-why",
  "A dead letter keeps its cause and every failed attempt, parks its successors, and leaves by redrive or discard " +
    "only.",
);

export const redriveAsksFirst = invariant(
  "payment-system",
  "redrive-asks-first",
  "A redrive counts once, and where the provider may have forgotten the key, it asks the provider before " +
    "anything is sent again.",
  "Stripe API Reference, Idempotent requests",
);
