import type { System } from "../types.ts";

export const objectStorage: System = {
  slug: "object-storage",
  title: "Object storage (S3)",
  question: "How are a hundred petabytes kept for a decade on disks that fail every day?",
  exercises: [],
};
