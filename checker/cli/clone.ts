/** For tests of the real binary: the course in a folder of its own, so that nobody's progress is touched. */

import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
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

export interface Clone {
  readonly root: string;
  readonly bin: string;
  readonly remove: () => void;
}

/** Everything that `bp` stands on; packages are shared, dependencies of the peers are left out. */
export function cloneCourse(): Clone {
  const root = mkdtempSync(join(tmpdir(), "bp-clone-"));
  for (const part of PARTS)
    cpSync(join(repository, part), join(root, part), {
      recursive: true,
      filter: (path) => basename(path) !== "node_modules",
    });
  for (const folder of ["node_modules", "services/node_modules"]) {
    if (existsSync(join(repository, folder))) symlinkSync(join(repository, folder), join(root, folder));
  }
  return {
    root,
    bin: join(root, "checker", "bin", "bp.mjs"),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
