import { Configurations, grown } from "./configurations.ts";
import type { Space } from "./space.ts";

/** An operation in a task. `call` and `return` are ranks in one order of all events: distinct integers. */
export interface Item {
  /** Position in the history. */
  operation: number;
  /** Operation class in the space. */
  class: number;
  call: number;
  return: number;
}

/** The question: can all required items be placed in one order that respects real time, starting from `initial`? */
export interface Task {
  /** Must take effect between call and return. In the order of their calls. */
  required: readonly Item[];
  /** May take effect once at any time after their call, or never. In the order of their calls; `return` is not read. */
  optional: readonly Item[];
  /** Classes whose effect may happen at any time, any number of times. */
  free: readonly number[];
  /** State number. */
  initial: number;
}

/** Counted, not timed, so that the same history always gets the same verdict. */
export interface Limits {
  /** Transitions tried. */
  steps: number;
  /** Distinct configurations kept in memory. */
  configurations: number;
  /** Distinct states of the object in the space. */
  states: number;
}

export type LimitName = keyof Limits;

export type Outcome = { steps: number; configurations: number } & (
  | { verdict: "linearizable"; order: Placement[] }
  | {
      verdict: "not-linearizable";
      /**
       * All that returned before this item returned can be placed. Without lookahead its own return is the first that
       * cannot.
       */
      furthest: Item;
      graph: Graph | null;
    }
  | { verdict: "unknown"; exhausted: LimitName }
);

/** One placed operation: an item, or the free class that was used, and the state after it. */
export interface Placement {
  item: Item | null;
  class: number;
  state: number;
}

/** Every configuration of a failed search and how they lead to each other. */
export interface Graph {
  configurations: Configurations;
  /** Per configuration: the required item whose return stops it. */
  blockedBy: Int32Array;
  /** Per configuration: how many items are placed. */
  depth: Int32Array;
  /** Pairs: from, to. */
  edges: Int32Array;
}

export interface SearchOptions {
  /** Keep the graph of configurations. */
  record?: boolean;
  /** An item whose answer the lookahead leaves alone. */
  exempt?: Item;
}

/** How many of the next required operations the lookahead examines: the nearest answers decide, more only cost. */
const LOOKAHEAD = 16;

/**
 * The search of Wing and Gong (1993) with the memoization of Lowe (2017): depth first over configurations, an event
 * list from which placed operations are lifted, and no configuration expanded twice. No recursion.
 *
 * Five reductions keep it small, and each loses no answer:
 * - A read-only operation that fits the state now is placed now. It changes nothing, so any order that places it later
 *   can have it here.
 * - Of two operations with the same input and output, of which one was called and returned no later, that one is placed
 *   first: they can be swapped.
 * - An optional operation is placed only where it changes the state; elsewhere "never" does the same.
 * - A configuration from which the answer of a required operation cannot come about any more (the model's lookahead) is
 *   not expanded.
 * - The search ends when all required items are placed; optional ones need no place.
 */
