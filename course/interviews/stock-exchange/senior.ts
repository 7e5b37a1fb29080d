import type { Sheet } from "../../interview.ts";
import { seniorBoards } from "./boards.ts";
import {
  brokenConnection,
  crossedMessages,
  divergence,
  locks,
  lostPacket,
  opening,
  sharedMemory,
  snapshots,
} from "./follow-ups.ts";

export const senior: Sheet = {
  level: "senior",
  opening: "Design a stock exchange. It has to be fair, it has to be fast, and after a crash the books must be right.",
  after:
    "Do you let the arithmetic choose one thread and one machine, put the number and the journal before the match, and know what a ring, a copy and a standby each promise? Two components in depth, one of them under failure.",
  phases: [
    {
      title: "Scope and numbers",
      startMinute: 0,
      endMinute: 5,
      goal: "Requirements with numbers; what is out and why.",
    },
    {
      title: "The deciding estimates",
      startMinute: 5,
      endMinute: 8,
      goal: "One thread is enough; hand-overs and the copy are the budget.",
    },
    {
      title: "Contract and book",
      startMinute: 8,
      endMinute: 12,
      goal: "Commands, numbered events, integers, a replace that names the total.",
    },
    {
      title: "End to end",
      startMinute: 12,
      endMinute: 22,
      goal: "Order path and data path apart; the way back; every box tied to a requirement.",
    },
    {
      title: "Two deep dives",
      startMinute: 22,
      endMinute: 38,
      goal: "The book with its costs, and one sequence under failure.",
    },
    {
      title: "Failure, rollout, cost",
      startMinute: 38,
      endMinute: 43,
      goal: "Overload at the gateway, failover with a figure, how a version goes live.",
    },
    { title: "Summary", startMinute: 43, endMinute: 45, goal: "Design, promise, regret condition." },
  ],
  prompts: [
    {
      minute: 2,
      line: "Assume what you need and tell me.",
      modelAnswer:
        "A billion orders in 6.5 hours, a hundred symbols, a millisecond at the 99th percentile at the gateway, four nines of the session: 2.3 seconds a day. Nothing acknowledged is lost, nothing reported twice, the day replays to the same trades. Price, then arrival. Out: settlement, margin, other venues.",
      probe: "numbers",
    },
    {
      minute: 6,
      line: "How many machines match orders?",
      modelAnswer:
        "One thread of one. 214,000 a second at the peak leave 4.7 microseconds, and a match takes about 0.2: four per cent busy. What costs is handing over: five hand-overs through brokers are 2.5 milliseconds, two and a half times the limit; through memory, 1.5 microseconds. And a copy on a second machine, 50, is half of what remains.",
      probe: "deciding-number",
    },
    {
      minute: 10,
      line: "A client sends a replace while its order is being filled. What does your contract say?",
      modelAnswer:
        "The quantity is the order's total, what has traded included. So it does not matter which came first: 100 resting, replace to 150, 60 trade: 90 are left either way. With lots left as the meaning, 210 would be bought. The place in line is kept only for fewer lots at the same price.",
      probe: "replace-total",
    },
    {
      minute: 14,
      line: "Where does an order get its place, and when may it be matched?",
      modelAnswer:
        "At the sequencer, one place, one number without a gap. It is matched once it is safe: in the journal of a second machine's memory, then on disks in groups. After that the engine may trade and tell. The other way round, a trade can be told and then forgotten, and that cannot be taken back.",
      probe: "journal-first",
    },
    {
      minute: 18,
      line: "How do your components talk to each other?",
      modelAnswer:
        "Rings in shared memory, one writer and one reader each. The writer fills the slot and then stores its index atomically; the reader loads the index and then reads the slot. No locks, since each index has one owner. Long enough for a pause of 10 ms: 4,096 slots. When it is full, the writer stops, and the gateway refuses.",
    },
    {
      minute: 23,
      line: "Take me through the book, with costs.",
      modelAnswer:
        "Orders are records in one array, linked in a queue at each price. A table leads from id to order: cancel is constant, wherever it stands. Levels are an array by tick with bits for those that hold orders, so the next price after a sweep is a few steps away. A sweep costs what it fills. With a list alone a cancel walks 50,000 orders: a thousand times the budget.",
      probe: "book-costs",
    },
    {
      minute: 33,
      line: "The machine dies in the middle of a match. Go.",
      modelAnswer:
        "The standby on the other machine has applied the same inputs and computed the same outputs, silently. It is noticed after 100 ms, fenced and switched after 250. Outputs are named by their input's number and their place in it; gateways say what they have, and get the rest. The old engine's messages carry an older epoch and are refused. Replay from a snapshot would take 26 seconds.",
      probe: "mid-match",
    },
    {
      minute: 39,
      line: "The engine becomes slow. Who notices, and what do they see?",
      modelAnswer:
        "Its ring fills, then the manager's; the gateway refuses new orders with a reason, before money is held or a number given. Cancels have a reserve. We page on the age of the oldest message that the engine has not read, not on the length. A longer ring would only make everybody's orders older.",
      probe: "overload",
    },
    {
      minute: 43,
      line: "What would make you regret this design?",
      modelAnswer:
        "If latency did not matter and products multiplied: then services on a broker are easier to own. If one symbol needed more than 23 times today's peak. If the law asked for two sites with nothing lost: then the copy costs what light takes, and a millisecond is gone.",
    },
  ],
  boards: seniorBoards,
  hintBudget: 2,
  probes: [
    {
      id: "numbers",
      dimension: "framing",
      lookingFor: "Numeric requirements unasked, the downtime of a session computed, and what is out.",
      open: "Assume what you need and tell me.",
      pointed: "How long may it stand still on one day?",
      giveaway: "Four nines of six and a half hours are 2.3 seconds.",
      modelAnswer: "Rate, latency, downtime, replay; settlement and margin out.",
    },
    {
      id: "deciding-number",
      dimension: "estimation",
      lookingFor: "That work per order is small and hand-overs are not.",
      open: "How many machines match orders?",
      pointed: "How long has one thread for an order, and how long does it need?",
      giveaway: "Almost five microseconds, and it needs a fifth of one.",
      modelAnswer:
        "4.7 against 0.2 microseconds; brokers at two and a half times the limit; the copy half of the rest.",
    },
    {
      id: "replace-total",
      dimension: "interfaces",
      lookingFor: "The crossing of replace and fill, solved by what the quantity means.",
      open: "A client sends a replace while its order is being filled.",
      pointed: "A hundred rest, it asks for a hundred and fifty, sixty trade. How many does it end up with?",
      giveaway: "The quantity should be the total.",
      modelAnswer: "Total with what has traded; place kept only for fewer at the same price; unknown order by name.",
    },
    {
      id: "journal-first",
      dimension: "correctness",
      lookingFor: "One number in one place, durable before matched and before told.",
      open: "Where does an order get its place, and when may it be matched?",
      pointed: "You report a trade and lose power. What does the journal say?",
      giveaway: "It has to be written before you match.",
      modelAnswer: "Input journaled and copied before; told after; group sync; why not timestamps.",
    },
    {
      id: "book-costs",
      dimension: "correctness",
      lookingFor: "Constant cancel, next price without walking, sweep by what it fills.",
      open: "Take me through the book, with costs.",
      pointed: "Cancel in the middle of a long queue; and then a sweep empties the best level.",
      giveaway: "An id table, links in the orders, and bits over the levels.",
      modelAnswer: "Four structures, their costs, and the figure for a list alone.",
    },
    {
      id: "mid-match",
      dimension: "correctness",
      lookingFor: "A silent standby, outputs with names, a fence; nothing twice, nothing lost.",
      open: "The machine dies in the middle of a match.",
      pointed: "One of three executions was sent. What does the standby send?",
      giveaway: "The two others: outputs are numbered, and the gateway says what it has.",
      modelAnswer: "Same inputs, same outputs, suppressed; resume by number; epoch refuses the old one.",
    },
    {
      id: "overload",
      dimension: "operations",
      lookingFor: "Backpressure to the gateway, cancels kept working, age as the signal.",
      open: "The engine becomes slow. Who notices?",
      pointed: "The ring in front of it is full. What does the order manager do?",
      giveaway: "It stops reading, and the gateway refuses.",
      modelAnswer: "Refuse before hold and number; reserve for cancels; page on age.",
    },
  ],
  forks: [
    {
      id: "broker",
      minute: 15,
      line: "Put Kafka between the services, then you have the journal for free.",
      replies: [
        {
          grade: "weak",
          reply: "Good point, it is durable and replayable, and it scales by partition.",
          moves: [{ dimension: "trade-offs", by: -1, why: "2.5 milliseconds of hand-overs against a limit of one." }],
        },
        {
          grade: "acceptable",
          reply: "It costs milliseconds a hop. I would use it behind the engine, for reports and clearing.",
          moves: [{ dimension: "trade-offs", by: 1, why: "Places it where its latency does no harm." }],
        },
        {
          grade: "strong",
          reply:
            "Five hand-overs of half a millisecond are two and a half times our limit, so not on the path. The idea is right: one log, before the match. I would have it in the memory of two machines, 50 microseconds, and on disks in groups. Behind it, a broker is fine for whoever may be late. If the limit were 50 ms, I would take your proposal.",
          moves: [
            { dimension: "trade-offs", by: 2, why: "Quantified, keeps the good half, names the condition." },
            { dimension: "design", by: 1, why: "Path and readers are kept apart." },
          ],
        },
      ],
    },
    {
      id: "shm",
      minute: 26,
      line: "Everything is in a memory-mapped file, so a crash loses nothing.",
      replies: [
        {
          grade: "weak",
          reply: "Right, the file is still there after a restart.",
          moves: [{ dimension: "correctness", by: -1, why: "In /dev/shm it is memory; a machine's death takes it." }],
        },
        {
          grade: "acceptable",
          reply: "It survives the process. For the machine we need a replica or a disk.",
          moves: [{ dimension: "correctness", by: 1, why: "Separates the two crashes." }],
        },
        {
          grade: "strong",
          reply:
            "It survives a process, if the writer publishes its index after the slot. A file in /dev/shm is tmpfs: memory, gone with the machine. Pages that were swapped out are no journal either, and a ring that waits for them stalls, so I would lock it with mlock. Mapped from a disk, the kernel writes it back when it likes, without an order. So: a copy on a second machine before matching, journal synced in groups of about 34, another site behind. Each row survives one more kind of death, and has a price.",
          moves: [
            { dimension: "correctness", by: 2, why: "What survives what, with the publication order." },
            { dimension: "operations", by: 1, why: "Levels of protection with their prices." },
          ],
        },
      ],
    },
    {
      id: "fills-twice",
      minute: 34,
      line: "After the failover, why not let the standby send everything of the last second again? Clients can sort it out.",
      replies: [
        {
          grade: "weak",
          reply: "That is safest, at-least-once.",
          moves: [{ dimension: "correctness", by: -1, why: "A client that counts executions owns too many shares." }],
        },
        {
          grade: "acceptable",
          reply: "Only if executions have ids, so that clients can drop duplicates.",
          moves: [{ dimension: "correctness", by: 1, why: "Sees the condition; leaves the work to every client." }],
        },
        {
          grade: "strong",
          reply:
            "Executions have names that both engines agree on: the input's number and the place among its outputs. The gateway knows what it has sent and drops the rest, so clients see nothing of it. The same names let a client resume after a broken connection. Repetition inside is fine when every effect has a name.",
          moves: [{ dimension: "correctness", by: 2, why: "Deterministic names, checked at one place." }],
        },
      ],
    },
  ],
  change: {
    minute: 28,
    line: "A regulator wants proof: we must be able to show, for any day of the last five years, why each trade happened.",
    breaks:
      "Designs that keep results and not inputs; code that reads clocks or iterates hash maps; replays that run on today's version.",
    modelAnswer:
      "Keep the inputs: 64 GB a day, 242 TB in five years with three copies: 5,600 dollars a month at an object store's list price, a fifth of the machines. Replaying them gives the same trades if the code is deterministic: time is stamped into the input, integers only, nothing random. Keep the versions too: each day names the build that ran, and a change of behavior is switched on by an input in the sequence. Hash the state at the end of each day and file the hash elsewhere. Then the proof is a replay that anybody can watch, and it is tested every night, by replaying yesterday.",
  },
  signals: {
    framing: [
      { id: "downtime-session-number", says: "Downtime of a session as a number." },
      { id: "replay-requirement-feature", says: "Replay as a requirement and not a feature." },
    ],
    estimation: [
      { id: "four-per-cent", says: "Four per cent busy, and the conclusion." },
      { id: "hand-overs-against", says: "Hand-overs against the limit." },
    ],
    interfaces: [
      { id: "total-quantity", says: "Total quantity." },
      { id: "outputs-named-inputs", says: "Outputs named by inputs." },
    ],
    design: [
      { id: "sequence-everything-else", says: "One sequence, everything else a reader." },
      { id: "data-path-apart", says: "Data path apart from the order path." },
    ],
    correctness: [
      { id: "durable-matched", says: "Durable before matched." },
      { id: "constant-cancel-structure", says: "Constant cancel with the structure named." },
      { id: "published-written-reason", says: "Published after written, with the reason." },
    ],
    "trade-offs": [
      { id: "broker-against-memory", says: "Broker against memory with figures and a condition." },
      { id: "each-copy-survives", says: "What each copy survives." },
    ],
    operations: [
      { id: "refusal-gateway-cancels", says: "Refusal at the gateway, cancels kept." },
      { id: "failover-budget-against", says: "Failover budget against its steps." },
    ],
    communication: [
      { id: "drives-checks-phase", says: "Drives, checks in at phase ends." },
      { id: "cuts-branch-when", says: "Cuts a branch when the clock asks for it." },
    ],
  },
  redFlags: [
    { id: "no-path", dimension: "design", behavior: "No path from an order to an execution at minute 30." },
    {
      id: "match-first",
      dimension: "correctness",
      behavior: "Matches before the input is durable, after being asked what the journal says.",
    },
    {
      id: "clock-priority",
      dimension: "correctness",
      behavior: "Holds that synchronized clocks give priority, after being asked about an earlier stamp on its way.",
    },
    { id: "hint-ignored", dimension: "communication", behavior: "Ignores the same hint twice." },
    {
      id: "invented",
      dimension: "correctness",
      behavior: "Defends an invented fact about a product after it was challenged.",
    },
  ],
  followUps: [snapshots, divergence, crossedMessages, brokenConnection, lostPacket, opening, sharedMemory, locks],
};
