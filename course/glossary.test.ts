import { expect, it } from "vitest";
import { glossary } from "./glossary.ts";
import { findSystem } from "./manifest.ts";

it("stands in alphabetical order, each id once", () => {
  const terms = glossary.map((entry) => entry.term);
  expect(terms).toEqual([...terms].sort((a, b) => a.localeCompare(b, "en", { sensitivity: "base" })));
  expect(new Set(glossary.map((entry) => entry.id)).size).toBe(glossary.length);
});

it("refers only to entries and systems that exist", () => {
  const ids = new Set(glossary.map((entry) => entry.id));
  const lost = glossary.flatMap((entry) => [
    ...(entry.see ?? []).filter((id) => !ids.has(id) || id === entry.id),
    ...(entry.systems ?? []).filter((slug) => findSystem(slug) === undefined),
  ]);
  expect(lost).toEqual([]);
});

it("keeps a definition to a tooltip's length", () => {
  const long = glossary.filter((entry) => entry.definition.length > 330 || !entry.definition.endsWith("."));
  expect(long.map((entry) => entry.id)).toEqual([]);
});
