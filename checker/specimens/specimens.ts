/** Known right and wrong solutions of an exercise, as whole texts, and what each promises. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { alternativesFolder, mutantsPath, type Rooms, solutionPath } from "../subject/rooms.ts";
import { applyMistake, type Mistake, parseMistakes } from "./edits.ts";

/** A mistake in its base. */
export interface Mutant extends Mistake {
  readonly text: string;
}

export interface Alternative {
  /** Kebab-case file name without `.ts`. */
  readonly name: string;
  readonly text: string;
  /** What is different, and why it is right. */
  readonly summary: string;
}

export interface Specimens {
  readonly mutants: readonly Mutant[];
  readonly alternatives: readonly Alternative[];
  /** Sections and headers that cannot be read, edits that do not apply. */
  readonly problems: readonly string[];
}

export function specimensOf(id: string, rooms: Rooms): Specimens {
  const problems: string[] = [];
  const alternatives = alternativesOf(id, rooms).flatMap(({ name, text }): Alternative[] => {
    const summary = parseAlternativeHeader(text);
    if (summary !== null) return [{ name, text, summary }];
    problems.push(`alternative ${name}: its first comment must start with "Alternative: "`);
    return [];
  });
  const baseOf = ({ name, of }: Mistake): string => {
    if (of === null) return readFileSync(solutionPath(rooms, id), "utf8");
    const base = alternatives.find((each) => each.name === of);
    if (base === undefined) throw new Error(`${name}: there is no alternative "${of}"`);
    return base.text;
  };
  const mutants = mistakesOf(id, rooms, problems).flatMap((mistake): Mutant[] => {
    try {
      return [{ ...mistake, text: applyMistake(baseOf(mistake), mistake) }];
    } catch (error) {
      problems.push(`mutants.md, ${(error as Error).message}`);
      return [];
    }
  });
  return { mutants, alternatives, problems };
}

function mistakesOf(id: string, rooms: Rooms, problems: string[]): Mistake[] {
  const path = mutantsPath(rooms, id);
  if (!existsSync(path)) return [];
  try {
    return parseMistakes(readFileSync(path, "utf8"));
  } catch (error) {
    problems.push(`mutants.md, ${(error as Error).message}`);
    return [];
  }
}

function alternativesOf(id: string, rooms: Rooms): { name: string; text: string }[] {
  const folder = alternativesFolder(rooms, id);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .map((file) => ({ name: basename(file, ".ts"), text: readFileSync(join(folder, file), "utf8") }));
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
