import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ExerciseResult } from "../../course/report.ts";
import { type Counter, crashingDisk, PowerCut } from "../machine/crashing-disk.ts";
import { realDisk, writeWhole } from "../machine/disk.ts";
import { keepBackup, listBackups } from "./backups.ts";
import { afterCheck, openProgress, sweep } from "./progress.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "bp-progress-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const path = () => join(root, ".backpressure", "progress.json");
const id = "rate-limiter/token-bucket";

describe("progress", () => {
  it("is empty, and writes nothing, before the first check", () => {
    expect(openProgress(root).read()).toEqual({ version: 1, exercises: {} });
    expect(existsSync(join(root, ".backpressure"))).toBe(false);
  });

  it("comes back as it was written", () => {
    openProgress(root).update(id, () => ({ hints: 2, passedAt: "2025-01-31T10:00:00.000Z" }));
    expect(openProgress(root).read().exercises[id]).toEqual({ hints: 2, passedAt: "2025-01-31T10:00:00.000Z" });
    expect(readdirSync(join(root, ".backpressure")).sort()).toEqual(["progress.json"]);
  });

  it("is whole when the machine stops at any step of writing, old or new, and the next update works", () => {
    const counter: Counter = { operations: 0 };
    setUp();
    openProgress(root, crashingDisk(Number.POSITIVE_INFINITY, counter)).update(id, () => ({ hints: 3 }));
    const steps = counter.operations;
    expect(steps).toBeGreaterThan(8);

    const seen = new Set<number | undefined>();
    for (let at = 1; at <= steps; at++) {
      setUp();
      const update = () => openProgress(root, crashingDisk(at)).update(id, () => ({ hints: 3 }));
      // The last step gives the lock back; the work is done by then, so its failure is not an error.
      if (at < steps) expect(update).toThrow(PowerCut);
      else update();
      forgetLock();
      const store = openProgress(root);
      const hints = store.read().exercises[id]?.hints;
      seen.add(hints);
      expect([2, 3]).toContain(hints);
      expect(store.takeNotice(), `after stopping at operation ${at}`).toBeNull();
      store.update("a/b", () => ({ hints: 9 }));
      expect(openProgress(root).read().exercises).toEqual({ [id]: { hints }, "a/b": { hints: 9 } });
    }
    expect(seen).toEqual(new Set([2, 3]));

    function setUp(): void {
      rmSync(join(root, ".backpressure"), { recursive: true, force: true });
      openProgress(root).update(id, () => ({ hints: 1 }));
      openProgress(root).update(id, () => ({ hints: 2 }));
    }
    // The killed process is this one, which lives on: let its lock be that of a process that does not.
    function forgetLock(): void {
      rmSync(`${path()}.lock`, { force: true });
    }
  });

  it.each([1, 2, 3])("keeps what was saved when the disk is full at write %d, and leaves no litter", (at) => {
    openProgress(root).update(id, () => ({ hints: 1 }));
    const full = crashingDisk(at, { operations: 0 }, "full");
    expect(() => openProgress(root, full).update(id, () => ({ hints: 2 }))).toThrow(/ENOSPC/);
    expect(openProgress(root).read().exercises[id]).toEqual({ hints: 1 });
    expect(readdirSync(join(root, ".backpressure")).filter((name) => !name.endsWith(".json"))).toEqual([]);
  });

  it.each([
    ["cut in the middle", '{ "version": 1, "exerc'],
    ["empty", ""],
    ["not an object", "[]"],
    ["of another shape", '{ "version": 1, "exercises": { "a/b": { "last": { "status": "green" } } } }'],
    ["binary", "\u0000\u0001\u0002"],
  ])("keeps a broken file (%s) aside and goes on from the copy before it", (_, content) => {
    const store = openProgress(root);
    store.update(id, () => ({ hints: 1 }));
    store.update(id, () => ({ hints: 2 }));
    writeFileSync(path(), content);
    const again = openProgress(root);
    expect(again.read().exercises[id]).toEqual({ hints: 1 });
    expect(again.takeNotice()).toMatch(
      /kept as \.backpressure\/progress\.json\.broken; progress was rebuilt .* \(1 exercise\)/,
    );
    expect(again.takeNotice()).toBeNull();
    expect(readFileSync(`${path()}.broken`, "utf8")).toBe(content);
    expect(openProgress(root).read().exercises[id]).toEqual({ hints: 1 });
  });

  it("starts again when there is no copy, says so, and never overwrites an earlier broken file", () => {
    mkdirSync(join(root, ".backpressure"));
    writeFileSync(`${path()}.broken`, "earlier");
    writeFileSync(path(), "{");
    const store = openProgress(root);
    expect(store.read().exercises).toEqual({});
    expect(store.takeNotice()).toMatch(/progress\.json\.broken-2; there was no earlier copy.*check --all/);
    expect(readFileSync(`${path()}.broken`, "utf8")).toBe("earlier");
  });

  it("refuses a file of a newer version and leaves it alone", () => {
    mkdirSync(join(root, ".backpressure"));
    writeFileSync(path(), '{ "version": 2 }');
    expect(() => openProgress(root).update(id, () => ({}))).toThrow(/newer version .*git pull/);
    expect(readFileSync(path(), "utf8")).toBe('{ "version": 2 }');
  });

  it("breaks the lock of a process that is gone", () => {
    mkdirSync(join(root, ".backpressure"));
    writeFileSync(`${path()}.lock`, JSON.stringify({ pid: 2 ** 22 + 1, host: hostname() }));
    openProgress(root).update(id, () => ({ hints: 1 }));
    expect(openProgress(root).read().exercises[id]).toEqual({ hints: 1 });
    expect(existsSync(`${path()}.lock`)).toBe(false);
  });

  it("breaks a lock that nobody wrote anything into, once it is old", () => {
    mkdirSync(join(root, ".backpressure"));
    writeFileSync(`${path()}.lock`, "");
    utimesSync(`${path()}.lock`, 0, 0);
    openProgress(root).update(id, () => ({ hints: 1 }));
    expect(openProgress(root).read().exercises[id]).toEqual({ hints: 1 });
  });

  it("loses nothing when four processes write at once", async () => {
    const each = 12;
    const script = join(root, "writer.mjs");
    const store = JSON.stringify(new URL("./progress.ts", import.meta.url).href);
    const tsx = JSON.stringify(import.meta.resolve("tsx/esm/api"));
    writeFileSync(
      script,
      `import { register } from ${tsx}; register();
       const { openProgress } = await import(${store});
       for (let i = 0; i < ${each}; i++)
         openProgress(${JSON.stringify(root)}).update("shared/one", (before) => ({ hints: (before.hints ?? 0) + 1 }));`,
    );
    const codes = await Promise.all(
      Array.from({ length: 4 }, () => new Promise((end) => spawn(process.execPath, [script]).on("exit", end))),
    );
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(openProgress(root).read().exercises["shared/one"]).toEqual({ hints: 4 * each });
  }, 120_000);
});

