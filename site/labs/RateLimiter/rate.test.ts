import { describe, expect, it } from "vitest";
import { createRandom } from "../../../sim/prng.ts";
import { rateSteps, worstWindow } from "./rate.ts";

const countAt = (admitted: readonly number[], windowMs: number, at: number) =>
  admitted.filter((time) => time > at - windowMs && time <= at).length;

describe("rates", () => {
  it("agree with counting, at every millisecond of random admissions", () => {
    const random = createRandom(5);
    for (let round = 0; round < 40; round += 1) {
      const windowMs = random.integer(1, 60);
      const admitted = Array.from({ length: random.integer(0, 30) }, () => random.integer(0, 150)).sort(
        (a, b) => a - b,
      );
      const steps = rateSteps(admitted, windowMs, 200);
      let most = 0;
      for (let at = 0; at <= 200; at += 1) {
        const drawn = steps.findLast((step) => step.atMs <= at)!.count;
        if (drawn !== countAt(admitted, windowMs, at)) expect({ round, at, drawn }).toBe("what counting gives");
        most = Math.max(most, drawn);
      }
      expect(worstWindow(admitted, windowMs)?.count ?? 0).toBe(most);
    }
  });

  it("mark the earliest of the worst windows", () => {
    expect(worstWindow([10, 20, 500, 510], 100)).toEqual({ count: 2, fromMs: -80, toMs: 20 });
    expect(worstWindow([], 100)).toBeUndefined();
  });
});
