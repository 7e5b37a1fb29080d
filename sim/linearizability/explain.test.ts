import { describe, expect, test, vi } from "vitest";
import { check } from "./check.ts";
import type { Counterexample } from "./explain.ts";
import type { Operation } from "./history.ts";
import { casRegister, type QueueInput, queue, type RegisterInput, register, type Value } from "./models.ts";
import { parseJepsenRegister } from "./parse.ts";
import { etcd001, etcd099, jepsenLog } from "./published-histories.ts";
import { drawing, renderCounterexample } from "./render.ts";
import { registerWorkload } from "./workload.ts";

// Long histories on a busy machine; costs are asserted in steps.
vi.setConfig({ testTimeout: 30_000 });

function write(client: number, value: number, call: number, end: number): Operation<RegisterInput, Value> {
  return { status: "ok", client, input: { op: "write", value }, output: null, call, return: end };
}

function read(client: number, output: Value, call: number, end: number): Operation<RegisterInput, Value> {
  return { status: "ok", client, input: { op: "read" }, output, call, return: end };
}

type Any = Counterexample<unknown, unknown, unknown>;

function counterexample(result: { verdict: string; counterexample?: unknown }): Any {
  expect(result.verdict).toBe("not-linearizable");
  return result.counterexample as Any;
}

describe("the smallest window", () => {
  const staleRead = [
    read(3, null, 0, 1),
    write(1, 7, 2, 3),
    read(3, 7, 4, 5),
    write(1, 1, 10, 20),
    write(2, 2, 30, 50),
    read(4, 1, 35, 40),
    read(3, 2, 41, 45),
    read(4, 1, 60, 70),
    write(1, 3, 65, 90),
    write(5, 1, 80, 85),
  ];

  test("of a stale read is the write, a read of a newer value, and the read", () => {
    const found = counterexample(check(register(), staleRead));
    expect(found.window.map((operation) => operation.text)).toEqual(["write(1)", "read() -> 2", "read() -> 1"]);
    expect(found.culprit).toBe(7);
    expect(found.explained).toBe(7);
    expect(found.heldStates).toEqual(["2", "3", "7"]);
  });

  test("is drawn with a lane for each client and a column for each event", () => {
    expect(drawing(counterexample(check(register(), staleRead)))).toEqual({
      columns: 6,
      lanes: [
        { client: 1, bars: [{ operation: 3, text: "write(1)", from: 0, to: 1, role: "required" }] },
        { client: 3, bars: [{ operation: 6, text: "read() -> 2", from: 2, to: 3, role: "required" }] },
        { client: 4, bars: [{ operation: 7, text: "read() -> 1", from: 4, to: 5, role: "culprit" }] },
      ],
    });
  });

  test("never leaves out a write that the contradiction depends on", () => {
    // Without write(1) the read would be impossible alone: small, and no proof.
    const history = [write(1, 1, 0, 1), write(1, 2, 2, 3), read(2, 1, 4, 5)];
    expect(counterexample(check(register(), history)).window).toHaveLength(3);
  });

  test("of a lost element of a queue", () => {
    const op = (client: number, input: QueueInput, output: Value, call: number): Operation<QueueInput, Value> => {
      return { status: "ok", client, input, output, call, return: call + 1 };
    };
    const history = [
      op(1, { op: "enqueue", value: 1 }, null, 0),
      op(1, { op: "dequeue" }, 1, 2),
      op(1, { op: "enqueue", value: 2 }, null, 4),
      op(2, { op: "enqueue", value: 3 }, null, 6),
      op(2, { op: "dequeue" }, 3, 8),
    ];
    const found = counterexample(check(queue(), history));
    expect(found.window.map((operation) => operation.text)).toEqual(["enqueue(2)", "enqueue(3)", "dequeue() -> 3"]);
  });

  test("of ten thousand operations with one impossible answer is that answer alone", () => {
    const history = registerWorkload({ seed: 3, operations: 10_000, clients: 10, reads: 0.5, values: 5, stale: 0.5 });
    const found = counterexample(check(register(), history));
    expect(found.window).toMatchObject([{ text: "read() -> -1", role: "culprit" }]);
    expect(found.operations).toBe(10_000);
  });

  test.each([
    { name: "etcd_001", log: etcd001, atMost: 2 },
    { name: "etcd_099", log: etcd099, atMost: 9 },
  ])("of $name has at most $atMost operations", ({ log, atMost }) => {
    const found = counterexample(check(casRegister(), parseJepsenRegister(jepsenLog(log))));
    expect(found.window.length).toBeLessThanOrEqual(atMost);
  });

  test("as text: a stale read", () => {
    expect(`\n${renderCounterexample(counterexample(check(register(), staleRead)))}\n`).toMatchInlineSnapshot(`
      "
      Not linearizable (register). Of 10 operations, 3 are enough to show it.

      Up to the first 7 answers all can be explained. The next one cannot. Client 4:
          read() -> 1    called at 60, returned at 70

      The object starts as nil.

          client 1  write(1)     ├──┤
          client 3  read() -> 2        ├──┤
          client 4  read() -> 1              ├──┤  ✗ no place

      While client 4 waited for this answer, the object can only have been one of
          2  |  3  |  7

      The orders that get furthest:
          write(1), write(2), read() -> 2
              => 2, and read() -> 1 has no place
          write(1), write(2), read() -> 2, write(7)
              => 7, and read() -> 1 has no place
          write(1), write(2), read() -> 2, write(3)
              => 3, and read() -> 1 has no place

      The other 7 operations cannot help, even if each may take effect at any moment or not at all.
      "
    `);
  });

  test("as text: etcd_001", () => {
    const result = check(casRegister(), parseJepsenRegister(jepsenLog(etcd001)));
    expect(`\n${renderCounterexample(counterexample(result))}\n`).toMatchInlineSnapshot(`
      "
      Not linearizable (cas register). Of 86 operations, 2 are enough to show it.

      Up to the first 30 answers all can be explained. The next one cannot. Client 7:
          read() -> 4    called at 72, returned at 73

      Whatever order explains them, it leads to a point where 29 operations took effect and the object is
          0
      From there:

          client 5  write(1)     ├──┤
          client 7  read() -> 4        ├──┤  ✗ no place

      While client 7 waited for this answer, the object can only have been
          1

      The orders that get furthest:
          write(1)
              => 1, and read() -> 4 has no place

      The other 55 operations cannot help, even if each may take effect at any moment or not at all.
      "
    `);
  });

  test("as text: the first answer is impossible", () => {
    expect(
      `\n${renderCounterexample(counterexample(check(register(0), [read(1, 5, 0, 1)])), "k")}\n`,
    ).toMatchInlineSnapshot(`
      "
      Not linearizable (register, part "k"). Of 1 operation, 1 is enough to show it.

      The first answer is already impossible. Client 1:
          read() -> 5    called at 0, returned at 1

      The object starts as 0.

          client 1  read() -> 5  ├──┤  ✗ no place

      While client 1 waited for this answer, the object can only have been
          0
      "
    `);
  });
});
