/** Grades the graders: every known right and wrong solution of an exercise through the same checker that learners use. */

import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { CatalogEntry } from "../../course/manifest.ts";
import type { BenchmarkResult, ExerciseResult, Status } from "../../course/report.ts";
import { createWarmChecker, type WarmChecker } from "../check.ts";
import { measureExercise } from "../measure/measure.ts";
import { judgeExamples } from "./examples.ts";
import { type Finding, judgeAlternative, judgeMutant, judgeReference, judgeStub } from "./judgment.ts";
import { buildMatrix, type ExerciseMatrix } from "./matrix.ts";
import { VERIFY_SEED } from "./seed.ts";
import { shapeProblems } from "./shape.ts";
import { type Alternative, type Mutant, type Specimens, specimensOf } from "./specimens.ts";
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
  /** Null when the reference or a mutant could not be judged at all. */
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
  readonly specimens: Specimens;
  readonly findings: Finding[];
  readonly results: Map<Specimen, ExerciseResult>;
  open: number;
  workMs: number;
}

export async function verifyExercises(
  entries: readonly CatalogEntry[],
  options: VerifyOptions,
): Promise<VerifyReport[]> {
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
    const run = new VerifyRun(entries, options, workbench, examples);
    await Promise.all(checkers.map((checker) => run.work(checker)));
    return await run.reports();
  } finally {
    await Promise.all(checkers.map((checker) => checker.close()));
    await workbench.remove();
  }
}

class VerifyRun {
  private readonly options: VerifyOptions;
  private readonly workbench: Workbench;
  private readonly examples: Promise<Map<string, Finding>>;
  private readonly dossiers: Map<string, Dossier>;
  private readonly tasks: Task[];
  private readonly finished: Promise<VerifyReport>[] = [];
  private readonly total: number;
  private done = 0;

  constructor(
    entries: readonly CatalogEntry[],
    options: VerifyOptions,
    workbench: Workbench,
    examples: Promise<Map<string, Finding>>,
  ) {
    this.options = options;
    this.workbench = workbench;
    this.examples = examples;
    this.dossiers = new Map(entries.map((entry) => [entry.id, this.openDossier(entry)]));
    this.tasks = [...this.dossiers.values()].flatMap(tasksOf);
    for (const dossier of this.dossiers.values()) dossier.open = tasksOf(dossier).length;
    this.total = this.tasks.length;
  }

  /** Takes task after task until none is left. */
  async work(checker: WarmChecker): Promise<void> {
    for (let task = this.tasks.shift(); task !== undefined; task = this.tasks.shift()) {
      this.options.signal?.throwIfAborted();
      await this.perform(task, checker);
      this.options.onProgress?.(++this.done, this.total);
    }
  }

  async reports(): Promise<VerifyReport[]> {
    return Promise.all(this.finished);
  }

  private openDossier(entry: CatalogEntry): Dossier {
    const { root, bench = true } = this.options;
    const all = specimensOf(entry.id, root);
    const mutants = bench ? all.mutants : all.mutants.filter(({ killedBy }) => killedBy.kind !== "benchmark");
    const shape = [...shapeProblems(entry, root), ...all.problems];
    const stub = this.workbench.problems.get(entry.id);
    if (stub !== undefined) shape.push(stub);
    const findings = shape.length === 0 ? [null] : shape;
    return {
      entry,
      specimens: { ...all, mutants },
      findings: findings.map((problem) => ({ subject: "files", problem })),
      results: new Map(),
      open: 0,
      workMs: 0,
    };
  }

  private async perform({ entry, specimen }: Task, checker: WarmChecker): Promise<void> {
    const dossier = this.dossiers.get(entry.id)!;
    const startedAt = performance.now();
    try {
      const result = await this.grade(entry, specimen, checker);
      dossier.results.set(specimen, result);
      dossier.findings.push(judge(specimen, result));
    } catch (error) {
      this.options.signal?.throwIfAborted();
      const problem = `the grader itself failed on it: ${(error as Error).message}`;
      dossier.findings.push({ subject: subjectOf(specimen), problem });
    }
    dossier.workMs += performance.now() - startedAt;
    if (--dossier.open > 0) return;
    const report = this.report(dossier);
    report.catch(() => undefined);
    this.finished.push(report);
  }

  private async grade(entry: CatalogEntry, specimen: Specimen, checker: WarmChecker): Promise<ExerciseResult> {
    const { root, bench = true, signal } = this.options;
    const file = this.fileOf(entry, specimen);
    const aborting = signal === undefined ? {} : { signal };
    const from = join(root, "exercises");
    const result = await checker.check(entry, {
      from,
      file,
      seed: VERIFY_SEED,
      bench: false,
      shrink: false,
      ...aborting,
    });
    if (!bench || result.status !== "passed" || specimen.kind === "stub") return result;
    // A mutant that passes every test needs only the benchmark that it names.
    const named =
      specimen.kind === "mutant" && specimen.mutant.killedBy.kind === "benchmark" ? specimen.mutant.killedBy : null;
    if (specimen.kind === "mutant" && named === null) return result;
    const only = named === null ? {} : { only: named.name };
    const benchmarks = await measureExercise(entry, { root, file, seed: VERIFY_SEED, signal, ...only });
    return { ...result, benchmarks, status: statusWith(benchmarks) };
  }

  private fileOf({ id }: CatalogEntry, specimen: Specimen): string {
    switch (specimen.kind) {
      case "stub":
        return this.workbench.file("stub", id);
      case "reference":
        return join(this.options.root, "solutions", `${id}.ts`);
      case "alternative":
        return specimen.alternative.path;
      case "mutant":
        return specimen.mutant.path;
    }
  }

  private async report(dossier: Dossier): Promise<VerifyReport> {
    const { id } = dossier.entry;
    const example = (await this.examples).get(id);
    const findings = example === undefined ? dossier.findings : [...dossier.findings, example];
    const report = { id, findings, matrix: matrixOf(dossier), workMs: Math.round(dossier.workMs) };
    this.options.onReport?.(report);
    return report;
  }
}

function tasksOf({ entry, specimens }: Dossier): Task[] {
  const all: Specimen[] = [
    { kind: "reference" },
    { kind: "stub" },
    ...specimens.alternatives.map((alternative) => ({ kind: "alternative", alternative }) as const),
    ...specimens.mutants.map((mutant) => ({ kind: "mutant", mutant }) as const),
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

function subjectOf(specimen: Specimen): string {
  if (specimen.kind === "mutant") return `mutant ${specimen.mutant.name}`;
  return specimen.kind === "alternative" ? `alternative ${specimen.alternative.name}` : specimen.kind;
}

function matrixOf({ specimens, results }: Dossier): ExerciseMatrix | null {
  const found = [...results].find(([specimen]) => specimen.kind === "reference");
  if (found === undefined) return null;
  const mutants = specimens.mutants.flatMap((mutant) => {
    const row = [...results].find(([specimen]) => specimen.kind === "mutant" && specimen.mutant === mutant);
    return row === undefined ? [] : [{ mutant, result: row[1] }];
  });
  return buildMatrix(found[1], mutants, specimens.alternatives);
}

/** As `fold.ts` orders them: the worst benchmark decides. */
function statusWith(benchmarks: readonly BenchmarkResult[]): Status {
  const worst: readonly BenchmarkResult["status"][] = ["crashed", "timed-out", "too-slow", "inconclusive"];
  return worst.find((status) => benchmarks.some((bench) => bench.status === status)) ?? "passed";
}
