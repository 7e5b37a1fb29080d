/** Words of the course, each defined once. Chapters link here with `<Term id>`; definitions are exact and our own. */
export interface GlossaryEntry {
  /** Kebab-case; the anchor on the glossary page. */
  readonly id: string;
  readonly term: string;
  /** Plain text, one to three sentences. */
  readonly definition: string;
  /** Ids of entries worth reading next. */
  readonly see?: readonly string[];
  /** Systems whose chapters lean on the word, by slug. */
  readonly systems?: readonly string[];
}

/** In alphabetical order of `term`; a test keeps it so. */
export const glossary: readonly GlossaryEntry[] = [
  {
    id: "ack",
    term: "Acknowledgement",
    definition:
      "The message by which a receiver takes responsibility. What it promises (received, stored on one disk, stored on a majority) is part of the protocol, and most durability arguments are about that promise.",
    see: ["durability", "at-least-once"],
    systems: ["message-queue", "key-value-store"],
  },
  {
    id: "anti-entropy",
    term: "Anti-entropy",
    definition:
      "A background process in which replicas compare what they hold and copy what differs, so that they converge even when every foreground repair was missed.",
    see: ["merkle-tree", "read-repair"],
    systems: ["key-value-store"],
  },
  {
    id: "at-least-once",
    term: "At-least-once delivery",
    definition:
      "The sender repeats until it is acknowledged, so a message is never lost and may arrive more than once. The receiver must tolerate repetition.",
    see: ["idempotency", "exactly-once"],
    systems: ["message-queue", "notification-service", "payment-system"],
  },
  {
    id: "backpressure",
    term: "Backpressure",
    definition:
      "A signal from a slower stage to a faster one to send less: a full queue that blocks, a window that shrinks, a refusal that says when to come back. Without it the excess goes into memory, latency or loss.",
    see: ["load-shedding", "littles-law"],
    systems: ["rate-limiter", "message-queue"],
  },
  {
    id: "bloom-filter",
    term: "Bloom filter",
    definition:
      'A bit array with several hash functions that answers "is this key in the set?" with "certainly not" or "perhaps". The chance of a wrong "perhaps" is set by bits per key; a wrong "not" cannot happen.',
    systems: ["key-value-store", "web-crawler"],
  },
  {
    id: "burst",
    term: "Burst",
    definition:
      "Requests that arrive faster than the sustained rate for a short time. A limiter's burst size says how many of them it admits at once after a quiet period.",
    see: ["token-bucket", "rate-limit"],
    systems: ["rate-limiter"],
  },
  {
    id: "cap-theorem",
    term: "CAP theorem",
    definition:
      "When the network splits a system, no protocol can keep a register linearizable and also answer every request at every node that is up. It says nothing about systems without a partition, and nothing about latency.",
    see: ["linearizability", "partition-network"],
    systems: ["key-value-store"],
  },
  {
    id: "change-data-capture",
    term: "Change data capture",
    definition:
      "Publishing every committed change of a database as a stream, read from its log rather than by polling tables, so that other stores follow without a second write by the application.",
    see: ["outbox", "write-ahead-log"],
    systems: ["search-autocomplete", "news-feed"],
  },
  {
    id: "clock-skew",
    term: "Clock skew",
    definition:
      "The difference between what two clocks show at the same moment. A clock that is corrected may also step back, so a difference of two wall-clock readings can be negative.",
    see: ["monotonic-clock", "logical-clock"],
    systems: ["unique-id-generator", "rate-limiter"],
  },
  {
    id: "compaction",
    term: "Compaction",
    definition:
      "Rewriting sorted or segmented files so that only the latest version of each key remains. It buys read speed and space with write bandwidth.",
    see: ["lsm-tree", "write-amplification", "tombstone"],
    systems: ["key-value-store", "message-queue"],
  },
  {
    id: "consensus",
    term: "Consensus",
    definition:
      "Agreement of several nodes on one value, or on one sequence of values, such that no two nodes that decide differ, and the value was proposed by someone. Majority protocols keep this through crashes of any minority.",
    see: ["quorum", "leader"],
    systems: ["key-value-store", "stock-exchange", "message-queue"],
  },
  {
    id: "consistent-hashing",
    term: "Consistent hashing",
    definition:
      "Any mapping of keys to nodes in which a change of membership moves only about the share of keys that the changed node owns. The ring with virtual nodes is one form; rendezvous, jump and Maglev hashing are others.",
    see: ["virtual-node", "shard"],
    systems: ["consistent-hashing"],
  },
  {
    id: "crdt",
    term: "CRDT",
    definition:
      "A data type whose replicas accept updates without coordination and still reach the same state once they have seen the same updates, in any order, because its merge is associative, commutative and idempotent.",
    see: ["eventual-consistency"],
    systems: ["file-sync", "ad-click-aggregation"],
  },
  {
    id: "dead-letter-queue",
    term: "Dead-letter queue",
    definition:
      "Where messages go that could not be processed after a bounded number of tries, so that they stop blocking the rest and a person can look at them.",
    see: ["poison-message", "retry-budget"],
    systems: ["message-queue", "notification-service"],
  },
  {
    id: "double-entry",
    term: "Double-entry ledger",
    definition:
      "A record of money in which every transaction consists of entries that sum to zero. Balances derive from entries; an entry is never changed, only reversed by another.",
    systems: ["digital-wallet", "payment-system"],
  },
  {
    id: "durability",
    term: "Durability",
    definition:
      "The promise that what was acknowledged survives named failures. Always say which: the process, the machine, the disk, the building; and for an annual figure, under which model of failures and repairs.",
    see: ["ack", "write-ahead-log", "erasure-code"],
    systems: ["object-storage", "key-value-store", "message-queue"],
  },
  {
    id: "erasure-code",
    term: "Erasure code",
    definition:
      "A code that turns k data fragments into k + m fragments such that any k of them restore the data. It stores (k + m)/k times the data and pays with reads of k fragments for a repair.",
    see: ["durability"],
    systems: ["object-storage"],
  },
  {
    id: "event-sourcing",
    term: "Event sourcing",
    definition:
      "Keeping the ordered list of what happened as the source of truth and computing state by replaying it. Replay must be deterministic, so clocks and randomness enter as events.",
    see: ["deterministic-simulation"],
    systems: ["digital-wallet", "stock-exchange"],
  },
  {
    id: "event-time",
    term: "Event time",
    definition:
      "When something happened, as stamped at its source, as opposed to processing time, when a system got to see it. Windows over event time must decide how long to wait for the late.",
    see: ["watermark"],
    systems: ["ad-click-aggregation", "metrics-monitoring"],
  },
  {
    id: "eventual-consistency",
    term: "Eventual consistency",
    definition:
      "If updates stop and messages get through, all replicas come to hold the same value. It bounds neither how long that takes nor what is read meanwhile.",
    see: ["linearizability", "anti-entropy"],
    systems: ["key-value-store"],
  },
  {
    id: "exactly-once",
    term: "Exactly-once effect",
    definition:
      "The state looks as if each message had been processed once, although it may have been delivered several times. It is reached by deduplication or by committing the effect and the position in the stream atomically, not by the network.",
    see: ["at-least-once", "idempotency"],
    systems: ["ad-click-aggregation", "message-queue", "payment-system"],
  },
  {
    id: "fan-out",
    term: "Fan-out",
    definition:
      "The number of deliveries that one event causes. Fan-out on write copies at publication; fan-out on read gathers when someone looks.",
    systems: ["news-feed", "nearby-friends", "notification-service"],
  },
  {
    id: "fencing-token",
    term: "Fencing token",
    definition:
      "A number that grows with every grant of a lease and is checked by the resource itself, so that a holder whose lease ran out while it slept cannot write any more.",
    see: ["lease", "split-brain"],
    systems: ["unique-id-generator", "message-queue"],
  },
  {
    id: "fixed-window",
    term: "Fixed window",
    definition:
      "One count per key for the newest of a row of aligned windows; a request is admitted while the count stays within the limit. Two full windows may meet at a boundary, so twice the limit fits into one window's length.",
    see: ["sliding-window-log", "token-bucket"],
    systems: ["rate-limiter"],
  },
  {
    id: "fsync",
    term: "fsync",
    definition:
      "The call that returns only when a file's bytes have reached the device, or fails. Before it, written bytes are in the operating system's memory and survive the death of the process but not of the machine; after a failed one nobody knows what is on the device.",
    see: ["write-ahead-log", "group-commit"],
    systems: ["key-value-store", "message-queue"],
  },
  {
    id: "gcra",
    term: "GCRA",
    definition:
      "Generic cell rate algorithm: a token bucket kept as one number per key, the theoretical arrival time of the next conforming request. It decides exactly as the meter form of the leaky bucket does.",
    see: ["token-bucket", "leaky-bucket"],
    systems: ["rate-limiter"],
  },
  {
    id: "geohash",
    term: "Geohash",
    definition:
      "A string that names a rectangle of the earth by interleaving bits of longitude and latitude. Equal prefixes mean the same larger cell; nearby points across a cell border may share no prefix at all.",
    systems: ["proximity-service", "nearby-friends"],
  },
  {
    id: "goodput",
    term: "Goodput",
    definition:
      "Work finished per second that someone still wants. Under overload throughput may stay high while goodput falls, because the system answers requests whose callers have given up.",
    see: ["load-shedding", "throughput"],
    systems: ["rate-limiter"],
  },
  {
    id: "gossip",
    term: "Gossip protocol",
    definition:
      "Spreading information by letting each node, at intervals, exchange what it knows with a few peers chosen at random. Rounds grow with the logarithm of the number of nodes.",
    systems: ["key-value-store"],
  },
  {
    id: "group-commit",
    term: "Group commit",
    definition:
      "Writers that wait while one fsync runs share the next one. The rate of commits is then bounded by bytes rather than by fsyncs, at the price of up to one fsync more of waiting.",
    see: ["fsync", "write-ahead-log"],
    systems: ["key-value-store"],
  },
  {
    id: "hedged-request",
    term: "Hedged request",
    definition:
      "A second copy of a request, sent to another replica once the first is slower than most, taking whichever answer comes first. It cuts the tail for a few percent of extra load.",
    see: ["tail-latency"],
    systems: ["object-storage"],
  },
  {
    id: "high-watermark",
    term: "High watermark",
    definition:
      "In a replicated log, the offset below which every record is on all in-sync replicas. Consumers read only below it, because what lies above may still vanish with its leader.",
    see: ["replication-log"],
    systems: ["message-queue"],
  },
  {
    id: "hinted-handoff",
    term: "Hinted handoff",
    definition:
      "A node that takes a write in place of one that is down keeps a note of whom it was meant for, and delivers it when that node is back. It is best effort: the holder may be lost first.",
    see: ["sloppy-quorum", "anti-entropy"],
    systems: ["key-value-store"],
  },
  {
    id: "hot-key",
    term: "Hot key",
    definition:
      "A key that receives so large a share of the traffic that its shard is full while the others idle. Adding shards does not help; splitting, caching or limiting the key does.",
    see: ["shard"],
    systems: ["consistent-hashing", "rate-limiter", "message-queue"],
  },
  {
    id: "idempotency",
    term: "Idempotency",
    definition:
      "Doing it again changes nothing more. An idempotency key names the intention, so that the server recognises a repetition and returns the first outcome.",
    see: ["at-least-once"],
    systems: ["payment-system", "notification-service", "hotel-reservation"],
  },
  {
    id: "invariant",
    term: "Invariant",
    definition:
      "A sentence about a system's state that must be true at every moment, whatever happened before. The suites of this course test invariants; a failure report names the one that broke.",
  },
  {
    id: "k-sortable",
    term: "k-sortable",
    definition:
      "Of identifiers: sorting them puts each at most k places from where it was generated. Ids from clocks that disagree by a bounded time are k-sortable, not strictly ordered.",
    see: ["clock-skew"],
    systems: ["unique-id-generator"],
  },
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
    systems: ["unique-id-generator", "rate-limiter"],
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
      "Refusing some requests early and cheaply because the server is full, whoever sent them. A rate limit looks at the caller's share; load shedding looks at the server's state.",
    see: ["rate-limit", "goodput", "backpressure"],
    systems: ["rate-limiter"],
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
    id: "poison-message",
    term: "Poison message",
    definition:
      "A message that fails every time it is processed. In an ordered log it holds up everything behind it until someone decides to skip it.",
    see: ["dead-letter-queue"],
    systems: ["message-queue"],
  },
  {
    id: "quorum",
    term: "Quorum",
    definition:
      "A set of replicas large enough to intersect every other quorum that matters: with N replicas, W written and R read, W + R > N makes a read meet the latest completed write. That alone is not linearizability.",
    see: ["linearizability", "consensus"],
    systems: ["key-value-store", "object-storage"],
  },
  {
    id: "race-condition",
    term: "Race condition",
    definition:
      "An outcome that depends on how steps of concurrent actors interleave, where at least one interleaving is wrong. Read, compute, write in three steps is the usual form.",
    systems: ["rate-limiter", "hotel-reservation"],
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
    id: "read-repair",
    term: "Read repair",
    definition:
      "Writing the newest version back to the replicas that returned an older one during a read. It mends only what is read.",
    see: ["anti-entropy", "quorum"],
    systems: ["key-value-store"],
  },
  {
    id: "replication-log",
    term: "Replicated log",
    definition:
      "The same sequence of records on several nodes. Nodes that apply it in order to the same deterministic code hold the same state.",
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
    id: "saga",
    term: "Saga",
    definition:
      "A long transaction as a sequence of local ones, each with a compensation that undoes its meaning. Others see the states between, so it is not isolated.",
    see: ["two-phase-commit", "idempotency"],
    systems: ["digital-wallet", "payment-system", "hotel-reservation"],
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
      "Writing the message to be sent into the same database transaction as the state that it reports, and sending it from there afterwards. It replaces two writes that can disagree by one write and at-least-once delivery.",
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
      "Changes are appended to a log before they are applied, so that a crash between the two is mended by reading the log. It protects what was flushed to the disk, which is a policy and not a property of the log.",
    see: ["durability", "lsm-tree"],
    systems: ["key-value-store", "message-queue"],
  },
];

export const findTerm = (id: string): GlossaryEntry | undefined => glossary.find((entry) => entry.id === id);
