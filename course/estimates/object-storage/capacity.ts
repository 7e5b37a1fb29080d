import type { Estimate, EstimateInput } from "../../estimate.ts";

const capacity: EstimateInput = {
  id: "capacityBytes",
  label: "Data to keep when full",
  value: 1e17,
  unit: "bytes",
  min: 1e12,
  source: "assumed",
};

export const objects: Estimate = {
  id: "objects",
  title: "How many objects, and how much is known about them",
  decides:
    "That metadata is a small, ordinary database beside the data, and that most objects are small while most bytes are not.",
  inputs: [
    capacity,
    { id: "usedShare", label: "Part of it in use so far", value: 0.4, unit: "", min: 0.01, max: 1, source: "assumed" },
    { id: "smallShare", label: "Small objects", value: 0.2, unit: "", min: 0, max: 1, source: "assumed" },
    { id: "mediumShare", label: "Medium objects", value: 0.6, unit: "", min: 0, max: 1, source: "assumed" },
    { id: "smallBytes", label: "A small one", value: 500_000, unit: "bytes", min: 1, source: "assumed" },
    { id: "mediumBytes", label: "A medium one", value: 32_000_000, unit: "bytes", min: 1, source: "assumed" },
    { id: "largeBytes", label: "A large one", value: 200_000_000, unit: "bytes", min: 1, source: "assumed" },
    { id: "metadataBytes", label: "Metadata of one object", value: 1_000, unit: "bytes", min: 1, source: "assumed" },
  ],
  steps: [
    {
      id: "meanBytes",
      label: "Mean size",
      unit: "bytes",
      formula:
        "{smallShare} x {smallBytes} + {mediumShare} x {mediumBytes} + (1 - {smallShare} - {mediumShare}) x {largeBytes}",
      compute: ({ smallShare, mediumShare, smallBytes, mediumBytes, largeBytes }) =>
        smallShare! * smallBytes! + mediumShare! * mediumBytes! + (1 - smallShare! - mediumShare!) * largeBytes!,
    },
    {
      id: "objectsNow",
      label: "Objects so far",
      unit: "objects",
      formula: "{capacityBytes} x {usedShare} / {meanBytes}",
      compute: ({ capacityBytes, usedShare, meanBytes }) => (capacityBytes! * usedShare!) / meanBytes!,
    },
    {
      id: "objectsFull",
      label: "Objects when full",
      unit: "objects",
      formula: "{capacityBytes} / {meanBytes}",
      compute: ({ capacityBytes, meanBytes }) => capacityBytes! / meanBytes!,
    },
    {
      id: "metadataNow",
      label: "Metadata so far",
      unit: "bytes",
      formula: "{objectsNow} x {metadataBytes}",
      compute: ({ objectsNow, metadataBytes }) => objectsNow! * metadataBytes!,
    },
    {
      id: "metadataFull",
      label: "Metadata when full",
      unit: "bytes",
      formula: "{objectsFull} x {metadataBytes}",
      compute: ({ objectsFull, metadataBytes }) => objectsFull! * metadataBytes!,
    },
    {
      id: "largeBytesShare",
      label: "Bytes that are in large objects",
      unit: "%",
      formula: "100 x (1 - {smallShare} - {mediumShare}) x {largeBytes} / {meanBytes}",
      compute: ({ smallShare, mediumShare, largeBytes, meanBytes }) =>
        (100 * (1 - smallShare! - mediumShare!) * largeBytes!) / meanBytes!,
    },
    {
      id: "smallBytesShare",
      label: "Bytes that are in small objects",
      unit: "%",
      formula: "100 x {smallShare} x {smallBytes} / {meanBytes}",
      compute: ({ smallShare, smallBytes, meanBytes }) => (100 * smallShare! * smallBytes!) / meanBytes!,
    },
  ],
};

