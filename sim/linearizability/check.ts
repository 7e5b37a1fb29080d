import { type Counterexample, explain } from "./explain.ts";
import { assertWellFormed, type History, type Operation } from "./history.ts";
import { type Model, UNKNOWN } from "./model.ts";
import { type Item, type LimitName, type Limits, type Outcome, search, type Task } from "./search.ts";
import { Space } from "./space.ts";

export interface CheckOptions {
  /** Transitions to try before giving up, over all parts together. Default 20 million. */
  steps?: number;
  /**
   * Configurations to keep in memory for one part. Default 5 million (some 30 bytes each and more with many timeouts).
   */
  configurations?: number;
  /**
   * Check the parts of the object (the keys of a map) one by one. Default true; false only to measure what it saves.
   */
  partition?: boolean;
  /** Look for the smallest window of a counterexample. Default true. */
  explain?: boolean;
}

export interface Figures {
  /** Operations in the history. */
  operations: number;
  /** Independently checked parts. */
  parts: number;
  /** Transitions tried; the same on every machine. */
  steps: number;
  /** Distinct configurations met. */
  configurations: number;
}

/** `unknown` is not a pass: the budget ran out before an answer was found. */
export type CheckResult<State, Input, Output> = Figures &
  (
    | {
        verdict: "linearizable";
        /**
         * Per part: one order that explains it, as positions in the history. An operation of unknown outcome that is
         * missing did not take effect.
         */
        orders: number[][];
      }
    | { verdict: "not-linearizable"; part: string | null; counterexample: Counterexample<State, Input, Output> | null }
    | { verdict: "unknown"; exhausted: LimitName; unresolvedParts: (string | null)[] }
  );

const defaults = { steps: 20_000_000, configurations: 5_000_000 };

/**
 * Is there one order of all operations that respects real time (an operation that returned before another was called
 * comes first) and in which a single-threaded object would give every answer that was seen? Herlihy and Wing 1990.
 *
 * Worst case exponential in the number of operations that are concurrent; for a fixed concurrency linear in their
 * number, and linear in the number of independent parts. Throws a `RangeError` for a malformed history.
 */
export function check<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  options: CheckOptions = {},
): CheckResult<State, Input, Output> {
  assertWellFormed(history);
  const parts = partition(model, history, options.partition ?? true);
  const budget = {
    steps: options.steps ?? defaults.steps,
    configurations: options.configurations ?? defaults.configurations,
  };
  const figures: Figures = { operations: history.length, parts: parts.length, steps: 0, configurations: 0 };
  const orders: number[][] = [];
  const run = (part: Part, steps: number): { outcome: Outcome; space: Space<State, Input, Output>; task: Task } => {
    const space = new Space(model);
    const task = compile(space, history, part.operations);
    const limits: Limits = { steps, configurations: budget.configurations, states: Number.POSITIVE_INFINITY };
    const outcome = search(space as Space<never, never, never>, task, limits);
    figures.steps += outcome.steps;
    figures.configurations += outcome.configurations;
    return { outcome, space, task };
  };

  // Every part gets a small budget first, then its share, then what the others left: an easy violation is found before
  // a hard part is worked on, and one hard part cannot starve the rest.
  const rounds = parts.length > 1 ? [0.01 / parts.length, 1 / parts.length, 1] : [1];
  let open: { part: Part; exhausted: LimitName }[] = parts.map((part) => ({ part, exhausted: "steps" }));
  for (const share of rounds) {
    const again: typeof open = [];
    for (const { part } of open) {
      const left = Math.max(0, budget.steps - figures.steps);
      const { outcome, space, task } = run(part, Math.min(left, Math.floor(budget.steps * share)));
      if (outcome.verdict === "not-linearizable") {
        const wanted = options.explain ?? true;
        const counterexample = wanted ? explain(space, history, task, outcome) : null;
        return { verdict: "not-linearizable", part: part.key, counterexample, ...figures };
      }
      if (outcome.verdict === "unknown") again.push({ part, exhausted: outcome.exhausted });
      else orders.push(outcome.order.flatMap(({ item }) => (item ? [item.operation] : [])));
    }
    open = again;
  }
  const first = open[0];
  if (!first) return { verdict: "linearizable", orders, ...figures };
  const unresolvedParts = open.map(({ part }) => part.key);
  return { verdict: "unknown", exhausted: first.exhausted, unresolvedParts, ...figures };
}

interface Part {
  key: string | null;
  /** Positions in the history. */
  operations: number[];
}

function partition<Input, Output>(
  model: Pick<Model<never, Input, Output>, "partition">,
  history: History<Input, Output>,
  wanted: boolean,
): Part[] {
  const whole = [{ key: null, operations: history.map((_, index) => index) }];
  if (!wanted || !model.partition || history.length === 0) return whole;
  const parts = new Map<string, Part>();
  for (const [index, operation] of history.entries()) {
    const key = model.partition(operation.input);
    if (key === undefined) return whole;
    const part = parts.get(key);
    if (part) part.operations.push(index);
    else parts.set(key, { key, operations: [index] });
  }
  return [...parts.values()];
}

/** Ranks all events of the given operations and sorts out which must be placed, which may be, and which say nothing. */
export function compile<State, Input, Output>(
  space: Space<State, Input, Output>,
  history: History<Input, Output>,
  operations: readonly number[],
): Task {
  const items: Item[] = [];
  for (const index of operations) {
    const operation = history[index] as Operation<Input, Output>;
    if (operation.status === "failed") continue;
    const ok = operation.status === "ok";
    const classId = space.classOf(operation.input, ok ? operation.output : UNKNOWN);
    if (!ok && space.isReadOnly(classId)) continue; // nobody saw the answer and it changed nothing
    const end = ok ? operation.return : Number.POSITIVE_INFINITY;
    items.push({ operation: index, class: classId, call: operation.call, return: end });
  }
  rankEvents(items);
  items.sort((a, b) => a.call - b.call);
  return {
    required: items.filter((item) => item.return !== Number.POSITIVE_INFINITY),
    optional: items.filter((item) => item.return === Number.POSITIVE_INFINITY),
    free: [],
    initial: space.intern(space.model.init()),
  };
}

/** Replaces times by ranks. At equal times calls come before returns: intervals are closed. */
function rankEvents(items: Item[]): void {
  const events = items.flatMap((item) => [
    { item, time: item.call, end: false },
    ...(item.return === Number.POSITIVE_INFINITY ? [] : [{ item, time: item.return, end: true }]),
  ]);
  events.sort((a, b) => a.time - b.time || Number(a.end) - Number(b.end));
  events.forEach(({ item, end }, rank) => {
    if (end) item.return = rank;
    else item.call = rank;
  });
}
