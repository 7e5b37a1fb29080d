import { describe, expect, it } from "vitest";
import { CrashCheckFailure, crashEverywhere } from "./crash-points.ts";
import type { Disk } from "./node.ts";

/** Two-byte records: a value and its complement, so that a torn one shows. */
const record = (value: number) => Uint8Array.of(value, 255 - value);

function recover(disk: Disk): number[] {
  if (!disk.exists("log")) return [];
  const bytes = disk.read("log");
  const values: number[] = [];
  for (let i = 0; i + 1 < bytes.length && bytes[i]! + bytes[i + 1]! === 255; i += 2) values.push(bytes[i]!);
  return values;
}

interface Log {
  acknowledged: number[];
  attempted: number[];
}

const setup = (): Log => ({ acknowledged: [], attempted: [] });

function appendAll(disk: Disk, log: Log, options: { sync: boolean; directory: boolean }): void {
  for (let value = 1; value <= 4; value++) {
    log.attempted.push(value);
    disk.append("log", record(value));
    if (options.sync) disk.sync("log");
    if (options.directory && value === 1) disk.syncDirectory();
    log.acknowledged.push(value);
  }
}

/** What was acknowledged is there, and what is there is a prefix of what was attempted. */
function check(disk: Disk, log: Log): void {
  const found = recover(disk);
  if (found.length < log.acknowledged.length) throw new Error(`acknowledged ${log.acknowledged}, found ${found}`);
  if (found.some((value, i) => value !== log.attempted[i]))
    throw new Error(`attempted ${log.attempted}, found ${found}`);
}

describe("crashEverywhere", () => {
  it("passes a log that syncs before it acknowledges, trying every outcome of every crash", () => {
    const run = (disk: Disk, log: Log) => appendAll(disk, log, { sync: true, directory: true });
    const coverage = crashEverywhere({ setup, run, check });
    // Nine operations: four appends and syncs, one directory sync; and the crash after the last.
    expect(coverage.points).toBe(10);
    expect(coverage.exhaustive).toBe(true);
    expect(coverage.outcomes).toBeGreaterThan(20);
  });

  it("catches a log that does not sync, and says where the crash was and what was lost", () => {
    const run = (disk: Disk, log: Log) => appendAll(disk, log, { sync: false, directory: true });
    let failure: unknown;
    try {
      crashEverywhere({ setup, run, check });
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(CrashCheckFailure);
    expect((failure as Error).message).toBe(
      "crash during disk operation 3 (append log, 2 bytes); log: 0 of 2 unsynced writes kept: acknowledged 1, found ",
    );
  });

  it("catches a log that forgets to sync the directory", () => {
    const run = (disk: Disk, log: Log) => appendAll(disk, log, { sync: true, directory: false });
    expect(() => crashEverywhere({ setup, run, check })).toThrow("1 of 1 name changes lost");
    expect(() => crashEverywhere({ setup, run, check, disk: { namesNeedSync: false } })).not.toThrow();
  });

  it("samples, and admits it, when a point has too many outcomes", () => {
    const run = (disk: Disk) => disk.append("log", new Uint8Array(5000));
    const coverage = crashEverywhere({ setup, run, check: () => {}, outcomesMax: 50 });
    expect(coverage).toEqual({ points: 2, outcomes: 100, exhaustive: false });
  });

  it("refuses a run that swallows the crash", () => {
    const run = (disk: Disk) => {
      try {
        disk.append("log", record(1));
      } catch {}
    };
    expect(() => crashEverywhere({ setup, run, check: () => {} })).toThrow("is SimulatedCrash caught?");
  });
});
