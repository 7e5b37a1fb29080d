import type { ExploredSpace } from "../../course/report.ts";
import type { RecordedFact } from "../kit/recorder.ts";
import { isRefusedAccess } from "./confinement.ts";
import type { During, JudgedTest, JudgeEnd } from "./facts.ts";
import type { ReportedTest } from "./protocol.ts";

/** What the flight recorder has told so far: which tests there are, how they ended, and what is running now. */
export class RunState {
  readonly #tests = new Map<string, JudgedTest>();
  #during: During = { kind: "other" };
  /** Processor time that what is running now may take. */
  budgetMs: number;
  /** The first fact that ends the run, whatever else happens. */
  end: Exclude<JudgeEnd, { kind: "finished" }> | null = null;
  /** True once the suite has shown a sign of life. */
  hasStarted = false;
  /** True once the file under test was touched: from then on a failure is the learner's. */
  hasImported = false;
  readonly #silenceMs: number;

  constructor(silenceMs: number) {
    this.#silenceMs = silenceMs;
    this.budgetMs = silenceMs;
  }

  get during(): During {
    return this.#during;
  }

  /** @returns the test that this fact settled, if it settled one. */
  apply(fact: RecordedFact): JudgedTest | null {
    this.hasStarted = true;
    switch (fact.kind) {
      case "hello":
        return null;
      case "importing":
        this.hasImported = true;
        this.#enter({ kind: "import" }, this.#silenceMs);
        return null;
      case "imported":
        this.#enter({ kind: "other" }, this.#silenceMs);
        return null;
      case "import-failed":
        this.end ??= fact.notStarted
          ? { kind: "not-started", why: fact.error }
          : (refused(fact.error) ?? { kind: "crashed", during: { kind: "import" }, why: fact.error });
        return null;
      case "registered":
        this.#register(fact.stage, fact.test);
        return null;
      case "start":
        this.#enter({ kind: "test", stage: fact.stage, name: fact.test }, fact.budgetMs);
        return null;
      case "explored":
        this.#addSpace(fact.space);
        return null;
      case "pass":
        return this.#settle(fact, { kind: "passed" }, fact.ms);
      case "fail":
        this.end ??= refused(fact.failure.got);
        return this.#settle(fact, { kind: "failed", failure: fact.failure }, fact.ms);
      case "not-started":
        return this.#settle(fact, { kind: "not-started", where: fact.where }, null);
      case "timeout":
        return this.#settle(fact, { kind: "timed-out", budgetMs: fact.budgetMs }, fact.budgetMs);
      case "tampered":
        this.end = { kind: "tampered", why: fact.what };
        return null;
    }
  }

  /** The tests as they stand; what is running counts as interrupted. */
  tests(): JudgedTest[] {
    const running = this.#during;
    return [...this.#tests.values()].map((test) =>
      running.kind === "test" && key(running) === key(test) && test.outcome.kind === "not-run"
        ? { ...test, outcome: { kind: "interrupted" } }
        : test,
    );
  }

  /** Vitest's own view must agree with the record, test by test. Disagreement is never settled in favor of green. */
  reconcile(reported: readonly ReportedTest[]): void {
    const seen = new Set<string>();
    for (const { stage, name, state } of reported) {
      const test = this.#tests.get(key({ stage, name }));
      if (test === undefined || seen.has(key(test))) {
        this.end ??= { kind: "tampered", why: `"${name}" ran, but the suite never registered it once` };
        continue;
      }
      seen.add(key(test));
      const isPassed = test.outcome.kind === "passed";
      if (state === "passed" && !isPassed) {
        this.end ??= { kind: "tampered", why: `"${name}" was reported as passed, but the suite did not attest it` };
      } else if (state !== "passed" && isPassed) {
        this.#tests.set(key(test), { ...test, outcome: { kind: "errored", why: "it failed after its last check" } });
      }
    }
    for (const test of this.#tests.values()) {
      if (!seen.has(key(test)))
        this.end ??= { kind: "tampered", why: `"${test.name}" was registered, but it is not among those that ran` };
    }
  }

  #register(stage: number, name: string): void {
    if (this.#tests.has(key({ stage, name })))
      this.end ??= { kind: "tampered", why: `"${name}" was registered twice in stage ${stage}` };
    this.#tests.set(key({ stage, name }), { stage, name, outcome: { kind: "not-run" }, durationMs: null });
  }

  #addSpace(space: ExploredSpace): void {
    const running = this.#during;
    const test = running.kind === "test" ? this.#tests.get(key(running)) : undefined;
    if (test === undefined)
      this.end ??= { kind: "tampered", why: `"${space.what}" was explored while no test was running` };
    else this.#tests.set(key(test), { ...test, explored: [...(test.explored ?? []), space] });
  }

  #settle(fact: { stage: number; test: string }, outcome: JudgedTest["outcome"], durationMs: number | null) {
    const id = key({ stage: fact.stage, name: fact.test });
    const known = this.#tests.get(id);
    const running = this.#during;
    if (known?.outcome.kind !== "not-run" || running.kind !== "test" || key(running) !== id) {
      this.end ??= { kind: "tampered", why: `a result for "${fact.test}" came while it was not running` };
      return null;
    }
    const test: JudgedTest = { ...known, outcome, durationMs };
    this.#tests.set(id, test);
    this.#enter({ kind: "other" }, this.#silenceMs);
    return test;
  }

  #enter(during: During, budgetMs: number): void {
    this.#during = during;
    this.budgetMs = budgetMs;
  }
}

/** The process is confined: what it was refused, it should not have asked for. */
function refused(error: string): { kind: "tampered"; why: string } | null {
  return isRefusedAccess(error)
    ? { kind: "tampered", why: `the file reached for what it may not have: ${error}` }
    : null;
}

function key({ stage, name }: { readonly stage: number; readonly name: string }): string {
  return `${stage}\0${name}`;
}
