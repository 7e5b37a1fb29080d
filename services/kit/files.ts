/** Which files run: the learner's where it has passed and is as it was then, otherwise the reference. */

import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

export const root = resolve(import.meta.dirname, "../..");

/** What `npx bp` says of an exercise: its state, and the SHA-256 of the file that the state is about. */
export interface Standing {
  readonly state: string;
  readonly file?: string;
}

export type Standings = Readonly<Record<string, Standing>>;

export interface Choice {
  readonly exercise: string;
  readonly runs: "yours" | "reference";
  /** Why it is not the learner's: `not started`, `edited since it passed`, … */
  readonly why: string;
}

/** Decides for each of `exercises`. O(bytes of their files). */
export function chooseFiles(
  exercises: readonly string[],
  standings: Standings,
  isReference: boolean,
  at = root,
): Choice[] {
  return exercises.map((exercise) => {
    if (isReference) return { exercise, runs: "reference", why: "asked for with --from solutions" };
    const { state, file } = standings[exercise] ?? { state: "not-started" };
    if (state !== "passed") return { exercise, runs: "reference", why: REASONS[state] ?? state.replaceAll("-", " ") };
    const path = join(at, "exercises", `${exercise}.ts`);
    const isSame = existsSync(path) && hashOf(readFileSync(path)) === file;
    return isSame ? { exercise, runs: "yours", why: "passed" } : { exercise, runs: "reference", why: REASONS.edited! };
  });
}

const REASONS: Readonly<Record<string, string>> = {
  edited: "yours was edited since its last check",
  "not-measured": "yours passed without benchmarks only",
};

const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/**
 * Copies what runs into `folder`, so that an edit during the run changes nothing, and a part that starts again is the
 * part that died. A file that builds on another exercise gets the one that was chosen for it.
 */
export function layOut(folder: string, choices: readonly Choice[], at = root): void {
  const yours = new Set(choices.filter(({ runs }) => runs === "yours").map(({ exercise }) => exercise));
  for (const system of readdirSync(join(at, "solutions"), { withFileTypes: true })) {
    if (!system.isDirectory()) continue;
    mkdirSync(join(folder, "exercises", system.name), { recursive: true });
    for (const file of readdirSync(join(at, "solutions", system.name))) {
      const id = `${system.name}/${file}`;
      const room = yours.has(id.replace(/\.ts$/, "")) ? "exercises" : "solutions";
      cpSync(join(at, room, id), join(folder, "exercises", id));
    }
  }
  symlinkSync(join(at, "given"), join(folder, "given"), "junction");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  cpSync(join(at, "exercises", "not-started.ts"), join(folder, "exercises", "not-started.ts"));
}

/** Imports one of the files that were laid out. */
export function loadFrom<Module>(folder: string, exercise: string): Promise<Module> {
  return import(pathToFileURL(join(folder, "exercises", `${exercise}.ts`)).href) as Promise<Module>;
}

/** A folder for the process `pid`, new and empty. Folders of processes that were killed are removed by the way. */
export function runFolder(pid: number, at = root): string {
  const all = join(at, ".backpressure", "run");
  if (existsSync(all)) {
    for (const name of readdirSync(all)) if (!isAlive(Number(name))) removeFolder(join(all, name));
  }
  const folder = join(all, String(pid));
  removeFolder(folder);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** With all that is in it; what links lead to stays. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    // Only where it is empty: another run may be under way, or begin at this moment.
    rmdirSync(dirname(folder));
  } catch {
    // Somebody else has removed it, or uses it.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
