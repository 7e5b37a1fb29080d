/** Behaviors of Raft: a snapshot in place of the beginning of the log. */

import { exploreOrViolate } from "../../../kit/explore.ts";
import { behavior } from "../../../kit/index.ts";
import { snapshotsReplacePrefixes } from "../log-invariants.ts";
import { restarts } from "../raft-storms.ts";
import { withTerms } from "./bus.ts";
import { type ClusterShape, type CreateRaft, explainHistory, raftScenario } from "./cluster.ts";
import { busOf, ledBy, refused, same } from "./led.ts";

const THREE = ["n1", "n2", "n3"];

export function snapshots(create: CreateRaft): void {
  const bus = (names: readonly string[], options: Parameters<typeof busOf>[2]) => busOf(create, names, options);
  const led = (names: readonly string[], commands: readonly string[], voters = names) =>
    ledBy(create, names, commands, voters);
  const scenario = (shape: ClusterShape) => raftScenario(create, shape);

  behavior("a compacted log is shorter, and a restart goes on from the snapshot", snapshotsReplacePrefixes, () => {
    const nodes = led(THREE, ["a", "b", "c"]);
    nodes.compact("n1", 3, "a, b");
    same(
      "entries left",
      nodes
        .raft("n1")
        .status()
        .log.map(({ index }) => index),
      [4],
    );
    same("stored snapshot", [nodes.stored("n1").snapshot?.index, nodes.stored("n1").snapshot?.state], [3, "a, b"]);
    nodes.crash("n1");
    nodes.restart("n1");
    nodes.elect("n1");
    nodes.propose("n1", "d");
    nodes.deliver();
    nodes.settle("n1");
    same("applied after the restart", [...nodes.applied("n1").values()].filter(Boolean), ["a, b", "c", "d"]);
  });

  behavior("what was not applied cannot be compacted", snapshotsReplacePrefixes, () => {
    const nodes = led(THREE, ["a"]);
    nodes.isolate("n1");
    const position = nodes.propose("n1", "b");
    refused(() => nodes.compact("n1", position?.index ?? 9, "a, b"));
  });

  behavior("who is behind the snapshot gets it, and then the rest", snapshotsReplacePrefixes, () => {
    const nodes = led(THREE, ["a"]);
    nodes.isolate("n1", "n2");
    for (const command of ["b", "c", "d"]) nodes.propose("n1", command);
    nodes.deliver();
    nodes.compact("n1", 4, "a, b, c");
    nodes.propose("n1", "e");
    nodes.deliver();
    nodes.heal();
    nodes.settle("n1");
    same("applied at n3", [...nodes.applied("n3").values()].filter(Boolean).slice(-3), ["a, b, c", "d", "e"]);
    same("stored at n3", nodes.stored("n3").snapshot?.state, "a, b, c");
    nodes.crash("n3");
    nodes.restart("n3");
    nodes.settle("n1");
    same("applied at n3 after a restart", [...nodes.applied("n3").values()].filter(Boolean), ["a, b, c", "d", "e"]);
  });

  behavior("a snapshot older than what is committed changes nothing", snapshotsReplacePrefixes, () => {
    const nodes = led(THREE, ["a", "b", "c"]);
    const { term } = nodes.raft("n1").status();
    const membership = { voters: THREE, next: null };
    const before = nodes.raft("n2").status();
    const snapshot = { index: 2, term, membership, state: "a" };
    nodes.inject({ type: "install-snapshot", from: "n1", to: "n2", term, snapshot, round: 9 });
    same("commitIndex", nodes.raft("n2").status().commitIndex, before.commitIndex);
    same("entries", nodes.raft("n2").status().log.length, before.log.length);
    same("snapshot", nodes.raft("n2").status().snapshot, null);
  });

  behavior("a snapshot of what is in the log does not take away what follows", snapshotsReplacePrefixes, () => {
    const nodes = bus(THREE, { stored: { n2: withTerms([1, 1, 1, 1], 1) } });
    const snapshot = { index: 2, term: 1, membership: { voters: THREE, next: null }, state: "two" };
    nodes.inject({ type: "install-snapshot", from: "n1", to: "n2", term: 1, snapshot, round: 1 });
    const { log, commitIndex } = nodes.raft("n2").status();
    same("commitIndex", commitIndex, 2);
    same("last entry", log.at(-1)?.index, 4);
    same("last entry stored", nodes.stored("n2").entries.at(-1)?.index, 4);
  });

  behavior("a snapshot replaces a log that contradicts it, in storage too", snapshotsReplacePrefixes, () => {
    const nodes = bus(THREE, { stored: { n2: withTerms([1, 1, 1, 1, 1], 1) } });
    const snapshot = { index: 3, term: 2, membership: { voters: THREE, next: null }, state: "three" };
    nodes.inject({ type: "install-snapshot", from: "n1", to: "n2", term: 2, snapshot, round: 1 });
    same("log", nodes.raft("n2").status().log, []);
    same("stored entries", nodes.stored("n2").entries, []);
    same("state", nodes.applied("n2").get(3), "three");
  });

  behavior("terms and indexes may be larger than 32 bits", snapshotsReplacePrefixes, () => {
    const [index, term] = [2 ** 32, 2 ** 33];
    const membership = { voters: THREE, next: null };
    const stored = {
      hardState: { term, votedFor: null },
      snapshot: { index, term, membership, state: "all before" },
      entries: [],
    };
    const nodes = bus(THREE, { stored: { n1: stored, n2: stored, n3: stored } });
    nodes.elect("n1");
    nodes.propose("n1", "a");
    nodes.deliver();
    nodes.settle("n1");
    for (const name of THREE) same(`applied at ${name}`, nodes.applied(name).get(index + 2), "a");
    nodes.compact("n1", index + 2, "all before, a");
    same("stored snapshot", nodes.stored("n1").snapshot?.index, index + 2);
    same("term", nodes.raft("n1").status().term, term + 1);
  });

  behavior("safety survives crashes and snapshots", snapshotsReplacePrefixes, () => {
    exploreOrViolate({
      scenario: scenario({ names: THREE, clients: 2, operations: 5, compactEvery: 2, reads: 0 }),
      faults: restarts(),
      seeds: 24,
      durationMs: 1_000,
      explain: explainHistory,
    });
  });
}
