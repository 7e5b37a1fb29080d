import { describe, expect, it, vi } from "vitest";
import { busy, busyScenario } from "./busy-fixture.ts";
import type { Client, ClientProgram } from "./client.ts";
import { Cluster, type ClusterOptions, simulate } from "./cluster.ts";
import { faults } from "./faults.ts";
import { assertWellFormed, type History } from "./linearizability/history.ts";
import type { Context, Node, NodeFactory } from "./node.ts";
import type { Plan } from "./plan.ts";
import { BUILT_IN, type Scenario } from "./scenario.ts";

// Whole clusters, many seeds: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

function run(scenario: Scenario, plan: Plan = [], options: Partial<ClusterOptions> = {}) {
  const base = { seed: 1, faults: faults("calm", { delayMeanMs: 0 }), durationMs: 1000, trace: true };
  return simulate({ ...base, scenario: () => scenario, plan, ...options });
}

describe("nodes", () => {
  it("lose what they held in a crash and keep what they synced", () => {
    const seen: string[] = [];
    const counter: NodeFactory = (context) => {
      const stored = context.disk.exists("n") ? context.disk.read("n")[0]! : 0;
      let volatile = 0;
      return {
        onRequest(kind, reply) {
          if (kind === "add") {
            volatile++;
            context.disk.write("n", 0, Uint8Array.of(stored + volatile));
            context.disk.sync("n");
            context.disk.syncDirectory();
          }
          reply(null);
          seen.push(`${stored}+${volatile}`);
        },
      };
    };
    function* client(c: Client) {
      yield* c.invoke("n1", "add");
      yield* c.invoke("n1", "add");
      yield* c.sleep(100);
      yield* c.invoke("n1", "look");
    }
    run({ nodes: { n1: counter }, clients: { c1: client } }, [{ kind: "crash", at: 50, forMs: 10, node: "n1" }]);
    expect(seen).toEqual(["0+1", "0+2", "2+0"]);
  });

  it("crash before the nth effect: what came before it happened, what comes after does not", () => {
    const outcome = (nth: number) => {
      const got: string[] = [];
      const sender: NodeFactory = (context) => ({
        onStart() {
          if (context.disk.exists("started")) return;
          context.disk.append("started", new Uint8Array());
          context.disk.syncDirectory();
          context.setTimer("go", 10);
        },
        onTimer() {
          context.send("n2", "one");
          try {
            context.send("n2", "two");
          } catch {
            // A node that shrugs off its own death is dead all the same.
          }
          context.send("n2", "three");
        },
      });
      const sink: NodeFactory = () => ({ onMessage: (_, message) => void got.push(message) });
      const { injected } = run({ nodes: { n1: sender, n2: sink } }, [
        { kind: "crash-at-effect", at: 0, forMs: 10, node: "n1", nth },
      ]);
      return [...got, injected.midHandlerCrashes];
    };
    // Effects 1 and 2 are the disk's, at the start.
    expect([3, 4, 5, 6].map(outcome)).toEqual([[1], ["one", 1], ["one", "two", 1], ["one", "two", "three", 0]]);
  });

  it("do not hear from timers and replies of an earlier life", () => {
    let fired = 0;
    let keptReply: ((response: unknown) => void) | undefined;
    const node: NodeFactory = (context) => ({
      onStart: () => context.setTimer("late", 100),
      onTimer: () => void fired++,
      onRequest(_, reply) {
        keptReply ??= reply;
        if (keptReply !== reply) keptReply("from the grave");
      },
    });
    function* client(c: Client) {
      yield* c.invoke("n1", 1, 40);
      yield* c.sleep(60);
      yield* c.invoke("n1", 2, 40);
    }
    const { history } = run({ nodes: { n1: node }, clients: { c1: client } }, [
      { kind: "crash", at: 50, forMs: 10, node: "n1" },
    ]);
    expect(history.map((operation) => operation.status)).toEqual(["unknown", "unknown"]);
    expect(fired).toBe(1);
  });

  it("do nothing while paused and catch up in order", () => {
    const seen: [number, string][] = [];
    const clockOf: { now?: () => number } = {};
    const node: NodeFactory = (context) => {
      clockOf.now = () => context.now();
      return {
        onStart: () => context.setTimer("tick", 120),
        onTimer: () => void seen.push([context.now(), "tick"]),
        onMessage: (_, message) => void seen.push([context.now(), message]),
      };
    };
    const sender: NodeFactory = (context) => ({
      onStart() {
        for (const at of ["90", "110", "130", "200"]) context.setTimer(at, Number(at) - 1);
      },
      onTimer: (name) => context.send("n1", name),
    });
    run({ nodes: { n1: node, n2: sender } }, [{ kind: "pause", at: 100, forMs: 100, node: "n1" }]);
    expect(seen).toEqual([
      [90, "90"],
      [200, "110"],
      [200, "tick"],
      [200, "130"],
      [200, "200"],
    ]);
  });

  it("see their own clock, and are timed by it", () => {
    const seen: number[] = [];
    const node: NodeFactory = (context) => ({
      onStart: () => context.setTimer("tick", 100),
      onTimer: () => void seen.push(context.now()),
    });
    const { trace } = run({ nodes: { n1: node } }, [
      { kind: "clock", at: 0, node: "n1", offsetMs: 5000, driftPpm: 250_000 },
    ]);
    // A clock that runs a quarter fast has shown 100 ms more after 80 ms.
    expect(trace!.events.find((event) => event.kind === "timer")!.at).toBe(80);
    expect(seen).toEqual([5100]);
  });

  it("replace a timer of the same name, and clear it", () => {
    const fired: [string, number][] = [];
    const node: NodeFactory = (context) => ({
      onStart() {
        context.setTimer("a", 10);
        context.setTimer("a", 20);
        context.setTimer("b", 10);
        context.clearTimer("b");
        context.clearTimer("never set");
      },
      onTimer: (name) => void fired.push([name, context.now()]),
    });
    run({ nodes: { n1: node } });
    expect(fired).toEqual([["a", 20]]);
  });

  it("complete a sync in the background, unless they crash first", () => {
    const states: string[] = [];
    const node: NodeFactory = (context) => ({
      onStart() {
        states.push(`start ${context.disk.exists("a") ? context.disk.size("a") : "-"}`);
        context.disk.append("a", new Uint8Array(3));
        context.disk.syncDirectory();
        context.disk.syncLater("a", "first");
      },
      onSynced: (name) => void states.push(`${name} done`),
    });
    const loseAll = faults("calm", { delayMeanMs: 0, syncMeanMs: 0, lostWrites: 1, tornWrites: 0 });
    run({ nodes: { n1: node } }, [{ kind: "crash", at: 0, forMs: 10, node: "n1" }], { faults: loseAll });
    run({ nodes: { n1: node } }, [{ kind: "crash", at: 5, forMs: 10, node: "n1" }], { faults: loseAll });
    expect(states).toEqual(["start -", "start 0", "first done", "start -", "first done", "start 3", "first done"]);
  });

  it("cannot change a message after sending it", () => {
    const got: unknown[] = [];
    const sender: NodeFactory = (context) => ({
      onStart() {
        const message = { list: [1] };
        context.send("n2", message);
        message.list.push(2);
      },
    });
    run({ nodes: { n1: sender, n2: () => ({ onMessage: (_, message) => void got.push(message) }) } });
    expect(got).toEqual([{ list: [1] }]);
  });

  it.each<[string, (context: Context) => void, string]>([
    [
      "a function in a message",
      (c) => c.send("n1", { f: () => 1 }),
      "CopyError: message.f: a function does not survive",
    ],
    ["an unknown receiver", (c) => c.send("n7", 1), 'send to "n7": there is no such node; nodes are n1'],
    ["a negative delay", (c) => c.setTimer("t", -1), 'setTimer("t", -1): expected a delay of 0 ms or more'],
    ["a missing file", (c) => void c.disk.read("f"), 'DiskError: no file "f"; there are: none'],
    ["an error of its own", () => Promise.reject, ""],
  ])("are stopped with a reason: %s", (name, act, message) => {
    const node: NodeFactory = (context) => ({
      onStart: () => context.setTimer("go", 1),
      onTimer() {
        act(context);
        if (name.startsWith("an error")) throw new Error("no way");
      },
    });
    const { violation } = run({ nodes: { n1: node } });
    expect(violation?.invariant).toBe(BUILT_IN.throws);
    expect(violation?.message).toContain(`n1 threw in onTimer: ${name.startsWith("an error") ? "no way" : ""}`);
    expect(violation?.message).toContain(message);
  });
});

