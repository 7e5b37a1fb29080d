import { isStatus, type Status, statusWords, type Tone, toneOf } from "../../course/report.ts";
import { type ExerciseView, type GraderState, isOld } from "./grader/state.ts";
import type { IndexedSystem } from "./useCourse.ts";

/**
 * How an exercise stands, in a word. `passed` is what passed once, benchmarks included, and does not fail now;
 * `behaviors-pass` was not measured; `edited` has a verdict on a file that is gone.
 */
export type Mark = Status | "checking" | "edited" | "behaviors-pass" | "not-checked";

/** By exercise id. */
export type Marks = Readonly<Record<string, Mark>>;

export function marksOf(state: GraderState): Marks {
  return Object.fromEntries(Object.entries(state.exercises).map(([id, view]) => [id, markOf(view)]));
}

export function markOf(view: ExerciseView): Mark {
  const { standing, activity } = view;
  if (activity !== null) return "checking";
  if (standing === undefined) return "not-started";
  if (isOld(view)) return "edited";
  const { status } = standing.exercise;
  if (status === "passed") return standing.measured || standing.passedOnce ? "passed" : "behaviors-pass";
  return status === "inconclusive" && standing.checkedAt === null ? "not-checked" : status;
}

/** What a browser kept, without what this version of the course does not know and what was true for a moment only. */
export function knownMarks(stored: Readonly<Record<string, unknown>>): Marks {
  const kept = (mark: unknown): mark is Mark => isStatus(mark) || mark === "edited" || mark === "behaviors-pass";
  return Object.fromEntries(Object.entries(stored).flatMap(([id, mark]) => (kept(mark) ? [[id, mark]] : [])));
}

/** Nothing but `passed` has the color of flow. */
export function toneOfMark(mark: Mark): Tone {
  if (mark === "checking" || mark === "edited" || mark === "not-checked") return "idle";
  return mark === "behaviors-pass" ? "unknown" : toneOf(mark);
}

export function markWords(mark: Mark): string {
  if (mark === "behaviors-pass") return "behaviors pass, not measured";
  if (mark === "edited") return "edited since the last check";
  return mark === "not-checked" ? "not checked yet" : mark === "checking" ? mark : statusWords(mark);
}

export type SystemState = "planned" | "not-started" | "started" | "failed" | "passed";

export interface SystemProgress {
  readonly state: SystemState;
  readonly passed: number;
  readonly total: number;
}

/**
 * Where a reader stands in a system: `passed` only when every exercise is; anything red shows before anything green.
 */
export function progressOf(system: Pick<IndexedSystem, "slug" | "exercises">, marks: Marks): SystemProgress {
  const total = system.exercises.length;
  const all = system.exercises.map((exercise) => marks[`${system.slug}/${exercise}`] ?? "not-started");
  const passed = all.filter((mark) => mark === "passed").length;
  const touched = all.filter((mark) => mark !== "not-started" && mark !== "missing");
  const state: SystemState =
    total === 0
      ? "planned"
      : passed === total
        ? "passed"
        : touched.some((mark) => toneOfMark(mark) === "pressure")
          ? "failed"
          : touched.length > 0
            ? "started"
            : "not-started";
  return { state, passed, total };
}
