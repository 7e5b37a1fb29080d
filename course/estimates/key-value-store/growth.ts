import { type DecidingEstimate, fromEstimate, fromParameter } from "../../estimate.ts";
import { engine, fleet } from "./storage.ts";

/** What it takes to add a machine, to rebuild one, and to live with one hot key. */

const moveRate = {
  id: "moveBytesPerSecond",
  label: "Bytes that one machine may send beside its work",
  value: 50_000_000,
  unit: "bytes/s",
  min: 1_000_000,
  source: "assumed",
} as const;

export const growth: DecidingEstimate = {
  id: "growth",
  title: "Ranges: the unit that moves",
  decides: "How many ranges to cut: enough that one moves in seconds, not so many that their heartbeats are the load.",
  inputs: [
    {
      id: "ranges",
      label: "Ranges of keys",
      value: 4_096,
      unit: "ranges",
      min: 1,
      max: 10_000_000,
      whole: true,
      source: "assumed",
    },
    fromEstimate(fleet, "dataBytes", { id: "dataBytes" }),
    fromEstimate(fleet, "copies", { id: "copies" }),
    fromEstimate(fleet, "writesPerSecond", { id: "writesPerSecond" }),
    fromEstimate(engine, "leveledNodes", { id: "nodes", label: "Machines" }),
    fromEstimate(engine, "leveledSpace", { id: "space", label: "Bytes stored for a live byte" }),
    { id: "added", label: "Machines added, one in each zone", value: 3, unit: "machines", min: 1, source: "assumed" },
    moveRate,
    {
      id: "heartbeatMs",
      label: "A leader's heartbeat",
      value: 100,
      unit: "ms",
      min: 1,
      source: "etcd-tuning",
    },
  ],
  steps: [
    {
      id: "rangeBytes",
      label: "One range, once",
      unit: "bytes",
      formula: "{dataBytes} / {ranges}",
      compute: ({ dataBytes, ranges }) => dataBytes! / ranges!,
    },
    {
      id: "moveSeconds",
      label: "Time to copy it from one machine",
      unit: "s",
      formula: "{rangeBytes} / {moveBytesPerSecond}",
      compute: ({ rangeBytes, moveBytesPerSecond }) => rangeBytes! / moveBytesPerSecond!,
    },
    {
      id: "nodeRanges",
      label: "Copies of ranges on one machine",
      unit: "ranges",
      formula: "{ranges} x {copies} / {nodes}",
      compute: ({ ranges, copies, nodes }) => (ranges! * copies!) / nodes!,
      exact: true,
    },
    {
      id: "joinBytes",
      label: "Bytes that each new machine takes over",
      unit: "bytes",
      formula: "{dataBytes} x {copies} x {space} / ({nodes} + {added})",
      compute: ({ dataBytes, copies, space, nodes, added }) => (dataBytes! * copies! * space!) / (nodes! + added!),
    },
    {
      id: "joinHours",
      label: "Time until it has them, from the machines of its zone",
      unit: "h",
      formula: "{joinBytes} / ({nodes} / {copies} x {moveBytesPerSecond}) / 3600",
      compute: ({ joinBytes, nodes, copies, moveBytesPerSecond }) =>
        joinBytes! / ((nodes! / copies!) * moveBytesPerSecond!) / 3_600,
    },
    {
      id: "heartbeats",
      label: "Heartbeats, if each range sends its own",
      unit: "messages/s",
      formula: "{ranges} x ({copies} - 1) x 1000 / {heartbeatMs}",
      compute: ({ ranges, copies, heartbeatMs }) => (ranges! * (copies! - 1) * 1_000) / heartbeatMs!,
    },
    {
      id: "copyMessages",
      label: "Messages that copy the writes, one each",
      unit: "messages/s",
      formula: "{writesPerSecond} x ({copies} - 1)",
      compute: ({ writesPerSecond, copies }) => writesPerSecond! * (copies! - 1),
    },
  ],
  breakEven: {
    input: "ranges",
    sides: ["heartbeats", "copyMessages"],
    below: "each range may send heartbeats of its own",
    above: "heartbeats outnumber the writes: one for each pair of machines has to do for all their ranges",
  },
};

