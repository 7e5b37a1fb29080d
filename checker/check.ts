/** The way of one check: conform and judge side by side, measure after a pass, fold everything into one verdict. */

import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { CatalogEntry } from "../course/manifest.ts";
import type { BenchmarkResult, CheckEvent, ExerciseResult, Phase } from "../course/report.ts";
import type { Conformist, Reading } from "./conform/conform.ts";
import { type Facts, fold, testResult } from "./fold.ts";
import type { JudgeFacts } from "./judge/facts.ts";
import { GraderFault, Judge } from "./judge/judge.ts";
import { type Limits, limitsFrom } from "./judge/limits.ts";
import type { DatabaseAccess } from "./kit/offered.ts";
import { type DatabaseLease, type Databases, databasesAt, noDatabaseText } from "./machine/database.ts";
import type { MeasureProgress } from "./measure/measure.ts";
import { givenProblem } from "./subject/given.ts";
import { type Located, locate } from "./subject/locate.ts";
import { problemsText } from "./subject/problem.ts";
import { type Rooms, repository, suitePath } from "./subject/rooms.ts";
import { type Subject, subjectOf } from "./subject/subject.ts";

export { GraderFault } from "./judge/judge.ts";

export interface CheckOptions {
  /** Folder that holds `<system>/<exercise>.ts`; `exercises` unless `--from` says otherwise. Absolute. */
  readonly from: string;
  /** Grade stages 1 to n only. */
  readonly stage?: number;
  readonly seed: number;
  readonly bench: boolean;
  /** False where only the verdict matters: failures are not made small. Default: true. */
  readonly shrink?: boolean | undefined;
  /** Overrides the file under test: `bp verify` grades mutants and alternatives this way. Absolute. */
  readonly file?: string;
  /** Runs only the behavior of this name: for `bp verify`, never a pass of the exercise. */
  readonly only?: string;
  /** Graded in place of what the file holds: mutants are texts. */
  readonly text?: string;
  /** Called as things happen; must not throw. */
  readonly onProgress?: (event: CheckEvent) => void;
  readonly signal?: AbortSignal;
}

/** For the checker's own tests. */
export interface Internals {
  /** Where solutions and suites lie. */
  readonly rooms?: Rooms;
  readonly limits?: Partial<Limits>;
  /** False runs a file that does not conform, to prove that the judge holds on its own. */
  readonly conformance?: boolean;
  /** Default: one server for the process, started when it is first needed. */
  readonly databases?: Databases;
}

const databasesOfThisProcess = databasesAt(repository.root);

/**
 * Runs `work` with the database that the exercise asks for, and null where it asks for none.
 * @throws GraderFault when there is none.
 */
export async function withDatabase<T>(
  { exercise }: CatalogEntry,
  work: (database: DatabaseAccess | null) => Promise<T>,
): Promise<T> {
  if (exercise.database !== true) return work(null);
  const lease = await databasesOfThisProcess();
  if (lease.kind === "unavailable") throw new GraderFault(noDatabaseText(lease));
  try {
    return await work(accessOf(lease));
  } finally {
    lease.release();
  }
}

export interface WarmChecker {
  /** One check at a time. */
  readonly check: (entry: CatalogEntry, options: CheckOptions) => Promise<ExerciseResult>;
  readonly close: () => Promise<void>;
}

/** @throws GraderFault when the grader itself failed, or the signal's reason when it was aborted. */
export async function checkExercise(
  entry: CatalogEntry,
  options: CheckOptions,
  internals: Internals = {},
): Promise<ExerciseResult> {
  const checker = createWarmChecker(internals);
  try {
    return await checker.check(entry, options);
  } finally {
    await checker.close();
  }
}

/** Keeps the compiler and the judge's child between checks; `close` ends the child. */
export function createWarmChecker(internals: Internals = {}): WarmChecker {
  const checker = new Checker(internals);
  return { check: (entry, options) => checker.check(entry, options), close: async () => checker.close() };
}

class Checker {
  readonly #rooms: Rooms;
  readonly #judge: Judge;
  readonly #conformance: boolean;
  readonly #databases: Databases;
  #conformist: Promise<Conformist> | undefined;

  constructor({ rooms = repository, limits = {}, conformance = true, databases = databasesOfThisProcess }: Internals) {
    this.#rooms = rooms;
    this.#judge = new Judge(limitsFrom(process.env, limits));
    this.#conformance = conformance;
    this.#databases = databases;
  }

  close(): void {
    this.#judge.close();
  }

