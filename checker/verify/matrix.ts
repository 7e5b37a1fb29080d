/**
 * The kill matrix: which behavior stops which wrong solution. As data for the record and the site, and as text for the
 * terminal.
 */

import type { ExerciseResult, ExploredSpace } from "../../course/report.ts";
import type { Killer } from "../specimens/edits.ts";
import type { Alternative, Mutant } from "../specimens/specimens.ts";
import { failedTests } from "./judgment.ts";

export interface MutantRow {
  readonly name: string;
  readonly summary: string;
  /** The wrong idea behind it; null for a slip. */
  readonly misconception: string | null;
  /** What its section names. */
  readonly killedBy: Killer;
  /**
   * Indexes into `behaviors` that failed on it. Of one that never ends, none: it dies in whichever test comes first.
   */
  readonly kills: readonly number[];
}

export interface ExerciseMatrix {
  /** `<system>/<exercise>` */
  readonly id: string;
  /**
   * In the suite's order; `stage` counts from 1. `explored`: spaces of the reference that the behavior looks at whole.
   */
  readonly behaviors: readonly {
    readonly stage: number;
    readonly name: string;
    readonly explored?: readonly ExploredSpace[];
  }[];
  readonly benchmarks: readonly string[];
  readonly mutants: readonly MutantRow[];
  readonly alternatives: readonly { readonly name: string; readonly summary: string }[];
}

export function buildMatrix(
  reference: ExerciseResult,
  /** `result` is null for one that only a benchmark stops, where benchmarks were left out. */
  mutants: readonly { readonly mutant: Mutant; readonly result: ExerciseResult | null }[],
  alternatives: readonly Alternative[],
): ExerciseMatrix {
  const behaviors = reference.stages.flatMap((stage, index) =>
    stage.tests.map(({ name, explored }) => {
      return { stage: index + 1, name, ...(explored === undefined ? {} : { explored }) };
    }),
  );
  const indexOf = new Map(behaviors.map(({ name }, index) => [name, index]));
  return {
    id: reference.id,
    behaviors,
    benchmarks: reference.benchmarks.map(({ name }) => name),
    mutants: mutants.map(({ mutant: { name, summary, misconception, killedBy }, result }) => {
      const failed = result === null || killedBy.kind === "timed-out" ? [] : failedTests(result);
      const kills = failed.flatMap((test) => indexOf.get(test.name) ?? []);
      return { name, summary, misconception, killedBy, kills };
    }),
    alternatives: alternatives.map(({ name, summary }) => ({ name, summary })),
  };
}

/** Behaviors that no mutant fails in: nothing shows that they can fail. */
export function idleBehaviors({ behaviors, mutants }: ExerciseMatrix): string[] {
  const busy = new Set(mutants.flatMap((mutant) => mutant.kills));
  return behaviors.flatMap(({ name }, index) => (busy.has(index) ? [] : [name]));
}

const NAME_WIDTH = 34;

/**
 * One row per mutant, one column per behavior, a gap between stages, benchmarks last:
 * `K` the named killer, `x` fails too, `·` passes. Fits 80 columns up to 40 behaviors.
 */
export function drawMatrix(matrix: ExerciseMatrix): string[] {
  const { behaviors, benchmarks, mutants } = matrix;
  const gaps = new Set(behaviors.flatMap(({ stage }, index) => (behaviors[index - 1]?.stage !== stage ? [index] : [])));
  const columns = (cell: (index: number) => string): string =>
    behaviors.map((_, index) => (index > 0 && gaps.has(index) ? ` ${cell(index)}` : cell(index))).join("");
  const stages = columns((index) => (gaps.has(index) ? String(behaviors[index]!.stage) : " "));
  const header = `${"".padEnd(NAME_WIDTH)}  ${stages}${benchmarks.length > 0 ? " b" : ""}`;
  const rows = mutants.map(({ name, killedBy, kills }) => {
    const named = killedBy.kind === "behavior" ? behaviors.findIndex((each) => each.name === killedBy.name) : -1;
    const cells = columns((index) => (!kills.includes(index) ? "·" : index === named ? "K" : "x"));
    const inBench = benchmarks.map((bench) => (killedBy.kind === "benchmark" && killedBy.name === bench ? "K" : "·"));
    const ended = killedBy.kind === "timed-out" ? "  never ends" : "";
    return `${shorten(name)}  ${cells}${inBench.length > 0 ? ` ${inBench.join("")}` : ""}${ended}`;
  });
  return [header.trimEnd(), ...rows];
}

function shorten(name: string): string {
  return name.length <= NAME_WIDTH ? name.padEnd(NAME_WIDTH) : `${name.slice(0, NAME_WIDTH - 1)}…`;
}
