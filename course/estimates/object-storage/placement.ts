import { type Estimate, type EstimateInput, fromEstimate, fromParameter } from "../../estimate.ts";
import { disks, objects } from "./capacity.ts";
import { moreThan, moreThanAmong } from "./loss.ts";

const nodes: EstimateInput = fromEstimate(disks, "nodes", { id: "nodes", label: "Data nodes", min: 12, whole: true });
const objectsFull: EstimateInput = fromEstimate(objects, "objectsFull", { id: "objectsFull" });

export const racks: Estimate = {
  id: "racks",
  title: "One rack goes dark: what independent placement would have done",
  decides:
    "That racks are part of the placement rule and not of its luck: with this many objects, what is improbable for one happens to thousands.",
  inputs: [
    fromEstimate(disks, "racks", { id: "racks", min: 1, whole: true }),
    { id: "fragments", label: "Fragments of an object", value: 12, unit: "", min: 1, max: 256, source: "assumed" },
    { id: "m", label: "Of which any so many may be missing", value: 4, unit: "", min: 0, source: "assumed" },
    objectsFull,
  ],
  steps: [
    {
      id: "distinct",
      label: "Random racks: chance that all fragments of an object are in different ones",
      unit: "",
      formula: "product of (1 - i / {racks}) for i below {fragments}",
      compute: ({ racks, fragments }) => {
        let chance = 1;
        for (let i = 0; i < fragments!; i++) chance *= Math.max(0, 1 - i / racks!);
        return chance;
      },
    },
    {
      id: "exposed",
      label: "Random racks: chance that the dark rack holds too many of an object",
      unit: "",
      formula: "more than {m} of {fragments}, each with chance 1 / {racks}",
      compute: ({ m, fragments, racks }) => moreThan(m!, fragments!, 1 / racks!),
    },
    {
      id: "unreadable",
      label: "Objects that cannot be read until it is back",
      unit: "objects",
      formula: "{objectsFull} x {exposed}",
      compute: ({ objectsFull, exposed }) => objectsFull! * exposed!,
    },
    {
      id: "spread",
      label: "Different racks: fragments of any object in the dark one, at most",
      unit: "",
      formula: "{fragments} / {racks}, rounded up",
      compute: ({ fragments, racks }) => Math.ceil(fragments! / racks!),
    },
  ],
  breakEven: {
    input: "racks",
    sides: ["unreadable", 1],
    below: "chance loses objects, and racks must be a rule",
    above: "chance would do, and the rule costs nothing all the same",
  },
};

export const power: Estimate = {
  id: "power",
  title: "The power fails everywhere, and a few machines do not come back",
  decides:
    "That the width of the code decides correlated loss. With copies, the machines that stay away take hundreds of objects with them; with 8 + 4, none.",
  inputs: [
    {
      id: "goneShare",
      label: "Machines that do not come back",
      value: 0.01,
      unit: "",
      min: 0,
      max: 0.5,
      source: "copysets-2013",
    },
    fromEstimate(disks, "nodesCopies", { id: "nodesCopies", min: 12, whole: true }),
    { ...nodes, label: "Machines, with 8 + 4" },
    objectsFull,
    { id: "groups", label: "Placement groups, if there are any", value: 4_096, unit: "", min: 1, source: "assumed" },
  ],
  steps: [
    {
      id: "goneCopies",
      label: "Three copies: machines that do not come back",
      unit: "machines",
      formula: "{goneShare} x {nodesCopies}, rounded",
      compute: ({ goneShare, nodesCopies }) => Math.round(goneShare! * nodesCopies!),
    },
    {
      id: "copiesLost",
      label: "Three copies, each object anywhere: objects lost",
      unit: "objects",
      formula: "{objectsFull} x chance that all 3 are among {goneCopies} of {nodesCopies}",
      compute: ({ objectsFull, goneCopies, nodesCopies }) =>
        objectsFull! * moreThanAmong(2, 3, goneCopies!, nodesCopies!),
    },
    {
      id: "gone",
      label: "8 + 4: machines that do not come back",
      unit: "machines",
      formula: "{goneShare} x {nodes}, rounded",
      compute: ({ goneShare, nodes }) => Math.round(goneShare! * nodes!),
    },
    {
      id: "codedLost",
      label: "8 + 4, each object anywhere: objects lost",
      unit: "objects",
      formula: "{objectsFull} x chance that more than 4 of 12 are among {gone} of {nodes}",
      compute: ({ objectsFull, gone, nodes }) => objectsFull! * moreThanAmong(4, 12, gone!, nodes!),
    },
    {
      id: "groupedChance",
      label: "Three copies in groups: chance that anything is lost",
      unit: "%",
      formula: "100 x (1 - (1 - chance that all 3 are among {goneCopies} of {nodesCopies})^{groups})",
      compute: ({ groups, goneCopies, nodesCopies }) =>
        -100 * Math.expm1(groups! * Math.log1p(-moreThanAmong(2, 3, goneCopies!, nodesCopies!))),
    },
    {
      id: "groupLoss",
      label: "And what one lost group takes",
      unit: "objects",
      formula: "{objectsFull} / {groups}",
      compute: ({ objectsFull, groups }) => objectsFull! / groups!,
    },
  ],
  breakEven: {
    input: "goneShare",
    sides: ["gone", 5],
    below: "no object of 8 + 4 can be lost",
    above: "some are, and the number of different sets decides how many",
  },
};

