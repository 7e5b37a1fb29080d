import type { System } from "../types.ts";

export const nearbyFriends: System = {
  slug: "nearby-friends",
  title: "Nearby friends",
  question: "How do ten million moving people see the few who matter to them?",
  exercises: [],
};
