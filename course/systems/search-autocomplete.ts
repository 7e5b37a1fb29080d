import type { System } from "../types.ts";

export const searchAutocomplete: System = {
  slug: "search-autocomplete",
  title: "Search autocomplete",
  question: "What are the ten best completions before the next keystroke?",
  exercises: [],
};