export const quorum: Estimate = {
  id: "quorum",
  title: "Three, five or seven placement nodes",
  decides:
    "Five: one may be in maintenance while another fails. Elections, not lost majorities, are most of the pause.",
  inputs: [
    {
      id: "up",
      label: "Share of the time that a node can answer",
      value: 0.999,
      unit: "",
      min: 0.5,
      max: 1,
      source: "assumed",
    },
    { id: "leaderChanges", label: "Leaders lost in a year", value: 24, unit: "elections", min: 0, source: "assumed" },
    fromParameter("electionPauseMs", { id: "pauseMs" }),
    {
      id: "maintainedDays",
      label: "Days in a year on which one node is in maintenance",
      value: 26,
      unit: "days",
      min: 0.1,
      max: 365,
      source: "assumed",
    },
    {
      id: "mayMiss",
      label: "Part of the year that may be missed: four nines",
      value: 0.0001,
      unit: "",
      min: 1e-6,
      max: 0.1,
      source: "assumed",
    },
  ],
  steps: [
    ...[3, 5, 7].map((nodes) => ({
      id: `minutes${nodes}`,
      label: `${nodes} nodes, of which ${(nodes - 1) / 2} may be down: minutes without a majority in a year`,
      unit: "min",
      formula: `chance that more than ${(nodes - 1) / 2} of ${nodes} are down, each 1 - {up}, x 525,600`,
      compute: ({ up }: Readonly<Record<string, number>>) => moreThan((nodes - 1) / 2, nodes, 1 - up!) * 525_600,
    })),
    {
      id: "electionMinutes",
      label: "Minutes without a leader in a year",
      unit: "min",
      formula: "{leaderChanges} x {pauseMs} / 60,000",
      compute: ({ leaderChanges, pauseMs }) => (leaderChanges! * pauseMs!) / 60_000,
    },
    {
      id: "maintained3",
      label: "3 nodes, one of them in maintenance: minutes in a year like that",
      unit: "min",
      formula: "chance that one of the other 2 is down x 525,600",
      compute: ({ up }) => moreThan(0, 2, 1 - up!) * 525_600,
    },
    {
      id: "maintained5",
      label: "5 nodes, one of them in maintenance",
      unit: "min",
      formula: "chance that 2 of the other 4 are down x 525,600",
      compute: ({ up }) => moreThan(1, 4, 1 - up!) * 525_600,
    },
    {
      id: "allowed",
      label: "Minutes that the target allows",
      unit: "min",
      formula: "{mayMiss} x 525,600",
      compute: ({ mayMiss }) => mayMiss! * 525_600,
    },
    {
      id: "evenDays",
      label: "Days of maintenance that leave three nodes within the target",
      unit: "days",
      formula: "365 x ({allowed} - {minutes3} - {electionMinutes}) / ({maintained3} - {minutes3})",
      compute: ({ allowed, minutes3, electionMinutes, maintained3 }) =>
        (365 * (allowed! - minutes3! - electionMinutes!)) / (maintained3! - minutes3!),
    },
    {
      id: "threeMinutes",
      label: "Three nodes: minutes without decisions in a year",
      unit: "min",
      formula: "{maintainedDays} / 365 x {maintained3} + (1 - {maintainedDays} / 365) x {minutes3} + {electionMinutes}",
      compute: ({ maintainedDays, maintained3, minutes3, electionMinutes }) =>
        (maintainedDays! / 365) * maintained3! + (1 - maintainedDays! / 365) * minutes3! + electionMinutes!,
    },
    {
      id: "fiveMinutes",
      label: "Five nodes: the same",
      unit: "min",
      formula: "{maintainedDays} / 365 x {maintained5} + (1 - {maintainedDays} / 365) x {minutes5} + {electionMinutes}",
      compute: ({ maintainedDays, maintained5, minutes5, electionMinutes }) =>
        (maintainedDays! / 365) * maintained5! + (1 - maintainedDays! / 365) * minutes5! + electionMinutes!,
    },
  ],
  breakEven: {
    input: "maintainedDays",
    sides: ["threeMinutes", "allowed"],
    below: "three nodes would do",
    above: "five are needed",
  },
};

