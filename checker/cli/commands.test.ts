import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ExerciseResult, Status } from "../../course/report.ts";
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
    "# Hints\n\n## 1. Ask (stage 1)\n\nWhat is asked?\n\n## 2. Look\n\nLook there.\n\n## 3. Shape (stage " +
    "2)\n\nOne number.\n";
  beforeEach(() => void put(root, `checker/suites/${id}/hints.md`, ladder));

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
    put(root, "checker/suites/message-queue/log/hints.md", "## 1. One\n\ntext\n\n## 3. Three\n\ntext\n");
    expect(await bp("hint message-queue/log")).toBe(3);
    expect(recorded.err).toContain('log/hints.md:5: expected "## 2. <title> (stage <n>)"');
  });
});

describe("solution and diff", () => {
  beforeEach(() => void put(root, `solutions/${id}.ts`, "export const reference = 1;\n"));

  it("wait for a pass, or for --reveal, which is remembered", async () => {
    expect(await bp(`solution ${id}`)).toBe(2);
    expect(recorded.err.replaceAll(/\s+/g, " ")).toContain(`the same: \`npx bp solution ${id} --reveal\``);
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
    expect(recorded.out).toContain("    1. take(5) -> true\n       … 40 more steps …\n   42. take(1) -> true");
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
    expect(recorded.out).toContain("every behavior holds");
  });
});

describe("doctor", () => {
  it("names what is missing and the command that mends it", async () => {
    rmSync(join(root, `exercises/${id}.ts`));
    expect(await bp("doctor")).toBe(1);
    expect(recorded.out).toMatch(
      /✗ exercises +missing: rate-limiter\/token-bucket\n +mend it: npx bp reset rate-limiter\/token-bucket/,
    );
    expect(recorded.out).toMatch(/✗ packages +not installed\n +mend it: npm ci --include=dev/);
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
