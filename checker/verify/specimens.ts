/** Known right and wrong solutions of an exercise, and what each promises in its header. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** What must stop a mutant. */
export type Killer =
  | { readonly kind: "behavior"; readonly name: string }
  | { readonly kind: "benchmark"; readonly name: string }
  /** It never ends: the judge stops it, in whichever test. */
  | { readonly kind: "timed-out" };

export interface Mutant {
  /** Kebab-case file name without `.ts`. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** What the plausible engineer got wrong. */
  readonly summary: string;
  readonly killedBy: Killer;
}

export interface Alternative {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** What is different, and why it is right. */
  readonly summary: string;
}

export interface Specimens {
  readonly mutants: readonly Mutant[];
  readonly alternatives: readonly Alternative[];
  /** Headers that cannot be read. */
  readonly problems: readonly string[];
}

export function specimensOf(id: string, root: string): Specimens {
  const base = join(root, "checker/suites", id);
  const problems: string[] = [];
  const mutants = filesIn(`${base}.mutants`).flatMap((path): Mutant[] => {
    const parsed = parseMutantHeader(readFileSync(path, "utf8"));
    if (typeof parsed === "string") {
      problems.push(`mutant ${nameOf(path)}: ${parsed}`);
      return [];
    }
    return [{ name: nameOf(path), path, ...parsed }];
  });
  const alternatives = filesIn(`${base}.alternatives`).flatMap((path): Alternative[] => {
    const summary = parseAlternativeHeader(readFileSync(path, "utf8"));
    if (summary === null) {
      problems.push(`alternative ${nameOf(path)}: its first comment must start with "Alternative: "`);
      return [];
    }
    return [{ name: nameOf(path), path, summary }];
  });
  return { mutants, alternatives, problems };
}

/** The two lines of a mutant's header, or what is wrong with them. */
export function parseMutantHeader(source: string): { summary: string; killedBy: Killer } | string {
  const header = firstComment(source);
  if (header === null) return "the file must begin with a JSDoc header";
  const match = /^Mutant: (.+?)\s+Killed by: (.+)$/.exec(header);
  if (match === null) return 'its header must say "Mutant: …" and then "Killed by: …"';
  const [summary, killer] = [match[1]!, match[2]!];
  if (killer === "timed-out") return { summary, killedBy: { kind: "timed-out" } };
  const benchmark = /^benchmark: (.+)$/.exec(killer);
  if (benchmark !== null) return { summary, killedBy: { kind: "benchmark", name: benchmark[1]! } };
  return { summary, killedBy: { kind: "behavior", name: killer } };
}

export function parseAlternativeHeader(source: string): string | null {
  return /^Alternative: (.+)$/.exec(firstComment(source) ?? "")?.[1] ?? null;
}

/** Text of the JSDoc with which a file begins, on one line. */
function firstComment(source: string): string | null {
  const match = /^\s*\/\*\*([\s\S]*?)\*\//.exec(source);
  if (match === null) return null;
  return match[1]!
    .split("\n")
    .map((line) => line.replace(/^\s*\*? ?/, "").trim())
    .filter((line) => line !== "")
    .join(" ");
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => join(folder, name));
}

const nameOf = (path: string): string => basename(path, ".ts");
