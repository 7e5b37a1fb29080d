import type { Sheet } from "../../interview.ts";
import { logBoard, midBoards, quorumBoard } from "./boards.ts";
import { deletedComesBack, fsyncFails, rangeScans, replaceNode, staleLeader, timeOuts } from "./follow-ups.ts";

export const mid: Sheet = {
  level: "mid",
  opening:
    "Design a key-value store: put, get, delete. There are billions of small values, they do not fit on one machine, and nothing that was acknowledged may be lost when a machine dies.",
  after:
    "Can you follow one write to the disk and to its replicas, and one read back, and say which crash loses it? A complete path counts for more than a list of data structures.",
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
      title: "Deep dives, the candidate leads",
      startMinute: 22,
      endMinute: 38,
      goal: "The promise of log and fsync; the death of a replica or of the leader.",
    },
    {
      title: "Failure and operations",
      startMinute: 38,
      endMinute: 43,
      goal: "A lost machine, a full disk, what to watch.",
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
        "Five billion keys of about a kilobyte are 5.2 TB, three copies 15.6 TB. That is nine disks of 2 TB before any overhead. Old versions and merging take more: with levels 12 machines, four in each zone. With 200,000 writes a second and three copies, each takes 50,000.",
      probe: "size",
    },
    {
      minute: 9,
      line: "What does a caller see?",
      modelAnswer:
        "get with a choice between fast and current, put, delete, a scan within one shard. A put can time out, and then the caller does not know: it may have happened. A put that depends on a read sends that read's context, so that the store can refuse it.",
      probe: "contract",
    },
    {
      minute: 14,
      line: "Walk one write through it.",
      modelAnswer:
        "A router hashes the key and sends the write to the group that owns the range. The record is appended to a log, synced, and sent to replicas in other zones. When two of three disks have it, the client is told. The record goes into the memtable; later it is flushed to a sorted table.",
    },
    {
      minute: 39,
      line: "A machine is gone for good.",
      modelAnswer:
        "Its groups go on with two of three. A new machine copies its ranges from many neighbors, throttled so that users do not notice: about an hour here, eight from one neighbor. Until then one more loss stops writes in those groups. I watch follower lag and merge debt.",
      probe: "lost-node",
    },
    {
      minute: 43,
      line: "Sum it up for a colleague who just came in.",
      modelAnswer:
        "Ranges by hash, three replicas in three zones. A write is done when two disks have it. On each machine a log, a memtable and sorted tables with filters. Its weakness, by design: the pause at an election, or reads that are older than the one before.",
    },
  ],
  boards: midBoards,
  hintBudget: 3,
  probes: [
    {
      id: "scope",
      dimension: "framing",
      lookingFor: "Questions whose answers change the design: freshness of reads, ranges, the loss to survive.",
      open: "What would you like to know before you start?",
      pointed: "May a read return a value that is a second old? Does every caller agree?",
      giveaway: "Most reads may be a little old; some must be current; no acknowledged write may be lost.",
      modelAnswer: "Asks at least three such questions and writes the answers down with numbers.",
    },
    {
      id: "size",
      dimension: "estimation",
      lookingFor: "Keys times bytes times copies, and a number of machines with room for old versions.",
      open: "How many machines is that?",
      pointed: "How many versions of a key lie on the disk until files are merged?",
      giveaway: "15.6 TB with copies; nine disks; with overhead 12 machines.",
      modelAnswer: "5.2 TB, 15.6 TB with copies, 12 machines, 50,000 writes a second on each.",
    },
    {
      id: "contract",
      dimension: "interfaces",
      lookingFor: "That a time-out means unknown, and a context for writes that depend on a read.",
      open: "What does a caller see?",
      pointed: "A put timed out. Did it happen?",
      giveaway: "It is not known. It may happen later.",
      modelAnswer: "Unknown; overwrites may be repeated with care; conditional put with the context of the read.",
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
      id: "lost-node",
      dimension: "operations",
      lookingFor: "Rebuilding under load, the window without a spare, one thing to watch.",
      open: "A machine is gone for good.",
      pointed: "How long does the copy take, and what if a second one goes?",
      giveaway: "An hour at best; until then one more loss stops writes.",
      modelAnswer: "Copy from many, throttled; window named; lag and debt watched.",
    },
  ],
  forks: [
    {
      id: "engine",
      minute: 17,
      line: "Why not a B-tree on each machine?",
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
            "With 50,000 writes a second on a machine, it is the writes. The LSM tree appends them and pays later by merging, 34 times with levels. Filters at ten bits a key are 1.6 gigabytes here, which fits. If reads were nearly all of it, a B-tree behind the log would do; DynamoDB's replicas keep one.",
          moves: [
            { dimension: "trade-offs", by: 2, why: "Chosen by a number, with the later cost and a regret condition." },
            { dimension: "estimation", by: 1, why: "Filter memory checked." },
          ],
        },
      ],
    },
    {
      id: "watch",
      minute: 41,
      line: "Writes have become slow on one machine. What do you look at?",
      replies: [
        {
          grade: "weak",
          reply: "CPU and memory, and then I would add machines.",
          moves: [{ dimension: "operations", by: -1, why: "No idea of the background work of a storage machine." }],
        },
        {
          grade: "acceptable",
          reply: "Disk use and the time of an fsync. Perhaps compaction is using the disk.",
          moves: [{ dimension: "operations", by: 1, why: "Looks at the right device." }],
        },
        {
          grade: "strong",
          reply:
            "The merge debt in bytes and how fast it grows. If writes times amplification exceed the bytes that the device writes, it will never catch up, and slowing writers early is kinder than stopping them at a limit. Then fsync times, then whether this machine leads too many ranges.",
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
      "Store the expiry with the value; a read compares it with the clock and answers absent; a merge drops what has expired, as it drops what was overwritten. No job, no tombstone for each key. The expiry must be a time fixed at the write, not at each replica, or replicas disagree. An expired value may be dropped only where no older version can reappear under it. If all keys have the same life, whole tables expire together and can be deleted without merging.",
  },
  designs: {
    minute: 18,
    line: "Two clients write the same key at the same moment. On your board, which part decides what is kept?",
    branches: [
      {
        id: "log",
        title: "One log with a leader",
        sign: "One replica of the group orders the writes and sends its log to the others.",
        prompts: [
          {
            minute: 33,
            line: "The leader dies.",
            modelAnswer:
              "A follower takes over. If the leader answered before copying, the acknowledged writes that were not copied are lost. If it waited for a majority, a majority has them, and a leader that is elected by a majority, with a log at least as complete, has them too. Writes wait for the election, about a second, most of it detection.",
            probe: "failover",
          },
        ],
        probes: [
          {
            id: "failover",
            dimension: "correctness",
            lookingFor: "Which acknowledged writes are lost under asynchronous copies, and why a majority prevents it.",
            open: "The leader dies.",
            pointed: "It had answered the client. Which other disk has the write?",
            giveaway: "None, if it answered before copying.",
            modelAnswer: "Asynchronous loses the lag; majority keeps it, if the new leader's log is complete.",
          },
        ],
        forks: [
          {
            id: "torn",
            minute: 21,
            line: "After the restart the last record in the log is damaged.",
            replies: [
              {
                grade: "weak",
                reply: "Then the log is corrupt and we restore from a backup.",
                moves: [{ dimension: "correctness", by: -1, why: "A half-written tail is a normal end of a crash." }],
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
                moves: [
                  { dimension: "correctness", by: 2, why: "Separates a torn tail from damage, and acts on each." },
                ],
              },
            ],
          },
        ],
        boards: [logBoard],
        signals: {
          correctness: [{ id: "lost-by-lag", says: "Says which acknowledged writes an asynchronous failover loses." }],
        },
      },
      {
        id: "quorum",
        title: "A quorum without a leader",
        sign: "Any node coordinates; a write waits for some homes, a read for some.",
        prompts: [
          {
            minute: 33,
            line: "One of the three homes of a key is down. A write comes.",
            modelAnswer:
              "Two of three still answer, so it is done. The third must learn of it: another node keeps a hint and hands it over, a read that notices repairs it, and for all else the replicas compare hash trees now and then. If a stand-in counts toward the two, a read of the real homes may miss the write.",
            probe: "home-down",
          },
        ],
        probes: [
          {
            id: "home-down",
            dimension: "correctness",
            lookingFor: "How the absent home gets the write, and that a stand-in is not met by reads.",
            open: "One of the three homes is down. A write comes.",
            pointed: "The home is back. Who tells it, and what if that one died meanwhile?",
            giveaway: "A hint does; when it is lost, only a comparison finds the gap.",
            modelAnswer: "Hint, read repair, comparison; strict or sloppy said aloud.",
          },
        ],
        forks: [
          {
            id: "latest",
            minute: 21,
            line: "Two answers of a read differ. Which one do you return?",
            replies: [
              {
                grade: "weak",
                reply: "The one that came first.",
                moves: [{ dimension: "correctness", by: -1, why: "The first answer may be the old one." }],
              },
              {
                grade: "acceptable",
                reply: "The one with the later timestamp, and I write it to the other.",
                moves: [{ dimension: "correctness", by: 1, why: "Repairs; clocks are trusted without a word." }],
              },
              {
                grade: "strong",
                reply:
                  "The one whose version contains the other. If neither does, both were written without knowing of each other, so I return both and let the caller merge. A timestamp would drop one of two acknowledged writes, and a fast clock would always win.",
                moves: [
                  { dimension: "correctness", by: 2, why: "Separates older from concurrent, and knows the clock." },
                ],
              },
            ],
          },
        ],
        boards: [quorumBoard],
        signals: {
          correctness: [{ id: "absent-home", says: "Says how a home that was down learns of the writes it missed." }],
        },
      },
    ],
  },
  signals: {
    framing: [
      { id: "asks-loss", says: "Asks which failure must be survived." },
      { id: "asks-freshness", says: "Asks which caller needs current reads." },
    ],
    estimation: [
      { id: "times-copies", says: "Multiplies by the copies." },
      { id: "room-for-versions", says: "Leaves room for old versions and merging." },
    ],
    interfaces: [
      { id: "timeout-unknown", says: "Says that a time-out is unknown." },
      { id: "context-for-writes", says: "Sends a context or version with writes that depend on a read." },
    ],
    design: [
      { id: "complete-path", says: "Has a complete write and read by minute 22." },
      { id: "three-zones", says: "Puts replicas into different zones." },
    ],
    correctness: [{ id: "sync-before-answer", says: "Syncs before the answer, and says why." }],
    "trade-offs": [{ id: "two-engines", says: "Compares two engines on writes and reads." }],
    operations: [
      { id: "window-without-spare", says: "Knows the time without a spare after a loss." },
      { id: "watches-one-thing", says: "Names one early signal and watches it." },
    ],
    communication: [
      { id: "takes-hints", says: "Takes a hint and goes on from it." },
      { id: "checks-in", says: "Checks in before a new topic." },
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
