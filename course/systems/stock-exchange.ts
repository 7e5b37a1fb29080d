import type { System } from "../types.ts";

export const stockExchange: System = {
  slug: "stock-exchange",
  title: "Stock exchange",
  question: "How do you match orders fairly, in microseconds, and replay the day to the same result?",
  readMinutes: 40,
  exercises: [
    {
      slug: "order-book",
      title: "Order book",
      summary: "Price-time priority in integers: add, trade, cancel and replace in the time of what they touch.",
      level: "staff",
      minutes: 150,
      stages: [
        "Match by price and time",
        "Cancel and show the depth",
        "Orders that do not rest, and reasons",
        "Replace",
        "Self-trades, snapshot and replay",
      ],
    },
    {
      slug: "sequencer",
      title: "Sequencer",
      summary: "One gapless order over many gateways, journaled before anyone acts on it, replayed to the same state.",
      level: "staff",
      minutes: 120,
      stages: [
        "Number, journal, then act",
        "Know a request when it comes again",
        "Replay to the same state",
        "Snapshot and tail",
        "Follow without a gap",
      ],
    },
    {
      slug: "ring-buffer",
      title: "Ring buffer",
      summary: "A queue between two threads on shared memory, with an argument why every message arrives whole.",
      level: "staff",
      minutes: 120,
      stages: ["A ring in one thread", "Publish across threads", "Batches", "Wait without burning a core"],
    },
    {
      slug: "order-manager",
      title: "Order manager",
      summary: "Rules and holds before an order leaves, in a model that the event log alone can rebuild.",
      level: "senior",
      minutes: 150,
      stages: [
        "Hold before the order leaves",
        "Fill, cancel, release",
        "Refuse by the rules",
        "Rebuild from the log",
        "Change an order that may fill",
      ],
    },
    {
      slug: "market-data",
      title: "Market data",
      summary:
        "From the book's events to depth, trades and candles, for clients who miss messages or are too slow for them.",
      level: "senior",
      minutes: 90,
      stages: ["One update a command", "Join, and recover from a gap", "Conflate for the slow", "Candles on a ring"],
    },
    {
      slug: "exchange-pipeline",
      title: "Exchange pipeline",
      summary: "Sequencer, engine and standby between rings: kill any of them, and no report is lost or doubled.",
      level: "staff",
      minutes: 150,
      uses: ["ring-buffer"],
      stages: [
        "Follow entries, follow reports",
        "Sequence once, log first",
        "Replay, then live",
        "A standby that says nothing",
      ],
    },
  ],
};
