/** The data node on a real disk, in a process that is killed at random: what it had acknowledged must be there. */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createRandom } from "../../sim/prng.ts";
import { DataNode } from "../../solutions/object-storage/data-node.ts";
import { NodeDisk } from "../common/node-disk.ts";
import { NODE_OPTIONS, perform, writeOf } from "./writes.ts";

/** Other kills with BP_KILL_SEED and BP_KILL_ROUNDS; when a kill strikes depends on the machine as well. */
const SEED = Number(process.env.BP_KILL_SEED ?? 42);
const ROUNDS = Number(process.env.BP_KILL_ROUNDS ?? 5);

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "backpressure-node-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/**
 * Writes from number `first` on until it is killed, some ms after `acknowledgements` writes; returns the last that it
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
      const lines = told.split("\n").slice(0, -1);
      const numbers = lines.filter((line) => line !== "open");
      resolve(numbers.length === 0 ? first - 1 : Number(numbers.at(-1)));
    });
  });
}

type Model = Map<string, string>;

function apply(model: Model, number: number): void {
  const write = writeOf(number, SEED);
  if (write.kind === "put") model.set(write.key, String(write.bytes));
  else model.delete(write.key);
}

const picture = (model: Model): string => JSON.stringify([...model].sort(([a], [b]) => (a < b ? -1 : 1)));
const pictureOf = (node: DataNode): string => picture(new Map(node.keys().map((key) => [key, String(node.get(key))])));

/** A picture is long; a failure should say where two of them part. */
function expectSame(found: string, expected: string, when: string): void {
  const at = [...expected].findIndex((letter, i) => letter !== found[i]);
  expect(found === expected, `${when}: differs at ${at}: ${found.slice(at - 60, at + 20)}`).toBe(true);
}

describe("the data node on a real disk", () => {
  test("holds a prefix with all that was acknowledged, killed at random and opened again", async () => {
    const random = createRandom(SEED);
    const model: Model = new Map();
    let written = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const acknowledged = await writeUntilKilled(written, random.integer(1, 200), random.integer(0, 20));
      expect(acknowledged).toBeGreaterThanOrEqual(written);
      for (; written <= acknowledged; written++) apply(model, written);
      const disk = new NodeDisk(folder);
      if (round % 2 === 1) for (const file of disk.list()) if (file.endsWith(".index")) unlinkSync(join(folder, file));
      const node = new DataNode(disk, NODE_OPTIONS);
      const found = pictureOf(node);
      // One write may have reached the disk, and died before it could be told.
      if (found !== picture(model)) apply(model, written++);
      expectSame(found, picture(model), `round ${round}, seed ${SEED}: after ${acknowledged} acknowledged writes`);
      expect(node.scrub()).toEqual([]);
      disk.close();
    }
    expect(written).toBeGreaterThan(ROUNDS);
  }, 120_000);

  test("works as on the simulated disk: fills volumes, compacts, opens again, keeps the space bounded", () => {
    let disk = new NodeDisk(folder);
    let node = new DataNode(disk, NODE_OPTIONS);
    const model: Model = new Map();
    for (let number = 0; number < 600; number++) {
      perform(node, number, SEED);
      apply(model, number);
      if (number % 150 !== 149) continue;
      disk.close();
      disk = new NodeDisk(folder);
      node = new DataNode(disk, NODE_OPTIONS);
      expectSame(pictureOf(node), picture(model), `after write ${number}, opened again`);
    }
    node.compact(0);
    const live = node.keys().reduce((sum, key) => sum + node.size(key)!, 0);
    const used = disk.list().reduce((sum, file) => sum + disk.size(file), 0);
    expect(used / live).toBeLessThan(1.1);
    disk.close();
  }, 60_000);
});