export const disks: Estimate = {
  id: "disks",
  title: "Disks to buy, and disks that fail",
  decides:
    "What a scheme costs in disks, and that a failed disk is not an incident: it happens every day, so repair is a process that always runs.",
  inputs: [
    capacity,
    { id: "diskBytes", label: "One disk", value: 2e13, unit: "bytes", min: 1e12, source: "assumed" },
    {
      id: "fillShare",
      label: "Part of a disk that may be full",
      value: 0.8,
      unit: "",
      min: 0.1,
      max: 1,
      source: "assumed",
    },
    {
      id: "yearlyFailure",
      label: "Disks that fail in a year",
      value: 0.0157,
      unit: "",
      min: 0.000_1,
      max: 0.5,
      source: "drive-stats",
    },
    { id: "disksPerNode", label: "Disks in one machine", value: 36, unit: "disks", min: 1, source: "assumed" },
  ],
  steps: [
    {
      id: "copies",
      label: "Three copies",
      unit: "disks",
      formula: "3 x {capacityBytes} / ({diskBytes} x {fillShare}), rounded up",
      compute: ({ capacityBytes, diskBytes, fillShare }) => Math.ceil((3 * capacityBytes!) / (diskBytes! * fillShare!)),
    },
    {
      id: "eightFour",
      label: "8 + 4",
      unit: "disks",
      formula: "12 / 8 x {capacityBytes} / ({diskBytes} x {fillShare}), rounded up",
      compute: ({ capacityBytes, diskBytes, fillShare }) =>
        Math.ceil((1.5 * capacityBytes!) / (diskBytes! * fillShare!)),
    },
    {
      id: "saved",
      label: "Disks not bought",
      unit: "disks",
      formula: "{copies} - {eightFour}",
      compute: ({ copies, eightFour }) => copies! - eightFour!,
    },
    {
      id: "nodes",
      label: "Machines, with 8 + 4",
      unit: "machines",
      formula: "{eightFour} / {disksPerNode}, rounded up",
      compute: ({ eightFour, disksPerNode }) => Math.ceil(eightFour! / disksPerNode!),
    },
    {
      id: "failingPerYear",
      label: "Disks that fail in a year",
      unit: "disks",
      formula: "{eightFour} x {yearlyFailure}",
      compute: ({ eightFour, yearlyFailure }) => eightFour! * yearlyFailure!,
    },
    {
      id: "failingPerDay",
      label: "Disks that fail in a day, on average",
      unit: "disks",
      formula: "{failingPerYear} / 365",
      compute: ({ failingPerYear }) => failingPerYear! / 365,
    },
    {
      id: "survivors",
      label: "Chance that a given disk of today still runs in ten years, at this rate",
      unit: "%",
      formula: "100 x (1 - {yearlyFailure})^10",
      compute: ({ yearlyFailure }) => 100 * (1 - yearlyFailure!) ** 10,
    },
  ],
};

