import { type Estimate, type EstimateInput, fromEstimate, fromParameter } from "../../estimate.ts";
import { disks as bought, objects, requests } from "./capacity.ts";

/** Hard disks: few bytes or many, every access first moves an arm. It decides about writes, cuts and files. */

const seekMs: EstimateInput = fromParameter("hddSeekMs", { id: "seekMs", label: "One movement of the arm" });
const diskBytesPerSecond: EstimateInput = fromParameter("hddSeqMBs", { id: "diskBytesPerSecond", unit: "bytes/s" });
const smallBytes: EstimateInput = {
  id: "objectBytes",
  label: "Size of the object",
  value: 500_000,
  unit: "bytes",
  min: 1,
  source: "assumed",
};
const disks: EstimateInput = fromEstimate(bought, "eightFour", { id: "disks", label: "Disks" });
const gets: EstimateInput = fromEstimate(requests, "gets", { id: "gets" });

export const writes: Estimate = {
  id: "writes",
  title: "The cost of a put: three copies against 8 + 4",
  decides:
    "That a code is the better writer of large objects, and copies of small ones. A code saves bytes and pays with movements of the arm.",
  inputs: [
    smallBytes,
    seekMs,
    diskBytesPerSecond,
    { id: "slow", label: "Chance that a node is slow", value: 0.01, unit: "", min: 0, max: 1, source: "assumed" },
    fromParameter("rttSameZoneUs", { id: "tripUs" }),
    fromParameter("fsyncLocalUs", { id: "syncUs" }),
  ],
  steps: [
    {
      id: "copiesBytes",
      label: "Copies: bytes on the network and on disks",
      unit: "bytes",
      formula: "3 x {objectBytes}",
      compute: ({ objectBytes }) => 3 * objectBytes!,
    },
    {
      id: "codedBytes",
      label: "8 + 4: bytes on the network and on disks",
      unit: "bytes",
      formula: "12 / 8 x {objectBytes}",
      compute: ({ objectBytes }) => 1.5 * objectBytes!,
    },
    {
      id: "copiesMs",
      label: "Copies: disk time, all three together",
      unit: "ms",
      formula: "3 x {seekMs} + 1,000 x {copiesBytes} / {diskBytesPerSecond}",
      compute: ({ seekMs, copiesBytes, diskBytesPerSecond }) =>
        3 * seekMs! + (1_000 * copiesBytes!) / diskBytesPerSecond!,
    },
    {
      id: "codedMs",
      label: "8 + 4: disk time, all twelve together",
      unit: "ms",
      formula: "12 x {seekMs} + 1,000 x {codedBytes} / {diskBytesPerSecond}",
      compute: ({ seekMs, codedBytes, diskBytesPerSecond }) =>
        12 * seekMs! + (1_000 * codedBytes!) / diskBytesPerSecond!,
    },
    {
      id: "copiesSlow",
      label: "Copies: puts that meet a slow node",
      unit: "%",
      formula: "100 x (1 - (1 - {slow})^3)",
      compute: ({ slow }) => 100 * (1 - (1 - slow!) ** 3),
    },
    {
      id: "codedSlow",
      label: "8 + 4: puts that meet a slow node",
      unit: "%",
      formula: "100 x (1 - (1 - {slow})^12)",
      compute: ({ slow }) => 100 * (1 - (1 - slow!) ** 12),
    },
    {
      id: "putMs",
      label: "A small put with no slow node: fragments durable, then the name",
      unit: "ms",
      formula: "{tripUs} / 1,000 + {seekMs} + ({tripUs} + {syncUs}) / 1,000",
      compute: ({ tripUs, seekMs, syncUs }) => tripUs! / 1_000 + seekMs! + (tripUs! + syncUs!) / 1_000,
    },
    {
      id: "evenBytes",
      label: "Size at which both take the same disk time",
      unit: "bytes",
      formula: "(12 - 3) x {seekMs} x {diskBytesPerSecond} / 1,000 / (3 - 12 / 8)",
      compute: ({ seekMs, diskBytesPerSecond }) => (9 * seekMs! * diskBytesPerSecond!) / 1_000 / 1.5,
    },
  ],
  breakEven: {
    input: "objectBytes",
    sides: ["copiesMs", "codedMs"],
    below: "copies are cheaper to write",
    above: "the code is",
  },
};

