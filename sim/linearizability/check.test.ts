import { describe, expect, test, vi } from "vitest";
import { check } from "./check.ts";
import { HistoryRecorder, type Operation } from "./history.ts";
import { sequential } from "./model.ts";
import { bank, type KeyValueInput, keyValue, type RegisterInput, register, set } from "./models.ts";
import { parseJepsenRegister, parseKeyValue } from "./parse.ts";
import { keyValueWorkload, registerWorkload } from "./workload.ts";

// Long histories on a busy machine; costs are asserted in steps.
vi.setConfig({ testTimeout: 30_000 });

const base = { seed: 7, operations: 2000, clients: 10, reads: 0.5, values: 5 };

describe("the budget", () => {
  const history = registerWorkload({ ...base, operations: 200, stale: 0.9 });

  test("is counted in steps: same history, same figures, run after run", () => {
    const runs = [1, 2].map(() => check(register(), history, { explain: false }));
    expect(runs[0]).toEqual(runs[1]);
  });

  test("ends in unknown, at the step it names", () => {
    const full = check(register(), history, { explain: false });
    expect(full.verdict).toBe("not-linearizable");
    const short = check(register(), history, { steps: full.steps - 100, explain: false });
    expect(short).toMatchObject({ verdict: "unknown", exhausted: "steps" });
    const narrow = check(register(), history, { configurations: 20, explain: false });
    expect(narrow).toMatchObject({ verdict: "unknown", exhausted: "configurations" });
  });

  test("a violation in one part outweighs another part that is unresolved", () => {
    const hard = keyValueWorkload({ ...base, operations: 400, keys: 1, values: 1000 });
    const bad: Operation<KeyValueInput, string> = {
      status: "ok",
      client: "z",
      input: { op: "get", key: "other" },
      output: "from nowhere",
      call: 0,
      return: 1,
    };
    const result = check(keyValue(), [...hard, bad], { steps: 100 });
    expect(result).toMatchObject({ verdict: "not-linearizable", part: "other" });
    expect(check(keyValue(), hard, { steps: 100 })).toMatchObject({ verdict: "unknown", unresolvedParts: ["k0"] });
  });

  test("what easy parts leave over goes to the hard ones", () => {
    const history = [
      ...keyValueWorkload({ ...base, operations: 300, keys: 1 }),
      ...Array.from({ length: 20 }, (_, i): Operation<KeyValueInput, string> => {
        return { status: "ok", client: i, input: { op: "get", key: `easy${i}` }, output: "", call: i, return: i };
      }),
    ];
    const { steps } = check(keyValue(), history);
    expect(check(keyValue(), history, { steps: 3 * steps }).verdict).toBe("linearizable");
  });
});

describe("growth (steps, so the same everywhere)", () => {
  test("linear in the length of a register history with ten clients", () => {
    const steps = [2_000, 8_000, 32_000].map(
      (operations) => check(register(), registerWorkload({ ...base, operations })).steps / operations,
    );
    expect(steps[2]! / steps[0]!).toBeLessThan(2);
  });

  test("linear in the number of keys", () => {
    const steps = [10, 40, 160].map(
      (keys) => check(keyValue(), keyValueWorkload({ ...base, operations: 50 * keys, keys })).steps / keys,
    );
    expect(steps[2]! / steps[0]!).toBeLessThan(2);
  });

  test("ten thousand operations take under a million steps, also where some answers are lost", () => {
    for (const lost of [0, 0.01]) {
      const result = check(register(), registerWorkload({ ...base, operations: 10_000, lost }));
      expect(result.verdict).toBe("linearizable");
      expect(result.steps).toBeLessThan(1_000_000);
    }
  });

  test("a sequential history as long as you like needs no stack", () => {
    const history = registerWorkload({ ...base, clients: 1, operations: 100_000 });
    expect(check(register(), history).verdict).toBe("linearizable");
  });
});

