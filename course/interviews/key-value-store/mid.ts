import type { Sheet } from "../../interview.ts";
import { midBoards } from "./boards.ts";
import { deletedComesBack, fsyncFails, rangeScans, replaceNode, staleLeader, timeOuts } from "./follow-ups.ts";

export const mid: Sheet = {
  level: "mid",
  opening:
    "Design a key-value store: put, get, delete. There are billions of small values, they do not fit on one machine, and nothing that was acknowledged may be lost when a machine dies.",
  after:
    "Can you follow one write to the disk and to its replicas, and one read back, and say what survives which crash? A complete path counts for more than a list of data structures.",
  phases: [
    {
      title: "Scope",
      startMinute: 0,
      endMinute: 5,
      goal: "Operations, rough scale, and which loss is acceptable, written down.",
    },
    {
      title: "Estimate",
      startMinute: 5,
      endMinute: 8,
      goal: "Bytes with replicas, and the number of machines that follows.",
    },
    {
      title: "Interface and data",
      startMinute: 8,
      endMinute: 12,
      goal: "The calls, their answers, how a key finds its shard.",
    },
    {
      title: "End to end",
      startMinute: 12,
      endMinute: 22,
      goal: "A write and a read walk through the whole picture.",
    },
    {
      title: "Deep dives",
      startMinute: 22,
      endMinute: 38,
      goal: "What the log and fsync promise; what happens when the leader dies.",
    },
    {
      title: "Failure and operations",
      startMinute: 38,
      endMinute: 43,
      goal: "A lost node, a full disk, what to watch.",
    },
    { title: "Summary", startMinute: 43, endMinute: 45, goal: "The design in three sentences, and one weakness." },
  ],
  prompts: [
    {
      minute: 1,
      line: "What would you like to know before you start?",
      modelAnswer:
        "How many keys, how large, how many reads and writes? Must a read see the last write, or may it be a little old? Do callers need ranges, or several keys at once? What must we survive: a process, a machine, a zone? Is a pause acceptable when a leader dies?",
      probe: "scope",
    },
    {
      minute: 5,
      line: "How many machines is that?",
      modelAnswer:
        "Five billion keys of about a kilobyte are 5.2 TB, three copies 15.6 TB. Disks of 2 TB, filled to half because merging needs room: 16 machines. With 200,000 writes a second and three copies, each takes 37,500.",
      probe: "size",
    },
    {
      minute: 9,
      line: "What does a caller see?",
      modelAnswer:
        "get with a choice between fast and current, put, delete, a scan within one shard. A put can time out, and then the caller does not know: it may have happened. A put that depends on what was read sends the version it read, so that the store can refuse it.",
      probe: "contract",
    },
    {
      minute: 14,
      line: "Walk one write through it.",
      modelAnswer:
        "Any node hashes the key and forwards to the shard's leader. The leader appends the record to its log, syncs, and sends it to two followers in other zones. When one of them has it on disk as well, two of three, the client is told. The record goes into the memtable; later it is flushed to a sorted table.",
    },
    {
      minute: 23,
      line: "The machine loses power a moment after it said done.",
      modelAnswer:
        "If done was said after fsync, the record is in the log and is replayed. If it was said after write, it was in the page cache and is gone. The last record may be half there: its checksum does not agree, so it is cut off. Waiting writers share one sync, or the disk allows only a thousand a second.",
      probe: "fsync",
    },
    {
      minute: 33,
      line: "The leader dies.",
      modelAnswer:
        "A follower takes over. If the leader answered before copying, what was not copied is lost although it was acknowledged. If it waited for a majority, a majority has it, and whoever is elected by a majority with a log at least as complete has it too.",
      probe: "failover",
    },
    {
      minute: 39,
      line: "A node is gone for good.",
      modelAnswer:
        "Its groups go on with two of three. A new node copies its ranges, from many neighbors if they are spread, throttled so that users do not notice. Until then one more loss stops writes in those groups. I watch follower lag and compaction debt.",
      probe: "lost-node",
    },
    {
      minute: 43,
      line: "Sum it up for somebody who just came in.",
      modelAnswer:
        "Shards by hash, three replicas in three zones, one leads. A write is done when two disks have it. On each node a log, a memtable and sorted tables with filters. Its weakness is the pause while a new leader is elected.",
    },
  ],
  boards: midBoards,
  hintBudget: 3,
  probes: [
    {
      id: "scope",
      dimension: "framing",
      lookingFor: "Questions whose answers change the design: freshness of reads, ranges, what must be survived.",
      open: "What would you like to know before you start?",
      pointed: "May a read return a value that is a second old? Does every caller agree?",
      giveaway: "Most reads may be a little old; some must be current; no acknowledged write may be lost.",
      modelAnswer: "Asks at least three such questions and writes the answers down with numbers.",
    },
    {
      id: "size",
      dimension: "estimation",
      lookingFor: "Keys times bytes times copies, and a number of machines with room to merge.",
      open: "How many machines is that?",
      pointed: "How full may a disk be, if files are merged on it?",
      giveaway: "15.6 TB with copies; half-full disks of 2 TB; 16 machines.",
      modelAnswer: "5.2 TB, 15.6 TB with copies, 16 machines, 37,500 writes a second on each.",
    },
    {
      id: "contract",
      dimension: "interfaces",
      lookingFor: "That a time-out means unknown, and a version for writes that depend on a read.",
      open: "What does a caller see?",
      pointed: "A put timed out. Did it happen?",
      giveaway: "Nobody knows. It may happen later.",
      modelAnswer: "Unknown; overwrites may be repeated with care; conditional put with the version that was read.",
    },
    {
      id: "fsync",
      dimension: "correctness",
      lookingFor: "The page cache between write and disk, the order of sync and answer, the torn tail.",
      open: "The machine loses power a moment after it said done.",
      pointed: "Where were the bytes when it said so?",
      giveaway: "In the operating system's memory. Only fsync puts them on the device.",
      modelAnswer: "Sync, then answer; checksum and length per record; cut the tail; share the sync.",
    },
    {
      id: "failover",
      dimension: "correctness",
      lookingFor: "Which acknowledged writes are lost under asynchronous replication, and why a majority prevents it.",
      open: "The leader dies.",
      pointed: "It had answered the client. Who else has the write?",
      giveaway: "Nobody, if it answered before copying.",
      modelAnswer: "Asynchronous loses the lag; majority keeps it, if the new leader's log is complete.",
    },
    {
      id: "lost-node",
      dimension: "operations",
      lookingFor: "Rebuilding under load, the window without a spare, one thing to watch.",
      open: "A node is gone for good.",
      pointed: "How long does the copy take, and what if a second one goes?",
      giveaway: "Hours; until then one more loss stops writes.",
      modelAnswer: "Copy from many, throttled; window named; lag and debt watched.",
    },
  ],
  forks: [
    {
      id: "engine",
      minute: 17,
      line: "Why not a B-tree on each node?",
      replies: [
        {
          grade: "weak",
          reply: "LSM trees are faster. Everybody uses RocksDB now.",
          moves: [{ dimension: "trade-offs", by: -1, why: "Faster at what? Nothing was compared." }],
        },
        {
          grade: "acceptable",
          reply:
            "A B-tree rewrites a page at a random place for each small write; the LSM tree appends. Reads have to look into several files, so I add Bloom filters.",
          moves: [{ dimension: "trade-offs", by: 1, why: "Two options on write and read cost, and the remedy." }],
        },
        {
          grade: "strong",
          reply:
            "With 37,500 writes a second on a node, it is the writes. The LSM tree appends them and pays later by merging: eight times with tiers, about thirty with levels. Filters at ten bits a key are about a gigabyte here, which fits. If reads and scans were most of it, I would take the B-tree.",
          moves: [
            { dimension: "trade-offs", by: 2, why: "Chosen by a number, with the later cost and a regret condition." },
            { dimension: "estimation", by: 1, why: "Filter memory checked." },
          ],
        },
      ],
    },
    {
      id: "torn",
      minute: 26,
      line: "After the restart the last record in the log is damaged.",
      replies: [
        {
          grade: "weak",
          reply: "Then the log is corrupt and we restore from a backup.",
          moves: [{ dimension: "correctness", by: -1, why: "A half-written tail is what every crash may leave." }],
        },
        {
          grade: "acceptable",
          reply: "Each record has a checksum. We replay up to the first bad one and cut the rest.",
          moves: [
            { dimension: "correctness", by: 1, why: "Right for a tail; damage in the middle is not told apart." },
          ],
        },
        {
          grade: "strong",
          reply:
            "At the tail, cut it: it was never acknowledged. But if good records follow it, it was durable once and the disk has changed it. Cutting there would drop acknowledged writes, so I refuse and take the data from another replica.",
          moves: [{ dimension: "correctness", by: 2, why: "Separates a torn tail from damage, and acts on each." }],
        },
      ],
    },
    {
      id: "watch",
      minute: 40,
      line: "Writes have become slow on one node. What do you look at?",
      replies: [
        {
          grade: "weak",
          reply: "CPU and memory, and then I would add nodes.",
          moves: [{ dimension: "operations", by: -1, why: "No idea of what a storage node does in the background." }],
        },
        {
          grade: "acceptable",
          reply: "Disk use and the time of an fsync. Perhaps compaction is using the disk.",
          moves: [{ dimension: "operations", by: 1, why: "Looks at the right device." }],
        },
        {
          grade: "strong",
          reply:
            "The compaction debt in bytes and how fast it grows. If writes times amplification exceed what the device writes, it will never catch up, and slowing writers early is kinder than stopping them at a limit. Then fsync times, then whether this node leads too many shards.",
          moves: [{ dimension: "operations", by: 2, why: "Knows the cause, the arithmetic and the order of checks." }],
        },
      ],
    },
  ],
  change: {
    minute: 28,
    line: "Sessions are going into it as well: every key should disappear an hour after it was written. Does that change anything?",
    breaks:
      "Designs that delete each key with a job: a delete is a write, so the number of writes doubles, and tombstones pile up in front of every scan.",
    modelAnswer:
      "Store the expiry with the value; a read compares it with the clock and answers absent; compaction drops what has expired, as it drops what was overwritten. No job, no tombstone for each key. The expiry must be a time fixed at the write, not at each replica, or replicas disagree. An expired value may be dropped only where no older version can reappear under it. If all keys have the same life, whole tables expire together and can be deleted without merging.",
  },
  signals: {
    framing: [
      { id: "asks-must-survive", says: "Asks what must survive." },
      { id: "asks-who-needs", says: "Asks who needs current reads." },
    ],
    estimation: [
      { id: "multiplies-copies", says: "Multiplies by the copies." },
      { id: "leaves-room-merging", says: "Leaves room for merging." },
    ],
    interfaces: [
      { id: "time-out-unknown", says: "A time-out is unknown." },
      { id: "version-conditional-writes", says: "A version for conditional writes." },
    ],
    design: [
      { id: "complete-write-read", says: "A complete write and read by minute 22." },
      { id: "zones-just-machines", says: "Zones, not just machines." },
    ],
    correctness: [
      { id: "sync-answer", says: "Sync before the answer." },
      { id: "which-acknowledged-writes", says: "Says which acknowledged writes an asynchronous failover loses." },
    ],
    "trade-offs": [{ id: "compares-two-engines", says: "Compares two engines on writes and reads." }],
    operations: [
      { id: "knows-window-without", says: "Knows the window without a spare." },
      { id: "watches-lag-compaction", says: "Watches lag and compaction." },
    ],
    communication: [
      { id: "takes-hints", says: "Takes hints." },
      { id: "checks-end-phase", says: "Checks in at the end of a phase." },
    ],
  },
  redFlags: [
    { id: "no-path", dimension: "design", behavior: "No path for a write from client to disk at minute 30." },
    {
      id: "cache-is-disk",
      dimension: "correctness",
      behavior: "Still calls a write durable after the page cache was named.",
    },
    { id: "hint-ignored", dimension: "communication", behavior: "Ignores the same hint twice." },
    {
      id: "invented",
      dimension: "correctness",
      behavior: "Defends an invented fact about a product after it was challenged.",
    },
  ],
  followUps: [timeOuts, rangeScans, deletedComesBack, fsyncFails, staleLeader, replaceNode],
};
