import { BLOCK_BYTES, dataAt, endOf, HEADER_BYTES } from "../../../../given/object-storage/needle.ts";
import { createRandom } from "../../../../sim/prng.ts";
import { diskWith, loseUnsynced } from "../../../kit/crashes.ts";
import { behavior, ensure, expect, forAll, run, stage, step, subject } from "../../../kit/index.ts";
import { acknowledgedSurvives, damageIsReported, indexIsDerived, rangeReads } from "./invariants.ts";
import {
  actions,
  agrees,
  answers,
  ascii,
  compare,
  crashRun,
  type Deed,
  ensureClean,
  leaveVolumes,
  type Model,
  type Open,
  outcomeOf,
  pattern,
  put,
  SimDisk,
  type Subject,
  text,
  volumeName,
  volumeOf,
  volumesOf,
} from "./model.ts";
import { compactionBehaviors } from "./stage-compaction.ts";

const { DataNode } = await subject<typeof import("../../../../solutions/object-storage/data-node.ts")>();
const open: Open = (disk, options) => new DataNode(disk, options);

const FIRST = volumeName(1);
const SMALL = { volumeBytes: 300 };
/** The needle of "photo/1" = "hello", first in volume 1: checksums computed bit by bit, by another program. */
const GOLDEN = [
  "4e444c31", // magic
  "21e905c2", // checksum of the head
  "0100000000000000", // sequence 1
  "05000000", // size 5
  "00000701", // place 0, k 7, an object
  "70686f746f2f31", // photo/1
  "cfb20a5a", // checksum of block 0
  "68656c6c6f", // hello
  "", // zeros
].join("");

