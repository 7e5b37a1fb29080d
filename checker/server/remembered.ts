/** What the progress file knows of an exercise that this process has not checked. */

import type { ExerciseStanding, Status } from "../../course/report.ts";
import { DEFAULT_SEED } from "../learner/checking.ts";
import type { Standing } from "../learner/standing.ts";

/** The verdict and the stages, without the tests: those are not kept. */
export function remembered({ entry, progress, state, passedOnce }: Standing): ExerciseStanding {
  const { last } = progress;
  // An edited file has no verdict yet; the last one is shown as what it is, and as old.
  const edited = state === "edited";
  const status: Status = edited ? (last?.status ?? "not-started") : state === "not-checked" ? "inconclusive" : state;
  const current = last !== undefined && status === last.status ? last : undefined;
  const known = current !== undefined && current.stages === entry.exercise.stages.length ? current : undefined;
  return {
    exercise: {
      id: entry.id,
      status,
      seed: last?.seed ?? DEFAULT_SEED,
      durationMs: 0,
      message: state === "not-checked" ? "Not checked yet." : null,
      stages: entry.exercise.stages.map((title, i) => ({
        title,
        status: known !== undefined && i < known.stagesPassed ? "passed" : "not-run",
        tests: [],
      })),
      benchmarks: [],
    },
    checkedAt: current?.at ?? null,
    measured: current?.measured ?? false,
    edited,
    passedOnce,
  };
}
