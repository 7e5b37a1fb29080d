/** Simulated runs in a suite: seeds from the run's seed, and a failure that carries its drawn schedule. */

import {
  BUILT_IN,
  countMessages,
  describePlanEvent,
  type Explored,
  type ExploreOptions,
  explore,
  type Failure,
  type Operation,
  type Plan,
  replay,
  type Schedule,
} from "../../sim/index.ts";
import { DRAWN_MESSAGES_MAX } from "../../sim/schedule.ts";
import { run } from "./run.ts";
import { Violation } from "./violation.ts";

export interface ExploreOrViolateOptions extends Omit<ExploreOptions, "seeds"> {
  /** How many seeds; they derive from the seed of the run. Default: 20. */
  readonly seeds?: number;
  /** What should have been seen, in words. Default: the name of the broken invariant. */
  readonly expected?: string;
  /** One sentence on what to look at. */
  readonly note?: string;
  /** More about the small failing run, from its history: shown as the counterexample. */
  readonly explain?: (history: readonly Operation[]) => string | undefined;
}

/**
 * Runs the scenario under faults and returns what was explored; throws a Violation with steps, lanes and a Mermaid
 * diagram of the smallest failing run that was found. The seed of the check finds the same run again.
 */
export function exploreOrViolate(options: ExploreOrViolateOptions): Explored {
  const { seeds = 20, expected, note, explain, ...rest } = options;
  // Searching for a small failure costs events; a suite may fail a dozen behaviors, and each should answer within
  // seconds.
  const shrink = run.shrink === false ? { shrinkEventsMax: 0 } : {};
  const wanted = { shrinkEventsMax: 150_000, ...rest, ...shrink, seeds: seedsOfRun(seeds) };
  const found = explore(wanted);
  if (found.ok) return found;
  const failure = run.shrink === false ? found.failure : smallest(wanted, found.failure);
  if (failure.violation.invariant === BUILT_IN.throws) rethrowNotStarted(failure.violation.message);
  const counterexample = explain?.(replay(wanted, failure.seed, failure.plan).history);
  throw new Violation({
    expected: expected ?? failure.violation.invariant,
    got: failure.violation.message,
    steps: stepsOf(failure),
    drawing: failure.drawing,
    mermaid: failure.mermaid,
    schedule: failure.schedule,
    ...(counterexample === undefined ? {} : { counterexample }),
    ...(note === undefined ? {} : { note }),
  });
}

/** A failure that stays too large to read is one of many: the next seeds that fail often give one of half the size. */
function smallest(options: ExploreOptions & { readonly seeds: readonly number[] }, first: Failure): Failure {
  let best = first;
  let last = first;
  for (let i = 0; i < OTHERS_MAX && countMessages(best.schedule) > DRAWN_MESSAGES_MAX; i++) {
    const seeds = options.seeds.slice(options.seeds.indexOf(last.seed) + 1);
    const found = seeds.length === 0 ? undefined : explore({ ...options, seeds });
    if (found === undefined || found.ok) break;
    last = found.failure;
    const same = last.violation.invariant === first.violation.invariant;
    if (same && countMessages(last.schedule) < countMessages(best.schedule)) best = last;
  }
  return best;
}

const OTHERS_MAX = 5;

/** Seeds of their own for every seed of the run, the same in every check with that seed. */
export function seedsOfRun(count: number): number[] {
  return Array.from({ length: count }, (_, i) => (run.seed * SEEDS_APART + i) % 2 ** 32);
}

const SEEDS_APART = 10_007;

/** The faults of the small plan, and the rows of its drawing in words: `c1 -> n1: write x`. */
function stepsOf({ plan, schedule }: Failure): string[] {
  const faults = relevant(plan).map((event) => `fault: ${describePlanEvent(event)}`);
  return [...faults, ...rowsInWords(schedule)];
}

/** The rows of a drawing: `12 ms: c1 -> n1: write x`. */
export function rowsInWords({ rows, unit = "ms" }: Schedule): string[] {
  const when = (at: number) => (unit === "ms" ? `${at} ms` : `step ${at}`);
  return rows.flatMap((row) => {
    if (row.kind === "mark") return row.mark === "violation" ? [] : [`${when(row.at)}: ${row.text}`];
    if (row.kind === "arrival") return [`${when(row.at)}: ${row.to} gets ${row.label} from ${row.from}`];
    const fate = row.fate === "arrives" ? (row.direct ? "" : ", on its way") : `, ${FATES[row.fate]}`;
    return [`${when(row.at)}: ${row.from} -> ${row.to}: ${row.label}${fate}`];
  });
}

const FATES = { lost: "lost", partition: "lost in a partition", down: "lost at a node that is down", pending: "late" };

function relevant(plan: Plan): Plan {
  return plan.filter(({ kind }) => kind === "partition" || kind.startsWith("crash") || kind === "pause");
}

/** A stub throws from the first handler; that is an exercise not started, not a broken invariant. */
export function rethrowNotStarted(message: string): void {
  const at = message.indexOf("NotStarted: ");
  if (at < 0) return;
  const error = new Error(message.slice(at + "NotStarted: ".length));
  error.name = "NotStarted";
  throw error;
}
