/** The visible example tests: all of an exercise must pass on the reference, and none on the stub. */

import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import type { Finding } from "./judgment.ts";
import { BENCHES, type BenchName, type Workbench } from "./workbench.ts";

const EXAMPLES_MIN = 2;
const TIMEOUT_MS = 180_000;

interface ExampleTest {
  readonly name: string;
  readonly passed: boolean;
}

type Examples = Record<BenchName, readonly ExampleTest[] | undefined>;

/** Runs the example tests of the whole workbench in one plain Vitest. */
export async function judgeExamples(ids: readonly string[], workbench: Workbench): Promise<Map<string, Finding>> {
  const seen = await runExamples(workbench);
  return new Map(ids.map((id) => [id, { subject: "examples", problem: exampleProblem(seen.get(id)) }]));
}

/** What is wrong with the example tests of one exercise. */
export function exampleProblem(examples: Examples | undefined): string | null {
  const { stub = [], reference = [] } = examples ?? {};
  if (reference.length < EXAMPLES_MIN)
    return `${reference.length} example tests ran, at least ${EXAMPLES_MIN} are asked for`;
  const failing = reference.find((test) => !test.passed);
  if (failing !== undefined) return `example test "${failing.name}" fails on the reference`;
  const passing = stub.find((test) => test.passed);
  if (passing !== undefined) return `example test "${passing.name}" passes on the stub, so it tests nothing`;
  return null;
}

async function runExamples({ folder }: Workbench): Promise<Map<string, Examples>> {
  const output = join(folder, "examples.json");
  await runVitest(folder, output);
  const results = new Map<string, Examples>();
  if (!existsSync(output)) return results;
  const { testResults } = JSON.parse(readFileSync(output, "utf8")) as {
    testResults: { name: string; assertionResults: { fullName: string; status: string }[] }[];
  };
  for (const file of testResults) {
    const [bench, , ...rest] = relative(folder, file.name).split(sep);
    if (!BENCHES.includes(bench as BenchName)) continue;
    const id = rest.join("/").replace(/\.test\.ts$/, "");
    const tests = file.assertionResults.map(({ fullName, status }) => ({
      name: fullName,
      passed: status === "passed",
    }));
    results.set(id, { stub: undefined, reference: undefined, ...results.get(id), [bench as BenchName]: tests });
  }
  return results;
}

/** Failing tests are what is wanted of the stubs, so the exit code says nothing; a missing output file does. */
function runVitest(folder: string, output: string): Promise<void> {
  const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
  // A configuration of its own: Vitest would look for one in the folders above.
  const config = join(folder, "vitest.config.mjs");
  writeFileSync(config, 'export default { test: { include: ["{stub,reference}/exercises/**/*.test.ts"] } };\n');
  const args = [
    vitest,
    "run",
    "--root",
    folder,
    "--config",
    config,
    "--reporter=json",
    `--outputFile=${output}`,
    "--maxWorkers=2",
  ];
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith("VITEST")));
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: "ignore", detached: true });
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }, TIMEOUT_MS);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    child.once("exit", done);
    child.once("error", done);
  });
}
