/** The real thing on real learner files: every way in which a file can go wrong, and what the judge calls it. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CheckEvent, ExerciseResult } from "../../course/report.ts";
import { checkExercise, createWarmChecker, GraderFault, type Internals, type WarmChecker } from "../check.ts";
import { brokenEntry, counterEntry, fixtureRoot, halfTestedEntry, untestedEntry } from "./fixtures/entry.ts";
import { type Learner, learners, tally } from "./fixtures/learners.ts";
import type { Limits } from "./limits.ts";

const rooms = { root: fixtureRoot };
/** Short, so that a loop without end costs a second; a heap gets longer, because it needs time to fill. */
const SHORT: Partial<Limits> = {
  silenceCpuMs: 1_000,
  clockFactor: 4,
  heapMb: 128,
  residentMb: 500,
  outputBytes: 2_000,
};
const TEST_TIMEOUT_MS = 120_000;
/** As many as there are cores in CI: the rest would only wait. */
const SIDE_BY_SIDE = 2;

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "judge-test-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Writes a learner's tree and returns the folder for `from`. */
let written = 0;
function write(source: string, name = "counter"): string {
  const from = join(home, String(written++), "exercises");
  mkdirSync(join(from, "tally"), { recursive: true });
  writeFileSync(join(from, "tally", `${name}.ts`), source);
  return from;
}

const options = (from: string) => ({ from, seed: 42, bench: false });

/** Everything a learner is told. */
const told = ({ message, stages }: ExerciseResult) =>
  [message, ...stages.flatMap((stage) => stage.tests.map((test) => `${test.name}\n${test.message}`))].join("\n");

/** A few warm checkers for many files; a file with limits of its own gets a checker of its own. */
class CheckerPool {
  readonly #internals: Internals;
  readonly #free: WarmChecker[] = [];
  readonly #waiting: ((checker: WarmChecker) => void)[] = [];

  constructor(conformance: boolean) {
    this.#internals = { rooms, limits: SHORT, conformance };
    for (let i = 0; i < SIDE_BY_SIDE; i++) this.#free.push(createWarmChecker(this.#internals));
  }

