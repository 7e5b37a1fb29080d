import type { System } from "../types.ts";

export const metricsMonitoring: System = {
  slug: "metrics-monitoring",
  title: "Metrics monitoring and alerting",
  question: "How do you keep ten million series and page the right person once?",
  exercises: [],
};
