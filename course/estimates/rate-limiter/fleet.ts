import { type Estimate, fromEstimate, fromParameter } from "../../estimate.ts";
import { memory } from "./algorithms.ts";

export const checks: Estimate = {
  id: "checks",
  title: "Checks per second and shards",
  decides: "How many shards hold the counters: the request rate asks for more machines than the memory does.",
  inputs: [
    { id: "checksPerSecond", label: "Checks at peak", value: 1_000_000, unit: "checks/s", min: 1, source: "assumed" },
    {
      id: "shardChecksPerSecond",
      label: "One shard, one core (published: 74,000 plain writes one by one, 403,000 in pipelines of 16)",
      value: 100_000,
      unit: "checks/s",
      min: 1,
      source: "redis-benchmark",
    },
    { id: "utilization", label: "Load that we plan for", value: 0.6, unit: "", min: 0.1, max: 1, source: "assumed" },
    { id: "checkBytes", label: "One check on the wire, both ways", value: 200, unit: "bytes", source: "assumed" },
    fromEstimate(memory, "tokenBucketTotal", { id: "stateBytes", label: "State to hold" }),
  ],
  steps: [
    {
      id: "shards",
      label: "Shards for the rate",
      unit: "shards",
      formula: "{checksPerSecond} / ({shardChecksPerSecond} x {utilization}), rounded up",
      compute: ({ checksPerSecond, shardChecksPerSecond, utilization }) =>
        Math.ceil(checksPerSecond! / (shardChecksPerSecond! * utilization!)),
    },
    {
      id: "stateBytesPerShard",
      label: "State on each shard",
      unit: "bytes",
      formula: "{stateBytes} / {shards}",
      compute: ({ stateBytes, shards }) => stateBytes! / shards!,
    },
    {
      id: "wireBitsPerSecond",
      label: "Traffic to the counters",
      unit: "bit/s",
      formula: "{checksPerSecond} x {checkBytes} x 8",
      compute: ({ checksPerSecond, checkBytes }) => checksPerSecond! * checkBytes! * 8,
    },
    {
      id: "oneShard",
      label: "Checks that one shard carries alone",
      unit: "checks/s",
      formula: "{shardChecksPerSecond} x {utilization}",
      compute: ({ shardChecksPerSecond, utilization }) => shardChecksPerSecond! * utilization!,
    },
  ],
  breakEven: {
    input: "checksPerSecond",
    sides: ["checksPerSecond", "oneShard"],
    below: "one shard is enough",
    above: "keys are spread over shards",
  },
};

export const hopBudget: Estimate = {
  id: "hop-budget",
  title: "Questions to the store that the latency budget allows",
  decides:
    "How often a request may ask the store: twice inside the zone, not once across zones. Latency does not refuse to read and then write; the race does.",
  inputs: [
    {
      id: "budgetMs",
      label: "Time that the limiter may add at p99",
      value: 1,
      unit: "ms",
      min: 0.1,
      source: "assumed",
    },
    fromParameter("cacheQueryUs", {
      id: "queryMs",
      label: "One question to a store in the zone (typical, not p99)",
      unit: "ms",
      min: 0.01,
    }),
    fromParameter("rttSameZoneUs", { id: "zoneRoundTripMs", label: "The bare round trip in it", unit: "ms", min: 0 }),
    fromParameter("rttCrossZoneMs", { id: "crossZoneRoundTripMs" }),
    fromParameter("rttUsEastEuropeMs", { id: "regionRoundTripMs", label: "Round trip to another region" }),
  ],
  steps: [
    {
      id: "trips",
      label: "Questions that fit, in the zone",
      unit: "",
      formula: "{budgetMs} / {queryMs}, rounded down",
      compute: ({ budgetMs, queryMs }) => Math.floor(budgetMs! / queryMs!),
    },
    {
      id: "crossZoneQueryMs",
      label: "The same question to another zone",
      unit: "ms",
      formula: "{queryMs} - {zoneRoundTripMs} + {crossZoneRoundTripMs}",
      compute: ({ queryMs, zoneRoundTripMs, crossZoneRoundTripMs }) =>
        queryMs! - zoneRoundTripMs! + crossZoneRoundTripMs!,
    },
    {
      id: "regionOverBudget",
      label: "The same question to another region, against the budget",
      unit: "x",
      formula: "({queryMs} - {zoneRoundTripMs} + {regionRoundTripMs}) / {budgetMs}",
      compute: ({ queryMs, zoneRoundTripMs, regionRoundTripMs, budgetMs }) =>
        (queryMs! - zoneRoundTripMs! + regionRoundTripMs!) / budgetMs!,
    },
    {
      id: "halfBudgetMs",
      label: "Slowest question of which two fit",
      unit: "ms",
      formula: "{budgetMs} / 2",
      compute: ({ budgetMs }) => budgetMs! / 2,
    },
  ],
  breakEven: {
    input: "queryMs",
    sides: ["queryMs", "halfBudgetMs"],
    below: "two questions fit, so only the race refuses to read and then write",
    above: "latency refuses the second question as well",
  },
};

