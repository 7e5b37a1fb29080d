import type { Estimate } from "../../estimate.ts";

const minutesPerMonth = 43_200;

export const availability: Estimate = {
  id: "availability",
  title: "How long writes stand still, by how many replicas they wait for",
  decides: "Against waiting for all replicas: it is less available than one machine, and a majority is far more.",
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
      label: "Two of three must answer",
      unit: "min",
      formula: "(3 x {up} x {down}^2 + {down}^3) x 43200",
      compute: ({ up, down }) => (3 * up! * down! ** 2 + down! ** 3) * minutesPerMonth,
    },
    {
      id: "allOverOne",
      label: "All of three, against a single machine",
      unit: "x",
      formula: "{allMinutes} / {oneMinutes}",
      compute: ({ allMinutes, oneMinutes }) => allMinutes! / oneMinutes!,
    },
    {
      id: "gain",
      label: "A single machine, against two of three",
      unit: "x",
      formula: "{oneMinutes} / {majorityMinutes}",
      compute: ({ oneMinutes, majorityMinutes }) => oneMinutes! / majorityMinutes!,
    },
  ],
};

export const failover: Estimate = {
  id: "failover",
  title: "Acknowledged writes that an asynchronous failover loses",
  decides: "Whether the lag of a follower is a number on a dashboard or a promise to a customer.",
  inputs: [
    { id: "leaders", label: "Nodes that lead (result of the fleet estimate)", value: 16, unit: "nodes", min: 1 },
    { id: "writesPerSecond", label: "Writes at peak", value: 200_000, unit: "writes/s", source: "assumed" },
    { id: "lagMs", label: "Lag of the follower that takes over", value: 200, unit: "ms", min: 0, source: "assumed" },
    { id: "zoneMs", label: "Round trip to another zone", value: 1, unit: "ms", source: "assumed" },
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
      label: "Writes in flight if each waits for the other zone instead",
      unit: "writes",
      formula: "{leaderWritesPerSecond} x {zoneMs} / 1000",
      compute: ({ leaderWritesPerSecond, zoneMs }) => (leaderWritesPerSecond! * zoneMs!) / 1_000,
    },
  ],
};

export const spares: Estimate = {
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
      min: 0,
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
      label: "What the third question saves",
      unit: "x",
      formula: "{twoOfTwo} / {twoOfThree}",
      compute: ({ twoOfTwo, twoOfThree }) => twoOfTwo! / twoOfThree!,
    },
  ],
};

