/** The line under a verdict that says what to do next. */

import type { ExerciseResult } from "../../course/report.ts";
import { drawingPath } from "../learner/checking.ts";

/** Null when there is nothing sensible to say. `nextId` is the exercise after this one. */
export function adviceFor(
  result: ExerciseResult,
  facts: { readonly measured: boolean; readonly nextId: string | null },
): string | null {
  const { id } = result;
  switch (result.status) {
    case "passed":
      if (!facts.measured) return `Benchmarks were left out: npx bp check ${id}`;
      return facts.nextId === null
        ? `Compare with the reference: npx bp diff ${id}`
        : `Compare with the reference: npx bp diff ${id}\nThen: npx bp watch ${facts.nextId}`;
    case "failed": {
      const drawn = result.stages.some((stage) => stage.tests.some((test) => test.failure?.mermaid !== undefined));
      const drawing = drawn ? `\nThe schedule as a diagram: ${drawingPath(id)}` : "";
      return `A nudge: npx bp hint ${id}${drawing}`;
    }
    case "too-slow":
      return `It is right, and too slow. A nudge: npx bp hint ${id}`;
    case "not-started":
      return `Your file: exercises/${id}.ts\nBeside it: npx bp watch ${id}`;
    case "missing":
      return `Put the stub back: npx bp reset ${id}`;
    case "inconclusive":
      return "Close what keeps the machine busy and check again.";
    default:
      return null;
  }
}