export const timeout: Estimate = {
  id: "timeout",
  title: "Requests that pile up behind a store that hangs",
  decides: "The time-out of a check: it, and not the store, bounds the damage of a hang.",
  inputs: [
    { id: "nodeRequestsPerSecond", label: "Requests on one gateway", value: 20_000, unit: "req/s", source: "assumed" },
    { id: "longTimeoutMs", label: "A client library's default time-out", value: 1_000, unit: "ms", source: "assumed" },
    { id: "shortTimeoutMs", label: "A time-out near the budget", value: 5, unit: "ms", source: "assumed" },
    {
      id: "heldMax",
      label: "Requests that a gateway can hold open",
      value: 10_000,
      unit: "requests",
      min: 1,
      source: "assumed",
    },
  ],
  steps: [
    {
      id: "waitingLong",
      label: "Waiting requests with the default",
      unit: "requests",
      formula: "{nodeRequestsPerSecond} x {longTimeoutMs} / 1000",
      compute: ({ nodeRequestsPerSecond, longTimeoutMs }) => (nodeRequestsPerSecond! * longTimeoutMs!) / 1_000,
    },
    {
      id: "waitingShort",
      label: "Waiting requests with the short one",
      unit: "requests",
      formula: "{nodeRequestsPerSecond} x {shortTimeoutMs} / 1000",
      compute: ({ nodeRequestsPerSecond, shortTimeoutMs }) => (nodeRequestsPerSecond! * shortTimeoutMs!) / 1_000,
    },
  ],
  breakEven: {
    input: "shortTimeoutMs",
    sides: ["waitingShort", "heldMax"],
    below: "a hang of the store leaves the gateway room",
    above: "a hang of the store fills the gateway",
  },
};

export const evenSplit: Estimate = {
  id: "even-split",
  title: "A quota cut into equal parts, and a client on few nodes",
  decides: "Against limit / nodes: it refuses clients that are well inside their quota.",
  inputs: [
    { id: "limitPerSecond", label: "The client's quota", value: 1_000, unit: "req/s", source: "assumed" },
    { id: "nodes", label: "Gateways", value: 50, unit: "nodes", min: 1, source: "assumed" },
    {
      id: "nodesUsed",
      label: "Gateways that the client's connections reach",
      value: 4,
      unit: "nodes",
      min: 1,
      max: 50,
      whole: true,
      source: "assumed",
    },
    { id: "leastShare", label: "Least that we may give it of its quota", value: 90, unit: "%", source: "assumed" },
  ],
  steps: [
    {
      id: "perNode",
      label: "Part of each gateway",
      unit: "req/s",
      formula: "{limitPerSecond} / {nodes}",
      compute: ({ limitPerSecond, nodes }) => limitPerSecond! / nodes!,
    },
    {
      id: "usable",
      label: "Part that the client can use",
      unit: "req/s",
      formula: "{perNode} x {nodesUsed}",
      compute: ({ perNode, nodesUsed }) => perNode! * nodesUsed!,
    },
    {
      id: "share",
      label: "Of what it paid for",
      unit: "%",
      formula: "100 x {usable} / {limitPerSecond}",
      compute: ({ usable, limitPerSecond }) => (100 * usable!) / limitPerSecond!,
    },
  ],
  breakEven: {
    input: "nodesUsed",
    sides: ["share", "leastShare"],
    below: "the client is refused well inside its quota",
    above: "the split gives it enough",
  },
};

