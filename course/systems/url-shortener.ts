import type { System } from "../types.ts";

export const urlShortener: System = {
  slug: "url-shortener",
  title: "URL shortener",
  question: "Where does a short code come from, and who can guess the next one?",
  exercises: [],
};