stage(1, "Pack objects into a volume", () => {
  behavior("agrees with a map under puts, overwrites and reopening", acknowledgedSurvives, () => {
    forAll(actions(["reopen", "delete"]), (input) => compare(open, input, SMALL), { runs: 100 });
  });

  behavior("lays needles out as the contract says, byte by byte", indexIsDerived, () => {
    const disk = new SimDisk();
    const node = open(disk);
    node.put("photo/1", ascii("hello"));
    step('put "photo/1" = "hello" into a new node');
    const hex = Array.from(disk.read(FIRST), (byte) => byte.toString(16).padStart(2, "0")).join("");
    expect(hex, "bytes of 000001.volume").toBe(GOLDEN);
    const long = text(pattern(2 * BLOCK_BYTES + 10))!;
    node.putAll([
      { key: "b", bytes: ascii(long) },
      { key: "c", bytes: ascii("") },
    ]);
    const { bytes } = volumeOf(1, [
      { key: "photo/1", value: "hello", sequence: 1 },
      { key: "b", value: long, sequence: 2 },
      { key: "c", value: "", sequence: 3, place: 1 },
    ]);
    expect(disk.size(FIRST), "bytes of the volume after putAll of two more").toBe(bytes.length);
    const got = disk.read(FIRST);
    const differs = bytes.findIndex((byte, i) => byte !== got[i]);
    expect(differs, "first byte that differs from the layout (-1: none)").toBe(-1);
    const many = Array.from({ length: 300 }, (_, i) => ({ key: `k${i}`, value: "", sequence: i + 1, place: i }));
    const other = new SimDisk();
    open(other).putAll(many.map(({ key }) => ({ key, bytes: ascii("") })));
    expect(text(other.read(FIRST)) === text(volumeOf(1, many).bytes), "a putAll of 300, as the layout says").toBe(true);
  });

  behavior("makes a put and a putAll durable with one write and one sync", acknowledgedSurvives, () => {
    const disk = new SimDisk();
    const node = open(disk);
    node.put("first", ascii("1"));
    let writes = 0;
    disk.observe = ({ kind, file }) => {
      if (kind !== "sync" && file.endsWith(".volume")) writes++;
    };
    const { syncs } = disk.stats;
    node.putAll(Array.from({ length: 64 }, (_, i) => ({ key: `k${i}`, bytes: pattern(100) })));
    expect([writes, disk.stats.syncs - syncs], "writes and syncs of a putAll of 64 objects").toEqual([1, 1]);
    node.put("k1", pattern(100));
    node.putAll([]);
    expect([writes, disk.stats.syncs - syncs], "and of one put more, and of a putAll of nothing").toEqual([2, 2]);
  });

  behavior("refuses a key that a needle cannot hold, and then writes nothing", indexIsDerived, () => {
    const disk = new SimDisk();
    const node = open(disk);
    const { bytesWritten } = disk.stats;
    for (const key of ["", "x".repeat(256), "é", "tab\t", "\u{1f600}"]) {
      step(`putAll of "good" and ${JSON.stringify(key.slice(0, 5))} (${key.length} characters)`);
      expect(() =>
        node.putAll([
          { key: "good", bytes: ascii("1") },
          { key, bytes: ascii("2") },
        ]),
      ).toThrow(RangeError);
    }
    class Huge extends Uint8Array {
      override get length(): number {
        return 2 ** 32;
      }
      override get byteLength(): number {
        return 2 ** 32;
      }
    }
    step("put of 2^32 bytes, one more than the four bytes of a size can say");
    expect(() => node.put("huge", new Huge())).toThrow(RangeError);
    const tooMany = Array.from({ length: 65_537 }, (_, i) => ({ key: `k${i}`, bytes: new Uint8Array(0) }));
    step("putAll of 65,537 objects, one more than the two bytes of a place can say");
    expect(() => node.putAll(tooMany)).toThrow(RangeError);
    expect([node.keys(), disk.stats.bytesWritten - bytesWritten]).toEqual([[], 0]);
  });

  behavior("holds as many objects in a putAll, and as long a key, as a needle can say", indexIsDerived, () => {
    const disk = new SimDisk();
    const node = open(disk);
    node.putAll(Array.from({ length: 65_536 }, (_, i) => ({ key: `k${i + 1}`, bytes: new Uint8Array(0) })));
    node.put("x".repeat(255), ascii("the longest key"));
    for (const each of [node, open(disk)]) {
      expect(each.keys().length, "after a putAll of 65,536 objects").toBe(65_537);
      expect(text(each.get("x".repeat(255)))).toBe("the longest key");
      expect(each.size("k65536")).toBe(0);
    }
  });

  behavior("begins another volume when one is full", indexIsDerived, () => {
    const disk = new SimDisk();
    const node = open(disk, { volumeBytes: 1_000 });
    for (let i = 0; i < 60; i++) node.put(`k${i % 20}`, pattern(68, i));
    const sizes = volumesOf(disk).map((file) => disk.size(file));
    ensure(sizes.length >= 6 && sizes.every((size) => size < 1_104), () => ({
      expected: "60 needles of 104 bytes in volumes that take no more once they have 1,000 bytes",
      got: `volumes of ${sizes.join(", ")} bytes`,
    }));
    expect(volumesOf(disk)).toEqual(sizes.map((_, i) => volumeName(i + 1)));
    expect(text(node.get("k7"))).toBe(text(pattern(68, 47)));
  });

  behavior("goes on in the volume with the highest number, however many there are", indexIsDerived, () => {
    const put = (node: Subject, i: number): void => node.put(`k${i}`, pattern(68, i));
    for (const count of [1, 8, 9, 10, 11, 99, 100, 101]) {
      const disk = new SimDisk();
      // What has reached the size exactly takes no more.
      const node = open(disk, { volumeBytes: 104 });
      for (let i = 1; i <= count; i++) put(node, i);
      step(`${count} volumes of one object each; open again, put, open again`);
      put(open(disk, { volumeBytes: 1 }), count + 1);
      put(open(disk, { volumeBytes: 10_000 }), count + 2);
      expect(volumesOf(disk), "the volumes").toEqual(Array.from({ length: count + 1 }, (_, i) => volumeName(i + 1)));
      expect(disk.size(volumeName(count + 1)), "bytes of the last, with two objects").toBe(2 * 104);
      leaveVolumes(disk);
      const again = open(disk);
      for (let i = 1; i <= count + 2; i++) expect(text(again.get(`k${i}`)), `get("k${i}")`).toBe(text(pattern(68, i)));
      ensureClean(again);
    }
    const made = [999_998, 999_999, 1_000_000];
    const disk = diskWith(
      Object.fromEntries(
        made.map((number, i) => [
          volumeName(number),
          volumeOf(number, [{ key: "a", value: `${i}`, sequence: i + 1 }]).bytes,
        ]),
      ),
    );
    step(`volumes ${made.join(", ")}; open, put, open again`);
    const node = open(disk, { volumeBytes: 1 });
    expect(text(node.get("a"))).toBe("2");
    node.put("b", ascii("new"));
    expect(disk.exists(volumeName(1_000_001)), "volume 1,000,001").toBe(true);
    expect([...answers(open(disk))]).toEqual([
      ["a", "2"],
      ["b", "new"],
    ]);
  });
});

