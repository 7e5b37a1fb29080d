/** A standing as a mark and as words. */

import type { Standing } from "../learner/standing.ts";
import { mark, type Palette, statusWord } from "../text/paint.ts";

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
