import type { System } from "../types.ts";

export const proximityService: System = {
  slug: "proximity-service",
  title: "Proximity service",
  question: "What is near me, also across the cell border and the date line?",
  exercises: [],
};
