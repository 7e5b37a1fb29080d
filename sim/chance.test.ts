import { describe, expect, it, vi } from "vitest";
import { busyScenario } from "./busy-fixture.ts";
import { simulate } from "./cluster.ts";
import { faults, type Preset } from "./faults.ts";
import type { NodeFactory } from "./node.ts";
import type { Scenario } from "./scenario.ts";

// Whole clusters, many seeds: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

describe("determinism", () => {
  const traceOf = (seed: number, preset: Preset) =>
    simulate({ scenario: busyScenario, seed, faults: faults(preset), trace: true, durationMs: 2000 }).trace!;

  it.each(["calm", "lossy", "hostile"] as const)("same seed, same trace, byte for byte: %s", (preset) => {
    expect(traceOf(5, preset).serialize()).toBe(traceOf(5, preset).serialize());
    expect(traceOf(5, preset).hash()).toBe(traceOf(5, preset).hash());
    expect(new Set([1, 2, 3, 4, 5].map((seed) => traceOf(seed, preset).hash())).size).toBe(5);
  });

  it("does not depend on whether a trace is taken", () => {
    const outcome = (trace: boolean) => {
      const { trace: _, ...rest } = simulate({ scenario: busyScenario, seed: 9, faults: faults("hostile"), trace });
      return rest;
    };
    expect(outcome(true)).toEqual(outcome(false));
  });

  it("is the same as it was, on every machine: the recorded hash", () => {
    expect(traceOf(1, "hostile").hash()).toBe("7243de9359bffc41");
  });

  it("repeats a run of chance from its plan alone", () => {
    for (let seed = 1; seed <= 8; seed++) {
      const chance = simulate({ scenario: busyScenario, seed, faults: faults("hostile"), trace: true });
      const still = { loss: 0, duplication: 0, reordering: 0, clientLoss: 0 };
      const options = {
        scenario: busyScenario,
        seed,
        faults: faults("hostile", still),
        plan: chance.plan,
        trace: true,
      };
      const planned = simulate(options);
      expect(planned.trace!.hash()).toBe(chance.trace!.hash());
      expect(planned.injected).toEqual(chance.injected);
    }
  });
});

describe("injected faults", () => {
  it("happen, every kind of them, under the preset that promises them", () => {
    const counts = (preset: Preset) => {
      const total: Record<string, number> = {};
      for (let seed = 1; seed <= 20; seed++) {
        const { injected } = simulate({ scenario: busyScenario, seed, faults: faults(preset) });
        for (const [kind, count] of Object.entries(injected)) total[kind] = (total[kind] ?? 0) + count;
      }
      return Object.keys(total).filter((kind) => total[kind]! > 0);
    };
    expect(counts("calm")).toEqual([]);
    expect(counts("lossy")).toEqual(["lost", "duplicated", "reordered", "clientLost"]);
    expect(counts("hostile")).toEqual([
      "lost",
      "duplicated",
      "reordered",
      "partitioned",
      "toDownNode",
      "clientLost",
      "partitions",
      "crashes",
      "midHandlerCrashes",
      "restarts",
      "pauses",
      "clockChanges",
      "lostWrites",
      "lostNames",
    ]);
  });

  it("tear writes and flip bits when asked", () => {
    // One-byte writes cannot tear; these can.
    const writer: NodeFactory = (context) => ({
      onStart: () => context.setTimer("write", 10),
      onTimer() {
        context.disk.append("log", new Uint8Array(10));
        context.setTimer("write", 10);
      },
    });
    const knobs = faults("hostile", { bitFlips: 1, crashesPerSecond: 3, namesNeedSync: false, downMax: 1 });
    const runs = [1, 2, 3, 4, 5].map((seed) =>
      simulate({ scenario: () => ({ nodes: { n1: writer } }), seed, faults: knobs }),
    );
    expect(runs.some(({ injected }) => injected.tornWrites > 0)).toBe(true);
    for (const { injected } of runs) expect(injected.bitFlips).toBe(injected.crashes);
  });

  it("never take down more nodes at one time than allowed", () => {
    let down = 0;
    const scenario = (): Scenario => ({
      ...busyScenario(),
      invariants: {
        "a majority is up": (world) => {
          down = Math.max(down, 3 - world.live().length);
          return world.live().length >= 2 ? undefined : "two are down";
        },
      },
    });
    for (let seed = 1; seed <= 25; seed++) {
      expect(
        simulate({ scenario, seed, faults: faults("hostile", { crashesPerSecond: 5 }) }).violation,
      ).toBeUndefined();
    }
    expect(down).toBe(1);
  });

  it("spare the immortal and the reliable", () => {
    const scenario = (): Scenario => ({ ...busyScenario(), immortal: ["n1"], reliable: ["n2"] });
    const plans = Array.from({ length: 30 }, (_, i) => {
      return simulate({ scenario, seed: i + 1, faults: faults("hostile", { crashesPerSecond: 5 }) }).plan;
    }).flat();
    const struck = (kind: string) =>
      new Set(plans.flatMap((event) => (event.kind === kind && "node" in event ? [event.node] : [])));
    expect([...struck("crash"), ...struck("pause")].every((node) => node === "n3")).toBe(true);
    expect(struck("clock").has("n2")).toBe(false);
    expect(plans.some((event) => event.kind === "drop" && (event.from === "n2" || event.to === "n2"))).toBe(false);
  });
});
