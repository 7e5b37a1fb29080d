import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { Client, ClientProgram } from "./client.ts";
import { simulate } from "./cluster.ts";
import { crashPlans } from "./crash-plans.ts";
import { type ExploreOptions, explore, type Failure, replay } from "./explore.ts";
import { faults } from "./faults.ts";
import type { Context, Node, NodeFactory } from "./node.ts";
import { describePlanEvent } from "./plan.ts";
import { planArbitrary } from "./plan-arbitrary.ts";
import type { Scenario, World } from "./scenario.ts";
import { countMessages, DRAWN_MESSAGES_MAX } from "./schedule.ts";

// Whole searches: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

function failureOf(options: ExploreOptions): Failure {
  const found = explore(options);
  if (found.ok) throw new Error(`nothing found in ${found.runs} runs`);
  return found.failure;
}

/** A register on one disk; `syncs` tells the right one from the known-bad one. */
function register(syncs: boolean): () => Scenario {
  const node: NodeFactory = (context) => {
    let value = context.disk.exists("v") ? (context.disk.read("v")[0] ?? 0) : 0;
    return {
      onStart() {
        if (context.disk.exists("v")) return;
        context.disk.write("v", 0, Uint8Array.of(0));
        context.disk.sync("v");
        context.disk.syncDirectory();
      },
      onRequest(request, reply) {
        if (request.op === "write") {
          value = request.value;
          context.disk.write("v", 0, Uint8Array.of(value));
          if (syncs) context.disk.sync("v");
        }
        reply(value);
      },
    };
  };
  function* client(c: Client): ReturnType<ClientProgram<unknown, unknown>> {
    for (let value = 1; value <= 30; value++) {
      yield* c.invoke("n1", { op: "write", value }, 300);
      yield* c.invoke("n1", { op: "read" }, 300);
      yield* c.sleep(20);
    }
  }
  return () => ({
    nodes: { n1: node },
    clients: { c1: client },
    invariants: {
      "an acknowledged write is not lost": ({ history }: World) => {
        let acknowledged = 0;
        for (const operation of history) {
          if (operation.status !== "ok") continue;
          if (operation.output < acknowledged) return `read ${operation.output} after ${acknowledged} was acknowledged`;
          acknowledged = operation.output;
        }
        return undefined;
      },
    },
  });
}

/** Whoever has not heard a lower number for a while leads. With heartbeats, so that most messages do not matter. */
class Election implements Node {
  leads = false;
  term = 0;
  #votes = new Set<string>();
  readonly #context: Context;
  readonly #majority: number;
  #votedIn = 0;

  constructor(context: Context, majority: number) {
    this.#context = context;
    this.#majority = majority;
  }

  onStart(): void {
    this.#context.setTimer("silence", 150 + Math.floor(this.#context.random() * 150));
    this.#context.setTimer("beat", 40);
  }

  onTimer(name: string): void {
    if (name === "beat") {
      this.#context.setTimer("beat", 40);
      this.#broadcast({ type: this.leads ? "beat" : "idle", term: this.term });
    } else if (!this.leads) {
      this.term++;
      this.#votedIn = this.term;
      this.#votes = new Set([this.#context.self]);
      this.#broadcast({ type: "ask", term: this.term });
      this.#context.setTimer("silence", 150 + Math.floor(this.#context.random() * 150));
    }
  }

