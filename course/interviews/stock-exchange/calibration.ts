import type { Calibration } from "../../interview.ts";

export const calibration: Calibration = {
  level: "senior",
  design: "sharded",
  intro:
    "Minutes 2 to 41 of a senior interview. Score the dimensions that the excerpt touches, 0 to 4, before you open the key. It sounds fluent; decide what was said.",
  lines: [
    { minute: 2, who: "interviewer", text: "Assume what you need and tell me." },
    {
      minute: 2,
      who: "candidate",
      text: "It should be low latency, highly available and strongly consistent, and it needs to scale horizontally. Let's say five nines.",
    },
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
      text: "It's in-memory, so it's very fast, O(log n). But at that scale a single thread can't keep up.",
    },
    { minute: 10, who: "interviewer", text: "A client changes its order while it is being filled." },
    {
      minute: 10,
      who: "candidate",
      text: "It sends an update with the new quantity that should remain, and the API returns 200 or an error. Standard REST.",
    },
    { minute: 12, who: "interviewer", text: "What is in the book?" },
    {
      minute: 12,
      who: "candidate",
      text: "Two priority queues of orders, a max heap for bids and a min heap for asks. The best order is always on top, so matching is O(1) to peek and log n to pop. That's the standard solution.",
    },
    { minute: 14, who: "interviewer", text: "Nine of ten orders are canceled before they trade." },
    {
      minute: 15,
      who: "candidate",
      text: "We mark them as canceled and skip them when they come to the top. Memory is cheap.",
    },
    { minute: 19, who: "interviewer", text: "Two orders at the same price from two gateways. Which is first?" },
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
      text: "The market must open with an auction, and members cancel until the last moment.",
    },
    {
      minute: 29,
      who: "candidate",
      text: "We compute the price, and before we publish it we check that the book hasn't changed. If it has, we just compute it again, that's optimistic concurrency.",
    },
    { minute: 33, who: "interviewer", text: "The engine dies after it sent one of three reports." },
    {
      minute: 34,
      who: "candidate",
      text: "Kafka replays the order to the new consumer, it matches again, and we publish the executions. Exactly-once semantics are a feature of Kafka.",
    },
    { minute: 36, who: "interviewer", text: "The client has the first one already." },
    {
      minute: 37,
      who: "candidate",
      text: "Then the client gets it again, and it can deduplicate by price and quantity. Market data is a separate topic with its own consumers, so that isn't affected.",
    },
    { minute: 39, who: "interviewer", text: "The engine becomes slow." },
    {
      minute: 39,
      who: "candidate",
      text: "Kafka buffers it, that's why we have it. Nothing is lost, it's just later.",
    },
    { minute: 41, who: "interviewer", text: "How does a new version go live?" },
    {
      minute: 41,
      who: "candidate",
      text: "Canary deployment, one shard first, and we watch the error rate and the latency dashboards.",
    },
  ],
  card: {
    shown: [
      {
        signal: "data-path-apart",
        quote: "Market data is a separate topic with its own consumers, so that isn't affected.",
      },
    ],
    unseen: ["cash-in-front", "keeps-clock"],
    raisedBy: {
      numbers: "open-probe",
      "deciding-number": "pointed-hint",
      "replace-total": "open-probe",
      "journal-first": "pointed-hint",
      overload: "open-probe",
    },
    redFlags: ["clock-priority"],
  },
  keys: {
    mid: [
      {
        dimension: "estimation",
        score: 2,
        quote: "that's about forty thousand per second",
        why: "The order of magnitude is there. The conclusion does not follow from it: the time of one thread for an order was asked for and not computed.",
      },
      {
        dimension: "interfaces",
        score: 2,
        quote: "the API returns 200 or an error",
        why: "A workable call, and no stream of reports: one order trades several times.",
      },
      {
        dimension: "correctness",
        score: 2,
        quote: "We mark them as canceled and skip them when they come to the top.",
        why: "Lazy removal works, and nine of ten entries are dead. Arrival at one price is not in the heap, and the timestamps do not replace it.",
      },
      {
        dimension: "operations",
        score: 1,
        quote: "it matches again, and we publish the executions",
        why: "Even at mid level a client should not get the same fill twice after a restart.",
      },
      {
        dimension: "communication",
        score: 2,
        quote: "That's the standard solution.",
        why: "Clear and quick. A hint, the canceled orders, was answered and not taken.",
      },
    ],
    senior: [
      {
        dimension: "framing",
        score: 1,
        quote: "low latency, highly available and strongly consistent",
        why: "Adjectives, and five nines that nothing was computed from: 0.2 seconds of a session.",
      },
      {
        dimension: "estimation",
        score: 1,
        quote: "so we definitely need to shard the matching engine by symbol",
        why: "The rate is right, and the decision was not computed. At the peak one thread has almost five microseconds for an order and needs a fraction of one.",
      },
      {
        dimension: "interfaces",
        score: 1,
        quote: "it can deduplicate by price and quantity",
        why: "Two real reports may agree in both. A report needs a number, and giving it one is the exchange's part of the contract.",
      },
      {
        dimension: "correctness",
        score: 1,
        quote: "With nanosecond timestamps it practically doesn't happen.",
        why: "Precision is not arrival. The interviewer described the counterexample and it was waved away. The auction's loop has no bound, and the replay sends a fill twice.",
      },
      {
        dimension: "trade-offs",
        score: 1,
        quote: "put Kafka in front to absorb the peaks",
        why: "A component is named for a purpose; its milliseconds were not set against a limit, and no condition for regret was given.",
      },
      {
        dimension: "operations",
        score: 1,
        quote: "Nothing is lost, it's just later.",
        why: "An order that is a second old trades at a price that is gone. Later is a loss here, and the client was not refused while it could still act.",
      },
      {
        dimension: "communication",
        score: 2,
        quote: "That's the standard solution.",
        why: "Clear and quick; three questions in a row carried a hint, and none changed the design.",
      },
    ],
    staff: [
      {
        dimension: "framing",
        score: 1,
        quote: "it needs to scale horizontally",
        why: "Takes a wish for a requirement. At staff level the first question is which promise the market makes.",
      },
      {
        dimension: "estimation",
        score: 1,
        quote: "But at that scale a single thread can't keep up.",
        why: "The number that breaks the design was not looked for, and the one that was named is wrong by a factor of 23.",
      },
      {
        dimension: "correctness",
        score: 1,
        quote: "we just compute it again, that's optimistic concurrency",
        why: "A loop without a bound under load, with a name for it in place of an argument. It is the loop of 2012.",
      },
      {
        dimension: "operations",
        score: 1,
        quote: "we watch the error rate and the latency dashboards",
        why: "A wrong trade has no error rate. Replaying a month and comparing the hash was available in the candidate's own design.",
      },
      {
        dimension: "communication",
        score: 1,
        quote: "Exactly-once semantics are a feature of Kafka.",
        why: "Ends a discussion with a product's sentence. A peer would have asked where the effect is.",
      },
    ],
  },
  verdict:
    "No hire. Heaps, Kafka, nanosecond clocks, exactly-once: each is a word from the neighborhood. Asked about one canceled order, one late message, one report, the answer is that it hardly matters. On an exchange, those are the product. A reader who scored correctness 3 has scored the vocabulary.",
};
