/** The built site in build/: whether it is older than what it is made of, and how to make it. */

import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "../machine/installation.mjs";

const SOURCES = [
  "course",
  "diagrams",
  "docs",
  "docusaurus.config.ts",
  "given",
  "package-lock.json",
  "sidebars.ts",
  "sim",
  "site",
  "solutions",
];
const NOT_PART_OF_THE_SITE = /[\\/](e2e|node_modules)[\\/]|\.test\.ts$/;

/** Null when the build is newer than every source, otherwise the source that is newer, or "" when there is no build. */
export function newerThanBuild(folder = root) {
  const index = join(folder, "build", "index.html");
  if (!existsSync(index)) return "";
  const builtAt = statSync(index).mtimeMs;
  for (const source of SOURCES) {
    const path = newerIn(folder, source, builtAt);
    if (path !== null) return path;
  }
  return null;
}

/**
 * Runs `docusaurus build`. Resolves to its exit code; `onChild` gets the process, to end it and to hear its stages as
 * messages (site/plugins/stages.ts).
 */
export function buildSite(onChild = () => {}) {
  const docusaurus = join(root, "node_modules", "@docusaurus", "core", "bin", "docusaurus.mjs");
  const child = spawn(process.execPath, [docusaurus, "build"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, BP_GRADER: "" },
  });
  onChild(child);
  return new Promise((resolve) => child.on("exit", (code) => resolve(code ?? 1)));
}

function newerIn(folder, source, since) {
  const path = join(folder, source);
  if (!existsSync(path)) return null;
  if (statSync(path).isFile()) return statSync(path).mtimeMs > since ? source : null;
  for (const entry of readdirSync(path, { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile() && !NOT_PART_OF_THE_SITE.test(file) && statSync(file).mtimeMs > since) return file;
  }
  return null;
}
