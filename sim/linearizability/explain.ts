import { type Attempts, attempts } from "./attempts.ts";
import type { History } from "./history.ts";
import { stateText, UNKNOWN } from "./model.ts";
import { type Graph, type Item, search, type Task } from "./search.ts";
import type { Space } from "./space.ts";

/** One operation of the smallest window. */
export interface WindowOperation {
  /** Position in the history. */
  operation: number;
  client: number | string;
  text: string;
  call: number;
  /** Null where its end plays no part in the contradiction: it may take effect at any time after its call, or never. */
  return: number | null;
  /** The culprit is the one whose answer makes the history impossible; everything up to there can be explained. */
  role: "culprit" | "required" | "optional";
}

/**
 * Why a history is not linearizable, as small as it was found. It is a proof: the operations of `window`, started from
 * `start`, cannot be put in order, not even if each operation in `setAside` takes effect whenever that would help, or
 * not at all.
 */
export interface Counterexample<State, Input, Output> extends Attempts {
  model: string;
  /** Operations in the part of the history that was checked. */
  operations: number;
  /**
   * How many of them had returned, and can be explained, before the culprit returned; null if the budget did not
   * suffice to tell.
   */
  explained: number | null;
  culprit: number;
  input: Input;
  output: Output;
  /** The state that the window starts from. */
  start: State;
  startText: string;
  /**
   * Positions of the operations that have taken effect at the start; empty if the window starts from the initial state.
   * All explanations of what came before the culprit lead through this point (up to exchanging equal operations and
   * moving reads).
   */
  settled: number[];
  /** In the order of their calls. */
  window: WindowOperation[];
  setAside: number[];
}

/**
 * Steps for finding the anchor, for the whole of one shrinking, and for one trial of it (or twice what the unshrunk
 * window took, if that is more). All counted, none timed.
 */
const ANCHOR_STEPS = 4_000_000;
const SHRINK_STEPS = 2_000_000;
const TRIAL_STEPS = 20_000;
/** New object states a trial may meet: repeated appends would make new ones for ever. */
const TRIAL_STATES = 300;
const CONFIGURATIONS = 1_000_000;
/** A window from the initial state needs no faith in what came before, which is worth this many more operations. */
const SELF_CONTAINED_BONUS = 2;

/** Explains a failed search. */
export function explain<State, Input, Output>(
  space: Space<State, Input, Output>,
  history: History<Input, Output>,
  task: Task,
  failure: { furthest: Item; steps: number },
): Counterexample<State, Input, Output> {
  const { blocked, isFirst } = firstImpossible(space, task, failure);
  const prefix = before(space, task, blocked);
  const anchor = findAnchor(space, prefix, blocked);
  const fromStart = shrink(space, prefix, blocked);
  let best = fromStart;
  let settled: number[] = [];
  if (anchor) {
    const fromAnchor = shrink(space, anchor.task, blocked);
    if (size(fromAnchor.task) + SELF_CONTAINED_BONUS < size(fromStart.task)) {
      best = fromAnchor;
      settled = anchor.settled;
    }
  }
  const culprit = history[blocked.operation]!;
  if (culprit.status !== "ok") throw new Error("bug: the culprit has no answer");
  const start = space.states[best.task.initial]!;
  return {
    model: space.model.name,
    operations: task.required.length + task.optional.length,
    explained: isFirst ? prefix.required.length - 1 : null,
    culprit: blocked.operation,
    input: culprit.input,
    output: culprit.output,
    start,
    startText: stateText(space.model, start),
    settled,
    window: windowOf(space, history, best.task, blocked),
    setAside: best.setAside,
    ...attempts(space, best.task, blocked),
  };
}

/**
 * The first return up to which the history cannot be explained. A longer history is never easier to explain, so it is
 * searched for, in growing steps from the return that the failed search reached (the lookahead stops a little before
 * the truth), then by bisection. A trial may cost a few times what the failed search cost; where that is not enough the
 * answer may be a later return (`isFirst` false).
 */
function firstImpossible<S, I, O>(
  space: Space<S, I, O>,
  task: Task,
  failure: { furthest: Item; steps: number },
): { blocked: Item; isFirst: boolean } {
  const returns = [...task.required].sort((a, b) => a.return - b.return);
  const steps = ANCHOR_STEPS + 2 * failure.steps;
  const limits = { steps, configurations: CONFIGURATIONS, states: Number.POSITIVE_INFINITY };
  let low = returns.indexOf(failure.furthest);
  let high = returns.length - 1;
  let isFirst = true;
  if (!space.model.lookahead) high = low;
  for (let stride = 1; low < high; stride *= 2) {
    const middle = Math.min(low + stride - 1, (low + high) >> 1);
    const outcome = search(space as Space<never, never, never>, before(space, task, returns[middle]!), limits);
    if (outcome.verdict === "unknown") isFirst = false;
    if (outcome.verdict === "not-linearizable") {
      high = middle;
      low = Math.max(low, returns.indexOf(outcome.furthest));
      stride = 0.5;
    } else {
      low = middle + 1;
    }
  }
  return { blocked: returns[high]!, isFirst };
}

