import type { LsmOptions, Write } from "../../../../solutions/key-value-store/lsm-store.ts";
import { everyCrash, SimDisk } from "../../../kit/crashes.ts";
import { behavior, ensure, expect, fc, forAll, LONG_RUNS, stage, step, subject } from "../../../kit/index.ts";
import {
  blockChecked,
  bloomRate,
  compactionKeeps,
  crashPrefix,
  readsLatest,
  scanOrdered,
  snapshotStands,
  tombstoneHides,
} from "../invariants.ts";
import { bytesOf, numbered, readsDuring, textOf } from "../values.ts";
import {
  type Action,
  actions,
  agrees,
  applyTo,
  BATCHES,
  begin,
  compare,
  crashRun,
  got,
  holdsAState,
  type Model,
  type Open,
  put,
  remove,
  STATES,
  scanned,
  shown,
  sorted,
  type Work,
} from "./model.ts";

const { LsmStore } = await subject<typeof import("../../../../solutions/key-value-store/lsm-store.ts")>();
const open: Open = (disk, options) => new LsmStore(disk, options);

stage(1, "A memtable and its log", () => {
  behavior("agrees with a sorted map under writes, scans and reopening", readsLatest, () => {
    forAll(actions(["reopen"]), (input) => compare(open, input, {}));
  });

  behavior("applies a batch in its order and leaves the caller's bytes alone", readsLatest, () => {
    const store = new LsmStore(new SimDisk());
    const value = bytesOf("mine");
    store.write([put("a", "first"), remove("a"), put("b", "x"), { kind: "put", key: "a", value }]);
    value.fill(0);
    expect(got(store, "a")).toBe("mine");
    store.get("a")!.fill(0);
    expect(got(store, "a"), "after the caller has overwritten what get returned").toBe("mine");
    store.write([]);
    expect(scanned(store)).toEqual([
      ["a", "mine"],
      ["b", "x"],
    ]); // prettier-ignore
  });

  behavior(
    "takes tens of thousands of writes in one batch, and gives them back when it is opened again",
    readsLatest,
    () => {
      const disk = new SimDisk();
      const many = LONG_RUNS[3]!;
      new LsmStore(disk).write(Array.from({ length: many }, (_, i) => put(`user:${i}`, `${i}`)));
      const store = new LsmStore(disk);
      for (let i = 0; i < many; i++) {
        const found = got(store, `user:${i}`);
        ensure(found === `${i}`, () => ({
          steps: [`write a batch of ${many} puts, "user:0" to "user:${many - 1}"`, "open again"],
          expected: `"${i}" for "user:${i}"`,
          got: `${found}`,
        }));
      }
    },
  );

  behavior("always: survives a crash at every disk operation with every write that returned", crashPrefix, () => {
    crashRun(open, { sync: "always" });
  });

  behavior("manual: survives with a prefix of the writes, and with all before sync()", crashPrefix, () => {
    crashRun(open, { sync: "manual" }, (n, store, work) => {
      if (n !== 4) return;
      work.steps.push("sync()");
      store.sync();
      work.durable = n;
    });
  });
});