stage(2, "Read a range, believe no byte unchecked", () => {
  const whole = pattern(3 * BLOCK_BYTES + 100);
  const withObject = (): { disk: SimDisk; node: Subject } => {
    const disk = new SimDisk();
    const node = open(disk);
    node.putAll([
      { key: "before", bytes: pattern(500, 1) },
      { key: "object", bytes: whole },
      { key: "after", bytes: pattern(500, 2) },
    ]);
    return { disk, node };
  };

  behavior("returns exactly the bytes asked for, on both sides of every block boundary", damageIsReported, () => {
    const { node } = withObject();
    const places = [0, 1, 2, 3].flatMap((block) => [-1, 0, 1, 50].map((by) => block * BLOCK_BYTES + by));
    const offsets = [...places.filter((at) => at >= 0), whole.length - 1, whole.length];
    for (const offset of offsets) {
      for (const end of [...offsets, whole.length + 5]) {
        if (end < offset) continue;
        const expected = whole.slice(offset, end);
        const got = node.read("object", offset, end - offset)!;
        const isSame = got.length === expected.length && got.every((byte, i) => byte === expected[i]);
        ensure(isSame, () => ({
          expected: `the ${expected.length} bytes from ${offset}, beginning ${[...expected.slice(0, 4)].join(" ")}`,
          got: `${got.length} bytes, beginning ${[...got.slice(0, 4)].join(" ")}`,
          steps: [
            `put an object of ${whole.length} bytes (blocks of ${BLOCK_BYTES})`,
            `read(${offset}, ${end - offset})`,
          ],
        }));
      }
    }
    expect(node.read("nothing", 0, 1)).toBeUndefined();
    for (const [offset, length] of [
      [-1, 1],
      [whole.length + 1, 1],
      [0, -1],
      [0.5, 1],
    ] as const)
      expect(() => node.read("object", offset, length), `read(${offset}, ${length})`).toThrow(RangeError);
  });

  behavior("costs one read of the blocks that hold the range", rangeReads, () => {
    const { disk, node } = withObject();
    let reads: number[] = [];
    const read = disk.read.bind(disk);
    disk.read = (...given) => {
      const bytes = read(...given);
      reads.push(bytes.length);
      return bytes;
    };
    for (const [offset, length, blocks] of [
      [10, 20, 1],
      [BLOCK_BYTES - 1, 2, 2],
      [0, whole.length, 4],
    ] as const) {
      reads = [];
      node.read("object", offset, length);
      const bound = blocks * (BLOCK_BYTES + 4);
      ensure(reads.length === 1 && reads[0]! <= bound, () => ({
        expected: `one read of the disk, of at most ${bound} bytes: ${blocks} blocks and their checksums`,
        got: `${reads.length} reads, of ${reads.join(" and ")} bytes`,
        steps: [`put an object of ${whole.length} bytes`, `read(${offset}, ${length})`],
      }));
    }
  });

  behavior("refuses damaged bytes by the name of the object, and reads all others", damageIsReported, () => {
    const { disk, node } = withObject();
    const start = dataAt({ volume: 1, offset: 536, sequence: 2, size: whole.length, place: 1, key: "object", kind: 1 });
    for (const at of [0, 3, 4, 5, 4_099, 4_100, 4_104, 9_000, 3 * 4_100 + 103]) {
      const block = Math.floor(at / 4_100);
      disk.flipBit(FIRST, 8 * (start + at) + (at % 8));
      step(`one bit of byte ${at} of the object's blocks is flipped: block ${block}`);
      for (let each = 0; each < 4; each++) {
        const call = (): unknown => node.read("object", each * BLOCK_BYTES, 1);
        if (each === block) expect(call, `a byte of block ${each}`).toThrow(/object/);
        else expect(call(), `a byte of block ${each}`).toEqual(whole.slice(each * BLOCK_BYTES, each * BLOCK_BYTES + 1));
      }
      expect(outcomeOf(() => node.get("object"))).toBe("ChecksumError");
      expect(text(node.get("before"))).toBe(text(pattern(500, 1)));
      expect(text(node.get("after"))).toBe(text(pattern(500, 2)));
      disk.flipBit(FIRST, 8 * (start + at) + (at % 8));
    }
  });

  behavior(
    "scrubs: finds every flipped bit of what is live, names the object, changes nothing",
    damageIsReported,
    () => {
      const disk = new SimDisk();
      const node = open(disk, SMALL);
      const objects = ["ann", "bob", "cy"].map((key, i) => ({ key, bytes: pattern(60 + 80 * i, i) }));
      for (const { key, bytes } of objects) node.put(key, bytes);
      node.put("dan", ascii("in another volume"));
      ensureClean(node);
      let offset = 0;
      const { operations } = disk.stats;
      objects.forEach(({ key, bytes }, i) => {
        const needle = { volume: 1, offset, sequence: i + 1, size: bytes.length, place: 0, key, kind: 1 } as const;
        const end = dataAt(needle) + 4 + bytes.length;
        for (let bit = 8 * offset; bit < 8 * end; bit += 5) {
          disk.flipBit(FIRST, bit);
          const expected = [{ key, volume: 1, offset, part: bit >= 8 * dataAt(needle) ? "data" : "header" }];
          const got = node.scrub();
          ensure(JSON.stringify(got) === JSON.stringify(expected), () => ({
            expected: JSON.stringify(expected),
            got: JSON.stringify(got),
            steps: ["put ann, bob and cy", `bit ${bit & 7} of byte ${bit >>> 3} is flipped`, "scrub()"],
          }));
          disk.flipBit(FIRST, bit);
        }
        offset = endOf(needle);
      });
      expect(disk.stats.operations, "operations that change the disk").toBe(operations);
    },
  );
});

