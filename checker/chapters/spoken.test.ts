/** The words of everything that a reader reads: pages, glossary, figures, estimates, hints, contracts. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isConverted } from "../../course/converted.ts";
import { glossary } from "../../course/glossary.ts";
import { systems as inManifest } from "../../course/manifest.ts";
import { parameters } from "../../course/parameters.ts";
import { topics } from "../../course/topics.ts";
import type { Problem } from "./prose.ts";
import { allEstimates, chapters, filesIn, root } from "./repository.ts";
import { jsDocProblems, markdownProblems, pageProblems, wordProblems } from "./words.ts";

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const shown = (path: string, problems: readonly Problem[]): string[] =>
  problems.map(({ line, message }) => `${path}:${line}: ${message}`);

const pages = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".mdx"));

it.each(pages)("docs/%s is plain English", (name) => {
  expect(shown(`docs/${name}`, pageProblems(read(`docs/${name}`)))).toEqual([]);
});

it("glossary, topics, parameters and the manifest are plain English", () => {
  const texts = [
    ...glossary.map(({ id, definition }) => [`glossary ${id}`, definition] as const),
    ...topics.map(({ id, definition }) => [`topic ${id}`, definition] as const),
    ...parameters.map(({ id, label, note }) => [`parameter ${id}`, `${label}. ${note}`] as const),
    ...inManifest.flatMap(({ slug, question, exercises }) => [
      [`system ${slug}`, question] as const,
      ...exercises.map((exercise) => [`exercise ${exercise.slug}`, exercise.summary] as const),
    ]),
  ];
  expect(texts.flatMap(([where, text]) => shown(where, wordProblems(text)))).toEqual([]);
});

const converted = chapters.filter(({ slug }) => isConverted(slug));

describe.each(converted)("the words of $slug", ({ slug, file }) => {
  it("are plain English in the chapter", () => {
    expect(shown(file, pageProblems(read(file)))).toEqual([]);
  });

  it("are plain English in the estimates", async () => {
    const own = (await allEstimates()).filter(({ system }) => system === slug).flatMap(({ estimates }) => estimates);
    const texts = own.flatMap((estimate) => [
      [estimate.id, `${estimate.title}. ${estimate.decides ?? estimate.because}`] as const,
      ...[...estimate.inputs, ...estimate.steps].map(({ id, label }) => [`${estimate.id}.${id}`, `${label}.`] as const),
    ]);
    expect(texts.flatMap(([where, text]) => shown(where, wordProblems(text)))).toEqual([]);
  });

  it("are plain English in hints and contracts", () => {
    const hints = hintFiles(`checker/suites/${slug}`);
    const contracts = ["given", "solutions"].flatMap((room) =>
      filesIn(`${room}/${slug}`, ".ts").map((name) => `${room}/${slug}/${name}.ts`),
    );
    expect(hints.length).toBeGreaterThan(0);
    expect(contracts.length).toBeGreaterThan(0);
    expect(hints.flatMap((path) => shown(path, markdownProblems(read(path))))).toEqual([]);
    expect(contracts.flatMap((path) => shown(path, jsDocProblems(read(path))))).toEqual([]);
  });
});

/** `<exercise>.hints.md` beside each other, or `hints.md` in a folder for each exercise. */
function hintFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isFile()) return entry.name.endsWith("hints.md") ? [path] : [];
    return existsSync(join(root, path, "hints.md")) ? [`${path}/hints.md`] : [];
  });
}
