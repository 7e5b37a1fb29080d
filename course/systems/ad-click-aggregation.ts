import type { System } from "../types.ts";

export const adClickAggregation: System = {
  slug: "ad-click-aggregation",
  title: "Ad click event aggregation",
  question: "How do you bill from a stream that arrives late, twice, and out of order?",
  exercises: [],
};
