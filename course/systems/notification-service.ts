import type { System } from "../types.ts";

export const notificationService: System = {
  slug: "notification-service",
  title: "Notification service",
  question: "How does one event reach every device that asked for it, and no one who opted out?",
  exercises: [],
};
