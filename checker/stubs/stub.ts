/** The stub of one exercise, ready to be written. */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CatalogEntry } from "../../course/manifest.ts";
import { format } from "./format.ts";
import { generateStub } from "./generate.ts";

export interface GeneratedFile {
  /** Relative to the repository root, with `/`. */
  readonly path: string;
  readonly text: string;
}

/**
 * Text of `exercises/<system>/<exercise>.ts`, generated from the solution below `root`.
 * @throws StubError when the solution cannot become a stub; an ordinary file error when there is no solution.
 */
export async function stubFor(entry: CatalogEntry, root: string): Promise<GeneratedFile> {
  const source = await readFile(join(root, "solutions", `${entry.id}.ts`), "utf8");
  const path = `exercises/${entry.id}.ts`;
  const text = generateStub(source, {
    id: entry.id,
    title: entry.exercise.title,
    summary: entry.exercise.summary,
    stages: entry.exercise.stages,
    chapter: `docs/${entry.part.slug}/${entry.system.slug}.mdx`,
  });
  return { path, text: await format(text, path, root) };
}

/** The given types of a system, copied verbatim; null where a system has none. */
export async function contractFor(system: string, root: string): Promise<GeneratedFile | null> {
  const source = join(root, "solutions", system, "contract.ts");
  if (!existsSync(source)) return null;
  return { path: `exercises/${system}/contract.ts`, text: await readFile(source, "utf8") };
}
