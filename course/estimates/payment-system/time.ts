import { type Estimate, fromEstimate } from "../../estimate.ts";
import { rate } from "./load.ts";

/** How long a message may lie before it means something else, and how many rows a day's books compare. */

export const window: Estimate = {
  id: "window",
  title: "Age of a message that a person sends again",
  decides: "That a redrive first looks the payment up by our own reference. The provider may have forgotten the key.",
  inputs: [
    { id: "attempts", label: "Attempts in all", value: 12, unit: "", min: 1, max: 60, whole: true, source: "assumed" },
    { id: "baseSeconds", label: "First delay at most", value: 1, unit: "s", min: 0.01, source: "assumed" },
    { id: "capSeconds", label: "A delay at most", value: 3_600, unit: "s", min: 1, source: "assumed" },
    { id: "humanHours", label: "Friday evening to Monday morning", value: 60, unit: "h", min: 0, source: "assumed" },
    {
      id: "keyHours",
      label: "Provider's memory of a key, at least",
      value: 24,
      unit: "h",
      source: "stripe-idempotency",
    },
  ],
  steps: [
    {
      id: "retryHours",
      label: "All automatic attempts, longest",
      unit: "h",
      formula: "the sum of min({capSeconds}, {baseSeconds} x 2^i) for i = 0 … {attempts} - 2, / 3,600",
      compute: ({ attempts, baseSeconds, capSeconds }) =>
        delays(attempts!, baseSeconds!, capSeconds!).reduce((sum, delay) => sum + delay, 0) / 3_600,
    },
    {
      id: "ageHours",
      label: "Age when it is sent again",
      unit: "h",
      formula: "{retryHours} + {humanHours}",
      compute: ({ retryHours, humanHours }) => retryHours! + humanHours!,
    },
  ],
  breakEven: {
    input: "humanHours",
    sides: ["ageHours", "keyHours"],
    below: "the provider still knows the key",
    above: "the same key is a new charge",
  },
};

/** Upper ends of the jittered delays before the second attempt, the third, and so on. */
function delays(attempts: number, base: number, cap: number): number[] {
  return Array.from({ length: Math.max(0, Math.round(attempts) - 1) }, (_, i) => Math.min(cap, base * 2 ** i));
}

export const matching: Estimate = {
  id: "matching",
  title: "Memory of a day's reconciliation",
  decides: "That both sides are sorted in runs and merged, with the rows of one reference in memory.",
  inputs: [
    fromEstimate(rate, "paymentsPerDay", { id: "paymentsPerDay" }),
    { id: "days", label: "Days whose rows may still be open", value: 5, unit: "days", min: 1, source: "assumed" },
    { id: "rowBytes", label: "One row in memory", value: 250, unit: "bytes", min: 16, source: "assumed" },
    { id: "memoryBytes", label: "Memory of the job", value: 512e6, unit: "bytes", source: "assumed" },
  ],
  steps: [
    {
      id: "rows",
      label: "Rows of our side that may match",
      unit: "rows",
      formula: "{paymentsPerDay} x {days}",
      compute: ({ paymentsPerDay, days }) => paymentsPerDay! * days!,
    },
    {
      id: "tableBytes",
      label: "All of them in one hash table",
      unit: "bytes",
      formula: "{rows} x {rowBytes}",
      compute: ({ rows, rowBytes }) => rows! * rowBytes!,
    },
    {
      id: "runs",
      label: "Sorted runs that fit, one after another",
      unit: "runs",
      formula: "{tableBytes} / {memoryBytes}, rounded up",
      compute: ({ tableBytes, memoryBytes }) => Math.ceil(tableBytes! / memoryBytes!),
    },
  ],
  breakEven: {
    input: "paymentsPerDay",
    sides: ["tableBytes", "memoryBytes"],
    below: "one hash table holds our side",
    above: "runs are sorted and merged",
  },
};
