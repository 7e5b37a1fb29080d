import type { NodeId } from "./replica.ts";

// `quorum-store`: names of writes, sets of such names, and where keys live.

/**
 * Names a put forever: the `count`th put of its key that `node` coordinated.
 */
export interface Dot {
  readonly node: NodeId;
  readonly count: number;
}

/**
 * A set of dots of one key. Per node: the first number stands for all counts up to it, the others for themselves.
 * `{ n1: [3, 5] }` is n1's puts 1, 2, 3 and 5.
 */
export type Seen = Readonly<Record<NodeId, readonly number[]>>;

/**
 * A sibling: a value, its name, and the names of all puts that its writer had read. It makes every version obsolete
 * whose dot is in `seen`.
 */
export interface Version {
  readonly value: string;
  readonly dot: Dot;
  readonly seen: Seen;
}

/** Whether the put of `dot` is among those in `seen`. */
export function covers(seen: Seen, dot: Dot): boolean {
  const [upTo = 0, ...single] = countsOf(seen, dot.node);
  return dot.count <= upTo || single.includes(dot.count);
}

/** Union. */
export function join(a: Seen, b: Seen): Seen {
  const union: Record<NodeId, readonly number[]> = { ...a };
  for (const [node, theirs] of Object.entries(b)) {
    const ours = countsOf(union, node);
    let upTo = Math.max(ours[0] ?? 0, theirs[0] ?? 0);
    const single: number[] = [];
    for (const count of [...new Set([...ours.slice(1), ...theirs.slice(1)])].sort((x, y) => x - y)) {
      if (count === upTo + 1) upTo = count;
      else if (count > upTo) single.push(count);
    }
    union[node] = [upTo, ...single];
  }
  return union;
}

/** `seen` and one dot more. */
export function withDot(seen: Seen, { node, count }: Dot): Seen {
  return join(seen, { [node]: count === 1 ? [1] : [0, count] });
}

/** A node may be called as a property of every object is: `constructor`. */
function countsOf(seen: Seen, node: NodeId): readonly number[] {
  return Object.hasOwn(seen, node) ? seen[node]! : [];
}
