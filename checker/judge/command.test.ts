/**
 * The real command on real files of real exercises: `npx bp check <id...> --from <dir> --json --no-bench`. Five files
 * with five faults lie in one tree, so that a command costs its start once, and each shows besides that no fault stops
 * the other exercises.
 */

import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalog } from "../../course/manifest.ts";
import type { CheckDocument, ExerciseResult, Status } from "../../course/report.ts";
import { stubFor } from "../stubs/stub.ts";
import { repository, solutionPath } from "../subject/rooms.ts";
import type { Limits } from "./limits.ts";

const TEST_TIMEOUT_MS = 180_000;
/** Commands at a time. Each already uses every core for its own exercises, and starts on one. */
const SIDE_BY_SIDE = 2;
const SHORT: Partial<Limits> = { silenceCpuMs: 1_500, clockFactor: 6 };
const SMALL: Partial<Limits> = { heapMb: 96, silenceCpuMs: 30_000 };

interface Fault {
  readonly name: string;
  /** In the course's `rate-limiter`. */
  readonly slug: string;
  /** What the learner's file holds, given the solution; null: no file; LINK: a link to the solution. */
  readonly text: (solution: string) => string | null | Promise<string>;
  readonly status: Status;
  /** What the message or a failed test says. */
  readonly says?: RegExp;
}

/** In place of a file. */
const LINK = "link";

async function stub(slug: string): Promise<string> {
  const entry = catalog.find(({ id }) => id === `rate-limiter/${slug}`)!;
  return (await stubFor(entry, repository.root)).text;
}

/** The solution with `code` after it, run when the file is loaded. */
const atImport = (code: string) => (solution: string) => `${solution}\n${code}\n`;

