/** Maps and holdings for the suite of `placement`, a log that a test holds in its hand, and what must be true of places. */

import type {
  ClusterMap,
  DataNode,
  Holding,
  LogPort,
  MapCommand,
  Placer,
  Scheme,
} from "../../../../solutions/object-storage/placement.ts";
import { distinctNames, ensure, fc, show } from "../../../kit/index.ts";

/** Irregular clusters: racks of different sizes, nodes of different weights, and zones whose racks have the same names. */
export const clusters: fc.Arbitrary<DataNode[]> = fc
  .record({
    zones: distinctNames(4),
    racks: distinctNames(5),
    ids: distinctNames(24),
    nodes: fc.array(fc.tuple(fc.nat(3), fc.nat(4), fc.constantFrom(1, 1, 2, 0.5)), { minLength: 6, maxLength: 24 }),
  })
  .map(({ zones, racks, ids, nodes }) =>
    nodes.map(([zone, rack, weight], i) => ({ id: ids[i]!, zone: zones[zone]!, rack: racks[rack]!, weight })),
  );

/** The most fragments that distinct racks and zones of at most `zoneMax` have room for. */
export function roomFor(nodes: readonly DataNode[], zoneMax: number): number {
  const zones = new Map<string, Set<string>>();
  for (const { zone, rack } of nodes) zones.set(zone, (zones.get(zone) ?? new Set()).add(rack));
  return [...zones.values()].reduce((sum, { size }) => sum + Math.min(size, zoneMax), 0);
}

/** Throws unless the nodes are in the map, in distinct racks, and within `zoneMax`. */
export function ensureSpread(map: ClusterMap, { zoneMax }: Scheme, ids: readonly string[], what: string): void {
  const nodes = ids.map((id) => map.nodes.find((node) => node.id === id));
  const text = nodes
    .map((node, i) => `${ids[i]} in ${node === undefined ? "no rack" : `${node.rack} of ${node.zone}`}`)
    .join(", ");
  ensure(nodes.every(Boolean), () => ({ expected: `${what} in the map`, got: text }));
  ensure(new Set(nodes.map((node) => JSON.stringify([node!.zone, node!.rack]))).size === ids.length, () => ({
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

/** Objects some of whose fragments no node has. */
export function holdingsOf(
  names: readonly string[],
  placesOf: (object: string) => readonly string[],
  gaps: readonly (readonly number[])[],
): Holding[] {
  return names.map((object, i) => ({
    object,
    fragments: placesOf(object).map((node, at) => (gaps[i % gaps.length]!.includes(at) ? null : node)),
  }));
}

export function stateOf(map: ClusterMap, id: string): string | undefined {
  return map.nodes.find((node) => node.id === id)?.state;
}

export function isSameNode(a: DataNode & { state: string }, b: DataNode & { state: string }): boolean {
  return a.id === b.id && a.rack === b.rack && a.zone === b.zone && a.weight === b.weight && a.state === b.state;
}

/** What `Placer` promises: so many positions may change, on average, for each that a node takes or had. */
const CHANGED_MAX = 3;

/** `id` is in the second map and not in the first. Over all objects few positions may differ but those that it takes. */
export function ensureFewChange(
  names: readonly string[],
  without: Placer,
  withIt: Placer,
  scheme: Scheme,
  id: string,
): void {
  let [taken, changed] = [0, 0];
  for (const name of names) {
    const [old, now] = [without.places(name, scheme), withIt.places(name, scheme)];
    for (const [i, node] of now.entries()) {
      if (node === id) taken++;
      if (node !== old[i]) changed++;
    }
  }
  ensure(taken > 0 && changed < CHANGED_MAX * taken, () => ({
    expected: `fewer than ${CHANGED_MAX} changed positions for each of the ${taken} at ${id}`,
    got: `${changed} positions of ${names.length} objects changed`,
  }));
}

export function moved(object: string, before: readonly string[], after: readonly string[], why: string) {
  return { expected: `${object} at ${before.join(", ")}: ${why}`, got: after.join(", ") };
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
