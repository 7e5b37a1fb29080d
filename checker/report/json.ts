import type { CheckDocument, ExerciseResult } from "../../course/report.ts";

/** The one document of `--json`. Figures that JSON cannot carry (a benchmark that never finished) become null. */
export function renderJson(exercises: readonly ExerciseResult[]): string {
  const document: CheckDocument = { version: 1, exercises };
  return `${JSON.stringify(document, null, 2)}\n`;
}
