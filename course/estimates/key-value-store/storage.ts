import type { Estimate } from "../../estimate.ts";

export const fleet: Estimate = {
  id: "fleet",
  title: "Bytes to hold and writes to take",
  decides:
    "How many nodes the data asks for, and how many writes each of them must then take: the input of every estimate below.",
  inputs: [
    { id: "keys", label: "Live keys", value: 5_000_000_000, unit: "keys", min: 1_000, source: "assumed" },
    { id: "entryBytes", label: "Key and value together", value: 1_040, unit: "bytes", min: 1, source: "assumed" },
    { id: "copies", label: "Replicas of every key", value: 3, unit: "", min: 1, max: 7, source: "assumed" },
    { id: "diskBytes", label: "Disk of one node", value: 2_000_000_000_000, unit: "bytes", source: "assumed" },
    {
      id: "fillShare",
      label: "Part of a disk that may be full (a merge needs room beside its inputs)",
      value: 0.5,
      unit: "",
      min: 0.1,
      max: 1,
      source: "assumed",
    },
    { id: "writesPerSecond", label: "Writes at peak", value: 200_000, unit: "writes/s", min: 1, source: "assumed" },
  ],
  steps: [
    {
      id: "dataBytes",
      label: "Data, once",
      unit: "bytes",
      formula: "{keys} x {entryBytes}",
      compute: ({ keys, entryBytes }) => keys! * entryBytes!,
    },
    {
      id: "storedBytes",
      label: "Data, replicated",
      unit: "bytes",
      formula: "{dataBytes} x {copies}",
      compute: ({ dataBytes, copies }) => dataBytes! * copies!,
    },
    {
      id: "nodes",
      label: "Nodes for the bytes",
      unit: "nodes",
      formula: "{storedBytes} / ({diskBytes} x {fillShare}), rounded up",
      compute: ({ storedBytes, diskBytes, fillShare }) => Math.ceil(storedBytes! / (diskBytes! * fillShare!)),
    },
    {
      id: "nodeBytes",
      label: "Bytes on one node",
      unit: "bytes",
      formula: "{storedBytes} / {nodes}",
      compute: ({ storedBytes, nodes }) => storedBytes! / nodes!,
    },
    {
      id: "nodeKeys",
      label: "Keys on one node",
      unit: "keys",
      formula: "{keys} x {copies} / {nodes}",
      compute: ({ keys, copies, nodes }) => (keys! * copies!) / nodes!,
    },
    {
      id: "nodeWritesPerSecond",
      label: "Writes that one node must take",
      unit: "writes/s",
      formula: "{writesPerSecond} x {copies} / {nodes}",
      compute: ({ writesPerSecond, copies, nodes }) => (writesPerSecond! * copies!) / nodes!,
    },
  ],
};

