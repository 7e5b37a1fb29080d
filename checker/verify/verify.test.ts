/** The whole of `bp verify` on a small course: an exercise with right graders, and one with every kind of wrong one. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { CatalogEntry } from "../../course/manifest.ts";
import type { Exercise, System } from "../../course/types.ts";
import { drawMatrix, idleBehaviors } from "./matrix.ts";
import { type VerifyReport, verifyExercises } from "./verify.ts";

const root = join(import.meta.dirname, "fixtures");

const exercise = (slug: string): Exercise => {
  return { slug, title: slug, summary: "Counts.", level: "mid", topics: [], minutes: 10, stages: ["Count", "Look up"] };
};
const demo: System = {
  slug: "demo",
  title: "Demo",
  question: "?",
  exercises: [exercise("counter"), exercise("loose")],
};
const entries: CatalogEntry[] = demo.exercises.map((each) => ({
  id: `demo/${each.slug}`,
  part: { slug: "demo", title: "Demo", systems: [demo] },
  system: demo,
  exercise: each,
}));

let reports: Map<string, VerifyReport>;
const problemsOf = (id: string): string[] => reports.get(id)!.findings.flatMap(({ problem }) => problem ?? []);

beforeAll(async () => {
  const all = await verifyExercises(
    entries.map((entry) => ({ entry, depth: "matrix", isChanged: true })),
    { root, jobs: 2 },
  );
  reports = new Map(all.map((report) => [report.id, report]));
}, 900_000);

test("right graders have nothing to answer for", () => {
  expect(problemsOf("demo/counter")).toEqual([expect.stringMatching(/loose\/suite.ts cites invariant "inexact"/)]);
  expect(
    reports
      .get("demo/counter")!
      .findings.map(({ subject }) => subject)
      .sort(),
  ).toEqual([
    "alternative list",
    "examples",
    "files",
    "mutant forgets",
    "mutant never-returns",
    "mutant one-for-all",
    "mutant serializes",
    "mutant unknown-is-one",
    "reference",
    "stub",
  ]);
});

test("the kill matrix shows which behavior stops which mutant", () => {
  const matrix = reports.get("demo/counter")!.matrix!;
  expect(drawMatrix(matrix)).toEqual([
    "                                    1  2 b",
    "forgets                             K· · ·",
    "never-returns                       ·· · ·  never ends",
    "one-for-all                         ·K · ·",
    "serializes                          ·· · K",
    "unknown-is-one                      xx K ·",
  ]);
  expect(idleBehaviors(matrix)).toEqual([]);
  expect(matrix.alternatives).toEqual([
    { name: "list", summary: "a cell per key, shared by both methods, in place of numbers in a map." },
  ]);
});

describe("wrong graders are named", () => {
  test.each([
    ["a mutant that nothing stops", /^mutant survivor survived$/],
    [
      "a mutant that another test stops",
      /^mutant misnamed killed by another test: "keeps keys apart", not by "counts every add", which was passed$/,
    ],
    ["a mutant that is fast enough for its benchmark", /^mutant fast-enough survived: benchmark "throughput" passed/],
    ["a mutant that does not compile", /^mutant untyped is not-conforming without a failing test/],
    [
      "a mutant whose edit fits no longer",
      /^mutants.md, line \d+: outdated: the edit no longer applies: "const number/,
    ],
    ["an alternative that the suite refuses", /^alternative refused refused: failed in "counts every add"/],
    ["an example test that passes on the stub", /^example test "can be made" passes on the stub, so it tests nothing$/],
    [
      "a stage under another title",
      /stages are "1\. Count", "2\. Look it up", the manifest's are "1\. Count", "2\. Look up"$/,
    ],
    [
      "an invariant that the chapter does not have",
      /cites invariant "inexact", and the chapter has no <Invariant id="inexact">$/,
    ],
    ["too few hints", /^2 hints, 3 to 5 are asked for$/],
    ["a hint without its stage", /^hint heading "## Where" must read/],
  ])("%s", (_, message) => {
    expect(problemsOf("demo/loose")).toContainEqual(expect.stringMatching(message));
  });

  test("and nothing else is", () => {
    expect(problemsOf("demo/loose")).toHaveLength(11);
  });
});

test("nothing is left in the scratch folder", () => {
  const ours = new RegExp(`^(?:verify|measure)-${process.pid}-`);
  expect(readdirSync(join(root, ".backpressure/tmp")).filter((name) => ours.test(name))).toEqual([]);
});
