import type { Estimate, EstimateInput, EstimateStep } from "../../estimate.ts";
import { annualLoss, atLeastOnce, failsWithin, moreThan, nines, periodsPerYear } from "./loss.ts";

const yearlyFailure: EstimateInput = {
  id: "yearlyFailure",
  label: "Disks that fail in a year",
  value: 0.0157,
  unit: "",
  min: 0.000_1,
  max: 0.5,
  source: "drive-stats",
};

/** Chance of loss, nines and overhead of one scheme, under the inputs `yearlyFailure` and `repairDays`. */
function scheme(id: string, name: string, k: number, m: number): EstimateStep[] {
  const n = k + m;
  return [
    {
      id: `${id}Overhead`,
      label: `${name}: stored for each byte`,
      unit: "x",
      formula: `${n} / ${k}`,
      compute: () => n / k,
    },
    {
      id: `${id}Loss`,
      label: `${name}: chance to lose an object in a year`,
      unit: "",
      formula: `more than ${m} of ${n} within {repairDays}, at {yearlyFailure} a year each`,
      compute: ({ yearlyFailure, repairDays }) => annualLoss(n, m, yearlyFailure!, repairDays!),
    },
    {
      id: `${id}Nines`,
      label: `${name}: nines`,
      unit: "nines",
      formula: `-log10 of {${id}Loss}`,
      compute: (values) => nines(values[`${id}Loss`]!),
    },
  ];
}

export const schemes: Estimate = {
  id: "schemes",
  title: "Four schemes under the same failures and the same repair",
  decides:
    "8 + 4: the disks of a 1.5-fold store, and more nines than three copies. That two schemes of the same overhead differ this much is the reason to compute.",
  inputs: [
    yearlyFailure,
    {
      id: "repairDays",
      label: "Days until a lost fragment is there again",
      value: 6.5,
      unit: "days",
      min: 0.01,
      max: 365,
      source: "backblaze-durability",
    },
  ],
  steps: [
    ...scheme("copies", "Three copies", 1, 2),
    ...scheme("fourTwo", "4 + 2", 4, 2),
    ...scheme("eightFour", "8 + 4", 8, 4),
    ...scheme("seventeenThree", "17 + 3", 17, 3),
    {
      id: "worse",
      label: "4 + 2 against three copies: chance of loss",
      unit: "x",
      formula: "{fourTwoLoss} / {copiesLoss}",
      compute: ({ fourTwoLoss, copiesLoss }) => fourTwoLoss! / copiesLoss!,
    },
  ],
};

export const published: Estimate = {
  id: "published",
  title: "A published figure, computed again",
  decides:
    "Whether our model is the one that others quote: it gives the eleven nines that Backblaze published for 17 + 3.",
  inputs: [
    { id: "k", label: "Data fragments", value: 17, unit: "", source: "backblaze-durability" },
    { id: "m", label: "Parity fragments", value: 3, unit: "", source: "backblaze-durability" },
    {
      id: "yearlyFailure",
      label: "Disks that fail in a year",
      value: 0.00405,
      unit: "",
      source: "backblaze-durability",
    },
    { id: "repairDays", label: "Days to replace one", value: 6.5, unit: "days", source: "backblaze-durability" },
  ],
  steps: [
    {
      id: "periods",
      label: "Repair times in a year",
      unit: "periods",
      formula: "365 / {repairDays}",
      compute: ({ repairDays }) => periodsPerYear(repairDays!),
    },
    {
      id: "p",
      label: "Chance that a disk fails in one of them",
      unit: "",
      formula: "1 - e^(-{yearlyFailure} / {periods})",
      compute: ({ yearlyFailure, repairDays }) => failsWithin(repairDays!, yearlyFailure!),
    },
    {
      id: "periodLoss",
      label: "Chance that too many fail in the same one",
      unit: "",
      formula: "sum over i > {m} of C({k} + {m}, i) x {p}^i x (1 - {p})^({k} + {m} - i)",
      compute: ({ k, m, p }) => moreThan(m!, k! + m!, p!),
    },
    {
      id: "annualLoss",
      label: "Chance to lose an object in a year",
      unit: "",
      formula: "1 - (1 - {periodLoss})^{periods}",
      compute: ({ periodLoss, periods }) => atLeastOnce(periodLoss!, periods!),
    },
    {
      id: "wholeNines",
      label: "Whole nines",
      unit: "nines",
      formula: "-log10 of {annualLoss}, rounded down",
      compute: ({ annualLoss }) => Math.floor(nines(annualLoss!)),
    },
  ],
};

