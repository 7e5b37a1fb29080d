import type { System } from "../types.ts";

export const rateLimiter: System = {
  slug: "rate-limiter",
  title: "Rate limiter",
  question: "Who may pass, how often, and what do you tell the ones who may not?",
  exercises: [
    {
      slug: "fixed-window",
      title: "Fixed window counter",
      summary: "One counter per key and window; simple, and twice the limit across a boundary.",
      level: "mid",
      topics: ["admission-control", "time-and-clocks"],
      minutes: 30,
      stages: [
        "Count inside one window",
        "Roll over to the next window",
        "Many keys, costs and a clock that steps back",
      ],
    },
    {
      slug: "sliding-window-log",
      title: "Sliding window log",
      summary: "Remember every admission; exact, and as large as the limit.",
      level: "mid",
      topics: ["admission-control", "data-structures", "time-and-clocks"],
      minutes: 40,
      stages: ["Count exactly", "Forget what is too old", "Bounded memory and a clock that steps back"],
    },
    {
      slug: "sliding-window-counter",
      title: "Sliding window counter",
      summary: "Two counters that approximate the log, and the assumption that makes it work.",
      level: "senior",
      topics: ["admission-control", "approximation"],
      minutes: 45,
      stages: ["Weigh the previous window", "Say when to come back", "Many keys, costs and a clock that steps back"],
    },
    {
      slug: "token-bucket",
      title: "Token bucket (GCRA)",
      summary: "One number per key that allows a burst and bounds every interval.",
      level: "senior",
      topics: ["admission-control", "approximation", "time-and-clocks"],
      minutes: 60,
      stages: [
        "Spend a full bucket",
        "Refill exactly",
        "Costs and published rows",
        "A clock that steps back, keys that go idle",
      ],
    },
    {
      slug: "leaky-bucket",
      title: "Leaky bucket, both meanings",
      summary: "The queue that shapes and the meter that polices: two algorithms under one name.",
      level: "senior",
      topics: ["admission-control", "queues", "backpressure"],
      minutes: 60,
      stages: ["The meter: police", "The queue: shape", "Drain order, costs and a clock that steps back"],
    },
    {
      slug: "distributed-limiter",
      title: "One limit, many nodes",
      summary:
        "A store that decides once, and nodes that lease tokens from it, over a network that loses, repeats and cuts.",
      level: "staff",
      topics: ["atomicity", "leases", "idempotency", "retries", "fencing"],
      minutes: 150,
      stages: ["One step at the store", "When the store is silent", "Lease tokens in blocks", "Expire, return, crash"],
    },
  ],
};