/** The solution with `code` as the first thing that `tryAcquire` does. */
const inMethod = (code: string) => (solution: string) =>
  replaced(solution, /(\n {2}tryAcquire\([^{]*\{)/, `$1\n    ${code}`);

function replaced(solution: string, from: RegExp | string, to: string): string {
  const changed = solution.replace(from, to);
  if (changed === solution) throw new Error(`the solution has no ${from} where this test looks for it`);
  return changed;
}

interface Tree {
  readonly limits: Partial<Limits>;
  readonly faults: readonly Fault[];
}

const mistaken: readonly Tree[] = [
  {
    limits: SHORT,
    faults: [
      { name: "the solution", slug: "token-bucket", text: (solution) => solution, status: "passed" },
      { name: "an endless loop in a method", slug: "fixed-window", text: inMethod("for (;;) {}"), status: "timed-out" },
      { name: "an endless loop at import", slug: "leaky-bucket", text: atImport("for (;;) {}"), status: "timed-out" },
      {
        name: "a promise that never settles",
        slug: "sliding-window-counter",
        text: atImport("await new Promise(() => {});"),
        status: "timed-out",
      },
      {
        name: "an unhandled rejection",
        slug: "sliding-window-log",
        text: atImport('void Promise.reject(new Error("nobody listens"));'),
        status: "crashed",
        says: /nobody listens/,
      },
    ],
  },
  {
    limits: SHORT,
    faults: [
      {
        name: "a flood of output",
        slug: "fixed-window",
        text: inMethod('for (;;) console.log("still here ".repeat(50));'),
        status: "timed-out",
      },
      { name: "process.exit(0)", slug: "token-bucket", text: inMethod("process.exit(0);"), status: "not-conforming" },
      { name: "a syntax error", slug: "leaky-bucket", text: atImport("}"), status: "not-conforming" },
      {
        name: "a throw at import",
        slug: "sliding-window-log",
        text: atImport('throw "not an error";'),
        status: "crashed",
      },
      {
        name: "a missing export",
        slug: "sliding-window-counter",
        text: (solution) => replaced(solution, "export class", "class"),
        status: "not-conforming",
        says: /`SlidingWindowCounter` is not exported/,
      },
    ],
  },
  {
    limits: SHORT,
    faults: [
      {
        name: "a patch of Object.is through an alias",
        slug: "token-bucket",
        text: atImport("[Object][0]!.is = () => true;"),
        status: "tampered",
        says: /Object\.is/,
      },
      {
        name: "a patch of Array.prototype through an alias",
        slug: "fixed-window",
        text: atImport('Reflect.getPrototypeOf([])!["push" as never] = (() => 0) as never;'),
        status: "tampered",
        says: /Array\.prototype\.push/,
      },
      { name: "a patched Date", slug: "leaky-bucket", text: atImport("Date.now = () => 0;"), status: "not-conforming" },
      {
        name: "a patched Math.random",
        slug: "sliding-window-log",
        text: atImport("Math.random = () => 4;"),
        status: "not-conforming",
      },
      {
        name: "a patched expect",
        slug: "sliding-window-counter",
        text: atImport(`for (const key of Object.getOwnPropertySymbols(globalThis))
  if (String(key).includes("expect-global"))
    (globalThis as any)[key].extend({ toEqual: () => ({ pass: true, message: () => "" }) });`),
        status: "not-conforming",
      },
    ],
  },
  {
    limits: SMALL,
    faults: [
      {
        name: "a heap that grows",
        slug: "token-bucket",
        text: inMethod("const all: number[][] = []; for (;;) all.push(new Array<number>(10_000).fill(all.length));"),
        status: "out-of-memory",
      },
      {
        name: "a recursion without end",
        slug: "fixed-window",
        text: inMethod("return this.tryAcquire.apply(this, arguments as never);"),
        status: "failed",
      },
      {
        name: "a thrown string",
        slug: "sliding-window-log",
        text: inMethod('if (cost > 0) throw "just a string";'),
        status: "failed",
      },
      {
        name: "an export of the wrong type",
        slug: "sliding-window-counter",
        text: (solution) =>
          replaced(solution, "nowMs: number, cost = 1): Decision {", "nowMs: string, cost = 1): Decision {"),
        status: "not-conforming",
      },
      {
        name: "an import of vitest",
        slug: "leaky-bucket",
        text: (solution) => `import "vitest";\n${solution}`,
        status: "not-conforming",
      },
    ],
  },
  {
    limits: SHORT,
    faults: [
      {
        name: "a re-export of the solution",
        slug: "sliding-window-log",
        text: () => 'export * from "../../solutions/rate-limiter/sliding-window-log.ts";\n',
        status: "not-conforming",
      },
      {
        name: "an import of the checker",
        slug: "leaky-bucket",
        text: (solution) => `import "../../checker/kit/index.ts";\n${solution}`,
        status: "not-conforming",
      },
      { name: "an empty file", slug: "sliding-window-counter", text: () => "\n", status: "not-conforming" },
      {
        name: "a stub, as it is handed out",
        slug: "token-bucket",
        text: () => stub("token-bucket"),
        status: "not-started",
      },
      { name: "a link to the solution", slug: "fixed-window", text: () => LINK, status: "not-conforming" },
      { name: "no file at all", slug: "distributed-limiter", text: () => null, status: "missing" },
    ],
  },
];

/** Conformance sees no name that it refuses. */
const HIDDEN_PROCESS = 'const { constructor: make } = () => 0;\nconst host = (make as any)("return process")();';
/** Conformance sees `globalThis`. */
const COMPUTED_PROCESS = 'const host = (globalThis as any)[["pro", "cess"].join("")];';
const DETACHED_CHILD = `host.getBuiltinModule("child_process")
  .spawn("sleep", ["987"], { detached: true, stdio: "ignore" }).unref();`;
const THE_REFERENCE = `export const copied = host.getBuiltinModule("fs")
  .readFileSync(host.cwd() + "/solutions/rate-limiter/fixed-window.ts", "utf8");`;

const hostile: Tree = {
  limits: SHORT,
  faults: [
    {
      name: "the reference, read by code from a string",
      slug: "fixed-window",
      text: atImport(`${HIDDEN_PROCESS}\n${THE_REFERENCE}`),
      status: "tampered",
    },
    {
      name: "a child that would survive, by code from a string",
      slug: "token-bucket",
      text: atImport(`${HIDDEN_PROCESS}\n${DETACHED_CHILD}`),
      status: "tampered",
    },
    {
      name: "the end of the grader, by code from a string",
      slug: "sliding-window-log",
      text: atImport(`${HIDDEN_PROCESS}\nhost.kill(host.ppid, "SIGKILL");`),
      status: "tampered",
    },
    {
      name: "the reference, read through a name put together",
      slug: "leaky-bucket",
      text: atImport(`${COMPUTED_PROCESS}\n${THE_REFERENCE}`),
      status: "not-conforming",
      says: /globalThis/,
    },
    {
      name: "the end of the grader, through a name put together",
      slug: "sliding-window-counter",
      text: atImport(`${COMPUTED_PROCESS}\nhost.kill(host.ppid, "SIGKILL");`),
      status: "not-conforming",
      says: /globalThis/,
    },
  ],
};

interface Run {
  readonly exitCode: number;
  readonly document: CheckDocument;
}

/**
 * `ids` of the files below `from`. Rejects when stdout holds anything but one document, or a process is left behind.
 */
function bp(from: string, ids: readonly string[], limits: Partial<Limits>, ...more: string[]): Promise<Run> {
  const args = ["checker/bin/bp.mjs", "check", ...ids, "--from", from, "--json", ...more];
  const mark = randomUUID();
  const env = { ...process.env, BACKPRESSURE_LIMITS: JSON.stringify(limits), MARK_OF_THE_TEST: mark };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: repository.root, env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      const left = marked(mark);
      if (typeof code !== "number") reject(error);
      else if (left.length > 0) reject(new Error(`left behind: processes ${left.join(", ")}`));
      else
        try {
          resolve({ exitCode: code, document: JSON.parse(stdout) as CheckDocument });
        } catch {
          reject(new Error(`exit ${code}, stdout: ${stdout}\nstderr: ${stderr}`));
        }
    });
  });
}

