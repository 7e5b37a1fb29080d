/**
 * A thread has no loader for TypeScript, and a confined process may not start one: the code under test, what it may
 * import and the suite's part of the thread are bundled into one script beforehand.
 */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { subjectPlugin } from "./esbuild.ts";
import { type Rooms, suitePath } from "./rooms.ts";
import type { Subject } from "./subject.ts";

/**
 * Beside a suite that runs its subject in threads: exports `serve(subject, job)`, which runs in the thread and returns
 * what can be cloned.
 */
const THREAD = "thread.ts";

/** Null where the exercise's suite has no threads. Rejects when the code under test cannot be bundled. */
export async function threadScriptFor(rooms: Rooms, subject: Subject): Promise<string | null> {
  const entry = join(dirname(suitePath(rooms, subject.id)), THREAD);
  return existsSync(entry) ? bundleThread(subject, entry) : null;
}

/** @param entry absolute path of the module with `serve`. */
export async function bundleThread(subject: Subject, entry: string): Promise<string> {
  const contents = `import { parentPort, workerData } from "node:worker_threads";
import * as subject from "bp:subject";
import { serve } from ${JSON.stringify(entry)};
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
