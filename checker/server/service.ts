/** The grader behind the API: one warm checker, a queue, and a look at the learner's files. */

import { join } from "node:path";
import type { CatalogEntry } from "../../course/manifest.ts";
import type { ExerciseResult, ServiceEvent, Status } from "../../course/report.ts";
import { DEFAULT_SEED, keepResult, type Request } from "../learner/checking.ts";
import { EXERCISES, exercisePath, readLearnerFile } from "../learner/file.ts";
import type { Grader } from "../learner/grader.ts";
import { nextRung } from "../learner/hints.ts";
import { POLL_MS, pollFiles } from "../learner/poll.ts";
import type { ProgressStore } from "../learner/progress.ts";
import type { Course } from "../learner/select.ts";
import { current, type Standing, standings } from "../learner/standing.ts";
import { type GraderService, UnknownExercise } from "./api.ts";

export interface ServiceOptions {
  readonly root: string;
  /** Where `exercises/` lies; the repository where left out. */
  readonly learner?: string;
  readonly course: Course;
  readonly progress: ProgressStore;
  readonly grader: () => Promise<Grader>;
  readonly now: () => Date;
  readonly pollMs?: number;
}

interface Job {
  readonly entry: CatalogEntry;
  readonly bench: boolean;
  readonly stop: AbortController;
  readonly done: Promise<ExerciseResult>;
  readonly resolve: (result: ExerciseResult) => void;
  readonly reject: (error: unknown) => void;
}

/** A check that a newer save made worthless. */
class Superseded extends Error {}

export function createService(options: ServiceOptions): GraderService {
  const { root, course, progress, learner = root, pollMs = POLL_MS } = options;
  const listeners = new Set<(event: ServiceEvent) => void>();
  const results = new Map<string, ExerciseResult>();
  const queue: Job[] = [];
  let running: Job | null = null;
  let warm: Awaited<ReturnType<Grader["warm"]>> | null = null;
  let closed = false;

  const poll = pollFiles(
    () => course.catalog.map((entry) => exercisePath(learner, entry.id)),
    (path) => saved(path),
    pollMs,
  );
  // The page opens on what the learner is working on: have its verdict ready.
  const here = current(standings({ root: learner, course, progress }));
  if (here !== null && here.state !== "not-started" && here.state !== "missing") background(here.entry);

  return { state, check, hint, subscribe, close };

  async function state() {
    const exercises = standings({ root: learner, course, progress }).map(
      (standing) => results.get(standing.entry.id) ?? remembered(standing),
    );
    return { version: 1 as const, exercises };
  }

  async function check(id: string, bench: boolean): Promise<ExerciseResult> {
    return enqueue(find(id), bench).done;
  }

  async function hint(id: string) {
    const { rung, total, text } = nextRung({ root, progress }, find(id));
    return { hint: text, number: rung.number, total, title: rung.title };
  }

  function subscribe(listener: (event: ServiceEvent) => void): () => void {
    listeners.add(listener);
    if (running !== null) listener({ kind: "checking", id: running.entry.id });
    return () => listeners.delete(listener);
  }

  async function close(): Promise<void> {
    closed = true;
    poll.stop();
    for (const job of queue.splice(0)) job.reject(new Superseded("the grader was closed"));
    running?.stop.abort();
    await running?.done.catch(() => {});
    await warm?.close();
  }

  // --- internal ---

  function find(id: string): CatalogEntry {
    const entry = course.catalog.find((candidate) => candidate.id === id);
    if (entry === undefined) throw new UnknownExercise(id);
    return entry;
  }

  function saved(path: string): void {
    const entry = course.catalog.find((candidate) => exercisePath(learner, candidate.id) === path);
    if (entry === undefined) return;
    if (running?.entry === entry) running.stop.abort();
    background(entry);
  }

  /** Behaviors first; a pass is then measured. Nobody waits for it: what goes wrong is an event. */
  function background(entry: CatalogEntry): void {
    const first = enqueue(entry, false);
    first.done
      .then((result) => {
        const untouched = readLearnerFile(exercisePath(learner, entry.id))?.hash === fileOf.get(first);
        if (result.status === "passed" && untouched && !closed) enqueue(entry, true).done.catch(() => {});
      })
      .catch(() => {});
  }

  /** A job for the same exercise that still waits is joined; it will read the file as it is then. */
  function enqueue(entry: CatalogEntry, bench: boolean): Job {
    const waiting = queue.find((job) => job.entry === entry && job.bench === bench);
    if (waiting !== undefined) return waiting;
    let resolve!: Job["resolve"];
    let reject!: Job["reject"];
    const done = new Promise<ExerciseResult>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    done.catch(() => {});
    const job: Job = { entry, bench, stop: new AbortController(), done, resolve, reject };
    queue.push(job);
    void work();
    return job;
  }

  async function work(): Promise<void> {
    if (running !== null || closed) return;
    const job = queue.shift();
    if (job === undefined) return;
    running = job;
    const { id } = job.entry;
    emit({ kind: "checking", id });
    try {
      const result = await grade(job);
      results.set(id, result);
      emit({ kind: "result", id, exercise: result });
      job.resolve(result);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      emit({ kind: "stopped", id, why });
      job.reject(error);
    } finally {
      running = null;
      void work();
    }
  }

  async function grade(job: Job): Promise<ExerciseResult> {
    warm ??= (await options.grader()).warm();
    const request: Request = { from: join(learner, EXERCISES), seed: DEFAULT_SEED, bench: job.bench };
    const file = readLearnerFile(exercisePath(learner, job.entry.id));
    fileOf.set(job, file?.hash);
    const result = await warm.check(job.entry, {
      ...request,
      signal: job.stop.signal,
      onProgress: (event) => emit({ kind: "progress", id: event.id, event }),
    });
    if (job.stop.signal.aborted) throw new Superseded("the file was saved again");
    try {
      keepResult({ ...options, root: learner }, job.entry, request, result, file?.hash ?? null);
    } catch (error) {
      // The verdict stands; the page shows it, and `npx bp doctor` says why it could not be saved.
      console.error(`[backpressure] progress could not be saved: ${error instanceof Error ? error.message : error}`);
    }
    return result;
  }

  function emit(event: ServiceEvent): void {
    for (const listener of listeners) listener(event);
  }
}

/** What each job read, to see whether the file has changed since. */
const fileOf = new WeakMap<Job, string | undefined>();

/**
 * What the progress file knows of an exercise that this process has not checked: the verdict and the stages, without
 * the tests.
 */
function remembered({ entry, progress, state }: Standing): ExerciseResult {
  const last = progress.last;
  // An edited file has no verdict yet; the last one is shown as what it is, with a message that says so.
  const status: Status =
    state === "edited" ? (last?.status ?? "not-started") : state === "not-checked" ? "inconclusive" : state;
  const message =
    state === "edited" ? "Edited since this verdict." : state === "not-checked" ? "Not checked yet." : null;
  const known = last !== undefined && last.stages === entry.exercise.stages.length && status === last.status;
  return {
    id: entry.id,
    status,
    seed: last?.seed ?? DEFAULT_SEED,
    durationMs: 0,
    message,
    stages: entry.exercise.stages.map((title, i) => ({
      title,
      status: known && i < last.stagesPassed ? "passed" : "not-run",
      tests: [],
    })),
    benchmarks: [],
  };
}