describe("the history", () => {
  test("nothing happened: linearizable, and it says that it saw no operation", () => {
    expect(check(register(), [])).toMatchObject({ verdict: "linearizable", operations: 0 });
  });

  test("an operation that returns before its call is refused by name", () => {
    const history: Operation<RegisterInput, null>[] = [
      { status: "ok", client: 1, input: { op: "read" }, output: null, call: 5, return: 4 },
    ];
    expect(() => check(register(), history)).toThrow("operation 0 returned at 4, before it was called at 5");
  });

  test("a recorder turns events into operations", () => {
    const recorder = new HistoryRecorder<RegisterInput, number | undefined>();
    const write = recorder.invoke("a", { op: "write", value: 1 });
    const read = recorder.invoke("b", { op: "read" });
    recorder.ok(read, 1);
    const lost = recorder.invoke("b", { op: "write", value: 2 });
    recorder.failed(lost);
    expect(recorder.history()).toEqual([
      { status: "unknown", client: "a", input: { op: "write", value: 1 }, call: 0 },
      { status: "ok", client: "b", input: { op: "read" }, output: 1, call: 1, return: 2 },
      { status: "failed", client: "b", input: { op: "write", value: 2 }, call: 3 },
    ]);
    expect(check(register(), recorder.history()).verdict).toBe("linearizable");
    recorder.ok(write, undefined);
    expect(() => recorder.ok(write, undefined)).toThrow("operation 0 is ok");
    expect(() => recorder.invoke("a", { op: "read" }, 1)).toThrow("time went backwards: 1 after 4");
  });

  test("a set that is read whole is checked whole, otherwise by member", () => {
    const add = (value: number, at: number): Operation<{ op: "add"; value: number }, undefined> => {
      return { status: "ok", client: value, input: { op: "add", value }, output: undefined, call: at, return: at + 1 };
    };
    expect(check(set(), [add(1, 0), add(2, 2)]).parts).toBe(2);
    const read = { status: "ok", client: 9, input: { op: "read" }, output: [2, 1], call: 4, return: 5 } as const;
    expect(check(set(), [add(1, 0), add(2, 2), read])).toMatchObject({ parts: 1, verdict: "linearizable" });
  });

  test("a bank that shows money in flight is not linearizable", () => {
    const result = check(bank({ a: 10, b: 0 }), [
      {
        status: "ok",
        client: 1,
        input: { op: "transfer", from: "a", to: "b", amount: 4 },
        output: true,
        call: 0,
        return: 9,
      },
      { status: "ok", client: 2, input: { op: "read" }, output: { a: 6, b: 0 }, call: 3, return: 4 },
    ]);
    expect(result.verdict).toBe("not-linearizable");
  });

  test("states that are not plain values need a key", () => {
    const model = sequential<{ at: Date }, string, undefined>({
      name: "calendar",
      init: () => ({ at: new Date(0) }),
      apply: (state) => [state, undefined],
      describe: (input) => input,
    });
    expect(() => check(model, [])).toThrow('model "calendar": states are not plain values');
  });
});

describe("logs", () => {
  test("a register log: outcomes by kind, noise skipped", () => {
    const log = [
      "INFO  jepsen.core - starting",
      "INFO  jepsen.util - 0\t:invoke\t:write\t3",
      "INFO  jepsen.util - 1   :invoke :cas    [3 4]",
      "INFO  jepsen.util - 0\t:info\t:write\t:timed-out",
      "INFO  jepsen.util - 1   :fail   :cas    [3 4]",
      "INFO  jepsen.util - 1   :invoke :read   nil",
      "INFO  jepsen.util - 1   :fail   :read   :timed-out",
      "",
    ].join("\n");
    expect(parseJepsenRegister(log)).toEqual([
      { status: "unknown", client: 0, input: { op: "write", value: 3 }, call: 1 },
      { status: "ok", client: 1, input: { op: "cas", from: 3, to: 4 }, output: false, call: 2, return: 4 },
      { status: "failed", client: 1, input: { op: "read" }, call: 5 },
    ]);
  });

  test.each([
    ["INFO  jepsen.util - 0 :invoke :frob 3", "line 1 is not an event"],
    ["INFO  jepsen.util - 0 :ok :read 3", "line 1: client 0 has no pending read"],
    [
      "INFO  jepsen.util - 0 :invoke :read nil\nINFO  jepsen.util - 0 :invoke :read nil",
      "line 2: client 0 calls read while read is pending",
    ],
    ["INFO  jepsen.util - 0 :invoke :write x", "not a number: x"],
  ])("a log that cannot be read is refused: %s", (log, message) => {
    expect(() => parseJepsenRegister(log)).toThrow(message);
  });

  test("a key-value log", () => {
    const log = [
      '{:process 0, :type :invoke, :f :append, :key "4", :value "x 0 1 y"}',
      '{:process 1, :type :invoke, :f :get, :key "4", :value nil}',
      '{:process 1, :type :ok, :f :get, :key "4", :value "x 0 1 y"}',
      '{:process 0, :type :ok, :f :append, :key "4", :value "x 0 1 y"}',
      '{:process 0, :type :invoke, :f :put, :key "4", :value ""}',
    ].join("\r\n");
    const history = parseKeyValue(log);
    expect(history).toEqual([
      {
        status: "ok",
        client: 0,
        input: { op: "append", key: "4", value: "x 0 1 y" },
        output: undefined,
        call: 0,
        return: 3,
      },
      { status: "ok", client: 1, input: { op: "get", key: "4" }, output: "x 0 1 y", call: 1, return: 2 },
      { status: "unknown", client: 0, input: { op: "put", key: "4", value: "" }, call: 4 },
    ]);
    expect(check(keyValue(), history).verdict).toBe("linearizable");
    expect(() => parseKeyValue("truncat")).toThrow("line 1 is not an event");
  });
});
