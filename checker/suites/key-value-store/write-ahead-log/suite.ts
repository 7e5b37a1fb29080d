import { createRandom } from "../../../../sim/prng.ts";
import type { LogOptions, SyncPolicy } from "../../../../solutions/key-value-store/write-ahead-log.ts";
import { diskWith, everyCrash, loseUnsynced, SimDisk } from "../../../kit/crashes.ts";
import {
  behavior,
  ensure,
  expect,
  fc,
  forAll,
  LONG_RUNS,
  observe,
  readings,
  run,
  show,
  stage,
  step,
  subject,
  violated,
} from "../../../kit/index.ts";
import { crcVector, groupCommit, walDamage, walDurable, walPrefix } from "../invariants.ts";

const { WriteAheadLog } = await subject<typeof import("../../../../solutions/key-value-store/write-ahead-log.ts")>();

const FILE = "log";
const always: SyncPolicy = { kind: "always" };
const never: SyncPolicy = { kind: "never" };

type Log = InstanceType<typeof WriteAheadLog>;

const open = (disk: SimDisk, options: Omit<LogOptions, "file"> = {}): Log =>
  observe("log", new WriteAheadLog(disk, { file: FILE, ...options }));
const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const texts = (log: Log): string[] => log.recovered.map(text);
const contentOf = (disk: SimDisk): Uint8Array => disk.read(FILE);

/** Payloads of uneven lengths, an empty one among them. */
const WORDS = ["first", "", "third, a longer one", "4", "fifth"];

/** A log in which every word was committed and synced by itself; `ends[i]` is the file's length after word i. */
function wordLog(words: readonly string[] = WORDS): { bytes: Uint8Array; start: number; ends: number[] } {
  const disk = new SimDisk();
  const log = new WriteAheadLog(disk, { file: FILE, sync: always });
  const start = disk.size(FILE);
  const ends = words.map((word) => {
    log.append(ascii(word));
    log.commit();
    return disk.size(FILE);
  });
  return { bytes: contentOf(disk), start, ends };
}

