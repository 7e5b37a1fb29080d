/** Where a learner stands: progress, and what their files say that the last check has not seen. */

import type { CatalogEntry } from "../../course/manifest.ts";
import type { Status } from "../../course/report.ts";
import type { LearnerContext } from "./context.ts";
import { exercisePath, type LearnerFile, readLearnerFile } from "./file.ts";
import type { ExerciseProgress } from "./progress.ts";

export type State = Status | "not-checked" | "edited";

export interface Standing {
  readonly entry: CatalogEntry;
  readonly progress: ExerciseProgress;
  /** The last verdict, `edited` when the file has changed since, or what the file says when there was none. */
  readonly state: State;
  /** True when everything passed once, whatever was tried afterwards. */
  readonly passedOnce: boolean;
  /** Milliseconds since the epoch; 0 where there is no file. */
  readonly modifiedAt: number;
}

export function standings(context: Pick<LearnerContext, "root" | "course" | "progress">): Standing[] {
  const { exercises } = context.progress.read();
  return context.course.catalog.map((entry) => {
    const progress = exercises[entry.id] ?? {};
    const file = readLearnerFile(exercisePath(context.root, entry.id));
    return {
      entry,
      progress,
      state: stateOf(progress, file),
      passedOnce: progress.passedAt !== undefined,
      modifiedAt: file?.modifiedAt ?? 0,
    };
  });
}

function stateOf({ last }: ExerciseProgress, file: LearnerFile | null): State {
  if (file === null) return "missing";
  const stub = /throw new NotStarted\(/.test(file.text);
  if (last === undefined) return stub ? "not-started" : "not-checked";
  if (last.file === undefined || last.file === file.hash) return last.status;
  return stub && last.status === "not-started" ? "not-started" : "edited";
}

/**
 * The exercise to go on with: the one last worked on that has not passed, otherwise the first that has not. Null when
 * all have passed.
 */
export function current(all: readonly Standing[]): Standing | null {
  const open = all.filter((standing) => !standing.passedOnce);
  const begun = open.filter(({ state }) => state !== "not-started" && state !== "missing");
  return begun.sort((a, b) => b.modifiedAt - a.modifiedAt)[0] ?? open[0] ?? null;
}

/** The exercise after this one that has not passed, from the end on to the beginning; null when all others have. */
export function following(all: readonly Standing[], id: string): CatalogEntry | null {
  const at = all.findIndex((standing) => standing.entry.id === id);
  return [...all.slice(at + 1), ...all.slice(0, at)].find((standing) => !standing.passedOnce)?.entry ?? null;
}