export const index: Estimate = {
  id: "index",
  title: "A file for every fragment, or many fragments in one file",
  decides:
    "To pack: an index that fits into memory makes every read one movement of the disk's arm; one file for each fragment does not.",
  inputs: [
    { id: "objectsFull", label: "Objects (result of the first estimate)", value: 1e17 / 59_300_000, unit: "objects" },
    { id: "fragments", label: "Fragments of an object", value: 12, unit: "", min: 1, source: "assumed" },
    { id: "nodes", label: "Machines (result of the disks estimate)", value: 261, unit: "machines" },
    {
      id: "inodeBytes",
      label: "What the file system keeps for an open file",
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
  ],
};

export const seeks: Estimate = {
  id: "seeks",
  title: "Reads a second that the disks allow, by how an object is cut",
  decides:
    "From which size on an object is coded by itself: below it, cutting multiplies movements of the arm and saves hardly any bytes.",
  inputs: [
    { id: "disks", label: "Disks (result of the disks estimate)", value: 9_375, unit: "disks" },
    {
      id: "seekMs",
      label: "One movement of the arm, with half a turn",
      value: 10,
      unit: "ms",
      min: 0.05,
      source: "assumed",
    },
    { id: "diskBytesPerSecond", label: "Sequential read of one disk", value: 2e8, unit: "bytes/s", source: "assumed" },
    { id: "objectBytes", label: "Size of the object", value: 500_000, unit: "bytes", min: 1, source: "assumed" },
    { id: "k", label: "Data fragments", value: 8, unit: "", min: 1, max: 64, source: "assumed" },
  ],
  steps: [
    {
      id: "wholeMs",
      label: "Whole: disk time of a read",
      unit: "ms",
      formula: "{seekMs} + 1000 x {objectBytes} / {diskBytesPerSecond}",
      compute: ({ seekMs, objectBytes, diskBytesPerSecond }) => seekMs! + (1_000 * objectBytes!) / diskBytesPerSecond!,
    },
    {
      id: "cutMs",
      label: "Cut: disk time of a read, all fragments together",
      unit: "ms",
      formula: "{k} x {seekMs} + 1000 x {objectBytes} / {diskBytesPerSecond}",
      compute: ({ k, seekMs, objectBytes, diskBytesPerSecond }) =>
        k! * seekMs! + (1_000 * objectBytes!) / diskBytesPerSecond!,
    },
    {
      id: "wholeReads",
      label: "Whole: reads a second of all disks",
      unit: "reads/s",
      formula: "1000 x {disks} / {wholeMs}",
      compute: ({ disks, wholeMs }) => (1_000 * disks!) / wholeMs!,
    },
    {
      id: "cutReads",
      label: "Cut: reads a second of all disks",
      unit: "reads/s",
      formula: "1000 x {disks} / {cutMs}",
      compute: ({ disks, cutMs }) => (1_000 * disks!) / cutMs!,
    },
    {
      id: "worth",
      label: "Size from which the arm moves for less than half of the disk time",
      unit: "bytes",
      formula: "{k} x {seekMs} x {diskBytesPerSecond} / 1000",
      compute: ({ k, seekMs, diskBytesPerSecond }) => (k! * seekMs! * diskBytesPerSecond!) / 1_000,
    },
  ],
};

export const cost: Estimate = {
  id: "cost",
  title: "What it costs",
  decides: "How much engineering the difference between three copies and a code may cost.",
  inputs: [
    { id: "eightFour", label: "Disks, 8 + 4 (result of the disks estimate)", value: 9_375, unit: "disks" },
    { id: "copies", label: "Disks, three copies", value: 18_750, unit: "disks" },
    {
      id: "diskDollars",
      label: "A disk with its share of machine, rack and network",
      value: 600,
      unit: "USD",
      source: "assumed",
    },
    { id: "years", label: "Years that it is used", value: 5, unit: "years", min: 1, source: "assumed" },
    { id: "watts", label: "Power of a disk with its share", value: 15, unit: "W", source: "assumed" },
    { id: "dollarsPerKwh", label: "Energy, with cooling", value: 0.15, unit: "USD/kWh", source: "assumed" },
    capacity,
  ],
  steps: [
    {
      id: "diskMonth",
      label: "A disk for a month",
      unit: "USD",
      formula: "{diskDollars} / ({years} x 12) + {watts} x 730 / 1000 x {dollarsPerKwh}",
      compute: ({ diskDollars, years, watts, dollarsPerKwh }) =>
        diskDollars! / (years! * 12) + ((watts! * 730) / 1_000) * dollarsPerKwh!,
    },
    {
      id: "codedMonth",
      label: "8 + 4, for a month",
      unit: "USD",
      formula: "{eightFour} x {diskMonth}",
      compute: ({ eightFour, diskMonth }) => eightFour! * diskMonth!,
    },
    {
      id: "copiesMonth",
      label: "Three copies, for a month",
      unit: "USD",
      formula: "{copies} x {diskMonth}",
      compute: ({ copies, diskMonth }) => copies! * diskMonth!,
    },
    {
      id: "perTerabyte",
      label: "8 + 4, for a terabyte and month when full",
      unit: "USD",
      formula: "{codedMonth} / ({capacityBytes} / 10^12)",
      compute: ({ codedMonth, capacityBytes }) => codedMonth! / (capacityBytes! / 1e12),
    },
  ],
};
