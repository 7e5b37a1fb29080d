import { expect, test } from "vitest";
import {
  type Message,
  NOTHING_STORED,
  type Ready,
  type Stored,
  store,
} from "../../given/object-storage/replicated-log.ts";
import { Raft } from "./raft.ts";

/** Nodes and a perfect network. `run` does what `ready` asks for and delivers messages until nothing is left to do. */
function cluster(...names: string[]) {
  const stored = new Map<string, Stored>(names.map((name) => [name, NOTHING_STORED]));
  const options = { voters: names, electionTicks: 10, heartbeatTicks: 2, random: () => 0.5 };
  const nodes = new Map(names.map((self) => [self, new Raft({ ...options, self, stored: NOTHING_STORED })]));
  const applied = new Map<string, unknown[]>(names.map((name) => [name, []]));
  const reads: string[] = [];

  const perform = (name: string, ready: Ready): readonly Message[] => {
    stored.set(name, store(stored.get(name)!, ready));
    for (const { payload } of ready.committed) if (payload.kind === "command") applied.get(name)!.push(payload.command);
    reads.push(...ready.reads);
    return ready.messages;
  };
  const run = () => {
    for (let isBusy = true; isBusy; ) {
      isBusy = false;
      for (const [name, node] of nodes) {
        for (let ready = node.ready(); ready !== undefined; ready = node.ready()) {
          isBusy = true;
          for (const message of perform(name, ready)) nodes.get(message.to)!.step(message);
        }
      }
    }
  };
  const pass = (name: string, ticks: number) => {
    for (let i = 0; i < ticks; i++) {
      nodes.get(name)!.tick();
      run();
    }
  };
  return { nodes, stored, applied, reads, run, pass };
}

test("who hears nothing for long campaigns, and leads when a majority votes for it", () => {
  const { nodes, pass } = cluster("n1", "n2", "n3");
  pass("n1", 20);
  expect(nodes.get("n1")!.status()).toMatchObject({ role: "leader", term: 1 });
  expect(nodes.get("n2")!.status()).toMatchObject({ role: "follower", term: 1, leader: "n1" });
});

test("what the leader appends is applied everywhere, in order", () => {
  const { nodes, applied, run, pass } = cluster("n1", "n2", "n3");
  pass("n1", 20);
  for (const command of ["a", "b", "c"]) expect(nodes.get("n1")!.propose(command)).not.toBeNull();
  run();
  pass("n1", 4);
  for (const name of ["n1", "n2", "n3"]) expect(applied.get(name)).toEqual(["a", "b", "c"]);
  expect(nodes.get("n2")!.propose("d")).toBeNull();
});

test("a vote is stored before it is sent", () => {
  const node = new Raft({
    self: "n1",
    voters: ["n1", "n2", "n3"],
    electionTicks: 10,
    heartbeatTicks: 2,
    random: () => 0.5,
    stored: NOTHING_STORED,
  });
  node.step({ type: "request-vote", from: "n2", to: "n1", term: 3, lastIndex: 0, lastTerm: 0 });
  const ready = node.ready();
  expect(ready?.hardState).toEqual({ term: 3, votedFor: "n2" });
  expect(ready?.messages).toEqual([{ type: "vote", from: "n1", to: "n2", term: 3, granted: true }]);
});

test("a read is answered after a majority has confirmed that the leader still is one", () => {
  const { nodes, reads, run, pass } = cluster("n1", "n2", "n3");
  pass("n1", 20);
  expect(nodes.get("n1")!.readIndex("r1")).toBe(true);
  expect(reads).toEqual([]);
  run();
  expect(reads).toEqual(["r1"]);
});
