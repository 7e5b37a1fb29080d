import { type Estimate, type EstimateInput, fromEstimate, fromParameter } from "../../estimate.ts";
import { rate } from "./load.ts";

/** The ledger's hottest rows, the copies of the database, and the money that all of it costs. */

/** Transfers a second, measured on the course's machine: see the chapter's source `measured`. */
function measured(id: string, label: string, value: number): EstimateInput {
  return { id, label, value, unit: "transfers/s", min: 1, source: "measured" };
}

export const hotRow: Estimate = {
  id: "hot-row",
  title: "Transfers through one hot account",
  decides: "How postings to an account that every payment touches are written, before the load has grown tenfold.",
  inputs: [
    fromEstimate(rate, "paymentsPerDay", { id: "paymentsPerDay" }),
    fromEstimate(rate, "peakFactor", { id: "peakFactor" }),
    { id: "growth", label: "Growth that must need no new design", value: 10, unit: "", min: 1, source: "assumed" },
    measured("locked", "A row per balance, locked, ten hot accounts", 566),
    measured("lockedFirst", "One hot row, locked first", 298),
    measured("touchedLast", "One hot row, updated last", 572),
    measured("oneStatement", "The whole transfer in one statement", 724),
    measured("subRows", "One hot row, split into 64", 3_382),
    measured("batched", "One writer, 100 transfers a commit", 5_482),
    measured("appended", "Postings only added, no balance row", 5_623),
  ],
  steps: [
    {
      id: "peakNow",
      label: "At peak today",
      unit: "transfers/s",
      formula: "{paymentsPerDay} x {peakFactor} / 86,400",
      compute: ({ paymentsPerDay, peakFactor }) => (paymentsPerDay! * peakFactor!) / 86_400,
    },
    {
      id: "peakGrown",
      label: "At peak, grown",
      unit: "transfers/s",
      formula: "{peakNow} x {growth}",
      compute: ({ peakNow, growth }) => peakNow! * growth!,
    },
    {
      id: "gain",
      label: "Only added, against a locked row",
      unit: "times",
      formula: "{appended} / {locked}",
      compute: ({ appended, locked }) => appended! / locked!,
    },
    {
      id: "appendedPerDay",
      label: "Payments a day that adding alone carries",
      unit: "payments",
      formula: "{appended} x 86,400 / {peakFactor}",
      compute: ({ appended, peakFactor }) => (appended! * 86_400) / peakFactor!,
    },
  ],
  breakEven: {
    input: "paymentsPerDay",
    sides: ["peakNow", "locked"],
    below: "a row per balance carries the peak",
    above: "postings are added, and balances follow",
  },
};

export const standby: Estimate = {
  id: "standby",
  title: "Minutes in which nothing can be committed",
  decides: "That a commit waits for any one of two standbys. One required standby would stop payments when it is away.",
  inputs: [
    {
      id: "availability",
      label: "Part of the time that a node is there",
      value: 0.999,
      unit: "",
      min: 0.9,
      max: 0.999999,
      source: "assumed",
    },
    { id: "allowed", label: "Allowed in 30 days", value: 60, unit: "min", source: "assumed" },
  ],
  steps: [
    {
      id: "oneMinutes",
      label: "One standby, which must answer",
      unit: "min",
      formula: "43,200 x (1 - {availability}^2)",
      compute: ({ availability }) => 43_200 * (1 - availability! ** 2),
    },
    {
      id: "anyMinutes",
      label: "Two standbys, any one must answer",
      unit: "min",
      formula: "43,200 x (1 - {availability} x (1 - (1 - {availability})^2))",
      compute: ({ availability }) => 43_200 * (1 - availability! * (1 - (1 - availability!) ** 2)),
    },
  ],
  breakEven: {
    input: "availability",
    sides: ["oneMinutes", "allowed"],
    below: "one required standby stops payments for too long",
    above: "one is enough",
  },
};

export const cost: Estimate = {
  id: "cost",
  title: "Fees against machines and people",
  decides: "That work on fees, refunds and disputes pays sooner than work on servers.",
  inputs: [
    fromEstimate(rate, "paymentsPerDay", { id: "paymentsPerDay" }),
    { id: "amount", label: "A payment", value: 50, unit: "USD", min: 0.5, source: "assumed" },
    {
      id: "feePercent",
      label: "Fee, by amount",
      value: 2.9,
      unit: "%",
      min: 0,
      max: 100,
      source: "stripe-pricing",
    },
    { id: "feeFixed", label: "Fee, fixed", value: 0.3, unit: "USD", min: 0, source: "stripe-pricing" },
    { id: "cores", label: "Cores, three databases and all services", value: 100, unit: "", source: "assumed" },
    fromParameter("coreUsdMonth", { id: "coreMonth" }),
    { id: "engineers", label: "Engineers", value: 5, unit: "", source: "assumed" },
    { id: "engineerMonth", label: "One engineer a month", value: 20_000, unit: "USD", source: "assumed" },
  ],
  steps: [
    {
      id: "fee",
      label: "Fee of a payment",
      unit: "USD",
      formula: "{amount} x {feePercent} / 100 + {feeFixed}",
      compute: ({ amount, feePercent, feeFixed }) => (amount! * feePercent!) / 100 + feeFixed!,
    },
    {
      id: "feesMonth",
      label: "Fees of a month",
      unit: "USD",
      formula: "30 x {paymentsPerDay} x {fee}",
      compute: ({ paymentsPerDay, fee }) => 30 * paymentsPerDay! * fee!,
    },
    {
      id: "coresMonth",
      label: "Cores of a month",
      unit: "USD",
      formula: "{cores} x {coreMonth}",
      compute: ({ cores, coreMonth }) => cores! * coreMonth!,
    },
    {
      id: "ownMonth",
      label: "Cores and engineers of a month",
      unit: "USD",
      formula: "{coresMonth} + {engineers} x {engineerMonth}",
      compute: ({ coresMonth, engineers, engineerMonth }) => coresMonth! + engineers! * engineerMonth!,
    },
  ],
  breakEven: {
    input: "paymentsPerDay",
    sides: ["feesMonth", "ownMonth"],
    below: "the team costs more than the provider",
    above: "fees are the bill to work on",
  },
};
