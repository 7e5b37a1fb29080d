import { type Estimate, type EstimateInput, fromEstimate, fromParameter } from "../../estimate.ts";

/** What comes in, and what has to be waited for. Decides about the database, the queue, and who clears up. */

const secondsPerDay = 86_400;

export const rate: Estimate = {
  id: "rate",
  title: "Payments and commits",
  decides: "That one database records everything, and that throughput argues for no design over another.",
  inputs: [
    { id: "paymentsPerDay", label: "Payments a day", value: 1_000_000, unit: "payments", min: 1, source: "assumed" },
    { id: "peakFactor", label: "Peak over mean", value: 10, unit: "", min: 1, source: "assumed" },
    {
      id: "commitsPerPayment",
      label: "Commits a payment: key, intents, results, events, jobs",
      value: 8,
      unit: "",
      min: 1,
      source: "assumed",
    },
    fromParameter("fsyncLocalUs", { id: "syncUs" }),
  ],
  steps: [
    {
      id: "meanPerSecond",
      label: "Payments a second, mean",
      unit: "payments/s",
      formula: "{paymentsPerDay} / 86,400",
      compute: ({ paymentsPerDay }) => paymentsPerDay! / secondsPerDay,
    },
    {
      id: "peakPerSecond",
      label: "Payments a second at peak",
      unit: "payments/s",
      formula: "{meanPerSecond} x {peakFactor}",
      compute: ({ meanPerSecond, peakFactor }) => meanPerSecond! * peakFactor!,
    },
    {
      id: "commitsPerSecond",
      label: "Commits a second at peak",
      unit: "commits/s",
      formula: "{peakPerSecond} x {commitsPerPayment}",
      compute: ({ peakPerSecond, commitsPerPayment }) => peakPerSecond! * commitsPerPayment!,
    },
    {
      id: "commitsMax",
      label: "Commits a second, one flush each and one after another",
      unit: "commits/s",
      formula: "1,000,000 / {syncUs}",
      compute: ({ syncUs }) => 1e6 / syncUs!,
    },
    {
      id: "used",
      label: "Part of it that the peak takes",
      unit: "%",
      formula: "100 x {commitsPerSecond} / {commitsMax}",
      compute: ({ commitsPerSecond, commitsMax }) => (100 * commitsPerSecond!) / commitsMax!,
    },
  ],
  breakEven: {
    input: "paymentsPerDay",
    sides: ["commitsPerSecond", "commitsMax"],
    below: "one primary flushes every commit by itself",
    above: "commits must share a flush",
  },
};

export const storage: Estimate = {
  id: "storage",
  title: "Bytes that are kept",
  decides: "That nothing is deleted for lack of room. Keys and postings are kept for as long as they are needed.",
  inputs: [
    fromEstimate(rate, "paymentsPerDay", { id: "paymentsPerDay" }),
    { id: "postings", label: "Postings a payment", value: 6, unit: "", min: 2, whole: true, source: "assumed" },
    { id: "postingBytes", label: "One posting", value: 100, unit: "bytes", source: "assumed" },
    { id: "keyBytes", label: "One key with its stored answer", value: 1_000, unit: "bytes", source: "assumed" },
    { id: "keyDays", label: "Days for which keys are kept", value: 30, unit: "days", source: "assumed" },
    { id: "years", label: "Years for which postings are kept", value: 7, unit: "years", source: "assumed" },
    { id: "driveBytes", label: "One drive", value: 4e12, unit: "bytes", source: "assumed" },
  ],
  steps: [
    {
      id: "postingsYear",
      label: "Postings of a year",
      unit: "bytes",
      formula: "365 x {paymentsPerDay} x {postings} x {postingBytes}",
      compute: ({ paymentsPerDay, postings, postingBytes }) => 365 * paymentsPerDay! * postings! * postingBytes!,
    },
    {
      id: "keys",
      label: "Keys",
      unit: "bytes",
      formula: "{paymentsPerDay} x {keyDays} x {keyBytes}",
      compute: ({ paymentsPerDay, keyDays, keyBytes }) => paymentsPerDay! * keyDays! * keyBytes!,
    },
    {
      id: "kept",
      label: "Everything that is kept, without indexes",
      unit: "bytes",
      formula: "{years} x {postingsYear} + {keys}",
      compute: ({ years, postingsYear, keys }) => years! * postingsYear! + keys!,
    },
  ],
  breakEven: {
    input: "paymentsPerDay",
    sides: ["kept", "driveBytes"],
    below: "all years stay on one drive",
    above: "old months move to cheaper storage",
  },
};

