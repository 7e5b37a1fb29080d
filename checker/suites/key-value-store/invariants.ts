/**
 * What the storage half of the key-value chapter states and its suites check. Every id is an `<Invariant id>` of the
 * chapter.
 */

import { invariant } from "../../kit/violation.ts";

export const crcVector = invariant(
  "key-value-store",
  "wal-checksum",
  "A record counts only when its CRC32C agrees, and the checksum covers its length as well as its bytes.",
  "CRC32C: RFC 3720 B.4; check value of the nine digits 0xE3069283, Catalogue of Parametrised CRC Algorithms, CRC-32/ISCSI",
);

export const walPrefix = invariant(
  "key-value-store",
  "wal-prefix",
  "Whatever happened to the file, recovery yields the first n records that were committed, unchanged and in order, or refuses.",
);

export const walDurable = invariant(
  "key-value-store",
  "wal-acknowledged-is-durable",
  "A record numbered below `durable` survives every crash; nothing is acknowledged as durable before the fsync that covers it.",
  "POSIX.1-2017 fsync(); Rebello et al., Can Applications Recover from fsync Failures?, USENIX ATC 2020",
);

export const groupCommit = invariant(
  "key-value-store",
  "wal-group-commit",
  "Records that are committed together share one write and at most one fsync.",
);

export const walDamage = invariant(
  "key-value-store",
  "wal-damage-is-not-a-torn-tail",
  "An unfinished tail is cut off and the log goes on; damage before records that are known to be durable is refused by name.",
);

export const readsLatest = invariant(
  "key-value-store",
  "lsm-reads-latest",
  "A read returns the last value written for the key, wherever the versions of the key lie.",
);

export const scanOrdered = invariant(
  "key-value-store",
  "lsm-scan-ordered",
  "A scan yields every live key of its range once, in order, with its latest value, and no other key.",
);

export const crashPrefix = invariant(
  "key-value-store",
  "lsm-crash-prefix",
  "After a crash at any point the store holds exactly the first n batches for some n, with everything that was durable among them.",
);

export const tombstoneHides = invariant(
  "key-value-store",
  "tombstone-hides",
  "A deleted key stays deleted until it is written again: a tombstone goes only when no older version can be left below it.",
);

export const compactionKeeps = invariant(
  "key-value-store",
  "compaction-changes-nothing",
  "Flushing and compacting change where the data lies, never what a read or a scan returns.",
);

export const snapshotStands = invariant(
  "key-value-store",
  "snapshot-stands-still",
  "A snapshot, and a scan that has begun, return what the store held at that moment, however much is written, flushed or compacted later.",
);

export const blockChecked = invariant(
  "key-value-store",
  "table-blocks-are-checked",
  "No byte of a table or a manifest is believed before its checksum agrees: damage is refused by name, never returned as a value.",
);

export const bloomComplete = invariant(
  "key-value-store",
  "bloom-no-false-negative",
  "A Bloom filter that says no is right: every key that was added answers maybe, also after the filter was stored and read again.",
  "B. H. Bloom, Space/Time Trade-offs in Hash Coding with Allowable Errors, CACM 13(7), 1970",
);

export const bloomRate = invariant(
  "key-value-store",
  "bloom-false-positive-rate",
  "Ten bits a key keep the share of absent keys that answer maybe at about one percent: in every filter of a hundred " +
    "keys or more, and on average in smaller ones.",
  "B. H. Bloom 1970; F. Putze, P. Sanders, J. Singler, Cache-, Hash- and Space-Efficient Bloom Filters, 2007 (blocked filters pay a little)",
);

export const vectorOrder = invariant(
  "key-value-store",
  "version-vector-partial-order",
  "One version vector is before another only if it is no larger in any entry and smaller in one; otherwise they are equal or concurrent.",
  "D. S. Parker et al., Detection of Mutual Inconsistency in Distributed Systems, IEEE TSE 1983; rows of riak_core src/vclock.erl (Apache-2.0)",
);

export const vectorMerge = invariant(
  "key-value-store",
  "version-vector-merge",
  "A merge is the least vector that descends from both: commutative, associative, idempotent.",
  "riak_core src/vclock.erl eunit tests (Apache-2.0)",
);

export const siblingsConcurrent = invariant(
  "key-value-store",
  "siblings-are-concurrent",
  "The siblings of a key are exactly the writes that no later write had read: none is lost, and none that was read stays.",
  "N. Preguiça et al., Dotted Version Vectors: Logical Clocks for Optimistic Replication, 2010",
);

