/**
 * `npm run mutants [-- id...]`: Stryker finds the mutants that nobody thought of. Every survivor is either killed by a new
 * test or listed, with the reason, in `checker/suites/<system>/<exercise>/equivalent.json`. Exit code 1 otherwise.
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { catalog } from "../../course/manifest.ts";
import { format } from "../stubs/format.ts";
import { suiteFolder } from "../subject/rooms.ts";
import { type Equivalent, type MutationDocument, mergeScores, type Scored, scoreOf, shareKilled } from "./mutation.ts";
import { mutate } from "./stryker.ts";

const root = resolve(import.meta.dirname, "../..");
const SCORES = "checker/verify/stryker.json";

const asked = process.argv.slice(2);
const entries = catalog.filter(
  (each) => asked.length === 0 || asked.includes(each.id) || asked.includes(each.system.slug),
);
const unknown = asked.filter((id) => !entries.some((each) => each.id === id || each.system.slug === id));
if (unknown.length > 0) {
  console.error(`No exercise or system "${unknown.join('", "')}" in course/manifest.ts.`);
  process.exit(2);
}

let isClean = true;
for (const { id } of entries) {
  const startedAt = performance.now();
  const path = join(root, "solutions", `${id}.ts`);
  const results = await mutate({ root, id, concurrency: Math.min(4, availableParallelism()) });
  const scored = scoreOf(id, readFileSync(path, "utf8"), results, equivalentsOf(id));
  print(id, scored, performance.now() - startedAt);
  isClean = isClean && scored.score.survivors.length === 0 && scored.stale.length === 0;
  // After each exercise: a run over the whole course takes long, and may be stopped.
  await keep(scored);
}
// Stryker's workers may keep the loop alive for a while.
process.exit(isClean ? 0 : 1);

function equivalentsOf(id: string): Equivalent[] {
  const path = join(root, suiteFolder(id), "equivalent.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Equivalent[]) : [];
}

function print(id: string, { score, stale }: Scored, ms: number): void {
  const percent = (100 * shareKilled(score)).toFixed(1);
  const equal = score.equivalent.length > 0 ? `, ${score.equivalent.length} equivalent` : "";
  console.log(`${id}: ${percent}% of ${score.mutants} mutations killed${equal} (${Math.round(ms / 1_000)} s)`);
  for (const { line, original, replacement, mutator } of score.survivors) {
    console.log(
      `  survived  ${mutator}: ${original} -> ${replacement === "" ? "nothing" : replacement}\n            in: ${line}`,
    );
  }
  for (const { line, replacement } of stale) {
    console.log(`  stale     listed as equivalent, but it did not survive: ${replacement}\n            in: ${line}`);
  }
}

async function keep({ score }: Scored): Promise<void> {
  const path = join(root, SCORES);
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as MutationDocument) : null;
  const ids = catalog.map((entry) => entry.id);
  writeFileSync(path, await format(JSON.stringify(mergeScores(before, [score], ids)), SCORES, root));
}