export const seeks: Estimate = {
  id: "seeks",
  title: "Reads that the arms allow, by how an object is cut",
  decides:
    "That every object may be coded by itself at this load. An object in one piece would allow several times more reads.",
  inputs: [
    disks,
    seekMs,
    diskBytesPerSecond,
    smallBytes,
    { id: "k", label: "Data fragments", value: 8, unit: "", min: 1, max: 64, source: "assumed" },
    {
      id: "busy",
      label: "Part of the arms' time for gets",
      value: 0.5,
      unit: "",
      min: 0.05,
      max: 1,
      source: "assumed",
    },
    gets,
  ],
  steps: [
    {
      id: "wholeMs",
      label: "In one piece: disk time of a read",
      unit: "ms",
      formula: "{seekMs} + 1,000 x {objectBytes} / {diskBytesPerSecond}",
      compute: ({ seekMs, objectBytes, diskBytesPerSecond }) => seekMs! + (1_000 * objectBytes!) / diskBytesPerSecond!,
    },
    {
      id: "cutMs",
      label: "Cut: disk time of a read, all fragments together",
      unit: "ms",
      formula: "{k} x {seekMs} + 1,000 x {objectBytes} / {diskBytesPerSecond}",
      compute: ({ k, seekMs, objectBytes, diskBytesPerSecond }) =>
        k! * seekMs! + (1_000 * objectBytes!) / diskBytesPerSecond!,
    },
    {
      id: "wholeReads",
      label: "In one piece: gets that all disks allow",
      unit: "gets/s",
      formula: "{busy} x 1,000 x {disks} / {wholeMs}",
      compute: ({ busy, disks, wholeMs }) => (busy! * 1_000 * disks!) / wholeMs!,
    },
    {
      id: "cutReads",
      label: "Cut: gets that all disks allow",
      unit: "gets/s",
      formula: "{busy} x 1,000 x {disks} / {cutMs}",
      compute: ({ busy, disks, cutMs }) => (busy! * 1_000 * disks!) / cutMs!,
    },
    {
      id: "used",
      label: "Part of that which our peak takes, cut",
      unit: "%",
      formula: "100 x {gets} / {cutReads}",
      compute: ({ gets, cutReads }) => (100 * gets!) / cutReads!,
    },
    {
      id: "evenBytes",
      label: "Size from which the arms move for less than half of the disk time of a cut read",
      unit: "bytes",
      formula: "{k} x {seekMs} x {diskBytesPerSecond} / 1,000",
      compute: ({ k, seekMs, diskBytesPerSecond }) => (k! * seekMs! * diskBytesPerSecond!) / 1_000,
    },
  ],
  breakEven: {
    input: "gets",
    sides: ["gets", "cutReads"],
    below: "each object is coded by itself",
    above: "small objects go into one extent, and the extent is coded",
  },
};