stage(2, "Flush, and read across tables", () => {
  const neverMerge: LsmOptions = { runsPerTier: 64, blockBytes: 16 };

  behavior("agrees with a sorted map across flushes and reopening", readsLatest, () => {
    forAll(actions(["reopen", "flush"]), (input) => compare(open, input, neverMerge));
  });

  behavior("hides what lies in an older table behind a tombstone", tombstoneHides, () => {
    const store = new LsmStore(new SimDisk(), neverMerge);
    store.put("a", bytesOf("old"));
    store.put("b", bytesOf("old"));
    store.flush();
    store.delete("a");
    step("put a, put b, flush, delete a, flush");
    expect(got(store, "a"), "before the second flush").toBeUndefined();
    store.flush();
    expect(got(store, "a"), "after the second flush").toBeUndefined();
    expect(scanned(store).map(([key]) => key)).toEqual(["b"]);
    store.put("a", bytesOf("new"));
    expect(got(store, "a")).toBe("new");
  });

  behavior(
    "keeps the order of more than ten tables, and of more than a hundred, when it is opened again",
    readsLatest,
    () => {
      const disk = new SimDisk();
      const latest = new Map<string, string>();
      let store = new LsmStore(disk, neverMerge);
      for (let flush = 1; flush <= 130; flush++) {
        const key = `k${flush % 7}`;
        latest.set(key, `value ${flush}`);
        store.put(key, bytesOf(`value ${flush}`));
        store.flush();
        if (flush > 12 && flush % 9 !== 0) continue;
        store = new LsmStore(disk, neverMerge);
        step(`put k1, k2, … k6, k0 and again, a flush after each, ${flush} in all; open again`);
        for (const [each, value] of latest) expect(got(store, each), `get("${each}")`).toBe(value);
        expect(scanned(store)).toEqual(sorted(latest));
      }
    },
  );

  behavior("holds values of every size, in the log, in a table, and when it is opened again", readsLatest, () => {
    const sizes = [0, 1, 127, 128, 255, 256, 16_383, 16_384, 65_535, 65_536, 2_000_000, 2_097_152];
    const disk = new SimDisk();
    let store = new LsmStore(disk);
    const holdsAll = (when: string): void => {
      for (const size of sizes) {
        const found = store.get(`value of ${size}`);
        const isRight = found?.length === size && (size === 0 || found[size - 1] === 1 + (size % 251));
        ensure(isRight, () => ({
          steps: [`put values of ${sizes.join(", ")} bytes`, when],
          expected: `${size} bytes of ${1 + (size % 251)} for "value of ${size}"`,
          got: found === undefined ? "undefined" : `${found.length} bytes, beginning with ${found[0]}`,
        }));
      }
    };
    for (const size of sizes) store.put(`value of ${size}`, new Uint8Array(size).fill(1 + (size % 251)));
    holdsAll("get each");
    store = new LsmStore(disk);
    holdsAll("open again, get each");
    store.flush();
    holdsAll("open again, flush, get each");
    store = new LsmStore(disk);
    holdsAll("open again, flush, open again, get each");
  });

  behavior("gives everybody bytes of their own, from the memtable and from a table", readsLatest, () => {
    const store = new LsmStore(new SimDisk());
    const readers = (): [string, () => Iterable<Uint8Array | undefined>][] => [
      ["get", () => [store.get("a")]],
      ["scan", () => Array.from(store.scan(), ([, value]) => value)],
      ["a snapshot's get", () => [store.snapshot().get("a")]],
      ["a snapshot's scan", () => Array.from(store.snapshot().scan(), ([, value]) => value)],
    ];
    store.put("a", bytesOf("mine"));
    for (const where of ["the memtable", "a table"]) {
      for (const [what, read] of readers()) {
        for (const value of read()) value?.fill(0);
        step(`the caller overwrites what ${what} returned from ${where}`);
        expect(got(store, "a")).toBe("mine");
        expect(scanned(store)).toEqual([["a", "mine"]]);
      }
      store.flush();
    }
  });

  behavior("flushes a full memtable by itself and starts a new log", readsLatest, () => {
    const disk = new SimDisk();
    const store = new LsmStore(disk, { memtableBytes: 10_000, runsPerTier: 64, sync: "manual" });
    const files = new Map<string, number>();
    const model: Model = new Map();
    for (let i = 0; i < 500; i++) {
      const batch = [put(numbered(i % 50), "v".repeat(100))];
      store.write(batch);
      applyTo(model, batch);
      for (const file of disk.list()) files.set(file, Math.max(files.get(file) ?? 0, disk.size(file)));
    }
    ensure(store.runs >= 3 && store.runs <= 12, () => ({
      expected: "3 to 12 tables after writing 50,000 bytes through a memtable of 10,000",
      got: `${store.runs}`,
    })); // prettier-ignore
    const longest = Math.max(...files.values());
    ensure(longest < 25_000, () => ({ expected: "no file longer than about two memtables", got: `${longest} bytes` }));
    expect(scanned(store)).toEqual(sorted(model));
  });

  behavior("reads a block only of tables that may hold the key", bloomRate, () => {
    const disk = new SimDisk();
    const store = new LsmStore(disk, { runsPerTier: 64, cacheBytes: 0, sync: "manual" });
    for (let run = 0; run < 6; run++) {
      for (let i = 0; i < 300; i++) store.put(numbered(6 * i + run), bytesOf("value"));
      store.flush();
    }
    expect(store.runs).toBe(6);
    const reads = (keys: readonly string[]): number =>
      readsDuring(disk, () => keys.forEach((key) => void store.get(key)));
    const present = Array.from({ length: 300 }, (_, i) => numbered(6 * i + (i % 6)));
    const absent = Array.from({ length: 300 }, (_, i) => `${numbered(6 * i)}?`);
    expect(reads(present), "reads for 300 present keys, each in one of six tables").toBeLessThanOrEqual(330);
    expect(reads(absent), "reads for 300 absent keys").toBeLessThanOrEqual(50);
  });
});

