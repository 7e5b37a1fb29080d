/**
 * The text of one failure: what was done, what was expected, what came, which invariant broke and where the chapter
 * explains it, the smallest input that shows it, and the command that plays it again. Never the suite's source.
 */

import type { Failure } from "../../course/report.ts";
import { wrap } from "../text/wrap.ts";

export interface FailureContext {
  /** `<system>/<exercise>` */
  readonly id: string;
  readonly seed: number;
  /** Path of the chapter on the site, e.g. `/docs/infrastructure/rate-limiter`. */
  readonly chapter: string;
}

const COLUMNS = 80;
const LABEL = 11;

/** Plain text, at most 80 columns where words allow it, no color, no newline at the end. */
export function renderFailure(failure: Failure, { id, seed, chapter }: FailureContext): string {
  const { steps, expected, got, invariant, counterexample, note, drawing } = failure;
  const blocks: string[] = [];
  if (steps.length > 0) blocks.push(numbered(steps));
  blocks.push([field("expected", expected), field("got", got)].join("\n"));
  const rule = [field("invariant", invariant.text), field("chapter", `${chapter}#${invariant.id}`)];
  if (invariant.source !== undefined) rule.push(field("source", invariant.source));
  blocks.push(rule.join("\n"));
  if (drawing !== undefined) blocks.push(drawing.replace(/\s+$/, ""));
  const again = [];
  if (counterexample !== undefined) again.push(field("smallest", counterexample));
  again.push(field("seed", String(seed)), field("again", replayCommand(id, seed)));
  blocks.push(again.join("\n"));
  if (note !== undefined) blocks.push(wrap(note, COLUMNS));
  return blocks.join("\n\n");
}

export function replayCommand(id: string, seed: number): string {
  return `npx bp replay ${id} --seed ${seed}`;
}

/**
 * Steps with the numbers they had when they were taken. The kit leaves out the middle of a long run and says how much
 * it was.
 */
export function numberSteps(steps: readonly string[]): { readonly number: number | null; readonly text: string }[] {
  let number = 0;
  return steps.map((text) => {
    const gap = /^… (\d+) more steps …$/.exec(text);
    if (gap === null) return { number: ++number, text };
    number += Number(gap[1]);
    return { number: null, text };
  });
}

function numbered(steps: readonly string[]): string {
  const lines = numberSteps(steps);
  const width = `${lines.findLast(({ number }) => number !== null)?.number ?? ""}. `.length;
  return lines
    .map(({ number, text }) =>
      wrap(text, COLUMNS, " ".repeat(width), (number === null ? "" : `${number}. `).padStart(width)),
    )
    .join("\n");
}

function field(label: string, text: string): string {
  return wrap(text, COLUMNS, " ".repeat(LABEL), label.padEnd(LABEL));
}
