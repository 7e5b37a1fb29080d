/**
 * Picks one of `options` ways, numbered from 0. The label names what is decided, for those who weigh or describe
 * choices.
 */
export type Choose = (options: number, label: string) => number;

/**
 * Runs `run` once for every sequence of choices it can meet, depth first, so that code written for a random choice is
 * tested for all of them. `run` must be deterministic apart from `choose`. Returns how many runs it took, and whether
 * those were all (`complete`) or the limit ended the search.
 */
export function exhaust(run: (choose: Choose) => void, runsMax = Number.POSITIVE_INFINITY): ExhaustResult {
  const choices: number[] = [];
  const widths: number[] = [];
  let runs = 0;
  for (;;) {
    if (runs >= runsMax) return { runs, complete: false };
    let depth = 0;
    run((options) => {
      if (!(options >= 1)) throw new Error(`a choice needs at least one option, got ${options}`);
      if (depth === choices.length) {
        choices.push(0);
        widths.push(options);
      } else if (widths[depth] !== options) {
        throw new Error(
          `choice ${depth + 1} had ${widths[depth]} options and now ${options}: the run is not deterministic`,
        );
      }
      return choices[depth++]!;
    });
    runs++;
    while (choices.length > 0 && choices.at(-1)! + 1 === widths.at(-1)!) {
      choices.pop();
      widths.pop();
    }
    if (choices.length === 0) return { runs, complete: true };
    choices[choices.length - 1]! += 1;
  }
}

export interface ExhaustResult {
  readonly runs: number;
  readonly complete: boolean;
}
