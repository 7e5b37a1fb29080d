/**
 * The judge's child: Vitest's own process, which starts a worker for every run. It holds no opinion. The learner's code
 * never runs here, so this process is never blocked and can always end the worker: when the grader goes away, however
 * it goes away, the channel closes and the whole process group is killed (`host.mjs`).
 */

import { basename, join } from "node:path";
import { createVitest, type Vitest } from "vitest/node";
import { repository } from "../subject/rooms.ts";
import { subjectPlugin } from "../subject/vite.ts";
import { closurePlugin } from "./closure.ts";
import type { FromHost, Job, ToHost } from "./protocol.ts";
import { SuiteReporter } from "./suite-reporter.ts";
import { SupervisedWorker } from "./supervised-worker.ts";

export interface HostOptions {
  /** Where Vitest and the kit are found. */
  readonly root: string;
  /** A folder of this host's own. */
  readonly scratch: string;
}

/** Runs jobs, one after the other, until the process ends. @returns what takes the judge's messages. */
export async function host(options: HostOptions): Promise<(message: ToHost) => void> {
  let job: Job | undefined;
  const reporter = new SuiteReporter();
  const currentJob = () => {
    if (job === undefined) throw new Error("no job");
    return job;
  };
  const vitest = await startVitest(options, reporter, currentJob);
  return ({ job: next }) => {
    job = next;
    reporter.clear(job.subject.path);
    run(vitest, next).then(
      () => tell({ type: "done", report: reporter.report() }),
      (error: Error) => tell({ type: "fault", error: error.stack ?? error.message }),
    );
  };
}

function startVitest({ root, scratch }: HostOptions, reporter: SuiteReporter, currentJob: () => Job): Promise<Vitest> {
  return createVitest(
    "test",
    {
      root,
      config: false,
      watch: false,
      cache: false,
      include: ["checker/suites/*/*/suite.ts"],
      reporters: [reporter],
      // Console output goes straight to the pipe: what was printed before a crash is then known.
      disableConsoleIntercept: true,
      maxWorkers: 1,
      fileParallelism: false,
      isolate: true,
      passWithNoTests: true,
      // A suite keeps no snapshots; nothing of a worker's is to be written beside it.
      resolveSnapshotPath: (path) => join(scratch, basename(path)),
      allowOnly: false,
      pool: {
        name: "supervised",
        createPoolWorker: (options) => {
          const { heapMb, outputBytes, threadScript } = currentJob();
          return new SupervisedWorker(options, {
            reach: { root: repository.root, scratch, threads: threadScript !== null },
            heapMb,
            outputBytes,
            onOutput: (output) => tell({ type: "output", ...output }),
            onStart: (pid) => tell({ type: "worker", pid }),
            onDeath: (death) => tell({ type: "worker-died", ...death }),
          });
        },
      },
    },
    {
      root,
      envDir: scratch,
      cacheDir: scratch,
      logLevel: "silent",
      plugins: [closurePlugin(currentJob), subjectPlugin(() => currentJob().subject)],
      server: { watch: null },
    },
  );
}

async function run(vitest: Vitest, { suitePath, ...job }: Job): Promise<void> {
  const project = vitest.getRootProject();
  // Files change between jobs and nobody watches them here.
  for (const environment of Object.values(project.vite.environments)) environment.moduleGraph.invalidateAll();
  const { subject, seed, recordPath, token, lastStage, shrink, patienceMs, only, threadScript, database } = job;
  const what = {
    lastStage,
    ...(only === undefined ? {} : { only }),
    ...(threadScript === null ? {} : { threadScript }),
    ...(database === null ? {} : { database }),
  };
  const { id, path: subjectPath } = subject;
  project.provide("run", { id, seed, recordPath, token, ...what, shrink, patienceMs, subjectPath });
  await vitest.runTestSpecifications([project.createSpecification(suitePath)]);
}

function tell(message: FromHost): void {
  if (process.connected) process.send?.(message);
}
