import type { System } from "../types.ts";

export const fileSync: System = {
  slug: "file-sync",
  title: "File sync (Google Drive)",
  question: "How do two laptops that were offline end up with the same files and lose no edit?",
  exercises: [],
};
