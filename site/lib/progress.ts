import type { System } from "../../course/types.ts";

/** Statuses by exercise id, from the grader or from the last time this browser saw one. */
export type Statuses = Readonly<Record<string, string>>;

export type SystemState = "planned" | "not-started" | "started" | "failed" | "passed";

export interface SystemProgress {
  readonly state: SystemState;
  readonly passed: number;
  readonly total: number;
}

/** Where a reader stands in a system: `passed` only when every exercise is; anything red shows before anything green. */
export function progressOf(system: System, statuses: Statuses): SystemProgress {
  const total = system.exercises.length;
  const all = system.exercises.map((exercise) => statuses[`${system.slug}/${exercise.slug}`] ?? "not-started");
  const passed = all.filter((status) => status === "passed").length;
  const touched = all.filter((status) => !idle.has(status));
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

export type Tone = "flow" | "pressure" | "unknown" | "idle";

/** Color of a verdict. Nothing but `passed` is green; what was not measured well enough is amber. */
export function toneOf(status: string): Tone {
  if (status === "passed") return "flow";
  if (idle.has(status)) return "idle";
  return status === "inconclusive" || status === "no-tests" ? "unknown" : "pressure";
}

const idle = new Set(["not-started", "not-run", "missing"]);

/** `timed-out` as it is said: "timed out". */
export const verdictWords = (status: string): string => status.replaceAll("-", " ");
