import { describe, expect, it } from "vitest";
import type { CheckEvent, ExerciseResult, ExerciseStanding, Status } from "../../../course/report.ts";
import { detached, fold, type GraderEvent, type GraderState, isOld, viewOf } from "./state.ts";

const id = "rate-limiter/token-bucket";
const result = (status: Status): ExerciseResult => {
  return { id, status, seed: 42, durationMs: 812, message: null, stages: [], benchmarks: [] };
};
const standing = (status: Status, measured = true): ExerciseStanding => {
  return { exercise: result(status), checkedAt: "2025-01-31T10:00:00Z", measured, edited: false, passedOnce: false };
};
const state = (status: Status): GraderEvent => ({
  kind: "state",
  state: { version: 2, exercises: [standing(status)], running: null, waiting: [] },
});
const progress = (event: CheckEvent): GraderEvent => ({ kind: "progress", id, event });
const test = (stage: number, status: "passed" | "failed"): GraderEvent =>
  progress({ kind: "test", id, stage, test: { name: `${stage}`, status, message: null } });
const measure = progress({ kind: "phase", id, phase: "measure" });

function after(...events: readonly GraderEvent[]): GraderState {
  return events.reduce(fold, detached);
}
const view = (...events: readonly GraderEvent[]) => viewOf(after(state("passed"), ...events), id);

describe("fold", () => {
  it("goes with a save over checking and measuring to the verdict, and calls the old one old meanwhile", () => {
    const saved: GraderEvent[] = [{ kind: "saved", id }];
    expect(view(...saved)).toMatchObject({ activity: { kind: "waiting", saved: true }, standing: { edited: true } });
    expect(isOld(view(...saved))).toBe(true);

    const checking: GraderEvent[] = [...saved, { kind: "checking", id }];
    expect(view(...checking).activity).toEqual({ kind: "checking", stage: 0, tests: [] });
    expect(view(...checking, test(1, "passed"), test(2, "failed")).activity).toMatchObject({ stage: 2 });
    expect(isOld(view(...checking, test(1, "passed")))).toBe(true);

    const measuring: GraderEvent[] = [
      ...checking,
      measure,
      { kind: "result", id, standing: standing("passed", false) },
    ];
    expect(view(...measuring)).toMatchObject({ activity: { kind: "measuring" }, standing: { measured: false } });
    expect(isOld(view(...measuring))).toBe(false);
    const bench = progress({ kind: "bench", id, name: "hot key", number: 2, of: 3 });
    expect(view(...measuring, bench).activity).toMatchObject({ bench: { name: "hot key", number: 2, of: 3 } });

    const done = view(...measuring, bench, { kind: "result", id, standing: standing("too-slow") });
    expect(done).toMatchObject({ activity: null, standing: { exercise: { status: "too-slow" } } });
    expect(isOld(done)).toBe(false);
  });

  it("stays with the newer save when the check of the older one says its last words", () => {
    const again: GraderEvent[] = [{ kind: "checking", id }, { kind: "saved", id }, test(1, "failed")];
    expect(view(...again).activity).toEqual({ kind: "waiting", saved: true });
    const stopped = view(...again, { kind: "stopped", id, why: "the file was saved again" });
    expect(stopped).toMatchObject({ activity: { kind: "waiting" }, stopped: null });
  });

  it("keeps why a check was given up until the next one begins", () => {
    const stopped: GraderEvent[] = [
      { kind: "checking", id },
      { kind: "stopped", id, why: "no more processes" },
    ];
    expect(view(...stopped)).toMatchObject({ activity: null, stopped: "no more processes" });
    expect(view(...stopped, { kind: "checking", id }).stopped).toBeNull();
  });

  it("knows in the middle of a check all that was said of it", () => {
    const events: CheckEvent[] = [
      { kind: "phase", id, phase: "judge" },
      { kind: "test", id, stage: 1, test: { name: "a", status: "passed", message: null } },
    ];
    const live = { version: 2, exercises: [standing("failed")], running: { id, events }, waiting: ["a/b"] } as const;
    const late = after({ kind: "state", state: live });
    expect(viewOf(late, id).activity).toMatchObject({ kind: "checking", stage: 1, tests: [{ stage: 1 }] });
    expect(viewOf(late, "a/b").activity).toEqual({ kind: "waiting", saved: false });
  });

  it.each<[string, GraderEvent]>([
    ["the line breaks", { kind: "link", connection: "lost" }],
    ["the grader's process ends", { kind: "grader", state: "ended", why: "SIGKILL" }],
  ])("does not go on saying that it checks when %s", (_, event) => {
    const lost = after(state("passed"), { kind: "checking", id }, event);
    expect(viewOf(lost, id).activity).toBeNull();
    expect(viewOf(lost, id).standing?.exercise.status).toBe("passed");
  });

  it("draws no status of a later version as anything", () => {
    const strange = { kind: "result", id, standing: standing("brilliant" as Status) } as const;
    expect(view(strange).standing?.exercise.status).toBe("passed");
    expect(fold(detached, { kind: "an event of a later version" } as unknown as GraderEvent)).toBe(detached);
  });
});