export function search(
  space: Space<never, never, never>,
  task: Task,
  limits: Limits,
  options: SearchOptions = {},
): Outcome {
  const { required, optional, free } = task;
  const m = required.length;
  const count = m + optional.length;
  const items = [...required, ...optional];
  const classes = Int32Array.from(items, (item) => item.class);
  const readOnly = Uint8Array.from(required, (item) => (space.isReadOnly(item.class) ? 1 : 0));
  const twins = earlierTwins(required, optional);

  // Nodes of the two lists: the call of item i is i, the return of required item i is count + i, then the heads.
  const requiredHead = count + m;
  const optionalHead = requiredHead + 1;
  const freeBase = optionalHead + 1; // cursors from here on are free classes
  const { next, prev } = eventLists(required, optional, requiredHead, optionalHead);
  const lift = (op: number): void => {
    next[prev[op]!] = next[op]!;
    if (next[op]! >= 0) prev[next[op]!] = prev[op]!;
    if (op >= m) return;
    const end = count + op;
    next[prev[end]!] = next[end]!;
    if (next[end]! >= 0) prev[next[end]!] = prev[end]!;
  };
  const unlift = (op: number): void => {
    if (op < m) {
      const end = count + op;
      next[prev[end]!] = end;
      if (next[end]! >= 0) prev[next[end]!] = end;
    }
    next[prev[op]!] = op;
    if (next[op]! >= 0) prev[next[op]!] = op;
  };

  const seen = new Configurations(m, optional.length);
  const recorder = options.record ? new GraphRecorder(seen) : null;
  const frames = new Frames();
  let state = task.initial;
  let steps = 0;
  let placed = 0; // required
  let depth = 0; // all items
  let furthest = -1;
  const exempt = options.exempt ? required.indexOf(options.exempt) : -1;
  let from = -1; // configuration that the next one is reached from

  for (;;) {
    // A configuration is entered: first everything that is read-only and fits.
    let node = next[requiredHead]!;
    while (node >= 0 && node < m) {
      const before = prev[node]!;
      if (readOnly[node] === 1) {
        steps++;
        if (space.arena[space.successors(state, classes[node]!)]! > 0) {
          lift(node);
          seen.place(node);
          frames.push(node, state, FORCED, 0, 0);
          placed++;
          depth++;
          node = next[before]!;
          continue;
        }
      }
      node = next[node]!;
    }
    if (placed === m) {
      return { verdict: "linearizable", order: placements(frames, items, task, state), ...figures() };
    }
    let stop = node - count; // the required item whose return comes first
    if (furthest < 0 || required[stop]!.return > required[furthest]!.return) furthest = stop;

    const isNew = seen.add(state);
    let here = seen.last;
    recorder?.reach(from, here, isNew, depth, stop);
    let cursor = isNew && !isHopeless() ? next[requiredHead]! : freeBase + free.length;
    let branch = 0;
    if (isNew) {
      const exhausted = exceeded(limits, steps, seen.size, space.states.length);
      if (exhausted) return { verdict: "unknown", exhausted, ...figures() };
    }

    // Find the next operation to place, going back where there is none.
    for (;;) {
      if (cursor >= count && cursor < freeBase) cursor = next[optionalHead]!; // a return: no required call is left
      if (cursor < 0 || (cursor >= m && cursor < count && items[cursor]!.call > required[stop]!.return))
        cursor = freeBase;
      if (cursor >= freeBase + free.length) {
        const frame = frames.pop((op) => {
          if (op >= freeBase) return;
          unlift(op);
          seen.unplace(op);
          if (op < m) placed--;
          depth--;
        });
        if (!frame) {
          const graph = recorder?.graph() ?? null;
          return { verdict: "not-linearizable", furthest: required[furthest]!, graph, ...figures() };
        }
        cursor = frames.op;
        branch = frames.branch + 1;
        state = frames.state;
        here = frames.configuration;
        stop = frames.stop;
      }
      const isItem = cursor < count;
      if (branch === 0 && isItem && twins[cursor]! >= 0 && !seen.has(twins[cursor]!)) {
        cursor = next[cursor]!;
        continue;
      }
      steps++;
      const offset = space.successors(state, isItem ? classes[cursor]! : free[cursor - freeBase]!);
      if (branch >= space.arena[offset]!) {
        cursor = isItem ? next[cursor]! : cursor + 1;
        branch = 0;
        continue;
      }
      const after = space.arena[offset + 1 + branch]!;
      if (after === state && cursor >= m) {
        branch++;
        continue;
      }
      frames.push(cursor, state, branch, here, stop);
      if (isItem) {
        lift(cursor);
        seen.place(cursor);
        if (cursor < m) placed++;
        depth++;
      }
      state = after;
      from = here;
      break;
    }
  }

  function isHopeless(): boolean {
    if (!space.model.lookahead) return false;
    let examined = 0;
    for (let node = next[requiredHead]!; node >= 0 && examined < LOOKAHEAD; node = next[node]!) {
      if (node >= m || node === exempt) continue;
      examined++;
      if (!space.possible(state, classes[node]!) && !canBeEnabled(node)) return true;
    }
    return false;
  }

  /** Whether something that is not placed yet, and was called before `op` returned, may make its answer possible. */
  function canBeEnabled(op: number): boolean {
    const wanted = classes[op]!;
    const end = count + op;
    for (let node = next[requiredHead]!; node !== end; node = next[node]!) {
      if (node < m && node !== op && space.enables(classes[node]!, wanted)) return true;
    }
    for (let node = next[optionalHead]!; node >= 0 && items[node]!.call < required[op]!.return; node = next[node]!) {
      if (space.enables(classes[node]!, wanted)) return true;
    }
    return free.some((id) => space.enables(id, wanted));
  }

  function figures(): { steps: number; configurations: number } {
    return { steps, configurations: seen.size };
  }
}

const FORCED = -1;

/** The path from the start to the current configuration. */
class Frames {
  // Five slots a frame: operation, state before it, branch (or FORCED), configuration it was placed in, item that
  // stopped that one.
  #slots = new Int32Array(5 * 256);
  length = 0;
  op = -1;
  state = -1;
  branch = 0;
  configuration = -1;
  stop = -1;

