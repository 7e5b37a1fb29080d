/** Everything a command may reach for. Built once by `main.ts`; tests build their own. */

import type { CatalogEntry } from "../../course/manifest.ts";
import type { ExerciseResult } from "../../course/report.ts";
import type { CheckOptions } from "../check.ts";
import type { ProgressStore } from "../progress/store.ts";
import type { Course } from "./select.ts";
import type { Terminal } from "./terminal.ts";

export interface Context {
  /** Repository root, absolute. */
  readonly root: string;
  readonly course: Course;
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly progress: ProgressStore;
  /** Loads the grader: Vitest and the TypeScript compiler cost half a second that `bp list` should not pay. */
  readonly grader: () => Promise<Grader>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

export interface Grader {
  readonly check: (entry: CatalogEntry, options: CheckOptions) => Promise<ExerciseResult>;
  /** Keeps its processes warm between saves. Close it, or the process does not end. */
  readonly warm: () => WarmGrader;
}

export interface WarmGrader {
  readonly check: (entry: CatalogEntry, options: CheckOptions) => Promise<ExerciseResult>;
  readonly close: () => Promise<void>;
}

/** Where learners work, below the root. */
export const EXERCISES = "exercises";
