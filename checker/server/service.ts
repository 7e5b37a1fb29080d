/** The grader behind the API: one warm checker, a queue, and a look at the learner's files. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CatalogEntry } from "../../course/manifest.ts";
import type { CheckEvent, ExerciseResult, ExerciseStanding, LiveState, ServiceEvent } from "../../course/report.ts";
import { DEFAULT_SEED, keepResult, type Request } from "../learner/checking.ts";
import { EXERCISES, exercisePath, readLearnerFile } from "../learner/file.ts";
import type { Grader } from "../learner/grader.ts";
import { ladder, openRung, type Rung } from "../learner/hints.ts";
import { POLL_MS, pollFiles } from "../learner/poll.ts";
import type { ProgressStore } from "../learner/progress.ts";
import type { Course } from "../learner/select.ts";
import { current, standings } from "../learner/standing.ts";
import { type GraderService, NotPassedYet, UnknownExercise } from "./api.ts";
import { remembered } from "./remembered.ts";

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
  /** What was said of it so far: a page that opens now is told. */
  readonly events: CheckEvent[];
  /** SHA-256 of the file that is graded; null where there is none. */
  file: string | null;
  readonly done: Promise<ExerciseResult>;
  readonly resolve: (result: ExerciseResult) => void;
  readonly reject: (error: unknown) => void;
}

/** A verdict of this process. */
interface Verdict {
  readonly exercise: ExerciseResult;
  readonly checkedAt: string;
  readonly measured: boolean;
  readonly file: string | null;
}

/** A check that a newer save made worthless. */
class Superseded extends Error {}

export function createService(options: ServiceOptions): GraderService {
  const { root, course, progress, learner = root, pollMs = POLL_MS } = options;
  const listeners = new Set<(event: ServiceEvent) => void>();
  const verdicts = new Map<string, Verdict>();
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
  if (here !== null && here.state !== "not-started" && here.state !== "missing") enqueue(here.entry, true);

  return { state, check, ask, hint, reference, subscribe, close };

  async function state(): Promise<LiveState> {
    const exercises = standings({ root: learner, course, progress }).map((standing) => {
      const verdict = verdicts.get(standing.entry.id);
      return verdict === undefined ? remembered(standing) : standingOf(verdict, standing.passedOnce);
    });
    return {
      version: 2,
      exercises,
      running: running === null ? null : { id: running.entry.id, events: running.events },
      waiting: queue.map((job) => job.entry.id),
    };
  }

  async function check(id: string, bench: boolean): Promise<ExerciseResult> {
    return enqueue(find(id), bench).done;
  }

  async function ask(id: string, bench: boolean): Promise<void> {
    enqueue(find(id), bench);
  }

  async function hint(id: string, open?: number) {
    const entry = find(id);
    const at = { root, progress };
    const { opened, total } = open === undefined ? ladder(at, entry) : openRung(at, entry, open);
    return { opened: opened.map(({ number, title, text }: Rung) => ({ number, title, text })), total };
  }

  async function reference(id: string): Promise<string> {
    const { passedAt, revealedAt } = progress.read().exercises[find(id).id] ?? {};
    if (passedAt === undefined && revealedAt === undefined) throw new NotPassedYet(id);
    return readFileSync(join(root, "solutions", `${id}.ts`), "utf8");
  }

  function subscribe(listener: (event: ServiceEvent) => void): () => void {
    listeners.add(listener);
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

  /** Nobody waits for it: what goes wrong is an event. */
  function saved(path: string): void {
    const entry = course.catalog.find((candidate) => exercisePath(learner, candidate.id) === path);
    if (entry === undefined) return;
    emit({ kind: "saved", id: entry.id });
    if (running?.entry === entry) running.stop.abort();
    enqueue(entry, true);
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
    const job: Job = { entry, bench, stop: new AbortController(), events: [], file: null, done, resolve, reject };
    queue.push(job);
    if (running !== null && running.entry !== entry) emit({ kind: "queued", id: entry.id });
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
      conclude(job, result, job.bench);
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
    job.file = readLearnerFile(exercisePath(learner, job.entry.id))?.hash ?? null;
    const result = await warm.check(job.entry, {
      ...requestOf(job),
      signal: job.stop.signal,
      onProgress: (event) => progressed(job, event),
    });
    if (job.stop.signal.aborted) throw new Superseded("the file was saved again");
    return result;
  }

  function progressed(job: Job, event: CheckEvent): void {
    if (job.stop.signal.aborted) return;
    if (event.kind === "judged") conclude(job, event.exercise, false);
    else {
      job.events.push(event);
      emit({ kind: "progress", id: job.entry.id, event });
    }
  }

  /** The verdict counts from here on, for the pages and for the progress file. */
  function conclude(job: Job, exercise: ExerciseResult, measured: boolean): void {
    const { entry, file } = job;
    const verdict = { exercise, measured, file, checkedAt: options.now().toISOString() };
    verdicts.set(entry.id, verdict);
    try {
      keepResult({ ...options, root: learner }, entry, { ...requestOf(job), bench: measured }, exercise, file);
    } catch (error) {
      // The verdict stands; the page shows it, and `npx bp doctor` says why it could not be saved.
      console.error(`[backpressure] progress could not be saved: ${error instanceof Error ? error.message : error}`);
    }
    const passedOnce = progress.read().exercises[entry.id]?.passedAt !== undefined;
    emit({ kind: "result", id: entry.id, standing: standingOf(verdict, passedOnce) });
  }

  function requestOf({ bench }: Job): Request {
    return { from: join(learner, EXERCISES), seed: DEFAULT_SEED, bench };
  }

  function standingOf({ exercise, checkedAt, measured, file }: Verdict, passedOnce: boolean): ExerciseStanding {
    const now = readLearnerFile(exercisePath(learner, exercise.id))?.hash ?? null;
    return { exercise, checkedAt, measured, edited: now !== file, passedOnce };
  }

  function emit(event: ServiceEvent): void {
    for (const listener of listeners) listener(event);
  }
}