  push(op: number, state: number, branch: number, configuration: number, stop: number): void {
    const at = 5 * this.length++;
    if (at + 5 > this.#slots.length) this.#slots = grown(this.#slots, at + 5);
    this.#slots[at] = op;
    this.#slots[at + 1] = state;
    this.#slots[at + 2] = branch;
    this.#slots[at + 3] = configuration;
    this.#slots[at + 4] = stop;
  }

  /** Goes back to the last frame that had a choice and reads it into the fields; false if there is none. */
  pop(undo: (op: number) => void): boolean {
    while (this.length > 0) {
      const at = 5 * --this.length;
      this.op = this.#slots[at]!;
      undo(this.op);
      this.branch = this.#slots[at + 2]!;
      if (this.branch === FORCED) continue;
      this.state = this.#slots[at + 1]!;
      this.configuration = this.#slots[at + 3]!;
      this.stop = this.#slots[at + 4]!;
      return true;
    }
    return false;
  }

  opAt(index: number): number {
    return this.#slots[5 * index]!;
  }

  stateBefore(index: number): number {
    return this.#slots[5 * index + 1]!;
  }
}

class GraphRecorder {
  readonly #seen: Configurations;
  #edges = new Int32Array(256);
  #edgeEnd = 0;
  #blockedBy = new Int32Array(256);
  #depth = new Int32Array(256);

  constructor(seen: Configurations) {
    this.#seen = seen;
  }

  reach(from: number, to: number, isNew: boolean, depth: number, blockedBy: number): void {
    if (isNew) {
      if (to >= this.#depth.length) {
        this.#depth = grown(this.#depth, to + 1);
        this.#blockedBy = grown(this.#blockedBy, to + 1);
      }
      this.#depth[to] = depth;
      this.#blockedBy[to] = blockedBy;
    }
    if (from < 0) return;
    if (this.#edgeEnd + 2 > this.#edges.length) this.#edges = grown(this.#edges, this.#edgeEnd + 2);
    this.#edges[this.#edgeEnd++] = from;
    this.#edges[this.#edgeEnd++] = to;
  }

  graph(): Graph {
    return {
      configurations: this.#seen,
      blockedBy: this.#blockedBy,
      depth: this.#depth,
      edges: this.#edges.subarray(0, this.#edgeEnd),
    };
  }
}

function exceeded(limits: Limits, steps: number, configurations: number, states: number): LimitName | null {
  if (steps > limits.steps) return "steps";
  if (configurations > limits.configurations) return "configurations";
  return states > limits.states ? "states" : null;
}

function placements(frames: Frames, items: readonly Item[], task: Task, last: number): Placement[] {
  const freeBase = items.length + task.required.length + 2;
  return Array.from({ length: frames.length }, (_, i) => {
    const op = frames.opAt(i);
    const state = i + 1 < frames.length ? frames.stateBefore(i + 1) : last;
    const item = items[op] ?? null;
    return { item, class: item ? item.class : task.free[op - freeBase]!, state };
  });
}

function eventLists(
  required: readonly Item[],
  optional: readonly Item[],
  requiredHead: number,
  optionalHead: number,
): { next: Int32Array; prev: Int32Array } {
  const m = required.length;
  const count = m + optional.length;
  const next = new Int32Array(optionalHead + 1).fill(-1);
  const prev = new Int32Array(optionalHead + 1).fill(-1);
  const chain = (head: number, nodes: Iterable<number>): void => {
    let last = head;
    for (const node of nodes) {
      next[last] = node;
      prev[node] = last;
      last = node;
    }
  };
  const rank = (node: number): number => (node < m ? required[node]!.call : required[node - count]!.return);
  const events = Array.from({ length: 2 * m }, (_, i) => (i < m ? i : count + i - m)).sort((a, b) => rank(a) - rank(b));
  chain(requiredHead, events);
  chain(
    optionalHead,
    optional.map((_, i) => m + i),
  );
  return { next, prev };
}

/** Per item: an item of the same kind and class that was called and returned no later, or -1. */
function earlierTwins(required: readonly Item[], optional: readonly Item[]): Int32Array {
  const twins = new Int32Array(required.length + optional.length).fill(-1);
  const lastOfClass = new Map<number, number>();
  required.forEach((item, i) => {
    let twin = lastOfClass.get(item.class) ?? -1;
    // An enclosing interval is no twin: only the one that ends first can always go first.
    if (twin >= 0 && required[twin]!.return > item.return) twin = twins[twin]!;
    if (twin >= 0 && required[twin]!.return < item.return) twins[i] = twin;
    lastOfClass.set(item.class, i);
  });
  lastOfClass.clear();
  optional.forEach((item, i) => {
    twins[required.length + i] = lastOfClass.get(item.class) ?? -1;
    lastOfClass.set(item.class, required.length + i);
  });
  return twins;
}
