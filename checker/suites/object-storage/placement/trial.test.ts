/** The trial of the chapter: positions that change with one node, by a list of the next nodes and by the reference. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type ClusterMap, type DataNode, hashText, Placer } from "../../../../solutions/object-storage/placement.ts";
import { grid, mapOf, objects } from "./maps.ts";

const SCHEME = { k: 8, m: 4, zoneMax: 4 };
const JOINING: DataNode = { id: "d999", zone: "z1", rack: "z1r9", weight: 1 };

/** The next twelve nodes that fit, from the one point of the object on. */
function listOf(map: ClusterMap): (object: string) => string[] {
  const points = map.nodes.flatMap((node) =>
    Array.from({ length: 160 }, (_, i) => ({ at: hashText(`${i}#${node.id}`), node })),
  );
  points.sort((a, b) => a.at - b.at);
  return (object) => {
    const from = hashText(object);
    let start = 0;
    for (let step = 2 ** 16; step >= 1; step /= 2) if ((points[start + step - 1]?.at ?? from) < from) start += step;
    const found: DataNode[] = [];
    for (let i = 0; found.length < SCHEME.k + SCHEME.m; i++) {
      const { node } = points[(start + i) % points.length]!;
      const inZone = found.filter(({ zone }) => zone === node.zone).length;
      if (inZone < SCHEME.zoneMax && !found.some(({ rack }) => rack === node.rack)) found.push(node);
    }
    return found.map(({ id }) => id);
  };
}

function trial(placesOf: (map: ClusterMap) => (object: string) => string[]): { taken: number; changed: number } {
  const nodes = grid(3, 8, 11);
  const [before, after] = [placesOf(mapOf(nodes)), placesOf(mapOf([...nodes, JOINING]))];
  let [taken, changed] = [0, 0];
  for (const object of objects(4_000)) {
    const old = before(object);
    for (const [i, id] of after(object).entries()) {
      if (id === JOINING.id) taken++;
      if (id !== old[i]) changed++;
    }
  }
  return { taken, changed };
}

test("the chapter states what a list and what the reference change when one node of 265 joins", () => {
  const list = trial(listOf);
  const reference = trial((map) => {
    const placer = new Placer(map);
    return (object) => placer.places(object, SCHEME);
  });
  const chapter = readFileSync(new URL("../../../../docs/storage/object-storage.mdx", import.meta.url), "utf8");
  expect(chapter).toContain(`took over \`${list.taken}\` fragments, and \`${list.changed}\` positions changed`);
  expect(chapter).toContain(
    `takes over \`${reference.taken}\` fragments, and \`${reference.changed}\` positions change`,
  );
});
