import { type DecidingEstimate, fromEstimate, fromParameter } from "../../estimate.ts";
import { engine, fleet, syncs } from "./storage.ts";

/** What copies cost and save: waiting, elections, slow answers, vectors, hints, trees. */

const minutesPerMonth = 43_200;

export const availability: DecidingEstimate = {
  id: "availability",
  title: "How long writes stand still, by how many replicas they wait for",
  decides:
    "Against waiting for all replicas, and where to work next: at double failures, which need another copy, or at elections, which need faster detection.",
  inputs: [
    {
      id: "up",
      label: "Share of the time that a machine can answer",
      value: 0.999,
      unit: "",
      min: 0.5,
      max: 0.999_999,
      source: "assumed",
    },
    {
      id: "restarts",
      label: "Restarts of a machine in a month that take its leadership by surprise",
      value: 1,
      unit: "",
      min: 0,
      source: "assumed",
    },
    fromParameter("electionPauseMs", { id: "pauseSeconds", unit: "s", min: 0.01 }),
  ],
  steps: [
    {
      id: "down",
      label: "Share of the time that it cannot",
      unit: "",
      formula: "1 - {up}",
      compute: ({ up }) => 1 - up!,
    },
    {
      id: "oneMinutes",
      label: "No replication: minutes without writes in 30 days",
      unit: "min",
      formula: "{down} x 43200",
      compute: ({ down }) => down! * minutesPerMonth,
    },
    {
      id: "allMinutes",
      label: "All of three must answer",
      unit: "min",
      formula: "(1 - {up}^3) x 43200",
      compute: ({ up }) => (1 - up! ** 3) * minutesPerMonth,
    },
    {
      id: "majorityMinutes",
      label: "Two of three must answer: double failures",
      unit: "min",
      formula: "(3 x {up} x {down}^2 + {down}^3) x 43200",
      compute: ({ up, down }) => (3 * up! * down! ** 2 + down! ** 3) * minutesPerMonth,
    },
    {
      id: "electionMinutes",
      label: "Two of three: elections of one group (three machines restart, one in three leads)",
      unit: "min",
      formula: "{restarts} x 3 x {pauseSeconds} / 3 / 60",
      compute: ({ restarts, pauseSeconds }) => (restarts! * pauseSeconds!) / 60,
    },
    {
      id: "totalMinutes",
      label: "Two of three, both",
      unit: "min",
      formula: "{majorityMinutes} + {electionMinutes}",
      compute: ({ majorityMinutes, electionMinutes }) => majorityMinutes! + electionMinutes!,
    },
    {
      id: "allOverOne",
      label: "All of three, against a single machine",
      unit: "x",
      formula: "{allMinutes} / {oneMinutes}",
      compute: ({ allMinutes, oneMinutes }) => allMinutes! / oneMinutes!,
    },
  ],
  breakEven: {
    input: "pauseSeconds",
    sides: ["electionMinutes", "majorityMinutes"],
    below: "double failures cost more than elections",
    above: "elections cost more than double failures: detect faster, and hand leadership over before a restart",
  },
};

export const failover: DecidingEstimate = {
  id: "failover",
  title: "Acknowledged writes that an asynchronous failover loses",
  decides: "Whether a write can wait for the copy in another place, or the loss has to be stated instead.",
  inputs: [
    fromEstimate(engine, "leveledNodes", { id: "leaders", label: "Machines that lead" }),
    fromEstimate(fleet, "writesPerSecond", { id: "writesPerSecond" }),
    { id: "lagMs", label: "Lag of the follower that takes over", value: 200, unit: "ms", min: 0, source: "assumed" },
    fromParameter("rttCrossZoneMs", { id: "zoneMs", label: "Round trip to the other copy", min: 0.01, max: 1_000 }),
    fromEstimate(syncs, "commitMs", { id: "commitMs", label: "Mean time to commit on a disk" }),
    { id: "budgetMs", label: "Time that a write may take", value: 10, unit: "ms", min: 0.1, source: "assumed" },
  ],
  steps: [
    {
      id: "leaderWritesPerSecond",
      label: "Writes through one leader",
      unit: "writes/s",
      formula: "{writesPerSecond} / {leaders}",
      compute: ({ writesPerSecond, leaders }) => writesPerSecond! / leaders!,
    },
    {
      id: "lost",
      label: "Acknowledged, and gone after the failover",
      unit: "writes",
      formula: "{leaderWritesPerSecond} x {lagMs} / 1000",
      compute: ({ leaderWritesPerSecond, lagMs }) => (leaderWritesPerSecond! * lagMs!) / 1_000,
    },
    {
      id: "inFlight",
      label: "Writes in flight if each waits for the other copy instead",
      unit: "writes",
      formula: "{leaderWritesPerSecond} x {zoneMs} / 1000",
      compute: ({ leaderWritesPerSecond, zoneMs }) => (leaderWritesPerSecond! * zoneMs!) / 1_000,
    },
    {
      id: "waitMs",
      label: "A write that waits: the trip and the sync",
      unit: "ms",
      formula: "{zoneMs} + {commitMs}",
      compute: ({ zoneMs, commitMs }) => zoneMs! + commitMs!,
    },
  ],
  breakEven: {
    input: "zoneMs",
    sides: ["waitMs", "budgetMs"],
    below: "each write waits for the other copy, and a failover loses nothing",
    above: "the copy is too far to wait for: it follows, and the loss is stated",
  },
};