export const amplification: Estimate = {
  id: "amplification",
  title: "What compaction writes and what a lookup may have to ask",
  decides:
    "The compaction policy: with these writes, levels would ask for more machines than the data does, and tiers would not.",
  inputs: [
    {
      id: "nodeBytes",
      label: "Bytes on one node (result of the fleet estimate)",
      value: 975_000_000_000,
      unit: "bytes",
    },
    { id: "entryBytes", label: "Key and value together", value: 1_040, unit: "bytes", min: 1, source: "assumed" },
    { id: "memtableBytes", label: "Memtable", value: 64_000_000, unit: "bytes", min: 1, source: "assumed" },
    { id: "fanOut", label: "A level over the one above it", value: 10, unit: "x", min: 2, source: "leveldb" },
    {
      id: "rewrittenShare",
      label: "Part of the fan-out that a merge rewrites on average",
      value: 0.5,
      unit: "",
      min: 0,
      max: 1,
      source: "assumed",
    },
    { id: "runsPerTier", label: "Runs of a tier that are merged into one", value: 4, unit: "runs", min: 2 },
    {
      id: "deviceBytesPerSecond",
      label: "What the device can write, day and night",
      value: 400_000_000,
      unit: "bytes/s",
      source: "assumed",
    },
    {
      id: "replicaWritesPerSecond",
      label: "Writes, times replicas, at peak",
      value: 600_000,
      unit: "writes/s",
      source: "assumed",
    },
  ],
  steps: [
    {
      id: "levels",
      label: "Levels below the memtable",
      unit: "levels",
      formula: "log of ({nodeBytes} / {memtableBytes}) to the base {fanOut}, rounded up",
      compute: ({ nodeBytes, memtableBytes, fanOut }) => Math.ceil(logarithm(nodeBytes! / memtableBytes!, fanOut!)),
    },
    {
      id: "leveledWrites",
      label: "Levels: times that a byte is written (log, flush, then each level)",
      unit: "x",
      formula: "2 + {levels} x (1 + {fanOut} x {rewrittenShare})",
      compute: ({ levels, fanOut, rewrittenShare }) => 2 + levels! * (1 + fanOut! * rewrittenShare!),
    },
    {
      id: "tiers",
      label: "Tiers below the memtable",
      unit: "tiers",
      formula: "1 + log of ({nodeBytes} / {memtableBytes}) to the base {runsPerTier}, rounded down",
      compute: ({ nodeBytes, memtableBytes, runsPerTier }) =>
        1 + Math.floor(logarithm(nodeBytes! / memtableBytes!, runsPerTier!)),
    },
    {
      id: "tieredWrites",
      label: "Tiers: times that a byte is written (log, then once a tier)",
      unit: "x",
      formula: "1 + {tiers}",
      compute: ({ tiers }) => 1 + tiers!,
    },
    {
      id: "leveledRuns",
      label: "Levels: runs that may hold a key (one a level, and fresh ones)",
      unit: "runs",
      formula: "{levels} + {runsPerTier}",
      compute: ({ levels, runsPerTier }) => levels! + runsPerTier!,
    },
    {
      id: "tieredRuns",
      label: "Tiers: runs that may hold a key, between merges",
      unit: "runs",
      formula: "{tiers} x ({runsPerTier} - 1)",
      compute: ({ tiers, runsPerTier }) => tiers! * (runsPerTier! - 1),
    },
    {
      id: "leveledNodes",
      label: "Levels: nodes for the writes",
      unit: "nodes",
      formula: "{replicaWritesPerSecond} x {entryBytes} x {leveledWrites} / {deviceBytesPerSecond}, rounded up",
      compute: ({ replicaWritesPerSecond, entryBytes, leveledWrites, deviceBytesPerSecond }) =>
        Math.ceil((replicaWritesPerSecond! * entryBytes! * leveledWrites!) / deviceBytesPerSecond!),
    },
    {
      id: "tieredNodes",
      label: "Tiers: nodes for the writes",
      unit: "nodes",
      formula: "{replicaWritesPerSecond} x {entryBytes} x {tieredWrites} / {deviceBytesPerSecond}, rounded up",
      compute: ({ replicaWritesPerSecond, entryBytes, tieredWrites, deviceBytesPerSecond }) =>
        Math.ceil((replicaWritesPerSecond! * entryBytes! * tieredWrites!) / deviceBytesPerSecond!),
    },
  ],
};

export const bloom: Estimate = {
  id: "bloom",
  title: "Bloom filters: memory for fewer reads",
  decides:
    "Whether the filters of all tables fit into memory: if they do, a tiered store reads about one block a lookup.",
  inputs: [
    {
      id: "nodeKeys",
      label: "Keys on one node (result of the fleet estimate)",
      value: 937_500_000,
      unit: "keys",
    },
    {
      id: "target",
      label: "Absent keys that answer maybe",
      value: 0.01,
      unit: "",
      min: 0.000_001,
      max: 0.5,
      source: "assumed",
    },
    {
      id: "runs",
      label: "Runs that may hold a key (result of the amplification estimate)",
      value: 21,
      unit: "runs",
      min: 1,
    },
  ],
  steps: [
    {
      id: "bitsPerKey",
      label: "Bits for every key",
      unit: "bits",
      formula: "-ln({target}) / (ln 2)^2",
      compute: ({ target }) => -Math.log(target!) / Math.LN2 ** 2,
    },
    {
      id: "hashes",
      label: "Hash functions",
      unit: "",
      formula: "{bitsPerKey} x ln 2, rounded",
      compute: ({ bitsPerKey }) => Math.round(bitsPerKey! * Math.LN2),
    },
    {
      id: "filterBytes",
      label: "All filters of one node",
      unit: "bytes",
      formula: "{nodeKeys} x {bitsPerKey} / 8",
      compute: ({ nodeKeys, bitsPerKey }) => (nodeKeys! * bitsPerKey!) / 8,
    },
    {
      id: "readsWithout",
      label: "Blocks read for an absent key, without filters",
      unit: "blocks",
      formula: "{runs}",
      compute: ({ runs }) => runs!,
    },
    {
      id: "readsWith",
      label: "Blocks read for an absent key, with filters",
      unit: "blocks",
      formula: "{runs} x {target}",
      compute: ({ runs, target }) => runs! * target!,
    },
    {
      id: "bitsForATenth",
      label: "More bits a key for a tenth of the false answers",
      unit: "bits",
      formula: "ln 10 / (ln 2)^2",
      compute: () => Math.LN10 / Math.LN2 ** 2,
    },
  ],
};