stage(1, "Frame a record and find it again", () => {
  behavior("gives back what was committed, in order, when opened again", walPrefix, () => {
    const payload = fc.uint8Array({ maxLength: 40 });
    forAll(fc.array(fc.array(payload, { maxLength: 4 }), { maxLength: 6 }), (groups) => {
      const disk = new SimDisk();
      const log = open(disk);
      let count = 0;
      for (const group of groups) {
        for (const bytes of group) expect(log.append(bytes)).toBe(count++);
        log.commit();
        expect(log.written).toBe(count);
      }
      const again = open(disk);
      expect(again.recovered.map((bytes) => [...bytes])).toEqual(groups.flat().map((bytes) => [...bytes]));
      expect(again.append(ascii("next"))).toBe(count);
    });
  });

  behavior("writes nothing before commit, and then one write for everything queued", groupCommit, () => {
    const disk = new SimDisk();
    const log = open(disk);
    const before = { ...disk.stats };
    const writes: string[] = [];
    disk.observe = ({ kind }) => {
      if (kind === "append") writes.push(kind);
    };
    const reused = ascii("a");
    for (let i = 0; i < 64; i++) {
      reused[0] = 97 + (i % 26);
      log.append(reused);
    }
    expect(disk.stats.operations, "disk operations before commit").toBe(before.operations);
    expect(log.written).toBe(0);
    log.commit();
    expect(writes.length, "writes of one commit of 64 records").toBe(1);
    expect(log.written).toBe(64);
    const letters = Array.from({ length: 64 }, (_, i) => String.fromCharCode(97 + (i % 26)));
    expect(texts(open(disk)), "the payloads as they were when appended").toEqual(letters);
  });

  behavior("holds payloads that look like a log themselves", walPrefix, () => {
    const inner = wordLog(["x", "y"]).bytes;
    const disk = new SimDisk();
    const log = open(disk);
    for (const bytes of [inner, new Uint8Array(70_000).fill(7), inner.slice(3), new Uint8Array(16)]) {
      log.append(bytes);
      log.commit();
    }
    const again = open(disk);
    expect(again.recovered.map((bytes) => bytes.length)).toEqual([inner.length, 70_000, inner.length - 3, 16]);
    expect([...again.recovered[0]!]).toEqual([...inner]);
  });

  behavior("holds records of every size, from nothing to sixteen megabytes", walPrefix, () => {
    const sizes = [0, 1, 127, 128, 255, 256, 4_095, 4_096, 65_535, 65_536, 2 ** 20 - 1, 2 ** 20, 2_000_000, 2 ** 24];
    const disk = new SimDisk();
    // Not observed: to write down such payloads takes longer than to log them.
    const log = new WriteAheadLog(disk, { file: FILE, sync: always });
    for (const size of sizes) {
      log.append(new Uint8Array(size).fill(1 + (size % 251)));
      log.commit();
    }
    const { recovered } = new WriteAheadLog(disk, { file: FILE });
    const found = recovered.map(({ length }) => length);
    const steps = [`append and commit records of ${sizes.join(", ")} bytes`, "open again"];
    ensure(show(found) === show(sizes), () => ({ expected: "records of these sizes", got: show(found), steps }));
    for (const [i, size] of sizes.entries()) {
      for (const at of [0, size >>> 1, size - 1].filter((place) => place >= 0 && place < size)) {
        ensure(recovered[i]![at] === 1 + (size % 251), () => ({
          expected: `byte ${at} of record ${i} to be ${1 + (size % 251)}, as it was appended`,
          got: `${recovered[i]![at]}`,
          steps,
        }));
      }
    }
  });

  behavior("numbers a hundred thousand records, and gives back each after several lives", walPrefix, () => {
    const disk = new SimDisk();
    const each = Math.ceil(LONG_RUNS.at(-1)! / 4);
    for (let life = 0; life < 4; life++) {
      const log = new WriteAheadLog(disk, { file: FILE, sync: never });
      expect(log.recovered.length, `records found on opening for the ${life + 1}. time`).toBe(life * each);
      for (let i = life * each; i < (life + 1) * each; i++) {
        const number = log.append(ascii(`record ${i}`));
        ensure(number === i, () => ({ expected: `append to return ${i}`, got: `${number}` }));
        if (i % 100 === 99) log.commit();
      }
      log.commit();
      expect(log.written).toBe((life + 1) * each);
    }
    const { recovered } = new WriteAheadLog(disk, { file: FILE });
    expect(recovered.length).toBe(4 * each);
    for (const [i, bytes] of recovered.entries()) {
      ensure(text(bytes) === `record ${i}`, () => ({ expected: `"record ${i}" as number ${i}`, got: text(bytes) }));
    }
  });

  behavior("lends nobody its records: what is done to one changes neither the others nor the file", walPrefix, () => {
    const { bytes } = wordLog();
    const disk = diskWith({ [FILE]: bytes });
    const first = open(disk);
    for (const record of first.recovered) record.fill(0);
    same(texts(open(disk)), WORDS, () => [
      `commit ${quoted(WORDS)}`,
      "open, and fill every recovered record with zeros",
      "open again",
    ]);
  });
});