export const spares: DecidingEstimate = {
  id: "spares",
  title: "Slow answers, by how many are asked and how many are awaited",
  decides:
    "To ask all replicas and wait for some: asking exactly as many as are needed makes the tail worse, not better.",
  inputs: [
    {
      id: "slow",
      label: "Share of a replica's answers that are slow (a pause, a merge)",
      value: 0.01,
      unit: "",
      min: 0.000_1,
      max: 1,
      source: "assumed",
    },
  ],
  steps: [
    {
      id: "oneOfOne",
      label: "Ask one, wait for one",
      unit: "%",
      formula: "100 x {slow}",
      compute: ({ slow }) => 100 * slow!,
    },
    {
      id: "twoOfTwo",
      label: "Ask two, wait for two: one of them is slow",
      unit: "%",
      formula: "100 x (1 - (1 - {slow})^2)",
      compute: ({ slow }) => 100 * (1 - (1 - slow!) ** 2),
    },
    {
      id: "threeOfThree",
      label: "Ask three, wait for three: one of them is slow",
      unit: "%",
      formula: "100 x (1 - (1 - {slow})^3)",
      compute: ({ slow }) => 100 * (1 - (1 - slow!) ** 3),
    },
    {
      id: "twoOfThree",
      label: "Ask three, wait for two: two of them are slow",
      unit: "%",
      formula: "100 x (3 x {slow}^2 x (1 - {slow}) + {slow}^3)",
      compute: ({ slow }) => 100 * (3 * slow! ** 2 * (1 - slow!) + slow! ** 3),
    },
    {
      id: "gain",
      label: "Two of two, over two of three",
      unit: "x",
      formula: "{twoOfTwo} / {twoOfThree}",
      compute: ({ twoOfTwo, twoOfThree }) => twoOfTwo! / twoOfThree!,
    },
  ],
  breakEven: {
    input: "slow",
    sides: ["gain", 10],
    below: "the third question makes slow answers more than ten times rarer",
    above: "too many replicas are slow for a third question to help much: find out why",
  },
};

export const vectors: DecidingEstimate = {
  id: "vectors",
  title: "A version vector with an entry for each client, or for each server",
  decides: "Which names stand in a vector: servers, because their number is known and clients come without end.",
  inputs: [
    { id: "entryBytes", label: "One entry: a name and a counter", value: 16, unit: "bytes", source: "assumed" },
    {
      id: "clients",
      label: "Clients that ever wrote the key",
      value: 10_000,
      unit: "clients",
      min: 1,
      whole: true,
      source: "assumed",
    },
    { id: "servers", label: "Replicas that take its writes", value: 3, unit: "servers", source: "assumed" },
    { id: "valueBytes", label: "The value itself", value: 1_000, unit: "bytes", source: "assumed" },
  ],
  steps: [
    {
      id: "byClient",
      label: "An entry for each client",
      unit: "bytes",
      formula: "{clients} x {entryBytes}",
      compute: ({ clients, entryBytes }) => clients! * entryBytes!,
    },
    {
      id: "byServer",
      label: "An entry for each server",
      unit: "bytes",
      formula: "{servers} x {entryBytes}",
      compute: ({ servers, entryBytes }) => servers! * entryBytes!,
    },
    {
      id: "overValue",
      label: "The first, against the value that it describes",
      unit: "x",
      formula: "{byClient} / {valueBytes}",
      compute: ({ byClient, valueBytes }) => byClient! / valueBytes!,
    },
  ],
  breakEven: {
    input: "clients",
    sides: ["byClient", "valueBytes"],
    below: "an entry for each client is smaller than the value",
    above: "the vector outgrows the value: keep an entry for each server",
  },
};

