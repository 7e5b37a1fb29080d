/**
 * Verdicts that no exercise of the course has ready, from the real command on the fixtures' course: as many of them at
 * once as there are.
 */

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CheckDocument } from "../../course/report.ts";
import type { Progress } from "../learner/progress.ts";
import { tally } from "./fixtures/learners.ts";
import type { Limits } from "./limits.ts";

const TEST_TIMEOUT_MS = 180_000;
const SHORT: Partial<Limits> = { silenceCpuMs: 1_500, clockFactor: 3 };

const once = "let total = 0;\n  for (const value of values) total += value;";
/**
 * Every other run takes three times as long: half of the rounds lie above the bound, half below, and no measuring
 * longer helps.
 */
const NOW_AND_THEN = tally({
  top: "let runs = 0;",
  sum: `if (values.length === 0) runs++;
  ${once}
  if (runs % 2 === 0) for (let again = 0; again < 2; again++) for (const value of values) total += 0 * value;
  return total;`,
});
const TWICE = tally({ sum: `${once}\n  for (const value of values) total += 0 * value;\n  return total;` });

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "verdicts-test-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function put(root: string, slug: string, source: string): void {
  const path = join(root, "exercises/tally", `${slug}.ts`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, source);
}

interface Run {
  readonly exitCode: number;
  readonly statuses: Readonly<Record<string, string>>;
  readonly document: CheckDocument;
}

function bp(root: string, slugs: readonly string[], ...options: readonly string[]): Promise<Run> {
  const script = join(import.meta.dirname, "fixtures/bp.ts");
  const ids = slugs.map((slug) => `tally/${slug}`);
  const args = ["--import", "tsx", script, root, "check", ...ids, "--json", ...options];
  const env = { ...process.env, BACKPRESSURE_LIMITS: JSON.stringify(SHORT) };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : error.code;
      if (typeof exitCode !== "number" || stdout === "") return reject(error ?? new Error(stderr));
      const document = JSON.parse(stdout) as CheckDocument;
      const statuses = Object.fromEntries(document.exercises.map(({ id, status }) => [id.slice(6), status]));
      resolve({ exitCode, statuses, document });
    });
  });
}

describe("two checks at once, in one tree", () => {
  it.concurrent("do not disturb each other: each has its own verdicts, and progress has both", {
    timeout: TEST_TIMEOUT_MS,
  }, async () => {
    const root = join(home, "shared");
    put(root, "counter", TWICE);
    put(root, "timed", NOW_AND_THEN);
    for (const slug of ["half-tested", "untested", "broken"]) put(root, slug, tally());
    const [one, other] = await Promise.all([
      bp(root, ["counter", "half-tested"]),
      bp(root, ["untested", "broken", "timed"]),
    ]);
    expect(one.statuses).toEqual({ counter: "too-slow", "half-tested": "no-tests" });
    expect(one.exitCode).toBe(1);
    expect(other.statuses).toEqual({ untested: "no-tests", broken: "inconclusive", timed: "inconclusive" });
    // A suite that breaks is the grader's fault, and no verdict on the file.
    expect(other.exitCode).toBe(3);
    const [timed] = other.document.exercises.at(-1)!.benchmarks;
    expect(timed).toMatchObject({
      status: "inconclusive",
      message: expect.stringContaining("differ too much to tell"),
    });

    const { exercises } = JSON.parse(readFileSync(join(root, ".backpressure/progress.json"), "utf8")) as Progress;
    expect(
      Object.entries(exercises)
        .map(([id, { last }]) => [id, last?.status])
        .sort(),
    ).toEqual([
      ["tally/counter", "too-slow"],
      ["tally/half-tested", "no-tests"],
      ["tally/timed", "inconclusive"],
      ["tally/untested", "no-tests"],
    ]);
  });
});

describe("a check", () => {
  it.concurrent("calls a promise that a method never settles timed-out, and ends", {
    timeout: TEST_TIMEOUT_MS,
  }, async () => {
    const root = join(home, "waiting");
    put(root, "counter", tally({ flush: "return new Promise<number>(() => {});" }));
    const { exitCode, statuses, document } = await bp(root, ["counter"], "--no-bench");
    expect({ exitCode, statuses }).toEqual({ exitCode: 1, statuses: { counter: "timed-out" } });
    expect(document.exercises[0]!.message).toContain("flushes the sum");
  });

  it.concurrent("exits with 0 when all that was asked for passed", { timeout: TEST_TIMEOUT_MS }, async () => {
    const root = join(home, "right");
    put(root, "counter", tally());
    const { exitCode, statuses } = await bp(root, ["counter"]);
    expect({ exitCode, statuses }).toEqual({ exitCode: 0, statuses: { counter: "passed" } });
  });
});
