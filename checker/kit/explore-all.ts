/**
 * Every schedule of a small world in a suite: a failure that carries the shortest one, and a record of how much was
 * looked at.
 */

import type { ExploredSpace } from "../../course/report.ts";
import { BUILT_IN, type ExploreAllOptions, exploreAll, type Violated } from "../../sim/index.ts";
import { rethrowNotStarted, rowsInWords } from "./explore.ts";
import { record } from "./recorder.ts";
import { show } from "./show.ts";
import { Violation } from "./violation.ts";

/** A small world and its bound, as the modules of suites describe them. */
export interface Space extends Omit<ExploreAllOptions, "statesMax" | "eventsMax"> {
  /** What is looked at, and within which bound, in a few words: `three nodes, two campaigns, 11 events`. */
  readonly space: string;
  /** How many states the reference has; a test of the suite counts them. The budget is four times as many. */
  readonly referenceStates: number;
}

export interface ExploreAllOrViolateOptions extends Space {
  /**
   * Why the space of a right solution may be larger than the reference's: it says more than the reference does, say.
   * Then as many states as the budget allows are looked at, a goal may lie beyond the bound, and the record says so.
   * Default: it may not.
   */
  readonly mayBeLarger?: string;
  /** What should have been seen, in words. Default: the name of the broken invariant. */
  readonly expected?: string;
  /** One sentence on what to look at. */
  readonly note?: string;
}

/**
 * Looks at every schedule of the world and records how many states there were. Throws a Violation with steps, lanes and
 * a Mermaid diagram of a shortest schedule that breaks an invariant; also when nodes are not deterministic, when the
 * budget is spent, and when a goal was not reached, because then nothing that could go wrong was looked at. For the last
 * two see `mayBeLarger`.
 */
export function exploreAllOrViolate(options: ExploreAllOrViolateOptions): ExploredSpace {
  const { space: what, referenceStates, mayBeLarger, expected, note, ...rest } = options;
  const statesMax = BUDGET_FACTOR * referenceStates;
  const found = exploreAll({ ...rest, statesMax });
  const { states, events, depth } = found;
  switch (found.verdict) {
    case "violated":
      throw violationOf(found, expected, note);
    case "nondeterministic":
      throw new Violation({
        expected: "the same answers to the same messages, whenever they are asked for",
        got: found.message,
        steps: found.inputs.map((input) => show(input)),
        ...(found.node === null ? {} : { counterexample: `first ${show(found.first)}, then ${show(found.second)}` }),
        note:
          "A node may keep nothing outside of itself: no variable of the module, no clock, no randomness but " +
          "what it is given.",
      });
    case "budget spent":
    case "exhausted":
  }
  const { unreached } = found;
  const explored: ExploredSpace = {
    what,
    verdict: found.verdict,
    states,
    events,
    depth,
    ...(unreached.length === 0 ? {} : { unreached }),
  };
  record({ kind: "explored", space: explored });
  if (found.verdict === "budget spent" && mayBeLarger === undefined)
    throw new Violation({
      expected: `at most ${statesMax} states: ${what}`,
      got: `more, and nothing wrong in the first ${states}`,
      note: "Messages that say nothing new make the space larger than it can be looked at.",
    });
  const isCut = found.verdict === "budget spent" || found.cut.length > 0;
  if (unreached.length > 0 && !(isCut && mayBeLarger !== undefined))
    throw new Violation({
      expected: `some run to get there: ${what}`,
      got: `none of ${states} states has seen: ${unreached.join(", ")}`,
      ...(note === undefined ? {} : { note }),
    });
  return explored;
}

const BUDGET_FACTOR = 4;

function violationOf(found: Violated, expected?: string, note?: string): Violation {
  const { violation, schedule, drawing, mermaid } = found;
  if (violation.invariant === BUILT_IN.throws) rethrowNotStarted(violation.message);
  return new Violation({
    expected: expected ?? violation.invariant,
    got: violation.message,
    steps: rowsInWords(schedule),
    drawing,
    mermaid,
    ...(note === undefined ? {} : { note }),
  });
}