export const vectors: Estimate = {
  id: "vectors",
  title: "A version vector with an entry for each client, or for each server",
  decides: "Who owns the entries of a vector: servers, because their number is known and clients come without end.",
  inputs: [
    { id: "entryBytes", label: "One entry: a name and a counter", value: 16, unit: "bytes", source: "assumed" },
    { id: "clients", label: "Clients that ever wrote the key", value: 10_000, unit: "clients", source: "assumed" },
    { id: "servers", label: "Replicas that take its writes", value: 3, unit: "nodes", source: "assumed" },
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
};

export const hints: Estimate = {
  id: "hints",
  title: "Hints that pile up for a node that is down",
  decides: "After how long the others stop keeping hints and leave the rest to anti-entropy.",
  inputs: [
    {
      id: "nodeWritesPerSecond",
      label: "Writes that the node would have taken (result of the fleet estimate)",
      value: 37_500,
      unit: "writes/s",
    },
    { id: "entryBytes", label: "Key and value together", value: 1_040, unit: "bytes", source: "assumed" },
    {
      id: "windowHours",
      label: "Hours for which hints are kept",
      value: 3,
      unit: "h",
      min: 0,
      source: "cassandra-config",
    },
    { id: "holders", label: "Nodes that share them", value: 15, unit: "nodes", min: 1 },
    {
      id: "replayBytesPerSecond",
      label: "Replay that the node can take",
      value: 50_000_000,
      unit: "bytes/s",
      source: "assumed",
    },
  ],
  steps: [
    {
      id: "hintBytes",
      label: "Hints for the node",
      unit: "bytes",
      formula: "{nodeWritesPerSecond} x {entryBytes} x {windowHours} x 3600",
      compute: ({ nodeWritesPerSecond, entryBytes, windowHours }) =>
        nodeWritesPerSecond! * entryBytes! * windowHours! * 3_600,
    },
    {
      id: "holderBytes",
      label: "Hints on each of the others",
      unit: "bytes",
      formula: "{hintBytes} / {holders}",
      compute: ({ hintBytes, holders }) => hintBytes! / holders!,
    },
    {
      id: "replayHours",
      label: "Time to replay them, beside the live writes",
      unit: "h",
      formula: "{hintBytes} / {replayBytesPerSecond} / 3600",
      compute: ({ hintBytes, replayBytesPerSecond }) => hintBytes! / replayBytesPerSecond! / 3_600,
    },
  ],
};

export const merkle: Estimate = {
  id: "merkle",
  title: "Finding a few differences between two replicas",
  decides: "How deep the tree must be: a leaf that covers many keys turns one difference into many.",
  inputs: [
    { id: "nodeKeys", label: "Keys that two replicas share, at most", value: 937_500_000, unit: "keys" },
    { id: "differences", label: "Keys that differ", value: 100, unit: "keys", min: 1, source: "assumed" },
    { id: "depth", label: "Depth of the tree", value: 15, unit: "", min: 1, max: 30, source: "assumed" },
    { id: "hashBytes", label: "One hash", value: 16, unit: "bytes", source: "assumed" },
    { id: "digestBytes", label: "A key with the digest of its version", value: 56, unit: "bytes", source: "assumed" },
    { id: "entryBytes", label: "Key and value together", value: 1_040, unit: "bytes", source: "assumed" },
  ],
  steps: [
    {
      id: "flatBytes",
      label: "Without a tree: a digest for every key",
      unit: "bytes",
      formula: "{nodeKeys} x {digestBytes}",
      compute: ({ nodeKeys, digestBytes }) => nodeKeys! * digestBytes!,
    },
    {
      id: "leaves",
      label: "Leaves",
      unit: "",
      formula: "2^{depth}",
      compute: ({ depth }) => 2 ** depth!,
    },
    {
      id: "keysPerLeaf",
      label: "Keys under one leaf",
      unit: "keys",
      formula: "{nodeKeys} / {leaves}",
      compute: ({ nodeKeys, leaves }) => nodeKeys! / leaves!,
    },
    {
      id: "descentBytes",
      label: "Hashes compared on the way down, at most",
      unit: "bytes",
      formula: "{differences} x 2 x {depth} x {hashBytes}",
      compute: ({ differences, depth, hashBytes }) => differences! * 2 * depth! * hashBytes!,
    },
    {
      id: "leafBytes",
      label: "Digests of the keys under the leaves that differ",
      unit: "bytes",
      formula: "{differences} x {keysPerLeaf} x {digestBytes}",
      compute: ({ differences, keysPerLeaf, digestBytes }) => differences! * keysPerLeaf! * digestBytes!,
    },
    {
      id: "saved",
      label: "Without a tree over with it",
      unit: "x",
      formula: "{flatBytes} / ({descentBytes} + {leafBytes})",
      compute: ({ flatBytes, descentBytes, leafBytes }) => flatBytes! / (descentBytes! + leafBytes!),
    },
    {
      id: "overstreamed",
      label: "Sent if whole leaves are copied in place of single keys",
      unit: "bytes",
      formula: "{differences} x {keysPerLeaf} x {entryBytes}",
      compute: ({ differences, keysPerLeaf, entryBytes }) => differences! * keysPerLeaf! * entryBytes!,
    },
  ],
};

export const replacement: Estimate = {
  id: "replacement",
  title: "Replacing a node that is gone",
  decides: "How much a node may hold: its bytes are the time for which a second loss is dangerous.",
  inputs: [
    { id: "nodeBytes", label: "Bytes on the node", value: 2_000_000_000_000, unit: "bytes", source: "assumed" },
    {
      id: "oneSourceBytesPerSecond",
      label: "What one node may send beside its work",
      value: 50_000_000,
      unit: "bytes/s",
      source: "assumed",
    },
    {
      id: "sources",
      label: "Nodes that send, if its ranges are spread",
      value: 10,
      unit: "nodes",
      min: 1,
      source: "assumed",
    },
    {
      id: "sinkBytesPerSecond",
      label: "What the new node can take",
      value: 300_000_000,
      unit: "bytes/s",
      source: "assumed",
    },
  ],
  steps: [
    {
      id: "oneSourceHours",
      label: "Copied from one neighbor",
      unit: "h",
      formula: "{nodeBytes} / {oneSourceBytesPerSecond} / 3600",
      compute: ({ nodeBytes, oneSourceBytesPerSecond }) => nodeBytes! / oneSourceBytesPerSecond! / 3_600,
    },
    {
      id: "spreadHours",
      label: "Copied from many, as fast as the new node can take it",
      unit: "h",
      formula: "{nodeBytes} / min({sources} x {oneSourceBytesPerSecond}, {sinkBytesPerSecond}) / 3600",
      compute: ({ nodeBytes, sources, oneSourceBytesPerSecond, sinkBytesPerSecond }) =>
        nodeBytes! / Math.min(sources! * oneSourceBytesPerSecond!, sinkBytesPerSecond!) / 3_600,
    },
  ],
};
