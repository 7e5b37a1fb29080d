import type { Estimate } from "../../estimate.ts";

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
    {
      id: "stateBytes",
      label: "State to hold (result of the memory estimate)",
      value: 1_280_000_000,
      unit: "bytes",
    },
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
      label: "Break-even: checks that one shard carries alone",
      unit: "checks/s",
      formula: "{shardChecksPerSecond} x {utilization}",
      compute: ({ shardChecksPerSecond, utilization }) => shardChecksPerSecond! * utilization!,
    },
  ],
};

export const hopBudget: Estimate = {
  id: "hop-budget",
  title: "Questions to the store that the latency budget allows",
  decides:
    "Where the shard stands: one question fits if gateway and shard share a zone, none if they do not. Latency does not refuse a second question; the race does.",
  inputs: [
    { id: "budgetMs", label: "What the limiter may add at p99", value: 1, unit: "ms", min: 0.1, source: "assumed" },
    {
      id: "queryMs",
      label: "One question to a store in the zone, client and server included (typical, not p99)",
      value: 0.5,
      unit: "ms",
      min: 0.01,
      source: "napkin-2026",
    },
    {
      id: "zoneRoundTripMs",
      label: "The bare round trip in that",
      value: 0.25,
      unit: "ms",
      min: 0.01,
      source: "napkin-2026",
    },
    { id: "crossZoneRoundTripMs", label: "Round trip to another zone", value: 1, unit: "ms", source: "flashgrid-2023" },
    { id: "regionRoundTripMs", label: "Round trip to another region", value: 80, unit: "ms", source: "napkin-2026" },
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
      id: "twoTripsUntilMs",
      label: "Break-even: slower than this, two questions no longer fit",
      unit: "ms",
      formula: "{budgetMs} / 2",
      compute: ({ budgetMs }) => budgetMs! / 2,
    },
  ],
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
    {
      id: "longestTimeoutMs",
      label: "Break-even: time-out at which a hang fills the gateway",
      unit: "ms",
      formula: "1000 x {heldMax} / {nodeRequestsPerSecond}",
      compute: ({ heldMax, nodeRequestsPerSecond }) => (1_000 * heldMax!) / nodeRequestsPerSecond!,
    },
  ],
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
      label: "What the client gets",
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
    {
      id: "nodesNeeded",
      label: "Break-even: gateways that the client must reach evenly",
      unit: "nodes",
      formula: "{nodes} x {leastShare} / 100, rounded up",
      compute: ({ nodes, leastShare }) => Math.ceil((nodes! * leastShare!) / 100),
    },
  ],
};

export const leases: Estimate = {
  id: "leases",
  title: "Leased tokens: messages saved, bound paid",
  decides: "The size of a lease: larger saves messages, and every token of it widens the bound and may be wasted.",
  inputs: [
    { id: "capacity", label: "Capacity of the central bucket", value: 1_000, unit: "req", source: "assumed" },
    { id: "ratePerSecond", label: "Refill of the central bucket", value: 1_000, unit: "req/s", source: "assumed" },
    { id: "nodes", label: "Gateways", value: 50, unit: "nodes", min: 1, source: "assumed" },
    { id: "leaseTokens", label: "Tokens in one lease", value: 20, unit: "req", min: 1, source: "assumed" },
    { id: "intervalSeconds", label: "Interval", value: 60, unit: "s", min: 0, source: "assumed" },
    { id: "spendSeconds", label: "Time in which a lease is spent", value: 2, unit: "s", min: 0.01, source: "assumed" },
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
      unit: "req",
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
    {
      id: "largestLease",
      label: "Break-even: largest lease within the tolerated overshoot",
      unit: "req",
      formula: "{toleratedOvershoot} / 100 x {centralBound} / {nodes}, rounded down",
      compute: ({ toleratedOvershoot, centralBound, nodes }) =>
        Math.floor(((toleratedOvershoot! / 100) * centralBound!) / nodes!),
    },
    {
      id: "leastRate",
      label: "Break-even: slower keys pay two messages a lease (ask, return the rest) for fewer than two requests",
      unit: "req/s",
      formula: "2 x {nodes} / {spendSeconds}",
      compute: ({ nodes, spendSeconds }) => (2 * nodes!) / spendSeconds!,
    },
  ],
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
    {
      id: "shortestRefusalMs",
      label: "Break-even: refusals shorter than this no longer keep the shard below its capacity",
      unit: "ms",
      formula: "{nodes} x 1000 / {shardChecksPerSecond}",
      compute: ({ nodes, shardChecksPerSecond }) => (nodes! * 1_000) / shardChecksPerSecond!,
    },
  ],
};

export const retryStorm: Estimate = {
  id: "retry-storm",
  title: "Everybody told the same second",
  decides: "That a shared outage needs jitter in what it tells clients, and a per-key limit does not.",
  inputs: [
    { id: "refused", label: "Clients refused together", value: 5_000, unit: "clients", source: "assumed" },
    { id: "spreadSeconds", label: "Random addition of up to", value: 10, unit: "s", min: 1, source: "assumed" },
    { id: "sparePerSecond", label: "What the API can take beside its load", value: 1_000, unit: "req/s", source: "assumed" },
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
    {
      id: "leastSpread",
      label: "Break-even: shortest spread that the API survives",
      unit: "s",
      formula: "{refused} / {sparePerSecond}",
      compute: ({ refused, sparePerSecond }) => refused! / sparePerSecond!,
    },
  ],
};

export const cost: Estimate = {
  id: "cost",
  title: "What the limiter costs",
  decides:
    "Whether gateways may ask shards in other zones: the traffic between zones then costs more than the machines.",
  inputs: [
    { id: "shards", label: "Shards (result of the checks estimate)", value: 17, unit: "shards" },
    { id: "copies", label: "Machines for each shard (one stands by)", value: 2, unit: "machines", source: "assumed" },
    { id: "cores", label: "Cores of a machine", value: 2, unit: "cores", source: "assumed" },
    { id: "coreDollars", label: "One core", value: 15, unit: "USD/month", source: "napkin-2026" },
    { id: "memoryGb", label: "Memory of a machine", value: 4, unit: "GB", source: "assumed" },
    { id: "gbDollars", label: "One GB of memory", value: 2, unit: "USD/month", source: "napkin-2026" },
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
    { id: "crossDollars", label: "One GB between zones", value: 0.01, unit: "USD/GB", source: "napkin-2026" },
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
    {
      id: "evenShare",
      label: "Break-even: share of the checks at which crossing costs as much as the machines",
      unit: "",
      formula: "{dollarsPerMonth} / ({bytesPerMonth} / 1000000000 x {crossDollars})",
      compute: ({ dollarsPerMonth, bytesPerMonth, crossDollars }) =>
        dollarsPerMonth! / ((bytesPerMonth! / 1_000_000_000) * crossDollars!),
    },
  ],
};
