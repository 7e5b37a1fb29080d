/**
 * What of the course a page carries. Every page knows the index (which systems there are, where, with which exercises);
 * more than that only what it shows itself, so that a page does not grow with the course.
 */

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { findTerm } from "../../course/glossary.ts";
import {
  type CatalogEntry,
  catalog,
  chapterPath,
  findPart,
  findSystem,
  parts,
  systems,
} from "../../course/manifest.ts";
import { findTopic, topicIds } from "../../course/topics.ts";
import type { Part, System } from "../../course/types.ts";
import type { ExerciseEntry } from "../components/Exercise/index.tsx";
import type { ExerciseMatrix, MatrixSummary, MutationScore } from "../components/KillMatrix/matrix.ts";
import type { SystemRow } from "../components/SystemsTable/index.tsx";
import type { TermEntry } from "../components/Term/index.tsx";
import type { IndexedSystem } from "../lib/useCourse.ts";

/** What every page carries. */
export const courseIndex = (course: readonly Part[] = parts): readonly IndexedSystem[] =>
  course.flatMap((part) =>
    part.systems.map(({ slug, title, exercises }) => ({
      ...{ slug, title, part: part.slug },
      exercises: exercises.map((exercise) => exercise.slug),
    })),
  );

export const isWritten = (siteDir: string, slug: string): boolean =>
  existsSync(path.join(siteDir, `${chapterPath(slug)}.mdx`));

/** For `<SystemsTable/>`, on the two pages that show the whole course. */
export const systemRows = (course: readonly Part[] = parts): readonly SystemRow[] =>
  course.flatMap((part) =>
    part.systems.map(({ slug, title, question, exercises }) => ({
      ...{ slug, title, question, part: part.title },
      minutes: exercises.reduce((sum, exercise) => sum + exercise.minutes, 0),
    })),
  );

/** For the head of a chapter; undefined for a page that is none. */
export function chapterOf(file: string): { readonly system: System; readonly part: string } | undefined {
  const system = findSystem(path.basename(file, ".mdx"));
  const part = system && findPart(system.slug);
  if (system === undefined || part === undefined || path.basename(path.dirname(file)) !== part.slug) return undefined;
  return { system, part: part.title };
}

/**
 * For `<Exercise id>`: the exercise, and the one after it that can be read about. @throws Error for an id that the
 * manifest lacks.
 */
export function exerciseEntry(siteDir: string, id: string): ExerciseEntry {
  const here = catalog.findIndex((entry) => entry.id === id);
  const entry = catalog[here];
  if (entry === undefined) throw new Error(`<Exercise id="${id}">: no such exercise in course/manifest.ts`);
  const next = catalog.slice(here + 1).find(({ system }) => isWritten(siteDir, system.slug));
  return { exercise: entry.exercise, ...(next === undefined ? {} : { next: pointerTo(next) }) };
}

/** For `<Term id>`. @throws Error for an id that the glossary lacks. */
export function termEntry(id: string): TermEntry {
  const entry = findTerm(id);
  if (entry === undefined) throw new Error(`<Term id="${id}">: no such entry in course/glossary.ts`);
  return { term: entry.term, definition: entry.definition };
}

/** For whatever names topics: their titles. @throws Error for an id that the list lacks. */
export const topicTitles = (ids: string): Readonly<Record<string, string>> =>
  Object.fromEntries(topicIds(ids).map((id) => [id, findTopic(id).title]));

/** For `<KillMatrix/>`: what `bp verify` recorded, by system. */
export function verifiedBySystem(siteDir: string): ReadonlyMap<System, readonly ExerciseMatrix[]> {
  const found = systems.map((system): [System, ExerciseMatrix[]] => [
    system,
    system.exercises.flatMap(({ slug, title }) => {
      const file = path.join(siteDir, "checker/suites", system.slug, slug, "verified.json");
      if (!existsSync(file)) return [];
      const { id, behaviors, benchmarks, mutants, alternatives } = JSON.parse(readFileSync(file, "utf8"));
      return [{ id, title, behaviors, benchmarks, mutants, alternatives }];
    }),
  ]);
  return new Map(found.filter(([, exercises]) => exercises.length > 0));
}

/** What stands in the page before anybody opens a system. */
export function matrixSummaries(siteDir: string): readonly MatrixSummary[] {
  const scores = mutationScores(siteDir);
  return [...verifiedBySystem(siteDir)].map(([{ slug, title }, exercises]) => ({
    ...{ system: slug, title },
    exercises: exercises.map(({ id, title: name, behaviors, mutants }) => ({
      ...{ id, title: name, behaviors: behaviors.length, mutants: mutants.length },
      score: scores.get(id) ?? null,
    })),
  }));
}

// --- internal ---

function pointerTo({ exercise, system }: CatalogEntry) {
  return {
    title: exercise.title,
    system: system.slug,
    systemTitle: system.title,
    to: `${chapterPath(system.slug)}#exercise-${exercise.slug}`,
  };
}

/** Written by hours of `npm run mutants`; until then the page says that it was not run. */
function mutationScores(siteDir: string): ReadonlyMap<string, MutationScore> {
  const file = path.join(siteDir, "checker/verify/stryker.json");
  if (!existsSync(file)) return new Map();
  const { exercises } = JSON.parse(readFileSync(file, "utf8")) as { exercises: (MutationScore & { id: string })[] };
  return new Map(exercises.map(({ id, mutants, killed }) => [id, { mutants, killed }]));
}