export const heartbeats: Estimate = {
  id: "heartbeats",
  title: "Heartbeats, and the map that comes of them",
  decides:
    "That one Raft leader takes the heartbeats of the whole store, and that only changes of the map are entries of its log.",
  inputs: [
    nodes,
    { id: "disksPerNode", label: "Disks in each", value: 36, unit: "disks", min: 1, source: "assumed" },
    { id: "everyMs", label: "One heartbeat every", value: 1_000, unit: "ms", min: 10, source: "assumed" },
    { id: "headBytes", label: "A heartbeat without its disks", value: 100, unit: "bytes", source: "assumed" },
    { id: "diskBytes", label: "State and use of one disk", value: 24, unit: "bytes", source: "assumed" },
    { id: "missed", label: "Missed until it is suspect", value: 5, unit: "heartbeats", min: 1, source: "assumed" },
    fromEstimate(disks, "failingPerDay", { id: "failingPerDay" }),
    fromParameter("fsyncLocalUs", { id: "syncUs" }),
    fromParameter("rttSameZoneUs", { id: "tripUs" }),
  ],
  steps: [
    {
      id: "perSecond",
      label: "Heartbeats that arrive",
      unit: "messages/s",
      formula: "{nodes} x 1,000 / {everyMs}",
      compute: ({ nodes, everyMs }) => (nodes! * 1_000) / everyMs!,
    },
    {
      id: "bytesPerSecond",
      label: "Bytes that arrive",
      unit: "bytes/s",
      formula: "{perSecond} x ({headBytes} + {disksPerNode} x {diskBytes})",
      compute: ({ perSecond, headBytes, disksPerNode, diskBytes }) =>
        perSecond! * (headBytes! + disksPerNode! * diskBytes!),
    },
    {
      id: "suspectedMs",
      label: "A silent node is suspected after",
      unit: "ms",
      formula: "{missed} x {everyMs}",
      compute: ({ missed, everyMs }) => missed! * everyMs!,
    },
    {
      id: "entriesIfLogged",
      label: "Log entries in a day, if each heartbeat were one",
      unit: "entries",
      formula: "{perSecond} x 86,400",
      compute: ({ perSecond }) => perSecond! * 86_400,
    },
    {
      id: "mapBytes",
      label: "The whole map: every disk with its state",
      unit: "bytes",
      formula: "{nodes} x {disksPerNode} x {diskBytes}",
      compute: ({ nodes, disksPerNode, diskBytes }) => nodes! * disksPerNode! * diskBytes!,
    },
    {
      id: "changesPerDay",
      label: "Map changes in a day for failed disks: out, and replaced",
      unit: "entries",
      formula: "2 x {failingPerDay}",
      compute: ({ failingPerDay }) => 2 * failingPerDay!,
    },
    {
      id: "committed",
      label: "Entries that a log commits one at a time",
      unit: "entries/s",
      formula: "1,000,000 / ({syncUs} + {tripUs})",
      compute: ({ syncUs, tripUs }) => 1e6 / (syncUs! + tripUs!),
    },
  ],
  breakEven: {
    input: "nodes",
    sides: ["perSecond", "committed"],
    below: "the log could take every heartbeat, though each says nothing and every restart would read them",
    above: "it could not even do that",
  },
};
