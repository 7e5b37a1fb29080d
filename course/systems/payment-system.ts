import type { System } from "../types.ts";

export const paymentSystem: System = {
  slug: "payment-system",
  title: "Payment system",
  question: "How do you charge exactly once when the provider's answer is lost?",
  exercises: [
    {
      slug: "idempotency",
      title: "Idempotency keys in PostgreSQL",
      summary: "One effect per key: replays, conflicts, duplicates at the same time, and a process that dies anywhere.",
      level: "senior",
      topics: ["idempotency", "atomicity", "retries"],
      minutes: 120,
      stages: ["Run once, replay the answer", "Two at once", "Die between any two statements", "Keys that expire"],
    },
    {
      slug: "ledger",
      title: "Double-entry ledger",
      summary: "Transfers that balance, holds, and hot accounts that many clients move money through at once.",
      level: "senior",
      topics: ["atomicity", "event-sourcing", "batching"],
      minutes: 120,
      stages: ["Post what balances", "Holds", "Many clients at once", "Hot accounts"],
    },
    {
      slug: "payment-order",
      title: "Payment order",
      summary:
        "The state machine from fraud check to payout, with an outbox, webhooks in any order and unknown outcomes.",
      level: "staff",
      topics: ["idempotency", "event-sourcing", "retries"],
      minutes: 150,
      stages: [
        "Transitions as data",
        "State, ledger and outbox in one step",
        "Unknown outcomes",
        "Webhooks in any order",
      ],
    },
    {
      slug: "retry-queue",
      title: "Retries and dead letters",
      summary: "A queue in PostgreSQL with backoff, leases, order per payment, and a dead letter queue with redrive.",
      level: "senior",
      topics: ["retries", "queues", "leases", "idempotency"],
      minutes: 120,
      stages: ["When to try again", "Claim, finish, give back", "Order per payment", "Dead letters and redrive"],
    },
    {
      slug: "webhook",
      title: "Webhook verification",
      summary: "Signatures over raw bytes, in constant time, with a replay window and keys that rotate.",
      level: "mid",
      topics: ["integrity"],
      minutes: 45,
      stages: ["Sign and verify", "Replay window", "Keys that rotate, input that is hostile"],
    },
    {
      slug: "reconciliation",
      title: "Reconciliation",
      summary: "A settlement file against the ledger: every difference by its kind, and none that is not there.",
      level: "senior",
      topics: ["anti-entropy", "idempotency"],
      minutes: 75,
      stages: ["Match one to one", "Fees, currencies and dates", "Doubled rows", "A million rows in bounded memory"],
    },
  ],
};
