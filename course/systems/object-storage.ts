import type { System } from "../types.ts";

export const objectStorage: System = {
  slug: "object-storage",
  title: "Object storage (S3)",
  question: "How are a hundred petabytes kept for a decade on disks that fail every day?",
  readMinutes: 40,
  exercises: [
    {
      slug: "galois-field",
      title: "A field of bytes",
      summary: "Sums without carries, products through logarithms, and a kernel that multiplies a whole slice.",
      level: "mid",
      minutes: 45,
      stages: ["Add and multiply", "Logarithms, inverses, powers", "Kernels"],
    },
    {
      slug: "raft-log",
      title: "A log and its majorities",
      summary:
        "Count votes and copies in a membership that may be joint; keep entries, snapshot and memberships in order.",
      level: "senior",
      minutes: 60,
      stages: [
        "Majorities, joint ones too",
        "Entries, and what is not stored yet",
        "A snapshot in place of the beginning",
        "Memberships in the log",
      ],
    },
  ],
};
