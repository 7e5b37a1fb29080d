import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openProgress } from "../progress/store.ts";
import type { CheckDocument, ExerciseResult, Status } from "../result.ts";
import { COMMAND_NAMES, loadCommand } from "./commands/index.ts";
import type { Context, Grader } from "./context.ts";
import { dispatch } from "./main.ts";
import {
  contextOf,
  course,
  fakeGrader,
  put,
  type Recorded,
  recordingTerminal,
  resultOf,
  scratchRoot,
} from "./testing.ts";
import { visibleWidth } from "./text.ts";

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

describe("usage", () => {
  it.each([
    ["chekc", 'There is no command "chekc". Did you mean `check`?'],
    [id, `"${id}" is an exercise, not a command. Did you mean \`npx bp check ${id}\`?`],
    ["check rate-limiter/token-buckt", "Did you mean `rate-limiter/token-bucket`?"],
    ["check nothing-like-it", "`npx bp list` shows all of them."],
    ["check news-feed", '"news-feed" has no exercises yet.'],
    ["check --frm x", "Unknown option '--frm'."],
    ["check --stage", "Option '--stage <value>' argument missing."],
    ["check --stage 0", '--stage takes a whole number of at least 1, not "0".'],
    [`check ${id} --stage 3`, "there is no stage 3"],
    ["check --seed 1.5", '--seed takes a whole number of at least 0, not "1.5".'],
    ["check --seed -1", "Option '--seed' argument is ambiguous"],
    ["check --all rate-limiter", "Give ids or --all, not both."],
    ["check --all --watch", "--watch follows one exercise."],
    [`check ${id} --watch --json`, "--watch goes on for ever"],
    [`check ${id} --from nowhere`, 'There is no folder "nowhere".'],
    ["hint", "`bp hint` needs <id>."],
    ["hint rate-limiter", '"rate-limiter" has 2 exercises. Name one of them:'],
    [`hint ${id} again`, '"again" is one argument too many.'],
    ["interview rate-limitr", "Did you mean `rate-limiter`?"],
    ["--all", '"--all" belongs behind a command.'],
    ["help chekc", "Did you mean `check`?"],
  ])("bp %s: exit 2 and a way on", async (argv, message) => {
    const grader = passing();
    expect(await bp(argv, grader)).toBe(2);
    expect(recorded.err.replaceAll("\n", " ")).toContain(message);
    expect(recorded.out).toBe("");
    expect(grader.asked).toEqual([]);
  });

  it("a wrong flag shows the usage of that command", async () => {
    await bp("hint x --hurry");
    expect(recorded.err).toContain("Usage: npx bp hint <id> [options]");
  });

  it.each(COMMAND_NAMES)("bp %s --help explains itself within 80 columns", async (name) => {
    expect(await bp(`${name} --help`)).toBe(0);
    const command = await loadCommand(name);
    expect(recorded.out).toContain("Usage: npx bp");
    for (const option of Object.keys(command.options)) expect(recorded.out).toContain(`--${option}`);
    expect(recorded.out.split("\n").every((line) => visibleWidth(line) <= 80)).toBe(true);
  });

  it("bp help names every command", async () => {
    expect(await bp("help")).toBe(0);
    for (const name of COMMAND_NAMES.filter((one) => one !== "status"))
      expect(recorded.out).toMatch(new RegExp(`^  ${name}\\b`, "m"));
    expect(recorded.out.split("\n").every((line) => visibleWidth(line) <= 80)).toBe(true);
  });

  it("takes a path for an id", async () => {
    const grader = passing();
    expect(await bp(`check ./exercises/${id}.ts token-bucket`, grader)).toBe(0);
    expect(grader.asked.map((one) => one.id)).toEqual([id]);
  });
});

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

  it("--all runs behaviours side by side, and measures one at a time when all else is done", async () => {
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

describe("status and list", () => {
  it("say where one stands, and never write", async () => {
    expect(await bp("")).toBe(0);
    expect(recorded.out).toContain("0 of 3 exercises passed");
    expect(recorded.out).toContain("npx bp watch rate-limiter/fixed-window");
    expect(await bp("list")).toBe(0);
    expect(recorded.out).toMatch(/· rate-limiter\/fixed-window .*30 min {2}senior {2}not started/);
    expect(recorded.out).toContain("Planned: News feed");
    expect(existsSync(join(root, ".backpressure"))).toBe(false);
  });

  it("tell a pass from an edit since, a failure by its stage, and a missing file", async () => {
    put(root, `exercises/${id}.ts`, "mine");
    put(root, "exercises/message-queue/log.ts", "mine too");
    await bp(`check ${id}`);
    await bp("check message-queue/log", verdicts({ "message-queue/log": "failed" }));
    put(root, `exercises/${id}.ts`, "mine, better");
    rmSync(join(root, "exercises/rate-limiter/fixed-window.ts"));
    recorded.out = "";
    await bp("list");
    expect(recorded.out).toMatch(/✓ rate-limiter\/token-bucket .*passed, edited since/);
    expect(recorded.out).toMatch(/✗ message-queue\/log .*failed at stage 2 of 2/);
    expect(recorded.out).toMatch(/✗ rate-limiter\/fixed-window .*missing/);
    recorded.out = "";
    await bp("");
    expect(recorded.out).toContain("message-queue/log");
    expect(recorded.out).toContain("First to mend: holds the bound.");
  });
});

describe("hint", () => {
  const ladder =
    "# Hints\n\n## 1. Ask (stage 1)\n\nWhat is asked?\n\n## 2. Look\n\nLook there.\n\n## 3. Shape (stage 2)\n\nOne number.\n";
  beforeEach(() => void put(root, `checker/suites/${id}.hints.md`, ladder));

  it("climbs, remembers, and ends with the way to the reference", async () => {
    for (const title of ["Hint 1 of 3: Ask (stage 1)", "Hint 2 of 3: Look", "Hint 3 of 3: Shape"]) {
      recorded.out = "";
      expect(await bp(`hint ${id}`)).toBe(0);
      expect(recorded.out).toContain(title);
    }
    recorded.out = "";
    await bp(`hint ${id}`);
    expect(recorded.out).toContain("Hint 3 of 3");
    expect(recorded.out).toContain(`npx bp solution ${id} --reveal`);
    expect(openProgress(root).read().exercises[id]).toEqual({ hints: 3 });
  });

  it("--again repeats what was seen and no more", async () => {
    expect(await bp(`hint ${id} --again`)).toBe(2);
    await bp(`hint ${id}`);
    recorded.out = "";
    await bp(`hint ${id} --again`);
    expect(recorded.out).toContain("Hint 1 of 3");
    expect(recorded.out).not.toContain("Hint 2 of 3");
  });

  it("--all asks first", async () => {
    expect(await bp(`hint ${id} --all`)).toBe(2);
    recorded = recordingTerminal({ canAsk: true });
    recorded.type("n");
    expect(await bp(`hint ${id} --all`)).toBe(0);
    expect(recorded.out).toContain("Show 3 more");
    expect(recorded.out).not.toContain("Hint 1");
    recorded = recordingTerminal({ canAsk: true });
    recorded.type("y");
    await bp(`hint ${id} --all`);
    expect(recorded.out).toContain("Hint 3 of 3");
  });

  it("says so where there is no ladder, and names the line of a broken one", async () => {
    expect(await bp("hint message-queue/log")).toBe(3);
    expect(recorded.err).toContain("There are no hints for message-queue/log yet.");
    put(root, "checker/suites/message-queue/log.hints.md", "## 1. One\n\ntext\n\n## 3. Three\n\ntext\n");
    expect(await bp("hint message-queue/log")).toBe(3);
    expect(recorded.err).toContain('log.hints.md:5: expected "## 2. <title> (stage <n>)"');
  });
});

describe("solution and diff", () => {
  beforeEach(() => void put(root, `solutions/${id}.ts`, "export const reference = 1;\n"));

  it("wait for a pass, or for --reveal, which is remembered", async () => {
    expect(await bp(`solution ${id}`)).toBe(2);
    expect(recorded.err).toContain("--reveal");
    expect(recorded.out).toBe("");
    expect(await bp(`solution ${id} --reveal`)).toBe(0);
    expect(recorded.out).toBe("export const reference = 1;\n");
    expect(openProgress(root).read().exercises[id]).toEqual({ revealedAt: "2025-01-31T10:00:00.000Z" });
    expect(await bp(`diff ${id}`)).toBe(0);
  });

  it("compare after a pass", async () => {
    await bp(`check ${id}`);
    put(root, `exercises/${id}.ts`, "export const mine = 1;\n");
    recorded.out = "";
    expect(await bp(`diff ${id}`)).toBe(0);
    expect(recorded.out).toContain(`--- exercises/${id}.ts`);
    expect(recorded.out).toContain("-export const mine = 1;\n+export const reference = 1;");
    put(root, `exercises/${id}.ts`, "export const reference = 1;\n");
    recorded.out = "";
    await bp(`diff ${id}`);
    expect(recorded.out).toContain("the same, byte for byte");
  });
});

describe("reset", () => {
  // The generator formats with the repository's own biome, so this one works on the real tree's solution in a copy.
  const realId = "rate-limiter/token-bucket";
  beforeEach(() => {
    put(
      root,
      `solutions/${realId}.ts`,
      "/** A bucket. */\nexport class TokenBucket {\n  take(n: number): boolean {\n    return n > 0;\n  }\n}\n",
    );
  });

  it("puts the stub back and keeps what was there, with the way back", async () => {
    const path = put(root, `exercises/${realId}.ts`, "export const hours = 'of work';\n");
    expect(await bp(`reset ${realId}`)).toBe(0);
    expect(readFileSync(path, "utf8")).toContain("NotStarted");
    const kept = `.backpressure/backups/${realId}.2025-01-31T10-00-00Z.ts`;
    expect(recorded.out).toContain(`cp ${kept} exercises/${realId}.ts`);
    expect(readFileSync(join(root, kept), "utf8")).toBe("export const hours = 'of work';\n");
  });

  it("changes nothing where the stub is there already, and shows earlier work", async () => {
    put(root, `exercises/${realId}.ts`, "mine");
    await bp(`reset ${realId}`);
    recorded.out = "";
    expect(await bp(`reset ${realId}`)).toBe(0);
    expect(recorded.out).toContain("is the stub already");
    expect(recorded.out).toContain(`.backpressure/backups/${realId}.2025-01-31T10-00-00Z.ts`);
    expect(readdirSync(join(root, ".backpressure/backups/rate-limiter"))).toHaveLength(1);
  });

  it("brings a deleted file back", async () => {
    rmSync(join(root, `exercises/${realId}.ts`));
    expect(await bp(`reset ${realId}`)).toBe(0);
    expect(existsSync(join(root, `exercises/${realId}.ts`))).toBe(true);
  });

  it("overwrites nothing when it cannot be kept", async () => {
    const path = put(root, `exercises/${realId}.ts`, "precious");
    writeFileSync(join(root, ".backpressure"), "a file where the folder should be");
    expect(await bp(`reset ${realId}`)).toBe(3);
    expect(readFileSync(path, "utf8")).toBe("precious");
  });
});

describe("replay", () => {
  const failing = (one: string): ExerciseResult => {
    const meta = {
      steps: ["take(5) -> true", "… 40 more steps …", "take(1) -> true"],
      expected: "false",
      got: "true",
      invariant: { system: "rate-limiter", id: "bound", text: "Never more than the burst." },
      counterexample: "[5, 1]",
    };
    const test = { name: "holds the bound", status: "failed" as const, message: "text", failure: meta };
    return resultOf(one, "failed", { seed: 7, stages: [{ title: "Begin", status: "failed", tests: [test] }] });
  };

  it("walks through the steps with the seed that failed, and saves nothing", async () => {
    const grader = fakeGrader(failing);
    expect(await bp(`replay ${id} --seed 7`, grader)).toBe(1);
    expect(grader.asked[0]?.options).toMatchObject({ seed: 7, bench: false });
    expect(recorded.out).toContain("    1. take(5) -> true\n       … 40 more steps …\n    2. take(1) -> true");
    expect(recorded.out).toContain("Smallest counterexample: [5, 1]");
    expect(recorded.out).toContain("Invariant: Never more than the burst.");
    expect(existsSync(join(root, ".backpressure"))).toBe(false);
  });

  it("without --seed takes the last one", async () => {
    await bp(
      `check ${id} --seed 9`,
      fakeGrader((one) => ({ ...failing(one), seed: 9 })),
    );
    const grader = fakeGrader(failing);
    await bp(`replay ${id}`, grader);
    expect(grader.asked[0]?.options.seed).toBe(9);
  });

  it("says so when there is nothing to replay", async () => {
    expect(await bp(`replay ${id}`)).toBe(0);
    expect(recorded.out).toContain("every behaviour holds");
  });
});

describe("doctor", () => {
  it("names what is missing and the command that mends it", async () => {
    rmSync(join(root, `exercises/${id}.ts`));
    expect(await bp("doctor")).toBe(1);
    expect(recorded.out).toMatch(
      /✗ exercises +missing: rate-limiter\/token-bucket\n +mend it: npx bp reset rate-limiter\/token-bucket/,
    );
    expect(recorded.out).toMatch(/✗ packages +not installed\n +mend it: npm ci/);
    expect(recorded.out).toMatch(/✓ disk/);
    expect(recorded.out).toContain("are in the way");
  });

  it.skipIf(process.getuid?.() === 0)("sees a folder that cannot be written", async () => {
    mkdirSync(join(root, ".backpressure"));
    chmodSync(join(root, ".backpressure"), 0o500);
    expect(await bp("doctor")).toBe(1);
    expect(recorded.out).toMatch(/✗ disk/);
  });

  it("sees a folder that is not one", async () => {
    writeFileSync(join(root, ".backpressure"), "");
    expect(await bp("doctor")).toBe(1);
    expect(recorded.out).toMatch(/✗ disk .*cannot be written/);
  });
});

it("the test course and the real one are read through the same door", () => {
  expect(course.catalog.map((entry) => entry.id)).toEqual(["rate-limiter/fixed-window", id, "message-queue/log"]);
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
