/** The chapters of the course and what they may name, read from the repository. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { SystemEstimates } from "../../course/estimate.ts";
import { glossary } from "../../course/glossary.ts";
import { catalog, parts } from "../../course/manifest.ts";
import { parameters } from "../../course/parameters.ts";
import type { Known } from "./prose.ts";

export const root = join(import.meta.dirname, "../..");

/** Every system with the part that holds it. */
export const systems = parts.flatMap((part) => part.systems.map((system) => ({ part: part.slug, system })));

/** Those that are written. */
export const chapters: readonly { readonly slug: string; readonly file: string }[] = systems
  .map(({ part, system }) => ({ slug: system.slug, file: `docs/${part}/${system.slug}.mdx` }))
  .filter(({ file }) => existsSync(join(root, file)));

/** Names without the ending; a folder that does not exist has no files. */
export function filesIn(folder: string, ending: string): string[] {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length));
}

/** Every file of `course/estimates`, evaluated. */
export async function allEstimates(): Promise<SystemEstimates[]> {
  const names = filesIn("course/estimates", ".ts").filter((name) => !name.endsWith(".test"));
  const modules = await Promise.all(
    names.map((name) => import(pathToFileURL(join(root, "course/estimates", `${name}.ts`)).href)),
  );
  return modules.flatMap((module) => Object.values(module as Record<string, SystemEstimates>));
}

/** Names of an exercise's mutants, from the headings of its file. */
function mutantsOf(id: string): string[] {
  const file = join(root, "checker/suites", id, "mutants.md");
  if (!existsSync(file)) return [];
  return [...readFileSync(file, "utf8").matchAll(/^## (\S+)$/gm)].map(([, name]) => name!);
}

export async function knownInRepository(): Promise<Known> {
  const all = (await allEstimates()).flatMap(({ system, estimates }) =>
    estimates.map((estimate) => ({
      id: `${system}.${estimate.id}`,
      items: [
        ...estimate.inputs,
        ...estimate.steps,
        ...(estimate.breakEven === undefined ? [] : [{ id: "breakEven" }]),
      ],
    })),
  );
  return {
    estimates: new Set(all.map(({ id }) => id)),
    numbers: new Set(all.flatMap(({ id, items }) => items.map((item) => `${id}.${item.id}`))),
    diagrams: new Set(
      systems.flatMap(({ system }) =>
        filesIn(`diagrams/${system.slug}`, ".mmd").map((name) => `${system.slug}/${name}`),
      ),
    ),
    exercises: new Set(systems.flatMap(({ system }) => system.exercises.map(({ slug }) => `${system.slug}/${slug}`))),
    terms: new Set(glossary.map(({ id }) => id)),
    mutants: new Set(catalog.flatMap(({ id }) => mutantsOf(id).map((name) => `${id} ${name}`))),
    parameters: new Set(parameters.map(({ id }) => id)),
  };
}