const latency: EstimateInput = {
  id: "latencySeconds",
  label: "Answer of the provider",
  value: 2,
  unit: "s",
  min: 0.01,
  source: "assumed",
};

export const pool: Estimate = {
  id: "pool",
  title: "Calls in flight",
  decides: "That the provider is called by workers behind a queue, and not while the client's request waits.",
  inputs: [
    fromEstimate(rate, "meanPerSecond", { id: "meanPerSecond" }),
    fromEstimate(rate, "peakPerSecond", { id: "peakPerSecond" }),
    latency,
    { id: "slowSeconds", label: "Answer of a slow provider", value: 30, unit: "s", source: "assumed" },
    {
      id: "workers",
      label: "Threads or connections that may wait",
      value: 100,
      unit: "",
      min: 1,
      whole: true,
      source: "assumed",
    },
  ],
  steps: [
    {
      id: "inFlight",
      label: "Waiting, mean rate",
      unit: "calls",
      formula: "{meanPerSecond} x {latencySeconds}",
      compute: ({ meanPerSecond, latencySeconds }) => meanPerSecond! * latencySeconds!,
    },
    {
      id: "inFlightPeak",
      label: "Waiting at peak",
      unit: "calls",
      formula: "{peakPerSecond} x {latencySeconds}",
      compute: ({ peakPerSecond, latencySeconds }) => peakPerSecond! * latencySeconds!,
    },
    {
      id: "inFlightSlow",
      label: "Waiting, mean rate, slow provider",
      unit: "calls",
      formula: "{meanPerSecond} x {slowSeconds}",
      compute: ({ meanPerSecond, slowSeconds }) => meanPerSecond! * slowSeconds!,
    },
    {
      id: "fullMean",
      label: "Answer at which all wait, mean rate",
      unit: "s",
      formula: "{workers} / {meanPerSecond}",
      compute: ({ workers, meanPerSecond }) => workers! / meanPerSecond!,
    },
    {
      id: "fullPeak",
      label: "Answer at which all wait, at peak",
      unit: "s",
      formula: "{workers} / {peakPerSecond}",
      compute: ({ workers, peakPerSecond }) => workers! / peakPerSecond!,
    },
  ],
  breakEven: {
    input: "latencySeconds",
    sides: ["inFlightPeak", "workers"],
    below: "the request itself may wait for the provider",
    above: "a queue holds the rest",
  },
};

export const unknowns: Estimate = {
  id: "unknowns",
  title: "Payments whose outcome is not known",
  decides: "That a program resolves unknown outcomes. People see only those that it cannot resolve.",
  inputs: [
    fromEstimate(rate, "paymentsPerDay", { id: "paymentsPerDay" }),
    {
      id: "unknownPercent",
      label: "Payments of which an answer is lost",
      value: 0.1,
      unit: "%",
      min: 0,
      max: 100,
      source: "assumed",
    },
    { id: "minutesEach", label: "One case by hand", value: 3, unit: "min", min: 0.1, source: "assumed" },
    { id: "hours", label: "Hours a person works in a day", value: 8, unit: "h", source: "assumed" },
  ],
  steps: [
    {
      id: "perDay",
      label: "Unknown outcomes a day",
      unit: "payments",
      formula: "{paymentsPerDay} x {unknownPercent} / 100",
      compute: ({ paymentsPerDay, unknownPercent }) => (paymentsPerDay! * unknownPercent!) / 100,
    },
    {
      id: "clearedPerDay",
      label: "Cleared by one person a day",
      unit: "payments",
      formula: "60 x {hours} / {minutesEach}",
      compute: ({ hours, minutesEach }) => (60 * hours!) / minutesEach!,
    },
    {
      id: "people",
      label: "People who do nothing else",
      unit: "people",
      formula: "{perDay} / {clearedPerDay}",
      compute: ({ perDay, clearedPerDay }) => perDay! / clearedPerDay!,
    },
  ],
  breakEven: {
    input: "unknownPercent",
    sides: ["perDay", "clearedPerDay"],
    below: "one person clears them by hand",
    above: "a program must",
  },
};
