import { type Estimate, fromEstimate, fromParameter } from "../../estimate.ts";
import { book, load, path } from "./matching.ts";

export const journal: Estimate = {
  id: "journal",
  title: "The journal: bytes, and what makes it safe",
  decides: "How an order becomes safe before it is matched: in a second machine's memory, then on disks in groups.",
  inputs: [
    fromEstimate(load, "ordersPerDay", { id: "ordersPerDay", label: "Records in a session" }),
    fromEstimate(load, "peakPerSecond", { id: "peakPerSecond", label: "Orders at the peak" }),
    { id: "recordBytes", label: "One record", value: 64, unit: "bytes", min: 16, source: "assumed" },
    fromParameter("fsyncLocalUs", { id: "syncUs", label: "One fsync of the journal", min: 1 }),
    fromEstimate(path, "copyUs", { id: "copyUs", min: 1 }),
    { id: "sessionsPerYear", label: "Sessions a year", value: 252, unit: "sessions", source: "assumed" },
    { id: "years", label: "Kept for", value: 5, unit: "years", source: "assumed" },
  ],
  steps: [
    {
      id: "bytesPerDay",
      label: "A session's journal",
      unit: "bytes",
      formula: "{ordersPerDay} x {recordBytes}",
      compute: ({ ordersPerDay, recordBytes }) => ordersPerDay! * recordBytes!,
    },
    {
      id: "bytesPerSecond",
      label: "Written at the peak",
      unit: "bytes/s",
      formula: "{peakPerSecond} x {recordBytes}",
      compute: ({ peakPerSecond, recordBytes }) => peakPerSecond! * recordBytes!,
    },
    {
      id: "syncsPerSecond",
      label: "Orders a second with an fsync for each",
      unit: "orders/s",
      formula: "1000000 / {syncUs}",
      compute: ({ syncUs }) => 1e6 / syncUs!,
    },
    {
      id: "shortfall",
      label: "Which is too slow by",
      unit: "x",
      formula: "{peakPerSecond} / {syncsPerSecond}",
      compute: ({ peakPerSecond, syncsPerSecond }) => peakPerSecond! / syncsPerSecond!,
    },
    {
      id: "group",
      label: "Orders that share an fsync, if one follows the other",
      unit: "orders",
      formula: "{peakPerSecond} x {syncUs} / 1000000, rounded down",
      compute: ({ peakPerSecond, syncUs }) => Math.floor((peakPerSecond! * syncUs!) / 1e6),
    },
    {
      id: "safeUs",
      label: "Worst wait for the disk: the fsync under way, then one's own",
      unit: "µs",
      formula: "2 x {syncUs}",
      compute: ({ syncUs }) => 2 * syncUs!,
    },
    {
      id: "diskOverCopy",
      label: "Against a copy in the second machine's memory",
      unit: "x",
      formula: "{safeUs} / {copyUs}",
      compute: ({ safeUs, copyUs }) => safeUs! / copyUs!,
    },
    {
      id: "keptBytes",
      label: "After all the years",
      unit: "bytes",
      formula: "{bytesPerDay} x {sessionsPerYear} x {years}",
      compute: ({ bytesPerDay, sessionsPerYear, years }) => bytesPerDay! * sessionsPerYear! * years!,
    },
  ],
  breakEven: {
    input: "copyUs",
    sides: ["copyUs", "safeUs"],
    below: "a copy in memory makes an order safe sooner than the disk",
    above: "the synced journal does",
  },
};

