import { readFileSync, realpathSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Plugin } from "vitest/config";
import { solutionPath, suiteFolder } from "../subject/rooms.ts";
import type { Subject } from "../subject/subject.ts";

/** What suites stand on, relative to the root. */
const FOUNDATIONS = ["checker/kit/", "checker/subject/", "sim/", "course/", "given/"];

/**
 * Vitest's worker asks its host for modules by path, and the host would transform any file of the disk for it. This
 * plugin serves what the suite of the exercise is made of and nothing else: never the reference of the exercise, its
 * alternatives, or its mistakes.
 */
export function closurePlugin(current: () => { readonly subject: Subject; readonly suitePath: string }): Plugin {
  return {
    name: "bp-closure",
    enforce: "pre",
    load(id) {
      const { subject, suitePath } = current();
      const path = id.replace(/[?#].*$/, "").replace(/^\/@fs(?=\/)/, "");
      if (isServed(path, subject, suitePath)) return null;
      throw new Error(`"${id}" is not part of the suite`);
    },
  };
}

function isServed(path: string, subject: Subject, suitePath: string): boolean {
  // Made by Vite or Vitest themselves; nothing of the disk.
  if (path.startsWith("\0") || path.startsWith("virtual:") || path.startsWith("/@vite/")) return true;
  if (path === subject.path || path === suitePath) return true;
  const real = realPathOf(path);
  if (real === null) return false;
  const { root, id, uses } = subject;
  const shown = relative(realpathSync(root), real).split(sep).join("/");
  // The checker's own tests put another course in place of the repository; its kit is the repository's all the same.
  const home = relative(join(import.meta.dirname, "../.."), real)
    .split(sep)
    .join("/");
  const [system = ""] = id.split("/");
  const isShared = new RegExp(`^checker/suites/${system}/[^/]+\\.ts$`).test(shown);
  const isOwn = shown.startsWith(`${suiteFolder(id)}/`) && !shown.includes("/alternatives/") && shown.endsWith(".ts");
  if (isShared || isOwn) return true;
  if (FOUNDATIONS.some((room) => shown.startsWith(room) || home.startsWith(room))) return true;
  if (shown === "exercises/not-started.ts" || home.startsWith("node_modules/")) return true;
  // Suites of what is built of other parts run these as references: of other exercises, never of this one.
  return real !== realPathOf(solutionPath({ root }, id)) && solutionsBehind(suitePath, uses, root).has(real);
}

const known = new Map<string, ReadonlySet<string>>();

/** Solutions that the suite imports to run them, with what these import; and those that the code under test may use. */
function solutionsBehind(suitePath: string, uses: readonly string[], root: string): ReadonlySet<string> {
  const key = [suitePath, ...uses].join("\n");
  let found = known.get(key);
  if (found === undefined) {
    const seen = new Set<string>();
    const open = [suitePath, ...uses.map((used) => solutionPath({ root }, used))];
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      const real = realPathOf(path);
      if (real === null || seen.has(real) || !real.endsWith(".ts")) continue;
      seen.add(real);
      for (const specifier of importsOf(readFileSync(real, "utf8"))) open.push(resolve(dirname(real), specifier));
    }
    found = new Set([...seen].filter((path) => path.includes(`${sep}solutions${sep}`)));
    known.set(key, found);
  }
  return found;
}

/** Relative imports that load something; `import type` and `typeof import(…)` do not. */
function importsOf(source: string): string[] {
  const pattern = /^\s*(?:import|export)\s+(?!type\b)(?:[^;"]*?\sfrom\s+)?"(\.[^"]+)"/gm;
  return [...source.matchAll(pattern)].map((match) => match[1]!);
}

function realPathOf(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
