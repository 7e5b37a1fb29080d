import type { Calibration } from "../../interview.ts";

export const calibration: Calibration = {
  level: "senior",
  intro:
    "Minutes 6 to 37 of a senior interview. Score the dimensions that the excerpt touches, 0 to 4, before you open the key. It sounds fluent; decide what was said.",
  lines: [
    { minute: 6, who: "interviewer", text: "How much traffic is it, and what follows from that?" },
    {
      minute: 6,
      who: "candidate",
      text: "A billion orders a day, that's about forty thousand per second, so we definitely need to shard the matching engine by symbol and put Kafka in front to absorb the peaks.",
    },
    { minute: 7, who: "interviewer", text: "What does one order cost the engine?" },
    {
      minute: 8,
      who: "candidate",
      text: "It's in-memory, so it's very fast, O(log n). But at that scale a single thread obviously can't keep up.",
    },
    { minute: 12, who: "interviewer", text: "What is in the book?" },
    {
      minute: 12,
      who: "candidate",
      text: "Two priority queues, a max heap for bids and a min heap for asks. The best order is always on top, so matching is O(1) to peek and log n to pop. That's the standard solution.",
    },
    { minute: 14, who: "interviewer", text: "Nine of ten orders are canceled before they trade." },
    {
      minute: 15,
      who: "candidate",
      text: "We mark them as canceled and skip them when they come to the top. Memory is cheap.",
    },
    { minute: 19, who: "interviewer", text: "Two orders at the same price from two gateways. Who is first?" },
    {
      minute: 19,
      who: "candidate",
      text: "The one with the earlier timestamp. We use PTP on the gateways, so the clocks are synchronized to nanoseconds.",
    },
    { minute: 20, who: "interviewer", text: "The earlier one is still on its way when the later one arrives." },
    {
      minute: 21,
      who: "candidate",
      text: "That would be a very small window. With nanosecond timestamps it practically doesn't happen.",
    },
    {
      minute: 28,
      who: "interviewer",
      text: "New requirement: for any day of the last five years we must show why each trade happened.",
    },
    {
      minute: 29,
      who: "candidate",
      text: "All trades are in the database with their timestamps, so we can just query them. We'd add an audit table.",
    },
    { minute: 33, who: "interviewer", text: "The engine dies after it sent one of three executions." },
    {
      minute: 34,
      who: "candidate",
      text: "Kafka replays the order to the new consumer, it matches again, and we publish the executions. Exactly-once semantics are a feature of Kafka.",
    },
    { minute: 36, who: "interviewer", text: "The client has the first one already." },
    {
      minute: 37,
      who: "candidate",
      text: "Then the client gets it again, and it can deduplicate by price and quantity.",
    },
  ],
  keys: {
    senior: [
      {
        dimension: "estimation",
        score: 1,
        quote: "so we definitely need to shard the matching engine by symbol",
        why: "The rate is right, and nothing was computed from it. At the peak one thread has almost five microseconds for an order and needs a fraction of one; the question for the cost of an order was not answered.",
      },
      {
        dimension: "interfaces",
        score: 1,
        quote: "it can deduplicate by price and quantity",
        why: "Two real executions may agree in both. A report needs a name, and giving it one is the exchange's part of the contract.",
      },
      {
        dimension: "correctness",
        score: 1,
        quote: "With nanosecond timestamps it practically doesn't happen.",
        why: "Precision is not arrival. The interviewer described the counterexample and it was waved away. The heap has no arrival order and no cancel, and the replay sends a fill twice.",
      },
      {
        dimension: "trade-offs",
        score: 2,
        quote: "put Kafka in front to absorb the peaks",
        why: "A component is named for a purpose; its milliseconds were not set against the limit, and no condition for regret was given.",
      },
      {
        dimension: "operations",
        score: 1,
        quote: "All trades are in the database with their timestamps, so we can just query them.",
        why: "A list of results says what happened and not why. The inputs, in their order, with deterministic code, would.",
      },
      {
        dimension: "communication",
        score: 2,
        quote: "That's the standard solution.",
        why: "Clear and quick; three questions in a row carried a hint, and none changed the design.",
      },
    ],
  },
  verdict:
    "No hire to lean no. Heaps, Kafka, nanosecond clocks, exactly-once: each is a word that belongs into the neighborhood. Asked what happens to one canceled order, to one late message, to one execution, the answer is that it hardly matters. On an exchange, those are the product. A reader who scored correctness 3 has scored the vocabulary.",
};
