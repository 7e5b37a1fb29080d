import type { Sheet } from "../../interview.ts";
import { seniorBoards } from "./boards.ts";
import { seniorDesigns } from "./designs.ts";
import {
  brokenConnection,
  crossedMessages,
  divergence,
  lostPacket,
  pinning,
  sharedMemory,
  snapshots,
  standbyDies,
} from "./follow-ups.ts";

export const senior: Sheet = {
  level: "senior",
  opening: "Design a stock exchange. It has to be fair, it has to be fast, and after a crash the books must be right.",
  after:
    "Do you let the arithmetic choose one thread and one machine, put the number and the copy before the match, and know what a ring, a journal and a standby each promise? Two components in depth, one of them under failure.",
  phases: [
    {
      title: "Scope and numbers",
      startMinute: 0,
      endMinute: 5,
      goal: "Requirements with numbers; the parts that are left out, and why.",
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
      goal: "Overload at the gateway, a death with a figure, how a version goes live.",
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
        "One thread of one. 214,000 a second at the peak leave 4.7 microseconds, and a match takes about 0.2: four percent busy. Handing over is the cost: four hand-overs through brokers are 2 milliseconds, twice the limit; through memory, 1.2 microseconds. And a copy on a second machine, 50, is half of the time that remains.",
      probe: "deciding-number",
    },
    {
      minute: 10,
      line: "A client sends a replace while its order is being filled. What does your contract say?",
      modelAnswer:
        "The quantity is the order's total, with the lots that have traded. So it does not matter which came first: 100 resting, replace to 150, 60 trade: 90 are left either way. With lots left as the meaning, 210 would be bought. The place in line is kept only for fewer lots at the same price.",
      probe: "replace-total",
    },
    {
      minute: 14,
      line: "Where does an order get its place, and when may it be matched?",
      modelAnswer:
        "At the sequencer, one place, one number without a gap. It is matched once it is safe: in the log of two of three machines, then on disks in groups of about 34. After that the engine may trade and tell. The other way round, a trade can be told and then forgotten, and that cannot be taken back.",
      probe: "journal-first",
    },
    {
      minute: 18,
      line: "How do your components talk to each other?",
      modelAnswer:
        "Rings in shared memory, one writer and one reader each. The writer fills the slot and then stores its index atomically; the reader loads the index and then reads the slot. No locks, since each index has one owner. Long enough for a pause of 10 ms: 4,096 slots. When it is full, the writer stops, and the gateway refuses.",
    },
    {
      minute: 39,
      line: "The engine becomes slow. Who notices, and what do they see?",
      modelAnswer:
        "Its ring fills, then the manager's; the gateway refuses new orders with a reason, before money is held or a number given. Cancels have a reserve. We page on the age of the oldest message that the engine has not read, not on the length. A longer ring would only make all orders older.",
      probe: "overload",
    },
    {
      minute: 41,
      line: "A new version of the engine is ready. How does it go live?",
      modelAnswer:
        "It replays last month and must give the same hash at the end of each day. A change that is meant is switched on by an input in the sequence, so that live, standby and every replay change at the same place. Quiet symbols move first, with the old build ready, and no bit of an old message is used again for a new meaning. The standby takes over once a week, with the settings of production: a standby that never took over is a hope.",
    },
    {
      minute: 43,
      line: "What would make you regret this design?",
      modelAnswer:
        "If latency did not matter and products multiplied: then services on a broker are easier to own. If one symbol needed more than 23 times today's peak. If another site had to have each order before it counts: then light takes the time, and at some 95 km the millisecond is gone.",
    },
  ],
  boards: seniorBoards,
  hintBudget: 2,
  probes: [
    {
      id: "numbers",
      dimension: "framing",
      lookingFor: "Numeric requirements unasked, the downtime of a session computed, and the parts left out.",
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
      modelAnswer: "4.7 against 0.2 microseconds; brokers at twice the limit; the copy half of the rest.",
    },
    {
      id: "replace-total",
      dimension: "interfaces",
      lookingFor: "The crossing of replace and fill, solved by the meaning of the quantity.",
      open: "A client sends a replace while its order is being filled.",
      pointed: "A hundred rest, it asks for a hundred and fifty, sixty trade. How many does it end up with?",
      giveaway: "The quantity should be the total.",
      modelAnswer: "Total with the lots that have traded; place kept only for fewer at the same price; unknown order.",
    },
    {
      id: "journal-first",
      dimension: "correctness",
      lookingFor: "One number in one place, safe before matched and before told.",
      open: "Where does an order get its place, and when may it be matched?",
      pointed: "You report a trade and lose power. What does the journal say?",
      giveaway: "It has to be written before you match.",
      modelAnswer: "Input journaled and copied before; told after; group sync; why not timestamps.",
    },
    {
      id: "book-costs",
      dimension: "correctness",
      lookingFor: "Constant cancel, next price without walking, sweep by the lots that it fills.",
      open: "Choose a part and take it apart.",
      pointed: "Cancel in the middle of a long queue; and then a sweep empties the best level.",
      giveaway: "An id table, links in the orders, and bits over the levels.",
      modelAnswer: "Four structures, their costs, and the figure for a list alone.",
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
          moves: [{ dimension: "trade-offs", by: -1, why: "2 milliseconds of hand-overs against a limit of one." }],
        },
        {
          grade: "acceptable",
          reply: "It costs milliseconds on the way. I would use it behind the engine, for reports and clearing.",
          moves: [{ dimension: "trade-offs", by: 1, why: "Places it where its latency does no harm." }],
        },
        {
          grade: "strong",
          reply:
            "Four hand-overs of half a millisecond are twice our limit, so not on the path. The idea is right: one log, before the match. I would have it in the memory of two machines, 50 microseconds, and on disks in groups. Behind it a broker is fine for readers that may be late. If the limit were 50 ms, I would take your proposal.",
          moves: [
            { dimension: "trade-offs", by: 2, why: "Quantified, keeps the good half, names the condition." },
            { dimension: "design", by: 1, why: "Path and readers are kept apart." },
          ],
        },
      ],
    },
    {
      id: "fills-twice",
      minute: 40,
      line: "After the failover, why not let the standby send everything of the last second again? Clients can sort it out.",
      replies: [
        {
          grade: "weak",
          reply: "That is safest, at-least-once.",
          moves: [{ dimension: "correctness", by: -1, why: "A client that counts reports owns too many shares." }],
        },
        {
          grade: "acceptable",
          reply: "Only if reports have ids, so that clients can drop duplicates.",
          moves: [{ dimension: "correctness", by: 1, why: "Sees the condition; leaves the work to every client." }],
        },
        {
          grade: "strong",
          reply:
            "Reports are numbered through the day, and equal inputs give equal numbers on both engines. The gateway knows the last one that it has sent and drops the rest, so clients see nothing of it. The same numbers let a client resume after a broken connection. Repetition inside is fine when every effect has a name.",
          moves: [{ dimension: "correctness", by: 2, why: "Deterministic names, checked at one place." }],
        },
      ],
    },
  ],
  change: {
    minute: 28,
    line: "The market must open with an auction. Orders come in before, thousands of them cross, and members cancel until the last moment.",
    breaks:
      "Designs that match on arrival; a book that may never be crossed; and the loop that computes a price, looks whether the book has changed, and computes again.",
    modelAnswer:
      "Before the opening, orders rest and may cross; nothing matches. The opening is an input with a number: it closes the book there, and a cancel that comes later is later. Then one pass over the levels finds the price with the most lots; ties go to the smaller remainder, then to the reference price. All of it trades at that price, by priority, and matching goes on as usual. No recomputing: with 500 cancels a second and 20 ms for a round, a loop that waits for a quiet round needs some 22,000 of them. Nasdaq's did not end in 2012. Market data publishes the indicative price before. Standby and replay need nothing new, since the opening is in the sequence.",
  },
  designs: seniorDesigns,
  signals: {
    framing: [
      { id: "downtime-number", says: "States the downtime of a session as a number." },
      { id: "replay-required", says: "Makes the replay of a day a requirement, and says what is left out." },
    ],
    estimation: [
      { id: "four-percent", says: "Computes how busy one thread is, and concludes from it." },
      { id: "handovers-or-commits", says: "Finds the cost outside the match: hand-overs, commits or the copy." },
    ],
    interfaces: [
      { id: "replace-total", says: "Lets a replace name the order's total." },
      { id: "numbers-both-ways", says: "Numbers requests of a client and reports to it." },
    ],
    design: [
      { id: "readers-of-a-log", says: "Builds on one order of inputs, with everything else a reader of it." },
      { id: "data-path-apart", says: "Keeps market data apart from the path of an order." },
    ],
    correctness: [
      { id: "safe-first", says: "Makes an input safe before it is matched and told." },
      { id: "constant-cancel", says: "Cancels in constant time, and names the structure." },
    ],
    "trade-offs": [
      { id: "broker-with-figures", says: "Weighs a broker against memory with figures and a condition." },
      { id: "copies-and-deaths", says: "Says which copy survives which death." },
    ],
    operations: [
      { id: "refuse-at-gateway", says: "Refuses at the gateway under overload, and keeps cancels working." },
      { id: "release-by-replay", says: "Proves a new version by replay, and switches it on in the sequence." },
    ],
    communication: [
      { id: "drives", says: "Chooses where to go deeper and says why." },
      { id: "keeps-clock", says: "Cuts a branch when the clock asks for it." },
    ],
  },
  redFlags: [
    { id: "no-path", dimension: "design", behavior: "No path from an order to a report at minute 30." },
    {
      id: "match-first",
      dimension: "correctness",
      behavior: "Matches before the input is safe, after being asked what the journal says.",
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
  followUps: [standbyDies, snapshots, divergence, crossedMessages, brokenConnection, lostPacket, sharedMemory, pinning],
};
