import { expect, it } from "vitest";
import { knownMarks, progressOf, toneOfMark } from "./progress.ts";

const system = { slug: "s", exercises: ["a", "b"] };

it("calls a system passed only when every exercise is", () => {
  expect(progressOf(system, { "s/a": "passed" })).toEqual({ state: "started", passed: 1, total: 2 });
  expect(progressOf(system, { "s/a": "passed", "s/b": "passed" }).state).toBe("passed");
});

it("shows what is broken before what is done", () => {
  expect(progressOf(system, { "s/a": "passed", "s/b": "timed-out" }).state).toBe("failed");
});

it("calls a system without exercises planned, whatever is stored", () => {
  expect(progressOf({ ...system, exercises: [] }, { "s/a": "passed" }).state).toBe("planned");
});

it("forgets what a later version of the course stored", () => {
  const stored = { "s/a": "passed", "s/b": "a status of a later version", "s/c": 1, "s/d": "checking" };
  expect(knownMarks(stored)).toEqual({ "s/a": "passed" });
});

it("gives nothing but passed the color of flow", () => {
  for (const mark of ["checking", "edited", "behaviors-pass", "not-checked"] as const)
    expect(toneOfMark(mark)).not.toBe("flow");
});
