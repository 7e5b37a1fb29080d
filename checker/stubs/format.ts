/** The repository's own formatter, so that a generated file is byte for byte what `npx biome check --write` leaves. */

import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

const biome = createRequire(import.meta.url).resolve("@biomejs/biome/bin/biome");

/** Formats `text` and sorts its imports as if it lay at `path` (relative to `root`). */
export function format(text: string, path: string, root: string): Promise<string> {
  const args = [biome, "check", "--write", "--linter-enabled=false", `--stdin-file-path=${join(root, path)}`];
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, args, { cwd: root }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`biome could not format ${path}: ${stderr.trim()}`));
    });
    child.stdin?.end(text);
  });
}
