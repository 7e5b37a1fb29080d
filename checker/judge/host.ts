/**
 * The judge's child: Vitest's own process, which starts a worker for every run. It holds no opinion. The learner's code
 * never runs here, so this process is never blocked and can always end the worker: when the grader goes away, however
 * it goes away, the channel closes and the whole process group is killed.
 */

process.on("disconnect", endEverything);
// The judge does not wait until this process is up; what it says meanwhile is kept.
const early: unknown[] = [];
const keepEarly = (message: unknown) => early.push(message);
process.on("message", keepEarly);
process.on("SIGHUP", () => {});
if (!process.connected) endEverything();

const { createVitest } = await import("vitest/node");
const { subjectPlugin } = await import("./subject-plugin.ts");
const { SupervisedWorker } = await import("./supervised-worker.ts");
const { SuiteReporter } = await import("./suite-reporter.ts");

type Vitest = import("vitest/node").Vitest;
type Job = import("./protocol.ts").Job;
type FromHost = import("./protocol.ts").FromHost;
type ToHost = import("./protocol.ts").ToHost;

const [root, scratch] = process.argv.slice(2) as [string, string];
let job: Job | undefined;
const reporter = new SuiteReporter();

const vitest = await createVitest(
  "test",
  {
    root,
    config: false,
    watch: false,
    cache: false,
    include: ["checker/suites/**/*.suite.ts"],
    reporters: [reporter],
    disableConsoleIntercept: true,
    silent: false,
    maxWorkers: 1,
    fileParallelism: false,
    isolate: true,
    passWithNoTests: true,
    allowOnly: false,
    // Everything that follows the first look at a failure is noise here: no code frames, no diffs of the suite.
    printConsoleTrace: false,
    pool: {
      name: "supervised",
      createPoolWorker: (options) => {
        return new SupervisedWorker(options, {
          heapMb: job?.heapMb ?? 512,
          outputBytes: job?.outputBytes ?? 0,
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
    plugins: [subjectPlugin(currentSubject)],
    server: { watch: null },
  },
);

const obey = (message: ToHost) => {
  if (message.type === "run") void run(vitest, message.job);
};
process.off("message", keepEarly);
process.on("message", obey);
for (const message of early) obey(message as ToHost);

async function run(vitest: Vitest, next: Job): Promise<void> {
  job = next;
  reporter.clear();
  try {
    const project = vitest.getRootProject();
    for (const environment of Object.values(project.vite.environments)) environment.moduleGraph.invalidateAll();
    const { id, seed, recordPath, token, lastStage, patienceMs } = next;
    project.provide("run", { id, seed, recordPath, token, lastStage, patienceMs });
    await vitest.runTestSpecifications([project.createSpecification(next.suitePath)]);
    tell({ type: "done", report: reporter.report() });
  } catch (error) {
    tell({ type: "fault", error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

function currentSubject() {
  if (job === undefined) throw new Error("no job");
  return job;
}

function tell(message: FromHost): void {
  if (process.connected) process.send?.(message);
}

/** The host leads its own process group: the worker, and whatever the worker started, go with it. */
function endEverything(): void {
  try {
    process.kill(-process.pid, "SIGKILL");
  } catch {
    process.kill(process.pid, "SIGKILL");
  }
}

export {};
