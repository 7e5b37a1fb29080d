/** What an estimate owes to the reader beside its arithmetic: whose its inputs are, and where its decision flips. */

import { type Estimate, evaluate, originOf, type SystemEstimates, solveBreakEven } from "../../course/estimate.ts";

/** `sources`: ids of the `<Source>`s of the chapter. */
export function estimateProblems({ system, estimates }: SystemEstimates, sources: ReadonlySet<string>): string[] {
  return estimates.flatMap((estimate) => {
    const where = `${system}.${estimate.id}`;
    const origins = estimate.inputs.map((input) => ({ id: input.id, origin: originOf(input) }));
    return [
      ...origins
        .filter(({ origin }) => origin.kind === "unknown")
        .map(({ id }) => `${where}.${id} does not say where it comes from: source, fromParameter or fromEstimate`),
      ...origins.flatMap(({ id, origin }) =>
        origin.kind === "source" && !sources.has(origin.source)
          ? [`${where}.${id}: no <Source id="${origin.source}"> in the chapter`]
          : [],
      ),
      ...decisionProblems(where, estimate),
    ];
  });
}

function decisionProblems(where: string, estimate: Estimate): string[] {
  if (estimate.decides === null)
    return estimate.because.length > 30 ? [] : [`${where} decides nothing and does not say why it stands there`];
  const { breakEven, decides } = estimate;
  if (decides.length <= 30) return [`${where} does not say what it decides`];
  if (breakEven === undefined) return [`${where} has no break-even: at which input does "${decides}" flip?`];
  const problems = [breakEven.below, breakEven.above]
    .filter((side) => side.split(" ").length < 2 || /[.!?]$|^[A-Z](?![A-Z])/.test(side))
    .map((side) => `${where}: "${side}" must read as the end of a sentence: "Below it, two trips fit"`);
  return flips(estimate) ? problems : [...problems, `${where}: the sides are not equal at the break-even`];
}

/** True when the sides are equal at the break-even, or change places there where they come in whole pieces. */
export function flips(estimate: Estimate): boolean {
  const flip = solveBreakEven(estimate);
  if (flip === null) return false;
  const sidesAt = (value: number): [number, number] => {
    const values = evaluate(estimate, { [flip.input.id]: value });
    return estimate.breakEven!.sides.map((side) => (typeof side === "number" ? side : values[side]!)) as [
      number,
      number,
    ];
  };
  const [left, right] = sidesAt(flip.at);
  if (Math.abs(left - right) <= 1e-6 * Math.max(Math.abs(left), Math.abs(right))) return true;
  const before = sidesAt(flip.input.whole === true ? flip.at - 1 : flip.at * (1 - 1e-9));
  return before[0] >= before[1] !== left >= right;
}
