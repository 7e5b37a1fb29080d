import type { System } from "../types.ts";

export const stockExchange: System = {
  slug: "stock-exchange",
  title: "Stock exchange",
  question: "How do you match orders fairly, in microseconds, and replay the day to the same result?",
  readMinutes: 40,
  exercises: [
    {
      slug: "ring-buffer",
      title: "Ring buffer",
      summary: "A queue between two threads on shared memory, with an argument why every message arrives whole.",
      level: "staff",
      minutes: 120,
      stages: ["A ring in one thread", "Publish across threads", "Batches", "Wait without burning a core"],
    },
  ],
};
