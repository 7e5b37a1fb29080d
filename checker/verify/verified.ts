/**
 * `verified.json` of an exercise: what a full verification found, and a hash of what it found it in. No times: the same
 * on every machine.
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CatalogEntry } from "../../course/manifest.ts";
import { type Rooms, suiteFolder } from "../subject/rooms.ts";
import { type Foundations, fingerprintOf, foundationsOf, VERIFIED } from "./fingerprint.ts";
import type { ExerciseMatrix } from "./matrix.ts";

export interface Verified extends ExerciseMatrix {
  readonly version: 1;
  /** `fingerprintOf` the exercise. */
  readonly hash: string;
  readonly foundations: Foundations;
  /** False where benchmarks were left out: then nothing was stopped by them, or passed them, in this version. */
  readonly measured: boolean;
}

/** Relative to the root, with `/`. */
export const verifiedPath = (id: string): string => `${suiteFolder(id)}/${VERIFIED}`;

/** Null where none was recorded, or none that can be read. */
export function verifiedOf(id: string, { root }: Rooms): Verified | null {
  const path = join(root, verifiedPath(id));
  if (!existsSync(path)) return null;
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Verified;
  } catch {
    return null;
  }
}

export function recordOf(entry: CatalogEntry, matrix: ExerciseMatrix, rooms: Rooms, measured: boolean): Verified {
  const { id, ...rows } = matrix;
  return { version: 1, id, hash: fingerprintOf(entry, rooms), foundations: foundationsOf(rooms), measured, ...rows };
}

export const isStale = (entry: CatalogEntry, rooms: Rooms): boolean =>
  verifiedOf(entry.id, rooms)?.hash !== fingerprintOf(entry, rooms);

/**
 * What differs between the record and a fresh run; empty when it still holds. `withBench`: mutants of benchmarks were
 * run too.
 */
export function differences(recorded: Verified | null, fresh: ExerciseMatrix, withBench: boolean): string[] {
  if (recorded === null) return ["nothing is recorded yet"];
  const found: string[] = [];
  const names = (matrix: ExerciseMatrix): string =>
    matrix.behaviors.map(({ stage, name }) => `${stage} ${name}`).join();
  if (names(recorded) !== names(fresh)) found.push("the behaviors are others");
  for (const { name, explored } of fresh.behaviors) {
    const before = recorded.behaviors.find((each) => each.name === name)?.explored;
    if (JSON.stringify(before) !== JSON.stringify(explored)) found.push(`"${name}" explores other states`);
  }
  const counts = ({ killedBy }: { killedBy: { kind: string } }): boolean => withBench || killedBy.kind !== "benchmark";
  const rows = new Map(recorded.mutants.filter(counts).map((row) => [row.name, row]));
  for (const { name, killedBy, kills } of fresh.mutants.filter(counts)) {
    const row = rows.get(name);
    rows.delete(name);
    if (row === undefined) found.push(`mutant ${name} is not recorded`);
    else if (JSON.stringify(row.killedBy) !== JSON.stringify(killedBy))
      found.push(`mutant ${name} names another killer`);
    else if (row.kills.join() !== kills.join()) found.push(`mutant ${name} fails in other behaviors`);
  }
  for (const name of rows.keys()) found.push(`mutant ${name} is recorded and no longer there`);
  return found;
}
