import type { FollowUp } from "../../interview.ts";

const cassandraRepair = {
  title: "Apache Cassandra documentation, Read repair",
  url: "https://cassandra.apache.org/doc/latest/cassandra/managing/operating/read_repair.html",
};
const cassandraTombstones = {
  title: "Apache Cassandra documentation, Tombstones",
  url: "https://cassandra.apache.org/doc/latest/cassandra/managing/operating/compaction/tombstones.html",
};
const leveldb = {
  title: "LevelDB, doc/impl.md",
  url: "https://github.com/google/leveldb/blob/main/doc/impl.md",
};
const rebello = {
  title: "Rebello and others, Can Applications Recover from fsync Failures?, USENIX ATC 2020",
  url: "https://www.usenix.org/conference/atc20/presentation/rebello",
};
const spanner = {
  title: "Corbett and others, Spanner, OSDI 2012",
  url: "https://research.google/pubs/spanner-googles-globally-distributed-database-2/",
};
const raft = {
  title: "Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm, 2014",
  url: "https://raft.github.io/raft.pdf",
};
const dynamoReads = {
  title: "DynamoDB read consistency",
  url: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html",
};
const bigtable = {
  title: "Chang and others, Bigtable, OSDI 2006",
  url: "https://research.google/pubs/bigtable-a-distributed-storage-system-for-structured-data/",
};
const dynamo = {
  title: "DeCandia and others, Dynamo, SOSP 2007",
  url: "https://www.allthingsdistributed.com/files/amazon-dynamo-sosp2007.pdf",
};
const herlihy = {
  title: "Herlihy, Wait-Free Synchronization, TOPLAS 13(1), 1991",
  url: "https://doi.org/10.1145/114005.102808",
};

export const rangeScans: FollowUp = {
  question: "How do you scan a range when keys are placed by hash?",
  modelAnswer:
    "Across shards, not at all: a hash scatters neighbors. Hash the first part of the key only and keep the rest in order inside the shard, so that one user's or one device's keys are together. If ranges over everything matter, place by range and split what grows hot; then a key that only increases sends all writes to the last shard. A scan holds a snapshot, or it sees half of a batch, and a forgotten one keeps files alive.",
  source: bigtable,
};

export const timeOuts: FollowUp = {
  question: "A put timed out. What may the client assume, and what should it do?",
  modelAnswer:
    "Nothing: it may have happened, may happen later, or never. Repeating an overwrite is harmless only if nobody else wrote in between. For anything that depends on what was read, send the context or a version with the write, so that the store can refuse it if the value has moved on, and read again. For an increment, name the intention with an id that the store remembers. A client that treats a time-out as a failure has decided something that it cannot know.",
  source: dynamoReads,
};

export const deletedComesBack: FollowUp = {
  question: "A deleted key came back. Name three ways.",
  modelAnswer:
    "One: compaction dropped the tombstone in a merge that did not include an older run. Two: a replica was away for longer than tombstones are kept, and anti-entropy took its old value for news. Three: a clock: a delete whose timestamp is behind that of the value loses by last writer wins. A fourth is the application's own merge: the union of two baskets. The cures: tombstones go only with the oldest run; rebuild a replica that was away for too long; versions in place of clocks; a type that remembers removals.",
  source: cassandraTombstones,
};

export const fsyncFails: FollowUp = {
  question: "fsync returned an error. What now?",
  modelAnswer:
    "Do not call it again. After a failed fsync, the file systems studied mark the pages clean, so the next call has nothing to write and reports success. The log takes no more writes, the replica stops serving, the group goes on with two of three. Then: reopen, read and check every record, catch up from the leader; or, for a device error, replace the node. Make sure that no second replica of the same groups is being maintained at that moment.",
  source: rebello,
};

export const staleLeader: FollowUp = {
  question: "The leader is cut off and does not know it. Who reads what?",
  modelAnswer:
    "Its writes reach no majority, so none is acknowledged. Its reads are the danger: it answers from its own state while a new leader takes writes. So a linearizable read needs a proof of leadership at the time of the read: a round of heartbeats that a majority answers, or a lease that no new leader can overlap, which needs a bound on clock drift. A follower asks the leader for its commit position and waits until it has applied that much. Everything else is a stale read.",
  source: raft,
};

export const compactionDebt: FollowUp = {
  question: "When does compaction fall behind, and what do you shed?",
  modelAnswer:
    "When arriving bytes times write amplification are more than the device writes, with reads and repair taking their part. The debt is the first signal, then more runs a lookup, then slow reads, which take bandwidth from merging. Slow writers down in proportion to the debt before there is a limit to hit. Shed repair and scans first, bulk loads next, then writes by tenant, reads last. Do not tolerate more runs: that moves the cost to the reads.",
  source: leveldb,
};

export const readRepairHarm: FollowUp = {
  question: "What does read repair make worse?",
  modelAnswer:
    "It turns reads into writes, most of all after an outage, on the replicas that were just down. It spreads a write whose client was told that it failed. It can revive deleted data, if it copies a value from a replica that missed a tombstone that others have dropped. Done before the answer, it adds a round trip to exactly the slow reads; done after it, the read it belonged to gives no guarantee to the next one. It never touches cold keys, which is where a second failure hurts.",
  source: cassandraRepair,
};

export const multiKey: FollowUp = {
  question: "Two keys on different shards must change together. What does it cost?",
  modelAnswer:
    "Two-phase commit over shards that are each a replicated log: a prepare record in every shard, a decision record in one. A crash of any machine then blocks nobody for longer than an election. Add locks or validated timestamps for isolation, and for real-time order a clock with a bound, waited out before the commit is seen. Price: two more rounds, locks held meanwhile, hot keys that block their neighbors. First ask whether the keys can live in one shard, where a batch is already atomic.",
  source: spanner,
};

export const replaceNode: FollowUp = {
  question: "Replace a node that holds two terabytes. How long, and what is the risk?",
  modelAnswer:
    "From one neighbor at 50 MB/s: 11 hours. From ten, limited by what the new node takes, 300 MB/s: under two. For that time its groups have no spare: one more loss stops writes, two lose data. So spread groups over many neighbors, throttle by the sources' latency, keep nodes small enough for the time that you accept, and never start maintenance in a second zone meanwhile. Verify checksums on the way: a copy of damage is damage with a fresh checksum.",
  source: dynamo,
};

export const abdLimits: FollowUp = {
  question: "Two rounds of majorities give a linearizable register. Why do we still need consensus?",
  modelAnswer:
    "Because a register is overwritten, not updated. Compare-and-set must decide between two writers that both saw the old value, and every node has to agree on the winner. With reads and writes alone that cannot be done in a wait-free way: registers have consensus number one. In a store this shows as an increment that is lost, or a lock that two hold. So plain quorums plus compare-and-set is either wrong or hides a consensus round.",
  source: herlihy,
};
