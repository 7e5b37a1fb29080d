import type { System } from "../types.ts";

export const keyValueStore: System = {
  slug: "key-value-store",
  title: "Key-value store",
  question: "What may a read return after a crash, during a partition, and once everything has healed?",
  exercises: [],
};
