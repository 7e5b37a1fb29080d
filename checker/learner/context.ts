/** What terminal and site know of the learner at this machine. */

import type { Grader } from "./grader.ts";
import type { ProgressStore } from "./progress.ts";
import type { Course } from "./select.ts";

export interface LearnerContext {
  /** Repository root, absolute. */
  readonly root: string;
  readonly course: Course;
  readonly progress: ProgressStore;
  /** Loads the grader: Vitest and the TypeScript compiler cost half a second that `bp list` should not pay. */
  readonly grader: () => Promise<Grader>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
}
