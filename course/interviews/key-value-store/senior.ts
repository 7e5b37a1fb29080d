import type { Sheet } from "../../interview.ts";
import { logBoard, mergingBoard, quorumBoard, seniorBoards } from "./boards.ts";
import {
  casWithoutLeader,
  compactionDebt,
  deletedComesBack,
  fsyncFails,
  readRepairHarm,
  replaceNode,
  staleLeader,
} from "./follow-ups.ts";

const reservation = {
  minute: 28,
  line: "Callers want to reserve stock: a put must fail if the value has changed since they read it. And it must hold through a failure.",
};

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
      goal: "Requirements with numbers; which reads must be current, which loss is survived; what is out.",
    },
    {
      title: "The deciding estimates",
      startMinute: 5,
      endMinute: 8,
      goal: "Bytes or writes: which of them sets the machines, at which device speed that flips.",
    },
    {
      title: "Contract and keys",
      startMinute: 8,
      endMinute: 12,
      goal: "Freshness for each read, unknown outcomes, conditional writes, keys inside a shard.",
    },
    {
      title: "End to end",
      startMinute: 12,
      endMinute: 22,
      goal: "Write path, read path, the map apart; every box tied to a requirement.",
    },
    {
      title: "Two deep dives, the candidate leads",
      startMinute: 22,
      endMinute: 38,
      goal: "Two components of the candidate's choice, each with a failure and a bound.",
    },
    {
      title: "Failure, rollout, cost",
      startMinute: 38,
      endMinute: 43,
      goal: "Merge debt or a hot key, rebuilding a machine, changing a format.",
    },
    { title: "Summary", startMinute: 43, endMinute: 45, goal: "Design, promise, regret condition." },
  ],
  prompts: [
    {
      minute: 2,
      line: "Assume what you need and tell me.",
      modelAnswer:
        "Five billion keys of a kilobyte, 200,000 writes and a million reads a second at peak. Survive any zone without losing an acknowledged write. Most reads may be stale by a second, some must be current; the caller says which. Batches within a shard. Out: large values, secondary indexes.",
      probe: "numbers",
    },
    {
      minute: 6,
      line: "Which of your numbers decides something?",
      modelAnswer:
        "The data with three copies is 15.6 TB, nine disks. The overhead decides. Levels write a byte 34 times, log included, and need 12 machines on a drive that writes 2 GB/s; tiers write it seven times and store it up to three times, which takes 27. Below 0.8 GB/s it flips. Filters take 1.6 GB a machine, so point reads do not overrule it; only scans would, at a third of all reads.",
      probe: "deciding-number",
    },
    {
      minute: 10,
      line: "A caller wants to add to a counter. Does your interface allow it?",
      modelAnswer:
        "Not as get and put: two callers read the same value. A conditional put with the context of the read, refused if the value has moved on; or the increment as an operation, with an id, so that a repetition after a time-out does not count twice; or a counter type that merges.",
      probe: "conditional",
    },
    {
      minute: 39,
      line: "It is Monday morning and writes get slower by the minute.",
      modelAnswer:
        "Merge debt. Arriving bytes times write amplification against the bytes that the device writes. If it grows, slow writers in proportion now; stop repair and bulk loads; do not allow more runs, that only moves it to the reads. Then find out what changed: load, value size, a failed neighbor whose ranges arrived here.",
      probe: "debt",
    },
    {
      minute: 41,
      line: "How do you roll out a new table format?",
      modelAnswer:
        "A version that reads both formats everywhere first, then one that writes the new one, zone by zone, so that each step can be undone. Leadership is handed over before each restart. Merges convert in their own time.",
      probe: "rollout",
    },
    {
      minute: 43,
      line: "Sum it up, and say when you would regret it.",
      modelAnswer:
        "The design in three sentences, the promise as a client sees it, and one condition: two regions that must both take writes for a log; reservations for a quorum or for merging types; network volumes for levels.",
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
      modelAnswer: "Scale with reads, freshness for each read, which loss must be survived, what is out.",
    },
    {
      id: "deciding-number",
      dimension: "estimation",
      lookingFor: "Write and space amplification turned into machines, with the device speed at which it flips.",
      open: "Which of your numbers decides something?",
      pointed: "How often is a byte written before it rests, and how many times is it stored?",
      giveaway: "34 times and 1.14 with levels, seven times and up to three with tiers.",
      modelAnswer: "12 machines with levels, 27 with tiers at 2 GB/s; below 0.8 GB/s the other way round.",
    },
    {
      id: "conditional",
      dimension: "interfaces",
      lookingFor: "Conditional writes and idempotence after a time-out.",
      open: "A caller wants to add to a counter.",
      pointed: "Two callers read 7. What is stored at the end?",
      giveaway: "8, unless the store compares.",
      modelAnswer: "Context with the write, or the operation with an id, or a type that merges.",
    },
    {
      id: "crash",
      dimension: "correctness",
      lookingFor: "The order of table, manifest, directory and log, and torn tail against damage.",
      open: "Crash it, at the worst moment that you can think of.",
      pointed: "The flush is done. When may the log be deleted?",
      giveaway: "When a durable manifest names the table.",
      modelAnswer:
        "Table synced, manifest renamed, directory synced, then the log; a prefix of batches after any crash.",
    },
    {
      id: "debt",
      dimension: "operations",
      lookingFor: "Merge debt as the signal and early slowing as the remedy.",
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
      id: "device",
      minute: 7,
      line: "Purchasing rents us network volumes that sustain 0.4 gigabytes a second. Does that change anything?",
      replies: [
        {
          grade: "weak",
          reply: "No. An LSM tree writes sequentially, so the volume is fast enough.",
          moves: [
            { dimension: "trade-offs", by: -1, why: "34 writes for each byte are bandwidth, sequential or not." },
          ],
        },
        {
          grade: "acceptable",
          reply: "Then the writes of levels become the limit. I would look at tiers, which write less.",
          moves: [{ dimension: "trade-offs", by: 1, why: "Right direction, without machines." }],
        },
        {
          grade: "strong",
          reply:
            "It flips the policy. Levels would need about 53 machines for the writes, tiers still 27 for the bytes, and those carry the writes easily. The break-even is 0.8 gigabytes a second. Tiers cost me space and more runs for each scan, so I would ask how often keys are overwritten and whether scans matter, and keep the policy a setting.",
          moves: [
            { dimension: "trade-offs", by: 2, why: "Computes both sides, names the break-even and its conditions." },
            { dimension: "estimation", by: 1, why: "Uses the estimate again with one input changed." },
          ],
        },
      ],
    },
    {
      id: "hot-key",
      minute: 40,
      line: "One key takes a tenth of all reads. You have twelve machines; I give you twelve more.",
      replies: [
        {
          grade: "weak",
          reply: "Good, consistent hashing spreads the load over all of them.",
          moves: [{ dimension: "operations", by: -1, why: "Hashing spreads keys. This is one key." }],
        },
        {
          grade: "acceptable",
          reply: "More machines do not help one key. I would cache it in front of the store.",
          moves: [{ dimension: "operations", by: 1, why: "Sees that the key has one owner." }],
        },
        {
          grade: "strong",
          reply:
            "A machine's fair part is eight percent of the reads, so one key is more than a machine, and twelve more change nothing. Where the read may be a second old, the routers keep the value for that second: twenty routers ask twenty times a second. Where it must be current, they hold a lease that the owner takes back before the value changes. I find such keys with a sketch at each owner and alarm on the first.",
          moves: [
            { dimension: "operations", by: 2, why: "Bound, two remedies by freshness, and how it is found." },
            { dimension: "estimation", by: 1, why: "Knows at which share one key needs a remedy." },
          ],
        },
      ],
    },
  ],
  change: {
    ...reservation,
    breaks:
      "Leaderless quorums with timestamps: two callers compare the same old value and both succeed. Types that merge: no merge can refuse. Leaders that check against a state that is not yet committed.",
    modelAnswer:
      "The check and the write must be one step in one order. With a leader that is a record in its log, answered when a majority has it. Without one it is a round of consensus for the key, at several round trips, or the stock is split into shares that each side may sell without asking. After a time-out the caller asks again with the same id.",
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
            line: "A colleague proposes three replicas, two for writes and two for reads, and no leader, because that is strongly consistent too.",
            modelAnswer:
              "It overlaps, and that is not the same. A write has reached A only. Read one asks A and B and returns the new value. Read two, later, asks B and C and returns the old one. No completed write was missed, and yet a later read is older. The reader can write back to a majority before it answers. Conditional writes need consensus either way.",
            probe: "stale-read",
          },
        ],
        probes: [
          {
            id: "stale-read",
            dimension: "correctness",
            lookingFor: "The counterexample to overlap as linearizability, and write-back.",
            open: "A colleague says that R plus W greater than N is strongly consistent.",
            pointed: "A write has reached one replica so far. Two reads follow, one after the other.",
            giveaway: "The first may see it and the second may not.",
            modelAnswer: "Draws it; regular against linearizable; write-back; conditional writes still need consensus.",
          },
          {
            id: "elected-log",
            dimension: "correctness",
            lookingFor: "Why every elected leader has every acknowledged record, and why length alone does not decide.",
            open: "The leader dies a moment after it said done.",
            pointed: "Two followers are left, with different logs. Which one may lead?",
            giveaway: "The one whose last term is later; within a term the longer one.",
            modelAnswer:
              "Two majorities share a replica; that replica supports only a log as complete; term, then length.",
          },
        ],
        forks: [
          {
            id: "policy",
            minute: 20,
            line: "Wait for all three replicas. Then nothing can be lost.",
            replies: [
              {
                grade: "weak",
                reply: "Good, that is the safest. Consistency is more important than latency here.",
                moves: [
                  {
                    dimension: "trade-offs",
                    by: -1,
                    why: "Any machine that is down now stops the writes of its ranges.",
                  },
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
                  "At 99.9 percent for each machine, all of three are down 129 minutes a month, worse than one machine at 43. Two of three lose eight seconds to double failures, and about a second to an election if each machine restarts once. Nothing is lost either way, since the electors share a replica with the writers. The figures assume independent failures, which a deployment is not.",
                moves: [
                  { dimension: "trade-offs", by: 2, why: "Quantified, elections included, with the assumption named." },
                  { dimension: "correctness", by: 1, why: "Knows why two are enough." },
                ],
              },
            ],
          },
        ],
        boards: [logBoard],
        change: {
          minute: 28,
          line: "A second region has to take writes too, also while the link between the regions is down.",
          breaks:
            "One leader for each range: the side without a majority refuses. A majority over two regions exists in neither alone.",
          modelAnswer:
            "Ask which tables. Where a write may be merged later, such as a basket, both sides write and keep siblings or use a type that merges, and a read may be undone. Where there must be one order, such as stock, one side refuses: three places vote, or each region holds a share that it may sell without asking. It is a property of the table, and the callers see it in its definition.",
        },
        signals: {
          correctness: [
            { id: "electors-share", says: "Says why an elected leader has every acknowledged record." },
            { id: "reads-prove", says: "Lets a leader prove that it still leads before a current read." },
          ],
          "trade-offs": [
            { id: "all-or-majority", says: "Weighs all against a majority in minutes, elections included." },
          ],
        },
      },
      {
        id: "quorum",
        title: "A quorum without a leader",
        sign: "Any node coordinates; a write waits for W homes, a read for R.",
        prompts: [
          {
            minute: 33,
            line: "A replica was away for two weeks and comes back with its disk.",
            modelAnswer:
              "Longer than tombstones are kept. If it rejoins, its old values look like news, and anti-entropy restores deleted keys everywhere. So it is rebuilt, not rejoined. Within the grace: hints for the first hours, then hash trees. And every range is repaired well within the grace, with an alarm on the last repair.",
            probe: "resurrection",
          },
        ],
        probes: [
          {
            id: "overlap-schedule",
            dimension: "correctness",
            lookingFor: "The counterexample to overlap as linearizability, and write-back with its price.",
            open: "What may a read return while a write is under way?",
            pointed: "A write has reached one replica so far. Two reads follow, one after the other.",
            giveaway: "The first may see it and the second may not.",
            modelAnswer: "Draws it; overlap is about completed writes; write back to a majority before the answer.",
          },
          {
            id: "resurrection",
            dimension: "correctness",
            lookingFor: "Tombstone grace against repair, and the rule that rebuilds a replica.",
            open: "A replica was away for two weeks.",
            pointed: "It missed a delete, and the tombstone is gone everywhere else. What does the comparison do?",
            giveaway: "It brings the key back.",
            modelAnswer: "Grace longer than the time between repairs; rebuild after a longer absence; alarm.",
          },
          {
            id: "same-server",
            dimension: "correctness",
            lookingFor: "Version vectors by server, and a dot for each write.",
            open: "Two clients that read the same version write through the same server.",
            pointed: "With one counter for each server, does the second write contain the first?",
            giveaway: "It seems to, and buries it.",
            modelAnswer: "An entry for each server; a dot beside the vector that the writer had read.",
          },
        ],
        forks: [
          {
            id: "strong-by-overlap",
            minute: 20,
            line: "Two of three for writes, two of three for reads. So it is strongly consistent.",
            replies: [
              {
                grade: "weak",
                reply: "Yes. R plus W is greater than N, so every read sees the latest write.",
                moves: [{ dimension: "correctness", by: -1, why: "Overlap is a statement about completed writes." }],
              },
              {
                grade: "acceptable",
                reply: "Not while a write is under way: one read may see it and the next may not.",
                moves: [{ dimension: "correctness", by: 1, why: "Names the case, without the schedule or a cure." }],
              },
              {
                grade: "strong",
                reply:
                  "It meets completed writes. Say the write has reached A: reader one asks A and B and returns new, reader two asks B and C and returns old, later. The reader can write back to a majority first, which is a second round for reads that differ. Then reads and overwrites are linearizable, and a conditional write still is not: that needs Paxos for the key.",
                moves: [
                  { dimension: "correctness", by: 2, why: "Schedule, cure with its price, and the limit of the cure." },
                ],
              },
            ],
          },
        ],
        boards: [quorumBoard],
        change: {
          ...reservation,
          breaks: "Two callers compare the same old value at overlapping quorums, and both succeed.",
          modelAnswer:
            "Overlap does not decide between two writers. Either these tables get a leader, or the conditional write runs a round of consensus for the key, as Cassandra's lightweight transactions do: several round trips, and such keys must then be written only that way. I would keep the quorum for the baskets and give stock its own kind of table.",
        },
        signals: {
          correctness: [
            { id: "schedule-drawn", says: "Draws the later read that is older, instead of asserting it." },
            { id: "rebuilds-late", says: "Rebuilds a replica that was away for longer than tombstones are kept." },
          ],
          "trade-offs": [{ id: "price-of-cas", says: "Says what a conditional write costs without a leader." }],
        },
      },
      {
        id: "merging",
        title: "Types that merge",
        sign: "Every node takes writes; the value's type merges what meets.",
        prompts: [
          {
            minute: 33,
            line: "A customer removes an item on one side and changes its number on the other. What is in the basket?",
            modelAnswer:
              "That is the type's rule, so I choose it and write it down. A set that names each addition: the removal takes away the names that it had seen, and the change made a new one, so the item stays with the new number. A plain union would bring back everything that was ever removed.",
            probe: "removal",
          },
        ],
        probes: [
          {
            id: "removal",
            dimension: "correctness",
            lookingFor: "Removals that name the additions they had seen, and the rule for concurrent ones.",
            open: "An item is removed on one side and changed on the other.",
            pointed: "You merge by union. What happens to the removed item?",
            giveaway: "It comes back.",
            modelAnswer:
              "Named additions; a removal lists those it had seen; concurrent addition wins, and that is written down.",
          },
          {
            id: "merge-laws",
            dimension: "correctness",
            lookingFor: "Commutative, associative, idempotent, and why each is needed.",
            open: "Updates arrive twice, late and in another order. Why do the replicas agree?",
            pointed: "A replica merges the same update twice. Does a counter count it twice?",
            giveaway: "Not if the merge takes the larger entry for each server.",
            modelAnswer: "Three laws, each for one fault of the network; counters by server; a retry needs an id.",
          },
        ],
        forks: [
          {
            id: "merge-stock",
            minute: 20,
            line: "Everything merges. So stock merges, too.",
            replies: [
              {
                grade: "weak",
                reply: "Yes, a counter that goes up and down is a CRDT.",
                moves: [
                  { dimension: "correctness", by: -1, why: "Both sides may sell the last piece; the merge finds -1." },
                ],
              },
              {
                grade: "acceptable",
                reply: "It merges, but it can go below zero when both sides sell the last piece.",
                moves: [{ dimension: "correctness", by: 1, why: "Sees that the bound is not kept." }],
              },
              {
                grade: "strong",
                reply:
                  "The number merges and the rule does not: no merge can refuse, so nothing keeps it above zero. Either each side holds a share that it may sell without asking, and shares move by agreement, or stock has one leader. The first never sells twice, and refuses while the other side still has some.",
                moves: [
                  { dimension: "correctness", by: 2, why: "Separates convergence from an invariant, with two cures." },
                  { dimension: "trade-offs", by: 1, why: "Says which refusal each cure costs." },
                ],
              },
            ],
          },
        ],
        boards: [mergingBoard],
        change: {
          ...reservation,
          breaks:
            "A type that merges never refuses: two callers reserve the last piece, and the merge finds out later.",
          modelAnswer:
            "No merge keeps a bound. Stock goes into a table with one order: a leader for each range, where the check and the write are one step; or into shares, one for each side, that may be sold without asking and are given up before they are granted elsewhere. The baskets stay as they are. It is a second promise, so the table's definition says which it has.",
        },
        signals: {
          correctness: [
            { id: "laws-for-faults", says: "Ties each law of the merge to a fault of the network." },
            { id: "bound-not-kept", says: "Says that no merge keeps a bound, and what does." },
          ],
          "trade-offs": [{ id: "whose-refusal", says: "Says which side is refused, and when, under each cure." }],
        },
      },
    ],
  },
  signals: {
    framing: [
      { id: "loss-by-failure", says: "States durability as a list of failures." },
      { id: "freshness-per-read", says: "Chooses freshness for each read, and says which caller needs it." },
      { id: "out-with-reason", says: "Says what is out, and where it goes instead." },
    ],
    estimation: [
      { id: "amplification-machines", says: "Turns write and space amplification into machines." },
      { id: "device-break-even", says: "Names the device speed at which the choice flips." },
    ],
    interfaces: [
      { id: "conditional-put", says: "Has conditional writes in the contract." },
      { id: "unknown-outcome", says: "Makes the unknown outcome part of the contract." },
    ],
    design: [
      { id: "map-apart", says: "Keeps the map of ranges out of the path of requests." },
      { id: "keys-for-scans", says: "Chooses keys inside a shard for scans and batches." },
    ],
    correctness: [
      { id: "sync-then-answer", says: "Syncs before the answer, shares the sync, and stops when it fails." },
      { id: "flush-order", says: "Puts table, manifest, directory and log in order under a crash." },
    ],
    "trade-offs": [{ id: "regret-condition", says: "Names the condition for regret, with a number or a requirement." }],
    operations: [
      { id: "rebuild-time", says: "Computes how long a machine's rebuild takes, and what a second loss then does." },
      { id: "reads-before-writes", says: "Ships readers of a format before writers." },
      { id: "alert-early", says: "Alerts on a signal that comes before the outage." },
    ],
    communication: [
      { id: "offers-dives", says: "Offers the dives, and checks that they suit." },
      { id: "corrects-itself", says: "Says so when something was wrong, and repairs it." },
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
  followUps: [compactionDebt, fsyncFails, staleLeader, readRepairHarm, deletedComesBack, replaceNode, casWithoutLeader],
};
