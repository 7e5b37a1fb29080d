import { describe, expect, it } from "vitest";
import { type LabModel, LabSession } from "./session.ts";

interface State {
  value: number;
  readonly log: string[];
}

/** A number that doubles or grows by the seed: order matters, so a replay that misses an action shows. */
const model: LabModel<State, { growth: number }, "double"> = {
  stepMs: 10,
  init: (seed) => ({ value: seed, log: [] }),
  step(state) {
    state.value += 1;
    state.log.push(`step ${state.value}`);
    return state;
  },
  act(state) {
    state.value *= 2;
    state.log.push(`double ${state.value}`);
    return state;
  },
  isDone: (state) => state.value >= 1000,
};

const session = () => new LabSession(model, 1, { growth: 1 });

describe("lab session", () => {
  it("goes back in time to the same state, the reader's actions included", () => {
    const lab = session();
    lab.advance(3);
    lab.act("double");
    lab.advance(4);
    const at50 = (() => {
      lab.seek(50);
      return structuredClone(lab.state);
    })();
    lab.seek(70);
    lab.seek(50);
    expect(lab.state).toEqual(at50);
    expect(lab.state.log).toEqual(["step 2", "step 3", "step 4", "double 8", "step 9", "step 10"]);
  });

  it("forgets the future when the reader acts in the past", () => {
    const lab = session();
    lab.advance(5);
    lab.act("double");
    lab.seek(20);
    lab.act("double");
    lab.seek(60);
    expect(lab.state.log.filter((line) => line.startsWith("double"))).toEqual(["double 6"]);
  });

  it("starts again without actions and with the new seed", () => {
    const lab = session();
    lab.act("double");
    lab.restart({ seed: 7 });
    expect([lab.nowMs, lab.state.value, lab.seed]).toEqual([0, 7, 7]);
  });

  it("stops where the model is done, also when asked to seek further", () => {
    const lab = new LabSession(model, 998, { growth: 1 });
    lab.seek(1_000_000);
    expect([lab.done, lab.nowMs]).toEqual([true, 20]);
  });
});