stage(2, "Sync when the policy says", () => {
  behavior("always: what commit returned for survives a crash at every disk operation", walDurable, () => {
    crashRun({ sync: always }, {});
  });

  behavior("every: syncs at n records or after t ms since the oldest of them, and not before", walDurable, () => {
    const disk = new SimDisk();
    const log = open(disk, { sync: { kind: "every", records: 4, ms: 100 } });
    /** Records appended, clock, durable after the commit. */
    const rows: [number, number, number][] = [
      [1, 1_000, 0],
      [1, 1_060, 0],
      [0, 1_099, 0],
      [0, 1_100, 2],
      [3, 1_150, 2],
      [1, 1_151, 6],
      [0, 5_000, 6],
      [1, 5_001, 6],
      [1, 4_000, 6],
      [0, 5_100, 6],
      [0, 5_101, 8],
      [9, 5_102, 17],
    ];
    let syncs = disk.stats.syncs;
    let durable = 0;
    for (const [records, nowMs, expected] of rows) {
      for (let i = 0; i < records; i++) log.append(ascii("r"));
      log.commit(nowMs);
      expect(log.durable, `durable after the commit at ${nowMs} ms`).toBe(expected);
      expect(disk.stats.syncs - syncs, `syncs of the commit at ${nowMs} ms`).toBe(expected > durable ? 1 : 0);
      syncs = disk.stats.syncs;
      durable = expected;
    }
    crashRun({ sync: { kind: "every", records: 2, ms: 25 } }, {});
  });

  behavior("every: a clock that steps back stands still until it has caught up", walDurable, () => {
    const records = 4;
    const ms = 100;
    const steps = fc.tuple(
      readings(30, { back: 3_000, leap: 99 }),
      fc.array(fc.nat(2), { minLength: 30, maxLength: 30 }),
    );
    forAll(steps, ([clock, appended]) => {
      const log = open(new SimDisk(), { sync: { kind: "every", records, ms } });
      let [latestMs, sinceMs, written, durable] = [0, 0, 0, 0];
      for (const [i, nowMs] of clock.entries()) {
        const at = Math.max(0, nowMs);
        for (let n = 0; n < appended[i]!; n++) log.append(ascii("r"));
        log.commit(at);
        latestMs = Math.max(latestMs, at);
        if (written === durable) sinceMs = latestMs;
        written += appended[i]!;
        if (written - durable >= records || (written > durable && latestMs - sinceMs >= ms)) durable = written;
        expect(log.durable, `durable after the commit at ${at} ms, with ${latestMs} ms as the latest`).toBe(durable);
      }
    });
  });

  behavior("never: only sync() makes records durable", walDurable, () => {
    const disk = new SimDisk();
    const log = open(disk, { sync: never });
    const syncs = disk.stats.syncs;
    for (const word of WORDS) {
      log.append(ascii(word));
      log.commit(1_000_000);
    }
    expect(log.written).toBe(WORDS.length);
    expect(log.durable).toBe(0);
    expect(disk.stats.syncs, "syncs of commits").toBe(syncs);
    log.sync();
    log.sync();
    expect(log.durable).toBe(WORDS.length);
    expect(disk.stats.syncs - syncs, "syncs of sync(), called twice").toBe(1);
    step("the power fails");
    loseUnsynced(disk);
    expect(texts(open(disk))).toEqual(WORDS);
  });

  behavior("shares one sync among all records of a commit", groupCommit, () => {
    const disk = new SimDisk();
    const log = open(disk, { sync: always });
    const before = { ...disk.stats };
    for (let group = 0; group < 10; group++) {
      for (let i = 0; i < 64; i++) log.append(ascii("record"));
      log.commit();
    }
    log.commit();
    expect(log.durable).toBe(640);
    expect(disk.stats.syncs - before.syncs, "syncs of ten commits and an empty one").toBe(10);
    expect(disk.stats.operations - before.operations, "disk operations").toBe(20);
  });

  behavior("does not believe a sync that follows a failed one", walDurable, () => {
    for (const broken of ["sync", "append"] as const) {
      const disk = new SimDisk();
      const log = open(disk, { sync: always });
      log.append(ascii("kept"));
      log.commit();
      disk.observe = ({ kind }) => {
        if (kind === broken) throw new Error(`EIO: the device failed to ${broken}`);
      };
      log.append(ascii("lost"));
      expect(() => log.commit(), `a commit whose ${broken} fails`).toThrow(/EIO/);
      step("the device works again");
      disk.observe = undefined;
      for (const call of [() => log.sync(), () => log.commit(), () => log.append(ascii("after"))]) {
        const error = thrown(call);
        ensure(error instanceof Error && error.name === "LogFailedError", () => ({
          expected: "LogFailedError from every later call",
          got: error === undefined ? "a call that returned" : String(error),
          note: "After a failed fsync the system may have dropped the pages and marked them clean; the next fsync returns without them.",
        }));
      }
      expect(log.durable).toBe(1);
    }
  });
});

