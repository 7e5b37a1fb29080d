import type { Sheet } from "../../interview.ts";
import { logBoard, mergingBoard, quorumBoard, staffBoards } from "./boards.ts";
import {
  casWithoutLeader,
  compactionDebt,
  deletedComesBack,
  fsyncFails,
  readRepairHarm,
  replaceNode,
  splitHotRange,
} from "./follow-ups.ts";

export const staff: Sheet = {
  level: "staff",
  opening:
    "Four teams run four different databases for what is really put and get. Leadership wants one key-value store for all of them, in two regions. What should we do?",
  after:
    "Do you turn consistency into something that a client can observe, and let that choose the protocol? Can you state invariants with proofs or counterexamples, and say how the thing is migrated to, operated, paid for and left again? The interviewer should only choose where to look.",
  phases: [
    {
      title: "Framing",
      startMinute: 0,
      endMinute: 8,
      goal: "The promise that each team needs to observe; teams that cannot share a store; build or buy.",
    },
    {
      title: "Simplest design",
      startMinute: 8,
      endMinute: 16,
      goal: "One picture that meets the numbers in one region, with the number that breaks it.",
    },
    {
      title: "The design's consequences",
      startMinute: 16,
      endMinute: 22,
      goal: "One invariant of the design that was chosen, with its proof or its counterexample.",
    },
    {
      title: "Deep dives, the candidate leads",
      startMinute: 22,
      endMinute: 38,
      goal: "Durability, order, convergence, growth: two or three of them, each with an invariant.",
    },
    {
      title: "Migration, cost, ownership",
      startMinute: 38,
      endMinute: 43,
      goal: "How a team moves, how it moves back, what a gigabyte costs, who is paged.",
    },
    { title: "Summary", startMinute: 43, endMinute: 45, goal: "Decision, promise, what would reverse it." },
  ],
  prompts: [
    {
      minute: 2,
      line: "The four teams say that they need strong consistency. All of them.",
      modelAnswer:
        "I would ask each: the link between the regions is down and a write comes. Should it be refused, or accepted and perhaps undone? The balance says refuse. The basket says accept. The session does not care, and wants to be fast. The catalog is written by one job. So that is two promises, not four databases, and not one. And I want to know the purpose of the consolidation: money, people, or an incident.",
      probe: "reframe",
    },
    {
      minute: 7,
      line: "Which number breaks the simple design?",
      modelAnswer:
        "Not the bytes: 5.2 TB, 12 machines with levels on fast drives. The distance: a majority across two regions pays the trip for every write, 60 to 80 milliseconds, and two regions have no majority when one is gone. That takes a third place to vote. And the hottest key: above eight percent of the reads it is more than a machine. A gigabyte costs about two dollars a month with its copies, more than a third of it for traffic between zones.",
      probe: "breaking-number",
    },
    {
      minute: 12,
      line: "Show me the smallest thing that works.",
      modelAnswer:
        "One region: thousands of ranges, three replicas of each in three zones, done on two disks. The other region follows and serves stale reads that are labeled so. No second mode yet: it is the next step, for the team that must write while the link is down, and only for its tables.",
    },
    {
      minute: 39,
      line: "Pick the failure that worries you most.",
      modelAnswer:
        "Deleted data that comes back: a replica away for longer than tombstones are kept, noticed weeks later. So: repair of every range well within that time, paged on; a replica that was away for longer is rebuilt; a canary that deletes keys and looks for them. Second: the map's group under its own fleet, when all machines ask at once; constant traffic to it, and machines that go on with what they know. Third: a bad deployment, which takes all replicas at once.",
      probe: "blast-radius",
    },
    {
      minute: 41,
      line: "How does the first team move, and how does it move back?",
      modelAnswer:
        "Shadow writes to the new store, compare reads in the background until the difference is explained, then reads from the new one for a share, then writes. The old store is kept current the other way for a month. The first to move is the session store: large enough to teach us, cheap to be wrong with. Teams own their data and their choice of promise; we own the objective, the pager and the bill for each gigabyte.",
      probe: "migration",
    },
    {
      minute: 43,
      line: "What would reverse your decision?",
      modelAnswer:
        "If three of four teams need transactions over several keys: then it is a database, and I would buy it. If only one team is left that must write while the link is down: then a merge in its application is cheaper than a second mode for us. If the saving cannot be named: four databases are fine.",
    },
  ],
  boards: staffBoards,
  hintBudget: 1,
  probes: [
    {
      id: "reframe",
      dimension: "framing",
      lookingFor: "Consistency asked as what a client may observe in a failure; two promises rather than one store.",
      open: "The four teams say that they need strong consistency.",
      pointed: "The link between regions is down and a customer adds to the basket. What should happen?",
      giveaway: "The basket accepts, the balance refuses. That is two promises.",
      modelAnswer: "Asks each team one observable question; questions the purpose of consolidation.",
    },
    {
      id: "breaking-number",
      dimension: "estimation",
      lookingFor: "Distance and the missing third vote, the hot key, the cost; not bytes.",
      open: "Which number breaks the simple design?",
      pointed: "How many regions make a majority when one of two is gone?",
      giveaway: "None. You need a third place to vote.",
      modelAnswer: "Trip for every write; third site; hot key at eight percent; two dollars a gigabyte.",
    },
    {
      id: "move-a-range",
      dimension: "correctness",
      lookingFor: "That the switch is a record in the range's own log, and that an old owner refuses.",
      open: "Move a range to another machine while it takes writes.",
      pointed: "A write is on its way to the old owner when the copy is done. Who acknowledges it?",
      giveaway: "Neither may, unless the switch stands in the same order as the writes.",
      modelAnswer: "Copy, log, record, epoch in the map; refusal names the new owner; retry with the same id.",
    },
    {
      id: "blast-radius",
      dimension: "operations",
      lookingFor: "A silent failure with a large radius, its detector and its rehearsal.",
      open: "Pick the failure that worries you most.",
      pointed: "Which failure would you learn of from a customer, weeks later?",
      giveaway: "Deleted data that returns.",
      modelAnswer: "Tombstone grace against repair, rebuild rule, canary; the map's group; correlated failure.",
    },
    {
      id: "migration",
      dimension: "operations",
      lookingFor: "A way in that can be undone at every step, and an owner for each part.",
      open: "How does the first team move, and how does it move back?",
      pointed: "A week after the switch you find a difference. Which store is right?",
      giveaway: "Keep both current until you know.",
      modelAnswer: "Shadow, compare, share, switch; reverse path kept current; cheap team first; bill and pager named.",
    },
  ],
  forks: [
    {
      id: "one-store",
      minute: 4,
      line: "One store with one mode is simpler. Make everything strongly consistent in both regions.",
      replies: [
        {
          grade: "weak",
          reply: "Fine, we run a majority over both regions.",
          moves: [{ dimension: "framing", by: -1, why: "Two regions have no majority without each other." }],
        },
        {
          grade: "acceptable",
          reply:
            "That makes every write wait for the other region, and needs a third one to vote. Do all teams accept that?",
          moves: [{ dimension: "framing", by: 1, why: "Names the price and asks." }],
        },
        {
          grade: "strong",
          reply:
            "It is one promise at the price of the most expensive: every session write pays a trip across the continent, and the basket refuses customers when the link is down. I would put one question to each team, with their latency as it would be, and write the answers into the table's definition: current, or always writable. One system, two modes, and each team pays for its own.",
          moves: [
            { dimension: "framing", by: 2, why: "Challenges the requirement with its consequence for each team." },
            { dimension: "trade-offs", by: 1, why: "Makes the choice explicit and reversible per table." },
          ],
        },
      ],
    },
    {
      id: "cutover",
      minute: 42,
      line: "Move all four teams in one weekend, then we can switch the old ones off.",
      replies: [
        {
          grade: "weak",
          reply: "We can, with a good checklist.",
          moves: [
            {
              dimension: "operations",
              by: -1,
              why: "Four unknown workloads on an unproven store, without a way back.",
            },
          ],
        },
        {
          grade: "acceptable",
          reply: "One team at a time, smallest first, with a backup.",
          moves: [{ dimension: "operations", by: 1, why: "Limits the radius." }],
        },
        {
          grade: "strong",
          reply:
            "One at a time, chosen by what we learn and what a mistake costs. Each step can be undone: shadow writes, compared reads, a share, all; and the old store is kept current from the new one until a quarter has closed without a difference. The way back is the last thing that we switch off. The weekend would save license fees of one month.",
          moves: [
            { dimension: "operations", by: 2, why: "Reversible steps with a criterion, and the price of haste." },
            { dimension: "communication", by: 1, why: "Answers leadership in its own terms." },
          ],
        },
      ],
    },
  ],
  change: {
    minute: 28,
    line: "The second region must take writes too, also while the link is down. But stock must never be sold twice.",
    breaks:
      "One promise for all tables. A majority across two regions, which exists in neither alone. Siblings or merging types for stock: a merge finds the double sale after the fact.",
    modelAnswer:
      "Two promises for two kinds of table. Baskets: always writable, merged by type, converge after the link is back. Stock: one order. Either a leader for each item with votes in three places, so that the side with two of three goes on and the other refuses; or split the stock: each region holds a share that it may sell without asking, given up before it is granted elsewhere. The second never sells twice and sells on during the cut, and it refuses while the other side still has some. I would want the merchants to choose between the two refusals.",
  },
  designs: {
    minute: 16,
    line: "Two clients write the same key at the same moment. On your board, which part decides what is kept, and what may each client observe?",
    branches: [
      {
        id: "log",
        title: "One log with a leader",
        sign: "One replica of the group orders the writes and sends its log to the others.",
        prompts: [
          {
            minute: 18,
            line: "Convince me that nothing acknowledged is lost.",
            modelAnswer:
              "Three steps. A record below the durable mark survives a crash: synced before it is answered, a torn tail cut, damage refused. An acknowledged record is on two of three disks. A leader is elected by two of three, which support only a log at least as complete, so it has the record. The condition: a replica that lost its disk must not vote under its old name. And the test: crash at every write of the disk, in simulation, with a checker that knows each acknowledgement.",
            probe: "proof",
          },
          {
            minute: 34,
            line: "Reads are too slow through the leader. Read from any two replicas?",
            modelAnswer:
              "Two of three meet the last completed write and still are not linearizable: a write that has reached one replica is seen by one read and missed by a later one. Options: the follower asks the leader for its commit position and waits; leases with a bound on drift; the client carries the last position it has seen. Or label the read stale and say by how much. I would ask which caller needs which before I pay.",
            probe: "observable-order",
          },
        ],
        probes: [
          {
            id: "proof",
            dimension: "correctness",
            lookingFor: "The chain from fsync to quorum to election, and the condition on replicas that forget.",
            open: "Convince me that nothing acknowledged is lost.",
            pointed: "A replica comes back with an empty disk and votes. Then what?",
            giveaway: "It may elect a leader that lacks a record that it once acknowledged.",
            modelAnswer:
              "Durable, two of three, election shares a replica; no vote under the old name; crash everywhere.",
          },
          {
            id: "observable-order",
            dimension: "correctness",
            lookingFor: "The counterexample to overlap, and cures with their prices.",
            open: "Read from any two replicas?",
            pointed: "A write has reached one replica. Two reads follow each other.",
            giveaway: "The second may be older than the first.",
            modelAnswer: "Schedule; ReadIndex, lease, position carried by the client; or a labeled stale read.",
          },
        ],
        forks: [
          {
            id: "timeout-halved",
            minute: 20,
            line: "The pause at a failover is too long. Halve the election time-out.",
            replies: [
              {
                grade: "weak",
                reply: "Yes, then it is half as long.",
                moves: [{ dimension: "correctness", by: -1, why: "A slow sync then looks like a dead leader." }],
              },
              {
                grade: "acceptable",
                reply: "It helps until a slow disk triggers elections. I would watch elections an hour.",
                moves: [{ dimension: "correctness", by: 1, why: "Knows the other side, and its signal." }],
              },
              {
                grade: "strong",
                reply:
                  "At a second, one surprise a month costs a second, and double failures cost eight; so the pause is not yet the larger part, and I would not pay for it with false elections. Hand leadership over before planned restarts, which are most of them. Let a follower ask the others before it stands. Then relate the time-out to the slowest sync, not to a wish.",
                moves: [
                  { dimension: "correctness", by: 2, why: "Break-even, the false alarm, and two better remedies." },
                  { dimension: "estimation", by: 1, why: "Compares the two kinds of downtime." },
                ],
              },
            ],
          },
        ],
        boards: [logBoard],
        signals: {
          correctness: [
            { id: "chain-of-proof", says: "Gives the chain from fsync to quorum to election, with its condition." },
            { id: "pays-for-reads", says: "Names cures for stale reads with their prices." },
          ],
        },
      },
      {
        id: "quorum",
        title: "A quorum without a leader",
        sign: "Any node coordinates; a write waits for W homes, a read for R.",
        prompts: [
          {
            minute: 18,
            line: "State the promise of your reads as something that a client can check.",
            modelAnswer:
              "A read meets every write that W homes had acknowledged before it began, and nothing is said about writes under way: one read may see such a write and a later one miss it. With write-back, of two reads the later is never older. With a sloppy quorum not even the first holds. A checker records calls with their starts and ends, and searches for an order that explains them.",
            probe: "checkable-promise",
          },
          {
            minute: 34,
            line: "Callers begin to see five values where they wrote two.",
            modelAnswer:
              "Siblings pile up. Either a client writes without the context of a read, or vectors count servers without a dot for each write, so concurrent writes through one server cannot be told apart and are kept or lost together. I would look at siblings for each client, fix the client, and check that each value has its own dot. Until then each read pays for all of them.",
            probe: "sibling-growth",
          },
        ],
        probes: [
          {
            id: "checkable-promise",
            dimension: "correctness",
            lookingFor: "Overlap stated exactly, with its limit under writes in flight and stand-ins.",
            open: "State the promise of your reads as something that a client can check.",
            pointed: "A write has reached one replica. Two reads follow each other.",
            giveaway: "The second may be older than the first.",
            modelAnswer: "Completed writes met; write-back for order; sloppy gives neither; a checker over histories.",
          },
          {
            id: "sibling-growth",
            dimension: "correctness",
            lookingFor: "Context and dots, and the signal that shows them missing.",
            open: "Callers see five values where they wrote two.",
            pointed: "Two clients write through one server with the same context. What does the vector say?",
            giveaway: "That the second contains the first, unless each write has a dot.",
            modelAnswer: "Client without context, or no dots; siblings per key as an alarm.",
          },
        ],
        forks: [
          {
            id: "clock-wins",
            minute: 20,
            line: "For the always writable tables, last writer wins is simplest.",
            replies: [
              {
                grade: "weak",
                reply: "Yes, with synchronized clocks that is fine.",
                moves: [
                  {
                    dimension: "correctness",
                    by: -1,
                    why: "One of two acknowledged writes is dropped, however good the clocks.",
                  },
                ],
              },
              {
                grade: "acceptable",
                reply:
                  "It loses one of two concurrent writes. With version vectors we keep both and the application merges.",
                moves: [{ dimension: "correctness", by: 1, why: "Names the loss and the alternative." }],
              },
              {
                grade: "strong",
                reply:
                  "For a session the loss is harmless, so there it is right. For the basket it is not: version vectors with an entry for each server, a dot for each value so that two writes through the same server stay apart, and a merge by type. A union revives removed items, so the basket is a set with removals that are remembered. Entries for clients would be 160 kilobytes for a value of one.",
                moves: [
                  {
                    dimension: "correctness",
                    by: 2,
                    why: "Right structure, its known trap, and the merge's own anomaly.",
                  },
                  { dimension: "trade-offs", by: 1, why: "Says where the simple rule is enough." },
                ],
              },
            ],
          },
        ],
        boards: [quorumBoard],
        signals: {
          correctness: [
            { id: "promise-exact", says: "States the overlap exactly, with the schedule beyond it." },
            { id: "dots-and-context", says: "Knows why siblings grow without contexts or dots." },
          ],
        },
      },
      {
        id: "merging",
        title: "Types that merge",
        sign: "Every node takes writes; the value's type merges what meets.",
        prompts: [
          {
            minute: 18,
            line: "Convince me that all replicas come to hold the same value.",
            modelAnswer:
              "The merge is commutative, associative and idempotent, so the value depends only on the set of updates and not on their order or number. Every update reaches every replica: hints for the short absence, comparison of hash trees for the rest. So when updates stop, all are equal. It bounds no time, and it says nothing about a read before: that may be undone.",
            probe: "convergence",
          },
          {
            minute: 34,
            line: "The counters of one tenant take more memory than its values.",
            modelAnswer:
              "Entries for clients instead of servers, or names of removed elements that are never dropped. An entry for each server is bounded. Names of removed additions can go when all replicas have seen the removal, which the comparison can tell. I would alarm on the size of the metadata against the value.",
            probe: "metadata",
          },
        ],
        probes: [
          {
            id: "convergence",
            dimension: "correctness",
            lookingFor: "The three laws, delivery, and what convergence does not promise.",
            open: "Convince me that all replicas come to hold the same value.",
            pointed: "An update arrives twice, or in another order. Which law saves you?",
            giveaway: "Idempotence for the repetition, commutativity for the order.",
            modelAnswer: "Three laws, delivery by hints and comparison; no bound in time; reads before may be undone.",
          },
          {
            id: "metadata",
            dimension: "correctness",
            lookingFor: "Where the metadata grows and when it may be dropped.",
            open: "Counters take more memory than values.",
            pointed: "Who has an entry in the counter?",
            giveaway: "Each client, and clients come without end.",
            modelAnswer: "Entries by server; removed names dropped when all replicas have seen the removal.",
          },
        ],
        forks: [
          {
            id: "all-merge",
            minute: 20,
            line: "If types merge, we need no other mode. Put all four teams on it.",
            replies: [
              {
                grade: "weak",
                reply: "Yes, that is the most available design.",
                moves: [{ dimension: "correctness", by: -1, why: "A balance cannot be refused by a merge." }],
              },
              {
                grade: "acceptable",
                reply: "The balance team cannot: it needs to refuse.",
                moves: [{ dimension: "correctness", by: 1, why: "Finds the team that does not fit." }],
              },
              {
                grade: "strong",
                reply:
                  "A merge keeps no bound, so balances and stock need one order, or shares. The catalog is written by one job and needs neither. So merging is right for baskets and sessions, and I would rather run one log for the other two than teach a balance to apologize. Two modes, stated in the table's definition.",
                moves: [
                  { dimension: "correctness", by: 2, why: "The limit as a law, and the fitting tables by name." },
                  { dimension: "trade-offs", by: 1, why: "Weighs a second mode against the apology." },
                ],
              },
            ],
          },
        ],
        boards: [mergingBoard],
        signals: {
          correctness: [
            { id: "laws-and-delivery", says: "Proves convergence from the laws and from delivery." },
            {
              id: "limit-of-merging",
              says: "States which invariant no merge keeps, and for which tables that matters.",
            },
          ],
        },
      },
    ],
  },
  signals: {
    framing: [
      { id: "observable-question", says: "Turns strong consistency into an observable question." },
      { id: "two-promises", says: "Finds two promises in four teams." },
      { id: "purpose", says: "Asks for the purpose of the consolidation." },
    ],
    estimation: [
      { id: "no-majority-of-two", says: "Sees that two regions have no majority alone, and what the trip costs." },
      { id: "gigabyte-price", says: "Says what a gigabyte costs, and what part of it is traffic." },
    ],
    interfaces: [
      { id: "promise-in-table", says: "Makes the promise part of a table's definition." },
      { id: "labeled-stale", says: "Labels stale reads with their bound." },
    ],
    design: [
      { id: "simplest-first", says: "Draws the simplest design first, and the second mode as a step with a trigger." },
      { id: "grows-by-ranges", says: "Grows by ranges and a map, with a switch that no write falls through." },
    ],
    correctness: [{ id: "names-its-test", says: "Says how the claim would be tested, with the faults." }],
    "trade-offs": [
      { id: "chooser-of-refusal", says: "Names two kinds of refusal, and who chooses between them." },
      { id: "steps-undone", says: "Gives every step a way back." },
    ],
    operations: [
      { id: "grace-and-repair", says: "Holds the tombstone grace against the repair, with an alarm." },
      { id: "correlated", says: "Names a correlated failure: a deployment, or the map under its own fleet." },
      { id: "restore-rehearsed", says: "Rehearses the restore, or the way back." },
    ],
    communication: [
      { id: "drives", says: "Lets the interviewer only choose where to look." },
      { id: "says-opinion", says: "Says which statements are opinions." },
    ],
  },
  redFlags: [
    { id: "no-path", dimension: "design", behavior: "No working path on the board at minute 30." },
    {
      id: "solution-first",
      dimension: "framing",
      behavior: "Designs for ten minutes without asking what the teams must observe, and again after the first probe.",
    },
    {
      id: "overlap-is-order",
      dimension: "correctness",
      behavior: "Keeps calling overlapping quorums linearizable after the schedule was drawn.",
    },
    {
      id: "invented",
      dimension: "correctness",
      behavior: "Defends an invented fact about a product or paper after it was challenged.",
    },
    {
      id: "no-way-back",
      dimension: "operations",
      behavior: "Cannot say how a team returns to its old store, when asked.",
    },
  ],
  followUps: [
    splitHotRange,
    casWithoutLeader,
    replaceNode,
    deletedComesBack,
    readRepairHarm,
    compactionDebt,
    fsyncFails,
  ],
};
