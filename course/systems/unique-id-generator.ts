import type { System } from "../types.ts";

export const uniqueIdGenerator: System = {
  slug: "unique-id-generator",
  title: "Unique ID generator",
  question: "How do a thousand machines hand out sortable 64-bit ids without asking each other?",
  exercises: [],
};
