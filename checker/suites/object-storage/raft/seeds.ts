/**
 * For authors: the reference under many seeds, more than a suite has time for.
 *   npx tsx checker/suites/object-storage/raft/seeds.ts 1000 [first seed]
 * Every storm of the suite runs under so many seeds; all properties are looked at after every step. Exits 1 when
 * something is found.
 */

import { explore, type Faults, presets } from "../../../../sim/index.ts";
import { Raft } from "../../../../solutions/object-storage/raft.ts";
import { cuts, restarts, splits } from "../raft-storms.ts";
import { type ClusterShape, raftScenario } from "./cluster.ts";

const THREE = ["n1", "n2", "n3"];
const FIVE = [...THREE, "n4", "n5"];
const CHANGES = [["n3", "n4", "n5"], ["n1", "n2"], THREE];

const storms: readonly (readonly [name: string, shape: ClusterShape, weather: Faults])[] = [
  ["hostile, three nodes", { names: THREE, operations: 5, reads: 0.5 }, presets.hostile],
  ["hostile, five nodes, snapshots", { names: FIVE, operations: 4, compactEvery: 4 }, presets.hostile],
  ["hostile, changing members", { names: FIVE, voters: THREE, changes: CHANGES, compactEvery: 6 }, presets.hostile],
  ["cuts, three nodes, snapshots", { names: THREE, operations: 5, reads: 0.6, compactEvery: 4 }, cuts()],
  ["splits, three nodes", { names: THREE, operations: 4, reads: 0.6 }, splits()],
  ["restarts, three nodes, snapshots", { names: THREE, operations: 5, compactEvery: 2, promises: true }, restarts()],
  ["restarts, five nodes", { names: FIVE, operations: 4, promises: true }, restarts()],
];

const [count = 100, first = 1] = process.argv.slice(2).map(Number);
const seeds = Array.from({ length: count }, (_, i) => first + i);
let failed = false;
for (const [name, shape, faults] of storms) {
  const scenario = raftScenario((options) => new Raft(options), shape);
  const found = explore({ scenario, seeds, faults, durationMs: 1_500 });
  if (found.ok) {
    const { lost, crashes, partitions } = found.injected;
    const done = `${found.runs} seeds, ${found.events} events, ${found.marks["another leader"] ?? 0} changes of leader`;
    console.log(`${name}: ${done}; ${lost} messages lost, ${crashes} crashes, ${partitions} partitions`);
  } else {
    failed = true;
    const { violation, seed, drawing } = found.failure;
    console.log(`${name}: seed ${seed}: ${violation.invariant}: ${violation.message}\n${drawing}`);
  }
}
process.exitCode = failed ? 1 : 0;
