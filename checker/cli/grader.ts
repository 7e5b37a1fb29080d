import type { Grader } from "./context.ts";

/** The real grader, loaded only by commands that grade. */
export async function loadGrader(): Promise<Grader> {
  const { checkExercise, createWarmChecker } = await import("../check.ts");
  return { check: checkExercise, warm: createWarmChecker };
}
