import type { Sheet } from "../../interview.ts";
import { staffBoards } from "./boards.ts";
import {
  abdLimits,
  compactionDebt,
  deletedComesBack,
  fsyncFails,
  multiKey,
  readRepairHarm,
  replaceNode,
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
      goal: "What each team needs to observe; which of them cannot share a store; build or buy.",
    },
    {
      title: "Simplest design",
      startMinute: 8,
      endMinute: 16,
      goal: "One picture that meets the numbers in one region, with the number that breaks it.",
    },
    {
      title: "Three deep dives",
      startMinute: 16,
      endMinute: 40,
      goal: "Durability, order, convergence; each with an invariant.",
    },
    {
      title: "Migration, cost, ownership",
      startMinute: 40,
      endMinute: 43,
      goal: "How a team moves, how it moves back, what a gigabyte costs, who is woken.",
    },
    { title: "Summary", startMinute: 43, endMinute: 45, goal: "Decision, promise, what would reverse it." },
  ],
  prompts: [
    {
      minute: 2,
      line: "The four teams say that they need strong consistency. All of them.",
      modelAnswer:
        "I would ask each: the link between the regions is down and a write comes. Should it be refused, or accepted and perhaps undone? The balance says refuse. The basket says accept. The session does not care, and wants to be fast. The catalog is written by one job. So that is two promises, not four databases, and not one. And I want to know what consolidation is for: money, people, or an incident.",
      probe: "reframe",
    },
    {
      minute: 7,
      line: "Which number breaks the simple design?",
      modelAnswer:
        "Not the bytes: 5.2 TB, 16 machines. Not the writes, with tiers: 13. The distance: a majority across two regions pays the trip for every write, and two regions have no majority when one is gone. That takes a third place to vote. And the largest team's hottest key, which one leader has to order. A gigabyte costs 1.35 dollars a month with its copies; the people on call cost more.",
      probe: "breaking-number",
    },
    {
      minute: 12,
      line: "Show me the smallest thing that works.",
      modelAnswer:
        "One region: shards, three replicas in three zones, a log with a leader, done on two disks. The other region follows asynchronously and serves stale reads that are labeled so. No leaderless mode yet: it is the next step, for the team that must write while the link is down, and only for its tables.",
    },
    {
      minute: 18,
      line: "Convince me that nothing acknowledged is lost.",
      modelAnswer:
        "Three steps. A record below the durable mark survives a crash: synced before it is answered, a torn tail cut, damage refused. An acknowledged record is on two of three disks. A leader is elected by two of three, who vote only for a log at least as complete, so it has the record. What it needs: a replica that lost its disk must not vote until it has relearned what it promised. And the test: crash at every write of the disk, in simulation, with a checker that knows what was acknowledged.",
      probe: "proof",
    },
    {
      minute: 24,
      line: "Reads are too slow through the leader. Read from any two replicas?",
      modelAnswer:
        "Two of three meet the last completed write and still are not linearizable: a write that has reached one replica is seen by one read and missed by a later one. Options: the follower asks the leader for its commit position and waits; leases with a bound on drift; or the reader writes back to a majority first, as in ABD. Or label the read stale and say by how much. I would ask who needs which before I pay.",
      probe: "observable-order",
    },
    {
      minute: 34,
      line: "Pick the part that worries you most.",
      modelAnswer:
        "Deletes in the leaderless tables. A replica away for longer than tombstones are kept brings them back, and nobody notices for weeks. So: repair of every range well within that time, paged on; a replica that was away for longer is rebuilt and not rejoined; a canary that deletes keys and looks for them later. Second: a bad deployment, which takes all replicas at once and makes every independence figure worthless. Zone by zone, with a backup that was restored last month.",
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
        "If three of four teams need transactions over several keys: then it is a database, and I would buy it. If only one team is left that must write while the link is down: then a merge in its application is cheaper than a second mode for us. If nobody can name the saving: four databases are fine.",
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
      lookingFor: "Distance and the missing third vote, not bytes.",
      open: "Which number breaks the simple design?",
      pointed: "How many regions make a majority when one of two is gone?",
      giveaway: "None. You need a third place to vote.",
      modelAnswer: "Trip for every write; third site; hot key; cost for a gigabyte.",
    },
    {
      id: "proof",
      dimension: "correctness",
      lookingFor: "The chain from fsync to quorum to election, and the condition on replicas that forget.",
      open: "Convince me that nothing acknowledged is lost.",
      pointed: "A replica comes back with an empty disk and votes. Then what?",
      giveaway: "It may elect a leader that lacks what it once acknowledged.",
      modelAnswer: "Durable, two of three, election shares a node; no vote before relearning; crash at every write.",
    },
    {
      id: "observable-order",
      dimension: "correctness",
      lookingFor: "The counterexample to overlap, and three cures with their prices.",
      open: "Read from any two replicas?",
      pointed: "A write has reached one replica. Two reads follow each other.",
      giveaway: "The second may be older than the first.",
      modelAnswer: "Schedule; ReadIndex, lease, write-back; or a stale read that is labeled.",
    },
    {
      id: "blast-radius",
      dimension: "operations",
      lookingFor: "A silent failure with a large radius, its detector and its rehearsal.",
      open: "Pick the part that worries you most.",
      pointed: "Which failure would you learn of from a customer, weeks later?",
      giveaway: "Deleted data that returns.",
      modelAnswer: "Tombstone grace against repair, rebuild rule, canary; correlated failure; restored backup.",
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
            "It is one promise at the price of the dearest: every session write pays a trip across the continent, and the basket refuses customers when the link is down. I would put one question to each team, with their latency as it would be, and write the answers into the table's definition: current, or always writable. One system, two modes, nobody pays for the other's.",
          moves: [
            { dimension: "framing", by: 2, why: "Challenges the requirement with its consequence for each team." },
            { dimension: "trade-offs", by: 1, why: "Makes the choice explicit and reversible per table." },
          ],
        },
      ],
    },
    {
      id: "siblings",
      minute: 26,
      line: "For the always writable tables, last writer wins is simplest.",
      replies: [
        {
          grade: "weak",
          reply: "Yes, with synchronized clocks that is fine.",
          moves: [
            {
              dimension: "correctness",
              by: -1,
              why: "One of two acknowledged writes is dropped, whatever the clocks.",
            },
          ],
        },
        {
          grade: "acceptable",
          reply: "It loses one of two concurrent writes. With version vectors we keep both and the application merges.",
          moves: [{ dimension: "correctness", by: 1, why: "Names the loss and the alternative." }],
        },
        {
          grade: "strong",
          reply:
            "For a session the loss is harmless, so there it is right. For the basket it is not: version vectors with an entry for each server, a dot for each value so that two writes through the same server stay apart, and a merge by type. A union revives removed items, so the basket is a set with removals that are remembered. Entries for clients would be 160 kB for a value of one.",
          moves: [
            { dimension: "correctness", by: 2, why: "Right structure, its known trap, and the merge's own anomaly." },
            { dimension: "trade-offs", by: 1, why: "Says where the simple rule is enough." },
          ],
        },
      ],
    },
    {
      id: "cutover",
      minute: 41,
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
            "One at a time, chosen by what we learn and what a mistake costs. Each step can be undone: shadow writes, compared reads, a share, all; and the old store is kept current from the new one until a quarter has closed without a difference. What we switch off last is the way back. The weekend would save license fees of one month.",
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
    line: "The second region must take writes too, also while the link is down. But stock reservations must never be sold twice.",
    breaks:
      "One promise for all tables. A majority across two regions, which exists in neither alone. Siblings for stock: a merge finds the double sale after the fact.",
    modelAnswer:
      "Two promises for two kinds of table. Baskets: always writable, version vectors, merge by type, converge after the link is back. Stock: one order. Either a leader per item with votes in three places, so that the side with two of three goes on and the other refuses; or split the stock: each region holds a share that it may sell without asking, given up before it is granted elsewhere. The second never sells twice and sells on during the cut, at the price of refusing while the other side still has some. I would want the merchants to choose between the two refusals.",
  },
  signals: {
    framing: [
      { id: "turns-strong-consistency", says: "Turns strong consistency into an observable question." },
      { id: "finds-two-promises", says: "Finds two promises in four teams." },
      { id: "asks-consolidation", says: "Asks what consolidation is for." },
    ],
    estimation: [
      { id: "sees-two-regions", says: "Sees that two regions have no majority alone." },
      { id: "gigabyte-costs-why", says: "Says what a gigabyte costs and why it hardly matters." },
    ],
    interfaces: [
      { id: "promise-part-tables", says: "The promise is part of a table's definition." },
      { id: "stale-reads-labeled", says: "Stale reads are labeled with their bound." },
    ],
    design: [
      { id: "simplest-design-first", says: "Simplest design first, the second mode as a step with a trigger." },
      { id: "third-place-vote", says: "A third place to vote." },
    ],
    correctness: [
      { id: "chain-fsync-quorum", says: "Chain from fsync to quorum to election." },
      { id: "counterexample-overlap-three", says: "Counterexample to overlap, with three cures." },
      { id: "dots-anomaly-union", says: "Dots, and the anomaly of a union." },
    ],
    "trade-offs": [
      { id: "two-kinds-refusal", says: "Two kinds of refusal, and who chooses." },
      { id: "every-step-has", says: "Every step has a way back." },
    ],
    operations: [
      { id: "tombstone-grace-against", says: "Tombstone grace against repair." },
      { id: "correlated-failure-named", says: "Correlated failure named." },
      { id: "restore-rehearsed", says: "Restore rehearsed." },
    ],
    communication: [
      { id: "interviewer-only-chooses", says: "The interviewer only chooses where to look." },
      { id: "opinion", says: "Says what is opinion." },
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
  followUps: [multiKey, abdLimits, replaceNode, deletedComesBack, readRepairHarm, compactionDebt, fsyncFails],
};
