import { describe, expect, it } from "vitest";
import { DiskError, type DiskOptions, SimDisk, SimulatedCrash } from "./disk.ts";
import { exhaust } from "./exhaust.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (disk: SimDisk, file: string) => new TextDecoder().decode(disk.read(file)).replaceAll("\0", "_");

/** Every state a crash can leave, as sorted texts: "file=content" or "" for an empty disk. */
function afterCrash(prepare: (disk: SimDisk) => void, options: DiskOptions = { namesNeedSync: false }): string[] {
  const seen = new Set<string>();
  exhaust((choose) => {
    const disk = new SimDisk(options);
    prepare(disk);
    disk.crash(choose);
    seen.add(
      disk
        .list()
        .map((file) => `${file}=${text(disk, file)}`)
        .join(" "),
    );
    expect(disk.unsynced).toBe(0);
  });
  return [...seen].sort();
}

describe("reading and writing", () => {
  it("reads what was written, synced or not", () => {
    const disk = new SimDisk();
    disk.append("a", bytes("hello"));
    disk.append("a", bytes(" you"));
    disk.write("a", 1, bytes("u"));
    disk.write("gap", 3, bytes("x"));
    expect(text(disk, "a")).toBe("hullo you");
    expect(text(disk, "gap")).toBe("___x");
    expect(disk.size("a")).toBe(9);
    disk.truncate("a", 2);
    disk.truncate("a", 4);
    expect(text(disk, "a")).toBe("hu__");
    expect(new TextDecoder().decode(disk.read("gap", 3, 9))).toBe("x");
    expect(disk.list()).toEqual(["a", "gap"]);
  });

  it("keeps its own copy of what it was given and of what it gives", () => {
    const disk = new SimDisk();
    const given = bytes("abc");
    disk.append("a", given);
    given[0] = 0;
    disk.read("a")[1] = 0;
    expect(text(disk, "a")).toBe("abc");
  });

  it("agrees with a plain array over random operations", async () => {
    const { createRandom } = await import("./prng.ts");
    for (let seed = 1; seed <= 40; seed++) {
      const random = createRandom(seed);
      const disk = new SimDisk();
      let model: number[] = [];
      disk.append("f", new Uint8Array());
      for (let i = 0; i < 60; i++) {
        const data = Uint8Array.from({ length: random.integer(0, 9) }, () => random.integer(1, 255));
        const at = random.integer(0, model.length + 3);
        const kind = random.integer(0, 3);
        if (kind === 0) {
          disk.append("f", data);
          model.push(...data);
        } else if (kind === 1) {
          disk.write("f", at, data);
          while (model.length < at) model.push(0);
          model.splice(at, data.length, ...data);
        } else if (kind === 2) {
          disk.truncate("f", at);
          model = Array.from({ length: at }, (_, k) => model[k] ?? 0);
        } else disk.sync("f");
        expect([...disk.read("f")]).toEqual(model);
      }
      // With everything synced, a crash changes nothing.
      disk.sync("f");
      disk.syncDirectory();
      disk.crash(() => 0);
      expect([...disk.read("f")]).toEqual(model);
    }
  });

  it("names the files there are when one is missing", () => {
    const disk = new SimDisk();
    disk.append("a", bytes("x"));
    expect(() => disk.read("b")).toThrow(new DiskError('no file "b"; there are: a'));
    expect(() => disk.sync("b")).toThrow(DiskError);
    expect(() => disk.write("a", -1, bytes("x"))).toThrow("got -1");
    expect(disk.stats.operations).toBe(1);
  });

  it("counts operations, syncs and bytes", () => {
    const disk = new SimDisk();
    disk.append("a", bytes("abc"));
    disk.sync("a");
    disk.rename("a", "b");
    disk.syncDirectory();
    disk.read("b");
    expect(disk.stats).toEqual({ operations: 4, syncs: 2, bytesWritten: 3, bytesRead: 3 });
  });
});

