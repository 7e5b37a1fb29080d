import type { Estimate } from "../../estimate.ts";
import { moreThan } from "./loss.ts";

export const racks: Estimate = {
  id: "racks",
  title: "One rack goes dark: what independent placement would have done",
  decides:
    "That racks are part of the placement rule and not of its luck: with this many objects, what is improbable for one happens to thousands.",
  inputs: [
    { id: "racks", label: "Racks", value: 24, unit: "racks", min: 1, source: "assumed" },
    { id: "fragments", label: "Fragments of an object", value: 12, unit: "", min: 1, max: 256, source: "assumed" },
    { id: "m", label: "Of which any so many may be missing", value: 4, unit: "", min: 0, source: "assumed" },
    { id: "objectsFull", label: "Objects (result of the first estimate)", value: 1e17 / 59_300_000, unit: "objects" },
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
      unit: "fragments",
      formula: "{fragments} / {racks}, rounded up",
      compute: ({ fragments, racks }) => Math.ceil(fragments! / racks!),
    },
  ],
};

export const quorum: Estimate = {
  id: "quorum",
  title: "Three, five or seven placement nodes",
  decides:
    "Five: one may be in maintenance while another fails. The step to seven is paid on every entry and gains what nobody would notice.",
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
  ],
  steps: [
    ...[3, 5, 7].map((nodes) => ({
      id: `minutes${nodes}`,
      label: `${nodes} nodes, of which ${(nodes - 1) / 2} may be down: minutes without a majority in a year`,
      unit: "min",
      formula: `chance that more than ${(nodes - 1) / 2} of ${nodes} are down, each 1 - {up}, x 525600`,
      compute: ({ up }: Readonly<Record<string, number>>) => moreThan((nodes - 1) / 2, nodes, 1 - up!) * 525_600,
    })),
    {
      id: "maintained3",
      label: "3 nodes, one of them in maintenance: minutes in a year like that",
      unit: "min",
      formula: "chance that one of the other 2 is down x 525600",
      compute: ({ up }) => moreThan(0, 2, 1 - up!) * 525_600,
    },
    {
      id: "maintained5",
      label: "5 nodes, one of them in maintenance",
      unit: "min",
      formula: "chance that 2 of the other 4 are down x 525600",
      compute: ({ up }) => moreThan(1, 4, 1 - up!) * 525_600,
    },
  ],
};

export const heartbeats: Estimate = {
  id: "heartbeats",
  title: "Heartbeats, and the map that comes of them",
  decides:
    "That one Raft leader takes the heartbeats of the whole store, but does not put each into its log: only what changes the map is an entry.",
  inputs: [
    { id: "nodes", label: "Data nodes (result of the disks estimate)", value: 261, unit: "machines", min: 1 },
    { id: "disksPerNode", label: "Disks in each", value: 36, unit: "disks", min: 1, source: "assumed" },
    { id: "everyMs", label: "One heartbeat every", value: 1_000, unit: "ms", min: 10, source: "assumed" },
    { id: "headBytes", label: "A heartbeat without its disks", value: 100, unit: "bytes", source: "assumed" },
    { id: "diskBytes", label: "State and use of one disk", value: 24, unit: "bytes", source: "assumed" },
    {
      id: "missed",
      label: "Missed before a node is suspected",
      value: 5,
      unit: "heartbeats",
      min: 1,
      source: "assumed",
    },
    {
      id: "failingPerDay",
      label: "Disks that fail in a day (result of the disks estimate)",
      value: 147.187_5 / 365,
      unit: "disks",
    },
  ],
  steps: [
    {
      id: "perSecond",
      label: "Heartbeats that arrive",
      unit: "messages/s",
      formula: "{nodes} x 1000 / {everyMs}",
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
      formula: "{perSecond} x 86400",
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
  ],
};
