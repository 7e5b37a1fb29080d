import { originIn } from "./origin.ts";
import { run } from "./run.ts";
import { show } from "./show.ts";

/**
 * `TypeError: …, at token-bucket.ts:46`: what was thrown and, where it comes from the learner's file, by which line of
 * it.
 */
export function showThrown(error: unknown): string {
  const shown = show(error);
  let stack: unknown;
  try {
    stack = error instanceof Error ? error.stack : undefined;
  } catch {
    // A getter of the learner's own.
  }
  const origin = originIn(stack, run.subjectPath);
  return origin === null ? shown : `${shown}, at ${origin}`;
}
