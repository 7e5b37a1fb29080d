/** The store on a real disk, in a process that is killed at random: what it had acknowledged must be there. */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createRandom } from "../../sim/prng.ts";
import { LsmStore } from "../../solutions/key-value-store/lsm-store.ts";
import { NodeDisk } from "../common/node-disk.ts";
import { batchOf, STORE_OPTIONS } from "./batches.ts";

/** Other kills with BP_KILL_SEED and BP_KILL_ROUNDS; when a kill strikes depends on the machine as well. */
const SEED = Number(process.env.BP_KILL_SEED ?? 42);
const ROUNDS = Number(process.env.BP_KILL_ROUNDS ?? 6);

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "backpressure-store-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/**
 * Writes from batch `first` on until it is killed, some ms after `acknowledgements` batches; returns the last that it
 * told of.
 */
function writeUntilKilled(first: number, acknowledgements: number, moreMs: number): Promise<number> {
  const file = join(import.meta.dirname, "killed-writer.ts");
  const args = ["--import", "tsx", file, folder, String(first), String(SEED)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  // It writes for ever; a test that fails must not leave it.
  onTestFinished(() => void child.kill("SIGKILL"));
  let told = "";
  let isDying = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    told += text;
    if (isDying || told.split("\n").length - 1 <= acknowledgements) return;
    isDying = true;
    setTimeout(() => child.kill("SIGKILL"), moreMs);
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (signal !== "SIGKILL") {
        reject(new Error(`the writer ended by itself with code ${code}, signal ${signal}`));
        return;
      }
      // What lies behind the last line break was cut off by the kill.
      const numbers = told
        .split("\n")
        .slice(0, -1)
        .filter((line) => line !== "open"); // prettier-ignore
      resolve(numbers.length === 0 ? first - 1 : Number(numbers.at(-1)));
    });
  });
}

describe("the LSM store on a real disk", () => {
  test("holds a prefix with all that was acknowledged, killed at random and opened again", async () => {
    const random = createRandom(SEED);
    const model = new Map<string, string>();
    const apply = (number: number): void => {
      for (const write of batchOf(number, SEED)) {
        if (write.kind === "put") model.set(write.key, String(write.value));
        else model.delete(write.key);
      }
    };
    const picture = (): string => JSON.stringify([...model].sort(([a], [b]) => (a < b ? -1 : 1)));
    let written = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const acknowledged = await writeUntilKilled(written, random.integer(1, 150), random.integer(0, 20));
      expect(acknowledged).toBeGreaterThanOrEqual(written);
      for (; written <= acknowledged; written++) apply(written);
      const disk = new NodeDisk(folder);
      const store = new LsmStore(disk, STORE_OPTIONS);
      const found = JSON.stringify(Array.from(store.scan(), ([key, value]) => [key, String(value)]));
      // One batch may have reached the disk, and died before it could be told.
      if (found !== picture()) apply(written++);
      expect(found, `round ${round}, seed ${SEED}: after ${acknowledged} acknowledged batches`).toBe(picture());
      disk.close();
    }
    expect(written).toBeGreaterThan(ROUNDS);
  }, 120_000);

  test("works as on the simulated disk: flushes, merges, opens again, leaves no stray file", () => {
    let disk = new NodeDisk(folder);
    let store = new LsmStore(disk, { ...STORE_OPTIONS, sync: "manual" });
    const model = new Map<string, string>();
    for (let number = 0; number < 1_500; number++) {
      const batch = batchOf(number, SEED);
      store.write(batch);
      for (const write of batch) {
        if (write.kind === "put") model.set(write.key, String(write.value));
        else model.delete(write.key);
      }
      if (number % 400 === 399) {
        disk.close();
        disk = new NodeDisk(folder);
        store = new LsmStore(disk, { ...STORE_OPTIONS, sync: "manual" });
        expect(disk.list().length).toBe(store.runs + 2);
      }
    }
    for (let i = 0; i < 200; i++) {
      const value = store.get(`key-${i}`);
      expect(value === undefined ? undefined : String(value)).toBe(model.get(`key-${i}`));
    }
    expect(store.runs).toBeGreaterThan(0);
    disk.close();
  });
});
