/** Every text that promises a duration uses the words that `npm run durations` measures. */

import { expect, test } from "vitest";
import { DURATIONS, type Duration, type DurationName } from "../machine/durations.mjs";
import { read, repositoryFiles } from "./files.ts";

const promises = Object.entries(DURATIONS) as [DurationName, Duration][];

/** "(about 15 seconds)", "takes about two minutes", "usually 20 to 60 seconds". */
const promise = /\b(?:usually|takes?|about) (?:about )?(?:[a-z]+|\d+)(?: to (?:[a-z]+|\d+))? (?:seconds|minutes)\b/gi;

/** What talks to a learner about the tools: not the prose of chapters, where durations belong to the systems. */
const speaks = (path: string): boolean =>
  /^(?:[a-z]+\/)?README\.md$|^docs\/[^/]+\.mdx$/.test(path) ||
  /^checker\/(?:bin|cli|machine|learner)\/.*(?<!\.test)\.m?[jt]s$/.test(path);

test("the pattern finds what a text promises", () => {
  for (const text of ["(usually 20 to 60 seconds)", "which takes about two minutes", "(once, about 15 seconds)"])
    expect(text.match(promise)).toHaveLength(1);
});

test("no text promises a duration that nobody measures", () => {
  const known = promises.map(([, { words }]) => words);
  const found = repositoryFiles()
    .filter(speaks)
    .flatMap((path) => [...read(path).matchAll(promise)].map(([text]) => `${path}: ${text}`));
  expect(found.filter((text) => !known.some((words) => text.includes(words.replace(/^usually /, ""))))).toEqual([]);
});

test.each(promises)("%s is promised in the words that are measured", (name, { words, seconds, texts }) => {
  expect(seconds[0]).toBeLessThan(seconds[1]);
  for (const path of texts) expect(read(path)).toMatch(path.endsWith(".mjs") ? `takes("${name}")` : words);
});
