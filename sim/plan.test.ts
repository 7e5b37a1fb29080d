import { describe, expect, it } from "vitest";
import { faults } from "./faults.ts";
import { describePlanEvent, type PlanEvent, planFrom } from "./plan.ts";
import { createRandom } from "./prng.ts";

const shape = { nodes: ["n1", "n2", "n3", "n4", "n5"], mortal: ["n1", "n2", "n3", "n4", "n5"], durationMs: 60_000 };

describe("planFrom", () => {
  it("makes nothing of calm and lossy, whose faults strike message by message", () => {
    for (const preset of ["calm", "lossy"] as const)
      expect(planFrom(faults(preset), shape, createRandom(1))).toEqual([]);
  });

  it("keeps to the rates of hostile, in order of time, within the fault phase", () => {
    const plans = Array.from({ length: 20 }, (_, seed) => planFrom(faults("hostile"), shape, createRandom(seed)));
    const count = (kind: string) =>
      plans.flat().filter((event) => event.kind === kind && "at" in event && event.at > 0).length;
    // 20 minutes of virtual time. Crashes are fewer than their rate, for a minority may be down at one time.
    expect(Math.abs(count("partition") - 0.6 * 1200)).toBeLessThan(6 * Math.sqrt(720));
    expect(Math.abs(count("pause") - 0.4 * 1200)).toBeLessThan(6 * Math.sqrt(480));
    expect(Math.abs(count("clock") - 0.2 * 1200)).toBeLessThan(6 * Math.sqrt(240));
    expect(count("crash") + count("crash-at-effect")).toBeGreaterThan(0.5 * 0.8 * 1200);
    for (const plan of plans) {
      const times = plan.map((event) => ("at" in event ? event.at : 0));
      expect(times).toEqual(times.slice().sort((a, b) => a - b));
      expect(Math.max(...times)).toBeLessThan(60_000);
    }
  });

  it("cuts off at most half of the nodes, and one way as often as the share says", () => {
    const plans = Array.from({ length: 20 }, (_, seed) => planFrom(faults("hostile"), shape, createRandom(seed)));
    const partitions = plans.flat().filter((event) => event.kind === "partition") as (PlanEvent & {
      kind: "partition";
    })[];
    expect(new Set(partitions.map(({ side }) => side.length))).toEqual(new Set([1, 2]));
    const oneWay = partitions.filter(({ direction }) => direction !== "both").length / partitions.length;
    expect(Math.abs(oneWay - 0.3)).toBeLessThan(0.11);
  });

  it("takes no node down that is not mortal, and none at all when none is", () => {
    const some = planFrom(faults("hostile"), { ...shape, mortal: ["n3"] }, createRandom(1));
    const struck = some.flatMap((event) => (event.kind.startsWith("crash") && "node" in event ? [event.node] : []));
    expect(new Set(struck)).toEqual(new Set(["n3"]));
    const none = planFrom(faults("hostile"), { ...shape, mortal: [] }, createRandom(1));
    expect(none.some((event) => event.kind.startsWith("crash") || event.kind === "pause")).toBe(false);
  });
});

it.each<[PlanEvent, string]>([
  [{ kind: "partition", at: 5, forMs: 9, side: ["n1", "n2"], direction: "both" }, "5 ms: n1, n2 cut off for 9 ms"],
  [{ kind: "partition", at: 5, forMs: 9, side: ["n1"], direction: "out" }, "5 ms: n1 not heard for 9 ms"],
  [{ kind: "crash", at: 5, forMs: 9, node: "n1" }, "5 ms: n1 crashes, restarts after 9 ms"],
  [{ kind: "clock", at: 0, node: "n1", offsetMs: -4, driftPpm: 30 }, "0 ms: n1's clock is -4 ms off, drift +30 ppm"],
  [{ kind: "drop", from: "a", to: "b", nth: 11 }, "11th message a -> b is lost"],
  [{ kind: "delay", from: "a", to: "b", nth: 22, ms: 7 }, "22nd message a -> b takes 7 ms"],
  [{ kind: "skip", client: "c1", nth: 3, ms: 0 }, "3rd operation of c1 is left out"],
])("describes %o", (event, text) => {
  expect(describePlanEvent(event)).toBe(text);
});
