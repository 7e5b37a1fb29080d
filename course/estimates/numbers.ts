import { defineEstimates } from "../estimate.ts";

/** Arithmetic of the page "Numbers every engineer should know": what the figures there add up to. */
export const numbers = defineEstimates("numbers", [
  {
    id: "light",
    title: "No round trip is shorter than its glass",
    decides:
      "Whether a request may wait for another region at all. Faster machines change nothing here; fewer round trips do.",
    inputs: [
      { id: "distanceKm", label: "Distance, London to New York", value: 5_570, unit: "km", min: 10, max: 20_000 },
      {
        id: "speedKmPerMs",
        label: "Light in fibre",
        value: 200,
        unit: "km/ms",
        min: 200,
        max: 300,
        source: "fibre",
      },
      {
        id: "measuredMs",
        label: "Measured, western Europe to the American east",
        value: 80,
        unit: "ms",
        min: 1,
        max: 400,
        source: "napkin-2026",
      },
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
        label: "What routes, routers and cable paths add",
        unit: "times",
        formula: "{measuredMs} / {leastMs}",
        compute: (v) => v.measuredMs! / v.leastMs!,
      },
    ],
  },
  {
    id: "group-commit",
    title: "One fsync at a time",
    decides: "Whether a log must gather several writers into one flush. At a few thousand commits a second, it must.",
    inputs: [
      {
        id: "flushUs",
        label: "Write and flush on local SSD",
        value: 300,
        unit: "µs",
        min: 20,
        max: 20_000,
        source: "napkin-2026",
      },
      {
        id: "writers",
        label: "Commits that share a flush",
        value: 50,
        unit: "commits",
        min: 1,
        max: 1_000,
        source: "assumed",
      },
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
  },
  {
    id: "scan",
    title: "Reading a terabyte",
    decides: "How many machines a scan needs, and whether the data should be read from where it lies.",
    inputs: [
      { id: "sizeGb", label: "Data", value: 1_000, unit: "GB", min: 1, max: 100_000, source: "assumed" },
      {
        id: "ssdGbPerS",
        label: "One SSD, sequentially",
        value: 12,
        unit: "GB/s",
        min: 0.5,
        max: 30,
        source: "samsung-2024",
      },
      {
        id: "hddGbPerS",
        label: "One hard disk, sequentially",
        value: 0.25,
        unit: "GB/s",
        min: 0.1,
        max: 0.5,
        source: "napkin-2026",
      },
    ],
    steps: [
      {
        id: "ssdS",
        label: "From one SSD",
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
  },
]);
