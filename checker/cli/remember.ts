/** What was asked for is shown, whether or not the progress file can be written. */

import type { ExerciseProgress, ProgressStore } from "../progress/store.ts";
import { explainSystemError } from "./errors.ts";
import type { Terminal } from "./terminal.ts";
import { wrap } from "./text.ts";

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

/** Says on stderr that `what` was not remembered; nothing for null. */
export function tellUnsaved(terminal: Terminal, what: string, unsaved: unknown): void {
  if (unsaved === null) return;
  const why = explainSystemError(unsaved) ?? (unsaved instanceof Error ? unsaved.message : String(unsaved));
  terminal.err(`${wrap(`${what}, but progress could not be saved. ${why}`, terminal.width())}\n`);
}
