import { type DecidingEstimate, fromEstimate, fromParameter } from "../../estimate.ts";

/** What one machine holds and writes: bytes, compaction, filters, syncs. */

export const fleet: DecidingEstimate = {
  id: "fleet",
  title: "Bytes to hold, writes and reads to take",
  decides: "Whether one machine in each zone is enough, or the keys have to be spread over many.",
  inputs: [
    { id: "keys", label: "Live keys", value: 5_000_000_000, unit: "keys", min: 1_000, source: "assumed" },
    { id: "entryBytes", label: "Key and value together", value: 1_040, unit: "bytes", min: 1, source: "assumed" },
    { id: "copies", label: "Replicas of every key, one a zone", value: 3, unit: "", min: 1, max: 7, source: "assumed" },
    { id: "writesPerSecond", label: "Writes at peak", value: 200_000, unit: "writes/s", min: 1, source: "assumed" },
    { id: "readsPerSecond", label: "Reads at peak", value: 1_000_000, unit: "reads/s", min: 1, source: "assumed" },
    { id: "diskBytes", label: "Disk of one machine", value: 2_000_000_000_000, unit: "bytes", source: "assumed" },
    {
      id: "fillShare",
      label: "Part of a disk that may be full",
      value: 0.9,
      unit: "",
      min: 0.1,
      max: 1,
      source: "assumed",
    },
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
      id: "usableBytes",
      label: "Room on one machine",
      unit: "bytes",
      formula: "{diskBytes} x {fillShare}",
      compute: ({ diskBytes, fillShare }) => diskBytes! * fillShare!,
    },
    {
      id: "storedBytes",
      label: "Data, in all copies",
      unit: "bytes",
      formula: "{dataBytes} x {copies}",
      compute: ({ dataBytes, copies }) => dataBytes! * copies!,
    },
    {
      id: "disks",
      label: "Machines that this fills, before any overhead",
      unit: "machines",
      formula: "{storedBytes} / {usableBytes}, rounded up",
      compute: ({ storedBytes, usableBytes }) => Math.ceil(storedBytes! / usableBytes!),
    },
    {
      id: "replicaWritesPerSecond",
      label: "Writes on all replicas",
      unit: "writes/s",
      formula: "{writesPerSecond} x {copies}",
      compute: ({ writesPerSecond, copies }) => writesPerSecond! * copies!,
    },
    {
      id: "replicaBytesPerSecond",
      label: "Bytes that clients' writes bring to all replicas",
      unit: "bytes/s",
      formula: "{replicaWritesPerSecond} x {entryBytes}",
      compute: ({ replicaWritesPerSecond, entryBytes }) => replicaWritesPerSecond! * entryBytes!,
    },
  ],
  breakEven: {
    input: "keys",
    sides: ["dataBytes", "usableBytes"],
    below: "one machine in each zone holds everything, and nothing has to be spread",
    above: "the keys have to be spread over machines",
  },
};

