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
      slug: "reed-solomon",
      title: "Reed-Solomon",
      summary:
        "Parity that the common libraries would compute too, any loss of up to m shards, and the shard that lies.",
      level: "senior",
      minutes: 120,
      uses: ["galois-field"],
      allow: ["WebAssembly"],
      stages: ["Encode and verify", "Reconstruct from any k", "Any shape, any length", "Find the shard that lies"],
    },
    {
      slug: "durability",
      title: "Nines, computed",
      summary: "From failure rate, repair time and scheme to the chance of a loss, and dice that check the formula.",
      level: "mid",
      minutes: 45,
      stages: ["From a rate to a probability", "Lose more than the parity", "Compare schemes", "Roll the dice"],
    },
    {
      slug: "data-node",
      title: "Data node",
      summary: "Many objects in few append-only volumes: one read for a range, no byte unchecked, space given back.",
      level: "senior",
      minutes: 120,
      stages: [
        "Pack objects into a volume",
        "Read a range, believe no byte unchecked",
        "Come back after a crash",
        "Delete, and give the space back",
      ],
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
    {
      slug: "raft",
      title: "Raft",
      summary: "Elections, a replicated log, crashes, snapshots, joint consensus and reads: a pure state machine.",
      level: "staff",
      minutes: 180,
      uses: ["raft-log"],
      stages: [
        "Elect a leader",
        "Replicate the log",
        "Survive crashes",
        "Snapshots",
        "Change who votes",
        "Read without writing",
      ],
    },
    {
      slug: "stripe-store",
      title: "Stripes over racks",
      summary: "Cut, code, spread over racks; read any range with nodes lost and disks that lie.",
      level: "senior",
      minutes: 90,
      uses: ["galois-field", "reed-solomon"],
      stages: ["Cut, code, read back", "Durable, in distinct racks", "Lost, late and lying fragments"],
    },
  ],
};
