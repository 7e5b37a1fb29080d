import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { withLockAsync } from "./lock.ts";

const folder = mkdtempSync(join(tmpdir(), "lock-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let next = 0;
const freshPath = (): string => join(folder, `lock-${++next}`);

test("ten at once run one after another, and leave no file", async () => {
  const path = freshPath();
  let inside = 0;
  let most = 0;
  const one = (): Promise<void> =>
    withLockAsync({ path }, async () => {
      most = Math.max(most, ++inside);
      await sleep(5);
      inside--;
    });
  await Promise.all(Array.from({ length: 10 }, one));
  expect(most).toBe(1);
  expect(readdirSync(folder).filter((name) => name.startsWith(`lock-${next}`))).toEqual([]);
});

test("the lock of a dead process is taken over at once", async () => {
  const path = freshPath();
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  writeFileSync(path, JSON.stringify({ pid, host: hostname(), token: "old" }));
  let waited = false;
  const result = await withLockAsync({ path, onWait: () => (waited = true) }, async () => "done");
  expect(result).toBe("done");
  expect(waited).toBe(false);
});

test("a lock of another host, or unreadable, is taken over only when it has been silent", async () => {
  for (const content of [JSON.stringify({ pid: 1, host: "elsewhere", token: "x" }), "", "not json"]) {
    const path = freshPath();
    writeFileSync(path, content);
    const abort = AbortSignal.timeout(250);
    await expect(withLockAsync({ path, signal: abort }, async () => "done")).rejects.toThrow();
    expect(readFileSync(path, "utf8")).toBe(content);
    utimesSync(path, new Date(0), new Date(Date.now() - 60_000));
    expect(await withLockAsync({ path }, async () => "done")).toBe("done");
  }
});

test("failing work releases the lock", async () => {
  const path = freshPath();
  await expect(withLockAsync({ path }, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(await withLockAsync({ path }, async () => "next")).toBe("next");
});
