/**
 * The command is killed in the middle of a check: nothing may be left running, nothing of the learner's may be lost.
 */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tally } from "./fixtures/learners.ts";

const TEST_TIMEOUT_MS = 60_000;
const SOURCE = tally({ add: "for (;;) {}" });
const PROGRESS = '{ "version": 1, "exercises": { "tally/counter": { "hints": 2 } } }\n';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "killed-test-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

function processes(): Process[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,pgid="], { encoding: "utf8" }).trim().split("\n");
  return lines.map((line) => {
    const [pid, parent, group] = line.trim().split(/\s+/).map(Number) as [number, number, number];
    return { pid, parent, group };
  });
}

/** Starts a grader on an endless loop and waits until the loop is running. */
async function graderInALoop(name: string) {
  const folder = join(home, name);
  const from = join(folder, "exercises");
  const scratch = join(folder, "tmp");
  mkdirSync(join(from, "tally"), { recursive: true });
  mkdirSync(scratch);
  writeFileSync(join(from, "tally/counter.ts"), SOURCE);
  const progress = join(folder, ".backpressure/progress.json");
  mkdirSync(dirname(progress));
  writeFileSync(progress, PROGRESS);
  const script = join(import.meta.dirname, "fixtures/bp.ts");
  const grader = spawn(process.execPath, ["--import", "tsx", script, folder, "check", "tally/counter"], {
    env: { ...process.env, TMPDIR: scratch },
    stdio: ["ignore", "inherit", "pipe"],
  });
  await firstTest(grader);
  const host = processes().find(({ pid, parent, group }) => parent === grader.pid && group === pid);
  expect(host, "the grader's child must lead a group of its own").toBeDefined();
  const group = host!.pid;
  const members = () => processes().filter((candidate) => candidate.group === group);
  expect(members().length).toBeGreaterThanOrEqual(2);
  return { grader, host: group, members, from, scratch, progress };
}

/** The test before the loop has passed. */
async function firstTest(grader: ChildProcess): Promise<void> {
  for await (const chunk of grader.stderr!) if (String(chunk).includes('"kind":"test"')) return;
  throw new Error("the grader ended before its first test");
}

async function gone(members: () => readonly unknown[]): Promise<boolean> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    if (members().length === 0) return true;
    await sleep(50);
  }
  return false;
}

describe("a grader that is ended in the middle", () => {
  it.each(["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "by %s leaves nothing behind",
    { timeout: TEST_TIMEOUT_MS },
    async (signal) => {
      const { grader, members, from, scratch, progress } = await graderInALoop(signal);
      grader.kill(signal);
      expect(await gone(members), "the worker is still in its loop").toBe(true);
      expect(readFileSync(join(from, "tally/counter.ts"), "utf8")).toBe(SOURCE);
      expect(readFileSync(progress, "utf8")).toBe(PROGRESS);
      // tsx keeps what it has compiled.
      expect(readdirSync(scratch).filter((name) => !name.startsWith("tsx-"))).toEqual([]);
    },
  );

  it("does not lose the worker when its child is killed", { timeout: TEST_TIMEOUT_MS }, async () => {
    const { grader, host, members } = await graderInALoop("host");
    const ended = new Promise<number | null>((resolve) => grader.on("exit", resolve));
    process.kill(host, "SIGKILL");
    expect(await gone(members), "the worker is still in its loop").toBe(true);
    // And the grader says that it failed, instead of making up a verdict.
    expect(await ended).not.toBe(0);
  });
});
