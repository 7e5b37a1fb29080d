import { BlockCache } from "../../../../given/key-value-store/block-cache.ts";
import { SimDisk } from "../../../../sim/disk.ts";
import { defineBench } from "../../../kit/bench.ts";

type Subject = typeof import("../../../../solutions/key-value-store/sorted-table.ts");

const FILE = "table";
const VALUE_BYTES = 100;
/** 16 characters. */
const keyOf = (n: number): string => `key:${String(n).padStart(12, "0")}`;

/** A table of `count` keys with even numbers and values of 100 random bytes. */
function build({ TableBuilder }: Subject, count: number, random: () => number): SimDisk {
  const disk = new SimDisk();
  const builder = new TableBuilder(disk, FILE);
  const bytes = Uint8Array.from({ length: VALUE_BYTES }, () => random() * 256);
  for (let i = 0; i < count; i++) builder.add(keyOf(2 * i), { bytes, start: 0, length: VALUE_BYTES });
  builder.finish();
  return disk;
}

/** Even numbers below `2 * count`, in random order with repetition. */
function someKeys(count: number, random: () => number): string[] {
  return Array.from({ length: 1_000 }, () => keyOf(2 * Math.floor(random() * count)));
}

export default defineBench<Subject>([
  {
    kind: "count",
    name: "false maybes among 100,000 absent keys",
    workload: "a filter of 100,000 keys at 10 bits a key",
    unit: "keys",
    // Theory of a plain filter with seven probes: 819. A blocked one pays with about half as many again.
    atMost: 1_400,
    count({ BloomFilter }) {
      const filter = BloomFilter.withRoomFor(100_000, 10);
      for (let i = 0; i < 100_000; i++) filter.add(keyOf(i));
      let maybes = 0;
      for (let i = 0; i < 100_000; i++) if (filter.mayContain(keyOf(100_000 + i))) maybes++;
      return maybes;
    },
  },
  {
    kind: "count",
    name: "bytes of file for a byte of keys and values",
    workload: "10,000 keys of 16 characters with values of 100 bytes, blocks of 4,096 bytes, 10 bits a key",
    unit: "bytes",
    atMost: 1.1,
    count: (subject, random) => build(subject, 10_000, random).size(FILE) / (10_000 * (16 + VALUE_BYTES)),
  },
  {
    kind: "count",
    name: "bytes read for a lookup without a cache",
    workload: "1,000 lookups of present keys among 10,000",
    unit: "bytes",
    atMost: 4_400,
    count(subject, random) {
      const disk = build(subject, 10_000, random);
      const table = new subject.Table(disk, FILE, new BlockCache(0));
      const before = disk.stats.bytesRead;
      for (const key of someKeys(10_000, random)) if (table.get(key) === undefined) return Number.POSITIVE_INFINITY;
      return (disk.stats.bytesRead - before) / 1_000;
    },
  },
  {
    kind: "ratio",
    name: "lookups in cached blocks",
    workload: "1,000 lookups of present keys among 20,000, all blocks in the cache",
    unit: "lookups/s",
    threshold: 0.3,
    setup(subject, random) {
      const disk = build(subject, 20_000, random);
      const table = new subject.Table(disk, FILE, new BlockCache(2 ** 26));
      const keys = someKeys(20_000, random);
      return {
        opsPerRun: keys.length,
        run() {
          let bytes = 0;
          for (const key of keys) bytes += table.get(key)!.length;
          return bytes;
        },
      };
    },
  },
  {
    kind: "ratio",
    name: "puts into a memtable",
    workload: "4,000 keys of 16 characters in random order, values of 100 bytes, then a walk over all of them",
    unit: "puts/s",
    threshold: 0.3,
    setup({ Memtable }, random) {
      const keys = Array.from({ length: 4_000 }, () => keyOf(Math.floor(random() * 1e9)));
      const value = new Uint8Array(VALUE_BYTES);
      return {
        opsPerRun: keys.length,
        run() {
          const memtable = new Memtable();
          keys.forEach((key, i) => {
            memtable.set(key, value, i, -1);
          });
          let walked = 0;
          for (const cursor = memtable.cursor(keys.length); cursor.key !== undefined; cursor.next()) walked++;
          return walked;
        },
      };
    },
  },
  {
    kind: "growth",
    name: "lookup, by the number of keys",
    workload: "lookups of present keys among n, all blocks in the cache",
    order: "O(log n)",
    n: 4_000,
    setup(subject, n, random) {
      const disk = build(subject, n, random);
      const table = new subject.Table(disk, FILE, new BlockCache(2 ** 28));
      const keys = someKeys(n, random);
      return {
        opsPerRun: keys.length,
        run() {
          let bytes = 0;
          for (const key of keys) bytes += table.get(key)!.length;
          return bytes;
        },
      };
    },
  },
]);