  async check({ limits }: Learner, from: string): Promise<ExerciseResult> {
    const checker = this.#free.pop() ?? (await new Promise<WarmChecker>((resolve) => this.#waiting.push(resolve)));
    try {
      if (limits === undefined) return await checker.check(counterEntry, options(from));
      const internals = { ...this.#internals, limits: { ...SHORT, ...limits } };
      return await checkExercise(counterEntry, options(from), internals);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(checker);
      else next(checker);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#free.map((checker) => checker.close()));
  }
}

for (const conformance of [true, false]) {
  const layer = conformance ? "a whole check" : "the run alone, with conformance switched off";
  const chosen = learners.filter(({ unguarded }) => conformance || unguarded !== undefined);

  describe(`${layer} calls by its name`, () => {
    const pool = new CheckerPool(conformance);
    afterAll(() => pool.close());

    it.concurrent.each(chosen)("$name", { timeout: TEST_TIMEOUT_MS }, async (learner) => {
      const from = write(learner.source);
      const result = await pool.check(learner, from);
      expect(result.status, told(result)).toBe(conformance ? learner.verdict : learner.unguarded);
      const says = conformance ? learner.says : learner.unguardedSays;
      if (says !== undefined) expect(told(result)).toMatch(says);
      // Whatever happened, the learner's file is as it was.
      expect(readFileSync(join(from, "tally/counter.ts"), "utf8")).toBe(learner.source);
    });
  });
}

describe("a check", () => {
  it("runs the reference itself, and keeps to the stages asked for", { timeout: TEST_TIMEOUT_MS }, async () => {
    const checker = createWarmChecker({ rooms });
    const events: CheckEvent[] = [];
    try {
      const from = join(fixtureRoot, "solutions");
      const whole = await checker.check(counterEntry, { ...options(from), onProgress: (event) => events.push(event) });
      expect(whole.status, told(whole)).toBe("passed");
      expect(whole.stages.map((stage) => stage.tests.length)).toEqual([3, 3]);
      expect(events.filter(({ kind }) => kind === "phase")).toHaveLength(2);
      expect(events.filter(({ kind }) => kind === "test")).toHaveLength(6);

      const first = await checker.check(counterEntry, { ...options(from), stage: 1 });
      expect(first.status).toBe("passed");
      expect(first.stages.map((stage) => stage.tests.length)).toEqual([3]);
    } finally {
      await checker.close();
    }
  });

  it("sees the file as it is now, not as it was before", { timeout: TEST_TIMEOUT_MS }, async () => {
    const checker = createWarmChecker({ rooms });
    const from = write(tally());
    const path = join(from, "tally/counter.ts");
    const statuses: string[] = [];
    try {
      for (const source of [tally(), tally({ sum: "return values.length - 1;" }), "", tally()]) {
        writeFileSync(path, source);
        statuses.push((await checker.check(counterEntry, options(from))).status);
      }
    } finally {
      await checker.close();
    }
    expect(statuses).toEqual(["passed", "failed", "not-conforming", "passed"]);
  });

  it("is not disturbed by another check at the same time", { timeout: TEST_TIMEOUT_MS }, async () => {
    const right = options(write(tally()));
    const wrong = options(write(tally({ sum: "return 0;" })));
    const endless = options(write(tally({ add: "for (;;) {}" })));
    const check = (given: typeof right) => checkExercise(counterEntry, given, { rooms, limits: SHORT });
    const results = await Promise.all([check(right), check(endless), check(wrong)]);
    expect(results.map(({ status }) => status)).toEqual(["passed", "timed-out", "failed"]);
  });

  it("measures after a pass, and only then", { timeout: TEST_TIMEOUT_MS }, async () => {
    const twice = tally({
      sum:
        "return values.reduce((total, value) => total + value, 0) + 0 * values.reduce((total, value) => " +
        "total + value, 0);",
    });
    let events: CheckEvent[] = [];
    const check = (source: string) => {
      events = [];
      const onProgress = (event: CheckEvent) => events.push(event);
      return checkExercise(counterEntry, { ...options(write(source)), bench: true, onProgress }, { rooms });
    };
    const slow = await check(twice);
    expect(slow.status, told(slow)).toBe("too-slow");
    // In this order: it measures, every behavior held, and which benchmark it is at.
    expect(events.filter(({ kind }) => kind !== "test" && kind !== "waiting").slice(-3)).toMatchObject([
      { kind: "phase", phase: "measure" },
      { kind: "judged", exercise: { status: "passed", benchmarks: [] } },
      { kind: "bench", name: "reads while summing", number: 1, of: 1 },
    ]);
    expect(slow.benchmarks).toMatchObject([{ name: "reads while summing", status: "too-slow", learner: 2_000 }]);
    const wrong = await check(tally({ sum: "return 0;" }));
    expect(wrong.benchmarks).toEqual([]);
    expect(events.some(({ kind }) => kind === "judged")).toBe(false);
  });

  it("keeps what the learner printed, up to a limit", { timeout: TEST_TIMEOUT_MS }, async () => {
    const source = tally({ top: 'console.log("hello"); console.error("x".repeat(5_000));' });
    const { status, output } = await checkExercise(counterEntry, options(write(source)), { rooms, limits: SHORT });
    expect(status).toBe("passed");
    expect(output?.text.startsWith("hello\nxxx")).toBe(true);
    expect(output?.text).toHaveLength(SHORT.outputBytes!);
    expect(output?.truncated).toBe(true);
  });

  it("calls a file that is not there missing, and names the closest one", async () => {
    const result = await checkExercise(counterEntry, options(write(tally(), "conter")), { rooms });
    expect(result.status).toBe("missing");
    expect(result.message).toContain("exercises/tally/conter.ts");
  });

  it("does not follow a link out of the tree", async () => {
    const from = join(home, "linked", "exercises");
    mkdirSync(join(from, "tally"), { recursive: true });
    symlinkSync(join(fixtureRoot, "solutions/tally/counter.ts"), join(from, "tally/counter.ts"));
    const result = await checkExercise(counterEntry, options(from), { rooms });
    expect(result.status).toBe("not-conforming");
    expect(result.message).toContain("link");
  });

  it.each([untestedEntry, halfTestedEntry])(
    "has no verdict for $id, whose suite lacks tests",
    { timeout: TEST_TIMEOUT_MS },
    async (entry) => {
      const from = write(tally(), entry.exercise.slug);
      expect((await checkExercise(entry, options(from), { rooms })).status).toBe("no-tests");
    },
  );

  it("blames the grader when the suite itself is broken", { timeout: TEST_TIMEOUT_MS }, async () => {
    const from = write(tally(), "broken");
    await expect(checkExercise(brokenEntry, options(from), { rooms })).rejects.toThrow(GraderFault);
  });

  it("stops when it is told to", { timeout: TEST_TIMEOUT_MS }, async () => {
    const abort = new AbortController();
    const given = {
      ...options(write(tally({ add: "for (;;) {}" }))),
      signal: abort.signal,
      onProgress: (event: CheckEvent) => {
        if (event.kind === "test") abort.abort(new Error("enough"));
      },
    };
    await expect(checkExercise(counterEntry, given, { rooms })).rejects.toThrow("enough");
  });
});