describe("partitions", () => {
  const chatter: NodeFactory = (context) => ({
    onStart: () => context.setTimer("t", 10),
    onTimer() {
      for (const peer of context.peers) context.send(peer, "hello");
      context.setTimer("t", 10);
    },
  });
  const heard = (direction: "both" | "out" | "in") => {
    const plan: Plan = [{ kind: "partition", at: 100, forMs: 200, side: ["n1"], direction }];
    const { trace } = run({ nodes: { n1: chatter, n2: chatter } }, plan, { durationMs: 400 });
    const during = trace!.events.filter((event) => event.kind === "deliver" && event.at > 100 && event.at <= 300);
    const after = trace!.events.filter((event) => event.kind === "deliver" && event.at > 300);
    return { during: new Set(during.map((event) => (event as { to: string }).to)), after: after.length };
  };

  it("cut both ways, or one way, and end", () => {
    expect([...heard("both").during]).toEqual([]);
    expect([...heard("out").during]).toEqual(["n1"]);
    expect([...heard("in").during]).toEqual(["n2"]);
    expect(heard("both").after).toBeGreaterThan(10);
  });
});

describe("clients", () => {
  it("leave a history with unique, ordered positions and true intervals", () => {
    const { history } = simulate({ scenario: busyScenario, seed: 3, faults: faults("hostile") });
    expect(history).toHaveLength(40);
    const statuses = new Set(history.map((operation) => operation.status));
    expect(statuses).toEqual(new Set(["ok", "unknown"]));
    const positions = history.flatMap((op) => (op.status === "ok" ? [op.call, op.return] : [op.call]));
    expect(new Set(positions).size).toBe(positions.length);
    for (const op of history) {
      if (op.status !== "ok") continue;
      expect(op.return).toBeGreaterThan(op.call);
      expect(op.returnMs).toBeGreaterThan(op.callMs);
      expect((op.output as { n: number }).n).toBe((op.input as { n: number }).n);
    }
  });

  it("leave a history that the linearizability checker takes as it is", () => {
    const { history } = simulate({ scenario: busyScenario, seed: 3, faults: faults("calm") });
    const taken: History<unknown, unknown> = history;
    expect(() => assertWellFormed(taken)).not.toThrow();
  });

  it("are judged when they throw, and when they never end", () => {
    function* throws(c: Client): ReturnType<ClientProgram<unknown, unknown>> {
      yield* c.sleep(1);
      throw new Error("that is no answer");
    }
    function* endless(c: Client): ReturnType<ClientProgram<unknown, unknown>> {
      for (;;) yield* c.sleep(10);
    }
    const nodes = { n1: busy };
    expect(run({ nodes, clients: { c1: throws } }).violation).toMatchObject({ invariant: BUILT_IN.clientThrows });
    expect(run({ nodes, clients: { c1: endless } }).violation).toMatchObject({
      invariant: BUILT_IN.clientsEnd,
      message: "c1 not done within 5000 ms after everything healed",
      at: 6000,
    });
  });
});