/** Processes that were started with `mark` in their environment, where the system shows it (Linux). */
function marked(mark: string): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, "utf8").includes(mark);
    } catch {
      return false; // It has ended, or is somebody else's.
    }
  });
}

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "command-test-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Each tree's command, when its turn has come. */
const turns: Promise<unknown>[] = [];
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const before = turns[turns.length - SIDE_BY_SIDE] ?? Promise.resolve();
  const run = before.then(work, work);
  turns.push(run.catch(() => {}));
  return run;
}

/** Everything a learner is told. */
const told = ({ message, stages }: ExerciseResult) =>
  [message, ...stages.flatMap((stage) => stage.tests.map((test) => test.message))].join("\n");

describe("npx bp check", () => {
  for (const [index, { limits, faults }] of [...mistaken, hostile].entries()) {
    const idOf = (slug: string) => `rate-limiter/${slug}`;
    const solutionOf = (slug: string) => solutionPath(repository, idOf(slug));
    const pathOf = (slug: string) => join(home, String(index), `${idOf(slug)}.ts`);
    const sourceOf = ({ slug, text }: Fault) => text(readFileSync(solutionOf(slug), "utf8"));

    let running: Promise<Run> | undefined;
    const graded = () => {
      running ??= inTurn(async () => {
        for (const fault of faults) {
          const [source, path] = [await sourceOf(fault), pathOf(fault.slug)];
          mkdirSync(dirname(path), { recursive: true });
          if (source === LINK) symlinkSync(solutionOf(fault.slug), path);
          else if (source !== null) writeFileSync(path, source);
        }
        return bp(
          join(home, String(index)),
          faults.map(({ slug }) => idOf(slug)),
          limits,
          "--no-bench",
        );
      });
      return running;
    };

    it.concurrent.each(faults)("on $name", { timeout: TEST_TIMEOUT_MS }, async (fault) => {
      const { exitCode, document } = await graded();
      const result = document.exercises.find(({ id }) => id === idOf(fault.slug))!;
      expect(result.status, told(result)).toBe(fault.status);
      expect(result.message).toEqual(fault.status === "passed" ? null : expect.any(String));
      if (fault.says !== undefined) expect(told(result)).toMatch(fault.says);
      // The others have their verdicts too, and whatever happened, the learner's file is as it was.
      expect(document.exercises).toHaveLength(faults.length);
      expect(exitCode).toBe(1);
      const source = await sourceOf(fault);
      if (source !== null && source !== LINK) expect(readFileSync(pathOf(fault.slug), "utf8")).toBe(source);
    });
  }

  it("on a file that stores nothing where it is measured", { timeout: TEST_TIMEOUT_MS }, async () => {
    const id = "rate-limiter/fixed-window";
    const solution = readFileSync(solutionPath(repository, id), "utf8");
    const path = join(home, "measured", `${id}.ts`);
    mkdirSync(dirname(path), { recursive: true });
    const idle = inMethod("if (measured) return { allowed: true, remaining: 1 };")(solution);
    writeFileSync(path, `${idle}\nconst measured = !String(new Error("where").stack).includes("vitest");\n`);
    const { exitCode, document } = await inTurn(() => bp(join(home, "measured"), [id], {}));
    const [result] = document.exercises;
    expect(exitCode).toBe(1);
    expect(result!.status, told(result!)).toBe("failed");
  });
});
