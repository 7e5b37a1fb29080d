import { BlockCache } from "../../../../given/key-value-store/block-cache.ts";
import type { Cursor, Slice } from "../../../../given/key-value-store/cursor.ts";
import { createRandom } from "../../../../sim/prng.ts";
import type { TableOptions } from "../../../../solutions/key-value-store/sorted-table.ts";
import { diskWith, loseUnsynced, SimDisk } from "../../../kit/crashes.ts";
import {
  behavior,
  counts,
  ensure,
  expect,
  fc,
  forAll,
  LONG_RUNS,
  names,
  run,
  stage,
  step,
  subject,
} from "../../../kit/index.ts";
import {
  blockChecked,
  bloomComplete,
  bloomRate,
  readsLatest,
  scanOrdered,
  snapshotStands,
  tombstoneHides,
} from "../invariants.ts";
import { ascending, bytesOf, evens, numbered, readsDuring, textOf } from "../values.ts";

const { Memtable, BloomFilter, TableBuilder, Table } =
  await subject<typeof import("../../../../solutions/key-value-store/sorted-table.ts")>();

const FILE = "000001.table";
/** Null is a tombstone. */
type Value = string | null;
type Pairs = readonly (readonly [string, Value])[];

const sliceOf = (value: Value): Slice => {
  // Somewhere inside a larger array, so that `start` matters.
  const bytes = bytesOf(`[${value ?? ""}]`);
  return { bytes, start: 1, length: value === null ? -1 : value.length };
};
const contentOf = (slice: Slice): Value =>
  slice.length < 0 ? null : textOf(slice.bytes.subarray(slice.start, slice.start + slice.length));
function walk(cursor: Cursor): [string, Value][] {
  const pairs: [string, Value][] = [];
  for (; cursor.key !== undefined; cursor.next()) pairs.push([cursor.key, contentOf(cursor)]);
  return pairs;
}

function build(pairs: Pairs, options: TableOptions = {}): SimDisk {
  const disk = new SimDisk();
  const builder = new TableBuilder(disk, FILE, options);
  for (const [key, value] of pairs) builder.add(key, sliceOf(value));
  const bytes = builder.finish();
  expect(bytes, "what finish() returns").toBe(disk.size(FILE));
  disk.syncDirectory();
  return disk;
}

const open = (disk: SimDisk, cacheBytes = 0): InstanceType<typeof Table> =>
  new Table(disk, FILE, new BlockCache(cacheBytes));

/** Keys of every kind: few, so that they meet; odd ones among them. */
const anyKey = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom("", "a", "ab", "b", "ba", "z", "__proto__", "é", "\ud800", "日本", "\uffff"),
  },
  { weight: 2, arbitrary: names() },
  { weight: 2, arbitrary: fc.string({ maxLength: 6 }) },
);
/** Values of short lengths, and of those at which one byte, or two, no longer hold a length. */
const anyValue = fc.option(
  fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit: "binary-ascii", maxLength: 8 }) },
    { weight: 1, arbitrary: fc.constantFrom(70, 126, 127, 128, 255, 256, 300).map((length) => "x".repeat(length)) },
  ),
  { nil: null },
);
const sortedPairs = fc
  .uniqueArray(fc.tuple(anyKey, anyValue), { selector: ([key]) => key, minLength: 1, maxLength: 40 })
  .map((pairs) => [...pairs].sort(([a], [b]) => ascending(a, b)));

