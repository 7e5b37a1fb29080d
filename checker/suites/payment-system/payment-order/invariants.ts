import { invariant } from "../../../kit/index.ts";

const of = (id: string, text: string, source?: string) => invariant("payment-system", id, text, source);

export const alongTransitions = of(
  "payment-transitions",
  "A payment moves only along its transitions; everything else that is asked is refused and changes nothing.",
);
export const amountsAddUp = of(
  "payment-amounts",
  "Refunds are at most what was captured, every transfer balances, and the books say what the order says.",
);
export const oneStep = of(
  "payment-one-step",
  "State, outbox and ledger change in one transaction: wherever a process dies, all three tell the same history.",
);
export const onRecordFirst = of(
  "payment-on-record-first",
  "A request to the provider is committed under its reference before the provider hears of it.",
  "Brandur Leach, Implementing Stripe-like Idempotency Keys in Postgres, 2017",
);
export const oneCapture = of(
  "payment-one-capture",
  "A payment is captured once, and every operation has one effect at the provider, whichever process dies " +
    "and whichever message is lost.",
);
export const neverGuess = of(
  "payment-never-guess",
  "An outcome is unknown until the provider has told it, asked by our reference: a time-out is not a failure.",
);
export const anyOrder = of(
  "payment-any-order",
  "The provider's words mean the same in any order and however often they come; a success wins over a stale " +
    "decline.",
  "Stripe, Receive events: no order, duplicates",
);
export const publishedInOrder = of(
  "payment-outbox",
  "Each event of a committed transaction is published at least once, and those of one payment in their order.",
);
