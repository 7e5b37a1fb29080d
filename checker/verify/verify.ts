/**
 * Grades the graders: every known right and wrong solution of an exercise through the same checker that learners use.
 */

import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { CatalogEntry } from "../../course/manifest.ts";
import type { BenchmarkResult, ExerciseResult, Status } from "../../course/report.ts";
import { createWarmChecker, type WarmChecker, withDatabase } from "../check.ts";
import { measureExercise } from "../measure/measure.ts";
import { type Alternative, type Mutant, type Specimens, specimensOf } from "../specimens/specimens.ts";
import { solutionPath } from "../subject/rooms.ts";
import { type Subject, subjectOf } from "../subject/subject.ts";
import type { Chosen, Depth } from "./choose.ts";
import { judgeExamples } from "./examples.ts";
import { type Finding, judgeAlternative, judgeMutant, judgeReference, judgeStub } from "./judgment.ts";
import { buildMatrix, type ExerciseMatrix } from "./matrix.ts";
import { VERIFY_SEED } from "./seed.ts";
import { shapeProblems } from "./shape.ts";
import { layOut, type Workbench } from "./workbench.ts";

export interface VerifyOptions {
  readonly root: string;
  /** Default true. Without, mutants that only a benchmark stops are left out. */
  readonly bench?: boolean;
  /** Checkers side by side. Default: one per core, at most 4. */
  readonly jobs?: number;
  readonly signal?: AbortSignal;
  /** As exercises are finished, in any order. */
  readonly onReport?: (report: VerifyReport) => void;
  readonly onProgress?: (done: number, of: number) => void;
}

export interface VerifyReport {
  readonly id: string;
  /** One per check, also of those in which the grader was right. */
  readonly findings: readonly Finding[];
  readonly depth: Depth;
  /** Null when not every test was run, or the reference or a mutant could not be judged at all. */
  readonly matrix: ExerciseMatrix | null;
  /** Summed over its specimens. */
  readonly workMs: number;
}

type Specimen =
  | { readonly kind: "stub" | "reference" }
  | { readonly kind: "alternative"; readonly alternative: Alternative }
  | { readonly kind: "mutant"; readonly mutant: Mutant };

interface Task {
  readonly entry: CatalogEntry;
  readonly specimen: Specimen;
}

/** Everything known about one exercise so far. */
interface Dossier {
  readonly entry: CatalogEntry;
  readonly depth: Depth;
  readonly specimens: Specimens;
  readonly findings: Finding[];
  readonly results: Map<Specimen, ExerciseResult>;
  tasks: Task[];
  open: number;
  workMs: number;
}

export async function verifyExercises(chosen: readonly Chosen[], options: VerifyOptions): Promise<VerifyReport[]> {
  const entries = chosen.map(({ entry }) => entry);
  const workbench = await layOut(entries, options.root);
  const jobs = options.jobs ?? Math.min(4, availableParallelism());
  const checkers = Array.from({ length: jobs }, () => createWarmChecker({ rooms: { root: options.root } }));
  try {
    const examples = judgeExamples(
      entries.map((entry) => entry.id),
      workbench,
    );
    // Awaited with the first report; until then a failure must not count as unhandled.
    examples.catch(() => undefined);
    const run = new VerifyRun(chosen, options, workbench, examples);
    await Promise.all(checkers.map((checker) => run.work(checker)));
    return await run.reports();
  } finally {
    await Promise.all(checkers.map((checker) => checker.close()));
    await workbench.remove();
  }
}

class VerifyRun {
  readonly #options: VerifyOptions;
  readonly #workbench: Workbench;
  readonly #examples: Promise<Map<string, Finding>>;
  readonly #dossiers: Map<string, Dossier>;
  readonly #tasks: Task[];
  readonly #finished: Promise<VerifyReport>[] = [];
  readonly #total: number;
  #done = 0;

  constructor(
    chosen: readonly Chosen[],
    options: VerifyOptions,
    workbench: Workbench,
    examples: Promise<Map<string, Finding>>,
  ) {
    this.#options = options;
    this.#workbench = workbench;
    this.#examples = examples;
    this.#dossiers = new Map(chosen.map((each) => [each.entry.id, this.#openDossier(each)]));
    const dossiers = [...this.#dossiers.values()];
    for (const dossier of dossiers) dossier.tasks = tasksOf(dossier, options.bench ?? true);
    for (const dossier of dossiers) dossier.open = dossier.tasks.length;
    this.#tasks = dossiers.flatMap(({ tasks }) => tasks);
    this.#total = this.#tasks.length;
  }

  /** Takes task after task until none is left. */
  async work(checker: WarmChecker): Promise<void> {
    for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) {
      this.#options.signal?.throwIfAborted();
      await this.#perform(task, checker);
      this.#options.onProgress?.(++this.#done, this.#total);
    }
  }

  async reports(): Promise<VerifyReport[]> {
    return Promise.all(this.#finished);
  }

  #openDossier({ entry, depth }: Chosen): Dossier {
    const { root } = this.#options;
    const all = specimensOf(entry.id, { root });
    const shape = [...shapeProblems(entry, root), ...all.problems];
    const stub = this.#workbench.problems.get(entry.id);
    if (stub !== undefined) shape.push(stub);
    const findings = shape.length === 0 ? [null] : shape;
    return {
      entry,
      depth,
      specimens: all,
      findings: findings.map((problem) => ({ subject: "files", problem })),
      results: new Map(),
      tasks: [],
      open: 0,
      workMs: 0,
    };
  }