describe("a crash", () => {
  it("keeps what was synced and any prefix of the rest, the last write torn anywhere", () => {
    const states = afterCrash((disk) => {
      disk.append("a", bytes("12"));
      disk.sync("a");
      disk.append("a", bytes("34"));
      disk.append("a", bytes("56"));
    });
    expect(states).toEqual(["a=12", "a=123", "a=1234", "a=12345", "a=123456"]);
  });

  it("tears in whole sectors when asked", () => {
    const states = afterCrash((disk) => disk.append("a", bytes("12345678")), {
      tearUnitBytes: 4,
      namesNeedSync: false,
    });
    expect(states).toEqual(["a=", "a=1234", "a=12345678"]);
  });

  it("loses writes in any combination with reordered writes, leaving holes", () => {
    const prepare = (disk: SimDisk) => {
      for (const digit of "123") disk.append("a", bytes(digit));
    };
    const states = afterCrash(prepare, { reorderedWrites: true, namesNeedSync: false });
    expect(states).toEqual(["a=", "a=1", "a=12", "a=123", "a=1_3", "a=_2", "a=_23", "a=__3"]);
  });

  it("can lose a truncation, but not one that was synced", () => {
    const prepare = (sync: boolean) => (disk: SimDisk) => {
      disk.append("a", bytes("123"));
      disk.sync("a");
      disk.truncate("a", 1);
      if (sync) disk.sync("a");
    };
    expect(afterCrash(prepare(false))).toEqual(["a=1", "a=123"]);
    expect(afterCrash(prepare(true))).toEqual(["a=1"]);
  });

  it("takes a new file's name unless the directory was synced, even when its bytes were", () => {
    const prepare = (syncDirectory: boolean) => (disk: SimDisk) => {
      disk.append("a", bytes("1"));
      disk.sync("a");
      if (syncDirectory) disk.syncDirectory();
    };
    expect(afterCrash(prepare(false), {})).toEqual(["", "a=1"]);
    expect(afterCrash(prepare(true), {})).toEqual(["a=1"]);
  });

  it("leaves the old file or the new one under a renamed name, never neither", () => {
    const prepare = (synced: boolean) => (disk: SimDisk) => {
      disk.append("a", bytes("old"));
      disk.sync("a");
      disk.syncDirectory();
      disk.append("tmp", bytes("new"));
      if (synced) disk.sync("tmp");
      disk.rename("tmp", "a");
    };
    expect(afterCrash(prepare(true), {})).toEqual(["a=new", "a=old", "a=old tmp=new"]);
    // The classic mistake: the rename survives, the bytes do not.
    expect(afterCrash(prepare(false), {})).toEqual(
      ["a=", "a=n", "a=ne", "a=new", "a=old", "a=old tmp=", "a=old tmp=n", "a=old tmp=ne", "a=old tmp=new"].sort(),
    );
  });

  it("undoes name changes from the last one back, never one in the middle", () => {
    const prepare = (disk: SimDisk) => {
      for (const file of ["a", "b", "c"]) disk.append(file, new Uint8Array());
      for (const file of ["a", "b", "c"]) disk.sync(file);
    };
    expect(afterCrash(prepare, {})).toEqual(["", "a=", "a= b=", "a= b= c="]);
  });

  it("reports what it took", () => {
    const disk = new SimDisk();
    disk.append("wal", bytes("abc"));
    disk.append("wal", bytes("defg"));
    disk.syncDirectory();
    const report = disk.crash((ways, label) => (label === "tear" ? 2 : label === "writes" ? 1 : ways - 1));
    expect(report).toEqual({
      lostWrites: 0,
      tornWrites: 1,
      lostNames: 0,
      lines: ["wal: 1 of 2 unsynced writes kept, one more cut to 2 bytes"],
    });
    expect(text(disk, "wal")).toBe("abcde");
  });
});

describe("crash points", () => {
  it("end the operation with that number; later ones fail too, until the crash is settled", () => {
    const disk = new SimDisk({ namesNeedSync: false });
    disk.crashAtOperation = 2;
    disk.append("a", bytes("1"));
    expect(() => disk.sync("a")).toThrow(SimulatedCrash);
    expect(() => disk.read("a")).toThrow(SimulatedCrash);
    expect(() => disk.append("a", bytes("2"))).toThrow(SimulatedCrash);
    disk.crash(() => 0);
    expect(text(disk, "a")).toBe("");
  });

  it("let the write they interrupt survive or not", () => {
    const states = afterCrash((disk) => {
      disk.crashAtOperation = 1;
      expect(() => disk.append("a", bytes("1"))).toThrow(SimulatedCrash);
    });
    expect(states).toEqual(["a=", "a=1"]);
  });
});

describe("a sync in the background", () => {
  it("covers what was written before it began, not what came later", () => {
    const disk = new SimDisk({ namesNeedSync: false });
    disk.append("a", bytes("1"));
    const complete = disk.beginSync("a");
    disk.append("a", bytes("2"));
    complete();
    disk.crash(() => 0);
    expect(text(disk, "a")).toBe("1");
  });

  it("does nothing for writes that were synced meanwhile, and survives overlapping with another", () => {
    const disk = new SimDisk({ namesNeedSync: false });
    disk.append("a", bytes("1"));
    const first = disk.beginSync("a");
    disk.append("a", bytes("2"));
    const second = disk.beginSync("a");
    disk.append("a", bytes("3"));
    second();
    first();
    disk.crash(() => 0);
    expect(text(disk, "a")).toBe("12");
  });
});

it("flips exactly one bit", () => {
  const disk = new SimDisk();
  disk.append("a", Uint8Array.of(0, 0));
  disk.flipBit("a", 9);
  expect([...disk.read("a")]).toEqual([0, 2]);
});

it("clones into an independent disk in the same state", () => {
  const disk = new SimDisk({ namesNeedSync: false });
  disk.append("a", bytes("1"));
  disk.sync("a");
  disk.append("a", bytes("2"));
  const twin = disk.clone();
  disk.crash(() => 0);
  expect(text(disk, "a")).toBe("1");
  expect(text(twin, "a")).toBe("12");
  twin.crash(() => 1);
  expect(text(twin, "a")).toBe("12");
});