stage(1, "Keep the newest version, and those a snapshot sees", () => {
  interface Step {
    readonly key: string;
    readonly value: Value;
    readonly snapshot: boolean;
    readonly close: boolean;
  }
  const steps = fc.array(
    fc.record({
      key: fc.constantFrom("a", "b", "", "é"),
      value: anyValue,
      snapshot: fc.boolean(),
      close: fc.boolean(),
    }),
    { maxLength: 30 },
  );

  behavior("returns the version that a reader of any open sequence sees", snapshotStands, () => {
    // Sequences count every batch that a store ever took: they outgrow 32 bits.
    const edges = fc.oneof(fc.constantFrom(2 ** 31, 2 ** 32), counts({ min: 0, max: Number.MAX_SAFE_INTEGER - 100 }));
    const bases = fc.tuple(edges, fc.nat(20)).map(([edge, before]) => Math.max(0, edge - before));
    forAll(fc.tuple(steps, bases), ([input, base]: [Step[], number]) => {
      const memtable = new Memtable();
      const versions: { key: string; value: Value; sequence: number }[] = [];
      const opened: number[] = [];
      const seenAt = (key: string, sequence: number): Value | undefined =>
        versions.findLast((version) => version.key === key && version.sequence <= sequence)?.value;
      input.forEach(({ key, value, snapshot, close }, i) => {
        const kept = opened.length === 0 ? -1 : Math.max(...opened);
        step(`set(${JSON.stringify(key)}, ${JSON.stringify(value)}, sequence ${base + i + 1}, kept ${kept})`);
        memtable.set(key, value === null ? null : bytesOf(value), base + i + 1, kept);
        versions.push({ key, value, sequence: base + i + 1 });
        if (snapshot) opened.push(base + i + 1);
        if (close) opened.shift();
        for (const sequence of [...opened, base + i + 1]) {
          for (const each of ["a", "b", "", "é"]) {
            const found = memtable.find(each, sequence);
            expect(found === undefined ? undefined : contentOf(found), `"${each}" at ${sequence}`).toBe(
              seenAt(each, sequence),
            );
          }
        }
      });
      expect(memtable.size).toBe(new Set(input.map(({ key }) => key)).size);
    });
  });

  behavior("walks its keys in order from any key on", scanOrdered, () => {
    forAll(fc.tuple(fc.array(fc.tuple(anyKey, anyValue), { maxLength: 40 }), anyKey), ([input, from]) => {
      const memtable = new Memtable();
      const model = new Map<string, Value>();
      input.forEach(([key, value], i) => {
        memtable.set(key, value === null ? null : bytesOf(value), i + 1, -1);
        model.set(key, value);
        // A cursor now and then, so that keys come between those that are sorted already.
        if (i % 7 === 3) walk(memtable.cursor(i + 1));
      });
      const expected = [...model].filter(([key]) => key >= from).sort(([a], [b]) => ascending(a, b));
      step(`cursor from ${JSON.stringify(from)}`);
      expect(walk(memtable.cursor(input.length, from))).toEqual(expected);
    });
  });

  behavior("keeps a hundred thousand keys in the order of strings", scanOrdered, () => {
    const memtable = new Memtable();
    const many = LONG_RUNS.at(-1)!;
    for (let i = 0; i < many; i++) memtable.set(`user:${i}`, bytesOf(`${i}`), i + 1, -1);
    expect(memtable.size).toBe(many);
    const steps = [`set "user:0" to "user:${many - 1}"`];
    for (let i = 0; i < many; i++) {
      const found = memtable.find(`user:${i}`, many);
      const value = found === undefined ? undefined : contentOf(found);
      ensure(value === `${i}`, () => ({ expected: `"${i}" for "user:${i}"`, got: `${value}`, steps }));
    }
    let previous = "";
    let walked = 0;
    for (const cursor = memtable.cursor(many); cursor.key !== undefined; cursor.next(), walked++) {
      const { key } = cursor;
      ensure(key > previous, () => ({
        expected: `a key after "${previous}", as strings are ordered`,
        got: key,
        steps,
      }));
      previous = key;
    }
    expect(walked, "keys that a cursor walks").toBe(many);
  });

  behavior("shows a cursor what it showed when it began, whatever is set later", snapshotStands, () => {
    const memtable = new Memtable();
    ["b", "d", "f"].forEach((key, i) => {
      memtable.set(key, bytesOf(`old ${key}`), i + 1, -1);
    });
    const cursor = memtable.cursor(3);
    const halfway = memtable.cursor(3);
    halfway.next();
    ["a", "b", "c", "d", "e", "f", "g"].forEach((key, i) => {
      step(`set "${key}" at sequence ${i + 4}, while cursors of sequence 3 are on their way`);
      memtable.set(key, key === "f" ? null : bytesOf("new"), i + 4, 3);
    });
    const seen = walk(cursor);
    expect(walk(halfway), "a cursor that was at its second key").toEqual(seen.slice(1));
    expect(seen).toEqual([
      ["b", "old b"],
      ["d", "old d"],
      ["f", "old f"],
    ]);
    expect(walk(memtable.cursor(10)).map(([key]) => key)).toEqual(["a", "b", "c", "d", "e", "f", "g"]);
  });

  behavior("copies the value, and counts what it holds", readsLatest, () => {
    const memtable = new Memtable();
    const reused = bytesOf("first");
    memtable.set("k", reused, 1, -1);
    reused.fill(0);
    expect(contentOf(memtable.find("k", 1)!)).toBe("first");
    const before = memtable.bytes;
    for (let i = 0; i < 100; i++) memtable.set("k", new Uint8Array(1_000), 2 + i, -1);
    ensure(memtable.bytes >= before + 100_000, () => ({
      expected:
        "`bytes` to grow by at least 100,000: overwritten values are in the log as well, and the log must not grow for ever",
      got: `${memtable.bytes - before}`,
    }));
  });
});

