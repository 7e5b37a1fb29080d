import type { NodeId } from "../node.ts";

/** One way to swap the names of nodes. */
export interface Swap {
  /** By number of the node: the number of the node whose name it takes. */
  readonly to: readonly number[];
  readonly names: ReadonlyMap<NodeId, NodeId>;
}

/** All swaps that the groups of a world allow. The first one changes nothing. */
export class Symmetry {
  readonly swaps: readonly Swap[];

  /** @throws when a name is unknown, or in two groups. */
  constructor(nodeIds: readonly NodeId[], groups: readonly (readonly NodeId[])[]) {
    const all = groups.flat();
    const unknown = all.find((id) => !nodeIds.includes(id));
    if (unknown !== undefined) throw new Error(`symmetric: there is no node "${unknown}"`);
    if (new Set(all).size !== all.length) throw new Error("symmetric: a node is there twice");
    let swaps: (readonly number[])[] = [nodeIds.map((_, i) => i)];
    for (const group of groups) {
      const places = group.map((id) => nodeIds.indexOf(id));
      swaps = swaps.flatMap((swap) =>
        orders(places).map((order) => swap.map((to, i) => (places.includes(i) ? order[places.indexOf(i)]! : to))),
      );
    }
    this.swaps = swaps.map((to) => ({ to, names: new Map(to.map((target, i) => [nodeIds[i]!, nodeIds[target]!])) }));
  }

  get isTrivial(): boolean {
    return this.swaps.length === 1;
  }
}

/** Every order of the items; the given one first. */
function orders<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) => orders(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]));
}
