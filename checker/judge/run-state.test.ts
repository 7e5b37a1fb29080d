import { describe, expect, it } from "vitest";
import type { RecordedFact } from "../kit/recorder.ts";
import type { ReportedTest } from "./protocol.ts";
import { RunState } from "./run-state.ts";

const register: RecordedFact[] = [
  { kind: "hello", pid: 1 },
  { kind: "importing" },
  { kind: "imported" },
  { kind: "registered", stage: 1, test: "a" },
  { kind: "registered", stage: 2, test: "b" },
];
const space = { what: "two nodes", verdict: "exhausted", states: 3, events: 2, depth: 2 } as const;
const start = (stage: number, test: string): RecordedFact => ({ kind: "start", stage, test, budgetMs: 500 });
const pass = (stage: number, test: string): RecordedFact => ({ kind: "pass", stage, test, ms: 1 });
const both: ReportedTest[] = [
  { stage: 1, name: "a", state: "passed" },
  { stage: 2, name: "b", state: "passed" },
];

function after(...facts: RecordedFact[]): RunState {
  const state = new RunState(1_000);
  for (const fact of [...register, ...facts]) state.apply(fact);
  return state;
}

describe("what the record has told so far", () => {
  it("knows what is running, and how long that may take", () => {
    const state = new RunState(1_000);
    state.apply({ kind: "importing" });
    expect(state.during).toEqual({ kind: "import" });
    expect(state.budgetMs).toBe(1_000);
    for (const fact of register.slice(2)) state.apply(fact);
    state.apply(start(1, "a"));
    expect(state.during).toEqual({ kind: "test", stage: 1, name: "a" });
    expect(state.budgetMs).toBe(500);
    state.apply(pass(1, "a"));
    expect(state.during).toEqual({ kind: "other" });
  });

  it("calls the test that was running interrupted, and those after it not run", () => {
    const kinds = after(start(1, "a"))
      .tests()
      .map(({ outcome }) => outcome.kind);
    expect(kinds).toEqual(["interrupted", "not-run"]);
  });

  it("agrees with a report that agrees", () => {
    const state = after(start(1, "a"), pass(1, "a"), start(2, "b"), pass(2, "b"));
    state.reconcile(both);
    expect(state.end).toBeNull();
    expect(state.tests().every(({ outcome }) => outcome.kind === "passed")).toBe(true);
  });

  it.each<[string, RecordedFact[], ReportedTest[]]>([
    ["a pass that was never attested", [start(1, "a"), pass(1, "a")], both],
    [
      "a test that was never registered",
      [start(1, "a"), pass(1, "a"), start(2, "b"), pass(2, "b")],
      [...both, { stage: 2, name: "c", state: "passed" }],
    ],
    [
      "a test that is missing from the report",
      [start(1, "a"), pass(1, "a"), start(2, "b"), pass(2, "b")],
      both.slice(0, 1),
    ],
    ["a test reported twice", [start(1, "a"), pass(1, "a"), start(2, "b"), pass(2, "b")], [...both, both[1]!]],
    ["a result before the start", [pass(1, "a")], []],
    ["a second result", [start(1, "a"), pass(1, "a"), pass(1, "a")], []],
    ["a result for another test than the running one", [start(1, "a"), pass(2, "b")], []],
    ["a space that no test looked at", [{ kind: "explored", space }], []],
    ["the same test registered twice", [{ kind: "registered", stage: 1, test: "a" }], []],
  ])("calls %s tampered", (_, facts, reported) => {
    const state = after(...facts);
    state.reconcile(reported);
    expect(state.end?.kind).toBe("tampered");
  });

  it("keeps the spaces that a test looked at, in their order", () => {
    const second = { ...space, what: "another" };
    const state = after(start(1, "a"), { kind: "explored", space }, { kind: "explored", space: second }, pass(1, "a"));
    expect(state.tests().map(({ explored }) => explored)).toEqual([[space, second], undefined]);
  });

  it("believes a report that is worse than the record", () => {
    const state = after(start(1, "a"), pass(1, "a"), start(2, "b"), pass(2, "b"));
    state.reconcile([both[0]!, { stage: 2, name: "b", state: "failed" }]);
    expect(state.tests().map(({ outcome }) => outcome.kind)).toEqual(["passed", "errored"]);
  });

  it("lets tampering outweigh any other end", () => {
    const state = after(
      { kind: "import-failed", error: "boom", notStarted: false },
      { kind: "tampered", what: "Date" },
    );
    expect(state.end).toEqual({ kind: "tampered", why: "Date" });
  });
});