describe("verdicts", () => {
  it("check invariants after every step and name the node that ran", () => {
    const node: NodeFactory = (context) => ({ onStart: () => context.setTimer("t", 77), onTimer: () => {} });
    const { violation } = run({
      nodes: { n1: node },
      invariants: { "it is early": ({ now }) => (now < 77 ? undefined : `it is ${now}`) },
    });
    expect(violation).toEqual({ invariant: "it is early", message: "it is 77", at: 77, node: "n1", when: "step" });
  });

  it("take a thrown assertion for a violation", () => {
    const { violation } = run({ nodes: { n1: busy }, invariants: { strict: () => expect(1).toBe(2) } });
    expect(violation?.invariant).toBe("strict");
  });

  it("demand convergence within the stated time after healing, and say what is missing", () => {
    // Learns a value from its peer when it asks; asks again only when `retries`.
    const learner =
      (retries: boolean): NodeFactory<Node & { value: number }> =>
      (context) => ({
        value: context.self === "n1" ? 42 : 0,
        onStart() {
          if (context.self === "n2") context.setTimer("ask", 10);
        },
        onTimer() {
          context.send("n1", "what is it?");
          if (retries && this.value === 0) context.setTimer("ask", 100);
        },
        onMessage(from, message) {
          if (context.self === "n1") context.send(from, 42);
          else this.value = message;
        },
      });
    const verdict = (retries: boolean) => {
      const node = learner(retries);
      const scenario: Scenario = {
        nodes: { n1: node, n2: node },
        converged: (world) => {
          const { value } = world.node("n2") as Node & { value: number };
          return value === 42 ? undefined : `n2 has ${value}`;
        },
      };
      const plan: Plan = [{ kind: "partition", at: 0, forMs: 5000, side: ["n1"], direction: "both" }];
      return run(scenario, plan, { settleMs: 500 });
    };
    expect(verdict(false).violation).toMatchObject({
      invariant: BUILT_IN.converges,
      message: "not within 500 ms after everything healed: n2 has 0",
      when: "end",
    });
    const healed = verdict(true);
    expect(healed.violation).toBeUndefined();
    expect(healed.injected.partitioned).toBeGreaterThan(5);
    expect(healed.endedAt).toBeLessThan(1200);
  });

  it("check `atEnd` once, after everything", () => {
    let calls = 0;
    const { violation } = run({ nodes: { n1: busy }, atEnd: { "never happy": () => `call ${++calls}` } });
    expect(violation).toMatchObject({ message: "call 1", when: "end" });
    expect(calls).toBe(1);
  });

  it("end a run in which nodes answer each other without end", () => {
    const echo: NodeFactory = (context) => ({
      onStart: () => context.send(context.self, 0),
      onMessage: () => context.send(context.self, 0),
    });
    const { violation } = run({ nodes: { n1: echo } }, [], { eventsMax: 5000, trace: false });
    expect(violation?.invariant).toBe(BUILT_IN.endless);
  });
});

describe("driven by hand", () => {
  it("advances to a time, takes faults and shows the world", () => {
    const cluster = new Cluster({ scenario: busyScenario, seed: 1, faults: faults("calm"), plan: [] });
    cluster.advance(100);
    expect(cluster.now).toBe(100);
    expect(cluster.live()).toHaveLength(3);
    cluster.inject({ kind: "crash", at: 0, forMs: 50, node: "n2" });
    expect(cluster.node("n2")).toBeUndefined();
    cluster.advance(149);
    expect(cluster.live().map(({ id }) => id)).toEqual(["n1", "n3"]);
    cluster.advance(150);
    expect(cluster.live()).toHaveLength(3);
    expect(() => cluster.node("n9")).toThrow("nodes are n1, n2, n3");
  });
});
