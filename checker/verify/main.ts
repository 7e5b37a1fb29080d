/**
 * `npx bp verify [id...] [--no-bench] [--json]`. Exit codes: 0 the graders are right, 1 one of them is wrong, 2 no such
 * exercise, 3 verification itself broke down.
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { catalog } from "../../course/manifest.ts";
import { format } from "../stubs/format.ts";
import { drawMatrix, idleBehaviors, type MatrixDocument, mergeMatrix } from "./matrix.ts";
import { type VerifyReport, verifyExercises } from "./verify.ts";

const root = resolve(import.meta.dirname, "../..");
const MATRIX = "checker/verify/matrix.json";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { "no-bench": { type: "boolean" }, json: { type: "boolean" }, jobs: { type: "string" } },
});
const bench = values["no-bench"] !== true;
const unknown = positionals.filter((id) => !catalog.some((each) => each.id === id || each.system.slug === id));
if (unknown.length > 0) {
  console.error(`No exercise or system "${unknown.join('", "')}" in course/manifest.ts. \`npx bp list\` shows them.`);
  process.exit(2);
}
const entries = catalog.filter(
  (each) => positionals.length === 0 || positionals.includes(each.id) || positionals.includes(each.system.slug),
);

const say = values.json === true ? (): void => {} : console.log;
const abort = new AbortController();
process.once("SIGINT", () => abort.abort(new Error("interrupted")));
process.once("SIGTERM", () => abort.abort(new Error("terminated")));

try {
  const startedAt = performance.now();
  const onTerminal = process.stderr.isTTY && values.json !== true;
  const reports = await verifyExercises(entries, {
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
  const stale = bench ? await keepMatrix(reports) : null;
  const findings = reports.flatMap((report) => report.findings);
  const failed = findings.filter((finding) => finding.problem !== null).length + (stale === null ? 0 : 1);
  const passed = findings.filter((finding) => finding.problem === null).length;
  if (stale !== null) say(stale);
  if (values.json === true) console.log(JSON.stringify({ version: 1, passed, failed, stale, exercises: reports }));
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

/** Writes the matrix of exercises whose graders are right; in CI it only compares. Returns what is wrong. */
async function keepMatrix(reports: readonly VerifyReport[]): Promise<string | null> {
  const path = join(root, MATRIX);
  const text = existsSync(path) ? readFileSync(path, "utf8") : null;
  const before = text === null ? null : (JSON.parse(text) as MatrixDocument);
  const fresh = reports.flatMap(({ matrix, findings }) =>
    matrix !== null && findings.every((finding) => finding.problem === null) ? [matrix] : [],
  );
  if (before === null && fresh.length === 0) return null;
  const ids = catalog.map((entry) => entry.id);
  const after = await format(JSON.stringify(mergeMatrix(before, fresh, ids)), MATRIX, root);
  if (after === text) return null;
  if (process.env.CI !== undefined)
    return `✗ ${MATRIX} is not what this run found; run \`npx bp verify\` and commit it`;
  writeFileSync(path, after);
  say(`\nwrote ${MATRIX}`);
  return null;
}
