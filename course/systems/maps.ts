import type { System } from "../types.ts";

export const maps: System = {
  slug: "maps",
  title: "Maps and routing (Google Maps)",
  question: "How do you answer a shortest path on a continent in under a millisecond?",
  exercises: [],
};
