/** What the chapter states about webhooks and the suite of `webhook` checks. Every id is an `<Invariant id>` of it. */

import { invariant } from "../../kit/violation.ts";

const SPEC = "Standard Webhooks, spec/standard-webhooks.md, 2026";

export const signedBytes = invariant(
  "payment-system",
  "webhook-signs-bytes",
  "A signature holds for one id, one timestamp and one body, byte for byte as it came over the wire, and for no other.",
  `${SPEC}, "Signature scheme"`,
);

export const constantTime = invariant(
  "payment-system",
  "webhook-constant-time",
  "A comparison of signatures reads the same bytes wherever they differ.",
  `${SPEC}, "Verifying signatures"`,
);

export const replayWindow = invariant(
  "payment-system",
  "webhook-replay-window",
  "A message whose timestamp is further from the receiver's clock than the tolerance, before or after, is refused.",
  `${SPEC}, "Verifying signatures"`,
);

export const keysRotate = invariant(
  "payment-system",
  "webhook-keys-rotate",
  "A message passes when any of its v1 signatures was made with any of the receiver's secrets.",
  `${SPEC}, "Webhook headers"`,
);

export const wireIsHostile = invariant(
  "payment-system",
  "webhook-wire-is-hostile",
  "Everything that comes over the wire gets an answer, never an exception, and a stranger cannot make more " +
    "work than one HMAC for each secret.",
);

export const secretsAreSecret = invariant(
  "payment-system",
  "webhook-secrets-are-checked-and-kept",
  "A secret that is no whsec_ secret is an error at construction, and no error shows any part of one.",
  `${SPEC}, "Signature scheme"`,
);