/** What had happened when the culprit returned: operations still running then may have taken effect or not. */
function before<S, I, O>(space: Space<S, I, O>, task: Task, blocked: Item): Task {
  const called = task.required.filter((item) => item.call < blocked.return);
  const running = called.filter((item) => item.return > blocked.return && !space.isReadOnly(item.class));
  return {
    ...task,
    required: called.filter((item) => item.return <= blocked.return),
    optional: byCall([...task.optional.filter((item) => item.call < blocked.return), ...running]),
  };
}

/**
 * The last configuration that every explanation of the events before the culprit's return passes through. Each edge of
 * the graph places one operation, so the graph has layers; a layer in which only one configuration leads on is such a
 * point.
 */
function findAnchor<S, I, O>(
  space: Space<S, I, O>,
  prefix: Task,
  blocked: Item,
): { task: Task; settled: number[] } | null {
  const limits = { steps: ANCHOR_STEPS, configurations: CONFIGURATIONS, states: Number.POSITIVE_INFINITY };
  const outcome = search(space as Space<never, never, never>, prefix, limits, { record: true, exempt: blocked });
  if (outcome.verdict !== "not-linearizable" || !outcome.graph) return null;
  const graph = outcome.graph;
  const id = narrowest(graph, prefix.required.indexOf(blocked));
  if (id === null) return null;
  const { configurations } = graph;
  const placed = [...prefix.required, ...prefix.optional].filter((_, i) => configurations.placedIn(id, i));
  const left = (item: Item): boolean => !placed.includes(item);
  return {
    settled: placed.map((item) => item.operation),
    task: {
      required: prefix.required.filter(left),
      optional: prefix.optional.filter(left),
      free: [],
      initial: configurations.stateOf(id),
    },
  };
}

function narrowest(graph: Graph, blocked: number): number | null {
  const { configurations, edges, depth, blockedBy } = graph;
  const leadsOn = new Uint8Array(configurations.size);
  let shallowest = Number.POSITIVE_INFINITY;
  for (let id = 0; id < configurations.size; id++) {
    if (blockedBy[id] !== blocked) continue;
    leadsOn[id] = 1;
    shallowest = Math.min(shallowest, depth[id]!);
  }
  // Edges go from shallow to deep, so one pass over them from deep to shallow finds all ancestors.
  const order = Int32Array.from({ length: edges.length / 2 }, (_, i) => i).sort(
    (a, b) => depth[edges[2 * b]!]! - depth[edges[2 * a]!]!,
  );
  for (const edge of order) if (leadsOn[edges[2 * edge + 1]!]) leadsOn[edges[2 * edge]!] = 1;
  const perDepth = new Map<number, number[]>();
  for (let id = 0; id < configurations.size; id++) {
    if (!leadsOn[id] || depth[id]! > shallowest) continue;
    const layer = perDepth.get(depth[id]!);
    if (layer) layer.push(id);
    else perDepth.set(depth[id]!, [id]);
  }
  // Reads are placed in bunches, so a path may jump over a layer: only a layer below which no other path starts counts.
  const jumped = jumpsOver(edges, depth, leadsOn);
  const single = [...perDepth].filter(([d, ids]) => ids.length === 1 && !jumped(d)).sort(([a], [b]) => b - a)[0];
  return single && single[0] > 0 ? single[1][0]! : null;
}

/** Tells whether some edge between leading configurations passes a layer without stopping there. */
function jumpsOver(edges: Int32Array, depth: Int32Array, leadsOn: Uint8Array): (layer: number) => boolean {
  const change = new Map<number, number>();
  for (let i = 0; i < edges.length; i += 2) {
    if (!leadsOn[edges[i + 1]!]) continue;
    const first = depth[edges[i]!]! + 1;
    const end = depth[edges[i + 1]!]!;
    if (first >= end) continue;
    change.set(first, (change.get(first) ?? 0) + 1);
    change.set(end, (change.get(end) ?? 0) - 1);
  }
  const marks = [...change].sort(([a], [b]) => a - b);
  return (layer) => marks.reduce((sum, [at, by]) => (at <= layer ? sum + by : sum), 0) > 0;
}

