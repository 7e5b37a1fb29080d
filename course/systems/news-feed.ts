import type { System } from "../types.ts";

export const newsFeed: System = {
  slug: "news-feed",
  title: "News feed",
  question: "Do you pay when someone posts or when someone reads?",
  exercises: [],
};
