/** What a cut may take: nothing that was synced, and of the rest any part. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRandom } from "../../sim/prng.ts";
import { LsmStore } from "../../solutions/key-value-store/lsm-store.ts";
import { type Cut, PowerCutDisk } from "../common/power-cut-disk.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "backpressure-cut-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** As after SIGKILL: what was written lies in the system's cache, and nothing was closed in order. */
function cutAndOpen(at: string, seed: number): { disk: PowerCutDisk; cut: Cut } {
  let cut: Cut = { files: -1, bytes: -1 };
  const disk = new PowerCutDisk(at, createRandom(seed), (what) => {
    cut = what;
  });
  return { disk, cut };
}

describe("a disk that is cut", () => {
  test("keeps what was synced, and of what came after it a beginning", () => {
    const kept = new Set<number>();
    for (let seed = 0; seed < 40; seed++) {
      const at = join(folder, String(seed));
      const before = new PowerCutDisk(at);
      before.append("log", bytes("synced"));
      before.sync("log");
      before.syncDirectory();
      before.append("log", bytes("-not"));
      before.close();
      const { disk, cut } = cutAndOpen(at, seed);
      const text = Buffer.from(disk.read("log")).toString();
      expect("synced-not".startsWith(text) && text.startsWith("synced"), text).toBe(true);
      expect(cut).toEqual({ files: 1, bytes: 10 - text.length });
      kept.add(text.length);
      disk.close();
    }
    // The whole tail, or a part of it: torn in every place.
    expect([...kept].sort((a, b) => a - b)).toEqual([6, 7, 8, 9]);
  });

  test("a file whose name was not synced is there or not; one that was synced with its name stays", () => {
    const outcomes = new Set<boolean>();
    for (let seed = 0; seed < 20; seed++) {
      const at = join(folder, String(seed));
      const before = new PowerCutDisk(at);
      before.append("old", bytes("x"));
      before.sync("old");
      before.syncDirectory();
      before.append("new", bytes("y"));
      before.sync("new");
      before.close();
      const { disk } = cutAndOpen(at, seed);
      expect(disk.exists("old")).toBe(true);
      outcomes.add(disk.exists("new"));
      disk.close();
    }
    expect(outcomes).toEqual(new Set([true, false]));
  });

  test("a file that took another's name keeps what that one had synced", () => {
    const before = new PowerCutDisk(folder);
    before.append("manifest", bytes("old"));
    before.sync("manifest");
    before.append("manifest.new", bytes("newer and longer"));
    before.sync("manifest.new");
    before.rename("manifest.new", "manifest");
    before.close();
    const { disk, cut } = cutAndOpen(folder, 1);
    expect(Buffer.from(disk.read("manifest")).toString()).toBe("newer and longer");
    expect(cut).toEqual({ files: 0, bytes: 0 });
    disk.close();
  });

  test("a store on it holds all that was synced, cut again and again", () => {
    const random = createRandom(7);
    const durable = new Map<string, string>();
    let cutBytes = 0;
    for (let round = 0; round < 30; round++) {
      const { disk, cut } = cutAndOpen(folder, round);
      cutBytes += cut.bytes;
      const store = new LsmStore(disk, { sync: "manual", memtableBytes: 2_000, blockBytes: 256 });
      for (const [key, value] of durable) expect(Buffer.from(store.get(key) ?? []).toString(), key).toBe(value);
      for (let i = 0; i < 40; i++) {
        // Each key is written once, so what is cut off is missing and never an older value.
        const [key, value] = [`${round}.${i}`, "v".repeat(random.integer(1, 40))];
        store.put(key, bytes(value));
        if (i < 30) durable.set(key, value);
        if (i === 29) store.sync();
      }
      disk.close();
    }
    expect(cutBytes).toBeGreaterThan(0);
  });
});
