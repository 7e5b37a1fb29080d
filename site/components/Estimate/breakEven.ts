import { type Estimate, said, solveBreakEven, type Values } from "../../../course/estimate.ts";
import { formatQuantity } from "../../lib/format.ts";

/**
 * Where the decision flips, in two sentences, from the estimate's own functions and the inputs as they stand now. Null
 * for an estimate that states no break-even.
 */
export function breakEvenText(estimate: Estimate, overrides: Values = {}): string | null {
  if (estimate.breakEven === undefined) return null;
  const { below, above, input } = estimate.breakEven;
  const flip = solveBreakEven(estimate, overrides);
  if (flip === null) {
    const { label } = estimate.inputs.find(({ id }) => id === input)!;
    return `with these inputs, no value of “${label}” changes the decision.`;
  }
  const { whole, unit, label } = flip.input;
  // Two digits: a border between two designs is never known better.
  const at = whole === true ? formatQuantity(flip.at, unit) : `about ${formatQuantity(said(flip.at, 2), unit)}`;
  const upward = whole === true ? "from there on" : "above it";
  return `“${label}” at ${at}. Below it, ${below}; ${upward}, ${above}. Here: ${formatQuantity(flip.here, unit)}.`;
}
