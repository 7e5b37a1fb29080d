import type { FollowUp } from "../../interview.ts";

const cassandraRepair = {
  title: "Apache Cassandra documentation, Read repair",
  url: "https://cassandra.apache.org/doc/latest/cassandra/managing/operating/read_repair.html",
};
const cassandraTombstones = {
  title: "Apache Cassandra documentation, Tombstones",
  url: "https://cassandra.apache.org/doc/latest/cassandra/managing/operating/compaction/tombstones.html",
};
const cassandraDynamo = {
  title: "Apache Cassandra documentation, Dynamo and Guarantees",
  url: "https://cassandra.apache.org/doc/latest/cassandra/architecture/dynamo.html",
};
const leveldb = {
  title: "LevelDB, doc/impl.md",
  url: "https://github.com/google/leveldb/blob/main/doc/impl.md",
};
const rebello = {
  title: "Rebello and others, Can Applications Recover from fsync Failures?, USENIX ATC 2020",
  url: "https://www.usenix.org/conference/atc20/presentation/rebello",
};
const dissertation = {
  title: "Ongaro, Consensus: Bridging Theory and Practice, 2014, chapters 3 and 6",
  url: "https://github.com/ongardie/dissertation",
};
const etcd = {
  title: "etcd 3.6, API guarantees",
  url: "https://etcd.io/docs/v3.6/learning/api_guarantees/",
};
const bigtable = {
  title: "Chang and others, Bigtable, OSDI 2006, section 5",
  url: "https://research.google/pubs/bigtable-a-distributed-storage-system-for-structured-data/",
};
const dynamoDb = {
  title: "Elhemali and others, Amazon DynamoDB, USENIX ATC 2022, sections 4 and 6",
  url: "https://www.usenix.org/conference/atc22/presentation/elhemali",
};

export const rangeScans: FollowUp = {
  question: "How do you scan a range when keys are placed by hash?",
  modelAnswer:
    "Across shards, not at all: a hash scatters neighbors. Hash the first part of the key only and keep the rest in order inside the shard, so that one user's or one device's keys are together. If ranges over everything matter, place by range and split where it grows hot; then a key that only increases sends all writes to the last shard. A scan holds a snapshot, or it sees half of a batch, and a forgotten one keeps files alive.",
  source: bigtable,
};

export const timeOuts: FollowUp = {
  question: "A put timed out. What may the client assume, and what should it do?",
  modelAnswer:
    "Nothing: it may have happened, may happen later, or never. Repeating an overwrite is harmless only if no other client wrote in between. For a write that depends on a read, send the context with it, so that the store can refuse it if the value has moved on, and read again. For an increment, name the intention with an id that the store remembers. A client that treats a time-out as a failure has decided something that it cannot know.",
  source: etcd,
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
    "Do not call it again. After a failed fsync, the file systems studied mark the pages clean, so the next call has nothing to write and reports success. The log takes no more writes, the replica stops serving, the group goes on with two of three. Then: reopen, read and check every record, catch up from the leader; or, for a device error, replace the machine. Make sure that no second replica of the same groups is being maintained at that moment.",
  source: rebello,
};

export const staleLeader: FollowUp = {
  question: "The leader is cut off and does not know it. Which of its answers can you trust?",
  modelAnswer:
    "Its writes reach no majority, so it acknowledges none. Its reads are the danger: it answers from its own state while a new leader takes writes. So a current read needs proof at the time of the read: a round of heartbeats that a majority answers, or a lease that no new leader can overlap, which needs a bound on clock drift. A follower asks the leader for its commit position and waits until it has applied that much. Everything else is a stale read.",
  source: dissertation,
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
    "It turns reads into writes, most of all after an outage, on the replicas that were just down. It spreads a write whose client was told that it failed. It can revive deleted data, if it copies a value from a replica that missed a tombstone that others have dropped. Done before the answer, it adds a round trip to exactly the slow reads; done after it, the next read has no guarantee. It never touches cold keys, which is where a second failure hurts.",
  source: cassandraRepair,
};

export const replaceNode: FollowUp = {
  question: "Replace a machine that holds a terabyte and a half. How long, and what is the risk?",
  modelAnswer:
    "From one neighbor at 50 MB/s: eight hours. From eight, those of the other zones: about one. For that time its groups have no spare: one more loss stops writes, two lose data. So spread groups over many neighbors, throttle by the sources' latency, and never start maintenance in a second zone meanwhile. First of all add a replica of the log alone: it has no data to copy and gives the group its majority back. Verify checksums on the way: a copy of damage is damage with a fresh checksum.",
  source: dynamoDb,
};

export const casWithoutLeader: FollowUp = {
  question: "Two rounds of majorities give a linearizable register. Why does Cassandra run Paxos for compare-and-set?",
  modelAnswer:
    "Because a register is overwritten, not updated. Compare-and-set must decide between two writers that both saw the old value, and all replicas have to agree on the winner. Two rounds of a register order the two writes and keep both: the later one overwrites, though its condition no longer holds. So a leaderless store runs a round of consensus for the key, at several round trips, and mixing such writes with ordinary ones undoes the guarantee. With a leader the check and the write are one step in its log.",
  source: cassandraDynamo,
};

export const splitHotRange: FollowUp = {
  question: "A range is hot. Split it while it takes traffic, and say when that does not help.",
  modelAnswer:
    "Choose the split point by load, from the keys that were asked for. Write one record into the range's log: from here on there are two ranges. Both start on the same machines with the same files, so nothing is copied yet; then move one. Routers learn by the refusal of the old epoch. It does not help a single hot key, which needs a copy at the routers or a split of its value, nor keys that only rise: all new ones still hit the last range.",
  source: dynamoDb,
};
