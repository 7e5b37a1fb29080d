import type { System } from "../types.ts";

export const leaderboard: System = {
  slug: "leaderboard",
  title: "Real-time gaming leaderboard",
  question: "What is my rank among millions, now?",
  exercises: [],
};
