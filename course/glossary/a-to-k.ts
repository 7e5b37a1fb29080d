import type { GlossaryEntry } from "../glossary.ts";

export const aToK: readonly GlossaryEntry[] = [
  {
    id: "3-d-secure",
    term: "3-D Secure",
    definition:
      "A step in which the bank that issued a card lets the customer confirm a payment, by a code or in an app. After it, liability for fraud may move from the merchant to the bank; other disputes stay.",
    see: ["chargeback"],
    systems: ["payment-system"],
  },
  {
    id: "ack",
    term: "Acknowledgement",
    definition:
      "The message by which a receiver takes responsibility. Its promise (received, stored on one disk, stored on a majority) is part of the protocol, and most durability arguments are about that promise.",
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
    id: "card-authorization",
    term: "Authorization of a card",
    definition:
      "The customer's bank confirms that the card is good and holds an amount on it for some days. No money moves before the capture, and the hold lapses by itself.",
    see: ["ledger-hold", "payment-service-provider"],
    systems: ["payment-system"],
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
    id: "best-price",
    term: "Best bid and offer",
    definition:
      "The highest price at which an order offers to buy and the lowest at which one offers to sell. The gap between them is the spread; a book in which it is zero or negative is crossed.",
    see: ["order-book", "market-depth"],
    systems: ["stock-exchange"],
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
    id: "call-auction",
    term: "Call auction",
    definition:
      "Collecting orders for a while without matching and then trading as many as possible at one price. Used at the open, at the close and after a halt, when matching one by one would make the first arrival pay.",
    see: ["price-time-priority"],
    systems: ["stock-exchange"],
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
    id: "chargeback",
    term: "Chargeback",
    definition:
      "The customer's bank takes a captured amount back from the merchant, weeks or months later, because the customer disputes the payment. The provider also charges a fee for it.",
    see: ["3-d-secure"],
    systems: ["payment-system"],
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
    id: "cluster-map",
    term: "Cluster map",
    definition:
      "Which nodes and disks exist, in which failure domains, in which state, under a version number. Every node with the same version computes the same places, so the map travels and a table of all objects need not.",
    see: ["failure-domain", "consistent-hashing"],
    systems: ["object-storage"],
  },
  {
    id: "colocation",
    term: "Colocation",
    definition:
      "Placing a customer's machines in the exchange's building, on cables of equal length, so that the distance to a customer no longer decides who is first.",
    see: ["multicast"],
    systems: ["stock-exchange"],
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
    systems: ["message-queue", "notification-service", "payment-system"],
  },
  {
    id: "degraded-read",
    term: "Degraded read",
    definition:
      "A read that finds a fragment missing or damaged and computes it from others. It costs as many reads as the code has data fragments, and it is how a store answers while repair is still under way.",
    see: ["erasure-code", "reed-solomon"],
    systems: ["object-storage"],
  },
  {
    id: "delete-marker",
    term: "Delete marker",
    definition:
      "A version of an object that says that it is deleted. Older versions stay, a read without a version finds nothing, and removing the marker brings the object back.",
    see: ["tombstone"],
    systems: ["object-storage"],
  },
  {
    id: "double-entry",
    term: "Double-entry ledger",
    definition:
      "A record of money in which every transaction consists of entries that sum to zero. Balances derive from entries; an entry is never changed, only reversed by another.",
    systems: ["digital-wallet", "payment-system"],
  },
  {
    id: "dual-write",
    term: "Dual write",
    definition:
      "Two writes to two stores, or in two transactions, that are meant to happen together. A crash between them leaves them in disagreement, and a flag for each only records that.",
    see: ["outbox", "two-phase-commit"],
    systems: ["payment-system"],
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
    id: "failure-domain",
    term: "Failure domain",
    definition:
      "Everything that one event takes away together: a disk, a machine, a rack with its switch and its power, a building. Copies count as independent only in different ones.",
    see: ["durability", "cluster-map"],
    systems: ["object-storage"],
  },
  {
    id: "false-sharing",
    term: "False sharing",
    definition:
      "Two variables that different cores write lie in one cache line. The line then moves between the cores on every write, although no variable is shared.",
    see: ["ring-buffer"],
    systems: ["stock-exchange"],
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
    systems: ["unique-id-generator", "message-queue", "payment-system"],
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
      "The call that returns only when a file's bytes have reached the device, or fails. Before it, written bytes are in the operating system's memory and survive the death of the process but not of the machine; after a failed one the program cannot know what is on the device.",
    see: ["write-ahead-log", "group-commit"],
    systems: ["key-value-store", "message-queue"],
  },
  {
    id: "full-jitter",
    term: "Full jitter",
    definition:
      "Drawing each delay before a retry at random between zero and a ceiling that doubles with each attempt, up to a cap. Requests that failed together do not come back together.",
    see: ["retry-budget", "thundering-herd"],
    systems: ["payment-system"],
  },
  {
    id: "galois-field",
    term: "Galois field GF(256)",
    definition:
      "Bytes with an addition (exclusive or) and a multiplication (of polynomials, modulo a fixed one) under which every byte but zero has an inverse. So linear equations can be solved exactly in bytes.",
    see: ["reed-solomon"],
    systems: ["object-storage"],
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
    id: "ledger-hold",
    term: "Hold",
    definition:
      "An amount that is reserved on an account and has not moved. It counts against what may be spent and not against the balance, and ends by being posted, in full or in part, by being voided, or by its time.",
    see: ["double-entry", "card-authorization"],
    systems: ["payment-system"],
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
      "Doing it again changes nothing more. An idempotency key names the intention, so that the server recognizes a repetition and returns the first outcome.",
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
];
