/**
 * The judge's child: Vitest's own process, which starts a worker for every run. It holds no opinion. The learner's code
 * never runs here, so this process is never blocked and can always end the worker: when the grader goes away, however
 * it goes away, the channel closes and the whole process group is killed (`host.mjs`).
 */

import { createVitest, type Vitest } from "vitest/node";
import { subjectPlugin } from "../subject/vite.ts";
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
      allowOnly: false,
      pool: {
        name: "supervised",
        createPoolWorker: (options) => {
          const { heapMb, outputBytes } = currentJob();
          return new SupervisedWorker(options, {
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
      plugins: [subjectPlugin(() => currentJob().subject)],
      server: { watch: null },
    },
  );
}

async function run(vitest: Vitest, { suitePath, ...job }: Job): Promise<void> {
  const project = vitest.getRootProject();
  // Files change between jobs and nobody watches them here.
  for (const environment of Object.values(project.vite.environments)) environment.moduleGraph.invalidateAll();
  const { subject, seed, recordPath, token, lastStage, shrink, patienceMs, only } = job;
  const what = only === undefined ? { lastStage } : { lastStage, only };
  project.provide("run", { id: subject.id, seed, recordPath, token, ...what, shrink, patienceMs, subject });
  await vitest.runTestSpecifications([project.createSpecification(suitePath)]);
}

function tell(message: FromHost): void {
  if (process.connected) process.send?.(message);
}
