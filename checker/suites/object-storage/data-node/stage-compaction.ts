/** Stage 4 of the data node's suite. */

import { dataAt } from "../../../../given/object-storage/needle.ts";
import { diskWith } from "../../../kit/crashes.ts";
import { behavior, ensure, expect, fc, forAll, step, sublists } from "../../../kit/index.ts";
import { compactionKeepsLive, damageIsReported } from "./invariants.ts";
import {
  actions,
  answers,
  ascii,
  compare,
  crashRun,
  type Deed,
  drain,
  leaveVolumes,
  type Model,
  type Open,
  outcomeOf,
  pattern,
  put,
  remove,
  SimDisk,
  text,
  volumeName,
  volumeOf,
  volumesOf,
} from "./model.ts";

const FIRST = volumeName(1);
const SMALL = { volumeBytes: 300 };

export function compactionBehaviors(open: Open): void {
  behavior("agrees with a map under deletes, compaction, reopening and rebuilding", compactionKeepsLive, () => {
    const all = actions(["delete", "delete", "reopen", "rebuild", "checkpoint", "compact"]);
    forAll(all, (input) => compare(open, input, SMALL), { runs: 150 });
  });

  behavior("gives back the space of what is deleted or overwritten", compactionKeepsLive, () => {
    const disk = new SimDisk();
    const used = (): number => disk.list().reduce((sum, file) => sum + disk.size(file), 0);
    const node = open(disk, { volumeBytes: 5_000 });
    for (let i = 0; i < 200; i++) node.put(`key-${i % 50}`, pattern(400, i));
    const before = volumesOf(disk).reduce((sum, file) => sum + disk.size(file), 0);
    const freed = node.compact(0);
    step("put 200 objects of 400 bytes to 50 keys, compact(0)");
    ensure(used() < 50 * 500, () => ({ expected: "less than 25,000 bytes for 50 objects of 400", got: `${used()}` }));
    const after = volumesOf(disk).reduce((sum, file) => sum + disk.size(file), 0);
    expect(freed, "the bytes that compact returned").toBe(before - after);
    expect(node.compact(0), "bytes given back by a second compaction").toBe(0);
    for (let i = 0; i < 50; i++) node.delete(`key-${i}`);
    node.compact(0);
    step("delete all of them, compact(0)");
    ensure(used() < 100, () => ({
      expected: "next to nothing",
      got: `${used()} bytes in ${disk.list().join(", ")}`,
    }));
    expect(open(disk).keys()).toEqual([]);
    node.putAll([
      { key: "a", bytes: pattern(900) },
      { key: "b", bytes: pattern(100) },
    ]);
    node.delete("b");
    expect(node.compact(0.5), "bytes given back where less than half is dead").toBe(0);
  });

  behavior("keeps a tombstone while an older object lies in another volume", compactionKeepsLive, () => {
    const disk = diskWith({
      [volumeName(1)]: volumeOf(1, [
        { key: "a", value: "old", sequence: 1 },
        { key: "b", value: "b", sequence: 2 },
      ]).bytes,
      [volumeName(2)]: volumeOf(2, [
        { key: "c", value: "c", sequence: 3 },
        { key: "a", sequence: 4 },
      ]).bytes,
      [volumeName(3)]: volumeOf(3, [{ key: "d", value: "d", sequence: 5 }]).bytes,
    });
    const node = open(disk);
    node.delete("c");
    step("volume 1: a, b; volume 2: c, tombstone of a; volume 3: d, tombstone of c. Compaction of volume 2; rebuild");
    drain(node.compaction(2));
    leaveVolumes(disk);
    const again = open(disk);
    expect(again.keys()).toEqual(["b", "d"]);
    step("compaction of volumes 1 and 3; rebuild");
    drain(again.compaction(1));
    drain(again.compaction(3));
    leaveVolumes(disk);
    expect(open(disk).keys()).toEqual(["b", "d"]);
  });

  behavior("survives a crash at every disk operation while it compacts", compactionKeepsLive, () => {
    const compact: Deed = { what: "compact(0)", run: (node) => void node.compact(0) };
    const deeds: Deed[] = [
      put(["a", "1"], ["b", "x".repeat(60)], ["c", "2"]),
      put(["d", "y".repeat(100)]),
      remove("a"),
      { what: "checkpoint()", run: (node) => node.checkpoint() },
      compact,
      put(["a", "3"], ["d", "4"]),
      remove("b"),
      compact,
      remove("d"),
      put(["c", "z".repeat(40)]),
      compact,
    ];
    crashRun(open, deeds, { volumeBytes: 150 }, 10);
    crashRun(open, deeds, { volumeBytes: 10_000 }, 10);
  });

  behavior("reads, writes and deletes between the steps of a compaction", compactionKeepsLive, () => {
    forAll(fc.tuple(fc.nat(8), fc.nat(8), fc.nat(8)), ([first, second, third]) => {
      const disk = new SimDisk();
      const node = open(disk);
      const model: Model = new Map();
      const set = (key: string, value: string): void => {
        node.put(key, ascii(value));
        model.set(key, value);
      };
      for (let i = 0; i < 8; i++) set(`key-${i}`, `old ${i}`);
      set("key-3", "newer");
      const steps = node.compaction(1);
      const at = (turn: number): void => {
        if (turn === first) set("key-1", "put meanwhile");
        if (turn === second) model.delete("key-2") && node.delete("key-2");
        if (turn === third) set("key-7", "put meanwhile too");
      };
      step(
        `compaction of 8 objects; put key-1 before step ${first}, delete key-2 before ${second}, ` +
          `put key-7 before ${third}`,
      );
      let turn = 0;
      for (at(turn++); steps.next().done !== true; at(turn++)) expect(answers(node)).toEqual(sorted(model));
      expect(answers(node), "when it has ended").toEqual(sorted(model));
      leaveVolumes(disk);
      expect(answers(open(disk)), "after a rebuild").toEqual(sorted(model));
    });
  });

  behavior("compacts several volumes at the same time, and forgets what was not ended", compactionKeepsLive, () => {
    const deed = fc.record({
      kind: fc.constantFrom(
        "put",
        "put",
        "put",
        "delete",
        "begin",
        "step",
        "step",
        "step",
        "abandon",
        "reopen",
        "rebuild",
      ),
      key: fc.constantFrom("a", "b", "c", "d"),
      nth: fc.nat(20),
    });
    forAll(
      sublists(fc.array(deed, { maxLength: 60 })),
      (deeds) => {
        const disk = new SimDisk();
        let node = open(disk, { volumeBytes: 100 });
        const model: Model = new Map();
        let running = new Map<number, Generator<number, number>>();
        for (const [i, { kind, key, nth }] of deeds.entries()) {
          const [number, steps] = [...running][nth % Math.max(1, running.size)] ?? [];
          switch (kind) {
            case "put":
              node.put(key, ascii(`value ${i}`));
              model.set(key, `value ${i}`);
              break;
            case "delete":
              expect(node.delete(key), "what delete returned").toBe(model.delete(key));
              break;
            case "begin": {
              const volumes = volumesOf(disk).map((file) => Number.parseInt(file, 10));
              const chosen = volumes[nth % volumes.length]!;
              if (!running.has(chosen)) running.set(chosen, node.compaction(chosen));
              break;
            }
            case "step":
              if (steps?.next().done === true) running.delete(number!);
              break;
            case "abandon":
              running.delete(number ?? 0);
              break;
            default:
              running = new Map();
              if (kind === "rebuild") leaveVolumes(disk);
              node = open(disk, { volumeBytes: 100 });
          }
          step(`${kind} ${kind === "put" || kind === "delete" ? key : kind === "begin" || kind === "step" ? nth : ""}`);
          expect(answers(node)).toEqual(sorted(model));
        }
        for (const steps of running.values()) drain(steps);
        expect(answers(node), "when all have ended").toEqual(sorted(model));
        leaveVolumes(disk);
        expect(answers(open(disk)), "after a rebuild").toEqual(sorted(model));
      },
      { runs: 120 },
    );
  });

  behavior("carries damage along as damage, and everything else unharmed", damageIsReported, () => {
    const disk = new SimDisk();
    const node = open(disk);
    for (const key of ["a", "bad", "c"]) node.put(key, pattern(5_000, key.length));
    node.delete("a");
    const at = dataAt({ volume: 1, offset: 5_040, sequence: 2, size: 5_000, place: 0, key: "bad", kind: 1 });
    disk.flipBit(FIRST, 8 * (at + 1_000));
    step('put a, bad and c; delete a; a bit of "bad" decays; compact(0)');
    expect(outcomeOf(() => node.get("bad"))).toBe("ChecksumError");
    node.compact(0);
    for (const each of [node, open(disk)]) {
      expect(
        outcomeOf(() => text(each.get("bad")) ?? "nothing"),
        'get("bad")',
      ).toBe("ChecksumError");
      expect(text(each.get("c"))).toBe(text(pattern(5_000, 1)));
      expect(each.scrub().map(({ key, part }) => `${part} of ${key}`)).toEqual(["data of bad"]);
    }
  });
}

const sorted = (model: Model): Model => new Map([...model].sort(([a], [b]) => (a < b ? -1 : 1)));
