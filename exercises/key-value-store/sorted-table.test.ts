import { expect, test } from "vitest";
import type { Disk } from "../../given/common/disk.ts";
import { BlockCache } from "../../given/key-value-store/block-cache.ts";
import type { Slice } from "../../given/key-value-store/cursor.ts";
import { BloomFilter, Memtable, Table, TableBuilder } from "./sorted-table.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const text = (value: Uint8Array): string => String.fromCharCode(...value);
const slice = (value: string): Slice => ({ bytes: bytes(value), start: 0, length: value.length });
const tombstone: Slice = { bytes: new Uint8Array(0), start: 0, length: -1 };

/** One file in memory, and how often it was read. */
function memoryFile(): Disk & { reads: number } {
  let content: number[] = [];
  return {
    reads: 0,
    append: (_file, added) => void content.push(...added),
    read(_file, offset = 0, length = Number.POSITIVE_INFINITY) {
      this.reads++;
      return Uint8Array.from(content.slice(offset, offset + length));
    },
    size: () => content.length,
    exists: () => content.length > 0,
    truncate: (_file, length) => {
      content = content.slice(0, length);
    },
    sync() {},
    rename() {},
    delete() {},
    list: () => ["table"],
    syncDirectory() {},
  };
}

test("a memtable answers with the newest version, and with an older one to whoever reads at an older sequence", () => {
  const memtable = new Memtable();
  memtable.set("stock", bytes("7"), 1, -1);
  memtable.set("stock", bytes("6"), 2, 1);
  const now = memtable.find("stock", 2)!;
  const then = memtable.find("stock", 1)!;
  expect(text(now.bytes.subarray(now.start, now.start + now.length))).toBe("6");
  expect(text(then.bytes.subarray(then.start, then.start + then.length))).toBe("7");
});

test("a filter never denies what was added", () => {
  const filter = BloomFilter.withRoomFor(3, 10);
  for (const key of ["ann", "bob", "cy"]) filter.add(key);
  expect(["ann", "bob", "cy"].every((key) => filter.mayContain(key))).toBe(true);
});

test("a table finds values and tombstones with one read each", () => {
  const disk = memoryFile();
  const builder = new TableBuilder(disk, "table", { blockBytes: 16 });
  builder.add("ann", slice("1"));
  builder.add("bob", tombstone);
  builder.add("cy", slice("3"));
  builder.finish();
  const table = new Table(disk, "table", new BlockCache(0));
  const before = disk.reads;
  expect(text(table.get("cy")!)).toBe("3");
  expect(disk.reads - before).toBe(1);
  expect(table.get("bob")).toBeNull();
  expect(table.get("nobody")).toBeUndefined();
});
