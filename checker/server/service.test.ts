import { rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ServiceEvent } from "../../course/report.ts";
import { openProgress } from "../learner/progress.ts";
import { course, eventually, type FakeGrader, fakeGrader, put, resultOf, scratchRoot } from "../learner/testing.ts";
import type { GraderService } from "./api.ts";
import { createService } from "./service.ts";

const id = "rate-limiter/token-bucket";
let root = "";
const open: { close: () => Promise<void> }[] = [];
beforeEach(() => {
  root = scratchRoot();
});
afterEach(async () => {
  for (const service of open.splice(0)) await service.close();
  rmSync(root, { recursive: true, force: true });
});

function start(grader: FakeGrader) {
  const progress = openProgress(root);
  const now = () => new Date("2025-01-31T10:00:00.000Z");
  const service = createService({ root, course, progress, grader: async () => grader, now, pollMs: 10 });
  open.push(service);
  const events: ServiceEvent[] = [];
  service.subscribe((event) => events.push(event));
  return { service, events, progress };
}

async function standingOf(service: GraderService, wanted: string) {
  return (await service.state()).exercises.find(({ exercise }) => exercise.id === wanted);
}

describe("the service", () => {
  it("knows every exercise before anything was checked, and starts no check of a stub", async () => {
    const grader = fakeGrader((one) => resultOf(one, "passed"));
    const { service } = start(grader);
    const { exercises } = await service.state();
    expect(exercises.map(({ exercise }) => [exercise.id, exercise.status])).toEqual(
      course.catalog.map((entry) => [entry.id, "not-started"]),
    );
    expect(exercises[0]?.exercise.stages.map((stage) => stage.title)).toEqual(["Begin", "Go on"]);
    expect(grader.asked).toEqual([]);
  });

  it("checks on request, tells the listeners, and saves progress", async () => {
    const { service, events, progress } = start(fakeGrader((one) => resultOf(one, "passed")));
    expect((await service.check(id, true)).status).toBe("passed");
    expect(events.map((event) => event.kind)).toEqual(["checking", "result"]);
    expect(progress.read().exercises[id]).toMatchObject({ passedAt: "2025-01-31T10:00:00.000Z" });
    expect(await standingOf(service, id)).toMatchObject({
      exercise: { status: "passed" },
      checkedAt: "2025-01-31T10:00:00.000Z",
      measured: true,
      edited: false,
      passedOnce: true,
    });
  });

  it("checks a save by itself: says so, then the verdict on behaviors, then with what was measured", async () => {
    const grader = fakeGrader((one, { onProgress }) => {
      onProgress?.({ kind: "phase", id: one, phase: "measure" });
      onProgress?.({ kind: "judged", id: one, exercise: resultOf(one, "passed") });
      onProgress?.({ kind: "bench", id: one, name: "hot key", number: 1, of: 2 });
      return resultOf(one, "too-slow");
    });
    const { events, service } = start(grader);
    put(root, `exercises/${id}.ts`, "export const better = 1;\n");
    await eventually(() => events.filter((event) => event.kind === "result").length === 2, "two results");
    expect(events.map(({ kind }) => kind)).toEqual(["saved", "checking", "progress", "result", "progress", "result"]);
    expect(events.flatMap((event) => (event.kind === "result" ? event.standing : []))).toMatchObject([
      { exercise: { status: "passed" }, measured: false, passedOnce: false },
      { exercise: { status: "too-slow" }, measured: true, passedOnce: false },
    ]);
    expect(await standingOf(service, id)).toMatchObject({ exercise: { status: "too-slow" } });
  });

  it("tells who asks in the middle what goes on: the check, all that it said, and who waits", async () => {
    const grader = fakeGrader((one, { onProgress }) => {
      onProgress?.({ kind: "phase", id: one, phase: "conform" });
      return new Promise(() => {});
    });
    const { service } = start(grader);
    await service.ask(id, true);
    await service.ask("message-queue/log", true);
    await eventually(() => grader.asked.length === 1, "the first check");
    expect(await service.state()).toMatchObject({
      running: { id, events: [{ kind: "phase", phase: "conform" }] },
      waiting: ["message-queue/log"],
    });
    // The check never answers: closing must not wait for it.
    open.splice(0);
    void service.close();
  });

  it("calls a verdict old as soon as the file is another one", async () => {
    const { service } = start(fakeGrader((one) => resultOf(one, "passed")));
    await service.check(id, true);
    writeFileSync(`${root}/exercises/${id}.ts`, "another");
    expect(await standingOf(service, id)).toMatchObject({ exercise: { status: "passed" }, edited: true });
  });

  it("gives up the check of a file that is saved again, and grades the new one", async () => {
    let calls = 0;
    const grader = fakeGrader((one, { signal }) => {
      calls++;
      if (calls > 1) return resultOf(one, "failed");
      return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("aborted"))));
    });
    const { events } = start(grader);
    put(root, `exercises/${id}.ts`, "one");
    await eventually(() => calls === 1, "the first check");
    put(root, `exercises/${id}.ts`, "two");
    await eventually(() => events.some((event) => event.kind === "result"), "the second verdict");
    expect(events.map((event) => event.kind)).toEqual([
      ...["saved", "checking", "saved", "stopped"],
      ...["checking", "result"],
    ]);
  });

  it("runs one check at a time, and joins those who wait for the same", async () => {
    let running = 0;
    let most = 0;
    const grader = fakeGrader(async (one) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
      return resultOf(one, "passed");
    });
    const { service } = start(grader);
    await Promise.all([
      service.check("rate-limiter/fixed-window", true),
      service.check(id, true),
      service.check(id, true),
    ]);
    expect(most).toBe(1);
    expect(grader.asked.map((one) => one.id)).toEqual(["rate-limiter/fixed-window", id]);
  });

  it("lives on after the grader failed", async () => {
    let calls = 0;
    const { service, events } = start(
      fakeGrader((one) => {
        if (++calls === 1) throw new Error("no more processes");
        return resultOf(one, "passed");
      }),
    );
    await expect(service.check(id, true)).rejects.toThrow("no more processes");
    expect(events.at(-1)).toEqual({ kind: "stopped", id, why: "no more processes" });
    expect((await service.check(id, true)).status).toBe("passed");
  });

  it("rejects what the manifest does not have", async () => {
    const { service } = start(fakeGrader((one) => resultOf(one, "passed")));
    await expect(service.check("rate-limiter/nothing", true)).rejects.toThrow(
      'There is no exercise "rate-limiter/nothing".',
    );
    await expect(service.hint("rate-limiter/nothing")).rejects.toThrow("There is no exercise");
  });

  it("opens the rung that is asked for, once, and keeps those that are open", async () => {
    put(root, `checker/suites/${id}/hints.md`, "# Hints\n\n## 1. Ask (stage 1)\n\nWhat?\n\n## 2. Look\n\nThere.\n");
    const { service, progress } = start(fakeGrader((one) => resultOf(one, "passed")));
    expect(await service.hint(id)).toEqual({ opened: [], total: 2 });
    const first = { opened: [{ number: 1, title: "Ask", text: "What?" }], total: 2 };
    // A double click.
    expect(await Promise.all([service.hint(id, 1), service.hint(id, 1)])).toEqual([first, first]);
    expect(await service.hint(id, 3)).toEqual(first);
    expect(progress.read().exercises[id]).toEqual({ hints: 1 });
    expect((await service.hint(id, 2)).opened.map(({ number }) => number)).toEqual([1, 2]);
    expect((await service.hint(id)).opened).toHaveLength(2);
    expect(await service.hint("message-queue/log")).toEqual({ opened: [], total: 0 });
  });

  it("gives the reference after a pass, and not before", async () => {
    put(root, `solutions/${id}.ts`, "the reference");
    const { service } = start(fakeGrader((one) => resultOf(one, "passed")));
    await expect(service.reference(id)).rejects.toMatchObject({ name: "NotPassedYet" });
    await service.check(id, true);
    expect(await service.reference(id)).toBe("the reference");
  });

  it("shows what the last run knew of a file, and says when it has been edited since", async () => {
    const path = put(root, `exercises/${id}.ts`, "mine");
    const first = start(fakeGrader((one) => resultOf(one, "failed")));
    await first.service.check(id, false);
    await first.service.close();
    const grader = fakeGrader(() => new Promise(() => {}));
    const again = createService({
      root,
      course,
      progress: openProgress(root),
      grader: async () => grader,
      now: () => new Date(),
      pollMs: 10,
    });
    expect(await standingOf(again, id)).toMatchObject({
      exercise: { status: "failed", stages: [{ status: "passed" }, { status: "not-run" }] },
      checkedAt: "2025-01-31T10:00:00.000Z",
      measured: false,
      edited: false,
    });
    writeFileSync(path, "edited");
    expect(await standingOf(again, id)).toMatchObject({ exercise: { status: "failed" }, edited: true });
    // The check that runs never answers: closing must not wait for it.
    void again.close();
  });
});
