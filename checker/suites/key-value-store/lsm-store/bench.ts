import { SimDisk } from "../../../../sim/disk.ts";
import { defineBench } from "../../../kit/bench.ts";

type Subject = typeof import("../../../../solutions/key-value-store/lsm-store.ts");
type Store = InstanceType<Subject["LsmStore"]>;

const VALUE_BYTES = 100;
const BATCH = 100;
/** 16 characters. */
const keyOf = (n: number): string => `key:${String(n).padStart(12, "0")}`;

/** Puts `count` keys in random order, in batches of 100; odd numbers stay absent. */
function fill(store: Store, count: number, random: () => number): void {
  const order = Array.from({ length: count }, (_, i) => 2 * i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const value = Uint8Array.from({ length: VALUE_BYTES }, () => random() * 256);
  for (let i = 0; i < count; i += BATCH) {
    store.write(order.slice(i, i + BATCH).map((n) => ({ kind: "put", key: keyOf(n), value })));
  }
}

const someKeys = (count: number, random: () => number): string[] =>
  Array.from({ length: 1_000 }, () => keyOf(2 * Math.floor(random() * count)));

export default defineBench<Subject>([
  {
    kind: "count",
    name: "bytes written for a byte of keys and values",
    workload:
      "40,000 keys of 16 characters with values of 100 bytes in random order, batches of 100, a memtable of 64 KiB (72 flushes), 4 runs a tier",
    unit: "bytes",
    // Once for the log, once for the flush, and once for each of log4(72) = 3 tiers, with some for checksums and
    // indices.
    atMost: 7,
    count({ LsmStore }, random) {
      const disk = new SimDisk();
      fill(new LsmStore(disk, { memtableBytes: 2 ** 16, sync: "manual" }), 40_000, random);
      return disk.stats.bytesWritten / (40_000 * (16 + VALUE_BYTES));
    },
  },
  {
    kind: "count",
    name: "reads of the disk for a lookup",
    workload: "1,000 present keys among 20,000 in several runs, no cache",
    unit: "reads",
    atMost: 1.15,
    count({ LsmStore }, random) {
      const disk = new SimDisk();
      const store = new LsmStore(disk, { memtableBytes: 2 ** 18, sync: "manual", cacheBytes: 0 });
      fill(store, 20_000, random);
      store.flush();
      let reads = 0;
      const read = disk.read.bind(disk);
      disk.read = (...given) => {
        reads++;
        return read(...given);
      };
      for (const key of someKeys(20_000, random)) if (store.get(key) === undefined) return Number.POSITIVE_INFINITY;
      return reads / 1_000;
    },
  },
  {
    kind: "count",
    name: "syncs for 6,400 durable writes in batches of 64",
    workload: "100 batches, each durable when it returns, no flush; opening included",
    unit: "syncs",
    atMost: 110,
    count({ LsmStore }) {
      const disk = new SimDisk();
      const store = new LsmStore(disk);
      const value = new Uint8Array(VALUE_BYTES);
      for (let i = 0; i < 100; i++) {
        store.write(Array.from({ length: 64 }, (_, j) => ({ kind: "put", key: keyOf(64 * i + j), value })));
      }
      return disk.stats.syncs;
    },
  },
  {
    kind: "ratio",
    name: "lookups across runs",
    workload: "1,000 present keys among 20,000 in several runs, all blocks in the cache",
    unit: "lookups/s",
    threshold: 0.3,
    setup({ LsmStore }, random) {
      const store = new LsmStore(new SimDisk(), { memtableBytes: 2 ** 18, sync: "manual" });
      fill(store, 20_000, random);
      store.flush();
      const keys = someKeys(20_000, random);
      return {
        opsPerRun: keys.length,
        run() {
          let bytes = 0;
          for (const key of keys) bytes += store.get(key)!.length;
          return bytes;
        },
      };
    },
  },
  {
    kind: "ratio",
    name: "an ordered scan",
    workload: "all of 20,000 keys in several runs",
    unit: "entries/s",
    threshold: 0.3,
    setup({ LsmStore }, random) {
      const store = new LsmStore(new SimDisk(), { memtableBytes: 2 ** 18, sync: "manual" });
      fill(store, 20_000, random);
      return {
        opsPerRun: 20_000,
        run() {
          let bytes = 0;
          for (const [key, value] of store.scan()) bytes += key.length + value.length;
          return bytes;
        },
      };
    },
  },
  {
    kind: "ratio",
    name: "puts, with flushes and merges",
    workload: "10,000 keys in random order into a new store, batches of 100, a memtable of 128 KiB",
    unit: "puts/s",
    threshold: 0.3,
    setup({ LsmStore }, random) {
      return {
        opsPerRun: 10_000,
        run() {
          const store = new LsmStore(new SimDisk(), { memtableBytes: 2 ** 17, sync: "manual" });
          fill(store, 10_000, random);
          return store.runs;
        },
      };
    },
  },
  {
    kind: "growth",
    name: "lookup, by the number of keys",
    workload: "present keys among n in one run, all blocks in the cache",
    order: "O(log n)",
    n: 2_000,
    setup({ LsmStore }, n, random) {
      const store = new LsmStore(new SimDisk(), { sync: "manual", cacheBytes: 2 ** 28 });
      fill(store, n, random);
      store.compact();
      const keys = someKeys(n, random);
      return {
        opsPerRun: keys.length,
        run() {
          let bytes = 0;
          for (const key of keys) bytes += store.get(key)!.length;
          return bytes;
        },
      };
    },
  },
]);
