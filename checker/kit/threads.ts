/**
 * Runs the code under test in worker threads. A thread has no loader for TypeScript, so the file under test, what it may import and
 * the suite's own part of the thread are bundled into one script first.
 */

import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { subjectPlugin } from "../subject/esbuild.ts";
import type { Subject } from "../subject/subject.ts";
import { run } from "./run.ts";
import { show } from "./show.ts";
import { Violation } from "./violation.ts";

/** What a thread has to do: `entry` exports `serve(subject, job)`, which runs in the thread and returns what can be cloned. */
export interface Script {
  /** The module with `serve`: `new URL("thread.ts", import.meta.url)`. */
  readonly entry: URL;
  /** The code under test. Default: what the judge is judging. */
  readonly subject?: Subject;
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
  const known = bundles.get(script.entry.href);
  if (known !== undefined) return known;
  const made = buildScript(script);
  bundles.set(script.entry.href, made);
  return made;
}

async function buildScript({ entry, subject = run.subject }: Script): Promise<string> {
  if (subject === undefined) throw new Error("nothing is under test");
  const contents = `import { parentPort, workerData } from "node:worker_threads";
import * as subject from "bp:subject";
import { serve } from ${JSON.stringify(fileURLToPath(entry))};
parentPort.postMessage({ result: serve(subject, workerData) });`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: subject.root, sourcefile: "thread.js", loader: "js" },
    plugins: [subjectPlugin(subject)],
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