export const downtime: Estimate = {
  id: "downtime",
  title: "Four nines of a day that is six and a half hours long",
  decides: "That a replacement must already be running: no start of a process fits, and no phone call does.",
  inputs: [
    {
      id: "failShare",
      label: "May fail, by the promise of four nines",
      value: 0.0001,
      unit: "",
      min: 0,
      max: 0.1,
      source: "assumed",
    },
    fromEstimate(load, "sessionHours", { id: "sessionHours" }),
    { id: "beatMs", label: "Heartbeat between the three machines", value: 20, unit: "ms", min: 1, source: "assumed" },
    { id: "missed", label: "Missed beats until it counts as dead", value: 5, unit: "beats", min: 1, source: "assumed" },
    {
      id: "fenceMs",
      label: "To read the logs, fence and tell the gateways",
      value: 150,
      unit: "ms",
      source: "assumed",
    },
  ],
  steps: [
    {
      id: "dayMs",
      label: "May fail in 24 hours",
      unit: "ms",
      formula: "{failShare} x 86400000",
      compute: ({ failShare }) => failShare! * 86_400_000,
    },
    {
      id: "sessionMs",
      label: "May fail in a session",
      unit: "ms",
      formula: "{failShare} x {sessionHours} x 3600000",
      compute: ({ failShare, sessionHours }) => failShare! * sessionHours! * 3_600_000,
    },
    {
      id: "detectMs",
      label: "Until the failure is noticed",
      unit: "ms",
      formula: "{beatMs} x {missed}",
      compute: ({ beatMs, missed }) => beatMs! * missed!,
    },
    {
      id: "failoverMs",
      label: "A failover to a standby that is already there",
      unit: "ms",
      formula: "{detectMs} + {fenceMs}",
      compute: ({ detectMs, fenceMs }) => detectMs! + fenceMs!,
    },
    {
      id: "failovers",
      label: "Failovers that fit into a session's budget",
      unit: "failovers",
      formula: "{sessionMs} / {failoverMs}, rounded down",
      compute: ({ sessionMs, failoverMs }) => Math.floor(sessionMs! / failoverMs!),
    },
  ],
  breakEven: {
    input: "fenceMs",
    sides: ["failoverMs", "sessionMs"],
    below: "a failover fits into the session's budget",
    above: "a single one spends it: a person on the phone does",
  },
};

export const recovery: Estimate = {
  id: "recovery",
  title: "Coming back from the journal alone",
  decides: "The use of snapshots: restarts and new standbys. Even with them, a replay is too slow to be the failover.",
  inputs: [
    fromEstimate(load, "ordersPerDay", { id: "ordersPerDay", label: "Records by the end of the day" }),
    fromEstimate(load, "capacityPerSecond", { id: "replayPerSecond", label: "Replayed a second" }),
    fromEstimate(load, "peakPerSecond", { id: "peakPerSecond", label: "Orders at the peak" }),
    { id: "snapshotMinutes", label: "A snapshot every", value: 10, unit: "min", min: 0.01, source: "assumed" },
    fromEstimate(book, "totalBytes", { id: "stateBytes", label: "State" }),
    fromParameter("nvmeSeqReadGBs", { id: "loadBytesPerSecond", label: "Read from the disk", unit: "bytes/s" }),
    fromEstimate(downtime, "sessionMs", { id: "sessionMs", label: "Budget of the session" }),
  ],
  steps: [
    {
      id: "fullSeconds",
      label: "From the first record",
      unit: "s",
      formula: "{ordersPerDay} / {replayPerSecond}",
      compute: ({ ordersPerDay, replayPerSecond }) => ordersPerDay! / replayPerSecond!,
    },
    {
      id: "loadSeconds",
      label: "Load a snapshot",
      unit: "s",
      formula: "{stateBytes} / {loadBytesPerSecond}",
      compute: ({ stateBytes, loadBytesPerSecond }) => stateBytes! / loadBytesPerSecond!,
    },
    {
      id: "tailSeconds",
      label: "Then the tail, if the crash comes just before the next one at the peak",
      unit: "s",
      formula: "{peakPerSecond} x {snapshotMinutes} x 60 / {replayPerSecond}",
      compute: ({ peakPerSecond, snapshotMinutes, replayPerSecond }) =>
        (peakPerSecond! * snapshotMinutes! * 60) / replayPerSecond!,
    },
    {
      id: "snapshotSeconds",
      label: "Snapshot and tail",
      unit: "s",
      formula: "{loadSeconds} + {tailSeconds}",
      compute: ({ loadSeconds, tailSeconds }) => loadSeconds! + tailSeconds!,
    },
    {
      id: "overBudget",
      label: "Against the session's budget",
      unit: "x",
      formula: "1000 x {snapshotSeconds} / {sessionMs}",
      compute: ({ snapshotSeconds, sessionMs }) => (1_000 * snapshotSeconds!) / sessionMs!,
    },
    {
      id: "snapshotMostSeconds",
      label: "Snapshots would have to be at most this far apart",
      unit: "s",
      formula: "({sessionMs} / 1000 - {loadSeconds}) x {replayPerSecond} / {peakPerSecond}",
      compute: ({ sessionMs, loadSeconds, replayPerSecond, peakPerSecond }) =>
        ((sessionMs! / 1_000 - loadSeconds!) * replayPerSecond!) / peakPerSecond!,
    },
  ],
  breakEven: {
    input: "snapshotMinutes",
    sides: ["overBudget", 1],
    below: "a replay fits into the budget, if the process starts in no time",
    above: "the standby must have the state already",
  },
};