stage(3, "Switch atomically, survive every crash", () => {
  const flushing: LsmOptions = { memtableBytes: 150, runsPerTier: 64, blockBytes: 32 };

  behavior("survives a crash at every disk operation while it flushes", crashPrefix, () => {
    crashRun(open, { ...flushing, sync: "always" });
  });

  behavior("manual: a flush makes everything before it durable", crashPrefix, () => {
    crashRun(open, { ...flushing, sync: "manual" }, (n, store, work) => {
      if (n % 3 !== 0) return;
      work.steps.push("flush()");
      store.flush();
      work.durable = n;
    });
  });

  behavior("survives a crash while it is opened after a crash", crashPrefix, () => {
    // Crash points of the first run around its switches, then every crash point of the second.
    for (const at of [9, 11, 12, 13, 14, 15, 16, 17, 18, 20]) {
      everyCrash<Work>({
        setup: begin,
        disk: { tearUnitBytes: 16 },
        outcomesMax: 20,
        outcomesMin: 2,
        run(raw, work) {
          const first = new SimDisk();
          first.crashAtOperation = at;
          work.steps.push("write until the power fails", `…at disk operation ${at}`);
          try {
            const store = new LsmStore(first, flushing);
            for (const batch of BATCHES) {
              store.write(batch);
              work.durable++;
            }
          } catch (error) {
            if ((error as Error).name !== "SimulatedCrash") throw error;
          }
          first.crash((ways) => ways - 1);
          work.prepared = 2 * first.list().length + 1;
          for (const file of first.list()) {
            raw.append(file, first.read(file));
            raw.sync(file);
          }
          raw.syncDirectory();
          work.steps.push("open, write one batch more");
          const store = new LsmStore(raw, flushing);
          store.put("z", bytesOf("second life"));
        },
        check(raw, work, crash) {
          if (crash.operation <= work.prepared) return;
          holdsAState(new LsmStore(raw, flushing), work.durable);
        },
      });
    }
  });

  behavior("refuses a damaged or missing manifest or table by name, and never answers from it", blockChecked, () => {
    const make = (isFlushed: boolean): SimDisk => {
      const disk = new SimDisk();
      const store = new LsmStore(disk, { ...flushing, cacheBytes: 0 });
      for (const batch of BATCHES) store.write(batch);
      if (isFlushed) store.flush();
      return disk;
    };
    const answer = (disk: SimDisk): string => {
      try {
        return JSON.stringify(scanned(new LsmStore(disk, flushing)));
      } catch (error) {
        if (error instanceof Error && error.name === "CorruptionError") return error.name;
        throw error;
      }
    };
    for (const isFlushed of [true, false]) {
      const begin = isFlushed ? "write eight batches, flush" : "write eight batches, the last of them only in the log";
      const whole = make(isFlushed);
      const right = ["CorruptionError", STATES.at(-1)!];
      // The end of a log is torn for all that one can tell. Everything else is known to have been whole.
      const afterFlip = isFlushed ? right : [...right, ...STATES];
      let refused = 0;
      for (const file of whole.list().filter((name) => whole.size(name) > 0)) {
        for (let bit = 0; bit < 8 * whole.size(file); bit += 3) {
          const disk = make(isFlushed);
          disk.flipBit(file, bit);
          const found = answer(disk);
          const steps = [begin, `bit ${bit & 7} of byte ${bit >>> 3} of ${file} is flipped`, "open and scan"];
          ensure(afterFlip.includes(found), () => ({
            expected: afterFlip.slice(0, 2).join(", or "),
            got: found,
            steps,
          }));
          if (found === "CorruptionError") refused++;
        }
        const disk = make(isFlushed);
        disk.delete(file);
        const found = answer(disk);
        const steps = [begin, `${file} is gone`, "open and scan"];
        ensure(right.includes(found), () => ({ expected: right.join(", or "), got: found, steps }));
      }
      expect(refused, "flips that were refused").toBeGreaterThan(100);
    }
  });

  behavior("keeps no file that it does not need", crashPrefix, () => {
    const counts: string[] = [];
    everyCrash<Work>({
      setup: begin,
      outcomesMax: 4,
      run(disk, work) {
        const store = new LsmStore(disk, { ...flushing, runsPerTier: 2 });
        for (const batch of BATCHES) store.write(batch);
        work.steps.push("write eight batches");
      },
      check(disk) {
        const store = new LsmStore(disk, { ...flushing, runsPerTier: 2 });
        counts.push(`${disk.list().length} files, ${store.runs} tables`);
        // Three: there are sound stores with two manifests that take turns.
        ensure(disk.list().length <= store.runs + 3, () => ({
          expected: `a log, a manifest or two, and ${store.runs} tables`,
          got: disk.list().join(", "),
        }));
      },
    });
    expect(new Set(counts).size, "different outcomes").toBeGreaterThan(1);
  });

  behavior("takes no write after a switch of which nobody knows whether it happened", crashPrefix, () => {
    for (let failing = 1; failing <= 3; failing++) {
      const disk = new SimDisk();
      const store = new LsmStore(disk, { runsPerTier: 64 });
      store.put("a", bytesOf("1"));
      let seen = 0;
      disk.observe = ({ kind }) => {
        if (kind === "sync-directory" && ++seen === failing) throw new Error("EIO: the device failed");
      };
      step(`put a, then flush() with a disk that fails at its ${failing}. sync of the directory`);
      expect(() => store.flush()).toThrow(/EIO/);
      disk.observe = undefined;
      let acknowledged = true;
      try {
        store.put("b", bytesOf("2"));
      } catch {
        acknowledged = false;
      }
      step(`the disk works again; put b ${acknowledged ? "returns" : "throws"}; open again`);
      const again = new LsmStore(disk, { runsPerTier: 64 });
      expect(got(again, "a")).toBe("1");
      if (acknowledged) expect(got(again, "b"), "b, whose put returned").toBe("2");
    }
  });
});

