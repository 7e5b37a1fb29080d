import type { GlossaryEntry } from "../glossary.ts";

export const lToQ: readonly GlossaryEntry[] = [
  {
    id: "last-writer-wins",
    term: "Last writer wins",
    definition:
      "Of two concurrent writes the one with the larger timestamp stays and the other is dropped, although both were acknowledged. Last means by a clock, and clocks disagree.",
    see: ["clock-skew", "version-vector"],
    systems: ["key-value-store"],
  },
  {
    id: "leader",
    term: "Leader",
    definition:
      "The one replica that orders writes for a group during a term. Two nodes may believe in it at once; correctness must come from terms and quorums, not from the belief.",
    see: ["consensus", "split-brain"],
    systems: ["message-queue", "key-value-store"],
  },
  {
    id: "leaky-bucket",
    term: "Leaky bucket",
    definition:
      "Two algorithms under one name. As a queue it shapes: requests wait and leave at a constant rate. As a meter it polices: it refuses at once what would overflow, and decides exactly as a token bucket does.",
    see: ["token-bucket", "gcra"],
    systems: ["rate-limiter"],
  },
  {
    id: "lease",
    term: "Lease",
    definition:
      "A right that ends by itself at a time. It needs no message to be taken back, and it needs a bound on clock error to be safe.",
    see: ["fencing-token", "clock-skew"],
    systems: ["unique-id-generator", "rate-limiter", "payment-system"],
  },
  {
    id: "linearizability",
    term: "Linearizability",
    definition:
      "Every operation appears to take effect at one instant between its call and its return. So once a write has returned, every later read sees it or something newer.",
    see: ["serializability", "quorum"],
    systems: ["key-value-store"],
  },
  {
    id: "littles-law",
    term: "Little's law",
    definition:
      "In a stable system the mean number of requests inside equals the arrival rate times the mean time inside: L = λW. It holds for any distribution, and turns a latency into a number of connections, threads or bytes.",
    see: ["throughput", "tail-latency"],
  },
  {
    id: "load-shedding",
    term: "Load shedding",
    definition:
      "Refusing some requests early and cheaply because the server is full, no matter which client sent them. A rate limit looks at the caller's share; load shedding looks at the server's state.",
    see: ["rate-limit", "goodput", "backpressure"],
    systems: ["rate-limiter"],
  },
  {
    id: "local-reconstruction-code",
    term: "Local reconstruction code",
    definition:
      "An erasure code with extra parities over small groups, so that a single lost fragment is computed from its group and not from a whole stripe. It pays with space for cheaper repair, and not every loss of as many fragments as there are parities can be undone.",
    see: ["erasure-code", "reed-solomon"],
    systems: ["object-storage"],
  },
  {
    id: "logical-clock",
    term: "Logical clock",
    definition:
      "A counter carried in messages so that its order agrees with cause and effect: if one event can have influenced another, its number is smaller. The reverse does not follow.",
    see: ["vector-clock", "clock-skew"],
    systems: ["key-value-store"],
  },
  {
    id: "lsm-tree",
    term: "LSM tree",
    definition:
      "Log-structured merge tree: writes go to a log and a sorted table in memory, which is written out as immutable sorted files that are merged in the background.",
    see: ["compaction", "write-ahead-log", "bloom-filter"],
    systems: ["key-value-store"],
  },
  {
    id: "maker",
    term: "Maker and taker",
    definition:
      "The maker's order rested in the book; the taker's order came and traded with it. A trade is at the maker's price.",
    see: ["order-book", "price-time-priority"],
    systems: ["stock-exchange"],
  },
  {
    id: "market-depth",
    term: "Market depth",
    definition:
      "How much of a book a feed shows. Level 1: the best prices. Level 2: lots and orders at each price. Level 3: every single order.",
    see: ["best-price", "multicast"],
    systems: ["stock-exchange"],
  },
  {
    id: "memtable",
    term: "Memtable",
    definition:
      "The part of an LSM tree that is in memory: the newest version of every key written since the last flush. Everything in it is in the write-ahead log as well.",
    see: ["lsm-tree", "write-ahead-log"],
    systems: ["key-value-store"],
  },
  {
    id: "merkle-tree",
    term: "Merkle tree",
    definition:
      "A tree of hashes in which each node hashes its children. Two replicas that compare from the root find their differences with messages in proportion to the differences, not to the data.",
    see: ["anti-entropy"],
    systems: ["key-value-store", "file-sync"],
  },
  {
    id: "monotonic-clock",
    term: "Monotonic clock",
    definition:
      "A clock that never goes back and says nothing about the date. Durations and timeouts are measured with it; its readings mean nothing on another machine.",
    see: ["clock-skew"],
    systems: ["rate-limiter", "unique-id-generator"],
  },
  {
    id: "multicast",
    term: "Multicast",
    definition:
      "A packet that is sent once and copied by the switches to everybody who listens. All copies leave at about the same time, and none is repeated if it is lost.",
    see: ["fan-out"],
    systems: ["stock-exchange"],
  },
  {
    id: "multipart-upload",
    term: "Multipart upload",
    definition:
      "A large object sent as numbered parts, each of which can be repeated alone. The object appears as a whole when the upload is completed, and not before; parts of an upload that never is must be collected.",
    see: ["idempotency"],
    systems: ["object-storage"],
  },
  {
    id: "mutant",
    term: "Mutant",
    definition:
      "A complete solution with one plausible mistake, kept with the course to prove that the hidden suite notices. A mutant that passes is a defect of the grader.",
    see: ["invariant"],
  },
  {
    id: "partition-network",
    term: "Network partition",
    definition:
      "A time in which some nodes cannot exchange messages with some others although all are up. From inside it looks the same as slowness or a crash.",
    see: ["cap-theorem", "split-brain"],
    systems: ["key-value-store"],
  },
  {
    id: "order-book",
    term: "Order book",
    definition:
      "All orders of one instrument that rest, bids and asks, by price and at each price in the order of arrival. New orders trade against it or are added to it.",
    see: ["price-time-priority", "maker"],
    systems: ["stock-exchange"],
  },
  {
    id: "output-suppression",
    term: "Output suppression",
    definition:
      "A standby that computes what the live process computes, and keeps the results to itself until it takes over; then it sends only what no client has seen yet.",
    see: ["state-machine-replication", "fencing-token"],
    systems: ["stock-exchange"],
  },
  {
    id: "payment-service-provider",
    term: "Payment service provider",
    definition:
      "A company that takes card payments for merchants: it keeps the card numbers, talks to the card networks, and pays out what was captured, less its fees. Also called PSP.",
    see: ["card-authorization", "reconciliation"],
    systems: ["payment-system"],
  },
  {
    id: "placement-group",
    term: "Placement group",
    definition:
      "A fixed set of nodes that keeps many objects together: objects go to groups by hash, groups to nodes by a table or a function. Few groups are few sets of nodes whose loss together loses data, so a loss becomes rare and takes more at once.",
    see: ["failure-domain", "cluster-map"],
    systems: ["object-storage"],
  },
  {
    id: "poison-message",
    term: "Poison message",
    definition:
      "A message that fails every time it is processed. In an ordered log it holds up everything behind it until someone decides to skip it.",
    see: ["dead-letter-queue"],
    systems: ["message-queue", "payment-system"],
  },
  {
    id: "price-time-priority",
    term: "Price-time priority",
    definition:
      "The best price trades first, and among orders at the same price the one that came first. Time means the place in the sequence and not a clock.",
    see: ["order-book", "sequencer"],
    systems: ["stock-exchange"],
  },
  {
    id: "quorum",
    term: "Quorum",
    definition:
      "A set of replicas large enough to intersect every other quorum that matters: with N replicas, W written and R read, W + R > N makes a read meet the latest completed write. That alone is not linearizability.",
    see: ["linearizability", "consensus"],
    systems: ["key-value-store", "object-storage"],
  },
];
