import type { Sheet } from "../../interview.ts";
import { midBoards } from "./boards.ts";
import { midDesigns } from "./designs.ts";
import { brokenConnection, crossedMessages, locks, lostPacket, opening, sharedMemory } from "./follow-ups.ts";

export const mid: Sheet = {
  level: "mid",
  opening:
    "Design a stock exchange. Customers place and cancel orders, we match them, and everybody can see the prices.",
  after:
    "Do you know price-time priority and the structures that give it? Is there a complete path for an order, from the client to the trade and back? And do you see that money has to be held before an order can trade?",
  phases: [
    { title: "Scope", startMinute: 0, endMinute: 5, goal: "Order kinds, the matching rule, and the rough scale." },
    { title: "Estimate", startMinute: 5, endMinute: 8, goal: "Orders a second, and the time of one thread for each." },
    {
      title: "Interface and data",
      startMinute: 8,
      endMinute: 12,
      goal: "Commands, events, the fields of an order, integers for prices.",
    },
    {
      title: "End to end",
      startMinute: 12,
      endMinute: 22,
      goal: "An order walks through the whole picture: rests, trades, is reported.",
    },
    {
      title: "Deep dives",
      startMinute: 22,
      endMinute: 38,
      goal: "The book's structures with their costs; what is checked and held before.",
    },
    {
      title: "Failure and rollout",
      startMinute: 38,
      endMinute: 43,
      goal: "The state after the matching process has died, and how it comes back.",
    },
    { title: "Summary", startMinute: 43, endMinute: 45, goal: "The design in three sentences, and one weakness." },
  ],
  prompts: [
    {
      minute: 1,
      line: "What would you like to know before you start?",
      modelAnswer:
        "Which orders: limit and market, immediate or cancel? How do we match: price, then arrival? How many symbols, users, orders a day, how quick? Do we hold the customers' money, or do their brokers? May a crash lose an order? Is settlement ours?",
      probe: "scope",
    },
    {
      minute: 5,
      line: "A billion orders a day. Is that a lot?",
      modelAnswer:
        "A session is 6.5 hours, 23,400 seconds: 43,000 orders a second, and five times that at the peak, 214,000. One thread then has 4.7 microseconds for each, and a match takes a fraction of one. So one thread can match everything, if nothing on its way is slow.",
      probe: "rate",
    },
    {
      minute: 9,
      line: "What does a client send, and what does it get back?",
      modelAnswer:
        "Submit with its own id, side, price in ticks, quantity in lots; cancel and replace by id. Back come events, one or many: rested, traded, canceled, rejected with a reason. They are numbered, so that a client that was away can ask for the rest. Prices are integers: 0.1 + 0.2 is not 0.3.",
      probe: "contract",
    },
    {
      minute: 14,
      line: "Walk one order through it.",
      modelAnswer:
        "The gateway knows the client. The order manager checks limits and holds the cash. The sequencer numbers the order and writes it to the journal. The engine matches: three lots at the best ask, at the ask's price; the rest stands in the book. Two reports go back to two clients, the holds are adjusted, and market data publishes trade and depth.",
    },
    {
      minute: 17,
      line: "A customer has cash for one order and sends two at once.",
      modelAnswer:
        "The first holds the cash before it leaves for the book, so the second is refused. Held is the limit times the lots; a better price or a cancel releases the rest. Asking a wallet service without holding lets both pass, since neither has traded yet.",
      probe: "hold",
    },
    {
      minute: 39,
      line: "The matching process dies. What is left?",
      modelAnswer:
        "Every order is in the journal, from before it was matched. Replaying it gives the same book, because the code is deterministic: no clock, no random numbers. To be quick, a second process reads the same journal all the time and stays silent until it is needed. It must not send again the reports that clients have already seen; so reports are numbered.",
      probe: "crash",
    },
    {
      minute: 43,
      line: "Sum it up for a colleague who just came in.",
      modelAnswer:
        "One sequence of orders, written down before any part acts on it, matched by one thread on a book in memory. Money is held before an order can trade. Everything else reads the same log. Its weakness is that the machine is one, so a second one has to follow closely.",
    },
  ],
  boards: midBoards,
  hintBudget: 3,
  probes: [
    {
      id: "scope",
      dimension: "framing",
      lookingFor:
        "Questions that change the design: order kinds, matching rule, scale, whose money, what a crash may lose.",
      open: "What would you like to know before you start?",
      pointed: "What happens to an order that cannot trade at once? And which of two orders is first at one price?",
      giveaway: "Limit and market orders, price then arrival, a billion a day, nothing acknowledged may be lost.",
      modelAnswer: "Asks at least three such questions and writes the answers down with numbers.",
    },
    {
      id: "rate",
      dimension: "estimation",
      lookingFor: "Tens of thousands a second, a peak factor, and the conclusion that one thread can do it.",
      open: "A billion orders a day. Is that a lot?",
      pointed: "How long has one thread for each of them at the peak?",
      giveaway: "Almost five microseconds, and a match needs less than one.",
      modelAnswer: "43,000 and 214,000 a second; 4.7 microseconds each; one thread.",
    },
    {
      id: "contract",
      dimension: "interfaces",
      lookingFor: "An id from the client, integer prices, and answers that are a stream of events.",
      open: "What does a client send, and what does it get back?",
      pointed: "One order trades three times within an hour. What are the answers?",
      giveaway: "Three reports, numbered, so that none is lost with a connection.",
      modelAnswer: "Commands with the client's id; numbered events; ticks and lots.",
    },
    {
      id: "hold",
      dimension: "correctness",
      lookingFor: "Cash or shares held before the order leaves, released on cancel and at a better price.",
      open: "A customer has cash for one order and sends two at once.",
      pointed: "Both are checked before either has traded.",
      giveaway: "Then the check has to take the money aside.",
      modelAnswer: "Hold at the worst case, adjust with every report, release the rest.",
    },
    {
      id: "crash",
      dimension: "operations",
      lookingFor: "A journal before matching, replay, and a second process; reports not sent twice.",
      open: "The matching process dies. What is left?",
      pointed: "It had told a client of a trade. Where is that trade now?",
      giveaway: "The order is in a journal, and replaying it makes the trade again.",
      modelAnswer: "Journal first, deterministic replay, numbered reports.",
    },
  ],
  forks: [
    {
      id: "wallet",
      minute: 18,
      line: "The order manager calls the wallet service for every order. Fine?",
      replies: [
        {
          grade: "weak",
          reply: "Yes, the wallet is the source of truth, and a call takes less than a millisecond.",
          moves: [{ dimension: "trade-offs", by: -1, why: "Two thousand orders a second, against 214,000." }],
        },
        {
          grade: "acceptable",
          reply: "That is too slow for one loop. I would keep balances in memory and update them with trades.",
          moves: [{ dimension: "trade-offs", by: 1, why: "Moves the check off the network." }],
        },
        {
          grade: "strong",
          reply:
            "Half a millisecond each makes a loop of 2,000 a second, 107 times too slow; and without a hold two orders pass on the same cash. All balances are some 81 MB. So load them, hold before sending, release from the events, settle with the wallet later.",
          moves: [{ dimension: "trade-offs", by: 2, why: "Quantified, and the correctness problem is found too." }],
        },
      ],
    },
    {
      id: "restart",
      minute: 40,
      line: "We restart the process and it replays the journal. Good enough?",
      replies: [
        {
          grade: "weak",
          reply: "Yes, it is in memory again and nothing is lost.",
          moves: [{ dimension: "operations", by: -1, why: "Minutes of a market at rest, and reports are sent again." }],
        },
        {
          grade: "acceptable",
          reply: "It takes a while, so I would take snapshots and replay only the rest.",
          moves: [{ dimension: "operations", by: 1, why: "Shortens the pause; reports are not considered." }],
        },
        {
          grade: "strong",
          reply:
            "A whole day replays in minutes, from a snapshot in half of one. We may be down for some two seconds. So a second process follows the journal all the time. And the process that takes over must not send the reports that clients have seen: they are numbered, and the gateway says up to which it has them.",
          moves: [{ dimension: "operations", by: 2, why: "Compares with the budget and thinks of the reports." }],
        },
      ],
    },
  ],
  change: {
    minute: 28,
    line: "Customers want to change the price or the quantity of an order that is already in the book.",
    breaks:
      "Designs in which an order is only added and removed, and a quantity that means lots left: a fill that crosses the change is counted twice.",
    modelAnswer:
      "A replace by id. Fewer lots at the same price keep the place in line; a new price or more lots go to the back, or another customer's turn is stolen. The quantity is the order's total with the lots that have traded, so a fill that crosses the message on the wire is already counted. More cash is held before the replace is sent; cash is released only when the book has confirmed it. If the order has filled, the answer is unknown order.",
  },
  designs: midDesigns,
  signals: {
    framing: [
      { id: "asks-rule", says: "Asks for the matching rule and the kinds of orders." },
      { id: "asks-money", says: "Asks whose money it is, and what a crash may lose." },
    ],
    estimation: [{ id: "rate-to-thread", says: "Gets to 43,000 a second, a peak, and a conclusion about threads." }],
    interfaces: [
      { id: "ticks-and-lots", says: "Counts prices in ticks and quantities in lots." },
      { id: "numbered-events", says: "Answers with a stream of numbered events." },
    ],
    design: [
      { id: "path-and-back", says: "Draws a complete path with the way back by minute 22." },
      { id: "one-number", says: "Lets one place give the numbers." },
    ],
    correctness: [
      { id: "resting-price", says: "Trades at the price of the order that rested." },
      { id: "hold-first", says: "Holds cash or shares before the order leaves." },
    ],
    "trade-offs": [{ id: "mix-of-operations", says: "Compares two designs or structures by the mix of operations." }],
    operations: [
      { id: "journal-before-match", says: "Writes an order down before it is matched." },
      { id: "not-twice", says: "Does not send reports twice after a restart." },
    ],
    communication: [
      { id: "says-next", says: "Says what comes next." },
      { id: "takes-hints", says: "Takes a hint at once and builds on it." },
    ],
  },
  redFlags: [
    { id: "no-path", dimension: "design", behavior: "No path from an order to a report at minute 30." },
    { id: "hint-ignored", dimension: "communication", behavior: "Ignores the same hint twice." },
    {
      id: "walks",
      dimension: "correctness",
      behavior: "Finds an order to cancel by walking, after having been asked for the cost.",
    },
    {
      id: "invented",
      dimension: "correctness",
      behavior: "Defends an invented fact about a product after it was challenged.",
    },
  ],
  followUps: [crossedMessages, brokenConnection, opening, lostPacket, sharedMemory, locks],
};