export const syncs: Estimate = {
  id: "syncs",
  title: "Commits that the disk's fsync allows",
  decides: "That writers have to share a sync, and what a periodic sync puts at risk instead.",
  inputs: [
    { id: "syncMs", label: "One fsync (measure yours)", value: 1, unit: "ms", min: 0.01, source: "assumed" },
    {
      id: "nodeWritesPerSecond",
      label: "Writes that one node must take (result of the fleet estimate)",
      value: 37_500,
      unit: "writes/s",
    },
    {
      id: "periodMs",
      label: "Period of a periodic sync",
      value: 10_000,
      unit: "ms",
      min: 1,
      source: "cassandra-config",
    },
  ],
  steps: [
    {
      id: "commitsPerSecond",
      label: "Commits with a sync each",
      unit: "writes/s",
      formula: "1000 / {syncMs}",
      compute: ({ syncMs }) => 1_000 / syncMs!,
    },
    {
      id: "shortfall",
      label: "What is asked, over what that gives",
      unit: "x",
      formula: "{nodeWritesPerSecond} / {commitsPerSecond}",
      compute: ({ nodeWritesPerSecond, commitsPerSecond }) => nodeWritesPerSecond! / commitsPerSecond!,
    },
    {
      id: "group",
      label: "Writes that gather while one sync runs",
      unit: "writes",
      formula: "{nodeWritesPerSecond} x {syncMs} / 1000",
      compute: ({ nodeWritesPerSecond, syncMs }) => (nodeWritesPerSecond! * syncMs!) / 1_000,
    },
    {
      id: "commitMs",
      label: "Mean time to commit: half of the sync before, and a whole one",
      unit: "ms",
      formula: "1.5 x {syncMs}",
      compute: ({ syncMs }) => 1.5 * syncMs!,
    },
    {
      id: "atRisk",
      label: "Acknowledged writes of one node that a power failure can take, with the periodic sync",
      unit: "writes",
      formula: "{nodeWritesPerSecond} x {periodMs} / 1000",
      compute: ({ nodeWritesPerSecond, periodMs }) => (nodeWritesPerSecond! * periodMs!) / 1_000,
    },
  ],
};

export const cost: Estimate = {
  id: "cost",
  title: "What it costs",
  decides: "What a replica, and a stronger write policy, are worth: compare the copies with the outage they prevent.",
  inputs: [
    { id: "nodes", label: "Nodes (result of the fleet estimate)", value: 16, unit: "nodes" },
    { id: "dollarsPerHour", label: "One node with its disk", value: 0.6, unit: "USD/h", source: "assumed" },
    { id: "dataBytes", label: "Data, once (result of the fleet estimate)", value: 5_200_000_000_000, unit: "bytes" },
  ],
  steps: [
    {
      id: "dollarsPerMonth",
      label: "Per month of 730 hours",
      unit: "USD",
      formula: "{nodes} x {dollarsPerHour} x 730",
      compute: ({ nodes, dollarsPerHour }) => nodes! * dollarsPerHour! * 730,
    },
    {
      id: "dollarsPerGigabyte",
      label: "Per gigabyte of data and month",
      unit: "USD",
      formula: "{dollarsPerMonth} / ({dataBytes} / 1000000000)",
      compute: ({ dollarsPerMonth, dataBytes }) => dollarsPerMonth! / (dataBytes! / 1e9),
    },
  ],
};

function logarithm(value: number, base: number): number {
  return Math.log(value) / Math.log(base);
}
