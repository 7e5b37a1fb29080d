import { expect, it } from "vitest";
import type { System } from "../../course/types.ts";
import { progressOf, toneOf } from "./progress.ts";

const exercise = (slug: string) => ({
  slug,
  title: slug,
  summary: "",
  level: "mid" as const,
  topics: [],
  minutes: 1,
  stages: [],
});
const system: System = { slug: "s", title: "S", question: "?", exercises: [exercise("a"), exercise("b")] };

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

it("gives no other verdict than passed the color of flow", () => {
  const others = ["failed", "too-slow", "not-started", "not-conforming", "timed-out", "out-of-memory", "crashed"];
  const rest = ["tampered", "no-tests", "inconclusive", "missing", "a status of a later version"];
  expect([...others, ...rest].filter((status) => toneOf(status) === "flow")).toEqual([]);
});
