import type { GlossaryEntry } from "../glossary.ts";

export const rToZ: readonly GlossaryEntry[] = [
  {
    id: "race-condition",
    term: "Race condition",
    definition:
      "An outcome that depends on how steps of concurrent actors interleave, where at least one interleaving is wrong. Read, compute, write in three steps is the usual form.",
    systems: ["rate-limiter", "hotel-reservation"],
  },
  {
    id: "raft",
    term: "Raft",
    definition:
      "A consensus protocol in which a leader, elected for a term by a majority, orders a log. A voter refuses a candidate whose log lacks something that the voter has, so every leader holds everything that was committed.",
    see: ["consensus", "leader", "replication-log"],
    systems: ["object-storage"],
  },
  {
    id: "rate-limit",
    term: "Rate limit",
    definition:
      "A bound on how much one caller may ask for: a number per interval, and how much may come at once. Precise only when it says which intervals it holds for.",
    see: ["burst", "load-shedding", "token-bucket"],
    systems: ["rate-limiter"],
  },
  {
    id: "read-index",
    term: "Read index",
    definition:
      "A way to read from a leader without writing to the log: note the commit position, prove to still lead by a round with a majority, wait until the state machine has reached that position, answer.",
    see: ["raft", "linearizability", "lease"],
    systems: ["object-storage"],
  },
  {
    id: "read-model",
    term: "Read model",
    definition:
      "State that is computed from a log of events for one purpose and can be deleted and computed again. It decides nothing by itself.",
    see: ["event-sourcing"],
    systems: ["stock-exchange", "payment-system"],
  },
  {
    id: "read-repair",
    term: "Read repair",
    definition:
      "Writing the newest version back to the replicas that returned an older one during a read. It repairs only what is read.",
    see: ["anti-entropy", "quorum"],
    systems: ["key-value-store"],
  },
  {
    id: "reconciliation",
    term: "Reconciliation",
    definition:
      "Comparing two records of the same money, such as a ledger and a provider's settlement file, entry by entry. Each entry is matched with one on the other side or listed with the kind of its difference.",
    see: ["double-entry", "anti-entropy"],
    systems: ["payment-system"],
  },
  {
    id: "redrive",
    term: "Redrive",
    definition:
      "Sending a dead letter back to its queue after the cause was removed. The message may then be older than the time for which the receiver remembers its key.",
    see: ["dead-letter-queue", "idempotency"],
    systems: ["payment-system"],
  },
  {
    id: "reed-solomon",
    term: "Reed-Solomon code",
    definition:
      "An erasure code that treats data as values over a finite field and parity as more values of the same polynomial. With k data and m parity fragments, any k of the k + m give the data back: no code does more with as many.",
    see: ["erasure-code", "galois-field"],
    systems: ["object-storage"],
  },
  {
    id: "replication-log",
    term: "Replicated log",
    definition:
      "The same sequence of records on several nodes. Nodes that feed it in order into the same deterministic code hold the same state.",
    see: ["consensus", "high-watermark"],
    systems: ["message-queue", "stock-exchange"],
  },
  {
    id: "retry-budget",
    term: "Retry budget",
    definition:
      "A bound on retries as a share of requests, so that a dependency that fails is not asked more than usual. Backoff spreads retries in time; jitter keeps clients from spreading them alike.",
    see: ["backpressure", "thundering-herd"],
    systems: ["notification-service", "rate-limiter"],
  },
  {
    id: "ring-buffer",
    term: "Ring buffer",
    definition:
      "An array of slots that is used round and round, with one index for the writer and one for the reader. With a single writer and a single reader, neither needs a lock.",
    see: ["false-sharing", "backpressure"],
    systems: ["stock-exchange"],
  },
  {
    id: "saga",
    term: "Saga",
    definition:
      "A long transaction as a sequence of local ones, each with a compensation that undoes its meaning. Others see the states between, so it is not isolated.",
    see: ["two-phase-commit", "idempotency"],
    systems: ["digital-wallet", "payment-system", "hotel-reservation"],
  },
  {
    id: "scrubbing",
    term: "Scrubbing",
    definition:
      "Reading everything that is stored, again and again, and comparing it with its checksums, so that damage is found while enough good fragments are left to repair it.",
    see: ["durability", "erasure-code"],
    systems: ["object-storage"],
  },
  {
    id: "sequencer",
    term: "Sequencer",
    definition:
      "The one place that gives every input its number. Every program that applies the inputs in the order of the numbers, without a gap, reaches the same state.",
    see: ["state-machine-replication"],
    systems: ["stock-exchange"],
  },
  {
    id: "serializability",
    term: "Serializability",
    definition:
      "The outcome of concurrent transactions equals that of some order in which they run one by one. It need not be the order in real time; together with that it is called strict serializability.",
    see: ["linearizability"],
    systems: ["hotel-reservation", "digital-wallet"],
  },
  {
    id: "shard",
    term: "Shard",
    definition:
      "The part of the data that one group of replicas owns. Also called a partition, a word kept here for logs and for networks.",
    see: ["consistent-hashing", "hot-key"],
    systems: ["key-value-store", "leaderboard"],
  },
  {
    id: "sibling",
    term: "Sibling",
    definition:
      "One of several values that a key holds at once because their writers had not seen each other's write. A later write that has read them replaces them.",
    see: ["version-vector", "last-writer-wins"],
    systems: ["key-value-store"],
  },
  {
    id: "deterministic-simulation",
    term: "Simulation, deterministic",
    definition:
      "Running a distributed system in one process with simulated clock, network and disk, driven by one seed. The same seed gives the same schedule, so a failure can be replayed and shrunk.",
    see: ["invariant"],
  },
  {
    id: "sliding-window-counter",
    term: "Sliding window counter",
    definition:
      "Two counts per key, of the previous and the current aligned window; the previous one is weighted by the share of it that is still young enough. It assumes that the previous window's admissions were spread evenly.",
    see: ["sliding-window-log", "fixed-window"],
    systems: ["rate-limiter"],
  },
  {
    id: "sliding-window-log",
    term: "Sliding window log",
    definition:
      "The time of every admission in the last window, per key. Exact for every window wherever it starts, and as large as the limit.",
    see: ["sliding-window-counter", "fixed-window"],
    systems: ["rate-limiter"],
  },
  {
    id: "sloppy-quorum",
    term: "Sloppy quorum",
    definition:
      "A quorum counted among the first reachable nodes rather than among the replicas that own the key. It keeps writes available, and a read quorum need not meet it.",
    see: ["quorum", "hinted-handoff"],
    systems: ["key-value-store"],
  },
  {
    id: "sorted-table",
    term: "Sorted table (SSTable)",
    definition:
      "An immutable file of entries in the order of their keys, in blocks with checksums, with a sparse index and often a Bloom filter. A lookup reads at most one block of it.",
    see: ["lsm-tree", "compaction", "bloom-filter"],
    systems: ["key-value-store"],
  },
  {
    id: "split-brain",
    term: "Split brain",
    definition:
      "Two nodes act as leader for the same data at the same time. Prevented by terms that a majority grants and by resources that refuse the older one, not by timeouts alone.",
    see: ["fencing-token", "leader", "partition-network"],
    systems: ["message-queue"],
  },
  {
    id: "state-machine-replication",
    term: "State machine replication",
    definition:
      "Copies of a deterministic program that get the same inputs in the same order and therefore hold the same state. The hard part is to agree on the order.",
    see: ["consensus", "sequencer", "replication-log"],
    systems: ["stock-exchange"],
  },
  {
    id: "systematic-code",
    term: "Systematic code",
    definition:
      "A code whose output contains the data unchanged. A read that finds the data fragments computes nothing; parity matters only when one is missing.",
    see: ["erasure-code", "degraded-read"],
    systems: ["object-storage"],
  },
  {
    id: "tail-latency",
    term: "Tail latency",
    definition:
      "The slowest share of answers, e.g. the 99th percentile. A request that waits for many parallel calls is as slow as the slowest of them, so the tail of one service becomes the median of another.",
    see: ["hedged-request", "littles-law"],
  },
  {
    id: "throughput",
    term: "Throughput",
    definition: "Work finished per second. Say what counts as work, and whether anyone still wanted it.",
    see: ["goodput", "littles-law"],
  },
  {
    id: "thundering-herd",
    term: "Thundering herd",
    definition:
      "Many clients acting at the same instant because one event woke or failed them all: an expired cache entry, a restarted gateway, a Retry-After with the same number for everyone.",
    see: ["retry-budget"],
    systems: ["notification-service", "rate-limiter", "url-shortener"],
  },
  {
    id: "tick",
    term: "Tick and lot",
    definition:
      "The smallest step of a price and the smallest step of a quantity. Counted in them, prices and quantities are integers, and equal means equal.",
    see: ["order-book"],
    systems: ["stock-exchange"],
  },
  {
    id: "time-in-force",
    term: "Time in force",
    definition:
      "The fate of the part of an order that does not trade at once: it rests, it is canceled (immediate or cancel), or nothing trades unless everything does (fill or kill).",
    see: ["order-book"],
    systems: ["stock-exchange"],
  },
  {
    id: "token-bucket",
    term: "Token bucket",
    definition:
      "A bucket of b tokens that refills at rate r; a request takes tokens or is refused. In every interval of length t it admits at most b + r·t, and that bound is the whole contract.",
    see: ["gcra", "burst", "leaky-bucket"],
    systems: ["rate-limiter"],
  },
  {
    id: "tombstone",
    term: "Tombstone",
    definition:
      "A record that says a key was deleted. It must outlive every replica and file that may still hold the old value, or the value returns.",
    see: ["compaction", "anti-entropy"],
    systems: ["key-value-store"],
  },
  {
    id: "outbox",
    term: "Transactional outbox",
    definition:
      "Writing the message to be sent into the same database transaction as the state that it reports, and sending it from there later. It replaces two writes that can disagree by one write and at-least-once delivery.",
    see: ["change-data-capture", "at-least-once"],
    systems: ["payment-system", "notification-service"],
  },
  {
    id: "two-phase-commit",
    term: "Two-phase commit",
    definition:
      "All participants first promise that they can commit, then all are told to. A participant that has promised must wait for the coordinator's word, however long that takes.",
    see: ["saga", "consensus"],
    systems: ["digital-wallet"],
  },
  {
    id: "vector-clock",
    term: "Vector clock",
    definition:
      "One counter per actor, carried with each version. Comparing two of them tells whether one version includes the other or whether they are concurrent and both must be kept or merged.",
    see: ["logical-clock"],
    systems: ["key-value-store", "file-sync"],
  },
  {
    id: "version-vector",
    term: "Version vector",
    definition:
      "For each server, how many of its writes to a key a version includes. One version replaces another only if its vector is at least as large in every entry; otherwise they are concurrent.",
    see: ["vector-clock", "sibling"],
    systems: ["key-value-store"],
  },
  {
    id: "virtual-node",
    term: "Virtual node",
    definition:
      "One of several positions that a machine takes on a hash ring. More of them even out the shares and spread the load of a machine that leaves over all others.",
    see: ["consistent-hashing"],
    systems: ["consistent-hashing", "key-value-store"],
  },
  {
    id: "storage-volume",
    term: "Volume",
    definition:
      "A large file into which many objects are appended, so that the file system keeps one entry for all of them and an index in memory knows where each lies.",
    see: ["compaction", "write-ahead-log"],
    systems: ["object-storage"],
  },
  {
    id: "watermark",
    term: "Watermark (stream)",
    definition:
      "A stream's own claim that no event older than a given event time is still to come. Windows close by it; what arrives after it is late and needs a rule.",
    see: ["event-time"],
    systems: ["ad-click-aggregation"],
  },
  {
    id: "write-amplification",
    term: "Write amplification",
    definition:
      "Bytes written to the device per byte written by the user. Read and space amplification are its siblings; a storage engine chooses which of the three to pay.",
    see: ["compaction", "lsm-tree"],
    systems: ["key-value-store"],
  },
  {
    id: "write-ahead-log",
    term: "Write-ahead log",
    definition:
      "Changes are appended to a log before they are applied, so that a crash between the two is repaired by reading the log. It protects what was flushed to the disk, which is a policy and not a property of the log.",
    see: ["durability", "lsm-tree"],
    systems: ["key-value-store", "message-queue"],
  },
];
