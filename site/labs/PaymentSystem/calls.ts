/** The calls of a payment: each is an arrow there and an arrow back, and both can be sabotaged. */
export type CallName = "pay" | "authorize" | "capture" | "refund" | "payout" | "ask" | "webhook";

/**
 * - `request-lost`: it never comes, and nothing happens.
 * - `answer-lost`: it happens, and its answer never comes.
 * - `error-after`: it happens, and the answer is a 500.
 * - `refused`: nothing happens, and the answer is a 400.
 * - `late`: it happens, and the answer comes after the time-out; of a webhook: it is sent seconds later.
 * - `killed`: it happens, and the worker dies with the answer in its hand, before its commit.
 * - `twice`: it is sent twice, under the same id.
 */
export type Fault = "request-lost" | "answer-lost" | "error-after" | "refused" | "late" | "killed" | "twice";

export const callTitles: Readonly<Record<CallName, string>> = {
  pay: "Pay",
  authorize: "Authorize",
  capture: "Capture",
  ask: "Look-up",
  webhook: "Webhook",
  refund: "Refund",
  payout: "Payout",
};

const faultTitles: Readonly<Record<Fault, string>> = {
  "request-lost": "request lost",
  "answer-lost": "answer lost",
  "error-after": "done, then 500",
  refused: "not done, 400",
  late: "answer late",
  killed: "worker dies at the answer",
  twice: "sent twice",
};

export function titleOf(call: CallName, fault: Fault): string {
  if (call !== "webhook") return faultTitles[fault];
  return fault === "late" ? "held up" : fault === "request-lost" ? "lost" : faultTitles[fault];
}

const requests: readonly Fault[] = ["request-lost", "answer-lost", "error-after", "refused", "late", "killed"];

/** What can be done to each. */
export const faultsOf: Readonly<Record<CallName, readonly Fault[]>> = {
  pay: ["request-lost", "answer-lost"],
  authorize: requests,
  capture: requests,
  ask: ["request-lost", "answer-lost", "error-after", "late"],
  webhook: ["request-lost", "twice", "late"],
  refund: requests,
  payout: requests,
};