stage(3, "Cut a torn tail", () => {
  behavior("truncated at every byte, keeps the whole records before and goes on from there", walPrefix, () => {
    const { bytes, start, ends } = wordLog();
    for (let cut = start; cut <= bytes.length; cut++) {
      const whole = ends.filter((end) => end <= cut).length;
      const disk = diskWith({ [FILE]: bytes.slice(0, cut) });
      const log = new WriteAheadLog(disk, { file: FILE });
      same(texts(log), WORDS.slice(0, whole), () => [
        `commit ${quoted(WORDS)}`,
        `cut the file from ${bytes.length} to ${cut} bytes`,
        "open",
      ]);
      log.append(ascii("new"));
      log.commit();
      same(texts(open(disk)), [...WORDS.slice(0, whole), "new"], () => [
        `commit ${quoted(WORDS)}`,
        `cut the file from ${bytes.length} to ${cut} bytes`,
        'open, append "new", commit',
        "open again",
      ]);
    }
  });

  behavior("cuts a torn record whatever its payload holds, another log too", walPrefix, () => {
    const { bytes: inner } = wordLog();
    const ofAnotherFile = new SimDisk();
    const other = new WriteAheadLog(ofAnotherFile, { file: "another.log", sync: always });
    for (const word of WORDS) {
      other.append(ascii(word));
      other.commit();
    }
    const payloads = { "a copy of this log": inner, "another log": ofAnotherFile.read("another.log") };
    for (const [what, payload] of Object.entries(payloads)) {
      for (const words of [[], ["first"]]) {
        const { bytes: before } = wordLog(words);
        const disk = diskWith({ [FILE]: before });
        const log = open(disk);
        log.append(payload);
        log.commit();
        const whole = contentOf(disk);
        for (let cut = before.length; cut < whole.length; cut++) {
          const torn = diskWith({ [FILE]: whole.slice(0, cut) });
          const steps = () => [
            `commit ${quoted([...words])}, then a record that holds ${what}`,
            `a crash leaves ${cut} of ${whole.length} bytes`,
            "open",
          ];
          same(texts(open(torn)), words, steps);
        }
      }
    }
  });

  behavior("takes no record of another file for its own", walPrefix, () => {
    const { bytes } = wordLog();
    for (const file of ["another.log", `${FILE}.bak`, `x${FILE}`]) {
      const disk = diskWith({ [file]: bytes });
      const log = new WriteAheadLog(disk, { file, onDamage: "keep-prefix" });
      same(texts(log), [], () => [`commit ${quoted(WORDS)} to ${FILE}`, `the bytes of ${FILE} lie in ${file}`, "open"]);
    }
  });

  behavior("takes a tail of zeros or of noise for no record", crcVector, () => {
    const { bytes } = wordLog();
    const random = createRandom(run.seed);
    const tails: [string, Uint8Array][] = [1, 7, 8, 12, 16, 20, 24, 64, 500].map((length) => [
      `${length} zeros`,
      new Uint8Array(length),
    ]);
    for (let i = 0; i < 100; i++) {
      const noise = Uint8Array.from({ length: random.integer(1, 80) }, () => random.integer(0, 255));
      tails.push([`${noise.length} bytes of noise`, noise]);
    }
    for (const [what, tail] of tails) {
      const disk = diskWith({ [FILE]: Uint8Array.of(...bytes, ...tail) });
      same(texts(new WriteAheadLog(disk, { file: FILE })), WORDS, () => [
        `commit ${quoted(WORDS)}`,
        `${what} at the end, as a file system may leave them after a crash`,
        "open",
      ]);
    }
  });

  behavior("leaves a prefix when unsynced writes survive out of order", walPrefix, () => {
    crashRun({ sync: never }, { reorderedWrites: true, tearUnitBytes: 8 });
    crashRun({ sync: { kind: "every", records: 3, ms: 1_000 } }, { reorderedWrites: true, tearUnitBytes: 8 });
  });

  behavior("crashes while it cuts a torn tail, and still leaves a prefix", walPrefix, () => {
    const { bytes, ends } = wordLog();
    const torn = bytes.slice(0, ends[3]! - 2);
    everyCrash({
      setup: () => ({ steps: [] as string[], durable: 3, words: [...WORDS.slice(0, 3), "new", "and newer"] }),
      disk: { reorderedWrites: true, tearUnitBytes: 4 },
      run(disk, state) {
        disk.append(FILE, torn);
        disk.sync(FILE);
        disk.syncDirectory();
        state.steps.push("a log of three records and a torn fourth", "open");
        const log = new WriteAheadLog(disk, { file: FILE, sync: always });
        for (const word of state.words.slice(3)) {
          state.steps.push(`append "${word}", commit`);
          log.append(ascii(word));
          log.commit();
          state.durable = log.durable;
        }
      },
      check(disk, state, crash) {
        if (crash.operation <= 3) return;
        const found = texts(new WriteAheadLog(disk, { file: FILE }));
        isPrefix(found, state.words, state.durable);
      },
    });
  });

  behavior("makes durable what it read on opening", walDurable, () => {
    const disk = new SimDisk();
    const log = open(disk, { sync: never });
    for (const word of WORDS) log.append(ascii(word));
    log.commit();
    step("the process is killed; what it wrote is still in the system's cache");
    const again = open(disk, { sync: never });
    expect(texts(again)).toEqual(WORDS);
    const { durable } = again;
    expect(durable, "durable after opening").toBe(WORDS.length);
    step("the power fails");
    loseUnsynced(disk);
    same(texts(open(disk)), WORDS, () => undefined);
  });
});

