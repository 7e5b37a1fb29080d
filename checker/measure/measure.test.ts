/** Real processes on known subjects: as fast, too slow, of the wrong order, endless, crashing, lying. */

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { type CatalogEntry, catalog } from "../../course/manifest.ts";
import type { BenchmarkResult } from "../../course/report.ts";
import { subjectOf } from "../subject/subject.ts";
import { type MeasureProgress, measureExercise } from "./measure.ts";

const root = resolve(import.meta.dirname, "../..");
const fixture = (name: string): string => join(import.meta.dirname, "fixtures", name);
// Any exercise will do: files are given.
const entry: CatalogEntry = catalog[0]!;
const folder = mkdtempSync(join(tmpdir(), "measure-test-"));
const lockPath = join(folder, "lock");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const subjectIn = (name: string) => subjectOf(entry, { root }, fixture(name), readFileSync(fixture(name), "utf8"));

interface Extra {
  readonly onProgress?: (event: MeasureProgress) => void;
  readonly signal?: AbortSignal;
}

function measure(subject: string, only?: string, extra: Extra = {}): Promise<BenchmarkResult[]> {
  return measureExercise(entry, {
    root,
    subject: subjectIn(subject),
    referenceFile: fixture("reference.ts"),
    benchFile: fixture("counter.bench.ts"),
    seed: 42,
    lockPath,
    patienceMs: 3_000,
    ...extra,
    ...(only === undefined ? {} : { only }),
  });
}

