/**
 * Runs the code under test in worker threads. A thread has no loader for TypeScript, so the file under test, what it may import and
 * the suite's own part of the thread are bundled into one script first.
 */

import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import type { Plugin } from "esbuild";
import { run } from "./run.ts";
import { show } from "./show.ts";
import { Violation } from "./violation.ts";

const requireFromTsx = createRequire(createRequire(import.meta.url).resolve("tsx/package.json"));
const { build } = requireFromTsx("esbuild") as typeof import("esbuild");
const root = resolve(import.meta.dirname, "../..");

/** What a thread has to do: `entry` exports `serve(subject, job)`, which runs in the thread and returns what can be cloned. */
export interface Script {
  /** Absolute path of the module with `serve`. */
  readonly entry: string;
  /** Absolute path of the file under test. Default: what the judge is judging. */
  readonly subjectPath?: string;
  /** Exercises of the system that the file under test may import. */
  readonly uses?: readonly string[];
}

/**
 * One thread for each job, all at once. Resolves with what they returned, in the order of the jobs; ends them all and throws a Violation when
 * one throws or when they need longer than `deadlineMs` on the clock.
 */
export async function inThreads<Result>(
  script: Script,
  jobs: readonly unknown[],
  deadlineMs: number,
): Promise<Result[]> {
  const source = await bundle(script);
  const threads = jobs.map((job) => new Worker(source, { eval: true, workerData: job }));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unfinished(deadlineMs)), deadlineMs);
  });
  try {
    return await Promise.race([Promise.all(threads.map((thread, i) => resultOf<Result>(thread, i))), late]);
  } finally {
    clearTimeout(timer);
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function resultOf<Result>(thread: Worker, index: number): Promise<Result> {
  return new Promise((resolve, reject) => {
    thread.once("message", ({ result }: { result: Result }) => resolve(result));
    thread.once("error", (error: Error) => {
      // A stub throws in a thread as it does anywhere else.
      const expected = `thread ${index + 1} to go on`;
      reject(error.name === "NotStarted" ? error : new Violation({ expected, got: `an exception: ${show(error)}` }));
    });
    thread.once("exit", (code) => {
      reject(new Violation({ expected: `thread ${index + 1} to finish`, got: `it ended with code ${code}` }));
    });
  });
}

function unfinished(deadlineMs: number): Violation {
  return new Violation({
    expected: `all threads to finish within ${deadlineMs} ms`,
    got: "at least one that waits or runs for ever",
  });
}

const bundles = new Map<string, Promise<string>>();

function bundle(script: Script): Promise<string> {
  const known = bundles.get(script.entry);
  if (known !== undefined) return known;
  const made = buildScript(script);
  bundles.set(script.entry, made);
  return made;
}

async function buildScript({ entry, uses = [], ...given }: Script): Promise<string> {
  const subjectPath = given.subjectPath ?? run.subjectPath ?? join(root, "solutions", `${run.id}.ts`);
  const system = run.id === "" ? basename(dirname(subjectPath)) : run.id.split("/")[0]!;
  const contents = `import { parentPort, workerData } from "node:worker_threads";
import * as subject from ${JSON.stringify(subjectPath)};
import { serve } from ${JSON.stringify(entry)};
parentPort.postMessage({ result: serve(subject, workerData) });`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, sourcefile: "thread.js", loader: "js" },
    plugins: [givenParts(system, subjectPath, uses)],
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target: "node20",
    packages: "external",
    logLevel: "silent",
    tsconfigRaw: { compilerOptions: { target: "es2022", verbatimModuleSyntax: true } },
  });
  return outputFiles[0]!.text;
}

/** As in `checker/judge/subject-plugin.ts`: given parts, and exercises that it builds on, are the course's own copies. */
function givenParts(system: string, subjectPath: string, uses: readonly string[]): Plugin {
  return {
    name: "given-parts",
    setup(builder) {
      builder.onResolve({ filter: /^\./ }, ({ path, importer }) => {
        if (importer !== subjectPath) return null;
        const name = basename(path);
        if (name === "not-started.ts") return { path: join(root, "exercises", name) };
        if (name === "contract.ts" || uses.some((slug) => name === `${slug}.ts`)) {
          return { path: join(root, "solutions", system, name) };
        }
        return { path: resolve(dirname(subjectPath), path) };
      });
    },
  };
}
