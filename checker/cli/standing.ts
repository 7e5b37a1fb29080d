/** Where a learner stands: progress, and what their files say that the last check has not seen. */

import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { CatalogEntry } from "../../course/manifest.ts";
import type { Status } from "../../course/report.ts";
import type { ExerciseProgress } from "../progress/store.ts";
import { type Context, EXERCISES } from "./context.ts";
import { mark, type Palette, statusWord } from "./paint.ts";

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

export interface LearnerFile {
  readonly path: string;
  readonly text: string;
  readonly hash: string;
  readonly modifiedAt: number;
}

export const exercisePath = (root: string, id: string): string => join(root, EXERCISES, `${id}.ts`);

/** Null where there is no readable file. */
export function readLearnerFile(path: string): LearnerFile | null {
  try {
    const bytes = readFileSync(path);
    return { path, text: bytes.toString("utf8"), hash: hashOf(bytes), modifiedAt: statSync(path).mtimeMs };
  } catch {
    return null;
  }
}

export const hashOf = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

export function standings(context: Pick<Context, "root" | "course" | "progress">): Standing[] {
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
 * The exercise to go on with: the one last worked on that has not passed, otherwise the first that has not. Null when all have passed.
 */
export function current(all: readonly Standing[]): Standing | null {
  const open = all.filter((standing) => !standing.passedOnce);
  const begun = open.filter(({ state }) => state !== "not-started" && state !== "missing");
  return begun.sort((a, b) => b.modifiedAt - a.modifiedAt)[0] ?? open[0] ?? null;
}

export function stateMark(standing: Standing, paint: Palette): string {
  if (standing.passedOnce) return mark("passed", paint);
  return standing.state === "not-checked" || standing.state === "edited"
    ? paint.amber("~")
    : mark(standing.state, paint);
}

/** The state in words: `passed`, `failed at stage 2 of 4`, `edited since last check`. */
export function stateWords({ state, passedOnce, progress }: Standing, paint: Palette): string {
  const last = progress.last;
  if (state === "not-checked") return paint.amber("not checked yet");
  if (state === "edited")
    return passedOnce ? `${paint.flow("passed")}, edited since` : paint.amber("edited since last check");
  if (state === "passed")
    return last?.measured === false && !passedOnce ? `${paint.flow("passed")}, not measured` : paint.flow("passed");
  const word = statusWord(state, paint);
  const where =
    last !== undefined &&
    state === last.status &&
    last.stages > 0 &&
    last.stagesPassed < last.stages &&
    state !== "not-started"
      ? ` at stage ${last.stagesPassed + 1} of ${last.stages}`
      : "";
  return passedOnce ? `${paint.flow("passed")}, now ${word}${where}` : `${word}${where}`;
}