stage(2, "A filter that never denies its keys", () => {
  behavior("says maybe to every key that was added, also after it was stored", bloomComplete, () => {
    for (const keys of [0, 1, 2, 7, 100, 5_000]) {
      for (const bits of [1, 8, 10, 20]) {
        const filter = BloomFilter.withRoomFor(keys, bits);
        for (let i = 0; i < keys; i++) filter.add(`${i}:${keys}`);
        const stored = new BloomFilter(filter.bytes.slice());
        step(`a filter for ${keys} keys at ${bits} bits a key`);
        for (let i = 0; i < keys; i++) {
          const key = `${i}:${keys}`;
          if (filter.mayContain(key) && stored.mayContain(key)) continue;
          expect(`certainly not "${key}"`).toBe(`maybe "${key}"`);
        }
      }
    }
    forAll(fc.array(anyKey, { maxLength: 20 }), (keys) => {
      const filter = BloomFilter.withRoomFor(keys.length, 10);
      for (const key of keys) filter.add(key);
      for (const key of keys) expect(filter.mayContain(key), JSON.stringify(key)).toBe(true);
    });
  });

  behavior("says no to nearly every other key, in the bits that it was given", bloomRate, () => {
    // Keys and bits a key, and the largest share of false maybes: twice the theory of a plain filter, room for a
    // blocked one.
    const rows: [number, number, number][] = [
      [1_000, 10, 0.0164],
      [20_000, 10, 0.0164],
      [20_000, 6, 0.14],
    ];
    for (const [keys, bits, most] of rows) {
      const filter = BloomFilter.withRoomFor(keys, bits);
      for (let i = 0; i < keys; i++) filter.add(numbered(i));
      let maybes = 0;
      const absent = 50_000;
      for (let i = 0; i < absent; i++) if (filter.mayContain(numbered(keys + i))) maybes++;
      step(`${keys} keys at ${bits} bits a key; ${maybes} of ${absent} absent keys answer maybe`);
      ensure(maybes <= most * absent, () => ({
        expected: `at most ${Math.floor(most * absent)} false maybes in ${absent}`,
        got: `${maybes}`,
      }));
      ensure(filter.bytes.length <= (keys * bits) / 8 + 64, () => ({
        expected: `about ${(keys * bits) / 8} bytes`,
        got: `${filter.bytes.length}`,
      }));
    }
    expect(BloomFilter.withRoomFor(10, 10).mayContain("anything"), "of an empty filter").toBe(false);
  });

  behavior("says no as often in filters of few keys, taken together", bloomRate, () => {
    // Of a few keys a single filter has good luck or bad; of a hundred every one must do.
    for (const [keys, filters, alone] of [
      ...[1, 2, 3, 5, 6, 8, 10, 20, 50].map((few) => [few, 200, 1] as const),
      [100, 30, 0.02] as const,
    ]) {
      const absent = keys === 100 ? 2_000 : 200;
      let [maybes, most] = [0, 0];
      for (let f = 0; f < filters; f++) {
        const filter = BloomFilter.withRoomFor(keys, 10);
        for (let i = 0; i < keys; i++) filter.add(`${f}: ${numbered(i)}`);
        let here = 0;
        for (let i = 0; i < absent; i++) if (filter.mayContain(`${f}: ${numbered(keys + i)}`)) here++;
        maybes += here;
        most = Math.max(most, here);
      }
      step(`${filters} filters for ${keys} keys at 10 bits a key; ${absent} absent keys asked of each`);
      ensure(maybes <= 0.02 * absent * filters, () => ({
        expected: `at most ${0.02 * absent * filters} false maybes in ${absent * filters}`,
        got: `${maybes}`,
      }));
      ensure(most <= alone * absent, () => ({
        expected: `at most ${alone * absent} false maybes of one filter in ${absent}`,
        got: `${most}`,
      }));
    }
  });
});

