/** Measures one exercise after it has passed: every benchmark of its `bench.ts`, learner beside reference. */

import { existsSync, readFileSync, realpathSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { CatalogEntry } from "../../course/manifest.ts";
import type { BenchmarkResult } from "../../course/report.ts";
import type { Bench } from "../kit/bench.ts";
import type { DatabaseAccess } from "../kit/offered.ts";
import { withLockAsync } from "../machine/lock.ts";
import { benchPath, solutionPath } from "../subject/rooms.ts";
import { type Subject, subjectOf } from "../subject/subject.ts";
import { openWorkshop } from "./bundle.ts";
import { IsolateCrashed, IsolateTimedOut } from "./isolate.ts";
import { measureCount, measureGrowth, measureHeap, measureRatio } from "./kinds.ts";
import { PATIENCE_MS, type PairOptions, WrongResults } from "./pair.ts";

/** By number where there is one: in a container a user may have no name, and asking for it throws. */
const USER = process.getuid?.() ?? userInfo().username;
/**
 * One measurement at a time on this machine: two at once would measure each other. In the folder for temporary files,
 * so that checkouts share it.
 */
const MACHINE_LOCK = join(tmpdir(), `backpressure-measure-${USER}.lock`);

export type MeasureProgress =
  /** Another measurement on this machine has to end first. */
  | { readonly kind: "waiting" }
  | { readonly kind: "bench"; readonly name: string; readonly number: number; readonly of: number }
  | { readonly kind: "measured"; readonly result: BenchmarkResult };

export interface MeasureOptions {
  /** Repository root. */
  readonly root: string;
  /** The code under test. */
  readonly subject: Subject;
  /** Default: the solution below `root`. */
  readonly referenceFile?: string;
  /** Default: the exercise's `bench.ts` below `root`. */
  readonly benchFile?: string;
  readonly seed: number;
  /** For exercises that have one; both sides make databases of their own. Default: null. */
  readonly database?: DatabaseAccess | null;
  readonly signal?: AbortSignal | undefined;
  /** Measure only the benchmark of this name. */
  readonly only?: string;
  readonly onProgress?: ((event: MeasureProgress) => void) | undefined;
  /** Default: one lock for the whole machine. */
  readonly lockPath?: string;
  /** How long building the work, or a single run of it, may take before it counts as `timed-out`. */
  readonly patienceMs?: number;
}

/**
 * One result per benchmark, in order; none where the exercise has no `bench.ts`. Failures of the code under test are
 * results. Ends every process it started.
 * @throws ReferenceFailed when the reference cannot be measured; the signal's reason when aborted.
 */
export async function measureExercise(entry: CatalogEntry, options: MeasureOptions): Promise<BenchmarkResult[]> {
  const benchFile = options.benchFile ?? benchPath(options, entry.id);
  if (!existsSync(benchFile)) return [];
  const onWait = (): void => options.onProgress?.({ kind: "waiting" });
  const { lockPath: path = MACHINE_LOCK, signal } = options;
  return withLockAsync({ path, signal, onWait }, () => measureLocked(entry, benchFile, options));
}

async function measureLocked(
  entry: CatalogEntry,
  benchFile: string,
  options: MeasureOptions,
): Promise<BenchmarkResult[]> {
  const { root, seed, database = null, signal } = options;
  const referenceFile = options.referenceFile ?? solutionPath({ root }, entry.id);
  const referenceText = readFileSync(referenceFile, "utf8");
  const workshop = await openWorkshop({ root, benchFile: realpathSync(benchFile) });
  try {
    const reference = await workshop.bundle("reference", subjectOf(entry, { root }, referenceFile, referenceText));
    const { benches } = (await import(pathToFileURL(reference).href)) as { benches: readonly Bench<unknown>[] };
    const chosen = benches.flatMap((bench, index) =>
      options.only === undefined || bench.name === options.only ? [{ bench, index }] : [],
    );
    let learner: string;
    try {
      learner = await workshop.bundle("learner", options.subject);
    } catch (error) {
      return chosen.map(({ bench }) =>
        failed(bench, "crashed", `The file could not be read: ${(error as Error).message}`),
      );
    }
    const results: BenchmarkResult[] = [];
    for (const [position, { bench, index }] of chosen.entries()) {
      signal?.throwIfAborted();
      options.onProgress?.({ kind: "bench", name: bench.name, number: position + 1, of: chosen.length });
      const exposeGc = bench.kind === "heap";
      const result = await measureOne(bench, {
        worker: workshop.worker,
        bundles: { learner, reference },
        bench: index,
        seed,
        database,
        exposeGc,
        signal,
        patienceMs: options.patienceMs ?? PATIENCE_MS,
      });
      options.onProgress?.({ kind: "measured", result });
      results.push(result);
    }
    return results;
  } finally {
    await workshop.remove();
  }
}

async function measureOne(bench: Bench<unknown>, pair: PairOptions): Promise<BenchmarkResult> {
  try {
    switch (bench.kind) {
      case "ratio":
        return await measureRatio(bench, pair);
      case "growth":
        return await measureGrowth(bench, pair);
      case "count":
        return await measureCount(bench, pair);
      case "heap":
        return await measureHeap(bench, pair);
    }
  } catch (error) {
    // Aborting kills the processes; what that looks like from here is not news.
    pair.signal?.throwIfAborted();
    if (error instanceof IsolateTimedOut) {
      const seconds = Math.round(error.afterMs / 1_000);
      return failed(
        bench,
        "timed-out",
        `A part of the work that the reference does at once did not end in ${seconds} s.`,
      );
    }
    if (error instanceof WrongResults) return failed(bench, "wrong", `${capital(error.message)}.`);
    if (error instanceof IsolateCrashed) return failed(bench, "crashed", `While it was measured ${error.message}.`);
    throw error;
  }
}

function failed(bench: Bench<unknown>, status: "crashed" | "timed-out" | "wrong", message: string): BenchmarkResult {
  const { name, kind, workload } = bench;
  const threshold = kind === "ratio" ? bench.threshold : kind === "count" ? bench.atMost : 0;
  const unit = kind === "growth" ? growthUnit : bench.unit;
  return { name, status, kind, unit, learner: 0, reference: null, ratio: null, threshold, workload, message };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const growthUnit = "times";
