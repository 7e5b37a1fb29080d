import type { CatalogEntry } from "../../course/manifest.ts";
import type { ExerciseResult } from "../../course/report.ts";
import type { CheckOptions } from "../check.ts";

export interface Grader {
  readonly check: (entry: CatalogEntry, options: CheckOptions) => Promise<ExerciseResult>;
  /** Keeps its processes warm between saves. Close it, or the process does not end. */
  readonly warm: () => WarmGrader;
}

export interface WarmGrader {
  readonly check: (entry: CatalogEntry, options: CheckOptions) => Promise<ExerciseResult>;
  readonly close: () => Promise<void>;
}

/** The real grader, loaded only by commands that grade. */
export async function loadGrader(): Promise<Grader> {
  const { checkExercise, createWarmChecker } = await import("../check.ts");
  return { check: checkExercise, warm: createWarmChecker };
}
