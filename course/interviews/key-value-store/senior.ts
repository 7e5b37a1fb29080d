import type { Sheet } from "../../interview.ts";
import { seniorBoards } from "./boards.ts";
import {
  compactionDebt,
  deletedComesBack,
  fsyncFails,
  readRepairHarm,
  replaceNode,
  staleLeader,
  timeOuts,
} from "./follow-ups.ts";

export const senior: Sheet = {
  level: "senior",
  opening:
    "Design a key-value store for billions of small values over many machines. It must not lose what it has acknowledged, and it should keep working when machines do not.",
  after:
    "Do you use arithmetic to pick the storage engine and the write policy, and can you show a concrete failure under each alternative? Two components in depth, one of them with a schedule on the board.",
  phases: [
    {
      title: "Scope and numbers",
      startMinute: 0,
      endMinute: 5,
      goal: "Requirements with numbers; what may be stale, what must survive; what is out.",
    },
    {
      title: "The deciding estimates",
      startMinute: 5,
      endMinute: 8,
      goal: "Bytes or writes: which of them sets the machines, and under which compaction.",
    },
    {
      title: "Contract and keys",
      startMinute: 8,
      endMinute: 12,
      goal: "Freshness per read, unknown outcomes, conditional writes, keys inside a shard.",
    },
    {
      title: "End to end",
      startMinute: 12,
      endMinute: 22,
      goal: "Write path, read path, membership apart; every box tied to a requirement.",
    },
    {
      title: "Two deep dives",
      startMinute: 22,
      endMinute: 38,
      goal: "The engine under a crash; replication or quorums, with a counterexample.",
    },
    {
      title: "Failure, rollout, cost",
      startMinute: 38,
      endMinute: 43,
      goal: "Compaction debt, replacing a node, changing a format.",
    },
    { title: "Summary", startMinute: 43, endMinute: 45, goal: "Design, promise, regret condition." },
  ],
  prompts: [
    {
      minute: 2,
      line: "Assume what you need and tell me.",
      modelAnswer:
        "Five billion keys of a kilobyte, 200,000 writes a second at peak, several times as many reads. Survive any zone without losing an acknowledged write. Most reads may be stale by a second, some must be current; the caller says which. Batches within a shard. Out: placement, large values, secondary indexes.",
      probe: "numbers",
    },
    {
      minute: 6,
      line: "Which of your numbers decides something?",
      modelAnswer:
        "Bytes ask for 16 machines with three copies and half-full disks. Then each takes 37,500 writes a second. With levels a byte is written about 32 times and the writes need 50 machines; with tiers 8 times and 13 machines. So tiers, and the bytes decide. The price is 21 runs to ask, which filters of 1.1 GB a node reduce to a fifth of a read.",
      probe: "deciding-number",
    },
    {
      minute: 10,
      line: "A caller wants to add to a counter. Does your interface allow it?",
      modelAnswer:
        "Not as get and put: two callers read the same value. A conditional put with the version that was read, refused if the value has moved on; or the increment as an operation at the leader, with an id, so that a repetition after a time-out does not count twice.",
      probe: "conditional",
    },
    {
      minute: 15,
      line: "Why a leader?",
      modelAnswer:
        "It orders the writes of a shard, so nothing has to be merged and conditional writes are possible. The price is a pause at failover, and no writes on the minority side. Without a leader both sides can write, and then clients see siblings or lose one of two writes.",
    },
    {
      minute: 23,
      line: "Crash it, at the worst moment that you can think of.",
      modelAnswer:
        "While a flush is under way: the table is half written, the manifest does not name it, the log still has everything. After the rename of the manifest and before the directory sync: the old manifest may come back, so the old log must still exist. The rule: a log goes only when a durable manifest names the table that replaces it. In the log: a torn tail is cut, damage before durable records is refused.",
      probe: "crash",
    },
    {
      minute: 31,
      line: "A colleague proposes N of 3, W of 2, R of 2 without a leader, because that is strongly consistent too.",
      modelAnswer:
        "It overlaps, and that is not the same. A write has reached A only. Read one asks A and B and returns the new value. Read two, later, asks B and C and returns the old one. No completed write was missed, and yet a later read is older. ABD mends it: the reader writes back to a majority before it answers. Conditional writes still need consensus.",
      probe: "stale-read",
    },
    {
      minute: 38,
      line: "It is Monday morning and writes get slower by the minute.",
      modelAnswer:
        "Compaction debt. Arriving bytes times 8 against what the device writes. If it grows, slow writers in proportion now; stop repair and bulk loads; do not allow more runs, that only moves it to the reads. Then find out what changed: load, value size, a failed neighbor whose ranges arrived here.",
      probe: "debt",
    },
    {
      minute: 41,
      line: "How do you roll out a new table format?",
      modelAnswer:
        "A version that reads both formats everywhere first, then one that writes the new one, zone by zone, so that each step can be undone. Compaction converts in its own time. Checksums are verified on reading the old and on writing the new.",
      probe: "rollout",
    },
    {
      minute: 43,
      line: "What would make you regret this design?",
      modelAnswer:
        "Two regions that must both take writes while the link is down: then siblings and merges, or a CRDT. Scans as the main load: then levels, and more machines. Values of a megabyte: then the log should hold references.",
    },
  ],
  boards: seniorBoards,
  hintBudget: 2,
  probes: [
    {
      id: "numbers",
      dimension: "framing",
      lookingFor: "Freshness and durability as statements about failures, unasked.",
      open: "Assume what you need and tell me.",
      pointed: "Consistent how? Durable against what?",
      giveaway: "Survive a zone; most reads may be a second old, some not.",
      modelAnswer: "Scale, freshness per read, what must survive, what is out.",
    },
    {
      id: "deciding-number",
      dimension: "estimation",
      lookingFor: "Write amplification turned into machines.",
      open: "Which of your numbers decides something?",
      pointed: "How often is a byte written before it rests?",
      giveaway: "About thirty times with levels, eight with tiers.",
      modelAnswer: "16 machines for bytes; 50 or 13 for writes; filters 1.1 GB.",
    },
    {
      id: "conditional",
      dimension: "interfaces",
      lookingFor: "Conditional writes and idempotence after a time-out.",
      open: "A caller wants to add to a counter.",
      pointed: "Two callers read 7. What is stored at the end?",
      giveaway: "8, unless the store compares.",
      modelAnswer: "Version with the write, or the operation at the leader with an id.",
    },
    {
      id: "crash",
      dimension: "correctness",
      lookingFor: "The order of table, manifest, directory and log, and torn tail against damage.",
      open: "Crash it, at the worst moment that you can think of.",
      pointed: "The flush is done. When may the log be deleted?",
      giveaway: "When a durable manifest names the table.",
      modelAnswer: "Table synced, manifest renamed, directory synced, then the log; prefix of batches after any crash.",
    },
    {
      id: "stale-read",
      dimension: "correctness",
      lookingFor: "The counterexample to overlap as linearizability, and write-back.",
      open: "A colleague says that R plus W greater than N is strongly consistent.",
      pointed: "A write has reached one replica so far. Two reads follow, one after the other.",
      giveaway: "The first may see it and the second may not.",
      modelAnswer: "Draws it; regular against linearizable; ABD; conditional writes still need consensus.",
    },
    {
      id: "debt",
      dimension: "operations",
      lookingFor: "Compaction debt as the signal and early slowing as the remedy.",
      open: "Writes get slower by the minute.",
      pointed: "What does the disk do besides your writes?",
      giveaway: "It merges, and it is behind.",
      modelAnswer: "Debt in bytes, amplification against bandwidth, slow writers, shed repair first.",
    },
    {
      id: "rollout",
      dimension: "operations",
      lookingFor: "Readers before writers of a format, zone by zone.",
      open: "How do you roll out a new table format?",
      pointed: "After the first zone you want to go back. Can you?",
      giveaway: "Only if the old version can read what the new one wrote.",
      modelAnswer: "Read first, write later, zone by zone, reversible at each step.",
    },
  ],
  forks: [
    {
      id: "policy",
      minute: 18,
      line: "Wait for all three replicas. Then nothing can be lost.",
      replies: [
        {
          grade: "weak",
          reply: "Good, that is the safest. Consistency is more important than latency here.",
          moves: [
            { dimension: "trade-offs", by: -1, why: "Any node that is down now stops all writes of its shards." },
          ],
        },
        {
          grade: "acceptable",
          reply: "Then one slow or dead replica blocks writes. I would wait for two of three.",
          moves: [{ dimension: "trade-offs", by: 1, why: "Sees the availability side." }],
        },
        {
          grade: "strong",
          reply:
            "At 99.9 per cent for each node, all of three are down 129 minutes a month for writes, worse than one machine at 43. Two of three: eight seconds, if failures are independent. And nothing is lost either way, since whoever is elected shares a node with the two. All is right only if I also may shrink the set, and then a majority has to decide that.",
          moves: [
            { dimension: "trade-offs", by: 2, why: "Quantified, with the assumption named." },
            { dimension: "correctness", by: 1, why: "Knows why two are enough." },
          ],
        },
      ],
    },
    {
      id: "sync",
      minute: 25,
      line: "fsync takes a millisecond. You cannot do that for every write.",
      replies: [
        {
          grade: "weak",
          reply: "Then we sync every ten seconds in the background. We have replicas.",
          moves: [
            {
              dimension: "correctness",
              by: -1,
              why: "375,000 acknowledged writes of a node at risk, and not said so.",
            },
          ],
        },
        {
          grade: "acceptable",
          reply: "We batch: several writes share one sync.",
          moves: [{ dimension: "correctness", by: 1, why: "Group commit, without its arithmetic." }],
        },
        {
          grade: "strong",
          reply:
            "A thousand syncs a second, 37,500 writes: so about 38 share one. While a sync runs, arrivals queue, and the next one takes them all, no timer. A write waits 1.5 ms on average. If fsync fails I stop the log: the pages may be marked clean, and a second call would lie.",
          moves: [
            { dimension: "correctness", by: 2, why: "Mechanism, numbers and the failure of the call itself." },
            { dimension: "estimation", by: 1, why: "Derives the group from rate and time." },
          ],
        },
      ],
    },
    {
      id: "tail",
      minute: 33,
      line: "One replica in a hundred answers slowly at any moment. Does a quorum help or hurt?",
      replies: [
        {
          grade: "weak",
          reply: "It helps, because load is spread over replicas.",
          moves: [{ dimension: "operations", by: -1, why: "Load is not the question; waiting is." }],
        },
        {
          grade: "acceptable",
          reply: "If you ask two and wait for two, it hurts: either may be slow.",
          moves: [{ dimension: "operations", by: 1, why: "Sees that the slower of two decides." }],
        },
        {
          grade: "strong",
          reply:
            "Two of two: slow answers double to two per cent. Ask three and wait for two: both others must be slow, three in ten thousand. That is half as much read traffic again, so I ask the third after a short delay and with a budget, or it makes an overload worse.",
          moves: [
            { dimension: "operations", by: 2, why: "Order statistics, the price, and the danger under overload." },
          ],
        },
      ],
    },
  ],
  change: {
    minute: 28,
    line: "Callers want to reserve stock: a put must fail if the value has changed since they read it. And it must hold through a failover.",
    breaks:
      "Leaderless quorums with timestamps: two callers compare the same old value and both succeed. Leaders that check against a state that is not yet committed, or that has been superseded.",
    modelAnswer:
      "The check and the write are one step at the leader, on the state after all earlier records of its log. The answer is given when the record is committed by a majority, so a new leader has both the write and its outcome. A leader that was cut off may check, but its record never commits, so nobody is told success. After a time-out the caller reads the version to find out, or the store remembers the request's id. With leaderless replicas this needs a consensus round for each such write.",
  },
  signals: {
    framing: [
      { id: "durability-list-failures", says: "Durability as a list of failures." },
      { id: "freshness-chosen-per", says: "Freshness chosen per read, with who needs it." },
    ],
    estimation: [
      { id: "turns-write-amplification", says: "Turns write amplification into machines." },
      { id: "checks-filters-fit", says: "Checks that filters fit." },
    ],
    interfaces: [
      { id: "conditional-writes", says: "Conditional writes." },
      { id: "unknown-outcomes-part", says: "Unknown outcomes are part of the contract." },
    ],
    design: [
      { id: "data-path-apart", says: "Data path apart from membership." },
      { id: "keys-inside-shard", says: "Keys inside a shard chosen for scans and batches." },
    ],
    correctness: [
      { id: "order-table-manifest", says: "Order of table, manifest, directory, log." },
      { id: "stale-read-drawn", says: "A stale read drawn, not asserted." },
      { id: "why-elected-leader", says: "Why an elected leader has every acknowledged record." },
    ],
    "trade-offs": [
      { id: "tiers-against-levels", says: "Tiers against levels with numbers." },
      { id: "all-against-majority", says: "All against majority with minutes." },
    ],
    operations: [
      { id: "compaction-debt-first", says: "Compaction debt as the first signal." },
      { id: "readers-format-writers", says: "Readers of a format before writers." },
      { id: "tail-budget", says: "Tail with a budget." },
    ],
    communication: [
      { id: "drives-checks-phase", says: "Drives, checks in at phase ends." },
      { id: "cuts-branch-when", says: "Cuts a branch when the clock asks for it." },
    ],
  },
  redFlags: [
    {
      id: "no-path",
      dimension: "design",
      behavior: "No path for a write from client to disk and replicas at minute 30.",
    },
    {
      id: "overlap-is-order",
      dimension: "correctness",
      behavior: "Keeps calling overlapping quorums linearizable after the write under way was pointed out.",
    },
    {
      id: "retry-fsync",
      dimension: "correctness",
      behavior: "Retries a failed fsync and counts the success, after a hint.",
    },
    { id: "hint-ignored", dimension: "communication", behavior: "Ignores the same hint twice." },
    {
      id: "invented",
      dimension: "correctness",
      behavior: "Defends an invented fact about a product after it was challenged.",
    },
  ],
  followUps: [compactionDebt, fsyncFails, staleLeader, readRepairHarm, deletedComesBack, replaceNode, timeOuts],
};
