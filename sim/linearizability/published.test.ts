import { describe, expect, test, vi } from "vitest";
import { type CheckResult, check } from "./check.ts";
import type { History, Operation } from "./history.ts";
import type { Model } from "./model.ts";
import { casRegister, queue, register, set } from "./models.ts";
import { parseJepsenRegister } from "./parse.ts";
import { etcd001, etcd002, etcd099, jepsenLog, registerHistories, setHistories } from "./published-histories.ts";

// Long histories on a busy machine; costs are asserted in steps.
vi.setConfig({ testTimeout: 30_000 });

describe("published verdicts (Porcupine)", () => {
  test.each(registerHistories)("$name", ({ history, linearizable }) => {
    expect(check(register(0), history).verdict).toBe(linearizable ? "linearizable" : "not-linearizable");
  });
  test.each(setHistories)("$name", ({ history, linearizable }) => {
    expect(check(set(), history).verdict).toBe(linearizable ? "linearizable" : "not-linearizable");
  });
  test.each([
    { name: "etcd_001", log: etcd001, events: 172, verdict: "not-linearizable" },
    { name: "etcd_002", log: etcd002, events: 154, verdict: "linearizable" },
    { name: "etcd_099", log: etcd099, events: 164, verdict: "not-linearizable" },
  ])("$name", ({ log, events, verdict }) => {
    const text = jepsenLog(log);
    expect(text.split("\n")).toHaveLength(events);
    const result = check(casRegister(), parseJepsenRegister(text));
    expect(result.verdict).toBe(verdict);
    expect(result.steps).toBeLessThan(100_000);
  });
});

/**
 * The cases that a checker has to get right, run against checkers with one mistake each. A case that no mistake fails
 * would be worth nothing; a mistake that no case finds means that a case is missing.
 */