stage(3, "Write blocks, find a key with one read", () => {
  behavior("holds more keys than sixteen bits count, in order of strings", scanOrdered, () => {
    const many = LONG_RUNS.at(-2)!;
    const keys = Array.from({ length: many }, (_, i) => `user:${i}`).sort();
    const table = open(build(keys.map((key) => [key, key.padEnd(30, ".")])), 2 ** 22);
    const steps = [`a table of "user:0" to "user:${many - 1}", sorted as strings, of more than two megabytes`];
    for (const key of keys) {
      const found = table.get(key);
      const value = found instanceof Uint8Array ? textOf(found) : found;
      ensure(value === key.padEnd(30, "."), () => ({
        expected: `the value of "${key}"`,
        got: `${value}`,
        steps: [...steps, `get("${key}")`],
      }));
    }
    const cursor = table.cursor("user:9");
    for (const key of keys.slice(keys.indexOf("user:9"))) {
      ensure(cursor.key === key, () => ({ expected: `"${key}" to be next`, got: `${cursor.key}`, steps }));
      cursor.next();
    }
    expect(cursor.key, "after the last key").toBeUndefined();
  });

  behavior("holds keys and values of every size", readsLatest, () => {
    const sizes = [0, 1, 63, 64, 127, 128, 4_096, 4_097, 16_383, 16_384, 65_535, 65_536, 70_000];
    const keys = sizes.flatMap((size) => ["k", "日"].map((letter) => letter.repeat(size)));
    const values = [...sizes, 2 ** 20, 2_000_000, 2_000_001, 2_097_151, 2_097_152];
    const pairs = [...new Set([...keys, ...values.map((size) => `value of ${size}`)])].sort().map((key, i) => {
      const size = key.startsWith("value of ") ? Number(key.slice(9)) : i;
      return { key, bytes: new Uint8Array(size).fill(1 + (i % 251)) };
    });
    const disk = new SimDisk();
    const builder = new TableBuilder(disk, FILE);
    for (const { key, bytes } of pairs) builder.add(key, { bytes, start: 0, length: bytes.length });
    builder.finish();
    const table = open(disk);
    for (const [i, { key, bytes }] of pairs.entries()) {
      const found = table.get(key);
      const isRight = found?.length === bytes.length && [0, bytes.length - 1].every((at) => found[at] === bytes[at]);
      ensure(isRight, () => ({
        steps: [`a key of ${key.length} units with a value of ${bytes.length} bytes, all ${1 + (i % 251)}`],
        expected: "the value as it was added",
        got: found instanceof Uint8Array ? `${found.length} bytes, beginning with ${found[0]}` : `${found}`,
      }));
    }
  });

  behavior("copies what is added: a caller may use its bytes again", readsLatest, () => {
    const disk = new SimDisk();
    const builder = new TableBuilder(disk, FILE);
    const reused = new Uint8Array(3);
    for (const [i, key] of ["a", "b", "c"].entries()) {
      reused.fill(97 + i);
      builder.add(key, { bytes: reused, start: 0, length: 3 });
    }
    reused.fill(0);
    builder.finish();
    expect(walk(open(disk).cursor())).toEqual([
      ["a", "aaa"],
      ["b", "bbb"],
      ["c", "ccc"],
    ]);
  });

  behavior("finds every key that was added, with its value, and no other", readsLatest, () => {
    forAll(fc.tuple(sortedPairs, fc.array(anyKey, { maxLength: 10 }), fc.constantFrom(1, 30, 4_096)), (input) => {
      const [pairs, others, blockBytes] = input;
      const table = open(build(pairs, { blockBytes }));
      const model = new Map(pairs);
      for (const key of [...model.keys(), ...others]) {
        const expected = model.has(key) ? model.get(key)! : undefined;
        const found = table.get(key);
        expect(found instanceof Uint8Array ? textOf(found) : found, `get(${JSON.stringify(key)})`).toBe(expected);
      }
    });
  });

  behavior("tells a tombstone from a key that it does not know", tombstoneHides, () => {
    const table = open(
      build([
        ["a", "1"],
        ["b", null],
        ["c", ""],
      ]),
    );
    expect(table.get("b"), 'get("b"), a tombstone').toBeNull();
    expect(table.get("bb"), 'get("bb"), never added').toBeUndefined();
    expect(table.get("c")?.length, 'get("c"), an empty value').toBe(0);
  });

  behavior("walks all versions in order from any key on", scanOrdered, () => {
    forAll(fc.tuple(sortedPairs, anyKey, fc.constantFrom(1, 30, 4_096)), ([pairs, from, blockBytes]) => {
      const table = open(build(pairs, { blockBytes }));
      step(`cursor(${JSON.stringify(from)})`);
      expect(walk(table.cursor(from))).toEqual(pairs.filter(([key]) => key >= from));
    });
  });

  behavior("reads one block for a key, and none for nearly every key that is not there", bloomRate, () => {
    const disk = build(evens(2_000));
    const table = open(disk);
    for (const i of [0, 1, 777, 1_999]) {
      const reads = readsDuring(disk, () => expect(table.get(numbered(2 * i))).toBeInstanceOf(Uint8Array));
      expect(reads, `reads for ${numbered(2 * i)}`).toBe(1);
    }
    const before = disk.stats.bytesRead;
    const reads = readsDuring(disk, () => {
      for (let i = 0; i < 2_000; i++) expect(table.get(numbered(2 * i + 1))).toBeUndefined();
    });
    expect(reads, "reads for 2,000 absent keys among the others").toBeLessThanOrEqual(60);
    expect(disk.stats.bytesRead - before, "bytes read").toBeLessThanOrEqual(60 * 4_400);
  });

  behavior("reads a block once while the cache holds it, and keeps within the cache", readsLatest, () => {
    const disk = build(evens(2_000));
    const all = (table: InstanceType<typeof Table>) => (): void => {
      for (let i = 0; i < 2_000; i++) table.get(numbered(2 * i));
    };
    const cached = open(disk, 2 ** 24);
    const blocks = readsDuring(disk, all(cached));
    expect(blocks, "reads for 2,000 keys in order, everything fits").toBeLessThanOrEqual(40);
    expect(readsDuring(disk, all(cached)), "reads the second time").toBe(0);
    const small = open(disk, 20_000);
    all(small)();
    const again = readsDuring(disk, all(small));
    ensure(again >= blocks / 2, () => ({
      expected: `a cache of 20,000 bytes to hold a few of the ${blocks} blocks`,
      got: `only ${again} reads for all keys again`,
    }));
  });

  behavior("gives copies: what a caller does to a value changes nothing", readsLatest, () => {
    const table = open(
      build([
        ["a", "one"],
        ["b", "two"],
      ]),
      2 ** 20,
    );
    const first = table.get("a")!;
    first.fill(0);
    expect(textOf(table.get("a")!)).toBe("one");
  });

  behavior("refuses keys out of order, and makes no file of nothing", scanOrdered, () => {
    for (const [first, second] of [
      ["b", "a"],
      ["a", "a"],
      ["é", "z"],
    ] as const) {
      const builder = new TableBuilder(new SimDisk(), FILE);
      builder.add(first, sliceOf("1"));
      step(`add "${first}", then "${second}"`);
      expect(() => builder.add(second, sliceOf("2"))).toThrow(RangeError);
    }
    const disk = new SimDisk();
    expect(new TableBuilder(disk, FILE).finish()).toBe(0);
    expect(disk.exists(FILE)).toBe(false);
  });

  behavior("finish leaves every byte durable", blockChecked, () => {
    const pairs = evens(300);
    const disk = build(pairs, { blockBytes: 512 });
    step("the power fails after finish() and a sync of the directory");
    loseUnsynced(disk);
    expect(walk(open(disk).cursor())).toEqual(pairs);
  });
});

