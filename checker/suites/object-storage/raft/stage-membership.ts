/** Behaviors of Raft: who votes is changed by way of a joint membership. */

import type { Entry } from "../../../../given/object-storage/replicated-log.ts";
import { exploreOrViolate } from "../../../kit/explore.ts";
import { behavior, ensure, step } from "../../../kit/index.ts";
import { electionsEnd, majoritiesIntersect, membershipFollowsLog } from "../log-invariants.ts";
import { cuts } from "../raft-storms.ts";
import { ELECTION_TICKS, type RaftBus } from "./bus.ts";
import { type ClusterShape, type CreateRaft, explainHistory, raftScenario } from "./cluster.ts";
import { ledBy, refused, same } from "./led.ts";

const THREE = ["n1", "n2", "n3"];
const FIVE = ["n1", "n2", "n3", "n4", "n5"];

export function membership(create: CreateRaft): void {
  const led = (names: readonly string[], commands: readonly string[], voters = names) =>
    ledBy(create, names, commands, voters);
  const scenario = (shape: ClusterShape) => raftScenario(create, shape);

  behavior("a change goes through a joint membership, and ends by itself", membershipFollowsLog, () => {
    const nodes = led(FIVE, ["a"], THREE);
    const position = nodes.change("n1", ["n3", "n4", "n5"]);
    ensure(position !== null, () => ({ expected: "where the joint membership is", got: "null" }));
    same("membership", nodes.raft("n1").status().membership, { voters: THREE, next: ["n3", "n4", "n5"] });
    nodes.deliver();
    for (const name of ["n3", "n4", "n5"])
      same(`membership at ${name}`, nodes.raft(name).status().membership, { voters: ["n3", "n4", "n5"], next: null });
    nodes.elect("n4");
    nodes.propose("n4", "b");
    nodes.deliver();
    nodes.settle("n4");
    for (const name of ["n3", "n4", "n5"])
      same(`applied at ${name}`, [...nodes.applied(name).values()].filter(Boolean), ["a", "b"]);
  });

  behavior("in a joint membership each half has to agree", majoritiesIntersect, () => {
    for (const [reached, committed] of [
      [["n2", "n3"], false],
      [["n4", "n5"], false],
      [["n2", "n4"], false],
      [["n3", "n4"], true],
    ] as const) {
      const nodes = led(FIVE, ["a"], THREE);
      nodes.isolate("n1", ...reached);
      const position = nodes.change("n1", ["n3", "n4", "n5"]);
      nodes.deliver();
      nodes.settle("n1");
      const got = nodes.raft("n1").status().commitIndex >= (position?.index ?? 0);
      ensure(got === committed, () => ({
        expected: `the joint membership ${committed ? "" : "not "}to be committed: n1, ${reached.join(", ")} have it`,
        got: got ? "it is" : "it is not",
      }));
    }
  });

  behavior("in a joint membership a candidate needs both halves", majoritiesIntersect, () => {
    const nodes = led(FIVE, ["a"], THREE);
    nodes.isolate("n1", "n4");
    nodes.change("n1", ["n3", "n4", "n5"]);
    nodes.deliver();
    step("n4 has the joint membership, which is not committed");
    nodes.crash("n1");
    nodes.isolate("n4", "n5");
    nodes.elect("n4");
    ensure(nodes.raft("n4").status().role !== "leader", () => ({
      expected: "no leader: of n1, n2, n3 nobody voted for n4",
      got: "n4 leads, and n2 can be elected by n3 in the old membership",
    }));
  });

  behavior("a leader finishes a change that another one began", membershipFollowsLog, () => {
    const nodes = led(FIVE, ["a"], THREE);
    nodes.links("what n1 hears is lost", ({ to }) => (to === "n1" ? "lost" : "arrives"));
    nodes.change("n1", ["n3", "n4", "n5"]);
    nodes.deliver();
    nodes.crash("n1");
    nodes.heal();
    nodes.elect("n3");
    nodes.settle("n3");
    same("membership", nodes.raft("n3").status().membership, { voters: ["n3", "n4", "n5"], next: null });
  });

  behavior("one change at a time, and only at the leader", membershipFollowsLog, () => {
    const nodes = led(FIVE, ["a"], THREE);
    same("at a follower", nodes.change("n2", ["n1", "n2"]), null);
    nodes.isolate("n1", "n2");
    nodes.change("n1", ["n3", "n4", "n5"]);
    nodes.deliver();
    same("a second change", nodes.change("n1", ["n1"]), null);
  });

  behavior("a change is refused while the last one's end is not committed", membershipFollowsLog, () => {
    const nodes = led(THREE, ["a"]);
    nodes.links("of n1's entries only the joint membership arrives", ({ type, ...message }) =>
      type === "append" && "entries" in message && message.entries.some(isEndOfChange) ? "lost" : "arrives",
    );
    nodes.change("n1", ["n1", "n2"]);
    nodes.deliver();
    same("membership at n1, not committed", nodes.raft("n1").status().membership, {
      voters: ["n1", "n2"],
      next: null,
    });
    same("a second change", nodes.change("n1", THREE), null);
  });

  behavior("no membership is empty, and none names a node twice", membershipFollowsLog, () => {
    const nodes = led(THREE, ["a"]);
    for (const wrong of [[], ["n1", "n1", "n2"], ["n2", "n3", "n2"]])
      for (const name of ["n1", "n2"]) refused(() => nodes.raft(name).changeMembership(wrong));
    same("membership", nodes.raft("n1").status().membership, { voters: THREE, next: null });
  });

  behavior("a leader that was left out and restarts leads until that is committed", electionsEnd, () => {
    for (const [before, after] of LEFT_OUT) {
      const names = [...new Set([...before, ...after])];
      const nodes = led(names, ["a"], before);
      nodes.links("the end of the change does not leave n1", ({ type, ...message }) =>
        type === "append" && "entries" in message && message.entries.some(isEndOfChange) ? "lost" : "arrives",
      );
      nodes.change("n1", after);
      nodes.deliver();
      same("membership at n1", nodes.raft("n1").status().membership, { voters: after, next: null });
      nodes.crash("n1");
      nodes.heal();
      nodes.restart("n1");
      passTime(nodes, names);
      const leader = nodes.leader();
      ensure(leader !== undefined && after.includes(leader), () => ({
        expected: `a leader among ${after.join(", ")}: all nodes are up and no message is lost`,
        got: leader === undefined ? "none" : `${leader} leads`,
      }));
      same(`membership at ${leader}`, nodes.raft(leader!).status().membership, { voters: after, next: null });
    }
  });

  behavior("a node that is left out does not count its own vote", majoritiesIntersect, () => {
    const nodes = led(FIVE, ["a"], THREE);
    nodes.links("the end of the change does not leave n1", ({ type, ...message }) =>
      type === "append" && "entries" in message && message.entries.some(isEndOfChange) ? "lost" : "arrives",
    );
    nodes.change("n1", ["n2", "n3", "n4", "n5"]);
    nodes.deliver();
    nodes.crash("n1");
    nodes.isolate("n1", "n2", "n3");
    nodes.restart("n1");
    nodes.elect("n1");
    ensure(nodes.raft("n1").status().role !== "leader", () => ({
      expected: "no leader: n2 and n3 are two of the four voters",
      got: "n1 leads, as if it were one of them",
    }));
  });

  behavior("in the joint membership a node that leaves still counts itself", electionsEnd, () => {
    const nodes = led(["n1", "n2"], ["a"], ["n1"]);
    nodes.links("n1 hears nothing from n2", ({ from }) => (from === "n2" ? "lost" : "arrives"));
    nodes.change("n1", ["n2"]);
    nodes.deliver();
    nodes.crash("n1");
    nodes.heal();
    nodes.restart("n1");
    passTime(nodes, ["n1", "n2"]);
    same("leader", nodes.leader(), "n2");
  });

  behavior("a leader that is no longer a voter steps down once that is committed", membershipFollowsLog, () => {
    const nodes = led(THREE, ["a"]);
    nodes.change("n1", ["n2", "n3"]);
    nodes.deliver();
    ensure(nodes.raft("n1").status().role !== "leader", () => ({ expected: "n1 to step down", got: "it leads" }));
    nodes.tick("n1", 5 * ELECTION_TICKS);
    same("role of n1, much later", nodes.raft("n1").status().role, "follower");
    nodes.elect("n2");
    nodes.settle("n2");
    same("role of n2", nodes.raft("n2").status().role, "leader");
  });

  behavior("who was removed cannot disturb the others", electionsEnd, () => {
    const nodes = led(THREE, ["a"]);
    const { term } = nodes.raft("n1").status();
    for (const to of ["n1", "n2"])
      nodes.inject({ type: "request-vote", from: "n4", to, term: term + 5, lastIndex: 99, lastTerm: term + 4 });
    same(
      "terms",
      ["n1", "n2"].map((name) => nodes.raft(name).status().term),
      [term, term],
    );
    same("role of n1", nodes.raft("n1").status().role, "leader");
  });

  behavior("safety survives changes of the membership", majoritiesIntersect, () => {
    const names = FIVE;
    const changes = [["n3", "n4", "n5"], ["n1", "n2"], THREE];
    exploreOrViolate({
      scenario: scenario({ names, voters: THREE, clients: 2, reads: 0, changes, compactEvery: 6 }),
      faults: cuts(),
      seeds: 24,
      durationMs: 1_200,
      explain: explainHistory,
    });
  });
}

/** Old and new voters; n1 leads the old ones. */
const LEFT_OUT: readonly (readonly [before: string[], after: string[]])[] = [
  [["n1"], ["n2"]],
  [["n1"], ["n2", "n3", "n4"]],
  [["n1", "n2"], ["n2"]],
  [["n1", "n2"], ["n3"]],
  [
    ["n1", "n2"],
    ["n2", "n3"],
  ],
  [
    ["n1", "n2", "n3"],
    ["n2", "n3"],
  ],
];

/** The entry that makes the new voters the only ones. */
const isEndOfChange = ({ index, payload }: Entry): boolean =>
  index > 1 && payload.kind === "membership" && payload.membership.next === null;

/** Time for a dozen elections; everything arrives at once. */
function passTime(nodes: RaftBus, names: readonly string[]): void {
  step("time passes, and nothing is lost");
  for (let i = 0; i < 24 * ELECTION_TICKS; i++) {
    // Not in step: nodes that time out together would split the vote for ever.
    for (const [place, name] of names.entries()) if (i % (place + 2) !== 0) nodes.tick(name);
    nodes.deliver();
  }
}