export const replacement: DecidingEstimate = {
  id: "replacement",
  title: "Rebuilding a machine that is gone",
  decides: "How fast neighbors must send, or how little a machine may hold, to be rebuilt within the hour.",
  inputs: [
    fromEstimate(engine, "nodeBytes", { id: "nodeBytes" }),
    fromEstimate(engine, "leveledNodes", { id: "nodes", label: "Machines" }),
    fromEstimate(fleet, "copies", { id: "zones", label: "Zones" }),
    moveRate,
    fromParameter("nvmeSeqWriteGBs", {
      id: "sinkBytesPerSecond",
      label: "Bytes that the new machine can write",
      unit: "bytes/s",
    }),
    { id: "targetHours", label: "It should be whole again in", value: 1, unit: "h", min: 0.1, source: "assumed" },
  ],
  steps: [
    {
      id: "oneSourceHours",
      label: "Copied from one neighbor",
      unit: "h",
      formula: "{nodeBytes} / {moveBytesPerSecond} / 3600",
      compute: ({ nodeBytes, moveBytesPerSecond }) => nodeBytes! / moveBytesPerSecond! / 3_600,
    },
    {
      id: "sources",
      label: "Neighbors that hold its ranges: all machines of the other zones",
      unit: "machines",
      formula: "{nodes} x ({zones} - 1) / {zones}",
      compute: ({ nodes, zones }) => (nodes! * (zones! - 1)) / zones!,
    },
    {
      id: "spreadHours",
      label: "Copied from all of them",
      unit: "h",
      formula: "{nodeBytes} / min({sources} x {moveBytesPerSecond}, {sinkBytesPerSecond}) / 3600",
      compute: ({ nodeBytes, sources, moveBytesPerSecond, sinkBytesPerSecond }) =>
        nodeBytes! / Math.min(sources! * moveBytesPerSecond!, sinkBytesPerSecond!) / 3_600,
    },
  ],
  breakEven: {
    input: "moveBytesPerSecond",
    sides: ["spreadHours", "targetHours"],
    below: "the rebuild takes longer: let neighbors send more, or hold less on a machine",
    above: "the machine is whole again in time",
  },
};

export const hotkey: DecidingEstimate = {
  id: "hotkey",
  title: "One hot key",
  decides: "From which share of the reads a single key needs a remedy of its own.",
  inputs: [
    fromEstimate(fleet, "readsPerSecond", { id: "readsPerSecond" }),
    fromEstimate(engine, "leveledNodes", { id: "nodes", label: "Machines" }),
    {
      id: "share",
      label: "Part of all reads that ask for one key",
      value: 0.02,
      unit: "",
      min: 0.000_01,
      max: 1,
      source: "assumed",
    },
    { id: "routers", label: "Routers that may keep a copy", value: 20, unit: "routers", min: 1, source: "assumed" },
    { id: "leaseSeconds", label: "For how long", value: 1, unit: "s", min: 0.01, source: "assumed" },
  ],
  steps: [
    {
      id: "keyReadsPerSecond",
      label: "Reads of the key, all at its leader",
      unit: "reads/s",
      formula: "{readsPerSecond} x {share}",
      compute: ({ readsPerSecond, share }) => readsPerSecond! * share!,
    },
    {
      id: "nodeReadsPerSecond",
      label: "A machine's fair part of the reads",
      unit: "reads/s",
      formula: "{readsPerSecond} / {nodes}",
      compute: ({ readsPerSecond, nodes }) => readsPerSecond! / nodes!,
    },
    {
      id: "cachedReadsPerSecond",
      label: "Reads of the key that are left, with a copy at each router",
      unit: "reads/s",
      formula: "{routers} / {leaseSeconds}",
      compute: ({ routers, leaseSeconds }) => routers! / leaseSeconds!,
    },
  ],
  breakEven: {
    input: "share",
    sides: ["keyReadsPerSecond", "nodeReadsPerSecond"],
    below: "the key fits into its leader's part",
    above: "one key asks for more than a machine's part: keep a copy at the routers",
  },
};