export const vectorBound = invariant(
  "key-value-store",
  "version-vector-bound",
  "A vector has one entry for every server that took a write, however many clients wrote; pruning, where it is used, has stated bounds.",
  "riak_core src/vclock.erl prune tests (Apache-2.0)",
);

// What the replicated half states: `linearizable-register`, `quorum-store`, `replication-modes`.

export const quorumsIntersect = invariant(
  "key-value-store",
  "majorities-intersect",
  "Any two majorities share a node, so a round that a majority answers sees what every earlier round left at a majority.",
  "Attiya, Bar-Noy, Dolev, Sharing Memory Robustly in Message-Passing Systems, JACM 42(1), 1995",
);

export const readsWriteBack = invariant(
  "key-value-store",
  "readers-write-back",
  "Before a linearizable read answers, a majority holds what it answers; so no later read can return anything older.",
  "Attiya, Bar-Noy, Dolev 1995, section 3; Herlihy and Wing, Linearizability, TOPLAS 12(3), 1990",
);

export const stampsUnique = invariant(
  "key-value-store",
  "timestamps-are-unique",
  "No two writes have the same timestamp, whichever node they went through and however often it crashed.",
  "Lynch and Shvartsman, Robust emulation of shared memory using dynamic quorum-acknowledged broadcasts, FTCS 1997",
);

export const promisesAreDurable = invariant(
  "key-value-store",
  "promises-are-durable",
  "A replica tells another that it holds a value only when the value would survive its crash.",
);

export const majorityLives = invariant(
  "key-value-store",
  "a-majority-is-enough",
  "An operation ends as soon as a majority can be reached, and does not end before.",
);

export const quorumOverlap = invariant(
  "key-value-store",
  "quorum-overlap",
  "With R + W > N every get meets every put that homes have acknowledged; that alone does not make reads linearizable.",
  "DeCandia et al., Dynamo, SOSP 2007, section 4.5",
);

export const exactSiblings = invariant(
  "key-value-store",
  "a-put-replaces-what-it-read",
  "A put replaces exactly the siblings that its client had read: concurrent puts stay side by side, and none is lost.",
  "Preguiça et al., Dotted Version Vectors, 2010",
);

export const hintsArrive = invariant(
  "key-value-store",
  "hints-reach-their-home",
  "A stand-in keeps a hint until the home has said that it has it: a sloppy put is lost by no single crash, and reaches its homes.",
  "DeCandia et al. 2007, section 4.6",
);

export const repairOnRead = invariant(
  "key-value-store",
  "reads-repair",
  "A get leaves every home that answered it with all that its answer was made of.",
  "DeCandia et al. 2007, section 5",
);

export const treesFindDifferences = invariant(
  "key-value-store",
  "hash-trees-find-differences",
  "Equal contents have equal roots; where two nodes differ, only hashes along the paths to the differences are exchanged.",
  "R. C. Merkle, A Digital Signature Based on a Conventional Encryption Function, CRYPTO 1987; DeCandia et al. 2007, section 4.7",
);

export const homesConverge = invariant(
  "key-value-store",
  "homes-converge",
  "Once nothing fails and no client writes, all homes of a key soon hold the same siblings, and no acknowledged put is missing.",
  "W. Vogels, Eventually Consistent, CACM 52(1), 2009",
);

export const acknowledgedCount = invariant(
  "key-value-store",
  "acknowledged-by-policy",
  "An entry is acknowledged when every node has it (synchronous), when a majority has it (quorum), or within the window (asynchronous); never before.",
  "Quorum rows: etcd-io/raft quorum/testdata/majority_commit.txt (Apache-2.0); Gray et al., The Dangers of Replication and a Solution, SIGMOD 1996",
);

export const failoverKeeps = invariant(
  "key-value-store",
  "failover-keeps-what-was-acknowledged",
  "After a failover nothing that was acknowledged synchronously or by a quorum is missing, and at most the window of what was acknowledged asynchronously.",
  "Oki and Liskov, Viewstamped Replication, PODC 1988",
);

export const oneLeaderCounts = invariant(
  "key-value-store",
  "a-replaced-leader-is-powerless",
  "Once a majority has promised to a later term, the leader of an earlier one acknowledges nothing that needs a majority.",
  "Oki and Liskov 1988",
);

export const logsArePrefixes = invariant(
  "key-value-store",
  "logs-of-a-term-are-prefixes",
  "Of two logs that were last brought up to date in the same term, one is the beginning of the other.",
  "Oki and Liskov 1988",
);
