/** For tests of the real binary: the course in a folder of its own, so that nobody's progress is touched. */

import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const repository = join(import.meta.dirname, "../..");
const PARTS = [
  "checker",
  "course",
  "exercises",
  "given",
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
  symlinkSync(join(repository, "node_modules"), join(root, "node_modules"));
  return {
    root,
    bin: join(root, "checker", "bin", "bp.mjs"),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
