import { describe, expect, test } from "vitest";
import { catalog } from "../../course/manifest.ts";
import { repository } from "../subject/rooms.ts";
import { destinationOf, subjectOf } from "../subject/subject.ts";
import { isCode, isSpecimen, isTest, read, repositoryFiles } from "./files.ts";
import { checkerRoomProblem, importProblem, importsOf, impurities } from "./imports.ts";

/** Tools that measure a universal room on Node; the room itself never imports them. */
const isNodeTool = (path: string): boolean => /^sim\/(?:.+\/)?bench\.ts$/.test(path);

const code = repositoryFiles().filter((path) => isCode(path) && !isSpecimen(path));
const entryOf = (path: string) => catalog.find((entry) => path === `solutions/${entry.id}.ts`);
const universal = code.filter(
  (path) => /^(?:sim|course|given|solutions)\//.test(path) && !isTest(path) && !isNodeTool(path),
);

describe("the rules of the house, on small examples", () => {
  test.each([
    ["sim/clock.ts", "node:fs", /must run in the browser/],
    ["course/manifest.ts", "../sim/prng.ts", /may import course$/],
    ["given/rate-limiter/types.ts", "node:crypto", /must run in the browser/],
    ["given/rate-limiter/types.ts", "../message-queue/types.ts", /of another system/],
    ["given/rate-limiter/types.ts", "../../solutions/rate-limiter/token-bucket.ts", /may import given$/],
    ["solutions/rate-limiter/token-bucket.ts", "../../checker/kit/index.ts", /may import solutions, given$/],
    ["solutions/rate-limiter/token-bucket.ts", "./leaky-bucket.ts", /does not name in `uses`/],
    ["solutions/rate-limiter/token-bucket.ts", "../message-queue/log.ts", /does not name in `uses`/],
    ["solutions/rate-limiter/token-bucket.ts", "../../given/message-queue/types.ts", /of another system/],
    ["solutions/rate-limiter/token-bucket.ts", "lodash", /not allowed there/],
    ["site/labs/Home/index.tsx", "../../../checker/check.ts", /may import site, course, sim, given, solutions/],
    ["site/labs/Home/index.tsx", "@site/checker/check.ts", /may import site/],
    ["checker/check.ts", "../site/lib/grader.ts", /may import checker/],
    ["checker/cli/commands/run.ts", "../../../services/rate-limiter/main.ts", /may import checker/],
    ["services/rate-limiter/main.ts", "../../checker/kit/index.ts", /may import services/],
    ["peers/stock-exchange.peers.ts", "../checker/kit/index.ts", /may import peers/],
  ])("%s may not import %s", (path, specifier, problem) => {
    expect(importProblem(path, specifier)).toMatch(problem);
  });

  test.each([
    ["checker/check.ts", "../course/manifest.ts"],
    ["checker/check.ts", "node:path"],
    ["site/labs/Home/model.ts", "@site/solutions/rate-limiter/token-bucket.ts"],
    ["given/rate-limiter/types.ts", "../common/integers.ts"],
    ["solutions/rate-limiter/token-bucket.ts", "../../given/rate-limiter/types.ts"],
    ["solutions/rate-limiter/token-bucket.ts", "../../given/common/integers.ts"],
    ["services/rate-limiter/main.ts", "autocannon"],
    ["peers/key-value-store.peers.ts", "../services/common/node-disk.ts"],
  ])("%s may import %s", (path, specifier) => {
    expect(importProblem(path, specifier)).toBeNull();
  });

  test("a solution may import what the manifest names, of its own system or of another", () => {
    const uses = ["write-ahead-log", "consistent-hashing/ring"];
    const problem = (specifier: string) => importProblem("solutions/key-value-store/lsm-store.ts", specifier, { uses });
    expect(problem("./write-ahead-log.ts")).toBeNull();
    expect(problem("../consistent-hashing/ring.ts")).toBeNull();
    expect(problem("../consistent-hashing/write-ahead-log.ts")).toMatch(/does not name/);
    expect(problem("./ring.ts")).toMatch(/does not name/);
  });

  test("inside the checker arrows run down only", () => {
    expect(checkerRoomProblem("checker/cli/main.ts", "../learner/select.ts")).toBeNull();
    expect(checkerRoomProblem("checker/cli/main.ts", "./command.ts")).toBeNull();
    expect(checkerRoomProblem("checker/learner/select.ts", "../cli/main.ts")).toMatch(
      /learner stands below checker\/cli/,
    );
    expect(checkerRoomProblem("checker/fold.ts", "./check.ts")).toMatch(/fold\.ts stands below checker\/check\.ts/);
    expect(checkerRoomProblem("checker/cli/main.ts", "../new-room/a.ts")).toMatch(/new-room has no place/);
  });

  test("imports are found in every form", () => {
    const source =
      `import a from "one"; export * from "two"; type T = typeof import("three"); await import("four"); ` +
      `import "five";`;
    expect(importsOf(source).sort()).toEqual(["five", "four", "one", "three", "two"]);
  });

  test("the clock, randomness and timers are found, injected ones are not", () => {
    const lines = ["const a = Date.now();", "Math.random();", "new Date();", "setTimeout(f, 1);"];
    const source = [...lines, "globalThis.performance.now();"].join("\n");
    expect(impurities(source)).toEqual([
      "Date.now (line 1)",
      "Math.random (line 2)",
      "new Date() (line 3)",
      "setTimeout (line 4)",
      "globalThis.performance.now (line 5)",
    ]);
    expect(impurities("clock.now(); random(); new Date(5); this.setTimeout(1); // Date.now()")).toEqual([]);
  });
});

test("every import stays within what its room may import", () => {
  expect(code.length).toBeGreaterThan(50);
  const problems = code.flatMap((path) => {
    const isTool = isTest(path) || isNodeTool(path);
    const entry = entryOf(path);
    return importsOf(read(path)).flatMap((specifier) => {
      const isPackage = !specifier.startsWith(".") && !specifier.startsWith("@site/");
      // A test may use Vitest, fast-check and files; that its room stays universal is judged by the room's own files.
      if (isTool && isPackage) return [];
      const { allow: packages = [], uses = [] } = entry?.exercise ?? {};
      const problem = importProblem(path, specifier, { packages, uses });
      return problem === null ? [] : [`${path} ${problem}`];
    });
  });
  expect(problems).toEqual([]);
});

test("inside the checker a room imports only rooms below it", () => {
  const own = code.filter((path) => path.startsWith("checker/") && !isTest(path));
  expect(own.length).toBeGreaterThan(100);
  const problems = own.flatMap((path) =>
    importsOf(read(path)).flatMap((specifier) => {
      const problem = checkerRoomProblem(path, specifier);
      return problem === null ? [] : [`${path} ${problem}`];
    }),
  );
  expect(problems).toEqual([]);
});

test("solutions import only what a learner's file may: given parts, and what the manifest names", () => {
  const problems = code.flatMap((path) => {
    const entry = entryOf(path);
    if (entry === undefined) return [];
    const subject = subjectOf(entry, repository, path, "");
    return importsOf(read(path))
      .filter((specifier) => destinationOf(specifier, subject).kind === "refused")
      .map((specifier) => `${path} imports ${specifier}`);
  });
  expect(problems).toEqual([]);
});

test("what runs in the browser and in simulations uses no clock, randomness or timer of its own", () => {
  expect(universal.length).toBeGreaterThan(20);
  const problems = universal.flatMap((path) => {
    if (entryOf(path)?.exercise.pure === false) return [];
    return impurities(read(path)).map((what) => `${path} uses ${what}`);
  });
  expect(problems).toEqual([]);
});