export const repair: Estimate = {
  id: "repair",
  title: "Repairing one disk",
  decides:
    "How fragments are spread: onto one spare disk, repair takes as long as writing it; spread over all, it takes what the network may give.",
  inputs: [
    { id: "diskBytes", label: "Bytes on the lost disk", value: 1.6e13, unit: "bytes", min: 1e9, source: "assumed" },
    {
      id: "spareBytesPerSecond",
      label: "What one spare disk can take",
      value: 1.5e8,
      unit: "bytes/s",
      source: "assumed",
    },
    { id: "nodes", label: "Machines that help (result of the disks estimate)", value: 261, unit: "machines", min: 1 },
    {
      id: "nodeBytesPerSecond",
      label: "What each may spend on repair, receiving",
      value: 1e8,
      unit: "bytes/s",
      source: "assumed",
    },
    { id: "k", label: "Fragments to read for one lost", value: 8, unit: "", min: 1, source: "assumed" },
    { id: "detectHours", label: "Until a disk counts as lost", value: 0.25, unit: "h", min: 0, source: "assumed" },
    yearlyFailure,
  ],
  steps: [
    {
      id: "spareHours",
      label: "To one spare disk",
      unit: "h",
      formula: "{diskBytes} / {spareBytesPerSecond} / 3600",
      compute: ({ diskBytes, spareBytesPerSecond }) => diskBytes! / spareBytesPerSecond! / 3_600,
    },
    {
      id: "readBytes",
      label: "Read to rebuild it",
      unit: "bytes",
      formula: "{k} x {diskBytes}",
      compute: ({ k, diskBytes }) => k! * diskBytes!,
    },
    {
      id: "spreadHours",
      label: "Spread over all machines",
      unit: "h",
      formula: "{readBytes} / ({nodes} x {nodeBytesPerSecond}) / 3600",
      compute: ({ readBytes, nodes, nodeBytesPerSecond }) => readBytes! / (nodes! * nodeBytesPerSecond!) / 3_600,
    },
    {
      id: "spareNines",
      label: "8 + 4 when repair goes to one spare",
      unit: "nines",
      formula: "nines of 8 + 4 at {yearlyFailure} and {detectHours} + {spareHours}",
      compute: ({ yearlyFailure, detectHours, spareHours }) =>
        nines(annualLoss(12, 4, yearlyFailure!, (detectHours! + spareHours!) / 24)),
    },
    {
      id: "spreadNines",
      label: "8 + 4 when repair is spread",
      unit: "nines",
      formula: "nines of 8 + 4 at {yearlyFailure} and {detectHours} + {spreadHours}",
      compute: ({ yearlyFailure, detectHours, spreadHours }) =>
        nines(annualLoss(12, 4, yearlyFailure!, (detectHours! + spreadHours!) / 24)),
    },
    {
      id: "copiesSlowNines",
      label: "Three copies, repaired in a week",
      unit: "nines",
      formula: "nines of three copies at {yearlyFailure} and 7 days",
      compute: ({ yearlyFailure }) => nines(annualLoss(3, 2, yearlyFailure!, 7)),
    },
    {
      id: "copiesFastNines",
      label: "Three copies, repaired in an hour",
      unit: "nines",
      formula: "nines of three copies at {yearlyFailure} and 1 h",
      compute: ({ yearlyFailure }) => nines(annualLoss(3, 2, yearlyFailure!, 1 / 24)),
    },
  ],
};