stage(4, "Tell damage from a torn tail", () => {
  behavior("refuses a log with any bit flipped before durable records, and leaves the file alone", walDamage, () => {
    const { bytes, ends } = wordLog();
    forEachFlip(bytes, (damaged, at, steps) => {
      const record = ends.findIndex((end) => at < end);
      const disk = diskWith({ [FILE]: damaged });
      let log: Log | undefined;
      const error = thrown(() => {
        log = new WriteAheadLog(disk, { file: FILE, onDamage: "refuse" });
      });
      const isRefused = error instanceof Error && error.name === "CorruptionError";
      if (log === undefined && !isRefused) throw error;
      // Of the last record a log by itself cannot tell; both answers are right, the record as data is not.
      if (record === WORDS.length - 1 && log !== undefined) {
        same(texts(log), WORDS.slice(0, -1), () => steps);
        return;
      }
      ensure(isRefused, () => ({
        expected: "CorruptionError: a record that was synced before later ones is damaged",
        got: `an open log with ${quoted(texts(log!))}`,
        steps,
        note: "A length that leads past the end of the file looks like a torn tail, and is not one when valid records follow.",
      }));
      expect([...contentOf(disk)], "the file after refusing").toEqual([...damaged]);
    });
  });

  behavior("keep-prefix: stops before the damage and never replays what follows it", walPrefix, () => {
    const { bytes, start, ends } = wordLog();
    forEachFlip(bytes, (damaged, at, steps) => {
      if (at < start) return;
      const record = ends.findIndex((end) => at < end);
      const disk = diskWith({ [FILE]: damaged });
      const log = new WriteAheadLog(disk, { file: FILE, onDamage: "keep-prefix" });
      same(texts(log), WORDS.slice(0, record), () => steps);
      log.append(ascii("new"));
      log.commit();
      same(texts(new WriteAheadLog(disk, { file: FILE })), [...WORDS.slice(0, record), "new"], () => [
        ...steps,
        'append "new", commit, open again',
      ]);
    });
  });
});

/** Crashes a run of single and grouped commits everywhere; what was durable must be there, and nothing but a prefix. */
function crashRun(options: Omit<LogOptions, "file">, disk: ConstructorParameters<typeof SimDisk>[0] & object): void {
  const groups = [["a"], ["bb", ""], ["dddd"], ["e", "f"]];
  everyCrash({
    setup: () => ({ steps: [] as string[], durable: 0 }),
    disk,
    run(raw, state) {
      const log = new WriteAheadLog(raw, { file: FILE, ...options });
      state.steps.push("open a new log");
      groups.forEach((group, i) => {
        state.steps.push(`append ${quoted(group)}, commit at ${10 * i} ms`);
        for (const word of group) log.append(ascii(word));
        log.commit(10 * i);
        state.durable = log.durable;
        state.steps.push(`-> written ${log.written}, durable ${log.durable}`);
      });
    },
    check(raw, state) {
      const found = texts(new WriteAheadLog(raw, { file: FILE, ...options }));
      isPrefix(found, groups.flat(), state.durable);
    },
  });
}

function isPrefix(found: readonly string[], all: readonly string[], durable: number): void {
  if (found.length >= durable && found.every((word, i) => word === all[i])) return;
  violated({
    expected: `the first n of ${quoted(all)}, with n at least ${durable}, which were durable`,
    got: quoted(found),
  });
}

function same(found: readonly string[], expected: readonly string[], steps: () => readonly string[] | undefined): void {
  if (found.length === expected.length && found.every((word, i) => word === expected[i])) return;
  const told = steps();
  violated({ expected: quoted(expected), got: quoted(found), ...(told === undefined ? {} : { steps: told }) });
}

function forEachFlip(bytes: Uint8Array, check: (damaged: Uint8Array, at: number, steps: string[]) => void): void {
  for (let at = 0; at < bytes.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const damaged = bytes.slice();
      damaged[at]! ^= 1 << bit;
      const what = `bit ${bit} of byte ${at} of ${bytes.length} is flipped`;
      check(damaged, at, [`commit ${quoted(WORDS)}, each by itself, always synced`, what, "open"]);
    }
  }
}

function thrown(call: () => unknown): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    return error;
  }
}

const quoted = (words: readonly string[]): string => `[${words.map((word) => JSON.stringify(word)).join(", ")}]`;
