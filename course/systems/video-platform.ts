import type { System } from "../types.ts";

export const videoPlatform: System = {
  slug: "video-platform",
  title: "Video platform (YouTube)",
  question: "How does one upload become playable on every device and affordable to serve?",
  exercises: [],
};
