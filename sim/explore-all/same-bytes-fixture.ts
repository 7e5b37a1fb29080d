import { canonical, hash64 } from "../canonical.ts";
import { type ExploredAll, exploreAll } from "../explore-all.ts";
import { copied, tellers, voters } from "./worlds-fixture.ts";

/** With symmetry, with a crash, with clients; and one that ends too soon. */
export function results(): ExploredAll[] {
  const symmetric = [["n1", "n2", "n3"]];
  return [
    exploreAll({ scenario: voters(2, ["n1", "n2", "n3"], { symmetric }), bounds: { depth: 5 } }),
    exploreAll({ scenario: tellers(true), bounds: { depth: 4, timers: 2, crashes: 1, late: 1 } }),
    exploreAll({ scenario: copied(false), bounds: { depth: 20 } }),
    exploreAll({ scenario: voters(2), bounds: { depth: 20, duplicates: 1 }, statesMax: 100 }),
  ];
}

/** Names their bytes. */
export function resultsHash(): string {
  return hash64(results().map(canonical).join("\n"));
}