export const engine: DecidingEstimate = {
  id: "engine",
  title: "Machines, by how files are merged",
  decides:
    "Levels or tiers. Levels write each byte often and keep it about once; tiers write it seldom and keep old versions. The device's write speed says which of the two costs more machines.",
  inputs: [
    fromEstimate(fleet, "storedBytes", { id: "storedBytes" }),
    fromEstimate(fleet, "replicaBytesPerSecond", { id: "replicaBytesPerSecond" }),
    fromEstimate(fleet, "usableBytes", { id: "usableBytes" }),
    fromEstimate(fleet, "copies", { id: "zones", label: "Zones, with as many machines in each" }),
    fromParameter("nvmeSeqWriteGBs", {
      id: "deviceBytesPerSecond",
      label: "Bytes that the device can write, day and night",
      unit: "bytes/s",
      min: 10_000_000,
      max: 100_000_000_000,
    }),
    fromParameter("lsmLeveledWriteAmp", { id: "leveledAmp", label: "Levels: times that a byte is written by merges" }),
    fromParameter("lsmLeveledSpaceAmp", { id: "leveledSpace", label: "Levels: bytes stored for a live byte" }),
    fromParameter("lsmTieredWriteAmp", { id: "tieredAmp", label: "Tiers: times that a byte is written by merges" }),
    fromParameter("lsmTieredSpaceAmp", { id: "tieredSpace", label: "Tiers: bytes stored for a live byte", min: 1 }),
  ],
  steps: [
    {
      id: "leveledWrites",
      label: "Levels: times that a byte is written, the log included",
      unit: "x",
      formula: "1 + {leveledAmp}",
      compute: ({ leveledAmp }) => 1 + leveledAmp!,
    },
    {
      id: "tieredWrites",
      label: "Tiers: the same",
      unit: "x",
      formula: "1 + {tieredAmp}",
      compute: ({ tieredAmp }) => 1 + tieredAmp!,
    },
    {
      id: "leveledForWrites",
      label: "Levels: machines for the writes",
      unit: "machines",
      formula: "{replicaBytesPerSecond} x {leveledWrites} / {deviceBytesPerSecond}",
      compute: ({ replicaBytesPerSecond, leveledWrites, deviceBytesPerSecond }) =>
        (replicaBytesPerSecond! * leveledWrites!) / deviceBytesPerSecond!,
    },
    {
      id: "leveledForBytes",
      label: "Levels: machines for the bytes",
      unit: "machines",
      formula: "{storedBytes} x {leveledSpace} / {usableBytes}",
      compute: ({ storedBytes, leveledSpace, usableBytes }) => (storedBytes! * leveledSpace!) / usableBytes!,
    },
    {
      id: "tieredForWrites",
      label: "Tiers: machines for the writes",
      unit: "machines",
      formula: "{replicaBytesPerSecond} x {tieredWrites} / {deviceBytesPerSecond}",
      compute: ({ replicaBytesPerSecond, tieredWrites, deviceBytesPerSecond }) =>
        (replicaBytesPerSecond! * tieredWrites!) / deviceBytesPerSecond!,
    },
    {
      id: "tieredForBytes",
      label: "Tiers: machines for the bytes",
      unit: "machines",
      formula: "{storedBytes} x {tieredSpace} / {usableBytes}",
      compute: ({ storedBytes, tieredSpace, usableBytes }) => (storedBytes! * tieredSpace!) / usableBytes!,
    },
    {
      id: "leveledNeed",
      label: "Levels: the larger of the two",
      unit: "machines",
      formula: "max({leveledForWrites}, {leveledForBytes})",
      compute: ({ leveledForWrites, leveledForBytes }) => Math.max(leveledForWrites!, leveledForBytes!),
    },
    {
      id: "tieredNeed",
      label: "Tiers: the larger of the two",
      unit: "machines",
      formula: "max({tieredForWrites}, {tieredForBytes})",
      compute: ({ tieredForWrites, tieredForBytes }) => Math.max(tieredForWrites!, tieredForBytes!),
    },
    {
      id: "leveledNodes",
      label: "Levels: machines, the same number in each zone",
      unit: "machines",
      formula: "{leveledNeed} / {zones}, rounded up, x {zones}",
      compute: ({ leveledNeed, zones }) => Math.ceil(leveledNeed! / zones!) * zones!,
    },
    {
      id: "tieredNodes",
      label: "Tiers: the same",
      unit: "machines",
      formula: "{tieredNeed} / {zones}, rounded up, x {zones}",
      compute: ({ tieredNeed, zones }) => Math.ceil(tieredNeed! / zones!) * zones!,
    },
    {
      id: "nodeBytes",
      label: "Levels: bytes on one machine",
      unit: "bytes",
      formula: "{storedBytes} x {leveledSpace} / {leveledNodes}",
      compute: ({ storedBytes, leveledSpace, leveledNodes }) => (storedBytes! * leveledSpace!) / leveledNodes!,
    },
  ],
  breakEven: {
    input: "deviceBytesPerSecond",
    sides: ["leveledNeed", "tieredNeed"],
    below: "tiers need fewer machines: the writes of levels decide",
    above: "levels need fewer machines: the space of tiers decides",
  },
};

