import { defineEstimates, fromParameter } from "../estimate.ts";

/** Arithmetic of the page "Numbers every engineer should know": what the figures there add up to. */
export const numbers = defineEstimates("numbers", [
  {
    id: "light",
    title: "No round trip is shorter than its glass",
    decides:
      "Whether a request may wait for another region at all. Faster machines change nothing here; fewer round trips do.",
    inputs: [
      {
        id: "distanceKm",
        label: "London to New York",
        value: 5_570,
        unit: "km",
        min: 10,
        max: 20_000,
        source: "assumed",
      },
      { id: "speedKmPerMs", label: "Light in fiber", value: 200, unit: "km/ms", min: 200, max: 300, source: "fiber" },
      fromParameter("rttUsEastEuropeMs", { id: "measuredMs", min: 1, max: 400 }),
      { id: "budgetMs", label: "A request may wait", value: 100, unit: "ms", min: 1, max: 1_000, source: "assumed" },
    ],
    steps: [
      {
        id: "leastMs",
        label: "There and back, in a straight line",
        unit: "ms",
        formula: "2 x {distanceKm} / {speedKmPerMs}",
        compute: (v) => (2 * v.distanceKm!) / v.speedKmPerMs!,
      },
      {
        id: "detour",
        label: "Routes, routers and cable paths add",
        unit: "times",
        formula: "{measuredMs} / {leastMs}",
        compute: (v) => v.measuredMs! / v.leastMs!,
      },
    ],
    breakEven: {
      input: "distanceKm",
      sides: ["leastMs", "budgetMs"],
      below: "one round trip can fit",
      above: "no machine helps, and the answer must already be near",
    },
  },
  {
    id: "group-commit",
    title: "One fsync at a time",
    decides: "Whether a log must gather several writers into one flush.",
    inputs: [
      fromParameter("fsyncLocalUs", { id: "flushUs", min: 5, max: 20_000 }),
      { id: "wanted", label: "Commits to take", value: 20_000, unit: "commits/s", min: 1, source: "assumed" },
      { id: "writers", label: "Commits that share a flush", value: 50, unit: "commits", min: 1, source: "assumed" },
    ],
    steps: [
      {
        id: "alone",
        label: "Commits, each with a flush of its own",
        unit: "commits/s",
        formula: "1,000,000 / {flushUs}",
        compute: (v) => 1_000_000 / v.flushUs!,
      },
      {
        id: "together",
        label: "Commits that share flushes",
        unit: "commits/s",
        formula: "{alone} x {writers}",
        compute: (v) => v.alone! * v.writers!,
      },
    ],
    breakEven: {
      input: "flushUs",
      sides: ["alone", "wanted"],
      below: "each commit can have a flush of its own",
      above: "writers must share",
    },
  },
  {
    id: "scan",
    title: "Reading a terabyte",
    decides: "How many drives a scan needs, and whether the data should be read from where it lies.",
    inputs: [
      { id: "sizeGb", label: "Data", value: 1_000, unit: "GB", min: 1, max: 100_000, source: "assumed" },
      { id: "limitS", label: "The scan may take", value: 600, unit: "s", min: 1, source: "assumed" },
      fromParameter("nvmeSeqReadGBs", { id: "ssdGbPerS", min: 0.5, max: 30 }),
      fromParameter("hddSeqMBs", { id: "hddGbPerS", unit: "GB/s", min: 0.1, max: 0.5 }),
    ],
    steps: [
      {
        id: "ssdS",
        label: "From one machine's SSDs",
        unit: "s",
        formula: "{sizeGb} / {ssdGbPerS}",
        compute: (v) => v.sizeGb! / v.ssdGbPerS!,
      },
      {
        id: "hddS",
        label: "From one hard disk",
        unit: "s",
        formula: "{sizeGb} / {hddGbPerS}",
        compute: (v) => v.sizeGb! / v.hddGbPerS!,
      },
    ],
    breakEven: {
      input: "sizeGb",
      sides: ["ssdS", "limitS"],
      below: "one machine with SSDs is enough",
      above: "several must read at once",
    },
  },
]);
