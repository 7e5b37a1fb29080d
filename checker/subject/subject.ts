/**
 * What is graded, and where its imports lead. One answer for all who load the file: conformance, Vitest, esbuild,
 * threads.
 *
 * The text is read once per check. Its imports are taken as if it lay at `exercises/<system>/<exercise>.ts`, wherever
 * it lies, and lead to the course's own copies: given parts, `NotStarted`, and the references of the exercises it
 * builds on, so that a mistake in one exercise does not fail another.
 */

import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import type { CatalogEntry } from "../../course/manifest.ts";
import { notStartedPath, type Rooms, solutionPath } from "./rooms.ts";

/** Plain data: it goes to other processes as it is. */
export interface Subject {
  /** Repository root. */
  readonly root: string;
  /** `<system>/<exercise>` */
  readonly id: string;
  /** Where the text was read, absolute; what stack traces name. Nothing need lie there. */
  readonly path: string;
  readonly text: string;
  /** Exercises that it may import, by id. */
  readonly uses: readonly string[];
  /** Packages and built-ins that it may import, and globals that are out of bounds elsewhere. */
  readonly allow: readonly string[];
}

export function subjectOf(entry: CatalogEntry, { root }: Rooms, path: string, text: string): Subject {
  return { root, id: entry.id, path, text, uses: usedIds(entry), allow: entry.exercise.allow ?? [] };
}

/** `uses` of the manifest names exercises of the same system by slug, others as `<system>/<slug>`. */
export function usedIds({ system, exercise }: Pick<CatalogEntry, "system" | "exercise">): string[] {
  return (exercise.uses ?? []).map((name) => (name.includes("/") ? name : `${system.slug}/${name}`));
}

/** Where an import leads. */
export type Destination =
  /** A file of the course, absolute; it exists. */
  | { readonly kind: "course"; readonly path: string }
  /** A package or built-in, by the name that was written. */
  | { readonly kind: "package" }
  | { readonly kind: "refused" };

const REFUSED: Destination = { kind: "refused" };

/** @param specifier as written in the file. */
export function destinationOf(specifier: string, subject: Omit<Subject, "path" | "text">): Destination {
  const { root, id, uses, allow } = subject;
  if (allow.includes(specifier)) return { kind: "package" };
  if (!specifier.startsWith("./") && !specifier.startsWith("../")) return REFUSED;
  const target = posix.normalize(posix.join("exercises", posix.dirname(id), specifier));
  if (target === "exercises/not-started.ts") return { kind: "course", path: notStartedPath({ root }) };
  const used = uses.find((other) => target === `exercises/${other}.ts`);
  if (used !== undefined) return { kind: "course", path: solutionPath({ root }, used) };
  const systems = new Set([id, ...uses].map((each) => posix.dirname(each)));
  const [room, system = ""] = target.split("/");
  const path = join(root, target);
  const isGiven = room === "given" && (system === "common" || systems.has(system)) && target.endsWith(".ts");
  return isGiven && existsSync(path) ? { kind: "course", path } : REFUSED;
}
