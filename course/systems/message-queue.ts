import type { System } from "../types.ts";

export const messageQueue: System = {
  slug: "message-queue",
  title: "Distributed message queue",
  question: "How do millions of messages a second stay ordered where it matters, durable, and readable twice?",
  exercises: [],
};
