/** The stub of one exercise, ready to be written. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CatalogEntry } from "../../course/manifest.ts";
import { HASHES, hashesOf } from "../subject/given.ts";
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

/** `given/hashes.json`: what a check compares the given parts with. */
export async function givenHashes(root: string): Promise<GeneratedFile> {
  const path = `given/${HASHES}`;
  return { path, text: await format(JSON.stringify(hashesOf({ root })), path, root) };
}