export const leases: Estimate = {
  id: "leases",
  title: "Leased tokens: messages saved, bound paid",
  decides: "The size of a lease: larger saves messages, and every token of it widens the bound and may be wasted.",
  inputs: [
    { id: "capacity", label: "Capacity of the central bucket", value: 1_000, unit: "req", source: "assumed" },
    { id: "ratePerSecond", label: "Refill of the central bucket", value: 1_000, unit: "req/s", source: "assumed" },
    { id: "nodes", label: "Gateways", value: 50, unit: "nodes", min: 1, source: "assumed" },
    { id: "leaseTokens", label: "Tokens in one lease", value: 20, unit: "tokens", min: 1, source: "assumed" },
    { id: "intervalSeconds", label: "Interval", value: 60, unit: "s", min: 0, source: "assumed" },
    { id: "toleratedOvershoot", label: "Overshoot that we tolerate", value: 5, unit: "%", source: "assumed" },
  ],
  steps: [
    {
      id: "messagesPerSecond",
      label: "Grants per second at full rate",
      unit: "msg/s",
      formula: "{ratePerSecond} / {leaseTokens}",
      compute: ({ ratePerSecond, leaseTokens }) => ratePerSecond! / leaseTokens!,
    },
    {
      id: "outstanding",
      label: "Most tokens held by gateways at one moment",
      unit: "tokens",
      formula: "{nodes} x {leaseTokens}",
      compute: ({ nodes, leaseTokens }) => nodes! * leaseTokens!,
    },
    {
      id: "centralBound",
      label: "Bound of the central bucket alone",
      unit: "req",
      formula: "{capacity} + {ratePerSecond} x {intervalSeconds}",
      compute: ({ capacity, ratePerSecond, intervalSeconds }) => capacity! + ratePerSecond! * intervalSeconds!,
    },
    {
      id: "bound",
      label: "Bound with leases",
      unit: "req",
      formula: "{centralBound} + {outstanding}",
      compute: ({ centralBound, outstanding }) => centralBound! + outstanding!,
    },
    {
      id: "overshoot",
      label: "Leases over the central bound",
      unit: "%",
      formula: "100 x {outstanding} / {centralBound}",
      compute: ({ outstanding, centralBound }) => (100 * outstanding!) / centralBound!,
    },
  ],
  breakEven: {
    input: "leaseTokens",
    sides: ["overshoot", "toleratedOvershoot"],
    below: "the overshoot is tolerable",
    above: "leases widen the bound too far",
  },
};

export const leaseWorth: Estimate = {
  id: "lease-worth",
  title: "Which keys a lease is worth it for",
  decides: "That only busy keys are leased: a slow key returns most of every lease, and that takes a message too.",
  inputs: [
    { id: "keyRate", label: "Requests of one key", value: 1_000, unit: "req/s", source: "assumed" },
    { id: "nodes", label: "Gateways over which they are spread", value: 50, unit: "nodes", min: 1, source: "assumed" },
    { id: "spendSeconds", label: "Time in which a lease is spent", value: 2, unit: "s", min: 0.01, source: "assumed" },
    { id: "leaseTokens", label: "Tokens in one lease", value: 20, unit: "tokens", min: 2, source: "assumed" },
  ],
  steps: [
    {
      id: "perLease",
      label: "Requests that a gateway serves from one lease, at least the one that asked for it",
      unit: "req",
      formula: "{keyRate} x {spendSeconds} / {nodes}, from 1 to {leaseTokens}",
      compute: ({ keyRate, spendSeconds, nodes, leaseTokens }) =>
        Math.min(leaseTokens!, Math.max(1, (keyRate! * spendSeconds!) / nodes!)),
    },
    {
      id: "messages",
      label: "Messages for one lease: the request, and the return of tokens that are left",
      unit: "msg",
      formula: "2, or 1 if {perLease} is {leaseTokens}",
      compute: ({ perLease, leaseTokens }) => (perLease! < leaseTokens! ? 2 : 1),
    },
    {
      id: "perRequest",
      label: "Messages for one request; a central check needs 1",
      unit: "msg",
      formula: "{messages} / {perLease}",
      compute: ({ messages, perLease }) => messages! / perLease!,
    },
  ],
  breakEven: {
    input: "keyRate",
    sides: [1, "perRequest"],
    below: "ask the shard for every request",
    above: "lease tokens",
  },
};

export const hotKey: Estimate = {
  id: "hot-key",
  title: "One key under attack",
  decides: "That gateways must remember a refusal: without it the busiest client chooses the size of a shard.",
  inputs: [
    { id: "attackPerSecond", label: "Requests for one key", value: 400_000, unit: "req/s", source: "assumed" },
    { id: "shardChecksPerSecond", label: "One shard", value: 100_000, unit: "checks/s", source: "assumed" },
    { id: "nodes", label: "Gateways", value: 50, unit: "nodes", source: "assumed" },
    { id: "refusalMs", label: "Time until the key may come back", value: 100, unit: "ms", min: 1, source: "assumed" },
  ],
  steps: [
    {
      id: "overload",
      label: "Load on the key's shard over its capacity",
      unit: "x",
      formula: "{attackPerSecond} / {shardChecksPerSecond}",
      compute: ({ attackPerSecond, shardChecksPerSecond }) => attackPerSecond! / shardChecksPerSecond!,
    },
    {
      id: "cachedChecksPerSecond",
      label: "Checks that remain when each gateway remembers the refusal",
      unit: "checks/s",
      formula: "{nodes} x 1000 / {refusalMs}",
      compute: ({ nodes, refusalMs }) => (nodes! * 1_000) / refusalMs!,
    },
    {
      id: "saved",
      label: "Checks before over checks after",
      unit: "x",
      formula: "{attackPerSecond} / {cachedChecksPerSecond}",
      compute: ({ attackPerSecond, cachedChecksPerSecond }) => attackPerSecond! / cachedChecksPerSecond!,
    },
  ],
  breakEven: {
    input: "attackPerSecond",
    sides: ["attackPerSecond", "shardChecksPerSecond"],
    below: "the shard carries the key without help",
    above: "gateways must remember refusals",
  },
};

