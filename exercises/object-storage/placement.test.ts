import { expect, test } from "vitest";
import {
  applyCommand,
  type ClusterMap,
  type DataNode,
  EMPTY_MAP,
  MapGate,
  PlacementService,
  Placer,
  planRepair,
} from "./placement.ts";

const scheme = { k: 2, m: 1, zoneMax: 2 };

/** Two zones of three racks with two nodes each. */
const nodes: DataNode[] = ["a", "b"].flatMap((zone) =>
  [1, 2, 3].flatMap((rack) =>
    [1, 2].map((slot) => ({ id: `${zone}${rack}${slot}`, zone, rack: `${zone}${rack}`, weight: 1 })),
  ),
);
const full = nodes.reduce<ClusterMap>((map, node) => applyCommand(map, { type: "join", node }), EMPTY_MAP);

test("the fragments of an object are in different racks", () => {
  const places = new Placer(full).places("photo.jpg", scheme);
  const racks = places.map((id) => nodes.find((node) => node.id === id)!.rack);
  expect(new Set(racks).size).toBe(3);
});

test("a lost node's fragment is rebuilt from two others, in a rack that has none", () => {
  const fragments = new Placer(full).places("photo.jpg", scheme);
  const map = applyCommand(full, { type: "lost", id: fragments[1]! });
  const { repairs } = planRepair(new Placer(map), scheme, [{ object: "photo.jpg", fragments }]);
  expect(repairs).toHaveLength(1);
  expect(repairs[0]).toMatchObject({ object: "photo.jpg", fragment: 1 });
  expect(repairs[0]!.sources.map(({ node }) => node).sort()).toEqual([fragments[0]!, fragments[2]!].sort());
});

test("a heartbeat of an unknown node is proposed, and counts when it is committed", () => {
  const proposed: unknown[] = [];
  const log = {
    status: () => ({ role: "leader" as const, term: 1 }),
    propose: (command: unknown) => ({ index: proposed.push(command), term: 1 }),
  };
  const service = new PlacementService({ log, suspectTicks: 5, lostTicks: 20 });
  service.heartbeat({ node: nodes[0]!, mapVersion: 0 });
  expect(proposed).toEqual([{ type: "join", node: nodes[0] }]);
  expect(service.map.version).toBe(0);
  service.apply({ type: "join", node: nodes[0]! });
  expect(service.map.version).toBe(1);
});

test("who comes with an older map is refused", () => {
  const gate = new MapGate();
  gate.update(full);
  expect(gate.check(full.version - 1)).toEqual({ status: "stale", version: full.version });
});
