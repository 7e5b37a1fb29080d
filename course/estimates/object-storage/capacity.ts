import { type Estimate, type EstimateInput, fromEstimate, fromParameter } from "../../estimate.ts";

const capacity: EstimateInput = {
  id: "capacityBytes",
  label: "Data to keep when full",
  value: 1e17,
  unit: "bytes",
  min: 1e12,
  source: "assumed",
};

const diskBytes: EstimateInput = {
  id: "diskBytes",
  label: "One disk",
  value: 2e13,
  unit: "bytes",
  min: 1e12,
  source: "assumed",
};
const fillShare: EstimateInput = {
  id: "fillShare",
  label: "Part of a disk that may be full",
  value: 0.8,
  unit: "",
  min: 0.1,
  max: 1,
  source: "assumed",
};

export const cost: Estimate = {
  id: "cost",
  title: "Copies or a code, in money",
  decides: "8 + 4. Both schemes pass the durability target, so the price of the disks decides.",
  inputs: [
    capacity,
    diskBytes,
    fillShare,
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
    {
      id: "engineers",
      label: "More engineers that a code takes, beside copies",
      value: 4,
      unit: "people",
      min: 0,
      source: "assumed",
    },
    { id: "engineerMonth", label: "One of them, a month", value: 20_000, unit: "USD", min: 0, source: "assumed" },
    fromParameter("objectStoreUsdGbMonth", { id: "boughtDollars" }),
  ],
  steps: [
    {
      id: "diskMonth",
      label: "A disk for a month",
      unit: "USD",
      formula: "{diskDollars} / ({years} x 12) + {watts} x 730 / 1,000 x {dollarsPerKwh}",
      compute: ({ diskDollars, years, watts, dollarsPerKwh }) =>
        diskDollars! / (years! * 12) + ((watts! * 730) / 1_000) * dollarsPerKwh!,
    },
    {
      id: "codedMonth",
      label: "8 + 4, for a month",
      unit: "USD",
      formula: "12 / 8 x {capacityBytes} / ({diskBytes} x {fillShare}) x {diskMonth}",
      compute: ({ capacityBytes, diskBytes, fillShare, diskMonth }) =>
        ((1.5 * capacityBytes!) / (diskBytes! * fillShare!)) * diskMonth!,
    },
    {
      id: "copiesMonth",
      label: "Three copies, for a month",
      unit: "USD",
      formula: "3 x {capacityBytes} / ({diskBytes} x {fillShare}) x {diskMonth}",
      compute: ({ capacityBytes, diskBytes, fillShare, diskMonth }) =>
        ((3 * capacityBytes!) / (diskBytes! * fillShare!)) * diskMonth!,
    },
    {
      id: "saved",
      label: "Saved by the code, a month",
      unit: "USD",
      formula: "{copiesMonth} - {codedMonth}",
      compute: ({ copiesMonth, codedMonth }) => copiesMonth! - codedMonth!,
    },
    {
      id: "perTerabyte",
      label: "8 + 4, for a terabyte and month when full",
      unit: "USD",
      formula: "{codedMonth} / ({capacityBytes} / 10^12)",
      compute: ({ codedMonth, capacityBytes }) => codedMonth! / (capacityBytes! / 1e12),
    },
    {
      id: "boughtMonth",
      label: "The same bytes bought, for a month, requests and traffic not counted",
      unit: "USD",
      formula: "{capacityBytes} / 10^9 x {boughtDollars}",
      compute: ({ capacityBytes, boughtDollars }) => (capacityBytes! / 1e9) * boughtDollars!,
    },
    {
      id: "team",
      label: "Those engineers, for a month",
      unit: "USD",
      formula: "{engineers} x {engineerMonth}",
      compute: ({ engineers, engineerMonth }) => engineers! * engineerMonth!,
    },
    {
      id: "evenBytes",
      label: "Capacity at which the saving pays them",
      unit: "bytes",
      formula: "{capacityBytes} x {team} / {saved}",
      compute: ({ capacityBytes, team, saved }) => (capacityBytes! * team!) / saved!,
    },
  ],
  breakEven: {
    input: "capacityBytes",
    sides: ["saved", "team"],
    below: "three copies are the cheaper system",
    above: "the code is",
  },
};