function isolatesBelow(parent: number): number[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
  return lines.flatMap((line) => {
    const [pid, ppid] = line.trim().split(/\s+/);
    return Number(ppid) === parent && line.includes("worker.mjs") ? [Number(pid)] : [];
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("an equal solution passes every kind, in order, with its figures", { timeout: 60_000 }, async () => {
  const seen: string[] = [];
  const onProgress = (event: MeasureProgress): void => {
    if (event.kind === "bench") seen.push(`${event.number}/${event.of} ${event.name}`);
  };
  const results = await measure("equal.ts", undefined, { onProgress });
  expect(results.map(({ name, status, message }) => ({ name, status, message }))).toEqual([
    { name: "throughput", status: "passed", message: null },
    { name: "time per add", status: "passed", message: null },
    { name: "steps", status: "passed", message: null },
    { name: "memory", status: "passed", message: null },
  ]);
  expect(seen).toEqual(["1/4 throughput", "2/4 time per add", "3/4 steps", "4/4 memory"]);
  const [throughput, growth, steps, memory] = results;
  expect(throughput!.ratio).toBeGreaterThan(0.4);
  expect(throughput!.reference).toBeGreaterThan(1e5);
  expect(growth!.learner).toBeLessThan(growth!.threshold);
  expect(steps).toMatchObject({ learner: 100, reference: 100, ratio: 1, threshold: 100 });
  // A Map entry of a short string and a small integer: tens of bytes, not thousands.
  expect(memory!.reference).toBeGreaterThan(20);
  expect(memory!.reference).toBeLessThan(300);
});

test("the reference against itself is a ratio of about 1", { timeout: 60_000 }, async () => {
  const [result] = await measure("reference.ts", "throughput");
  expect(result!.status).toBe("passed");
  expect(result!.ratio).toBeGreaterThan(0.7);
  expect(result!.ratio).toBeLessThan(1.4);
});

describe("a slow solution", () => {
  test("is too slow, and the message says by how much", { timeout: 60_000 }, async () => {
    const [result] = await measure("slow.ts", "throughput");
    expect(result).toMatchObject({ status: "too-slow", threshold: 0.4 });
    expect(result!.ratio).toBeLessThan(0.3);
    expect(result!.message).toMatch(
      /^0\.\d+ of the reference's throughput \(.*\d+ rounds\); at least 0\.4 is asked for\.$/,
    );
  });

  test("still has the right order of growth", { timeout: 60_000 }, async () => {
    const [result] = await measure("slow.ts", "time per add");
    expect(result!.status).toBe("passed");
  });

  test("takes too many steps and too much memory", { timeout: 60_000 }, async () => {
    const [steps] = await measure("slow.ts", "steps");
    expect(steps).toMatchObject({ status: "too-slow", learner: 300, reference: 100, ratio: 3 });
    expect(steps!.message).toBe("300 steps, the reference 100; at most 100 is asked for.");
    const [memory] = await measure("slow.ts", "memory");
    expect(memory!.status).toBe("too-slow");
  });
});

test("O(n) where O(1) is claimed is stopped by growth", { timeout: 60_000 }, async () => {
  const [result] = await measure("linear.ts", "time per add");
  expect(result!.status).toBe("too-slow");
  expect(result!.learner).toBeGreaterThan(result!.threshold);
  expect(result!.message).toMatch(/ns at 500, .* ns at 2,000, .* ns at 8,000: .* O\(1\) leaves room for/);
});

describe("a solution that is wrong only where it is measured", { timeout: 60_000 }, () => {
  test.each(["wrong-when-measured.ts", "wrong-after-many.ts"])("%s does not pass by being quick", async (name) => {
    const [throughput] = await measure(name, "throughput");
    expect(throughput).toMatchObject({ status: "wrong" });
    expect(throughput!.message).toMatch(/^After \d+ runs of the same work the results are not the reference's\.$/);
  });

  test("what keeps nothing weighs nothing, and is no pass", async () => {
    const [memory] = await measure("wrong-when-measured.ts", "memory");
    expect(memory).toMatchObject({ status: "wrong" });
    expect(memory!.message).toMatch(/does not hold what was put in|it is not there/);
  });
});

test("a subject that moves clocks and forges replies is measured all the same", { timeout: 60_000 }, async () => {
  const [throughput] = await measure("lies.ts", "throughput");
  expect(throughput!.status).toBe("too-slow");
  const [steps] = await measure("lies.ts", "steps");
  expect(steps).toMatchObject({ status: "too-slow", learner: 300 });
});

test.each([
  ["throws.ts", "crashed", /RangeError: no room for key/],
  ["exits.ts", "crashed", /exit code 0/],
  ["endless.ts", "timed-out", /did not end in \d+ s/],
] as const)("%s is %s", { timeout: 90_000 }, async (subject, status, message) => {
  const [result] = await measure(subject, "throughput");
  expect(result!.status).toBe(status);
  expect(result!.message).toMatch(message);
  expect(isolatesBelow(process.pid)).toEqual([]);
});

test("an abort ends the measurement and its processes", { timeout: 60_000 }, async () => {
  const abort = new AbortController();
  const onProgress = (event: MeasureProgress): void => {
    if (event.kind === "bench") setTimeout(() => abort.abort(new Error("stopped")), 300);
  };
  await expect(measure("equal.ts", undefined, { signal: abort.signal, onProgress })).rejects.toThrow("stopped");
  expect(isolatesBelow(process.pid)).toEqual([]);
  expect(existsSync(lockPath)).toBe(false);
});

test("kill -9 of the measuring process leaves no process behind, even in an endless loop", {
  timeout: 60_000,
}, async () => {
  const script = `import { measureExercise } from ${JSON.stringify(join(import.meta.dirname, "measure.ts"))};
import { catalog } from ${JSON.stringify(join(root, "course/manifest.ts"))};
await measureExercise(catalog[0], ${JSON.stringify({
    root,
    subject: subjectIn("endless.ts"),
    referenceFile: fixture("reference.ts"),
    benchFile: fixture("counter.bench.ts"),
    seed: 42,
    lockPath: `${lockPath}-killed`,
  })});`;
  const parent = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], { cwd: root });
  const ended = new Promise((resolve) => parent.once("exit", resolve));
  const workers = (): number[] => isolatesBelow(parent.pid!);
  const orphans = await vi.waitUntil(() => (workers().length === 2 ? workers() : false), {
    timeout: 20_000,
    interval: 100,
  });
  parent.kill("SIGKILL");
  await ended;
  await vi.waitUntil(() => orphans.every((pid) => !isAlive(pid)), { timeout: 5_000, interval: 100 });
});

test("a reference that fails is the grader's fault, not a verdict", { timeout: 60_000 }, async () => {
  const options = { root, benchFile: fixture("counter.bench.ts"), seed: 42, lockPath, only: "steps" };
  const run = measureExercise(entry, {
    ...options,
    subject: subjectIn("equal.ts"),
    referenceFile: fixture("exits.ts"),
  });
  await expect(run).rejects.toThrow(/reference failed in its own benchmark/);
});

test("no bench file, no results", async () => {
  const benchFile = fixture("none.bench.ts");
  const options = { root, benchFile, subject: subjectIn("equal.ts"), seed: 42, lockPath };
  expect(await measureExercise(entry, options)).toEqual([]);
});
