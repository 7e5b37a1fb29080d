/** `npm run mutants`: Stryker finds the mutants that nobody thought of. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { catalog } from "../../course/manifest.ts";
import { defineCommand } from "../cli/command.ts";
import { EXIT } from "../cli/exit.ts";
import { runScript } from "../cli/main.ts";
import { selectEntries } from "../learner/select.ts";
import { format } from "../stubs/format.ts";
import { suiteFolder } from "../subject/rooms.ts";
import { type Equivalent, type MutationDocument, mergeScores, type Scored, scoreOf, shareKilled } from "./mutation.ts";
import { mutate } from "./stryker.ts";

const root = resolve(import.meta.dirname, "../..");
const SCORES = "checker/verify/stryker.json";

const mutants = defineCommand({
  name: "mutants",
  typed: "npm run mutants --",
  usage: "[id...]",
  summary: "For maintainers: mutates solutions and looks for what no behavior notices.",
  positionals: { least: 0, most: Number.POSITIVE_INFINITY },
  options: {},
  details:
    "Every survivor is either killed by a new test or listed, with the reason, in " +
    "checker/suites/<system>/<exercise>/equivalent.json. Exit code 1 otherwise.",
  async run({ course }, { positionals }) {
    let isClean = true;
    for (const { id } of positionals.length === 0 ? course.catalog : selectEntries(course, positionals)) {
      const startedAt = performance.now();
      const path = join(root, "solutions", `${id}.ts`);
      const results = await mutate({ root, id, concurrency: Math.min(4, availableParallelism()) });
      const scored = scoreOf(id, readFileSync(path, "utf8"), results, equivalentsOf(id));
      print(id, scored, performance.now() - startedAt);
      isClean = isClean && scored.score.survivors.length === 0 && scored.stale.length === 0;
      // After each exercise: a run over the whole course takes long, and may be stopped.
      await keep(scored);
    }
    return isClean ? EXIT.passed : EXIT.notPassed;
  },
});

await runScript(mutants, root);

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