describe("afterCheck", () => {
  const at = "2025-01-31T10:00:00.000Z";

  it("remembers the first behavior that did not hold", () => {
    const after = afterCheck({ hints: 1 }, result("failed"), { at, measured: true, file: "abc" });
    expect(after).toEqual({
      hints: 1,
      last: {
        status: "failed",
        at,
        seed: 42,
        stagesPassed: 1,
        stages: 2,
        measured: true,
        file: "abc",
        failing: "refills",
      },
    });
  });

  it("counts as passed only with benchmarks, and is never taken back", () => {
    const unmeasured = afterCheck({}, result("passed"), { at, measured: false, file: null });
    expect(unmeasured.passedAt).toBeUndefined();
    const passed = afterCheck(unmeasured, result("passed"), { at, measured: true, file: null });
    expect(passed.passedAt).toBe(at);
    expect(afterCheck(passed, result("crashed"), { at: "later", measured: true, file: null }).passedAt).toBe(at);
  });

  function result(status: "passed" | "failed" | "crashed"): ExerciseResult {
    const second = status === "passed" ? "passed" : "failed";
    return {
      id,
      status,
      seed: 42,
      durationMs: 1,
      message: null,
      stages: [
        { title: "Spend", status: "passed", tests: [{ name: "spends", status: "passed", message: null }] },
        { title: "Refill", status: second, tests: [{ name: "refills", status: second, message: null }] },
      ],
      benchmarks: [],
    };
  }
});

describe("backups", () => {
  const at = new Date("2025-01-31T10:20:30.456Z");

  it("keeps every byte, under a new name each time, newest first", () => {
    const file = join(root, "mine.ts");
    writeFileSync(file, "one\r\n\u00e9");
    const first = keepBackup(root, id, file, at);
    expect(first.shown).toBe(".backpressure/backups/rate-limiter/token-bucket.2025-01-31T10-20-30Z.ts");
    expect(readFileSync(first.path, "utf8")).toBe("one\r\n\u00e9");
    writeFileSync(file, "two");
    const second = keepBackup(root, id, file, at);
    expect(second.shown).toMatch(/T10-20-30Z-2\.ts$/);
    expect(readFileSync(first.path, "utf8")).toBe("one\r\n\u00e9");
    const later = keepBackup(root, id, file, new Date("2025-02-01T00:00:00Z"));
    expect(listBackups(root, id)[0]).toBe(later.shown);
    expect(listBackups(root, id)).toHaveLength(3);
  });

  it("throws, so that nothing is overwritten, when the machine stops or the disk is full while keeping", () => {
    const file = join(root, "mine.ts");
    writeFileSync(file, "precious");
    for (const mode of ["power-cut", "full"] as const) {
      const counter: Counter = { operations: 0 };
      rmSync(join(root, ".backpressure"), { recursive: true, force: true });
      keepBackup(root, id, file, at, crashingDisk(Number.POSITIVE_INFINITY, counter, mode));
      for (let step = 1; step <= counter.operations - (mode === "full" ? 0 : 1); step++) {
        rmSync(join(root, ".backpressure"), { recursive: true, force: true });
        expect(() => keepBackup(root, id, file, at, crashingDisk(step, { operations: 0 }, mode))).toThrow();
        expect(readFileSync(file, "utf8")).toBe("precious");
      }
    }
  });
});

describe("writeWhole", () => {
  it("shows a reader the old or the new content at every step", () => {
    const file = join(root, "f");
    const counter: Counter = { operations: 0 };
    writeWhole(crashingDisk(Number.POSITIVE_INFINITY, counter), file, "new");
    const results: string[] = [];
    for (let at = 1; at <= counter.operations; at++) {
      writeFileSync(file, "old");
      expect(() => writeWhole(crashingDisk(at), file, "new")).toThrow(PowerCut);
      results.push(readFileSync(file, "utf8"));
    }
    expect(results).toEqual(["old", "old", "old", "old"]);
  });
});

describe("sweep", () => {
  it("removes what killed processes left, an hour later, and nothing else", () => {
    const folder = join(root, ".backpressure");
    mkdirSync(folder);
    for (const name of ["progress.json.1-0.new", "progress.json.2-0.new", "progress.json"])
      writeFileSync(join(folder, name), "");
    utimesSync(join(folder, "progress.json.1-0.new"), 0, 0);
    expect(sweep(folder, realDisk)).toBe(1);
    expect(readdirSync(folder).sort()).toEqual(["progress.json", "progress.json.2-0.new"]);
  });
});