export const objects: Estimate = {
  id: "objects",
  title: "How many objects, and what their names cost",
  decides: "That names are a small, ordinary database beside the bytes. At this mix they cost next to nothing.",
  inputs: [
    capacity,
    { id: "usedShare", label: "Part of it in use so far", value: 0.4, unit: "", min: 0.01, max: 1, source: "assumed" },
    { id: "smallShare", label: "Small objects", value: 0.2, unit: "", min: 0, max: 1, source: "assumed" },
    { id: "mediumShare", label: "Medium objects", value: 0.6, unit: "", min: 0, max: 1, source: "assumed" },
    { id: "smallBytes", label: "A small one", value: 500_000, unit: "bytes", min: 1, source: "assumed" },
    { id: "mediumBytes", label: "A medium one", value: 32_000_000, unit: "bytes", min: 1, source: "assumed" },
    { id: "largeBytes", label: "A large one", value: 200_000_000, unit: "bytes", min: 1, source: "assumed" },
    { id: "metadataBytes", label: "Name and metadata", value: 1_000, unit: "bytes", min: 1, source: "assumed" },
    { id: "nameCopies", label: "Copies of a name, on SSD", value: 3, unit: "", min: 1, source: "assumed" },
    fromParameter("localSsdUsdGbMonth", { id: "ssdDollars" }),
    fromEstimate(cost, "perTerabyte", { id: "dataDollars", label: "The bytes, for a terabyte and month" }),
    { id: "scale", label: "Every size times", value: 1, unit: "", min: 1e-6, max: 1_000, source: "assumed" },
  ],
  steps: [
    {
      id: "meanBytes",
      label: "Mean size",
      unit: "bytes",
      formula:
        "{scale} x ({smallShare} x {smallBytes} + {mediumShare} x {mediumBytes} + (1 - {smallShare} - {mediumShare}) x {largeBytes})",
      compute: ({ scale, smallShare, mediumShare, smallBytes, mediumBytes, largeBytes }) =>
        scale! *
        (smallShare! * smallBytes! + mediumShare! * mediumBytes! + (1 - smallShare! - mediumShare!) * largeBytes!),
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
      id: "metadataFull",
      label: "Names when full, one copy",
      unit: "bytes",
      formula: "{objectsFull} x {metadataBytes}",
      compute: ({ objectsFull, metadataBytes }) => objectsFull! * metadataBytes!,
    },
    {
      id: "namesMonth",
      label: "All names, for a month",
      unit: "USD",
      formula: "{metadataFull} x {nameCopies} x {ssdDollars} / 10^9",
      compute: ({ metadataFull, nameCopies, ssdDollars }) => (metadataFull! * nameCopies! * ssdDollars!) / 1e9,
    },
    {
      id: "bytesMonth",
      label: "All bytes, for a month",
      unit: "USD",
      formula: "{capacityBytes} / 10^12 x {dataDollars}",
      compute: ({ capacityBytes, dataDollars }) => (capacityBytes! / 1e12) * dataDollars!,
    },
    {
      id: "largeBytesShare",
      label: "Bytes that are in large objects",
      unit: "%",
      formula: "100 x (1 - {smallShare} - {mediumShare}) x {scale} x {largeBytes} / {meanBytes}",
      compute: ({ smallShare, mediumShare, scale, largeBytes, meanBytes }) =>
        (100 * (1 - smallShare! - mediumShare!) * scale! * largeBytes!) / meanBytes!,
    },
    {
      id: "smallBytesShare",
      label: "Bytes that are in small objects",
      unit: "%",
      formula: "100 x {smallShare} x {scale} x {smallBytes} / {meanBytes}",
      compute: ({ smallShare, scale, smallBytes, meanBytes }) =>
        (100 * smallShare! * scale! * smallBytes!) / meanBytes!,
    },
    {
      id: "lostAtSix",
      label: "Lost in a year with six nines",
      unit: "objects",
      formula: "{objectsFull} x 10^-6",
      compute: ({ objectsFull }) => objectsFull! * 1e-6,
    },
    {
      id: "lostAtNine",
      label: "Lost in a year with nine nines",
      unit: "objects",
      formula: "{objectsFull} x 10^-9",
      compute: ({ objectsFull }) => objectsFull! * 1e-9,
    },
    {
      id: "objectsTiny",
      label: "Objects, if each had 10 kB",
      unit: "objects",
      formula: "{capacityBytes} / 10,000",
      compute: ({ capacityBytes }) => capacityBytes! / 1e4,
    },
    {
      id: "evenBytes",
      label: "Mean size at which the names cost as much as the bytes",
      unit: "bytes",
      formula: "{metadataBytes} x {nameCopies} x {ssdDollars} x 1,000 / {dataDollars}",
      compute: ({ metadataBytes, nameCopies, ssdDollars, dataDollars }) =>
        (metadataBytes! * nameCopies! * ssdDollars! * 1_000) / dataDollars!,
    },
  ],
  breakEven: {
    input: "scale",
    sides: ["namesMonth", "bytesMonth"],
    below: "the names are the larger system, and small objects go inside them or into shared extents",
    above: "names are a small database beside the bytes",
  },
};

