import type { System } from "../types.ts";

export const digitalWallet: System = {
  slug: "digital-wallet",
  title: "Digital wallet",
  question: "How do you move money between two shards and prove that none was created?",
  exercises: [],
};
