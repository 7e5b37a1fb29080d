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
  ],
};
