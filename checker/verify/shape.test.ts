import { expect, test } from "vitest";
import { hintProblems, invariantProblems, invariantsIn, stageProblems } from "./shape.ts";

test("cited invariants are found, directly and through a local helper", () => {
  const source = `
    const rule = (id: string, text: string) => invariant("demo", id, text);
    function cite(text: string, id: string) { return invariant("demo", id, text); }
    export const a = rule("first", "…");
    export const b = cite("…", "second");
    export const c = invariant("other", "third", "…");`;
  expect(invariantsIn(source)).toEqual([
    { system: "demo", id: "first" },
    { system: "demo", id: "second" },
    { system: "other", id: "third" },
  ]);
});

test("an invariant must be an anchor of the suite's own chapter", () => {
  const cited = [
    { system: "demo", id: "exact", where: "a.suite.ts" },
    { system: "demo", id: "lost", where: "a.suite.ts" },
    { system: "other", id: "exact", where: "a.suite.ts" },
  ];
  expect(invariantProblems(cited, "demo", '<Invariant id="exact">Counts once.</Invariant>')).toEqual([
    'a.suite.ts cites invariant "lost", and the chapter has no <Invariant id="lost">',
    'a.suite.ts cites an invariant of "other", and belongs to "demo"',
  ]);
});

test("stages must be the manifest's, all of them, in order", () => {
  const suite = `stage(1, "Count", () => {}); stage(2, "Look up", () => {});`;
  expect(stageProblems([suite], ["Count", "Look up"])).toEqual([]);
  expect(stageProblems([suite], ["Count"])).toHaveLength(1);
  expect(stageProblems([suite], ["Look up", "Count"])).toHaveLength(1);
  expect(stageProblems([], ["Count"])[0]).toContain("stages are missing");
  const inTwoFiles = [`stage(2, "Look up", () => {});`, `stage(1, "Count", () => {});`];
  expect(stageProblems(inTwoFiles, ["Count", "Look up"])).toEqual([]);
  expect(stageProblems([...inTwoFiles, inTwoFiles[0]!], ["Count", "Look up"])).toHaveLength(1);
});

test("hints are three to five rungs, numbered, each tied to a stage that exists", () => {
  const rungs = (...headings: string[]) => headings.map((heading) => `## ${heading}\n\nText.\n`).join("\n");
  expect(hintProblems(rungs("1. What (stage 1)", "2. Where (stage 1)", "3. Shape (stage 2)"), 2)).toEqual([]);
  expect(hintProblems(rungs("1. What (stage 1)", "3. Where (stage 1)", "3. Shape (stage 3)"), 2)).toEqual([
    'hint heading "## 3. Where (stage 1)" must read "## 2. <title> (stage <n>)"',
    "hint 3 names stage 3, and there are 2",
  ]);
  expect(hintProblems(rungs("1. What (stage 1)"), 2)).toEqual(["1 hints, 3 to 5 are asked for"]);
});