export const requests: Estimate = {
  id: "requests",
  title: "Requests, and what sizes the routers",
  decides: "That the routers are sized by their network, not by the arithmetic of the code.",
  inputs: [
    capacity,
    { id: "usedShare", label: "Part of it in use so far", value: 0.4, unit: "", min: 0, max: 1, source: "assumed" },
    { id: "years", label: "Years until it is full", value: 3, unit: "years", min: 0.1, source: "assumed" },
    { id: "peak", label: "Peak against mean", value: 5, unit: "x", min: 1, source: "assumed" },
    fromEstimate(objects, "meanBytes", { id: "meanBytes" }),
    {
      id: "getsPerTb",
      label: "Gets a second and TB, at peak. S3 as a whole: 0.2 to 2",
      value: 0.2,
      unit: "gets/s",
      min: 0,
      source: "s3-2026",
    },
    { id: "getBytes", label: "A get: a range, or a small object", value: 1e6, unit: "bytes", source: "assumed" },
    { id: "codeRate", label: "Coding of 8 + 4, one core", value: 2.5e9, unit: "bytes/s", min: 1e6, source: "assumed" },
    fromParameter("nicGBs", { id: "nicBytesPerSecond", label: "Network of one router", unit: "bytes/s" }),
    { id: "busy", label: "Part of it that may be used", value: 0.5, unit: "", min: 0.05, max: 1, source: "assumed" },
    { id: "cores", label: "Cores of one router", value: 32, unit: "cores", min: 1, source: "assumed" },
  ],
  steps: [
    {
      id: "putBytesPerSecond",
      label: "Bytes put, at peak",
      unit: "bytes/s",
      formula: "{peak} x {capacityBytes} x (1 - {usedShare}) / ({years} x 31,536,000)",
      compute: ({ peak, capacityBytes, usedShare, years }) =>
        (peak! * capacityBytes! * (1 - usedShare!)) / (years! * 31_536_000),
    },
    {
      id: "puts",
      label: "Puts, at peak",
      unit: "puts/s",
      formula: "{putBytesPerSecond} / {meanBytes}",
      compute: ({ putBytesPerSecond, meanBytes }) => putBytesPerSecond! / meanBytes!,
    },
    {
      id: "gets",
      label: "Gets, at peak",
      unit: "gets/s",
      formula: "{getsPerTb} x {capacityBytes} / 10^12",
      compute: ({ getsPerTb, capacityBytes }) => (getsPerTb! * capacityBytes!) / 1e12,
    },
    {
      id: "getBytesPerSecond",
      label: "Bytes got, at peak",
      unit: "bytes/s",
      formula: "{gets} x {getBytes}",
      compute: ({ gets, getBytes }) => gets! * getBytes!,
    },
    {
      id: "routers",
      label: "Routers that the network asks for: puts in and 12 / 8 out, gets in and out",
      unit: "routers",
      formula:
        "({putBytesPerSecond} x (1 + 12 / 8) + {getBytesPerSecond} x 2) / ({nicBytesPerSecond} x {busy}), rounded up",
      compute: ({ putBytesPerSecond, getBytesPerSecond, nicBytesPerSecond, busy }) =>
        Math.ceil((putBytesPerSecond! * 2.5 + getBytesPerSecond! * 2) / (nicBytesPerSecond! * busy!)),
    },
    {
      id: "codingCores",
      label: "Cores that code, in all routers together",
      unit: "cores",
      formula: "{putBytesPerSecond} / {codeRate}",
      compute: ({ putBytesPerSecond, codeRate }) => putBytesPerSecond! / codeRate!,
    },
    {
      id: "halfCores",
      label: "Half of all the routers' cores",
      unit: "cores",
      formula: "{routers} x {cores} / 2",
      compute: ({ routers, cores }) => (routers! * cores!) / 2,
    },
  ],
  breakEven: {
    input: "codeRate",
    sides: ["codingCores", "halfCores"],
    below: "the arithmetic sizes the routers",
    above: "their network does",
  },
};

