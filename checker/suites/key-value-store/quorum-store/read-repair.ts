/** What read repair promises, with N = 3, R = W = 2 and no other way to converge. */

import { behavior, ensure } from "../../../kit/index.ts";
import { repairOnRead } from "../invariants.ts";
import { expectValues, get, KEY, put, type StoreBus } from "./stores.ts";

const HOMES = ["n1", "n2", "n3"];

/** `create`: five nodes, of which n1, n2 and n3 are the homes of KEY. */
export function readRepairPromises(create: () => StoreBus): void {
  behavior("a get leaves every home that it reached with what it returned", repairOnRead, () => {
    for (const down of HOMES) {
      const nodes = create();
      put(nodes, "n4", KEY, "old");
      const { context } = get(nodes, "n4", KEY);
      nodes.hold(`${down} is out of reach`, (a, b) => (a === down || b === down ? "lost" : false));
      put(nodes, "n4", KEY, "new", context);
      nodes.tick(1_000);
      nodes.release("lost");
      expectValues(nodes.node(down).heldAt(KEY), ["old"]);
      get(nodes, "n5", KEY);
      nodes.tick(1_000);
      expectValues(nodes.node(down).heldAt(KEY), ["new"], "Its answer lacked what the others had: send it.");
    }
  });

  behavior("a get does not wait for the slowest home, and repairs it when it has answered", repairOnRead, () => {
    const nodes = create();
    nodes.hold("n3 is out of reach", (a, b) => (a === "n3" || b === "n3" ? "lost" : false));
    put(nodes, "n1", KEY, "x");
    nodes.tick(1_000);
    nodes.hold("n3 is slow", (a) => a === "n3");
    const read = nodes.ask("n4", { op: "get", key: KEY });
    ensure(read.replies === 1, () => ({ expected: "a reply without n3: R is 2", got: `${read.replies} replies` }));
    nodes.release("delivered");
    nodes.tick(1_000);
    expectValues(nodes.node("n3").heldAt(KEY), ["x"]);
  });

  behavior("a home that is down does not keep the others from being repaired", repairOnRead, () => {
    const nodes = create();
    nodes.hold("n2 is out of reach", (a, b) => (a === "n2" || b === "n2" ? "lost" : false));
    put(nodes, "n1", KEY, "x");
    nodes.tick(1_000);
    nodes.release("lost");
    nodes.crash("n3");
    get(nodes, "n1", KEY);
    nodes.tick(1_000);
    expectValues(nodes.node("n2").heldAt(KEY), ["x"]);
  });

  behavior("homes that agree are not written to", repairOnRead, () => {
    const nodes = create();
    put(nodes, "n1", KEY, "x");
    const before = nodes.stableWrites;
    for (const name of ["n1", "n2", "n3", "n4", "n5"]) get(nodes, name, KEY);
    nodes.tick(500);
    ensure(nodes.stableWrites === before, () => ({
      expected: "no writes to stable storage by gets of what all homes have",
      got: `${nodes.stableWrites - before} writes`,
    }));
  });
}
