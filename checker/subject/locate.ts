import { lstatSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { editDistance } from "../text/closest.ts";
import type { Problem } from "./problem.ts";

export type Located =
  | { readonly kind: "found"; readonly text: string }
  | { readonly kind: "missing"; readonly message: string }
  | { readonly kind: "refused"; readonly problem: Problem };

/** An exercise of this course has a few hundred lines; a megabyte is not one. */
const LARGEST_BYTES = 1_048_576;

/**
 * Reads the file of exercise `id`, if it is a file and lies where it seems to lie. `tree` is the folder it may not
 * leave.
 */
export function locate(id: string, path: string, tree: string): Located {
  const shown = relative(dirname(tree), path);
  let real: string;
  try {
    real = realpathSync(path);
  } catch {
    return { kind: "missing", message: missingMessage(id, path, tree, shown) };
  }
  const refuse = (what: string, why: string, next: string): Located => {
    return { kind: "refused", problem: { line: null, what, why, next } };
  };
  const realTree = realpathSync(tree);
  if (!real.startsWith(realTree + sep))
    return refuse(
      "the file is a link that leads out of the folder being graded",
      "What is graded must be what lies there",
      `Put the code itself into ${shown}`,
    );
  const status = lstatSync(real);
  if (!status.isFile()) return refuse("it is not a file", "One exercise is one file", `Make ${shown} a file`);
  if (status.size > LARGEST_BYTES)
    return refuse("the file is larger than 1 MB", "It would not be read by a person either", "Make it smaller");
  const text = readFileSync(real, "utf8");
  if (text.trim() === "") return refuse("the file is empty", "There is nothing to grade", bringBack(id));
  return { kind: "found", text };
}

const bringBack = (id: string) => `Bring the stub back with \`npx bp reset ${id}\``;

function missingMessage(id: string, path: string, tree: string, shown: string): string {
  const closest = closestPath(path, tree);
  const hint = closest === null ? `${bringBack(id)}.` : `The closest file is ${relative(dirname(tree), closest)}.`;
  return `There is no file ${shown}. ${hint}`;
}

/** The file below `tree` that `path` was most likely meant to be, or null. */
function closestPath(path: string, tree: string): string | null {
  let best: { path: string; distance: number } | null = null;
  for (const candidate of filesBelow(tree)) {
    // A file of the right name in the wrong folder is closer than a similar name.
    const sameName = basename(candidate) === basename(path);
    const distance = sameName ? 1 : 2 + editDistance(relative(tree, candidate), relative(tree, path));
    if (best === null || distance < best.distance) best = { path: candidate, distance };
  }
  return best !== null && best.distance <= 2 + basename(path).length / 2 ? best.path : null;
}

function filesBelow(tree: string): string[] {
  try {
    return readdirSync(tree, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && !name.includes("node_modules"))
      .map((name) => join(tree, name));
  } catch {
    return [];
  }
}