  async #perform({ entry, specimen }: Task, checker: WarmChecker): Promise<void> {
    const dossier = this.#dossiers.get(entry.id)!;
    const startedAt = performance.now();
    try {
      const result = await this.#grade(entry, specimen, checker);
      dossier.results.set(specimen, result);
      dossier.findings.push(judge(specimen, result));
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      const problem = `the grader itself failed on it: ${(error as Error).message}`;
      dossier.findings.push({ subject: nameOf(specimen), problem });
    }
    dossier.workMs += performance.now() - startedAt;
    if (--dossier.open > 0) return;
    const report = this.#report(dossier);
    report.catch(() => undefined);
    this.#finished.push(report);
  }

  async #grade(entry: CatalogEntry, specimen: Specimen, checker: WarmChecker): Promise<ExerciseResult> {
    const { root, bench = true, signal } = this.#options;
    const subject = this.#subjectOf(entry, specimen);
    const killer = specimen.kind === "mutant" ? specimen.mutant.killedBy : null;
    // A wrong solution has to fail where it says; what else it fails in is for the matrix.
    const named = this.#dossiers.get(entry.id)!.depth === "named";
    const only = named && killer?.kind === "behavior" ? { only: killer.name } : {};
    const aborting = signal === undefined ? {} : { signal };
    const { path: file, text } = subject;
    const how = { from: join(root, "exercises"), seed: VERIFY_SEED, bench: false, shrink: false, ...only, ...aborting };
    const result = await checker.check(entry, { file, text, ...how });
    if (!bench || result.status !== "passed" || specimen.kind === "stub") return result;
    // A mutant that passes every test needs only the benchmark that it names.
    if (specimen.kind === "mutant" && killer?.kind !== "benchmark") return result;
    const onlyBench = killer?.kind === "benchmark" ? { only: killer.name } : {};
    const benchmarks = await withDatabase(entry, (database) =>
      measureExercise(entry, { root, subject, seed: VERIFY_SEED, signal, database, ...onlyBench }),
    );
    return { ...result, benchmarks, status: statusWith(benchmarks) };
  }

  #subjectOf(entry: CatalogEntry, specimen: Specimen): Subject {
    const rooms = { root: this.#options.root };
    // A mutant is graded where the learner's file would lie, so that its failures read as the learner's would.
    const path = join(rooms.root, "exercises", `${entry.id}.ts`);
    switch (specimen.kind) {
      case "stub":
        return subjectOf(entry, rooms, path, this.#workbench.stub(entry.id));
      case "reference":
        return subjectOf(entry, rooms, path, readFileSync(solutionPath(rooms, entry.id), "utf8"));
      case "alternative":
        return subjectOf(entry, rooms, path, specimen.alternative.text);
      case "mutant":
        return subjectOf(entry, rooms, path, specimen.mutant.text);
    }
  }

  async #report(dossier: Dossier): Promise<VerifyReport> {
    const { id } = dossier.entry;
    const example = (await this.#examples).get(id);
    const findings = example === undefined ? dossier.findings : [...dossier.findings, example];
    const { depth } = dossier;
    const matrix = depth === "matrix" ? matrixOf(dossier) : null;
    const report = { id, depth, findings, matrix, workMs: Math.round(dossier.workMs) };
    this.#options.onReport?.(report);
    return report;
  }
}

function tasksOf({ entry, specimens }: Dossier, bench: boolean): Task[] {
  const mutants = specimens.mutants.filter(({ killedBy }) => bench || killedBy.kind !== "benchmark");
  const all: Specimen[] = [
    { kind: "reference" },
    { kind: "stub" },
    ...specimens.alternatives.map((alternative) => ({ kind: "alternative", alternative }) as const),
    ...mutants.map((mutant) => ({ kind: "mutant", mutant }) as const),
  ];
  return all.map((specimen) => ({ entry, specimen }));
}

function judge(specimen: Specimen, result: ExerciseResult): Finding {
  switch (specimen.kind) {
    case "stub":
      return judgeStub(result);
    case "reference":
      return judgeReference(result);
    case "alternative":
      return judgeAlternative(specimen.alternative, result);
    case "mutant":
      return judgeMutant(specimen.mutant, result);
  }
}

function nameOf(specimen: Specimen): string {
  if (specimen.kind === "mutant") return `mutant ${specimen.mutant.name}`;
  return specimen.kind === "alternative" ? `alternative ${specimen.alternative.name}` : specimen.kind;
}

function matrixOf({ specimens, results }: Dossier): ExerciseMatrix | null {
  const found = [...results].find(([specimen]) => specimen.kind === "reference");
  if (found === undefined) return null;
  const mutants = specimens.mutants.flatMap((mutant): { mutant: Mutant; result: ExerciseResult | null }[] => {
    const row = [...results].find(([specimen]) => specimen.kind === "mutant" && specimen.mutant === mutant);
    if (row !== undefined) return [{ mutant, result: row[1] }];
    return mutant.killedBy.kind === "benchmark" ? [{ mutant, result: null }] : [];
  });
  return buildMatrix(found[1], mutants, specimens.alternatives);
}

/** As `fold.ts` orders them: the worst benchmark decides. */
function statusWith(benchmarks: readonly BenchmarkResult[]): Status {
  const worst: readonly BenchmarkResult["status"][] = ["crashed", "timed-out", "wrong", "too-slow", "inconclusive"];
  const found = worst.find((status) => benchmarks.some((bench) => bench.status === status)) ?? "passed";
  return found === "wrong" ? "failed" : found;
}