stage(4, "Believe no byte unchecked", () => {
  const pairs: [string, Value][] = [
    ["a", "alpha"],
    ["b", null],
    ["c", "gamma"],
    ["d", ""],
    ["e", "epsilon"],
  ]; // prettier-ignore

  behavior("never gives a wrong answer, whichever bit is flipped, and notices each", blockChecked, () => {
    const bytes = build(pairs, { blockBytes: 12 }).read(FILE);
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const damaged = bytes.slice();
      damaged[bit >>> 3]! ^= 1 << (bit & 7);
      const steps = [
        `a table of ${pairs.length} keys`,
        `bit ${bit & 7} of byte ${bit >>> 3} of ${bytes.length} is flipped`,
      ];
      const told = useAll(damaged, pairs, steps);
      ensure(told > 0, () => ({
        expected: "CorruptionError when the damaged part is read",
        got: "no error from opening, looking up and walking",
        steps,
      })); // prettier-ignore
    }
  });

  behavior("never gives a wrong answer when bytes of it are missing or exchanged", blockChecked, () => {
    const bytes = build(pairs, { blockBytes: 12 }).read(FILE);
    for (let length = 0; length < bytes.length; length++) {
      const steps = [`a table of ${bytes.length} bytes`, `cut to ${length} bytes`];
      const told = useAll(bytes.slice(0, length), pairs, steps);
      ensure(told > 0, () => ({ expected: "CorruptionError", got: "no error", steps }));
    }
    const random = createRandom(run.seed);
    for (let i = 0; i < 300; i++) {
      const damaged = bytes.slice();
      const from = random.integer(0, bytes.length - 1);
      const length = random.integer(1, 24);
      for (let at = from; at < Math.min(bytes.length, from + length); at++) damaged[at] = random.integer(0, 255);
      useAll(damaged, pairs, [`bytes ${from} to ${from + length - 1} are noise`]);
    }
  });

  behavior("counts on every block's own checksum, not only on those it has seen before", blockChecked, () => {
    const many = evens(400);
    const disk = build(many, { blockBytes: 1_024 });
    const whole = disk.read(FILE);
    const at = Math.floor(whole.length / 3);
    const damaged = whole.slice();
    damaged[at]! ^= 1;
    const table = open(diskWith({ [FILE]: damaged }), 2 ** 20);
    let refused = 0;
    for (const [key, value] of many) {
      try {
        expect(textOf(table.get(key)!)).toBe(value);
      } catch (error) {
        if ((error as Error).name !== "CorruptionError") throw error;
        refused++;
      }
    }
    step(`byte ${at} of a table of 400 keys is damaged; every key is looked up`);
    expect(refused, "keys refused: those of one block").toBeGreaterThan(0);
    expect(refused).toBeLessThan(100);
  });
});

