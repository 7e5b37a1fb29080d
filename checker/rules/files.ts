/** The files of the repository, without what is installed or generated. */

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");

const GENERATED = new Set([
  ".git",
  "node_modules",
  ".docusaurus",
  "build",
  ".backpressure",
  ".stryker-tmp",
  "reports",
  "coverage",
]);

const TEXT =
  /\.(?:ts|tsx|mts|mjs|cjs|js|json|css|md|mdx|mmd|svg|html|txt|yml|yaml|toml)$|\/\.ci\/run$|^\.(?:npmrc|gitignore)$/;

/** Paths relative to the root, with `/`, sorted. Text files only. */
export function repositoryFiles(folder = ""): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return GENERATED.has(entry.name) ? [] : repositoryFiles(path);
      return entry.isFile() && TEXT.test(entry.name === "run" ? `/${path}` : path) ? [path] : [];
    })
    .sort();
}

export const read = (path: string): string => readFileSync(join(root, path), "utf8");

export const isCode = (path: string): boolean => /\.(?:ts|tsx|mts|mjs)$/.test(path);
export const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path);
/**
 * Specimens: right solutions of another kind, and the checkers' own examples. They follow their exercise, not the
 * house.
 */
export const isSpecimen = (path: string): boolean => /\/alternatives\/|\/fixtures\//.test(path);
