import { stateText } from "./model.ts";
import type { Item, Task } from "./search.ts";
import type { Space } from "./space.ts";

/** What happens if one tries to put a small window in order. */
export interface Attempts {
  /**
   * Every state the object can be in at a moment at which the culprit could take effect, if its answer fits none of
   * them; null if it fits one but then another operation has no place, or if there are too many to tell.
   */
  heldStates: string[] | null;
  /** The orders that get furthest, one for each state they end in, shortest first. */
  attempts: Attempt[];
  /**
   * True if `attempts` leaves the operations outside the window out, because with them there are too many orders to
   * list.
   */
  attemptsAlone: boolean;
}

export interface Attempt {
  /** Operations in the order tried. */
  order: string[];
  /** The state after them. */
  state: string;
  /** The operation that has to come next or earlier, and cannot. */
  stuck: string;
}

/**
 * Enough for windows that a reader would follow; a window with effects that can pile up for ever (appends) has more.
 */
const MAX_NODES = 300;
const MAX_STATES = 8;
const MAX_ATTEMPTS = 3;

interface Node {
  state: number;
  placed: ReadonlySet<Item>;
  required: number;
  order: number[]; // classes
}

/** The orders of a task that has no solution. */
export function attempts<S, I, O>(space: Space<S, I, O>, task: Task, culprit: Item): Attempts {
  const all = enumerate(space, task, culprit);
  if (all) return { ...all, attemptsAlone: false };
  const alone = { ...task, optional: task.optional.filter((item) => item.call >= 0), free: [] };
  return { attempts: enumerate(space, alone, culprit)?.attempts ?? [], heldStates: null, attemptsAlone: true };
}

/** Breadth first, so that the shortest way to each dead end is found. Null if there are too many. */
function enumerate<S, I, O>(
  space: Space<S, I, O>,
  task: Task,
  culprit: Item,
): { heldStates: string[] | null; attempts: Attempt[] } | null {
  const items = [...task.required, ...task.optional];
  const key = (placed: ReadonlySet<Item>, state: number): string =>
    `${state} ${items.map((item) => (placed.has(item) ? 1 : 0)).join("")}`;
  const nodes: Node[] = [{ state: task.initial, placed: new Set(), required: 0, order: [] }];
  const seen = new Set([key(new Set(), task.initial)]);
  const held = new Set<number>();
  let culpritFits = false;
  for (let at = 0; at < nodes.length; at++) {
    if (nodes.length > MAX_NODES) return null;
    const node = nodes[at]!;
    const stuck = earliestReturn(task, node);
    const callable = items.filter((item) => !node.placed.has(item) && item.call < stuck.return);
    const moves = [...callable, ...task.free.map((id) => ({ class: id, item: null }))];
    if (callable.includes(culprit)) held.add(node.state);
    for (const move of moves) {
      const item = "call" in move ? move : null;
      for (const state of successors(space, node.state, move.class)) {
        if (item === culprit) culpritFits = true;
        const placed = item ? new Set(node.placed).add(item) : node.placed;
        const id = key(placed, state);
        if (seen.has(id)) continue;
        seen.add(id);
        const required = node.required + (item && task.required.includes(item) ? 1 : 0);
        nodes.push({ state, placed, required, order: [...node.order, move.class] });
      }
    }
  }
  const text = (state: number): string => stateText(space.model, space.states[state]!);
  return {
    heldStates: culpritFits || held.size > MAX_STATES ? null : [...new Set([...held].map(text))].sort(),
    attempts: furthest(nodes).map((node) => ({
      order: node.order.map((id) => space.describe(id)),
      state: text(node.state),
      stuck: space.describe(earliestReturn(task, node).class),
    })),
  };
}

function furthest(nodes: readonly Node[]): Node[] {
  const most = Math.max(...nodes.map((node) => node.required));
  const perState = new Map<number, Node>();
  for (const node of nodes) {
    if (node.required === most && !perState.has(node.state)) perState.set(node.state, node);
  }
  return [...perState.values()].slice(0, MAX_ATTEMPTS);
}

/** The required operation that is not placed and returns first: nothing called after its return may go before it. */
function earliestReturn(task: Task, node: Node): Item {
  const open = task.required.filter((item) => !node.placed.has(item));
  return open.reduce((first, item) => (item.return < first.return ? item : first));
}

function successors<S, I, O>(space: Space<S, I, O>, state: number, classId: number): number[] {
  const offset = space.successors(state, classId);
  return [...space.arena.subarray(offset + 1, offset + 1 + space.arena[offset]!)];
}