  async check(entry: CatalogEntry, options: CheckOptions): Promise<ExerciseResult> {
    options.signal?.throwIfAborted();
    const startedAt = performance.now();
    const report = (phase: Phase) => emit(options, { kind: "phase", id: entry.id, phase });
    const path = options.file ?? join(options.from, `${entry.id}.ts`);
    const stages = entry.exercise.stages.length;
    const lastStage = Math.max(1, Math.min(options.stage ?? stages, stages));
    const conclude = (known: Pick<Facts, "conformance"> & Partial<Facts>) =>
      fold({
        entry,
        seed: options.seed,
        durationMs: Math.round(performance.now() - startedAt),
        lastStage,
        isWhole: options.only === undefined,
        judged: null,
        benchmarks: [],
        ...known,
      });

    report("conform");
    // The child boots while the compiler loads; neither needs the other yet.
    this.#judge.prepare();
    const located = find(entry.id, path, options);
    if (located.kind === "missing") return conclude({ conformance: located });
    if (located.kind === "refused") return conclude({ conformance: notConforming(path, located) });
    const subject = subjectOf(entry, this.#rooms, path, located.text);
    const changed = givenProblem(this.#rooms, subject);
    if (changed !== null) return conclude({ conformance: { kind: "tampered", message: changed } });
    const reading = await this.#read(entry, subject);
    if (reading.kind !== "readable") return conclude({ conformance: reading });

    report("judge");
    const database = entry.exercise.database === true ? await this.#databases() : null;
    if (database?.kind === "unavailable") {
      return conclude({ conformance: reading.types(), unavailable: noDatabaseText(database) });
    }
    try {
      const running = this.#run(entry, subject, lastStage, database, options);
      const [judged, conformance] = await settled(running, () => reading.types());
      const verdict = conclude({ conformance, judged });
      if (verdict.status !== "passed" || !options.bench) return verdict;

      report("measure");
      emit(options, { kind: "judged", id: entry.id, exercise: verdict });
      return conclude({ conformance, judged, benchmarks: await this.#measure(entry, subject, database, options) });
    } finally {
      database?.release();
    }
  }

  async #read(entry: CatalogEntry, subject: Subject): Promise<Reading> {
    if (!this.#conformance) return { kind: "readable", types: () => ({ kind: "conforming" }) };
    // Loaded here and not above: the compiler takes 0.4 s, in which the judge's child can already boot.
    this.#conformist ??= import("./conform/conform.ts").then(({ Conformist }) => new Conformist(this.#rooms));
    return (await this.#conformist).read(entry, subject);
  }

  async #run(
    entry: CatalogEntry,
    subject: Subject,
    lastStage: number,
    database: DatabaseLease | null,
    options: CheckOptions,
  ): Promise<JudgeFacts> {
    const { id, system, part } = entry;
    const context = { id, seed: options.seed, chapter: `/docs/${part.slug}/${system.slug}` };
    return this.#judge.run({
      subject,
      suitePath: suitePath(this.#rooms, id),
      threadScript: await threadScriptOf(this.#rooms, subject),
      database: accessOf(database),
      seed: options.seed,
      lastStage,
      shrink: options.shrink,
      only: options.only,
      signal: options.signal,
      onTest: (test) => {
        emit(options, { kind: "test", id, stage: test.stage, test: testResult(test, null, context) });
      },
    });
  }

  async #measure(
    entry: CatalogEntry,
    subject: Subject,
    database: DatabaseLease | null,
    options: CheckOptions,
  ): Promise<readonly BenchmarkResult[]> {
    const { measureExercise } = await import("./measure/measure.ts");
    const { id } = entry;
    const onProgress = (event: MeasureProgress): void => {
      if (event.kind === "waiting") emit(options, { kind: "waiting", id });
      if (event.kind === "bench") emit(options, { ...event, id });
    };
    const { seed, signal } = options;
    const access = accessOf(database);
    return measureExercise(entry, { root: this.#rooms.root, subject, seed, signal, onProgress, database: access });
  }
}

/** What the processes that run code under test are told: plain data. */
const accessOf = (lease: DatabaseLease | null): DatabaseAccess | null =>
  lease === null ? null : { url: lease.url, prefix: lease.prefix };

/** Reads the file, once per check. */
function find(id: string, path: string, { text, file, from }: CheckOptions): Located {
  if (text !== undefined) return { kind: "found", text };
  return locate(id, path, file === undefined ? from : dirname(path));
}

/** A file that cannot be bundled fails in the suite, where it is imported, with the reason. */
async function threadScriptOf(rooms: Rooms, subject: Subject): Promise<string | null> {
  if (!existsSync(join(dirname(suitePath(rooms, subject.id)), "thread.ts"))) return null;
  // esbuild is loaded only here: most suites have no threads.
  const { threadScriptFor } = await import("./subject/thread.ts");
  return threadScriptFor(rooms, subject).catch(() => null);
}

function notConforming(path: string, { problem }: Extract<Located, { kind: "refused" }>) {
  return { kind: "not-conforming", message: problemsText(basename(path), [problem]) } as const;
}

/**
 * Type-checks while the judge runs. When the compiler throws, the run is waited for, so that nothing is left behind.
 */
async function settled<A, B>(running: Promise<A>, work: () => B): Promise<[A, B]> {
  running.catch(() => {});
  // The child gets its job first; the compiler blocks this process for a while.
  await new Promise((resolve) => setImmediate(resolve));
  let result: B;
  try {
    result = work();
  } catch (error) {
    await running.catch(() => {});
    throw error;
  }
  return [await running, result];
}

function emit(options: CheckOptions, event: CheckEvent): void {
  options.onProgress?.(event);
}
