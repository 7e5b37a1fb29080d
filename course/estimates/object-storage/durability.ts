import { type Estimate, type EstimateInput, type EstimateStep, fromEstimate, fromParameter } from "../../estimate.ts";
import { disks } from "./capacity.ts";
import { annualLoss, atLeastOnce, failsWithin, largestWithin, moreThan, nines, periodsPerYear } from "./loss.ts";

const yearlyFailure: EstimateInput = fromParameter("hddAfr", {
  id: "yearlyFailure",
  label: "Disks that fail in a year",
  unit: "",
});
const nodes: EstimateInput = fromEstimate(disks, "nodes", { id: "nodes", label: "Machines that help", whole: true });
const nodeBytesPerSecond: EstimateInput = {
  id: "nodeBytesPerSecond",
  label: "Each machine may receive for repair",
  value: 1e8,
  unit: "bytes/s",
  source: "assumed",
};

const limit: EstimateInput = {
  id: "limit",
  label: "Asked for: chance to lose an object in a year, at most",
  value: 1e-9,
  unit: "",
  min: 1e-15,
  max: 0.1,
  source: "assumed",
};

export const repair: Estimate = {
  id: "repair",
  title: "Repairing one disk, and one machine",
  decides:
    "That fragments are spread over all machines, so that a disk is repaired in an hour or two; and that a silent machine is waited for, because rebuilding it takes days.",
  inputs: [
    { id: "diskBytes", label: "Bytes on the lost disk", value: 1.6e13, unit: "bytes", min: 1e9, source: "assumed" },
    fromParameter("hddSeqMBs", { id: "spareBytesPerSecond", label: "One spare disk can take", unit: "bytes/s" }),
    nodes,
    { id: "disksPerNode", label: "Disks in one machine", value: 36, unit: "disks", min: 1, source: "assumed" },
    nodeBytesPerSecond,
    { id: "k", label: "Fragments to read for one lost", value: 8, unit: "", min: 1, source: "assumed" },
    { id: "detectHours", label: "Until a disk counts as lost", value: 0.25, unit: "h", min: 0, source: "rashmi-2013" },
    yearlyFailure,
  ],
  steps: [
    {
      id: "spareHours",
      label: "To one spare disk",
      unit: "h",
      formula: "{diskBytes} / {spareBytesPerSecond} / 3,600",
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
      formula: "{readBytes} / ({nodes} x {nodeBytesPerSecond}) / 3,600",
      compute: ({ readBytes, nodes, nodeBytesPerSecond }) => readBytes! / (nodes! * nodeBytesPerSecond!) / 3_600,
    },
    {
      id: "spreadDays",
      label: "Until a lost fragment is there again, detection and repair",
      unit: "days",
      formula: "({detectHours} + {spreadHours}) / 24",
      compute: ({ detectHours, spreadHours }) => (detectHours! + spreadHours!) / 24,
    },
    {
      id: "machineBytes",
      label: "Read to rebuild a whole machine",
      unit: "bytes",
      formula: "{disksPerNode} x {readBytes}",
      compute: ({ disksPerNode, readBytes }) => disksPerNode! * readBytes!,
    },
    {
      id: "machineHours",
      label: "A whole machine, spread over all others",
      unit: "h",
      formula: "{machineBytes} / (({nodes} - 1) x {nodeBytesPerSecond}) / 3,600",
      compute: ({ machineBytes, nodes, nodeBytesPerSecond }) =>
        machineBytes! / ((nodes! - 1) * nodeBytesPerSecond!) / 3_600,
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
    {
      id: "evenNodes",
      label: "Machines at which spreading is no faster than one spare disk",
      unit: "machines",
      formula: "{k} x {spareBytesPerSecond} / {nodeBytesPerSecond}",
      compute: ({ k, spareBytesPerSecond, nodeBytesPerSecond }) => (k! * spareBytesPerSecond!) / nodeBytesPerSecond!,
    },
  ],
  breakEven: {
    input: "nodes",
    sides: ["spreadHours", "spareHours"],
    below: "one spare disk is faster, and a code reads k times as much for nothing",
    above: "spreading is faster",
  },
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
  title: "Four schemes under the same failures and our own repair time",
  decides:
    "That durability does not choose between copies and a code here: all four pass by orders of magnitude, so cost decides. And that two schemes with the same overhead differ by ten orders.",
  inputs: [yearlyFailure, fromEstimate(repair, "spreadDays", { id: "repairDays", min: 0.001, max: 365 }), limit],
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
    {
      id: "spare",
      label: "Three copies: below the limit by",
      unit: "orders of magnitude",
      formula: "log10 of {limit} / {copiesLoss}",
      compute: ({ limit, copiesLoss }) => Math.log10(limit! / copiesLoss!),
    },
    {
      id: "eightFourDays",
      label: "8 + 4: repair may take so long",
      unit: "days",
      formula: "the repair time at which more than 4 of 12 reach {limit}, at {yearlyFailure}",
      compute: ({ limit, yearlyFailure }) => longestRepair(12, 4, limit!, yearlyFailure!),
    },
    {
      id: "copiesDays",
      label: "Three copies: repair may take so long",
      unit: "days",
      formula: "the repair time at which 3 of 3 reach {limit}, at {yearlyFailure}",
      compute: ({ limit, yearlyFailure }) => longestRepair(3, 2, limit!, yearlyFailure!),
    },
  ],
  breakEven: {
    input: "repairDays",
    sides: ["copiesLoss", "limit"],
    below: "three copies pass as well, and cost decides",
    above: "durability decides, and copies drop out",
  },
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
    { ...yearlyFailure, id: "todayFailure", label: "Disks that fail in a year, measured since" },
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
    {
      id: "todayNines",
      label: "Whole nines at the failure rate measured since",
      unit: "nines",
      formula: "the same with {todayFailure}, rounded down",
      compute: ({ k, m, todayFailure, repairDays }) =>
        Math.floor(nines(annualLoss(k! + m!, m!, todayFailure!, repairDays!))),
    },
  ],
  breakEven: {
    input: "yearlyFailure",
    sides: ["annualLoss", 1e-11],
    below: "the figure has eleven nines",
    above: "it has ten",
  },
};

