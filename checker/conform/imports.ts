import { posix } from "node:path";

/** What a file may import besides its contract and `NotStarted`. */
export interface Imports {
  /** Built-ins, packages and globals, as in the manifest. */
  readonly allow: readonly string[];
  /** Exercises of the same system, by slug. */
  readonly uses: readonly string[];
}

/** Null when the import is in order. */
export function importProblem(specifier: string, { allow, uses }: Imports): { why: string; next: string } | null {
  if (allow.includes(specifier)) return null;
  if (specifier.startsWith(".")) {
    const path = posix.normalize(specifier);
    if (path === "contract.ts" || path === "../not-started.ts") return null;
    if (uses.some((slug) => path === `${slug}.ts`)) return null;
  }
  return { why: why(specifier), next: next(allow, uses) };
}

function why(specifier: string): string {
  if (/(^|\/)solutions\//.test(specifier)) return "The solution is what you are asked to write";
  if (/(^|\/)checker\//.test(specifier) || /^(vitest|@vitest\/|vite|fast-check|chai)/.test(specifier))
    return "It is the grader's own, and graded code may not touch it";
  if (/(^|\/)sim\//.test(specifier)) return "The simulator drives your code; your code does not drive the simulator";
  if (specifier.startsWith(".")) return "An exercise is one file";
  return "This exercise is solved with the language alone, so that it runs in a browser too";
}

function next(allow: readonly string[], uses: readonly string[]): string {
  const permitted = ["./contract.ts", ...uses.map((slug) => `./${slug}.ts`), ...allow];
  const list = permitted.map((specifier) => `"${specifier}"`).join(", ");
  return `Import nothing but ${list}, or write what you need in this file`;
}
