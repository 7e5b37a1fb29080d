/** Clusters and object names for the suite and the benchmarks of `placement`. Benchmarks run without Vitest, so this imports nothing of it. */

import type { ClusterMap, DataNode, NodeState } from "../../../../solutions/object-storage/placement.ts";

/** `zones` zones of `racks` racks of `perRack` nodes. */
export function grid(zones: number, racks: number, perRack: number, weight = 1): DataNode[] {
  const nodes: DataNode[] = [];
  for (let zone = 1; zone <= zones; zone++)
    for (let rack = 1; rack <= racks; rack++)
      for (let slot = 1; slot <= perRack; slot++)
        nodes.push({ id: `d${zone}${rack}${slot}`, zone: `z${zone}`, rack: `z${zone}r${rack}`, weight });
  return nodes;
}

export function mapOf(nodes: readonly DataNode[], states: Readonly<Record<string, NodeState>> = {}): ClusterMap {
  const sorted = [...nodes].sort((a, b) => (a.id < b.id ? -1 : 1));
  const stateOf = new Map(Object.entries(states));
  return { version: nodes.length, nodes: sorted.map((node) => ({ ...node, state: stateOf.get(node.id) ?? "up" })) };
}

export function objects(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `object-${i}`);
}

/** Pairs of names whose `hashText` is the same. */
export const SAME_HASH = [
  ["node-43zt", "node-bpah"],
  ["node-43zx", "node-bpad"],
  ["node-43zy", "node-bpae"],
  ["node-43zz", "node-bpaf"],
];
