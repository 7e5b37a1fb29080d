import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { NodeDisk } from "../services/common/node-disk.ts";
import { LsmStore } from "../solutions/key-value-store/lsm-store.ts";
import { WriteAheadLog } from "../solutions/key-value-store/write-ahead-log.ts";
import { type Contender, definePeers, type Goal, type Metrics, seededRandom } from "./kit.ts";

const RECORDS = 200_000;
const VALUE_BYTES = 100;
const BATCH = 1_000;
const READS = 200_000;
/** Group commits of so many writers, and single durable puts. */
const WRITERS = 64;
const GROUPS = 100;
const SERIAL = 300;
/** Write buffers of both sides: one that is flushed several times on the way, and one that holds everything. */
const SMALL_BUFFER_BYTES = 8 * 2 ** 20;
const LARGE_BUFFER_BYTES = 256 * 2 ** 20;
/** Room for all blocks, so that no side pays for the disk in the reads. */
const CACHE_BYTES = 256 * 2 ** 20;

const OURS = "lsm-store";
const PEER = "classic-level";
const LOGGED_MAP = "Map with a log";

/** 16 characters; even numbers are stored, odd ones are absent. */
const keyOf = (n: number): string => `key:${String(n).padStart(12, "0")}`;

interface Work {
  /** Stored keys in random order. */
  readonly keys: readonly string[];
  /** A different value for each, of random bytes, so that no side gains by compressing. */
  readonly values: readonly Uint8Array[];
  readonly present: readonly string[];
  readonly absent: readonly string[];
}

function work(): Work {
  const random = seededRandom(11);
  const numbers = Array.from({ length: RECORDS }, (_, i) => i);
  for (let i = RECORDS - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [numbers[i], numbers[j]] = [numbers[j]!, numbers[i]!];
  }
  const bytes = Uint8Array.from({ length: 1 << 20 }, () => random() * 256);
  const values = numbers.map(() => {
    const start = Math.floor(random() * (bytes.length - VALUE_BYTES));
    return bytes.subarray(start, start + VALUE_BYTES);
  });
  const some = (odd: number): string[] =>
    Array.from({ length: READS }, () => keyOf(2 * Math.floor(random() * RECORDS) + odd));
  return { keys: numbers.map((n) => keyOf(2 * n)), values, present: some(0), absent: some(1) };
}

const now = (): number => performance.now();
const perSecond = (count: number, startMs: number): number => (count * 1_000) / (now() - startMs);

/** Reads twice and times the second: the first warms cache and compiler for every contender alike. */
function timeReads(
  keys: readonly string[],
  get: (key: string) => { length: number } | undefined,
  expected: number,
): number {
  let rate = 0;
  for (let pass = 0; pass < 2; pass++) {
    let bytes = 0;
    const start = now();
    for (const key of keys) bytes += get(key)?.length ?? 0;
    rate = perSecond(keys.length, start);
    if (bytes !== expected * keys.length) throw new Error(`${bytes} bytes read, expected ${expected * keys.length}`);
  }
  return rate;
}