describe("a wrong checker is caught", () => {
  type Passes = <S, I, O>(model: Model<S, I, O>, history: History<I, O>) => boolean;
  const sound: Passes = (model, history) => check(model, history).verdict === "linearizable";

  const end = (operation: Operation<unknown, unknown>): number =>
    operation.status === "ok" ? operation.return : Number.POSITIVE_INFINITY;
  const suspects: Record<string, Passes> = {
    "ignores real time": (model, history) =>
      sound(
        model,
        history.map((op) => (op.status === "ok" ? { ...op, call: 0, return: 1 } : { ...op, call: 0 })),
      ),
    "takes unknown for a pass": (model, history) => check(model, history, { steps: 20 }).verdict !== "not-linearizable",
    "drops operations of unknown outcome": (model, history) =>
      sound(
        model,
        history.filter((op) => op.status !== "unknown"),
      ),
    "makes an unknown outcome happen before it was called": (model, history) =>
      sound(
        model,
        history.map((op) => (op.status === "unknown" ? { ...op, call: 0 } : op)),
      ),
    "lets failed operations take effect": (model, history) =>
      sound(
        model,
        history.map((op) => (op.status === "failed" ? { ...op, status: "unknown" as const } : op)),
      ),
    "takes the order of calls for the order of effects": (model, history) => {
      let states = [model.init()];
      for (const op of [...history].sort((a, b) => a.call - b.call)) {
        if (op.status === "ok") states = states.flatMap((state) => model.step(state, op.input, op.output));
      }
      return states.length > 0;
    },
    "treats touching intervals as ordered": (model, history) =>
      sound(
        model,
        history.map((op) =>
          op.status === "ok" ? { ...op, return: op.return - 0.25, call: Math.min(op.call, op.return - 0.25) } : op,
        ),
      ),
    "gives up at the first dead end": (model, history) => {
      const left = [...history].filter((op) => op.status === "ok");
      let state = model.init();
      while (left.length > 0) {
        const first = Math.min(...left.map(end));
        const at = left.findIndex(
          (op) => op.call <= first && model.step(state, op.input, op.output as never).length > 0,
        );
        if (at < 0) return false;
        const [op] = left.splice(at, 1);
        state = model.step(state, op!.input, (op as unknown as { output: never }).output)[0]!;
      }
      return true;
    },
  };

  const cell = register(0);
  const w = (
    value: number,
    call: number,
    to: number | "unknown" | "failed",
  ): Operation<{ op: "write"; value: number }, undefined> =>
    typeof to === "number"
      ? { status: "ok", client: value, input: { op: "write", value }, output: undefined, call, return: to }
      : { status: to, client: value, input: { op: "write", value }, call };
  const r = (output: number, call: number, to: number): Operation<{ op: "read" }, number> => ({
    status: "ok",
    client: "r",
    input: { op: "read" },
    output,
    call,
    return: to,
  });
  const cases: { name: string; expected: boolean; run: (passes: Passes) => boolean }[] = [
    { name: "a stale read", expected: false, run: (passes) => passes(cell, [w(1, 1, 2), w(2, 3, 4), r(1, 5, 6)]) },
    { name: "a read during the write", expected: true, run: (passes) => passes(cell, [w(1, 1, 4), r(0, 2, 3)]) },
    { name: "old after new", expected: false, run: (passes) => passes(cell, [w(1, 1, 9), r(1, 2, 3), r(0, 4, 5)]) },
    {
      name: "a timed-out write seen later",
      expected: true,
      run: (passes) => passes(cell, [w(1, 1, "unknown"), r(0, 2, 3), r(1, 8, 9)]),
    },
    {
      name: "a timed-out write never seen",
      expected: true,
      run: (passes) => passes(cell, [w(1, 1, "unknown"), r(0, 2, 3)]),
    },
    {
      name: "a value from a later write",
      expected: false,
      run: (passes) => passes(cell, [r(1, 1, 2), w(1, 3, "unknown")]),
    },
    { name: "a failed write seen", expected: false, run: (passes) => passes(cell, [w(1, 1, "failed"), r(1, 2, 3)]) },
    { name: "touching intervals", expected: true, run: (passes) => passes(cell, [w(1, 1, 2), r(0, 2, 3)]) },
    {
      name: "the second choice is right",
      expected: true,
      run: (passes) => passes(cell, [w(1, 1, 9), w(2, 2, 8), r(2, 3, 4), r(1, 5, 6)].reverse()),
    },
    {
      name: "the first choice is wrong",
      expected: true,
      run: (passes) => passes(cell, [w(2, 1, 9), w(1, 2, 8), r(1, 3, 4), r(2, 5, 6)]),
    },
    {
      name: "a violation behind a hard search",
      expected: false,
      run: (passes) => {
        const burst = [1, 2, 3, 4, 5].map((value) => w(value, value, 20));
        return passes(cell, [...burst, r(3, 30, 31), r(4, 32, 33)]);
      },
    },
    {
      name: "a queue out of order",
      expected: false,
      run: (passes) =>
        passes(queue(), [
          { status: "ok", client: 0, input: { op: "enqueue", value: 1 }, output: undefined, call: 1, return: 2 },
          { status: "ok", client: 0, input: { op: "enqueue", value: 2 }, output: undefined, call: 3, return: 4 },
          { status: "ok", client: 1, input: { op: "dequeue" }, output: 2, call: 5, return: 6 },
        ]),
    },
  ];
  const failed = (passes: Passes): string[] =>
    cases.filter(({ run, expected }) => run(passes) !== expected).map(({ name }) => name);

  test("this one is right about every case", () => expect(failed(sound)).toEqual([]));
  test.each(Object.entries(suspects))("one that %s is wrong about some case", (_, passes) => {
    expect(failed(passes)).not.toEqual([]);
  });
});

test("a result without an answer has no order and no counterexample that could be read as one", () => {
  const result: CheckResult<unknown, unknown, unknown> = check(casRegister(), parseJepsenRegister(jepsenLog(etcd099)), {
    steps: 1000,
  });
  expect(result).toMatchObject({ verdict: "unknown", exhausted: "steps", unresolvedParts: [null] });
  expect(Object.keys(result).sort()).toEqual([
    "configurations",
    "exhausted",
    "operations",
    "parts",
    "steps",
    "unresolvedParts",
    "verdict",
  ]);
});
