import type { System } from "../types.ts";

export const consistentHashing: System = {
  slug: "consistent-hashing",
  title: "Consistent hashing",
  question: "Which node owns this key, and what moves when a node comes or goes?",
  exercises: [],
};
