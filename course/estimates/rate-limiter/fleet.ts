import type { Estimate } from "../../estimate.ts";

export const checks: Estimate = {
  id: "checks",
  title: "Checks per second and shards",
  decides: "How many shards hold the counters: the request rate asks for more machines than the memory does.",
  inputs: [
    { id: "checksPerSecond", label: "Checks at peak", value: 1_000_000, unit: "checks/s", min: 1, source: "assumed" },
    { id: "shardChecksPerSecond", label: "One shard, one core", value: 100_000, unit: "checks/s", source: "assumed" },
    { id: "utilization", label: "Load that we plan for", value: 0.6, unit: "", min: 0.1, max: 1, source: "assumed" },
    { id: "checkBytes", label: "One check on the wire, both ways", value: 200, unit: "bytes", source: "assumed" },
    {
      id: "stateBytes",
      label: "State to hold (result of the memory estimate)",
      value: 960_000_000,
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
  ],
};

export const hopBudget: Estimate = {
  id: "hop-budget",
  title: "Network hops that the latency budget allows",
  decides: "One round trip inside the zone and not a second one; no check may cross regions.",
  inputs: [
    { id: "budgetMs", label: "What the limiter may add at p99", value: 1, unit: "ms", min: 0.1, source: "assumed" },
    { id: "zoneRoundTripMs", label: "Round trip inside a zone at p99", value: 0.6, unit: "ms", source: "assumed" },
    { id: "regionRoundTripMs", label: "Round trip between regions", value: 80, unit: "ms", source: "assumed" },
  ],
  steps: [
    {
      id: "hops",
      label: "Round trips that fit",
      unit: "",
      formula: "{budgetMs} / {zoneRoundTripMs}, rounded down",
      compute: ({ budgetMs, zoneRoundTripMs }) => Math.floor(budgetMs! / zoneRoundTripMs!),
    },
    {
      id: "regionOverBudget",
      label: "One trip to another region, against the budget",
      unit: "x",
      formula: "{regionRoundTripMs} / {budgetMs}",
      compute: ({ budgetMs, regionRoundTripMs }) => regionRoundTripMs! / budgetMs!,
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
  ],
};

export const retryStorm: Estimate = {
  id: "retry-storm",
  title: "Everybody told the same second",
  decides: "That a shared outage needs jitter in what it tells clients, and a per-key limit does not.",
  inputs: [
    { id: "refused", label: "Clients refused together", value: 5_000, unit: "clients", source: "assumed" },
    { id: "spreadSeconds", label: "Random addition of up to", value: 10, unit: "s", min: 1, source: "assumed" },
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
};

export const cost: Estimate = {
  id: "cost",
  title: "What the limiter costs",
  decides: "Whether a cheaper design is worth its risk: compare this with the fleet that the limiter protects.",
  inputs: [
    { id: "shards", label: "Shards (result of the checks estimate)", value: 17, unit: "shards" },
    { id: "copies", label: "Machines for each shard (one stands by)", value: 2, unit: "machines", source: "assumed" },
    { id: "dollarsPerHour", label: "One small machine", value: 0.1, unit: "USD/h", source: "assumed" },
    {
      id: "checksPerSecond",
      label: "Checks, on average over the day",
      value: 400_000,
      unit: "checks/s",
      source: "assumed",
    },
  ],
  steps: [
    {
      id: "dollarsPerMonth",
      label: "Per month of 730 hours",
      unit: "USD",
      formula: "{shards} x {copies} x {dollarsPerHour} x 730",
      compute: ({ shards, copies, dollarsPerHour }) => shards! * copies! * dollarsPerHour! * 730,
    },
    {
      id: "dollarsPerBillion",
      label: "Per billion checks",
      unit: "USD",
      formula: "{shards} x {copies} x {dollarsPerHour} / ({checksPerSecond} x 3600) x 1000000000",
      compute: ({ shards, copies, dollarsPerHour, checksPerSecond }) =>
        ((shards! * copies! * dollarsPerHour!) / (checksPerSecond! * 3_600)) * 1_000_000_000,
    },
  ],
};