export const retryStorm: Estimate = {
  id: "retry-storm",
  title: "Everybody told the same second",
  decides: "That a shared outage needs jitter in what it tells clients, and a per-key limit does not.",
  inputs: [
    { id: "refused", label: "Clients refused together", value: 5_000, unit: "clients", source: "assumed" },
    { id: "spreadSeconds", label: "Random addition of up to", value: 10, unit: "s", min: 1, source: "assumed" },
    {
      id: "sparePerSecond",
      label: "Spare capacity of the API",
      value: 1_000,
      unit: "req/s",
      source: "assumed",
    },
  ],
  steps: [
    {
      id: "together",
      label: "Back in the same second without jitter",
      unit: "req/s",
      formula: "{refused} / 1",
      compute: ({ refused }) => refused!,
    },
    {
      id: "spread",
      label: "Back per second with jitter",
      unit: "req/s",
      formula: "{refused} / {spreadSeconds}",
      compute: ({ refused, spreadSeconds }) => refused! / spreadSeconds!,
    },
  ],
  breakEven: {
    input: "spreadSeconds",
    sides: ["sparePerSecond", "spread"],
    below: "the returning clients overload the API again",
    above: "it takes them in",
  },
};

export const cost: Estimate = {
  id: "cost",
  title: "The bill of the limiter",
  decides:
    "Whether gateways may ask shards in other zones: the traffic between zones then costs more than the machines.",
  inputs: [
    fromEstimate(checks, "shards", { id: "shards", label: "Shards" }),
    { id: "copies", label: "Machines for each shard (one stands by)", value: 2, unit: "machines", source: "assumed" },
    { id: "cores", label: "Cores of a machine", value: 2, unit: "cores", source: "assumed" },
    fromParameter("coreUsdMonth", { id: "coreDollars" }),
    { id: "memoryGb", label: "Memory of a machine", value: 4, unit: "GB", source: "assumed" },
    fromParameter("ramUsdGbMonth", { id: "gbDollars" }),
    {
      id: "checksPerSecond",
      label: "Checks, on average over the day",
      value: 400_000,
      unit: "checks/s",
      source: "assumed",
    },
    { id: "checkBytes", label: "One check on the wire, both ways", value: 200, unit: "bytes", source: "assumed" },
    {
      id: "crossShare",
      label: "Checks that cross a zone (three zones, placed at random)",
      value: 0.67,
      unit: "",
      min: 0,
      max: 1,
      source: "assumed",
    },
    fromParameter("interZoneUsdGb", { id: "crossDollars" }),
  ],
  steps: [
    {
      id: "dollarsPerMonth",
      label: "Machines",
      unit: "USD/month",
      formula: "{shards} x {copies} x ({cores} x {coreDollars} + {memoryGb} x {gbDollars})",
      compute: ({ shards, copies, cores, coreDollars, memoryGb, gbDollars }) =>
        shards! * copies! * (cores! * coreDollars! + memoryGb! * gbDollars!),
    },
    {
      id: "dollarsPerBillion",
      label: "Machines, for a billion checks",
      unit: "USD",
      formula: "{dollarsPerMonth} / ({checksPerSecond} x 3600 x 730) x 1000000000",
      compute: ({ dollarsPerMonth, checksPerSecond }) =>
        (dollarsPerMonth! / (checksPerSecond! * 3_600 * 730)) * 1_000_000_000,
    },
    {
      id: "bytesPerMonth",
      label: "Traffic of the checks in a month of 730 hours",
      unit: "bytes",
      formula: "{checksPerSecond} x {checkBytes} x 3600 x 730",
      compute: ({ checksPerSecond, checkBytes }) => checksPerSecond! * checkBytes! * 3_600 * 730,
    },
    {
      id: "crossDollarsPerMonth",
      label: "The part of it that crosses a zone",
      unit: "USD/month",
      formula: "{bytesPerMonth} / 1000000000 x {crossShare} x {crossDollars}",
      compute: ({ bytesPerMonth, crossShare, crossDollars }) =>
        (bytesPerMonth! / 1_000_000_000) * crossShare! * crossDollars!,
    },
  ],
  breakEven: {
    input: "crossShare",
    sides: ["crossDollarsPerMonth", "dollarsPerMonth"],
    below: "the machines are the larger bill",
    above: "the traffic between zones is: keep gateway and shard in one zone",
  },
};