export const reads: DecidingEstimate = {
  id: "reads",
  title: "Blocks that a read costs",
  decides:
    "Whether the reads overrule the writes' choice: point reads do not, because filters answer for the other runs; scans do, because no filter helps them.",
  inputs: [
    fromEstimate(fleet, "readsPerSecond", { id: "readsPerSecond" }),
    fromEstimate(fleet, "keys", { id: "keys" }),
    fromEstimate(fleet, "copies", { id: "copies" }),
    fromEstimate(engine, "leveledNodes", { id: "nodes", label: "Machines, with levels" }),
    {
      id: "scanShare",
      label: "Part of the reads that scan a range",
      value: 0.01,
      unit: "",
      min: 0.000_1,
      max: 1,
      source: "assumed",
    },
    { id: "bitsPerKey", label: "Filter bits for a key", value: 10, unit: "bits", min: 1, source: "rocksdb-tuning" },
    {
      id: "falseShare",
      label: "Absent keys that such a filter lets through",
      value: 0.01,
      unit: "",
      min: 0.000_001,
      max: 1,
      source: "rocksdb-tuning",
    },
    { id: "youngRuns", label: "Levels: files of the youngest level", value: 4, unit: "runs", source: "leveldb" },
    { id: "levels", label: "Levels below it", value: 4, unit: "runs", source: "rocksdb-tuning" },
    fromEstimate(engine, "tieredAmp", { id: "tiers", label: "Tiers, since each writes a byte once" }),
    { id: "runsPerTier", label: "Runs of a tier that are merged into one", value: 4, unit: "runs", source: "assumed" },
  ],
  steps: [
    {
      id: "leveledRuns",
      label: "Levels: runs that may hold a key",
      unit: "runs",
      formula: "{youngRuns} + {levels}",
      compute: ({ youngRuns, levels }) => youngRuns! + levels!,
    },
    {
      id: "tieredRuns",
      label: "Tiers: runs that may hold a key, just before a merge",
      unit: "runs",
      formula: "{tiers} x ({runsPerTier} - 1)",
      compute: ({ tiers, runsPerTier }) => tiers! * (runsPerTier! - 1),
    },
    {
      id: "leveledBlocks",
      label: "Levels: blocks for a read, on average",
      unit: "blocks",
      formula: "(1 - {scanShare}) x (1 + {falseShare} x ({leveledRuns} - 1)) + {scanShare} x {leveledRuns}",
      compute: ({ scanShare, falseShare, leveledRuns }) => blocks(scanShare!, falseShare!, leveledRuns!),
    },
    {
      id: "tieredBlocks",
      label: "Tiers: blocks for a read, on average",
      unit: "blocks",
      formula: "(1 - {scanShare}) x (1 + {falseShare} x ({tieredRuns} - 1)) + {scanShare} x {tieredRuns}",
      compute: ({ scanShare, falseShare, tieredRuns }) => blocks(scanShare!, falseShare!, tieredRuns!),
    },
    {
      id: "ratio",
      label: "Tiers over levels",
      unit: "x",
      formula: "{tieredBlocks} / {leveledBlocks}",
      compute: ({ tieredBlocks, leveledBlocks }) => tieredBlocks! / leveledBlocks!,
    },
    {
      id: "nodeBlocks",
      label: "Levels: blocks that one machine reads a second, without a cache",
      unit: "blocks/s",
      formula: "{readsPerSecond} x {leveledBlocks} / {nodes}",
      compute: ({ readsPerSecond, leveledBlocks, nodes }) => (readsPerSecond! * leveledBlocks!) / nodes!,
    },
    {
      id: "filterBytes",
      label: "Filters of one machine",
      unit: "bytes",
      formula: "{keys} x {copies} / {nodes} x {bitsPerKey} / 8",
      compute: ({ keys, copies, nodes, bitsPerKey }) => (((keys! * copies!) / nodes!) * bitsPerKey!) / 8,
    },
  ],
  breakEven: {
    input: "scanShare",
    sides: ["ratio", 2],
    below: "reads cost about the same under both, and the writes decide",
    above: "tiers read at least twice as many blocks: take levels whatever the device",
  },
};

export const syncs: DecidingEstimate = {
  id: "syncs",
  title: "Commits that the disk's fsync allows",
  decides: "That writers have to share a sync, and what a periodic sync puts at risk instead.",
  inputs: [
    fromParameter("fsyncLocalUs", { id: "syncMs", label: "One fsync (measure yours)", unit: "ms", min: 0.001 }),
    fromEstimate(fleet, "replicaWritesPerSecond", { id: "replicaWritesPerSecond" }),
    fromEstimate(engine, "leveledNodes", { id: "nodes", label: "Machines" }),
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
      id: "nodeWritesPerSecond",
      label: "Writes that one machine must take",
      unit: "writes/s",
      formula: "{replicaWritesPerSecond} / {nodes}",
      compute: ({ replicaWritesPerSecond, nodes }) => replicaWritesPerSecond! / nodes!,
    },
    {
      id: "commitsPerSecond",
      label: "Commits with a sync each",
      unit: "writes/s",
      formula: "1000 / {syncMs}",
      compute: ({ syncMs }) => 1_000 / syncMs!,
    },
    {
      id: "shortfall",
      label: "Asked, over what that gives",
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
      label: "Acknowledged writes of one machine that a power failure can take, with the periodic sync",
      unit: "writes",
      formula: "{nodeWritesPerSecond} x {periodMs} / 1000",
      compute: ({ nodeWritesPerSecond, periodMs }) => (nodeWritesPerSecond! * periodMs!) / 1_000,
    },
  ],
  breakEven: {
    input: "syncMs",
    sides: ["nodeWritesPerSecond", "commitsPerSecond"],
    below: "each write may have a sync of its own",
    above: "writes have to share a sync",
  },
};