async function inFolder(measure: (folder: string, work: Work) => Metrics | Promise<Metrics>): Promise<Metrics> {
  const folder = mkdtempSync(join(tmpdir(), "backpressure-peers-"));
  try {
    return await measure(folder, work());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measureStore(folder: string, { keys, values, present, absent }: Work): Metrics {
  const disk = new NodeDisk(join(folder, "batched"));
  const store = new LsmStore(disk, {
    sync: "manual",
    cacheBytes: CACHE_BYTES,
    memtableBytes: SMALL_BUFFER_BYTES,
  });
  let start = now();
  for (let i = 0; i < RECORDS; i += BATCH) {
    store.write(keys.slice(i, i + BATCH).map((key, j) => ({ kind: "put", key, value: values[i + j]! })));
  }
  const put = perSecond(RECORDS, start);
  store.flush();
  const amplification = disk.stats.bytesWritten / (RECORDS * (16 + VALUE_BYTES));
  const get = timeReads(present, (key) => store.get(key), VALUE_BYTES);
  const miss = timeReads(absent, (key) => store.get(key), 0);
  start = now();
  let seen = 0;
  for (const _ of store.scan()) seen++;
  const scan = perSecond(seen, start);

  const fresh = new LsmStore(new NodeDisk(join(folder, "memtable")), {
    sync: "manual",
    memtableBytes: LARGE_BUFFER_BYTES,
  });
  start = now();
  for (let i = 0; i < RECORDS; i += BATCH) {
    fresh.write(keys.slice(i, i + BATCH).map((key, j) => ({ kind: "put", key, value: values[i + j]! })));
  }
  const buffered = perSecond(RECORDS, start);
  const memtable = timeReads(present, (key) => fresh.get(key), VALUE_BYTES);

  const durable = new LsmStore(new NodeDisk(join(folder, "durable")), { sync: "always" });
  start = now();
  for (let i = 0; i < SERIAL; i++) durable.put(keys[i]!, values[i]!);
  const serial = perSecond(SERIAL, start);
  start = now();
  for (let group = 0; group < GROUPS; group++) {
    durable.write(
      Array.from({ length: WRITERS }, (_, i) => {
        const at = WRITERS * group + i;
        return { kind: "put", key: keys[at]!, value: values[at]! } as const;
      }),
    );
  }
  return {
    put,
    buffered,
    get,
    miss,
    memtable,
    scan,
    serial,
    grouped: perSecond(GROUPS * WRITERS, start),
    amplification,
  };
}

async function measureLevel(folder: string, { keys, values, present, absent }: Work): Promise<Metrics> {
  const options = {
    keyEncoding: "utf8",
    valueEncoding: "view",
    cacheSize: CACHE_BYTES,
    compression: false,
    writeBufferSize: SMALL_BUFFER_BYTES,
  } as const;
  const level = new ClassicLevel<string, Uint8Array>(join(folder, "batched"), options);
  await level.open();
  let start = now();
  for (let i = 0; i < RECORDS; i += BATCH) {
    await level.batch(keys.slice(i, i + BATCH).map((key, j) => ({ type: "put", key, value: values[i + j]! })));
  }
  const put = perSecond(RECORDS, start);
  // Memtable to table and tables to one level, as flush() does for the other: both are then read from tables.
  await level.compactRange(keyOf(0), keyOf(2 * RECORDS));
  const get = timeReads(present, (key) => level.getSync(key), VALUE_BYTES);
  const miss = timeReads(absent, (key) => level.getSync(key), 0);
  start = now();
  let seen = 0;
  const iterator = level.iterator();
  for (let batch = await iterator.nextv(1_000); batch.length > 0; batch = await iterator.nextv(1_000))
    seen += batch.length;
  const scan = perSecond(seen, start);
  await iterator.close();
  await level.close();

  const fresh = new ClassicLevel<string, Uint8Array>(join(folder, "memtable"), {
    ...options,
    writeBufferSize: LARGE_BUFFER_BYTES,
  });
  await fresh.open();
  start = now();
  for (let i = 0; i < RECORDS; i += BATCH) {
    await fresh.batch(keys.slice(i, i + BATCH).map((key, j) => ({ type: "put", key, value: values[i + j]! })));
  }
  const buffered = perSecond(RECORDS, start);
  const memtable = timeReads(present, (key) => fresh.getSync(key), VALUE_BYTES);
  await fresh.close();

  const durable = new ClassicLevel<string, Uint8Array>(join(folder, "durable"), options);
  await durable.open();
  start = now();
  for (let i = 0; i < SERIAL; i++) await durable.put(keys[i]!, values[i]!, { sync: true });
  const serial = perSecond(SERIAL, start);
  start = now();
  for (let group = 0; group < GROUPS; group++) {
    const at = WRITERS * group;
    await Promise.all(keys.slice(at, at + WRITERS).map((key, i) => durable.put(key, values[at + i]!, { sync: true })));
  }
  const grouped = perSecond(GROUPS * WRITERS, start);
  await durable.close();
  return { put, buffered, get, miss, memtable, scan, serial, grouped };
}

/** What one gets without an index on disk: everything in memory, and a log to build it again from. */
function measureMap(folder: string, { keys, values, present, absent }: Work): Metrics {
  const disk = new NodeDisk(join(folder, "map"));
  const log = new WriteAheadLog(disk, { file: "log", sync: { kind: "never" } });
  const map = new Map<string, Uint8Array>();
  const encoder = new TextEncoder();
  const record = new Uint8Array(16 + VALUE_BYTES);
  let start = now();
  for (let i = 0; i < RECORDS; i += BATCH) {
    for (let j = i; j < i + BATCH; j++) {
      encoder.encodeInto(keys[j]!, record);
      record.set(values[j]!, 16);
      log.append(record);
      map.set(keys[j]!, values[j]!.slice());
    }
    log.commit();
  }
  const put = perSecond(RECORDS, start);
  const amplification = disk.stats.bytesWritten / (RECORDS * (16 + VALUE_BYTES));
  const memtable = timeReads(present, (key) => map.get(key)?.slice(), VALUE_BYTES);
  const miss = timeReads(absent, (key) => map.get(key), 0);
  start = now();
  let seen = 0;
  for (const key of [...map.keys()].sort()) seen += map.get(key)!.slice().length > 0 ? 1 : 0;
  return { buffered: put, memtable, miss, scan: perSecond(seen, start), amplification };
}

const contenders: Contender[] = [
  { name: PEER, ours: false, measure: () => inFolder(measureLevel) },
  { name: LOGGED_MAP, ours: false, measure: () => inFolder(measureMap) },
  { name: OURS, ours: true, measure: () => inFolder(measureStore) },
];

/** Ours at least `factor` times the peer's, in the same run. */
function ratioGoal(text: string, metric: string, factor: number): Goal {
  return {
    text,
    judge: (medians) => {
      const ratio = medians.get(OURS)![metric]! / medians.get(PEER)![metric]!;
      return { met: ratio >= factor, reached: `${ratio.toFixed(2)} times` };
    },
  };
}

function rateGoal(text: string, metric: string, least: number): Goal {
  return {
    text,
    judge: (medians) => {
      const rate = medians.get(OURS)![metric]!;
      return { met: rate >= least, reached: `${(rate / 1e6).toFixed(2)} M/s` };
    },
  };
}

export default definePeers({
  title: "Key-value stores",
  workload: `${RECORDS} keys of 16 characters with values of ${VALUE_BYTES} random bytes in random order, on a real
disk. Batched puts of ${BATCH} without sync, once with write buffers of 8 MiB on both sides, which are flushed on
the way, and once of 256 MiB, which are not; then, from tables in the cache, ${READS} gets of present and of
absent keys (getSync for classic-level) and one ordered scan; gets from a memtable; ${SERIAL} durable puts
one by one; ${GROUPS} times ${WRITERS} durable puts at once (one batch for lsm-store, ${WRITERS} put calls
for classic-level). classic-level without compression (the values do not compress). Seed 11.`,
  metrics: [
    { id: "put", label: "puts with flushes/s", digits: 0 },
    { id: "buffered", label: "puts into memory and log/s", digits: 0 },
    { id: "get", label: "table gets/s", digits: 0 },
    { id: "miss", label: "absent gets/s", digits: 0 },
    { id: "memtable", label: "memtable gets/s", digits: 0 },
    { id: "scan", label: "scan/s", digits: 0 },
    { id: "serial", label: "durable puts/s", digits: 0 },
    { id: "grouped", label: "of 64 writers/s", digits: 0 },
    { id: "amplification", label: "bytes written/byte", digits: 2 },
  ],
  contenders,
  goals: [
    ratioGoal("batched puts, flushes included, at least 1.4 times classic-level", "put", 1.4),
    ratioGoal("batched puts into memory and log at least 1.4 times classic-level", "buffered", 1.4),
    ratioGoal("gets from tables at least 1.2 times getSync of classic-level", "get", 1.2),
    ratioGoal("64 durable writers at least 6 times classic-level", "grouped", 6),
    rateGoal("gets from the memtable at least 1.5 M/s", "memtable", 1.5e6),
    rateGoal("absent keys at least 2 M/s", "miss", 2e6),
    {
      text: "at most 10 bytes written for a byte of keys and values",
      judge: (medians) => {
        const bytes = medians.get(OURS)!.amplification!;
        return { met: bytes <= 10, reached: bytes.toFixed(2) };
      },
    },
  ],
});
