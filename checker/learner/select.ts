/** From what was typed to exercises and systems of the manifest. */

import type { CatalogEntry } from "../../course/manifest.ts";
import type { System } from "../../course/types.ts";
import { closest } from "../text/closest.ts";
import { UsageError } from "./errors.ts";

/** The part of the manifest that commands need; tests bring their own. */
export interface Course {
  readonly catalog: readonly CatalogEntry[];
  readonly systems: readonly System[];
}

/**
 * Entries for ids of the form `system` or `system/exercise`, in reading order, each once. Unknown: UsageError with the
 * closest names.
 */
export function selectEntries(course: Course, ids: readonly string[]): CatalogEntry[] {
  const chosen = new Set<CatalogEntry>();
  for (const id of ids) for (const entry of entriesOf(course, id)) chosen.add(entry);
  return course.catalog.filter((entry) => chosen.has(entry));
}

/** Exactly one exercise; a whole system is asked to be narrowed down. */
export function selectEntry(course: Course, id: string): CatalogEntry {
  const entries = entriesOf(course, id);
  if (entries.length === 1) return entries[0]!;
  const names = entries.map((entry) => `  ${entry.id}`).join("\n");
  throw new UsageError(`"${id}" has ${entries.length} exercises. Name one of them:\n${names}`);
}

/** A system, built or planned. */
export function selectSystem(course: Course, slug: string): System {
  const typed = normalize(slug).split("/")[0]!;
  const system = course.systems.find((candidate) => candidate.slug === typed);
  if (system === undefined)
    throw unknown(
      "system",
      slug,
      course.systems.map((candidate) => candidate.slug),
    );
  return system;
}

function entriesOf(course: Course, typed: string): CatalogEntry[] {
  const id = normalize(typed);
  const exact = course.catalog.filter((entry) => entry.id === id || entry.system.slug === id);
  if (exact.length > 0) return exact;
  if (course.systems.some((system) => system.slug === id))
    throw new UsageError(`"${id}" has no exercises yet. \`npx bp list\` shows those that exist.`);
  // A slug that only one system uses is as good as the whole id.
  const bySlug = course.catalog.filter((entry) => entry.exercise.slug === id);
  if (bySlug.length === 1) return bySlug;
  const names = [...course.catalog.map((entry) => entry.id), ...course.systems.map((system) => system.slug)];
  throw unknown("exercise", typed, names);
}

/** People paste paths: `./exercises/rate-limiter/token-bucket.ts` means rate-limiter/token-bucket. */
function normalize(typed: string): string {
  return typed
    .replaceAll("\\", "/")
    .replace(/^\.\//, "")
    .replace(/^(exercises|solutions)\//, "")
    .replace(/(\.test)?\.ts$/, "")
    .replace(/\/+$/, "");
}

function unknown(what: string, typed: string, names: readonly string[]): UsageError {
  const near = closest(normalize(typed), names);
  const advice =
    near.length === 0
      ? "`npx bp list` shows all of them."
      : `Did you mean ${near.map((name) => `\`${name}\``).join(" or ")}?`;
  return new UsageError(`There is no ${what} "${typed}". ${advice}`);
}
