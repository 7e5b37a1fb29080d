import type { System } from "../types.ts";

export const stockExchange: System = {
  slug: "stock-exchange",
  title: "Stock exchange",
  question: "How do you match orders fairly, in microseconds, and replay the day to the same result?",
  exercises: [],
};
