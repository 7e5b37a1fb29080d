import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CheckDocument, ExerciseResult, Status } from "../../course/report.ts";
import type { Grader } from "../learner/grader.ts";
import { openProgress } from "../learner/progress.ts";
import { fakeGrader, put, resultOf, scratchRoot } from "../learner/testing.ts";
import type { Context } from "./context.ts";
import { dispatch } from "./main.ts";
import { contextOf, type Recorded, recordingTerminal } from "./testing.ts";

const id = "rate-limiter/token-bucket";
let root = "";
let recorded: Recorded;
beforeEach(() => {
  root = scratchRoot();
  recorded = recordingTerminal();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const verdicts = (statuses: Record<string, Status>): Grader =>
  fakeGrader((one) => resultOf(one, statuses[one] ?? "not-started"));
const passing = () => fakeGrader((one) => resultOf(one, "passed"));

function bp(argv: string, grader: Grader = passing(), change: Partial<Context> = {}): Promise<number> {
  return dispatch(argv === "" ? [] : argv.split(" "), contextOf(root, recorded, grader, change));
}

describe("check", () => {
  it("exits 0 for a pass, saves it, and says what to do next", async () => {
    expect(await bp(`check ${id}`)).toBe(0);
    expect(recorded.out).toContain(
      `  Compare with the reference: npx bp diff ${id}\n  Then: npx bp watch message-queue/log\n`,
    );
    expect(openProgress(root).read().exercises[id]).toMatchObject({
      passedAt: "2025-01-31T10:00:00.000Z",
      last: { status: "passed", measured: true },
    });
  });

  it.each<Status>([
    "failed",
    "too-slow",
    "not-started",
    "not-conforming",
    "timed-out",
    "out-of-memory",
    "crashed",
    "tampered",
    "no-tests",
    "inconclusive",
    "missing",
  ])("exits 1 for %s", async (status) => {
    expect(await bp(`check ${id}`, verdicts({ [id]: status }))).toBe(1);
    expect(recorded.out).toContain(status.replaceAll("-", " "));
    expect(openProgress(root).read().exercises[id]?.passedAt).toBeUndefined();
  });

  it("passes its options on", async () => {
    const grader = passing();
    put(root, "elsewhere/x", "");
    await bp(`check ${id} --from ${join(root, "elsewhere")} --stage 1 --seed 7`, grader);
    expect(grader.asked[0]?.options).toMatchObject({ from: join(root, "elsewhere"), stage: 1, seed: 7, bench: false });
    await bp(`check ${id}`, grader);
    expect(grader.asked[1]?.options).toMatchObject({ from: join(root, "exercises"), seed: 42, bench: true });
    expect(grader.asked[1]?.options).not.toHaveProperty("stage");
  });

  it("names a folder that tools cannot load from, and grades nothing", async () => {
    const folder = join(root, "else#where");
    const grader = passing();
    put(root, "else#where/x", "");
    expect(await bp(`check ${id} --from ${folder}`, grader)).toBe(2);
    expect(recorded.err).toContain(`path has "#":\n  ${folder}\nMove or rename the folder`);
    expect(grader.asked).toEqual([]);
  });

  it.each([`--from solutions`, "--stage 1", "--no-bench"])(
    "a pass with %s is not yet a pass in the progress file",
    async (flags) => {
      put(root, "solutions/x", "");
      expect(await bp(`check ${id} ${flags}`)).toBe(0);
      expect(openProgress(root).read().exercises[id]?.passedAt).toBeUndefined();
    },
  );

  it("without an id grades the exercise one is at: the last one worked on", async () => {
    put(root, `exercises/${id}.ts`, "export const mine = 1;");
    const grader = verdicts({ [id]: "failed" });
    expect(await bp("check", grader)).toBe(1);
    expect(recorded.err).toBe(`You are at ${id}.\n`);
  });

  it("--json prints one document on stdout and nothing else, whatever happens", async () => {
    const grader = fakeGrader((one) => {
      if (one === id) throw new Error("broken grader");
      return resultOf(one, "failed");
    });
    expect(await bp("check --all --json", grader)).toBe(3);
    const document = JSON.parse(recorded.out) as CheckDocument;
    expect(document.version).toBe(1);
    expect(document.exercises.map((one) => [one.id, one.status])).toEqual([
      ["rate-limiter/fixed-window", "failed"],
      [id, "inconclusive"],
      ["message-queue/log", "failed"],
    ]);
    expect(recorded.err).toContain(`The grader itself failed on ${id}`);
  });

  it("--all goes on after a grader's failure, prints a line each, and exits 3", async () => {
    const grader = fakeGrader((one) => {
      if (one === "rate-limiter/fixed-window") throw new Error("broken grader");
      return resultOf(one, "passed");
    });
    expect(await bp("check --all", grader)).toBe(3);
    expect(recorded.out).toMatch(/^\? rate-limiter\/fixed-window .*inconclusive/m);
    expect(recorded.out).toMatch(/^✓ message-queue\/log .*passed/m);
    expect(recorded.out).toContain("2 of 3 passed · 1 inconclusive");
  });

  it("--all runs behaviors side by side, and measures one at a time when all else is done", async () => {
    let running = 0;
    let most = 0;
    let mostMeasuring = 0;
    const grader = fakeGrader(async (one, { bench }) => {
      running++;
      if (bench) mostMeasuring = Math.max(mostMeasuring, running);
      else most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running--;
      return resultOf(one, one === id ? "failed" : "passed");
    });
    expect(await bp("check --all", grader)).toBe(1);
    expect(mostMeasuring).toBe(1);
    const { availableParallelism } = await import("node:os");
    expect(most).toBe(Math.min(3, availableParallelism()));
    expect(grader.asked.filter(({ options }) => options.bench).map((one) => one.id)).toEqual([
      "rate-limiter/fixed-window",
      "message-queue/log",
    ]);
  });

  it("--junit writes the file as well, also where --json talks", async () => {
    const file = join(root, "out", "junit.xml");
    expect(await bp(`check ${id} --json --junit ${file}`, verdicts({ [id]: "failed" }))).toBe(1);
    expect(JSON.parse(recorded.out).version).toBe(1);
    expect(readFileSync(file, "utf8")).toContain('<testsuite name="rate-limiter/token-bucket"');
  });

  it("keeps the drawing of the first failure until it no longer fails", async () => {
    const drawn = join(root, ".backpressure", "failures", `${id}.mmd`);
    const mermaid = "sequenceDiagram\n  A->>B: write";
    const failing = (): ExerciseResult => {
      const meta = { mermaid, expected: "", got: "", steps: [], invariant: { system: "s", id: "i", text: "t" } };
      const test = { name: "survives a cut", status: "failed" as const, message: "text", failure: meta };
      return resultOf(id, "failed", { stages: [{ title: "Begin", status: "failed", tests: [test] }] });
    };
    await bp(`check ${id}`, fakeGrader(failing));
    expect(readFileSync(drawn, "utf8")).toBe(`%% ${id}, seed 42: survives a cut\n${mermaid}\n`);
    expect(recorded.out).toContain(`.backpressure/failures/${id}.mmd`);
    await bp(`check ${id}`);
    expect(existsSync(drawn)).toBe(false);
  });

  it("stands by the verdict when progress cannot be saved, and says why", async () => {
    const progress = openProgress(root);
    const full: Context["progress"] = {
      ...progress,
      update: () => {
        throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC", path: "/x/progress.json" });
      },
    };
    expect(await bp(`check ${id}`, passing(), { progress: full })).toBe(0);
    expect(recorded.out).toContain("✓ passed");
    expect(recorded.err.replaceAll("\n", " ")).toContain(
      "progress could not be saved. The disk is full (/x/progress.json).",
    );
  });

  it("says once that the progress file was broken, and where it is now", async () => {
    put(root, ".backpressure/progress.json", '{ "version": 1, "exer');
    expect(await bp(`check ${id}`)).toBe(0);
    expect(recorded.err).toContain(".backpressure/progress.json.broken");
    expect(openProgress(root).read().exercises[id]?.passedAt).toBeDefined();
  });

  it("ends with 130 when it is interrupted, and records nothing", async () => {
    const stop = new AbortController();
    const grader = fakeGrader(
      (_, { signal }) =>
        new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(new Error("aborted")))),
    );
    const code = bp("check --all", grader, { signal: stop.signal });
    await new Promise((resolve) => setTimeout(resolve, 10));
    stop.abort();
    expect(await code).toBe(130);
    expect(openProgress(root).read().exercises).toEqual({});
  });

  it("explains a disk that is full or read-only, without a stack", async () => {
    const readOnly: Context["progress"] = {
      ...openProgress(root),
      read: () => {
        throw Object.assign(new Error("EROFS"), { code: "EROFS", path: "/x" });
      },
    };
    expect(await bp("list", passing(), { progress: readOnly })).toBe(3);
    expect(recorded.err).toContain("cannot be written (/x)");
    expect(recorded.err).not.toContain("    at ");
  });

  it("on a terminal draws live lines and leaves none behind", async () => {
    recorded = recordingTerminal({ live: true });
    expect(await bp("check --all", verdicts({ [id]: "failed" }))).toBe(1);
    expect(recorded.out).toContain("reading the file");
    const screen = replayScreen(recorded.out);
    expect(screen).not.toContain("reading the file");
    expect(screen).toContain("✗ rate-limiter/token-bucket");
  });
});

/** What a terminal shows after these bytes: just enough for cursor-up and clear-below. */
function replayScreen(bytes: string): string {
  let lines: string[] = [""];
  const eraser = /<ESC>\[(\d+)A\r<ESC>\[J/;
  for (const part of bytes.replaceAll("\u001b", "<ESC>").split(/(<ESC>\[\d+A\r<ESC>\[J)/)) {
    const up = eraser.exec(part);
    if (up === null) {
      const [first = "", ...rest] = part.split("\n");
      lines[lines.length - 1] += first;
      lines.push(...rest);
    } else lines = [...lines.slice(0, lines.length - 1 - Number(up[1])), ""];
  }
  return lines.join("\n");
}
