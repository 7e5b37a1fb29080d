/**
 * `npx bp verify [id...]`. Exit codes: 0 the graders are right, 1 one of them is wrong, 2 no such exercise, 3
 * verification itself broke down.
 *
 * Without ids: exercises whose hash is not the recorded one, and a sample of the rest. With ids, or `--all`: these.
 * Each mutant runs against the test that it names. `--matrix`: every mutant of these, or of all, against every test;
 * what was found is recorded, and in CI compared with the record.
 */

import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { catalog } from "../../course/manifest.ts";
import { format } from "../stubs/format.ts";
import { type Chosen, chooseSample, commitOf, shardOf } from "./choose.ts";
import { drawMatrix, idleBehaviors } from "./matrix.ts";
import { differences, isStale, recordOf, verifiedOf, verifiedPath } from "./verified.ts";
import { type VerifyReport, verifyExercises } from "./verify.ts";

const root = resolve(import.meta.dirname, "../..");
const rooms = { root };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    "no-bench": { type: "boolean" },
    json: { type: "boolean" },
    jobs: { type: "string" },
    all: { type: "boolean" },
    matrix: { type: "boolean" },
    shard: { type: "string" },
  },
});
const bench = values["no-bench"] !== true;
const unknown = positionals.filter((id) => !catalog.some((each) => each.id === id || each.system.slug === id));
if (unknown.length > 0)
  fail(`No exercise or system "${unknown.join('", "')}" in course/manifest.ts. \`npx bp list\` shows them.`);
const chosen = choose();

function choose(): Chosen[] {
  const named = catalog.filter((each) => positionals.includes(each.id) || positionals.includes(each.system.slug));
  const depth = values.matrix === true ? "matrix" : "named";
  const asked = positionals.length > 0 ? named : catalog;
  const isSample = positionals.length === 0 && values.all !== true && values.matrix !== true;
  const all: Chosen[] = isSample
    ? chooseSample(catalog, rooms, commitOf(rooms))
    : asked.map((entry) => ({ entry, depth, isChanged: isStale(entry, rooms) }));
  if (values.shard === undefined) return all;
  return shardOf(all, values.shard) ?? fail(`--shard takes i/n, as in 2/3, not "${values.shard}".`);
}

function fail(problem: string): never {
  console.error(problem);
  process.exit(2);
}

const say = values.json === true ? (): void => {} : console.log;
const abort = new AbortController();
process.once("SIGINT", () => abort.abort(new Error("interrupted")));
process.once("SIGTERM", () => abort.abort(new Error("terminated")));

try {
  const startedAt = performance.now();
  const onTerminal = process.stderr.isTTY && values.json !== true;
  say(choiceLine(chosen));
  const reports = await verifyExercises(chosen, {
    root,
    bench,
    signal: abort.signal,
    ...(values.jobs === undefined ? {} : { jobs: Number(values.jobs) }),
    onProgress: (done, of) => {
      if (onTerminal) process.stderr.write(`\r\x1b[K${done < of ? `${done} of ${of} solutions graded` : ""}`);
    },
    onReport: (report) => {
      if (onTerminal) process.stderr.write("\r\x1b[K");
      for (const line of reportLines(report)) say(line);
    },
  });
  const findings = reports.flatMap((report) => report.findings);
  const outdated = await keep(reports);
  for (const line of outdated) say(line);
  const failed = findings.filter((finding) => finding.problem !== null).length + outdated.length;
  const passed = findings.filter((finding) => finding.problem === null).length;
  if (values.json === true) console.log(JSON.stringify({ version: 1, passed, failed, outdated, exercises: reports }));
  say(`\n${passed} passed, ${failed} failed (${Math.round((performance.now() - startedAt) / 1_000)} s)`);
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 3;
}

function reportLines({ id, findings, matrix, workMs }: VerifyReport): string[] {
  const wrong = findings.flatMap(({ subject, problem }) =>
    problem === null ? [] : [`  ✗ ${withSubject(subject, problem)}`],
  );
  const count = (kind: string): number => findings.filter((each) => each.subject.startsWith(`${kind} `)).length;
  const what = `${count("mutant")} mutants, ${count("alternative")} alternatives, ${Math.round(workMs / 1_000)} s`;
  const lines = ["", `${wrong.length === 0 ? "✓" : "✗"} ${id}  ${what}`, ...wrong];
  if (matrix === null) return lines;
  lines.push(...drawMatrix(matrix).map((line) => `  ${line}`));
  const idle = idleBehaviors(matrix);
  if (idle.length > 0 && matrix.mutants.length > 0) {
    lines.push(`  no mutant fails in: ${idle.map((name) => `"${name}"`).join(", ")}`);
  }
  return lines;
}

function withSubject(subject: string, problem: string): string {
  return problem.includes(subject) ? problem : `${subject}: ${problem}`;
}

function choiceLine(all: readonly Chosen[]): string {
  const changed = all.filter(({ isChanged }) => isChanged).length;
  const how = values.matrix === true ? "against every test" : "against the tests that their mutants name";
  const left = catalog.length - all.length;
  return `${all.length} exercises ${how}, ${changed} of them changed since their record; ${left} left out`;
}

/** After `--matrix`: records what was found where the graders are right, in CI compares it. Returns what is wrong. */
async function keep(reports: readonly VerifyReport[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const { id, matrix, findings } of reports) {
    if (matrix === null || findings.some(({ problem }) => problem !== null)) continue;
    if (process.env.CI !== undefined) {
      const found = differences(verifiedOf(id, rooms), matrix, bench);
      if (found.length > 0)
        wrong.push(
          `✗ ${verifiedPath(id)}: ${found.slice(0, 3).join("; ")}. Mend it with: npx bp verify ${id} --matrix`,
        );
    } else {
      const entry = catalog.find((each) => each.id === id)!;
      const path = verifiedPath(id);
      // Their names are known from the last time they were measured.
      const benchmarks = bench ? matrix.benchmarks : (verifiedOf(id, rooms)?.benchmarks ?? []);
      const record = recordOf(entry, { ...matrix, benchmarks }, rooms, bench);
      writeFileSync(join(root, path), await format(JSON.stringify(record), path, root));
      say(`wrote ${path}`);
    }
  }
  return wrong;
}