/** Opens the table, looks up and walks; every answer must be right. Returns how often CorruptionError was thrown. */
function useAll(bytes: Uint8Array, pairs: Pairs, steps: string[]): number {
  const disk = diskWith({ [FILE]: bytes });
  let refused = 0;
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "CorruptionError") throw error;
      refused++;
      return undefined;
    }
  };
  const table = attempt(() => open(disk));
  if (table === undefined) return refused;
  const model = new Map(pairs);
  for (const key of ["", "a", "b", "bb", "c", "d", "e", "f"]) {
    const found = attempt(() => [table.get(key)]);
    if (found === undefined) continue;
    const got = found[0] instanceof Uint8Array ? textOf(found[0]) : found[0];
    const expected = model.has(key) ? model.get(key)! : undefined;
    ensure(got === expected, () => ({
      expected: `${expected} for "${key}", or CorruptionError`,
      got: `${got}`,
      steps,
    }));
  }
  const cursor = attempt(() => table.cursor());
  for (let i = 0; cursor !== undefined && cursor.key !== undefined; i++) {
    const [key, value] = pairs[i] ?? ["nothing more", null];
    ensure(cursor.key === key && contentOf(cursor) === value, () => ({
      expected: `"${key}" to be next, with ${value}, or CorruptionError`,
      got: `"${cursor.key}" with ${contentOf(cursor)}`,
      steps,
    }));
    if (attempt(() => [cursor.next()]) === undefined) break;
  }
  return refused;
}
