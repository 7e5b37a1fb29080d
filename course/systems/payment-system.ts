import type { System } from "../types.ts";

export const paymentSystem: System = {
  slug: "payment-system",
  title: "Payment system",
  question: "How do you charge exactly once when the provider's answer is lost?",
  exercises: [],
};