export const traffic: Estimate = {
  id: "traffic",
  title: "Reading for repair, all the time",
  decides: "That 8 + 4 needs no local parities inside one building: what repair reads is a small part of its budget.",
  inputs: [
    fromEstimate(disks, "failingPerDay", { id: "failingPerDay" }),
    { id: "diskBytes", label: "Bytes on one", value: 1.6e13, unit: "bytes", source: "assumed" },
    { id: "localGroup", label: "Fragments read by a local code, 12 + 2 + 2", value: 6, unit: "", source: "lrc-2012" },
    nodes,
    nodeBytesPerSecond,
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
      formula: "{eightFour} / 86,400",
      compute: ({ eightFour }) => eightFour! / 86_400,
    },
    {
      id: "budget",
      label: "All machines may receive for repair",
      unit: "bytes/s",
      formula: "{nodes} x {nodeBytesPerSecond}",
      compute: ({ nodes, nodeBytesPerSecond }) => nodes! * nodeBytesPerSecond!,
    },
  ],
  breakEven: {
    input: "failingPerDay",
    sides: ["rate", "budget"],
    below: "8 + 4 reads what it needs",
    above: "a code with local parities is worth its loss of generality",
  },
};

export const scrub: Estimate = {
  id: "scrub",
  title: "Reading everything to find what has rotted",
  decides:
    "How much of each disk's time goes to scrubbing. Damage that was not found yet is not being repaired, so its repair time starts when the scrubber comes by.",
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
    fromParameter("hddSeqMBs", { id: "diskBytesPerSecond", unit: "bytes/s" }),
    {
      id: "rotPerYear",
      label: "Fragments that rot in a year: as often as disks fail",
      value: yearlyFailure.value,
      unit: "",
      min: 1e-6,
      max: 1,
      source: "assumed",
    },
    limit,
  ],
  steps: [
    {
      id: "cycleDays",
      label: "Once around",
      unit: "days",
      formula: "{diskBytes} / {scrubBytesPerSecond} / 86,400",
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
    {
      id: "copiesLoss",
      label: "Three copies: chance to lose an object to rot alone, in a year",
      unit: "",
      formula: "3 of 3 within {meanDays}, at {rotPerYear} a year each",
      compute: ({ meanDays, rotPerYear }) => annualLoss(3, 2, rotPerYear!, meanDays!),
    },
    {
      id: "eightFourLoss",
      label: "8 + 4: the same",
      unit: "",
      formula: "more than 4 of 12 within {meanDays}, at {rotPerYear} a year each",
      compute: ({ meanDays, rotPerYear }) => annualLoss(12, 4, rotPerYear!, meanDays!),
    },
    {
      id: "copiesRate",
      label: "Three copies: scrubbing of one disk that meets the limit",
      unit: "bytes/s",
      formula: "{diskBytes} / (2 x the wait at which 3 of 3 reach {limit} at {rotPerYear}) / 86,400",
      compute: ({ diskBytes, limit, rotPerYear }) =>
        diskBytes! / (2 * longestRepair(3, 2, limit!, rotPerYear!)) / 86_400,
    },
  ],
  breakEven: {
    input: "scrubBytesPerSecond",
    sides: ["copiesLoss", "limit"],
    below: "three copies miss the limit through rot alone",
    above: "they meet it",
  },
};

function longestRepair(n: number, m: number, limit: number, yearlyFailure: number): number {
  return largestWithin(limit, 1e-6, 365, (days) => annualLoss(n, m, yearlyFailure, days));
}
