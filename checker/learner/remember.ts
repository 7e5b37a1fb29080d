/** What was asked for is shown, whether or not the progress file can be written. */

import type { ExerciseProgress, ProgressStore } from "./progress.ts";

/** Null, or the error for which nothing could be saved. */
export function remember(
  progress: ProgressStore,
  id: string,
  change: (before: ExerciseProgress) => ExerciseProgress,
): unknown {
  try {
    progress.update(id, change);
    return null;
  } catch (error) {
    return error ?? new Error("unknown");
  }
}
