import type { System } from "../types.ts";

export const webCrawler: System = {
  slug: "web-crawler",
  title: "Web crawler",
  question: "What do you fetch next, from whom, and how often may you?",
  exercises: [],
};
