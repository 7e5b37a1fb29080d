import type { System } from "../types.ts";

export const keyValueStore: System = {
  slug: "key-value-store",
  title: "Key-value store",
  question: "What may a read return after a crash, during a partition, and once everything has healed?",
  exercises: [
    {
      slug: "write-ahead-log",
      title: "Write-ahead log",
      summary: "One file that knows after any crash what was written, what was safe, and what is damaged.",
      level: "mid",
      topics: ["durability", "integrity", "batching"],
      minutes: 90,
      stages: [
        "Frame a record and find it again",
        "Sync when the policy says",
        "Cut a torn tail",
        "Tell damage from a torn tail",
      ],
    },
    {
      slug: "sorted-table",
      title: "Memtable and sorted table",
      summary:
        "The newest versions in memory, the older ones in files that answer with one read and believe no byte unchecked.",
      level: "senior",
      topics: ["data-structures", "integrity", "write-amplification"],
      minutes: 120,
      uses: ["write-ahead-log"],
      stages: [
        "Keep the newest version, and those a snapshot sees",
        "A filter that never denies its keys",
        "Write blocks, find a key with one read",
        "Believe no byte unchecked",
      ],
    },
    {
      slug: "lsm-store",
      title: "LSM store",
      summary: "Log, memtable, tables and a manifest made into one store that survives a crash at every write.",
      level: "staff",
      topics: ["durability", "write-amplification", "data-structures"],
      minutes: 150,
      uses: ["write-ahead-log", "sorted-table"],
      stages: [
        "A memtable and its log",
        "Flush, and read across tables",
        "Switch atomically, survive every crash",
        "Compact, and let snapshots stand still",
      ],
    },
    {
      slug: "replication-modes",
      title: "Replication modes",
      summary: "One log, three policies of acknowledging, and what is left of it when the leader dies.",
      level: "senior",
      topics: ["replication", "durability", "failure-detection", "fencing"],
      minutes: 120,
      stages: ["Append, and say when it counts", "Fail over", "Lost messages, crashes, storms"],
    },
    {
      slug: "linearizable-register",
      title: "Linearizable register",
      summary: "One value on many nodes that reads as if there were one copy, without a leader.",
      level: "staff",
      topics: ["quorum", "consistency-models", "replication"],
      minutes: 120,
      stages: ["Ask a majority", "Write back, and ask again", "Crash, and come back"],
    },
    {
      slug: "version-vector",
      title: "Version vectors and siblings",
      summary:
        "Who had seen what: order, merge, siblings that are exactly the concurrent writes, and a bound on the size.",
      level: "senior",
      topics: ["conflict-resolution", "ordering"],
      minutes: 60,
      stages: ["Compare and merge", "A dot for every write", "Join what servers hold", "Bound the vector"],
    },
    {
      slug: "quorum-store",
      title: "Quorum store",
      summary:
        "Dynamo's put and get: N, R and W, siblings, stand-ins with hints, repair on read, and trees that find differences.",
      level: "staff",
      topics: ["quorum", "anti-entropy", "conflict-resolution", "availability", "hashing"],
      minutes: 180,
      stages: [
        "Replicate, and keep siblings",
        "Stand in, and hand over",
        "Repair what a get has seen",
        "Compare trees, and converge",
      ],
    },
  ],
};