stage(4, "Compact, and let snapshots stand still", () => {
  const merging: LsmOptions = { runsPerTier: 2, blockBytes: 16 };

  behavior("agrees with a sorted map however often it flushes and merges", compactionKeeps, () => {
    forAll(actions(["reopen", "flush", "flush", "compact"]), (input) => compare(open, input, merging), { runs: 300 });
    forAll(actions(["reopen"]), (input) => compare(open, input, { ...merging, memtableBytes: 40 }), { runs: 150 });
  });

  behavior("agrees with a map through tens of thousands of writes, merges and lives", compactionKeeps, () => {
    const options: LsmOptions = { memtableBytes: 60_000, runsPerTier: 4, blockBytes: 1_024, sync: "manual" };
    const disk = new SimDisk();
    const model: Model = new Map();
    let store = new LsmStore(disk, options);
    const many = LONG_RUNS[3]!;
    const keyOf = (n: number): string => `user:${(n * 7_919) % 20_011}`;
    for (let n = 0; n < many; n += 20) {
      const batch = Array.from({ length: 20 }, (_, i) =>
        i % 5 === 4 ? remove(keyOf(n + i * 3)) : put(keyOf(n + i), `${n + i}`),
      );
      store.write(batch);
      applyTo(model, batch);
      if (n % 16_000 !== 0 && n + 20 < many) continue;
      store.sync();
      store = new LsmStore(disk, options);
      const steps = [`${n + 20} writes in batches of 20, every fifth of them a deletion; sync, open again`];
      for (let key = 0; key < 20_011; key += 13) {
        const found = got(store, `user:${key}`);
        const expected = model.get(`user:${key}`);
        ensure(found === expected, () => ({ expected: `${expected} for "user:${key}"`, got: `${found}`, steps }));
      }
    }
    const [found, expected] = [scanned(store), sorted(model)];
    expect(found.length, "entries of a scan of everything").toBe(expected.length);
    for (const [i, [key, value]] of found.entries()) {
      ensure(key === expected[i]![0] && value === expected[i]![1], () => ({
        expected: `${expected[i]!.join(" = ")} as entry ${i} of a scan`,
        got: `${key} = ${value}`,
      }));
    }
  });

  behavior("drops a tombstone only where nothing older can be left", tombstoneHides, () => {
    const disk = new SimDisk();
    const store = new LsmStore(disk, { runsPerTier: 2 });
    const flushed = (...batch: Write[]): void => {
      step(`write [${shown(batch)}], flush`);
      store.write(batch);
      store.flush();
    };
    flushed(put("a", "1"), put("b", "1"));
    flushed(put("c", "2"));
    flushed(put("d", "3"));
    flushed(put("e", "4"));
    flushed(remove("a"));
    flushed(put("f", "6"));
    expect(got(store, "a"), "a, deleted in a run that was merged with another above the oldest").toBeUndefined();
    store.compact();
    expect(got(store, "a")).toBeUndefined();
    expect(store.runs).toBe(1);
    const many = Array.from({ length: 300 }, (_, i) => numbered(i));
    store.write(many.map((key) => put(key, "value")));
    store.flush();
    store.write([...many, "b", "c", "d", "e", "f"].map(remove));
    step("put 300 keys more, flush, delete all there is, compact()");
    store.compact();
    const left = disk.list().reduce((sum, file) => sum + disk.size(file), 0);
    ensure(left < 200, () => ({
      expected: "next to nothing on disk once everything is deleted and compacted",
      got: `${left} bytes`,
    }));
  });

  behavior("keeps the runs few and writes every byte a few times", compactionKeeps, () => {
    const disk = new SimDisk();
    const options: LsmOptions = { runsPerTier: 4, sync: "manual" };
    let store = new LsmStore(disk, options);
    for (let flush = 1; flush <= 130; flush++) {
      // The tier of a run must outlive the process that made it.
      if (flush % 10 === 0) store = new LsmStore(disk, options);
      store.write(Array.from({ length: 10 }, (_, i) => put(numbered((flush * 7 + i * 131) % 5_000), "v".repeat(50))));
      store.flush();
      const bound = 3 * (Math.floor(Math.log(flush) / Math.log(4)) + 1);
      ensure(store.runs <= bound, () => ({
        expected: `at most 3 runs a tier: ${bound} after ${flush} flushes`,
        got: `${store.runs}`,
      })); // prettier-ignore
    }
    expect(store.runs).toBeGreaterThan(0);
    const times = disk.stats.bytesWritten / (130 * 10 * (numbered(0).length + 50));
    ensure(times <= 8, () => ({
      steps: ["130 flushes of ten entries each, opened again after every ten"],
      expected: "at most 8 bytes written for a byte of keys and values: one for the log, and one a tier",
      got: times.toFixed(1),
    }));
  });

  behavior("survives a crash at every disk operation while it merges", crashPrefix, () => {
    crashRun(open, { runsPerTier: 2, memtableBytes: 100, blockBytes: 32, sync: "always" });
    crashRun(open, { runsPerTier: 64, memtableBytes: 100, blockBytes: 32 }, (n, store) => {
      if (n % 4 === 0) store.compact();
    });
  });

  behavior("lets a snapshot and a begun scan stand still through writes, flushes and merges", snapshotStands, () => {
    forAll(
      fc.tuple(actions(["flush", "compact"]), actions(["flush", "compact"]), fc.nat(8)),
      ([before, after, half]) => {
        const store = new LsmStore(new SimDisk(), merging);
        const model: Model = new Map();
        const perform = (input: readonly Action[]): void => {
          for (const action of input) {
            if (action.kind === "write") {
              step(`write [${shown(action.batch)}]`);
              store.write(action.batch);
              applyTo(model, action.batch);
            } else if (action.kind === "flush" || action.kind === "compact") {
              step(`${action.kind}()`);
              store[action.kind]();
            }
          }
        };
        perform(before);
        step("snapshot(), scan()");
        const then = new Map(model);
        const snapshot = store.snapshot();
        const scan = store.scan();
        perform(after.slice(0, half));
        const seen: [string, string][] = [];
        const first = scan.next();
        if (first.done !== true) seen.push([first.value[0], textOf(first.value[1])]);
        const later = store.snapshot();
        const middle = new Map(model);
        perform(after.slice(half));
        for (const [key, value] of scan) seen.push([key, textOf(value)]);
        expect(seen, "the scan").toEqual(sorted(then));
        agrees(snapshot, then);
        agrees(later, middle);
        snapshot.close();
        agrees(later, middle);
        agrees(store, model);
      },
    );
  });

  behavior("keeps the files of a snapshot until it is closed, and no longer", snapshotStands, () => {
    const disk = new SimDisk();
    const store = new LsmStore(disk, { ...merging, runsPerTier: 8 });
    for (const value of ["0", "1"]) {
      store.put("a", bytesOf(value));
      store.put(`b${value}`, bytesOf("b"));
      store.flush();
    }
    const [one, two] = [store.snapshot(), store.snapshot()];
    const abandoned = store.scan();
    store.put("a", bytesOf("2"));
    store.compact();
    step("put and flush twice, two snapshots and a scan, put a, compact");
    expect(got(one, "a")).toBe("1");
    one.close();
    one.close();
    expect(got(two, "a")).toBe("1");
    two.close();
    abandoned.return?.();
    expect(disk.list().length, `files left: ${disk.list().join(", ")}`).toBeLessThanOrEqual(store.runs + 3);
    expect(got(store, "a")).toBe("2");
  });

  behavior("scans in order across the memtable and every run", scanOrdered, () => {
    const store = new LsmStore(new SimDisk(), { runsPerTier: 64, blockBytes: 64, sync: "manual" });
    const model: Model = new Map();
    for (let i = 0; i < 400; i++) {
      const batch = i % 5 === 4 ? [remove(numbered((i * 37) % 150))] : [put(numbered((i * 61) % 150), `v${i}`)];
      store.write(batch);
      applyTo(model, batch);
      if (i % 80 === 79) store.flush();
    }
    for (const [from, to] of [
      ["", "~"],
      [numbered(20), numbered(90)],
      [numbered(90), numbered(20)],
      [`${numbered(31)}x`, "z"],
    ] as const) {
      // prettier-ignore
      step(`scan from "${from}" to "${to}"`);
      expect(scanned(store, { from, to })).toEqual(sorted(model).filter(([key]) => key >= from && key < to));
    }
  });
});
