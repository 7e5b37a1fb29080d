import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { CatalogEntry } from "../../course/manifest.ts";
import type { Exercise, System } from "../../course/types.ts";
import { chooseSample, shardOf } from "./choose.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { ExerciseMatrix } from "./matrix.ts";
import { differences, recordOf, verifiedPath } from "./verified.ts";

const exercise = (slug: string): Exercise => {
  return { slug, title: slug, summary: "Counts.", level: "mid", topics: [], minutes: 10, stages: ["Count", "Look up"] };
};
const demo: System = {
  slug: "demo",
  title: "Demo",
  question: "?",
  exercises: [exercise("counter"), exercise("loose")],
};
const entries = demo.exercises.map(
  (each): CatalogEntry => ({
    id: `demo/${each.slug}`,
    part: { slug: "demo", title: "Demo", systems: [demo] },
    system: demo,
    exercise: each,
  }),
);
const matrix = (id: string): ExerciseMatrix => ({
  id,
  behaviors: [{ stage: 1, name: "counts" }],
  benchmarks: ["throughput"],
  mutants: [
    { name: "forgets", summary: "", misconception: null, killedBy: { kind: "behavior", name: "counts" }, kills: [0] },
    { name: "slow", summary: "", misconception: null, killedBy: { kind: "benchmark", name: "throughput" }, kills: [] },
  ],
  alternatives: [],
});

let root: string;
const rooms = () => ({ root });
const put = (path: string, text: string): void => writeFileSync(join(root, path), text);
const record = (entry: CatalogEntry): void =>
  put(verifiedPath(entry.id), JSON.stringify(recordOf(entry, matrix(entry.id), rooms(), true)));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "choose-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  cpSync(join(import.meta.dirname, "fixtures"), root, { recursive: true });
  for (const entry of entries) record(entry);
});

describe("a change is seen by what it changes", () => {
  test.each([
    ["its solution", "solutions/demo/counter.ts", "demo/counter"],
    ["its suite", "checker/suites/demo/counter/suite.ts", "demo/counter"],
    ["its mistakes", "checker/suites/demo/loose/mutants.md", "demo/loose"],
    ["its example tests", "exercises/demo/loose.test.ts", "demo/loose"],
  ])("%s", (_, path, id) => {
    put(path, "// changed");
    const chosen = chooseSample(entries, rooms(), "a commit");
    expect(chosen.map(({ entry, isChanged }) => [entry.id, isChanged])).toEqual(
      entries.map((entry) => [entry.id, entry.id === id]),
    );
  });

  test.each([
    ["what is given to its system", "given/demo/counting.ts"],
    ["what its system's suites share", "checker/suites/demo/shared.ts"],
  ])("%s changes every exercise of it", (_, path) => {
    put(path, "// changed");
    expect(chooseSample(entries, rooms(), "").map(({ isChanged }) => isChanged)).toEqual([true, true]);
  });

  test("stages and line ends", () => {
    const [counter] = entries as [CatalogEntry];
    const before = fingerprintOf(counter, rooms());
    const renamed = { ...counter, exercise: { ...counter.exercise, stages: ["Count", "Find"] } };
    expect(fingerprintOf(renamed, rooms())).not.toBe(before);
    record(counter);
    expect(fingerprintOf(counter, rooms()), "the record itself does not count").toBe(before);
  });
});

test("the record holds while the same mutants fail in the same behaviors", () => {
  const recorded = recordOf(entries[0]!, matrix("demo/counter"), rooms(), true);
  const fresh = matrix("demo/counter");
  expect(differences(recorded, fresh, true)).toEqual([]);
  expect(differences(null, fresh, true)).toEqual(["nothing is recorded yet"]);
  const [forgets, slow] = fresh.mutants as [(typeof fresh.mutants)[0], (typeof fresh.mutants)[0]];
  expect(differences(recorded, { ...fresh, mutants: [{ ...forgets, kills: [] }, slow] }, true)).toEqual([
    "mutant forgets fails in other behaviors",
  ]);
  expect(differences(recorded, { ...fresh, mutants: [forgets] }, true)).toEqual([
    "mutant slow is recorded and no longer there",
  ]);
  expect(differences(recorded, { ...fresh, mutants: [forgets] }, false), "benchmarks were not run").toEqual([]);
  const renamed = { ...fresh, behaviors: [{ stage: 1, name: "adds up" }] };
  expect(differences(recorded, renamed, true)).toEqual(["the behaviors are others"]);
  const space = { what: "two nodes", verdict: "exhausted", states: 3, events: 2, depth: 2 } as const;
  const explored = { ...fresh, behaviors: fresh.behaviors.map((each) => ({ ...each, explored: [space] })) };
  const again = recordOf(entries[0]!, explored, rooms(), true);
  expect(differences(again, explored, true)).toEqual([]);
  expect(differences(recorded, explored, true)).toEqual(
    fresh.behaviors.map(({ name }) => `"${name}" explores other states`),
  );
});

test("shares leave nothing out and take nothing twice", () => {
  const items = Array.from({ length: 10 }, (_, i) => i);
  const shares = ["1/3", "2/3", "3/3"].map((text) => shardOf(items, text)!);
  expect(shares.flat().sort((a, b) => a - b)).toEqual(items);
  for (const text of ["0/3", "4/3", "1", "a/b"]) expect(shardOf(items, text)).toBeNull();
});