stage(3, "Come back after a crash", () => {
  const deeds: Deed[] = [
    put(["a", "1"], ["b", "x".repeat(60)]),
    put(["a", "2"]),
    put(["c", "y".repeat(100)], ["b", "3"]),
    { what: "checkpoint()", run: (node) => node.checkpoint() },
    put(["d", ""], ["a", "4"]),
    put(["b", "z".repeat(150)]),
    put(["c", "5"]),
  ];
  const OBJECTS = [
    { key: "a", value: "old", sequence: 1 },
    { key: "b", value: "x".repeat(30), sequence: 2 },
    { key: "c", value: "y".repeat(20), sequence: 3 },
    { key: "a", value: "n".repeat(50), sequence: 4 },
  ];
  const stateAfter = (count: number): Model => new Map(OBJECTS.slice(0, count).map(({ key, value }) => [key, value]));

  behavior("survives a crash at every disk operation with every write that returned", acknowledgedSurvives, () => {
    crashRun(open, deeds, { volumeBytes: 10_000 });
    crashRun(open, deeds, SMALL);
  });

  behavior("cut at every byte, keeps the whole needles before and goes on from there", damageIsReported, () => {
    const { bytes, needles } = volumeOf(1, OBJECTS);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const disk = diskWith({ [FIRST]: bytes.slice(0, cut) });
      const count = needles.filter((needle) => endOf(needle) <= cut).length;
      step(`a volume of four needles, cut from ${bytes.length} to ${cut} bytes; open, put "new", open again`);
      const node = open(disk);
      agrees(node, stateAfter(count));
      ensureClean(node);
      node.put("new", ascii("1"));
      const again = open(disk);
      expect(text(again.get("new"))).toBe("1");
      ensureClean(again);
    }
  });

  behavior("takes a tail of zeros or noise for no object", damageIsReported, () => {
    const { bytes, needles } = volumeOf(1, OBJECTS);
    const random = createRandom(run.seed);
    const last = needles.at(-1)!;
    for (let kept = HEADER_BYTES + 2; kept < dataAt(last) - last.offset + 4 + last.size; kept += 3) {
      const torn = bytes.slice();
      const isNoise = random.chance(0.5);
      for (let i = last.offset + kept; i < torn.length; i++) torn[i] = isNoise ? random.integer(0, 255) : 0;
      const disk = diskWith({ [FIRST]: torn });
      step(`the last needle: its first ${kept} bytes, then ${isNoise ? "noise" : "zeros"}, as long as it should be`);
      const node = open(disk);
      if (torn.some((byte, i) => byte !== bytes[i] && i < endOf(last) - 6)) agrees(node, stateAfter(3));
      ensureClean(node);
    }
    for (const length of [1, 8, 24, 200]) {
      const disk = diskWith({ [FIRST]: Uint8Array.of(...bytes, ...new Uint8Array(length)) });
      step(`four needles and ${length} zeros`);
      agrees(open(disk), stateAfter(4));
      ensureClean(open(disk));
    }
  });

  behavior("finds everything again from the volumes alone, the newest by sequence", indexIsDerived, () => {
    forAll(actions(["rebuild", "checkpoint"]), (input) => compare(open, input, SMALL), { runs: 100 });
    const disk = diskWith({
      [volumeName(1)]: volumeOf(1, [
        { key: "a", value: "newest", sequence: 9 },
        { key: "b", value: "older", sequence: 2 },
      ]).bytes,
      [volumeName(4)]: volumeOf(4, [
        { key: "b", value: "newer", sequence: 5 },
        { key: "a", value: "old", sequence: 6 },
        { key: "c", value: "deleted", sequence: 7 },
        { key: "c", sequence: 8 },
      ]).bytes,
    });
    step("volume 1: a (9), b (2); volume 4: b (5), a (6), c (7), a tombstone of c (8); by sequence");
    const node = open(disk);
    expect([...answers(node)]).toEqual([
      ["a", "newest"],
      ["b", "newer"],
    ]);
    node.put("b", ascii("newest of all"));
    step("put b, open again");
    expect(text(open(disk).get("b"))).toBe("newest of all");
    // Where 8, 16 and 32 bits end, signed or not, and where text sorts numbers otherwise.
    for (const edge of [9, 99, 255, 65_535, 2 ** 31 - 1, 2 ** 32 - 1, 2 ** 40, Number.MAX_SAFE_INTEGER - 10]) {
      const older = { key: "a", value: "older", sequence: edge };
      const newer = { key: "a", value: "newer", sequence: edge + 1 };
      for (const [first, second] of [
        [older, newer],
        [newer, older],
      ] as const) {
        const disk = diskWith({
          [volumeName(1)]: volumeOf(1, [first]).bytes,
          [volumeName(2)]: volumeOf(2, [second]).bytes,
        });
        step(`volume 1: a (${first.sequence}); volume 2: a (${second.sequence}); open, put a, open again`);
        const node = open(disk);
        expect(text(node.get("a"))).toBe("newer");
        node.put("a", ascii("newest"));
        node.checkpoint();
        expect(text(open(disk).get("a")), "with an index").toBe("newest");
        leaveVolumes(disk);
        expect(text(open(disk).get("a")), "without").toBe("newest");
      }
    }
  });

  behavior("finds what follows a damage of any length", damageIsReported, () => {
    for (const size of [40, 4_096, 60_000, 65_400, 65_480, 65_488, 65_496, 65_504, 65_512, 131_000, 200_000]) {
      const disk = new SimDisk();
      const node = open(disk);
      node.put("lost", pattern(size));
      for (let i = 0; i < 5; i++) node.put(`k${i}`, pattern(20 + 8 * i, i));
      leaveVolumes(disk);
      disk.flipBit(FIRST, 8 * 16);
      step(`an object of ${size} bytes, and five others; the head of the first is damaged; open`);
      const again = open(disk);
      expect(again.keys()).toEqual(["k0", "k1", "k2", "k3", "k4"]);
      expect(again.scrub(), "scrub()").toEqual([{ key: null, volume: 1, offset: 0, part: "gap" }]);
      again.put("new", ascii("1"));
      expect(open(disk).keys()).toEqual(["k0", "k1", "k2", "k3", "k4", "new"]);
    }
  });

  behavior("stays right over thousands of writes and a hundred volumes", indexIsDerived, () => {
    const random = createRandom(run.seed);
    const disk = new SimDisk();
    const options = { volumeBytes: 4_000 };
    let node = open(disk, options);
    const model: Model = new Map();
    for (let i = 1; i <= 5_000; i++) {
      const key = `key-${random.integer(0, 400)}`;
      const isGone = random.chance(0.2);
      if (isGone) expect(node.delete(key), "what delete returned").toBe(model.delete(key));
      else {
        node.put(key, ascii(`${i} ${"x".repeat(random.integer(0, 60))}`));
        model.set(key, text(node.get(key))!);
        expect(model.get(key)!.startsWith(`${i} `), "what was put").toBe(true);
      }
      if (i % 1_250 !== 0) continue;
      step(`after ${i} puts and deletes: compaction, opened again, without an index every other time`);
      if (i % 2_500 === 0) node.compact(0.5);
      if (i % 2_500 !== 0) leaveVolumes(disk);
      node = open(disk, options);
      expect([...answers(node)].sort()).toEqual([...model].sort());
    }
    ensure(volumesOf(disk).length >= 11, () => ({
      expected: "more than ten volumes: five thousand writes to 401 keys in volumes of 4,000 bytes",
      got: `${volumesOf(disk).length}`,
    }));
  });

  behavior("keeps what follows a damaged needle, and never answers from the damage", damageIsReported, () => {
    const { bytes, needles } = volumeOf(1, OBJECTS);
    const { offset } = needles[2]!;
    for (let bit = 8 * needles[1]!.offset; bit < 8 * (offset + 40); bit += 3) {
      const disk = diskWith({ [FIRST]: bytes });
      disk.flipBit(FIRST, bit);
      const damaged = bit < 8 * offset ? 1 : 2;
      const { key, value } = OBJECTS[damaged]!;
      step(`a volume of four needles; bit ${bit & 7} of byte ${bit >>> 3}, in the needle of ${key}, is flipped; open`);
      for (const node of [open(disk), open(disk)]) {
        for (const each of OBJECTS.filter((object, i) => i > 0 && object.key !== key))
          expect(text(node.get(each.key)), `get("${each.key}")`).toBe(each.value);
        const got = outcomeOf(() => text(node.get(key)) ?? "nothing");
        if (got === value) continue;
        ensure(got === "ChecksumError" || got === "nothing", () => ({
          expected: `for "${key}" its value, a ChecksumError or nothing`,
          got,
        }));
        ensure(node.scrub().length > 0, () => ({ expected: "a scrub that tells of the damage", got: "no damage" }));
      }
    }
  });

  behavior("opens by its index without walking the volumes, and believes no byte of it", indexIsDerived, () => {
    const fill = (): SimDisk => {
      const disk = new SimDisk();
      const node = open(disk, { volumeBytes: 10_000 });
      for (let i = 0; i < 30; i++) node.put(`key-${i % 25}`, pattern(900, i));
      node.checkpoint();
      return disk;
    };
    const disk = fill();
    const model = answers(open(disk));
    const { bytesRead } = disk.stats;
    open(disk);
    const read = disk.stats.bytesRead - bytesRead;
    ensure(read < 30 * 80 + 5_000, () => ({
      expected: "at most 7,400 bytes read to open a node with 30 needles after a checkpoint",
      got: `${read} of ${volumesOf(disk).reduce((sum, file) => sum + disk.size(file), 0)} bytes`,
      note: "Walking the headers is right as well, and takes hours on a disk full of small objects.",
    }));
    const random = createRandom(run.seed);
    const side = disk.list().filter((file) => !file.endsWith(".volume"));
    for (let round = 0; round < 60; round++) {
      const damaged = disk.clone();
      const file = random.pick(side);
      const bit = random.integer(0, 8 * damaged.size(file) - 1);
      const isCut = random.chance(0.2);
      if (isCut) damaged.truncate(file, bit >>> 3);
      else damaged.flipBit(file, bit);
      step(
        isCut ? `${file} is cut to ${bit >>> 3} bytes` : `bit ${bit & 7} of byte ${bit >>> 3} of ${file} is flipped`,
      );
      expect(answers(open(damaged))).toEqual(model);
    }
  });

  behavior("makes durable what it found on opening", acknowledgedSurvives, () => {
    const disk = new SimDisk();
    disk.append(FIRST, volumeOf(1, OBJECTS).bytes);
    step("a process is killed after its write and before its sync; what it wrote is in the system's cache");
    agrees(open(disk), stateAfter(4));
    step("the node is opened and read; then the power fails");
    loseUnsynced(disk);
    agrees(open(disk), stateAfter(4));
  });

  behavior("does not believe a sync that follows a failed one", acknowledgedSurvives, () => {
    for (const broken of ["sync", "append"] as const) {
      const disk = new SimDisk();
      const node = open(disk);
      node.put("a", ascii("1"));
      disk.observe = ({ kind }) => {
        if (kind === broken) throw new Error(`EIO: the device failed to ${broken}`);
      };
      expect(() => node.put("b", ascii("2")), `a put whose ${broken} fails`).toThrow(/EIO/);
      disk.observe = undefined;
      step("the device works again");
      const two = ["c", "d"].map((key) => ({ key, bytes: ascii("3") }));
      for (const call of [() => node.put("c", ascii("3")), () => node.delete("a"), () => node.putAll(two)])
        expect(outcomeOf(call), "what a later write does").toBe("NodeFailedError");
      expect(text(node.get("a"))).toBe("1");
    }
  });
});

stage(4, "Delete, and give the space back", () => compactionBehaviors(open));
