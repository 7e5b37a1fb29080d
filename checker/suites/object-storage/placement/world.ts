/** Maps and holdings for the suite of `placement`, a log that a test holds in its hand, and what must be true of places. */

import type {
  ClusterMap,
  DataNode,
  Holding,
  LogPort,
  MapCommand,
  Scheme,
} from "../../../../solutions/object-storage/placement.ts";
import { ensure, fc, show } from "../../../kit/index.ts";

/** Irregular clusters: racks of different sizes, nodes of different weights. */
export const clusters: fc.Arbitrary<DataNode[]> = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 }), fc.constantFrom(1, 1, 2, 0.5)), {
    minLength: 6,
    maxLength: 24,
  })
  .map((places) =>
    places.map(([zone, rack, weight], i) => ({ id: `d${i + 10}`, zone: `z${zone}`, rack: `z${zone}r${rack}`, weight })),
  );

/** The most fragments that distinct racks and zones of at most `zoneMax` have room for. */
export function roomFor(nodes: readonly DataNode[], zoneMax: number): number {
  const racks = new Map(nodes.map(({ rack, zone }) => [rack, zone]));
  const zones = new Map<string, number>();
  for (const zone of racks.values()) zones.set(zone, (zones.get(zone) ?? 0) + 1);
  return [...zones.values()].reduce((sum, count) => sum + Math.min(count, zoneMax), 0);
}

/** Throws unless the nodes are in the map, in distinct racks, and within `zoneMax`. */
export function ensureSpread(map: ClusterMap, { zoneMax }: Scheme, ids: readonly string[], what: string): void {
  const nodes = ids.map((id) => map.nodes.find((node) => node.id === id));
  const text = nodes.map((node, i) => `${ids[i]} in ${node?.rack ?? "no rack"}`).join(", ");
  ensure(nodes.every(Boolean), () => ({ expected: `${what} in the map`, got: text }));
  ensure(new Set(nodes.map((node) => node!.rack)).size === ids.length, () => ({
    expected: `${what} in distinct racks`,
    got: text,
  }));
  const zones = new Map<string, number>();
  for (const node of nodes) zones.set(node!.zone, (zones.get(node!.zone) ?? 0) + 1);
  ensure(
    [...zones.values()].every((count) => count <= zoneMax),
    () => ({ expected: `at most ${zoneMax} of ${what} in a zone`, got: text }),
  );
}

/** A log in which nothing is committed before the test says so. */
export class HandLog implements LogPort {
  role: "follower" | "leader" = "leader";
  term = 1;
  readonly proposed: MapCommand[] = [];

  status() {
    return { role: this.role, term: this.term };
  }

  propose(command: MapCommand) {
    if (this.role !== "leader") return null;
    this.proposed.push(command);
    return { index: this.proposed.length, term: this.term };
  }

  /** What was proposed since the last call, in words. */
  take(): string[] {
    return this.takeCommands().map(
      (command) => `${command.type} ${command.type === "join" ? command.node.id : command.id}`,
    );
  }

  takeCommands(): MapCommand[] {
    return this.proposed.splice(0);
  }
}

/** Objects some of whose fragments are nowhere, at lost nodes, or at suspected ones. */
export function holdingsOf(
  names: readonly string[],
  placesOf: (object: string) => readonly string[],
  gaps: readonly number[],
): Holding[] {
  return names.map((object, i) => ({
    object,
    fragments: placesOf(object).map((node, at) => (((gaps[i % gaps.length] ?? 0) >> at) & 1 ? null : node)),
  }));
}

export function stateOf(map: ClusterMap, id: string): string | undefined {
  return map.nodes.find((node) => node.id === id)?.state;
}

/** Who no longer has a fragment; everything new must be at `to`. */
export function movedFrom(before: readonly string[], after: readonly string[], to: string): string[] {
  const strangers = after.filter((id) => !before.includes(id) && id !== to);
  ensure(strangers.length === 0, () => ({
    expected: `fragments to move to ${to} only`,
    got: `to ${strangers.join(", ")}`,
  }));
  return before.filter((id) => !after.includes(id));
}

export function moved(object: string, gone: readonly string[], why: string) {
  return { expected: `nothing of ${object} to move without need, when ${why}`, got: `moved from ${gone.join(", ")}` };
}

export function expectProposed(log: HandLog, want: readonly string[], commit: () => void): void {
  const got = log.proposed.map(
    (command) => `${command.type} ${command.type === "join" ? command.node.id : command.id}`,
  );
  commit();
  ensure(show(got) === show(want), () => ({ expected: `proposed: ${show(want)}`, got: show(got) }));
}

export function freeze(map: ClusterMap): ClusterMap {
  for (const node of map.nodes) Object.freeze(node);
  Object.freeze(map.nodes);
  return Object.freeze(map);
}

/** Fragments by node. */
export function countOf(names: readonly string[], placesOf: (name: string) => readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) for (const id of placesOf(name)) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

export const schemes: fc.Arbitrary<Scheme> = fc.record({
  k: fc.integer({ min: 1, max: 5 }),
  m: fc.integer({ min: 0, max: 3 }),
  zoneMax: fc.integer({ min: 1, max: 4 }),
});