export const traffic: Estimate = {
  id: "traffic",
  title: "What repair reads, all the time",
  decides:
    "Whether the code needs local parities: repair traffic is disks that fail times what one of them costs to rebuild.",
  inputs: [
    {
      id: "failingPerDay",
      label: "Disks that fail in a day (result of the disks estimate)",
      value: 147.187_5 / 365,
      unit: "disks",
    },
    { id: "diskBytes", label: "Bytes on one", value: 1.6e13, unit: "bytes", source: "assumed" },
    { id: "localGroup", label: "Fragments read by a local code, 12 + 2 + 2", value: 6, unit: "", source: "lrc-2012" },
  ],
  steps: [
    {
      id: "copies",
      label: "Three copies",
      unit: "bytes/day",
      formula: "{failingPerDay} x {diskBytes}",
      compute: ({ failingPerDay, diskBytes }) => failingPerDay! * diskBytes!,
    },
    {
      id: "eightFour",
      label: "8 + 4",
      unit: "bytes/day",
      formula: "{failingPerDay} x {diskBytes} x 8",
      compute: ({ failingPerDay, diskBytes }) => failingPerDay! * diskBytes! * 8,
    },
    {
      id: "seventeenThree",
      label: "17 + 3",
      unit: "bytes/day",
      formula: "{failingPerDay} x {diskBytes} x 17",
      compute: ({ failingPerDay, diskBytes }) => failingPerDay! * diskBytes! * 17,
    },
    {
      id: "local",
      label: "12 + 2 + 2, data fragments and local parities",
      unit: "bytes/day",
      formula: "{failingPerDay} x {diskBytes} x {localGroup}",
      compute: ({ failingPerDay, diskBytes, localGroup }) => failingPerDay! * diskBytes! * localGroup!,
    },
    {
      id: "localOverhead",
      label: "12 + 2 + 2: stored for each byte",
      unit: "x",
      formula: "(12 + 2 + 2) / 12",
      compute: () => 16 / 12,
    },
    {
      id: "rate",
      label: "8 + 4, averaged over the day",
      unit: "bytes/s",
      formula: "{eightFour} / 86400",
      compute: ({ eightFour }) => eightFour! / 86_400,
    },
  ],
};

export const scrub: Estimate = {
  id: "scrub",
  title: "Reading everything to find what has rotted",
  decides:
    "How much of each disk's time goes to scrubbing: damage that nobody has found yet is not being repaired, so its repair time starts when the scrubber comes by.",
  inputs: [
    { id: "diskBytes", label: "Bytes on a disk", value: 1.6e13, unit: "bytes", source: "assumed" },
    {
      id: "scrubBytesPerSecond",
      label: "Scrubbing of one disk",
      value: 1e7,
      unit: "bytes/s",
      min: 1_000,
      source: "assumed",
    },
    { id: "diskBytesPerSecond", label: "What the disk can read", value: 2e8, unit: "bytes/s", source: "assumed" },
  ],
  steps: [
    {
      id: "cycleDays",
      label: "Once around",
      unit: "days",
      formula: "{diskBytes} / {scrubBytesPerSecond} / 86400",
      compute: ({ diskBytes, scrubBytesPerSecond }) => diskBytes! / scrubBytesPerSecond! / 86_400,
    },
    {
      id: "meanDays",
      label: "Damage waits for it, on average",
      unit: "days",
      formula: "{cycleDays} / 2",
      compute: ({ cycleDays }) => cycleDays! / 2,
    },
    {
      id: "share",
      label: "Part of the disk's reading",
      unit: "%",
      formula: "100 x {scrubBytesPerSecond} / {diskBytesPerSecond}",
      compute: ({ scrubBytesPerSecond, diskBytesPerSecond }) => (100 * scrubBytesPerSecond!) / diskBytesPerSecond!,
    },
  ],
};