  onMessage(from: string, message: { type: string; term: number }): void {
    if (message.term > this.term) {
      this.term = message.term;
      this.leads = false;
      this.#context.setTimer("silence", 150 + Math.floor(this.#context.random() * 150));
    }
    if (message.type === "beat") this.#context.setTimer("silence", 150 + Math.floor(this.#context.random() * 150));
    if (message.type === "ask" && message.term === this.term && this.#votedIn < this.term) {
      this.#votedIn = this.term;
      this.#context.send(from, { type: "vote", term: this.term });
    }
    if (message.type === "vote" && message.term === this.term) {
      this.#votes.add(from);
      if (this.#votes.size >= this.#majority) this.leads = true;
    }
  }

  #broadcast(message: { type: string; term: number }): void {
    for (const peer of this.#context.peers) this.#context.send(peer, message);
  }
}

function election(majority: number): () => Scenario {
  const node: NodeFactory<Election> = (context) => new Election(context, majority);
  return () => {
    const leaders = new Map<number, string>();
    return {
      nodes: { n1: node, n2: node, n3: node, n4: node, n5: node },
      invariants: {
        "at most one leader a term": (world: World<Election>) => {
          for (const { id, node } of world.live()) {
            if (!node.leads) continue;
            const other = leaders.get(node.term);
            if (other === undefined) leaders.set(node.term, id);
            else if (other !== id) return `${other} and ${id} both lead term ${node.term}`;
          }
          if (leaders.size > 1) world.mark("a second term");
          return undefined;
        },
      },
      immortal: ["n1", "n2", "n3", "n4", "n5"],
    };
  };
}

describe("explore", () => {
  it("catches the known-bad register and draws the crash that loses its write", () => {
    const failure = failureOf({ scenario: register(false), faults: faults("hostile", { downMax: 1 }) });
    expect(failure.violation.invariant).toBe("an acknowledged write is not lost");
    expect(countMessages(failure.schedule)).toBeLessThanOrEqual(8);
    expect(failure.drawing).toContain("n1 crashes");
    expect(failure.plan.filter((event) => event.kind.startsWith("crash"))).toHaveLength(1);
    expect(failure.plan.some((event) => event.kind === "drop" || event.kind === "pause")).toBe(false);
  });

  it("passes the right register under the same faults, which did happen", () => {
    const found = explore({ scenario: register(true), faults: faults("hostile", { downMax: 1 }), seeds: 30 });
    expect(found.ok).toBe(true);
    if (!found.ok) return;
    expect(found.runs).toBe(30);
    expect(found.injected.crashes).toBeGreaterThan(20);
    expect(found.injected.clientLost).toBeGreaterThan(20);
  });

  it("catches two leaders when two of five are a majority, in at most 25 messages among a lot of chatter", () => {
    const failure = failureOf({ scenario: election(2) });
    expect(failure.violation.message).toContain("both lead term");
    expect(countMessages(failure.schedule)).toBeLessThanOrEqual(DRAWN_MESSAGES_MAX);
    expect(failure.drawing.split("\n").every((line) => line.length <= 80)).toBe(true);
  });

  it("draws as few where messages come late and none is lost: those that do not matter never come", () => {
    const late = faults("calm", { reordering: 0.4, reorderingMeanMs: 100 });
    const failure = failureOf({ scenario: election(2), faults: late });
    expect(countMessages(failure.schedule)).toBeLessThanOrEqual(DRAWN_MESSAGES_MAX);
    expect(failure.schedule.aside).toBeGreaterThan(0);
    expect(failure.plan.some((event) => event.kind === "drop")).toBe(false);
  });

  it("passes it when three of five are, and shows by a mark that there was something to see", () => {
    const found = explore({ scenario: election(3), seeds: 20 });
    expect(found).toMatchObject({ ok: true, runs: 20 });
    if (found.ok) expect(found.marks["a second term"]).toBeGreaterThan(0);
  });

  it("finds the same again: same options, same failure; that seed alone, same failure", () => {
    const options = { scenario: register(false), faults: faults("hostile", { downMax: 1 }) };
    const [first, second] = [failureOf(options), failureOf(options)];
    expect(second.hash).toBe(first.hash);
    expect(failureOf({ ...options, seeds: [first.seed] }).hash).toBe(first.hash);
  });

  it("gives a plan that replays to the same trace", () => {
    const options = { scenario: register(false), faults: faults("hostile", { downMax: 1 }) };
    const failure = failureOf(options);
    const again = replay(options, failure.seed, JSON.parse(JSON.stringify(failure.plan)));
    expect(again.trace!.hash()).toBe(failure.hash);
    expect(again.violation).toEqual(failure.violation);
  });

  it("leaves the failure as found when told not to shrink", () => {
    const options = { scenario: register(false), faults: faults("hostile", { downMax: 1 }) };
    const asFound = failureOf({ ...options, shrinkEventsMax: 0 });
    expect(asFound.effort.shrinkRuns).toBe(0);
    const messages = (failure: Failure) => countMessages(failure.schedule);
    expect(messages(asFound)).toBeGreaterThan(messages(failureOf(options)));
    expect(asFound.hash).toBe(failureOf({ ...options, shrinkEventsMax: 0 }).hash);
  });

  it("says so when a scenario keeps state between runs and cannot be repeated", () => {
    let runs = 0;
    const scenario = (): Scenario => {
      const broken = runs++ === 0;
      return {
        nodes: { n1: () => ({ onStart() {} }) },
        invariants: { once: () => (broken ? "first run" : undefined) },
      };
    };
    expect(() => explore({ scenario })).toThrow("does the scenario keep state between runs?");
  });

  it("refuses to call a search green in which the faults asked for did not happen", () => {
    // Ten thousand messages to oneself: no link, so nothing can be lost.
    const talker: NodeFactory = (context) => ({
      onStart: () => context.setTimer("t", 1),
      onTimer() {
        for (let i = 0; i < 9; i++) context.send(context.self, i);
        context.setTimer("t", 1);
      },
      onMessage() {},
    });
    const scenario = (): Scenario => ({ nodes: { n1: talker, n2: talker } });
    expect(() => explore({ scenario, faults: "lossy", seeds: 1 })).toThrow("loss is 0.05, but in");
  });
});

describe("plans", () => {
  it("crash a node before each of its effects: the known-bad order is caught, the right one is not", () => {
    // Two files must agree after a crash: rename is atomic, two writes are not.
    const pair = (atomic: boolean): NodeFactory => {
      return (context) => {
        const { disk } = context;
        const write = (file: string, n: number) => {
          disk.write(file, 0, Uint8Array.of(n));
          disk.sync(file);
        };
        return {
          onRequest(n, reply) {
            if (atomic) {
              disk.write("new", 0, Uint8Array.of(n, n));
              disk.sync("new");
              disk.rename("new", "pair");
            } else {
              write("a", n);
              write("b", n);
            }
            disk.syncDirectory();
            reply(n);
          },
        };
      };
    };
    const scenario = (atomic: boolean) => (): Scenario => ({
      nodes: { n1: pair(atomic) },
      clients: {
        *c1(c) {
          for (let n = 1; n <= 3; n++) yield* c.invoke("n1", n, 100);
        },
      },
      invariants: {
        "both halves agree": (world) => {
          const disk = world.disk("n1");
          const halves = atomic
            ? disk.exists("pair") && disk.read("pair")
            : disk.exists("a") && disk.exists("b") && [disk.read("a")[0], disk.read("b")[0]];
          return halves && halves[0] !== halves[1] ? `${halves[0]} and ${halves[1]}` : undefined;
        },
      },
    });
    const search = (atomic: boolean) => {
      const plans = crashPlans({ scenario: scenario(atomic) }, "n1");
      return { plans: plans.length, found: explore({ scenario: scenario(atomic), faults: "calm", plans, seeds: 3 }) };
    };
    const right = search(true);
    // Four disk operations and a reply, three times.
    expect(right).toMatchObject({ plans: 15 + 0, found: { ok: true, runs: 45 } });
    expect(search(false).found.ok).toBe(false);
  });

  it("can be generated and shrunk by fast-check", () => {
    const arbitrary = planArbitrary({ nodes: ["n1"], durationMs: 2000, kinds: ["crash", "pause"] });
    const bad = register(false);
    const details = fc.check(
      fc.property(arbitrary, (plan) => {
        const run = simulate({
          scenario: bad,
          seed: 1,
          faults: faults("calm", { lostWrites: 1 }),
          plan,
          durationMs: 2000,
        });
        return run.violation === undefined;
      }),
      { seed: 1, numRuns: 200 },
    );
    expect(details.failed).toBe(true);
    const [plan] = details.counterexample!;
    expect(plan).toHaveLength(1);
    expect(plan[0]!.kind).toBe("crash");
    expect(describePlanEvent(plan[0]!)).toMatch(/^\d+ ms: n1 crashes, restarts after \d+ ms$/);
  });

  it("of every kind run to their end on a right system", () => {
    const nodes = ["n1", "n2", "n3", "n4", "n5"];
    const kinds = ["partition", "crash", "crash-at-effect", "pause", "clock", "drop", "duplicate", "delay"] as const;
    fc.assert(
      fc.property(planArbitrary({ nodes, durationMs: 500, kinds }), fc.integer({ min: 1, max: 1e6 }), (plan, seed) => {
        const { violation, endedAt } = simulate({
          scenario: () => ({ ...election(3)(), invariants: {} }),
          seed,
          faults: faults("calm"),
          plan,
          durationMs: 500,
        });
        expect(violation).toBeUndefined();
        expect(endedAt).toBe(500);
      }),
      { numRuns: 50 },
    );
  });
});
