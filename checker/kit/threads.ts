/**
 * Runs the code under test in worker threads, from the script that the judge has bundled (`checker/subject/thread.ts`).
 */

import { Worker } from "node:worker_threads";
import { run } from "./run.ts";
import { show } from "./show.ts";
import { Violation } from "./violation.ts";

/**
 * One thread for each job, all at once. Resolves with what they returned, in the order of the jobs; ends them all and
 * throws a Violation when one throws or when they need longer than `deadlineMs` on the clock.
 */
export async function inThreads<Result>(
  jobs: readonly unknown[],
  deadlineMs: number,
  script = run.threadScript,
): Promise<Result[]> {
  if (script === undefined) throw new Error("the suite has no thread.ts");
  const threads = jobs.map((job) => new Worker(script, { eval: true, workerData: job }));
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
