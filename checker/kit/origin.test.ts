import { describe, expect, it } from "vitest";
import { originIn } from "./origin.ts";

const path = "/course/exercises/rate-limiter/token-bucket.ts";
const stack = (...frames: string[]) => ["TypeError: no", ...frames.map((frame) => `    at ${frame}`)].join("\n");

describe("the place where something was thrown", () => {
  it("is the first frame in the learner's file, not in the suite", () => {
    const frames = [
      `Map.get (<anonymous>)`,
      `#refill (${path}:46:60)`,
      `TokenBucket.tryAcquire (${path}:31:5)`,
      "/suite.ts:1:1",
    ];
    expect(originIn(stack(...frames), path)).toBe("token-bucket.ts:46");
  });

  it("works for a file on Windows, and for frames without a function", () => {
    expect(originIn(stack("C:\\course\\counter.ts:7:1"), "C:\\course\\counter.ts")).toBe("counter.ts:7");
  });

  it.each([
    ["a stack without the file", stack("run (/suite.ts:1:1)")],
    ["a message that names the file", `Error: see ${path}:3`],
    ["a stack that is none", 5],
    ["no stack", undefined],
  ])("is unknown with %s", (_, given) => expect(originIn(given, path)).toBeNull());

  it("is unknown while nobody says which file it is", () =>
    expect(originIn(stack(`a (${path}:1:1)`), undefined)).toBeNull());
});
