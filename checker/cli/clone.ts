/** For tests of the real binary: the course in a folder of its own, so that nobody's progress is touched. */

import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const repository = join(import.meta.dirname, "../..");
const PARTS = [
  "checker",
  "course",
  "exercises",
  "given",
  "services",
  "sim",
  "solutions",
  ".gitignore",
  "docs",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "biome.json",
];

/** What a build of the site needs besides. */
const SITE = ["diagrams", "docusaurus.config.ts", "sidebars.ts", "site"];

export interface Clone {
  readonly root: string;
  readonly bin: string;
  readonly remove: () => void;
}

/**
 * Everything that `bp` stands on; packages are shared, dependencies of the peers are left out. With `site`, what
 * `npm start` stands on as well, and caches of its own, which are empty.
 */
export function cloneCourse({ site = false } = {}): Clone {
  const root = mkdtempSync(join(tmpdir(), "bp-clone-"));
  for (const part of site ? [...PARTS, ...SITE] : PARTS)
    cpSync(join(repository, part), join(root, part), {
      recursive: true,
      filter: (path) => basename(path) !== "node_modules",
    });
  for (const folder of ["node_modules", "services/node_modules"]) {
    if (!existsSync(join(repository, folder))) continue;
    if (site) linkEach(join(repository, folder), join(root, folder));
    else symlinkSync(join(repository, folder), join(root, folder));
  }
  return {
    root,
    bin: join(root, "checker", "bin", "bp.mjs"),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function linkEach(from: string, to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) if (name !== ".cache") symlinkSync(join(from, name), join(to, name));
}
