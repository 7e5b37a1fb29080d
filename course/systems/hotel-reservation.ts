import type { System } from "../types.ts";

export const hotelReservation: System = {
  slug: "hotel-reservation",
  title: "Hotel reservation",
  question: "How do you sell the last room once, for every night of the stay?",
  exercises: [],
};
