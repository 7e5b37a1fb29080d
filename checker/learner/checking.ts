/** Grading one or many exercises: side by side, recorded, with a verdict for every one of them whatever happens. */

import { mkdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import type { CatalogEntry } from "../../course/manifest.ts";
import type { CheckEvent, ExerciseResult } from "../../course/report.ts";
import type { CheckOptions } from "../check.ts";
import { realDisk, writeWhole } from "../machine/disk.ts";
import type { LearnerContext } from "./context.ts";
import { EXERCISES, exercisePath, readLearnerFile } from "./file.ts";
import type { Grader } from "./grader.ts";
import { afterCheck } from "./progress.ts";

/** Without `--seed` every check draws the same inputs: the same file gets the same verdict. */
export const DEFAULT_SEED = 42;

export interface Request {
  /** Absolute folder that holds `<system>/<exercise>.ts`. */
  readonly from: string;
  readonly stage?: number;
  readonly seed: number;
  readonly bench: boolean;
}

export interface Listener {
  readonly onStart?: (entry: CatalogEntry) => void;
  readonly onProgress?: (event: CheckEvent) => void;
  /** Behaviors passed; benchmarks wait for a quiet machine. */
  readonly onWait?: (entry: CatalogEntry) => void;
  readonly onResult?: (result: ExerciseResult) => void;
}

export interface Outcome {
  /** In the order of the entries; shorter than them only when interrupted. */
  readonly results: readonly ExerciseResult[];
  /** Errors of the grader itself, by exercise. The exercise is `inconclusive` then. */
  readonly faults: readonly { readonly id: string; readonly error: unknown }[];
  /** Problems with the progress file. The verdicts stand all the same. */
  readonly unsaved: unknown;
}

/**
 * Behaviors side by side, on as many cores as there are; benchmarks one exercise at a time and with nothing else
 * running, because they compare times. An error of the grader on one exercise does not stop the others.
 */
export async function checkEntries(
  context: LearnerContext,
  entries: readonly CatalogEntry[],
  request: Request,
  listener: Listener = {},
): Promise<Outcome> {
  const grader = await context.grader();
  const results = new Map<string, ExerciseResult>();
  const faults: { id: string; error: unknown }[] = [];
  let unsaved: unknown = null;
  const queue = [...entries];
  const quietLater: CatalogEntry[] = [];
  // One exercise is measured in the same go; of many, those that pass wait until the machine is quiet.
  const together = entries.length > 1 && request.bench;
  const workers = Math.max(1, Math.min(availableParallelism(), queue.length));
  await Promise.all(
    Array.from({ length: workers }, () => work(queue, { ...request, bench: request.bench && !together })),
  );
  await work(quietLater, request);
  return { results: entries.flatMap((entry) => results.get(entry.id) ?? []), faults, unsaved };

  async function work(from: CatalogEntry[], asked: Request): Promise<void> {
    for (;;) {
      const entry = context.signal.aborted ? undefined : from.shift();
      if (entry === undefined) return;
      listener.onStart?.(entry);
      const result = await checkOne(entry, asked);
      if (context.signal.aborted) return;
      if (together && !asked.bench && result.status === "passed") {
        listener.onWait?.(entry);
        quietLater.push(entry);
        continue;
      }
      results.set(entry.id, result);
      listener.onResult?.(result);
    }
  }

  async function checkOne(entry: CatalogEntry, asked: Request): Promise<ExerciseResult> {
    const file = readLearnerFile(exercisePath(context.root, entry.id));
    let result: ExerciseResult;
    try {
      result = await grader.check(entry, optionsFor(context, asked, listener));
    } catch (error) {
      if (!context.signal.aborted) faults.push({ id: entry.id, error });
      return faultResult(entry, asked, error);
    }
    if (!context.signal.aborted) {
      try {
        keepResult(context, entry, asked, result, file?.hash ?? null);
      } catch (error) {
        unsaved = error;
      }
    }
    return result;
  }
}

export function optionsFor(
  context: Pick<LearnerContext, "signal">,
  request: Request,
  listener: Listener = {},
): CheckOptions {
  return {
    from: request.from,
    seed: request.seed,
    bench: request.bench,
    signal: context.signal,
    ...(request.stage === undefined ? {} : { stage: request.stage }),
    ...(listener.onProgress === undefined ? {} : { onProgress: listener.onProgress }),
  };
}

/** Progress counts whole checks of the learner's own files: not another folder's, and not the first stages alone. */
export const isWholeCheck = (root: string, request: Request): boolean =>
  resolve(request.from) === join(root, EXERCISES) && request.stage === undefined;

/** Remembers a verdict and keeps the drawing of its first failure. */
export function keepResult(
  context: Pick<LearnerContext, "root" | "progress" | "now">,
  entry: CatalogEntry,
  request: Request,
  result: ExerciseResult,
  fileHash: string | null,
): void {
  if (!isWholeCheck(context.root, request)) return;
  keepDrawing(context.root, result);
  const facts = { at: context.now().toISOString(), measured: request.bench, file: fileHash };
  context.progress.update(entry.id, (before) => afterCheck(before, result, facts));
}

/** `.backpressure/failures/<id>.mmd`: the schedule of the first failure, until it no longer fails. */
function keepDrawing(root: string, result: ExerciseResult): void {
  const path = join(root, drawingPath(result.id));
  const drawn = result.stages.flatMap((stage) => stage.tests).find((test) => test.failure?.mermaid !== undefined);
  if (drawn?.failure?.mermaid === undefined) rmSync(path, { force: true });
  else {
    mkdirSync(join(path, ".."), { recursive: true });
    writeWhole(realDisk, path, `%% ${result.id}, seed ${result.seed}: ${drawn.name}\n${drawn.failure.mermaid}\n`);
  }
}

/** From the repository root, as printed. */
export const drawingPath = (id: string): string => `.backpressure/failures/${id}.mmd`;

/** Unknown is never green: a grader that failed leaves the exercise inconclusive, and the command exits with 3. */
function faultResult(entry: CatalogEntry, request: Request, error: unknown): ExerciseResult {
  const message = error instanceof Error ? error.message : String(error);
  return {
    id: entry.id,
    status: "inconclusive",
    seed: request.seed,
    durationMs: 0,
    message: `The grader itself failed, which says nothing about your code: ${message.split("\n")[0]}`,
    stages: [],
    benchmarks: [],
  };
}

/** Used by commands that keep a grader warm between checks. */
export async function withWarmGrader<T>(
  grader: Grader,
  use: (warm: ReturnType<Grader["warm"]>) => Promise<T>,
): Promise<T> {
  const warm = grader.warm();
  try {
    return await use(warm);
  } finally {
    await warm.close();
  }
}
