import { rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ServiceEvent } from "../../course/report.ts";
import { openProgress } from "../learner/progress.ts";
import { course, eventually, type FakeGrader, fakeGrader, put, resultOf, scratchRoot } from "../learner/testing.ts";
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

describe("the service", () => {
  it("knows every exercise before anything was checked, and starts no check of a stub", async () => {
    const grader = fakeGrader((one) => resultOf(one, "passed"));
    const { service } = start(grader);
    const { exercises } = await service.state();
    expect(exercises.map((one) => [one.id, one.status])).toEqual(
      course.catalog.map((entry) => [entry.id, "not-started"]),
    );
    expect(exercises[0]?.stages.map((stage) => stage.title)).toEqual(["Begin", "Go on"]);
    expect(grader.asked).toEqual([]);
  });

  it("checks on request, tells the listeners, and saves progress", async () => {
    const { service, events, progress } = start(fakeGrader((one) => resultOf(one, "passed")));
    expect((await service.check(id, true)).status).toBe("passed");
    expect(events.map((event) => event.kind)).toEqual(["checking", "result"]);
    expect(progress.read().exercises[id]).toMatchObject({ passedAt: "2025-01-31T10:00:00.000Z" });
    expect((await service.state()).exercises.find((one) => one.id === id)?.status).toBe("passed");
  });

  it("checks a save by itself: behaviors first, and measures what passes", async () => {
    const grader = fakeGrader((one) => resultOf(one, "passed"));
    const { events } = start(grader);
    put(root, `exercises/${id}.ts`, "export const better = 1;\n");
    await eventually(() => events.filter((event) => event.kind === "result").length === 2, "two results");
    expect(grader.asked.map(({ options }) => options.bench)).toEqual([false, true]);
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
    expect(events.map((event) => event.kind)).toEqual(["checking", "stopped", "checking", "result"]);
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

  it("remembers the next rung of the ladder", async () => {
    put(root, `checker/suites/${id}/hints.md`, "# Hints\n\n## 1. Ask (stage 1)\n\nWhat?\n\n## 2. Look\n\nThere.\n");
    const { service, progress } = start(fakeGrader((one) => resultOf(one, "passed")));
    expect(await service.hint(id)).toEqual({
      hint: "Hint 1 of 2: Ask (stage 1)\n\nWhat?",
      number: 1,
      total: 2,
      title: "Ask",
    });
    expect((await service.hint(id)).number).toBe(2);
    expect(progress.read().exercises[id]).toEqual({ hints: 2 });
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
    const of = async () => (await again.state()).exercises.find((one) => one.id === id);
    expect(await of()).toMatchObject({
      status: "failed",
      message: null,
      stages: [{ status: "passed" }, { status: "not-run" }],
    });
    writeFileSync(path, "edited");
    expect(await of()).toMatchObject({ message: "Edited since this verdict." });
    // The check that runs never answers: closing must not wait for it.
    void again.close();
  });
});
