import { type Estimate, fromEstimate, fromParameter } from "../../estimate.ts";
import { journal } from "./durability.ts";
import { book, load } from "./matching.ts";

export const cost: Estimate = {
  id: "cost",
  title: "The price of the machines and of the journal",
  decides:
    "That machines and disks are no argument in this design: keeping every input for years costs less than running.",
  inputs: [
    {
      id: "machines",
      label: "Live one and two standbys, four gateways, three for data and journal",
      value: 10,
      unit: "machines",
      source: "assumed",
    },
    { id: "cores", label: "Cores of each", value: 64, unit: "cores", source: "assumed" },
    fromEstimate(book, "memoryGb", { id: "memoryGb", label: "Memory of each" }),
    fromParameter("coreUsdMonth", { id: "coreUsd", label: "A core for a month", unit: "USD/month" }),
    fromParameter("ramUsdGbMonth", { id: "ramUsd", label: "A gigabyte of memory for a month", unit: "USD/GB/month" }),
    { id: "spinning", label: "Spinning cores, all machines", value: 20, unit: "cores", source: "assumed" },
    fromEstimate(load, "ordersPerDay", { id: "ordersPerDay", label: "Orders in a session" }),
    { id: "sessionsPerMonth", label: "Sessions a month", value: 21, unit: "sessions", source: "assumed" },
    fromEstimate(journal, "keptBytes", { id: "journalBytes", label: "Journal after all the years" }),
    { id: "regions", label: "Object stores that keep it, in two regions", value: 2, unit: "stores", source: "assumed" },
    fromParameter("objectStoreUsdGbMonth", { id: "storeUsd", label: "A gigabyte in an object store", min: 0 }),
  ],
  steps: [
    {
      id: "dollarsPerMonth",
      label: "Machines, a month",
      unit: "USD",
      formula: "{machines} x ({cores} x {coreUsd} + {memoryGb} x {ramUsd})",
      compute: ({ machines, cores, coreUsd, memoryGb, ramUsd }) =>
        machines! * (cores! * coreUsd! + memoryGb! * ramUsd!),
    },
    {
      id: "dollarsPerMillion",
      label: "Per million orders",
      unit: "USD",
      formula: "1000000 x {dollarsPerMonth} / ({ordersPerDay} x {sessionsPerMonth})",
      compute: ({ dollarsPerMonth, ordersPerDay, sessionsPerMonth }) =>
        (1e6 * dollarsPerMonth!) / (ordersPerDay! * sessionsPerMonth!),
    },
    {
      id: "spinDollars",
      label: "Of which cores that spin and mostly wait",
      unit: "USD",
      formula: "{spinning} x {coreUsd}",
      compute: ({ spinning, coreUsd }) => spinning! * coreUsd!,
    },
    {
      id: "keptBytes",
      label: "Kept in the end, both stores",
      unit: "bytes",
      formula: "{journalBytes} x {regions}",
      compute: ({ journalBytes, regions }) => journalBytes! * regions!,
    },
    {
      id: "keptDollars",
      label: "Keeping it for a month, at most",
      unit: "USD",
      formula: "{keptBytes} / 1000000000 x {storeUsd}",
      compute: ({ keptBytes, storeUsd }) => (keptBytes! / 1e9) * storeUsd!,
    },
    {
      id: "keptShare",
      label: "Against the machines",
      unit: "%",
      formula: "100 x {keptDollars} / {dollarsPerMonth}",
      compute: ({ keptDollars, dollarsPerMonth }) => (100 * keptDollars!) / dollarsPerMonth!,
    },
  ],
  breakEven: {
    input: "storeUsd",
    sides: ["keptDollars", "dollarsPerMonth"],
    below: "the machines are the larger bill",
    above: "the journal is",
  },
};

export const cross: Estimate = {
  id: "cross",
  title: "Compute the opening, and start again if the book has changed",
  decides: "Whether an auction may look and recompute, or must close the book before it computes.",
  inputs: [
    { id: "cancelsPerSecond", label: "Cancels that change the book", value: 500, unit: "cancels/s", source: "assumed" },
    { id: "usualMs", label: "One round on a usual day", value: 2, unit: "ms", min: 0.01, source: "nasdaq-race" },
    { id: "busyMs", label: "One round on the busiest day", value: 20, unit: "ms", min: 0.01, source: "nasdaq-race" },
  ],
  steps: [
    {
      id: "usualRounds",
      label: "Rounds until no cancel came during one, usual day",
      unit: "rounds",
      formula: "e to the power of {cancelsPerSecond} x {usualMs} / 1000",
      compute: ({ cancelsPerSecond, usualMs }) => Math.exp((cancelsPerSecond! * usualMs!) / 1_000),
    },
    {
      id: "busyCancels",
      label: "Cancels during one round, busiest day",
      unit: "cancels",
      formula: "{cancelsPerSecond} x {busyMs} / 1000",
      compute: ({ cancelsPerSecond, busyMs }) => (cancelsPerSecond! * busyMs!) / 1_000,
    },
    {
      id: "busyRounds",
      label: "Rounds then, if cancels come independently of each other",
      unit: "rounds",
      formula: "e to the power of {busyCancels}",
      compute: ({ busyCancels }) => Math.exp(busyCancels!),
    },
    {
      id: "busySeconds",
      label: "Which take",
      unit: "s",
      formula: "{busyRounds} x {busyMs} / 1000",
      compute: ({ busyRounds, busyMs }) => (busyRounds! * busyMs!) / 1_000,
    },
  ],
  breakEven: {
    input: "cancelsPerSecond",
    sides: ["busyCancels", 1],
    below: "a few rounds end the loop",
    above: "every further cancel multiplies the rounds: close the book first",
  },
};
