/**
 * Given parts are the same for everybody: a check of a course in which one was changed says so in place of a verdict
 * about code that stands on it. `given/hashes.json` is written with the stubs (`npm run stubs`).
 */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { givenFolder, type Rooms } from "./rooms.ts";

/** Path below `given/`, with `/`, to the SHA-256 of the file, in hex. */
export type GivenHashes = Readonly<Record<string, string>>;

export const HASHES = "hashes.json";

/** Line ends do not count: git may change them. */
export function hashOf(text: string): string {
  return createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex");
}

/** What lies in the folders of `systems` now (all of them by default), sorted. */
export function givenFiles(rooms: Rooms, systems?: readonly string[]): string[] {
  const folder = givenFolder(rooms);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && (systems === undefined || systems.includes(entry.name)))
    .flatMap(({ name }) => readdirSync(join(folder, name)).map((file) => `${name}/${file}`))
    .filter((path) => path.endsWith(".ts"))
    .sort();
}

export function hashesOf(rooms: Rooms): GivenHashes {
  const hash = (path: string) => hashOf(readFileSync(join(givenFolder(rooms), path), "utf8"));
  return Object.fromEntries(givenFiles(rooms).map((path) => [path, hash(path)]));
}

export function committedHashes(rooms: Rooms): GivenHashes | null {
  try {
    return JSON.parse(readFileSync(join(givenFolder(rooms), HASHES), "utf8")) as GivenHashes;
  } catch {
    return null;
  }
}

/**
 * Files of `systems` that are not as committed, below `given/`: changed, missing, or never there. Empty where a room
 * has no given parts.
 */
export function changedGiven(rooms: Rooms, systems?: readonly string[]): string[] {
  if (!existsSync(givenFolder(rooms))) return [];
  const committed = committedHashes(rooms);
  if (committed === null) return [HASHES];
  const wanted = Object.keys(committed).filter((path) => systems?.includes(path.split("/")[0]!) ?? true);
  const present = givenFiles(rooms, systems);
  const differs = (path: string) =>
    committed[path] === undefined || committed[path] !== hashOf(readFileSync(join(givenFolder(rooms), path), "utf8"));
  return [...wanted.filter((path) => !present.includes(path)), ...present.filter(differs)].sort();
}

/** Null when the given parts of the exercise `id`, and of those it uses, are as they were given. */
export function givenProblem(rooms: Rooms, { id, uses }: { id: string; uses: readonly string[] }): string | null {
  const systems = ["common", ...new Set([id, ...uses].map((each) => each.split("/")[0]!))];
  const changed = changedGiven(rooms, systems).map((path) => `given/${path}`);
  if (changed.length === 0) return null;
  const are = changed.length === 1 ? "is not" : "are not";
  return (
    `${changed.join(", ")} ${are} as given. \`npx bp reset --given\` brings ` +
    `${changed.length === 1 ? "it" : "them"} back.`
  );
}