export const index: Estimate = {
  id: "index",
  title: "A file for every fragment, or many fragments in one file",
  decides:
    "To pack fragments into volumes. The index then fits into memory and gets take less than half of the arms' time that they would take otherwise. The margin of one file each is small: a third more gets, and it ends.",
  inputs: [
    fromEstimate(objects, "objectsFull", { id: "objectsFull" }),
    { id: "fragments", label: "Fragments of an object", value: 12, unit: "", min: 1, source: "assumed" },
    fromEstimate(bought, "nodes", { id: "nodes", label: "Machines" }),
    {
      id: "inodeBytes",
      label: "Memory that the file system keeps for an open file",
      value: 536,
      unit: "bytes",
      source: "haystack-2010",
    },
    { id: "entryBytes", label: "An entry of our own index", value: 32, unit: "bytes", min: 8, source: "assumed" },
    {
      id: "nodeMemory",
      label: "Memory of one machine that may go to it",
      value: 1.6e10,
      unit: "bytes",
      source: "assumed",
    },
    {
      id: "coldReads",
      label: "Disk reads of a file whose inode is not in memory",
      value: 3,
      unit: "reads",
      source: "haystack-2010",
    },
    disks,
    seekMs,
    { id: "k", label: "Fragments that a get reads", value: 8, unit: "", min: 1, source: "assumed" },
    {
      id: "busy",
      label: "Part of the arms' time for gets",
      value: 0.5,
      unit: "",
      min: 0.05,
      max: 1,
      source: "assumed",
    },
    gets,
  ],
  steps: [
    {
      id: "perNode",
      label: "Fragments on one machine",
      unit: "fragments",
      formula: "{objectsFull} x {fragments} / {nodes}",
      compute: ({ objectsFull, fragments, nodes }) => (objectsFull! * fragments!) / nodes!,
    },
    {
      id: "inodes",
      label: "One file each: inodes to keep in memory",
      unit: "bytes",
      formula: "{perNode} x {inodeBytes}",
      compute: ({ perNode, inodeBytes }) => perNode! * inodeBytes!,
    },
    {
      id: "entries",
      label: "Packed: index to keep in memory",
      unit: "bytes",
      formula: "{perNode} x {entryBytes}",
      compute: ({ perNode, entryBytes }) => perNode! * entryBytes!,
    },
    {
      id: "cached",
      label: "Inodes that fit",
      unit: "%",
      formula: "100 x {nodeMemory} / {inodes}, at most 100",
      compute: ({ nodeMemory, inodes }) => Math.min(100, (100 * nodeMemory!) / inodes!),
    },
    {
      id: "readsFile",
      label: "One file each: disk reads for one fragment",
      unit: "reads",
      formula: "1 + (1 - {cached} / 100) x ({coldReads} - 1)",
      compute: ({ cached, coldReads }) => 1 + (1 - cached! / 100) * (coldReads! - 1),
    },
    {
      id: "readsPacked",
      label: "Packed: disk reads for one fragment",
      unit: "read",
      formula: "1 while {entries} fits into {nodeMemory}",
      compute: ({ entries, nodeMemory, coldReads }) => (entries! <= nodeMemory! ? 1 : coldReads!),
    },
    {
      id: "fileReads",
      label: "One file each: gets that all disks allow",
      unit: "gets/s",
      formula: "{busy} x 1,000 x {disks} / ({k} x {readsFile} x {seekMs})",
      compute: ({ busy, disks, k, readsFile, seekMs }) => (busy! * 1_000 * disks!) / (k! * readsFile! * seekMs!),
    },
    {
      id: "usedPacked",
      label: "Packed: part of the arms' time that our peak of small gets takes",
      unit: "%",
      formula: "100 x {gets} x {k} x {readsPacked} x {seekMs} / (1,000 x {disks})",
      compute: ({ gets, k, readsPacked, seekMs, disks }) =>
        (100 * gets! * k! * readsPacked! * seekMs!) / (1_000 * disks!),
    },
    {
      id: "used",
      label: "One file each: the same",
      unit: "%",
      formula: "100 x {gets} x {k} x {readsFile} x {seekMs} / (1,000 x {disks})",
      compute: ({ gets, k, readsFile, seekMs, disks }) => (100 * gets! * k! * readsFile! * seekMs!) / (1_000 * disks!),
    },
  ],
  breakEven: {
    input: "gets",
    sides: ["gets", "fileReads"],
    below: "one file for each fragment would still do, at more than twice the arms' time",
    above: "only an index in memory leaves the arms to the data",
  },
};