interface Shrunk {
  task: Task;
  setAside: number[];
}

/**
 * Weakens operations one group after the other for as long as the contradiction stays. To delete an operation that
 * changes the state would be no proof: a history without its writes contradicts itself easily. So a write that is not
 * needed becomes free (any time, any number of times), or optional at any time, or at least its return is forgotten.
 * Only reads are deleted. Weakening is monotone, so one pass over single operations leaves nothing that could still be
 * weakened alone (unless the budget ends).
 */
function shrink<S, I, O>(space: Space<S, I, O>, start: Task, blocked: Item): Shrunk {
  let task = start;
  const setAside: number[] = [];
  let left = SHRINK_STEPS;
  let trialSteps = SHRINK_STEPS;
  const holds = (candidate: Task): boolean | null => {
    if (left <= 0) return null;
    const limits = {
      steps: Math.min(left, trialSteps),
      configurations: CONFIGURATIONS,
      states: space.states.length + TRIAL_STATES,
    };
    const outcome = search(space as Space<never, never, never>, candidate, limits);
    left -= outcome.steps + candidate.required.length + candidate.optional.length; // setting a trial up is work too
    trialSteps = Math.max(trialSteps === SHRINK_STEPS ? 2 * outcome.steps : trialSteps, TRIAL_STEPS);
    return outcome.verdict === "unknown" ? null : outcome.verdict === "not-linearizable";
  };
  const weaken = (group: ReadonlySet<Item>, ways: readonly ((group: ReadonlySet<Item>) => Task)[]): boolean => {
    for (const way of ways) {
      const candidate = way(group);
      const answer = holds(candidate);
      if (answer) task = candidate;
      // a stronger constraint could still hold, but only after "unknown" is it worth a try
      if (answer !== null) return answer;
    }
    return false;
  };
  if (holds(start) !== true) return { task, setAside };
  const strict = (): Item[] =>
    byCall([...task.required, ...task.optional.filter((item) => item.call >= 0)]).filter((item) => item !== blocked);

  const free = (group: ReadonlySet<Item>): Task => without(space, task, group, true);
  const anytime = (group: ReadonlySet<Item>): Task => {
    const rest = without(space, task, group, false);
    const moved = [...group].filter((item) => !space.isReadOnly(item.class)).map((item) => ({ ...item, call: -1 }));
    return { ...rest, optional: byCall([...rest.optional, ...moved]) };
  };
  for (let size = strict().length; size >= 1; size = size >> 1) {
    const items = strict();
    for (let at = 0; at < items.length; at += size) {
      const group = new Set(items.slice(at, at + size));
      if (weaken(group, [free, anytime])) setAside.push(...[...group].map((item) => item.operation));
    }
  }
  for (const item of strict()) {
    if (!task.required.includes(item)) continue;
    weaken(new Set([item]), [
      () => ({
        ...task,
        required: task.required.filter((other) => other !== item),
        optional: space.isReadOnly(item.class) ? task.optional : byCall([...task.optional, item]),
      }),
    ]);
  }
  return { task, setAside: setAside.sort((a, b) => a - b) };
}

/** The task without a group, whose effects are free from now on if `free` is set. */
function without<S, I, O>(space: Space<S, I, O>, task: Task, group: ReadonlySet<Item>, free: boolean): Task {
  const effects = free ? [...group].map((item) => item.class).filter((id) => !space.isReadOnly(id)) : [];
  const stays = (item: Item): boolean => !group.has(item);
  return {
    ...task,
    required: task.required.filter(stays),
    optional: task.optional.filter(stays),
    free: [...new Set([...task.free, ...effects])],
  };
}

function windowOf<S, I, O>(
  space: Space<S, I, O>,
  history: History<I, O>,
  task: Task,
  blocked: Item,
): WindowOperation[] {
  const items = byCall([...task.required, ...task.optional.filter((item) => item.call >= 0)]);
  return items.map((item) => {
    const operation = history[item.operation]!;
    const required = task.required.includes(item);
    return {
      operation: item.operation,
      client: operation.client,
      text: space.model.describe(operation.input, operation.status === "ok" ? operation.output : UNKNOWN),
      call: operation.call,
      return: required && operation.status === "ok" ? operation.return : null,
      role: item === blocked ? "culprit" : required ? "required" : "optional",
    };
  });
}

function size(task: Task): number {
  return task.required.length + task.optional.filter((item) => item.call >= 0).length;
}

function byCall(items: Item[]): Item[] {
  return items.sort((a, b) => a.call - b.call);
}
