/** The course as it will be: a copy in which every planned system is written, made from those that are. */

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { chapterPath, systems } from "../../course/manifest.ts";
import type { Exercise, System } from "../../course/types.ts";
import { openCache } from "../figures/cache.ts";

/** What a build of the site reads. */
const ROOMS = ["checker", "course", "diagrams", "docs", "given", "sim", "site", "solutions"];
const FILES = ["docusaurus.config.ts", "package.json", "sidebars.ts", "tsconfig.json"];

/** Writes the copy into `into`. Returns the slugs of the systems that were generated. `root` is the repository. */
export function generateCourse(root: string, into: string): readonly string[] {
  for (const room of ROOMS) cpSync(join(root, room), join(into, room), { recursive: true, filter: isOfTheSite });
  for (const file of FILES) cpSync(join(root, file), join(into, file));
  linkPackages(root, into);
  const isWritten = ({ slug }: System) => existsSync(join(root, `${chapterPath(slug)}.mdx`));
  const templates = systems.filter(isWritten);
  const planned = systems.filter((system) => !isWritten(system));
  for (const [i, system] of planned.entries()) writeUnit(root, into, templates[i % templates.length]!, system);
  return planned.map(({ slug }) => slug);
}

// --- internal ---

const isOfTheSite = (path: string): boolean => !/[\\/](node_modules|fixtures)$|\.test\.ts$/.test(path);

/** Every package is the repository's; the caches are the copy's own. */
function linkPackages(root: string, into: string): void {
  const packages = join(into, "node_modules");
  mkdirSync(packages);
  for (const name of readdirSync(join(root, "node_modules")))
    if (name !== ".cache") symlinkSync(join(root, "node_modules", name), join(packages, name));
}

/** A unit of the size of `from`, with exercises, estimates and figures of its own; the lab is the template's. */
function writeUnit(root: string, into: string, from: System, system: System): void {
  const { slug } = system;
  const exercises = from.exercises.map((exercise) => renamed(exercise, slug));
  const declared = readFileSync(join(into, `course/systems/${slug}.ts`), "utf8");
  write(
    join(into, `course/systems/${slug}.ts`),
    declared.replace(/exercises: \[[\s\S]*\],\n\};/, () => `exercises: ${JSON.stringify(exercises)},\n};`),
  );
  const rename = (text: string) =>
    from.exercises
      .reduce(
        (all, exercise) =>
          all
            .replaceAll(`${from.slug}/${exercise.slug}`, `${slug}/${slug}-${exercise.slug}`)
            .replaceAll(`#exercise-${exercise.slug}`, `#exercise-${slug}-${exercise.slug}`),
        text,
      )
      .replaceAll(`id="${from.slug}.`, `id="${slug}.`)
      .replaceAll(`Diagram system="${from.slug}"`, `Diagram system="${slug}"`)
      .replaceAll(`Retrieval system="${from.slug}"`, `Retrieval system="${slug}"`)
      .replaceAll(`/${chapterPath(from.slug)}`, `/${chapterPath(slug)}`);
  const chapter = readFileSync(join(root, `${chapterPath(from.slug)}.mdx`), "utf8");
  write(
    join(into, `${chapterPath(slug)}.mdx`),
    rename(chapter).replace(/^(title|sidebar_label): .*$/gm, (_, key) => `${key}: ${JSON.stringify(system.title)}`),
  );
  for (const room of ["course/estimates", "course/interviews"]) copyData(join(into, room), from.slug, slug);
  copyFigures(root, into, from.slug, slug);
  for (const { slug: exercise } of from.exercises)
    copyVerified(join(into, "checker/suites"), `${from.slug}/${exercise}`, `${slug}/${slug}-${exercise}`);
}

const renamed = ({ uses: _, ...exercise }: Exercise, slug: string): Exercise => ({
  ...exercise,
  slug: `${slug}-${exercise.slug}`,
  title: `${exercise.title} of ${slug.replaceAll("-", " ")}`,
});

/** `<from>.ts` and the folder `<from>/` beside it. */
function copyData(folder: string, from: string, to: string): void {
  const rename = (text: string) => text.replaceAll(`"./${from}/`, `"./${to}/`).replaceAll(`"${from}`, `"${to}`);
  write(join(folder, `${to}.ts`), rename(readFileSync(join(folder, `${from}.ts`), "utf8")));
  for (const file of readdirSync(join(folder, from)))
    write(join(folder, to, file), rename(readFileSync(join(folder, from, file), "utf8")));
}

/** With what the cache has of them: the copy is built without drawing a figure a second time. */
function copyFigures(root: string, into: string, from: string, to: string): void {
  const [drawn, cache] = [openCache(root), openCache(into)];
  for (const file of readdirSync(join(root, "diagrams", from))) {
    const source = readFileSync(join(root, "diagrams", from, file), "utf8");
    write(join(into, "diagrams", to, file), source);
    const name = file.replace(/\.mmd$/, "");
    const figure = drawn.read(`${from}/${name}`, source);
    if (figure === null) continue;
    for (const system of [from, to]) cache.write(`${system}/${name}`, source, figure);
  }
}

function copyVerified(suites: string, from: string, to: string): void {
  const file = join(suites, from, "verified.json");
  if (!existsSync(file)) return;
  write(join(suites, to, "verified.json"), readFileSync(file, "utf8").replaceAll(`"${from}"`, `"${to}"`));
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  writeFileSync(path, text);
}
