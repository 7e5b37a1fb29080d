import { isStatus, type Status, toneOf } from "../../course/report.ts";
import type { System } from "../../course/types.ts";

/** Statuses by exercise id, from the grader or from the last time this browser saw one. */
export type Statuses = Readonly<Record<string, Status>>;

/** What a browser kept, without what this version of the course does not know. */
export function knownStatuses(stored: Readonly<Record<string, unknown>>): Statuses {
  return Object.fromEntries(Object.entries(stored).flatMap(([id, status]) => (isStatus(status) ? [[id, status]] : [])));
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
export function progressOf(system: System, statuses: Statuses): SystemProgress {
  const total = system.exercises.length;
  const all = system.exercises.map((exercise) => statuses[`${system.slug}/${exercise.slug}`] ?? "not-started");
  const passed = all.filter((status) => status === "passed").length;
  const touched = all.filter((status) => toneOf(status) !== "idle");
  const state: SystemState =
    total === 0
      ? "planned"
      : passed === total
        ? "passed"
        : touched.some((status) => toneOf(status) === "pressure")
          ? "failed"
          : touched.length > 0
            ? "started"
            : "not-started";
  return { state, passed, total };
}