export const hints: DecidingEstimate = {
  id: "hints",
  title: "Hints that pile up for a machine that is down",
  decides: "After how long the others stop keeping hints and leave the rest to the comparison of trees.",
  inputs: [
    fromEstimate(syncs, "nodeWritesPerSecond", {
      id: "nodeWritesPerSecond",
      label: "Writes that the machine would have taken",
    }),
    fromEstimate(fleet, "entryBytes", { id: "entryBytes" }),
    {
      id: "windowHours",
      label: "Hours for which hints are kept",
      value: 3,
      unit: "h",
      min: 0,
      source: "cassandra-config",
    },
    fromEstimate(engine, "leveledNodes", { id: "nodes", label: "Machines" }),
    {
      id: "replayBytesPerSecond",
      label: "Replay that the machine can take",
      value: 50_000_000,
      unit: "bytes/s",
      min: 1_000_000,
      source: "assumed",
    },
  ],
  steps: [
    {
      id: "hintBytes",
      label: "Hints for the machine",
      unit: "bytes",
      formula: "{nodeWritesPerSecond} x {entryBytes} x {windowHours} x 3600",
      compute: ({ nodeWritesPerSecond, entryBytes, windowHours }) =>
        nodeWritesPerSecond! * entryBytes! * windowHours! * 3_600,
    },
    {
      id: "holderBytes",
      label: "Hints on each of the others",
      unit: "bytes",
      formula: "{hintBytes} / ({nodes} - 1)",
      compute: ({ hintBytes, nodes }) => hintBytes! / (nodes! - 1),
    },
    {
      id: "replayHours",
      label: "Time to replay them, beside the live writes",
      unit: "h",
      formula: "{hintBytes} / {replayBytesPerSecond} / 3600",
      compute: ({ hintBytes, replayBytesPerSecond }) => hintBytes! / replayBytesPerSecond! / 3_600,
    },
  ],
  breakEven: {
    input: "replayBytesPerSecond",
    sides: ["replayHours", "windowHours"],
    below: "handing over takes longer than the absence did: keep hints for a shorter time",
    above: "the machine catches up in less time than it was away",
  },
};

export const merkle: DecidingEstimate = {
  id: "merkle",
  title: "Finding a few differences between two replicas",
  decides: "When a tree is worth its depth: a leaf that covers many keys turns one difference into many suspects.",
  inputs: [
    fromEstimate(fleet, "keys", { id: "keys" }),
    fromEstimate(fleet, "copies", { id: "copies" }),
    fromEstimate(engine, "leveledNodes", { id: "nodes", label: "Machines" }),
    {
      id: "differences",
      label: "Keys that differ",
      value: 100,
      unit: "keys",
      min: 1,
      max: 100_000_000,
      whole: true,
      source: "assumed",
    },
    { id: "depth", label: "Depth of the tree", value: 15, unit: "", min: 1, max: 30, source: "assumed" },
    { id: "hashBytes", label: "One hash", value: 16, unit: "bytes", source: "assumed" },
    { id: "digestBytes", label: "A key with the digest of its version", value: 56, unit: "bytes", source: "assumed" },
    fromEstimate(fleet, "entryBytes", { id: "entryBytes" }),
  ],
  steps: [
    {
      id: "sharedKeys",
      label: "Keys that two machines share, at most",
      unit: "keys",
      formula: "{keys} x {copies} / {nodes}",
      compute: ({ keys, copies, nodes }) => (keys! * copies!) / nodes!,
    },
    {
      id: "flatBytes",
      label: "Without a tree: a digest for every key",
      unit: "bytes",
      formula: "{sharedKeys} x {digestBytes}",
      compute: ({ sharedKeys, digestBytes }) => sharedKeys! * digestBytes!,
    },
    {
      id: "leaves",
      label: "Leaves",
      unit: "",
      formula: "2^{depth}",
      compute: ({ depth }) => 2 ** depth!,
      exact: true,
    },
    {
      id: "keysPerLeaf",
      label: "Keys under one leaf",
      unit: "keys",
      formula: "{sharedKeys} / {leaves}",
      compute: ({ sharedKeys, leaves }) => sharedKeys! / leaves!,
    },
    {
      id: "treeBytes",
      label: "With the tree: hashes on the way down, then digests under the leaves that differ",
      unit: "bytes",
      formula: "{differences} x (2 x {depth} x {hashBytes} + {keysPerLeaf} x {digestBytes})",
      compute: ({ differences, depth, hashBytes, keysPerLeaf, digestBytes }) =>
        differences! * (2 * depth! * hashBytes! + keysPerLeaf! * digestBytes!),
    },
    {
      id: "saved",
      label: "Without a tree over with it",
      unit: "x",
      formula: "{flatBytes} / {treeBytes}",
      compute: ({ flatBytes, treeBytes }) => flatBytes! / treeBytes!,
    },
    {
      id: "overstreamed",
      label: "Sent if whole leaves are copied in place of single keys",
      unit: "bytes",
      formula: "{differences} x {keysPerLeaf} x {entryBytes}",
      compute: ({ differences, keysPerLeaf, entryBytes }) => differences! * keysPerLeaf! * entryBytes!,
    },
  ],
  breakEven: {
    input: "differences",
    sides: ["treeBytes", "flatBytes"],
    below: "descend the tree",
    above: "nearly every leaf differs: send all digests, or copy the replica",
  },
};
