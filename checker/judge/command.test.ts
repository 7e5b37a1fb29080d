/** The real command on real files of a real exercise: `npx bp check <id> --from <dir> --json --no-bench`. */

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalog } from "../../course/manifest.ts";
import type { CheckDocument, Status } from "../result.ts";
import { stubFor } from "../stubs/stub.ts";
import type { Limits } from "./limits.ts";
import { repository, solutionPath } from "./rooms.ts";

const ID = "rate-limiter/token-bucket";
const TEST_TIMEOUT_MS = 180_000;
const SHORT: Partial<Limits> = { silenceCpuMs: 1_500, clockFactor: 6 };
const SMALL: Partial<Limits> = { heapMb: 96, silenceCpuMs: 30_000 };
const solution = readFileSync(solutionPath(repository, ID), "utf8");

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "command-test-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** The solution with `code` as the first thing that `tryAcquire` does. */
function inMethod(code: string): string {
  const changed = solution.replace(/(\n {2}tryAcquire\([^{]*\{)/, `$1\n    ${code}`);
  if (changed === solution) throw new Error("the solution has no tryAcquire where this test looks for it");
  return changed;
}

interface Run {
  readonly exitCode: number;
  readonly document: CheckDocument;
}

let written = 0;
function folder(): string {
  const from = join(home, String(written++), "exercises");
  mkdirSync(join(from, "rate-limiter"), { recursive: true });
  return from;
}

function bp(from: string, limits: Partial<Limits> = SHORT): Promise<Run> {
  const args = ["checker/bin/bp.mjs", "check", ID, "--from", from, "--json", "--no-bench"];
  const env = { ...process.env, BACKPRESSURE_LIMITS: JSON.stringify(limits) };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: repository.root, env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code !== "number") reject(error);
      else
        try {
          // Exactly one document, and nothing else, on stdout.
          resolve({ exitCode: code, document: JSON.parse(stdout) as CheckDocument });
        } catch {
          reject(new Error(`exit ${code}, stdout: ${stdout}\nstderr: ${stderr}`));
        }
    });
  });
}

const cases: readonly { name: string; source: string; status: Status; limits?: Partial<Limits> }[] = [
  { name: "the solution", source: solution, status: "passed" },
  { name: "an endless loop in a method", source: inMethod("for (;;) {}"), status: "timed-out" },
  { name: "an endless loop at import", source: `${solution}\nfor (;;) {}\n`, status: "timed-out" },
  {
    name: "a heap that grows",
    source: inMethod("const all: number[][] = []; for (;;) all.push(new Array<number>(10_000).fill(all.length));"),
    status: "out-of-memory",
    limits: SMALL,
  },
  { name: "a throw at import", source: `${solution}\nthrow "not an error";\n`, status: "crashed" },
  {
    name: "a recursion without end",
    source: inMethod("return this.tryAcquire.apply(this, arguments as never);"),
    status: "failed",
  },
  { name: "a syntax error", source: `${solution}\n}`, status: "not-conforming" },
  { name: "process.exit(0)", source: inMethod("process.exit(0);"), status: "not-conforming" },
  { name: "an import of vitest", source: `import "vitest";\n${solution}`, status: "not-conforming" },
  {
    name: "a re-export of the solution",
    source: `export * from "../../solutions/${ID}.ts";\n`,
    status: "not-conforming",
  },
  { name: "an empty file", source: "\n", status: "not-conforming" },
  {
    name: "a patch of Object.is through an alias",
    source: `${solution}\n[Object][0]!.is = () => true;\n`,
    status: "tampered",
  },
];

describe("npx bp check", () => {
  it.concurrent.each(cases)("on $name", { timeout: TEST_TIMEOUT_MS }, async ({ source, status, limits }) => {
    const from = folder();
    const path = join(from, `${ID}.ts`);
    writeFileSync(path, source);
    const { exitCode, document } = await bp(from, limits);
    expect(document.exercises.map((exercise) => [exercise.id, exercise.status, exercise.message])).toEqual([
      [ID, status, status === "passed" ? null : expect.any(String)],
    ]);
    expect(exitCode).toBe(status === "passed" ? 0 : 1);
    expect(readFileSync(path, "utf8")).toBe(source);
  });

  it.concurrent("on a stub, as it is handed out", { timeout: TEST_TIMEOUT_MS }, async () => {
    const from = folder();
    const entry = catalog.find(({ id }) => id === ID)!;
    writeFileSync(join(from, `${ID}.ts`), (await stubFor(entry, repository.root)).text);
    expect((await bp(from)).document.exercises[0]?.status).toBe("not-started");
  });

  it.concurrent("on no file at all", { timeout: TEST_TIMEOUT_MS }, async () => {
    expect((await bp(folder())).document.exercises[0]?.status).toBe("missing");
  });

  it.concurrent("on a link to the solution", { timeout: TEST_TIMEOUT_MS }, async () => {
    const from = folder();
    symlinkSync(solutionPath(repository, ID), join(from, `${ID}.ts`));
    expect((await bp(from)).document.exercises[0]?.status).toBe("not-conforming");
  });
});