export const cost: DecidingEstimate = {
  id: "cost",
  title: "Machines and traffic between zones, a month",
  decides: "Where money is saved: at the machines, or at the bytes that copies send to other zones.",
  inputs: [
    fromEstimate(engine, "leveledNodes", { id: "nodes", label: "Machines" }),
    { id: "cores", label: "Cores of one machine", value: 16, unit: "cores", source: "assumed" },
    { id: "memoryGb", label: "Memory of one machine", value: 64, unit: "GB", source: "assumed" },
    { id: "diskGb", label: "Local disk of one machine", value: 2_000, unit: "GB", source: "assumed" },
    fromParameter("coreUsdMonth", { id: "coreUsd" }),
    fromParameter("ramUsdGbMonth", { id: "memoryUsd" }),
    fromParameter("localSsdUsdGbMonth", { id: "diskUsd" }),
    fromParameter("interZoneUsdGb", { id: "zoneUsd" }),
    {
      id: "meanWritesPerSecond",
      label: "Writes, averaged over day and night",
      value: 70_000,
      unit: "writes/s",
      min: 1,
      source: "assumed",
    },
    fromEstimate(fleet, "entryBytes", { id: "entryBytes" }),
    fromEstimate(fleet, "copies", { id: "copies" }),
    fromEstimate(fleet, "dataBytes", { id: "dataBytes" }),
  ],
  steps: [
    {
      id: "nodeUsd",
      label: "One machine",
      unit: "USD",
      formula: "{cores} x {coreUsd} + {memoryGb} x {memoryUsd} + {diskGb} x {diskUsd}",
      compute: ({ cores, coreUsd, memoryGb, memoryUsd, diskGb, diskUsd }) =>
        cores! * coreUsd! + memoryGb! * memoryUsd! + diskGb! * diskUsd!,
    },
    {
      id: "machinesUsd",
      label: "All machines",
      unit: "USD",
      formula: "{nodes} x {nodeUsd}",
      compute: ({ nodes, nodeUsd }) => nodes! * nodeUsd!,
    },
    {
      id: "zoneGb",
      label: "Copies that leave the leader's zone in a month of 730 hours",
      unit: "GB",
      formula: "{meanWritesPerSecond} x {entryBytes} x ({copies} - 1) x 730 x 3600 / 1000000000",
      compute: ({ meanWritesPerSecond, entryBytes, copies }) =>
        (meanWritesPerSecond! * entryBytes! * (copies! - 1) * 730 * 3_600) / 1e9,
    },
    {
      id: "trafficUsd",
      label: "Traffic between zones",
      unit: "USD",
      formula: "{zoneGb} x {zoneUsd}",
      compute: ({ zoneGb, zoneUsd }) => zoneGb! * zoneUsd!,
    },
    {
      id: "perGigabyteUsd",
      label: "Both, for a gigabyte of data with all its copies",
      unit: "USD",
      formula: "({machinesUsd} + {trafficUsd}) / ({dataBytes} / 1000000000)",
      compute: ({ machinesUsd, trafficUsd, dataBytes }) => (machinesUsd! + trafficUsd!) / (dataBytes! / 1e9),
    },
  ],
  breakEven: {
    input: "meanWritesPerSecond",
    sides: ["trafficUsd", "machinesUsd"],
    below: "the machines cost more than the traffic",
    above: "the traffic between zones costs more than the machines: compress the log",
  },
};

/** Point reads open one block and those that filters let through; a scan opens every run. */
function blocks(scanShare: number, falseShare: number, runs: number): number {
  return (1 - scanShare) * (1 + falseShare * (runs - 1)) + scanShare * runs;
}