export const disks: Estimate = {
  id: "disks",
  title: "Disks to buy, and disks that fail",
  decides: "That repair is a process that always runs, and that its speed is a number of the design.",
  inputs: [
    capacity,
    diskBytes,
    fillShare,
    fromParameter("hddAfr", { id: "yearlyFailure", label: "Disks that fail in a year", unit: "" }),
    { id: "disksPerNode", label: "Disks in one machine", value: 36, unit: "disks", min: 1, source: "assumed" },
    { id: "racks", label: "Racks", value: 24, unit: "racks", min: 1, source: "assumed" },
  ],
  steps: [
    {
      id: "copies",
      label: "Three copies",
      unit: "disks",
      exact: true,
      formula: "3 x {capacityBytes} / ({diskBytes} x {fillShare}), rounded up",
      compute: ({ capacityBytes, diskBytes, fillShare }) => Math.ceil((3 * capacityBytes!) / (diskBytes! * fillShare!)),
    },
    {
      id: "eightFour",
      label: "8 + 4",
      unit: "disks",
      exact: true,
      formula: "12 / 8 x {capacityBytes} / ({diskBytes} x {fillShare}), rounded up",
      compute: ({ capacityBytes, diskBytes, fillShare }) =>
        Math.ceil((1.5 * capacityBytes!) / (diskBytes! * fillShare!)),
    },
    {
      id: "nodes",
      label: "Machines, with 8 + 4",
      unit: "machines",
      formula: "{eightFour} / {disksPerNode}, rounded up",
      compute: ({ eightFour, disksPerNode }) => Math.ceil(eightFour! / disksPerNode!),
    },
    {
      id: "nodesCopies",
      label: "Machines, with three copies",
      unit: "machines",
      formula: "{copies} / {disksPerNode}, rounded up",
      compute: ({ copies, disksPerNode }) => Math.ceil(copies! / disksPerNode!),
    },
    {
      id: "nodesPerRack",
      label: "Machines in a rack, at most",
      unit: "machines",
      formula: "{nodes} / {racks}, rounded up",
      compute: ({ nodes, racks }) => Math.ceil(nodes! / racks!),
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
      id: "daysBetween",
      label: "Days from one failure to the next, on average",
      unit: "days",
      formula: "1 / {failingPerDay}",
      compute: ({ failingPerDay }) => 1 / failingPerDay!,
    },
    {
      id: "survivors",
      label: "Chance that a given disk of today still runs in ten years, at this rate",
      unit: "%",
      formula: "100 x (1 - {yearlyFailure})^10",
      compute: ({ yearlyFailure }) => 100 * (1 - yearlyFailure!) ** 10,
    },
  ],
  breakEven: {
    input: "capacityBytes",
    sides: ["failingPerDay", 1],
    below: "a failed disk is an event of some days",
    above: "a disk fails every day",
  },
};
