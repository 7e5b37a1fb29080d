/** Behaviors of Raft: reads that append nothing. */

import { exploreOrViolate } from "../../../kit/explore.ts";
import { behavior, ensure } from "../../../kit/index.ts";
import { readsAreFresh } from "../log-invariants.ts";
import { cuts } from "../raft-storms.ts";
import { type ClusterShape, type CreateRaft, explainHistory, raftScenario } from "./cluster.ts";
import { ledBy, same } from "./led.ts";

const THREE = ["n1", "n2", "n3"];
const FIVE = ["n1", "n2", "n3", "n4", "n5"];

export function reads(create: CreateRaft): void {
  const led = (names: readonly string[], commands: readonly string[], voters = names) =>
    ledBy(create, names, commands, voters);
  const scenario = (shape: ClusterShape) => raftScenario(create, shape);

  behavior("a read is answered when a majority has answered, and not before", readsAreFresh, () => {
    const nodes = led(THREE, ["a"]);
    ensure(nodes.read("n1", "r1"), () => ({ expected: "true at the leader", got: "false" }));
    same("reads before any answer", nodes.reads("n1"), []);
    nodes.deliver();
    same("reads", nodes.reads("n1"), ["r1"]);
    same("at a follower", nodes.read("n2", "r2"), false);
  });

  behavior("an answer that was sent before the read does not confirm it", readsAreFresh, () => {
    const nodes = led(THREE, ["a"]);
    nodes.links("what n1 hears waits", ({ to }) => (to === "n1" ? "waits" : "arrives"));
    nodes.tick("n1", 2);
    nodes.deliver();
    nodes.read("n1", "r1");
    nodes.isolate("n1");
    nodes.deliver();
    nodes.heal("arrives");
    nodes.deliver();
    same("reads", nodes.reads("n1"), []);
  });

  behavior("a leader that was replaced answers no read", readsAreFresh, () => {
    const nodes = led(FIVE, ["a"]);
    nodes.isolate("n3", "n4", "n5");
    nodes.elect("n3");
    nodes.propose("n3", "b");
    nodes.deliver();
    nodes.isolate("n1", "n2");
    nodes.read("n1", "r1");
    nodes.deliver();
    nodes.settle("n1");
    same("reads", nodes.reads("n1"), []);
  });

  behavior("a read that was asked in an earlier term is never answered", readsAreFresh, () => {
    const nodes = led(THREE, ["a"]);
    nodes.isolate("n1");
    nodes.read("n1", "r1");
    nodes.deliver();
    nodes.isolate("n2", "n3");
    nodes.elect("n2");
    nodes.heal();
    nodes.settle("n2");
    same("role of n1", nodes.raft("n1").status().role, "follower");
    nodes.crash("n2");
    nodes.elect("n1");
    // More heartbeats than there were in its first term: rounds begin anew with each.
    for (let i = 0; i < 5; i++) nodes.settle("n1");
    same("role of n1, elected again", nodes.raft("n1").status().role, "leader");
    nodes.read("n1", "r2");
    nodes.deliver();
    same("reads", nodes.reads("n1"), ["r2"]);
  });

  behavior("a new leader answers no read before it has committed an entry of its own", readsAreFresh, () => {
    const nodes = led(THREE, ["a", "b"]);
    nodes.crash("n1");
    nodes.crash("n2");
    nodes.restart("n2");
    nodes.links("entries are lost, heartbeats are not", (message) =>
      message.type === "append" && message.entries.length > 0 ? "lost" : "arrives",
    );
    nodes.elect("n2");
    nodes.read("n2", "r1");
    nodes.deliver();
    for (const round of [1, 2, 3])
      nodes.inject({
        type: "appended",
        from: "n3",
        to: "n2",
        term: nodes.raft("n2").status().term,
        success: true,
        index: 3,
        round,
      });
    same("reads", nodes.reads("n2"), []);
    nodes.heal();
    nodes.settle("n2");
    same("reads once it has", nodes.reads("n2"), ["r1"]);
  });

  behavior("histories are linearizable under everything at once", readsAreFresh, () => {
    exploreOrViolate({
      scenario: scenario({ names: THREE, clients: 3, operations: 5, reads: 0.6, compactEvery: 4 }),
      faults: cuts(),
      seeds: 40,
      durationMs: 1_000,
      explain: explainHistory,
    });
  });

  behavior("histories are linearizable under the hostile preset", readsAreFresh, () => {
    exploreOrViolate({
      scenario: scenario({ names: FIVE, clients: 3, operations: 4, compactEvery: 4 }),
      faults: "hostile",
      seeds: 12,
      durationMs: 1_500,
      explain: explainHistory,
    });
  });
}
