import { rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Poll, pollFiles } from "../learner/poll.ts";
import { openProgress } from "../learner/progress.ts";
import { eventually, type FakeGrader, fakeGrader, put, resultOf, scratchRoot } from "../learner/testing.ts";
import { dispatch } from "./main.ts";
import { contextOf, type Recorded, recordingTerminal } from "./testing.ts";

const id = "rate-limiter/token-bucket";
const next = "message-queue/log";
let root = "";
let recorded: Recorded;
beforeEach(() => {
  root = scratchRoot();
  recorded = recordingTerminal();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const watch = (grader: FakeGrader, argv: readonly string[] = ["watch", id], signal = new AbortController().signal) =>
  dispatch(argv, contextOf(root, recorded, grader, { signal }));
const seen = (text: string) => eventually(() => recorded.out.includes(text), `"${text}" on the screen`);
const waiting = () => recorded.out.split("Waiting for a save").length - 1;

describe("bp watch", () => {
  it("grades at once, again on every save, and ends with q", async () => {
    const grader = fakeGrader((one) => resultOf(one, "failed"));
    const code = watch(grader);
    await eventually(() => waiting() === 1, "the first verdict");
    put(root, `exercises/${id}.ts`, "better");
    await eventually(() => waiting() === 2, "the second verdict");
    expect(grader.asked.map(({ options }) => options.bench)).toEqual([false, false]);
    recorded.type("q");
    expect(await code).toBe(1);
    expect(grader.closed).toBe(1);
  });

  it("measures after a pass, then asks before it moves on; yes moves on", async () => {
    const grader = fakeGrader((one) => resultOf(one, one === id ? "passed" : "failed"));
    const code = watch(grader);
    await seen(`Go on with ${next}?`);
    expect(grader.asked.map(({ options }) => options.bench)).toEqual([false, true]);
    expect(openProgress(root).read().exercises[id]?.passedAt).toBeDefined();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(grader.asked.every((one) => one.id === id)).toBe(true);
    recorded.type("y");
    await eventually(() => grader.asked.at(-1)?.id === next, "a check of the next exercise");
    await eventually(() => waiting() === 1, "its verdict");
    recorded.type("q");
    expect(await code).toBe(1);
  });

  it("stays where it is on Enter, and still follows saves", async () => {
    const grader = fakeGrader((one) => resultOf(one, "passed"));
    const code = watch(grader);
    await seen("Go on with");
    recorded.type("");
    await eventually(() => waiting() === 1, "the wait");
    put(root, `exercises/${id}.ts`, "another way");
    await eventually(() => grader.asked.length === 4, "behaviors and benchmarks again");
    await eventually(() => recorded.out.split("Go on with").length === 3, "the question again");
    recorded.type("q");
    expect(await code).toBe(0);
  });

  it("gives up the check of a file that was saved again", async () => {
    let aborted = 0;
    const grader = fakeGrader((one, { signal }) => {
      if (grader.asked.length > 1) return resultOf(one, "failed");
      return new Promise((_, reject) =>
        signal?.addEventListener("abort", () => {
          aborted++;
          reject(new Error("aborted"));
        }),
      );
    });
    const code = watch(grader);
    await eventually(() => grader.asked.length === 1, "the first check");
    put(root, `exercises/${id}.ts`, "newer");
    await eventually(() => waiting() === 1, "the verdict of the newer file");
    expect(aborted).toBe(1);
    recorded.type("q");
    await code;
  });

  it("gives hints, and checks again on Enter", async () => {
    put(root, `checker/suites/${id}/hints.md`, "## 1. Ask\n\nWhat?\n");
    const grader = fakeGrader((one) => resultOf(one, "failed"));
    const code = watch(grader);
    await eventually(() => waiting() === 1, "the first verdict");
    recorded.type("h");
    await seen("Hint 1 of 1: Ask");
    recorded.type("");
    await eventually(() => grader.asked.length === 2, "the second check");
    recorded.type("q");
    await code;
  });

  it("goes on when standard input has ended, until Ctrl-C", async () => {
    const stop = new AbortController();
    const grader = fakeGrader((one) => resultOf(one, "failed"));
    recorded.endInput();
    const code = watch(grader, ["check", id, "--watch"], stop.signal);
    await eventually(() => waiting() === 1, "the first verdict");
    put(root, `exercises/${id}.ts`, "better");
    await eventually(() => waiting() === 2, "the second verdict");
    stop.abort();
    expect(await code).toBe(130);
    expect(grader.closed).toBe(1);
  });

  it("closes the grader when the grader fails", async () => {
    const grader = fakeGrader(() => {
      throw new Error("broken grader");
    });
    expect(await watch(grader)).toBe(3);
    expect(grader.closed).toBe(1);
  });
});

describe("polling", () => {
  let poll: Poll | null = null;
  afterEach(() => poll?.stop());

  it("sees changes that file times do not show, deletions and returns, and no touch without a change", async () => {
    const path = join(root, "f");
    writeFileSync(path, "one");
    utimesSync(path, 1_000, 1_000);
    let changes = 0;
    poll = pollFiles(
      () => [path],
      () => changes++,
      3,
    );
    utimesSync(path, 2_000, 2_000);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(changes).toBe(0);
    // Same size, same time: what a coarse network clock makes of a quick save.
    writeFileSync(path, "two");
    utimesSync(path, 2_000, 2_000);
    await eventually(() => changes === 1, "the quick save");
    rmSync(path);
    await eventually(() => changes === 2, "the deletion");
    writeFileSync(path, "three");
    await eventually(() => changes === 3, "the return");
  });

  it("takes a save in two steps for one", async () => {
    const path = join(root, "f");
    writeFileSync(path, "one");
    let changes = 0;
    poll = pollFiles(
      () => [path],
      () => changes++,
      40,
    );
    writeFileSync(path, "");
    await new Promise((resolve) => setTimeout(resolve, 45));
    writeFileSync(path, "two");
    await eventually(() => changes > 0, "the save");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(changes).toBe(1);
  });
});
