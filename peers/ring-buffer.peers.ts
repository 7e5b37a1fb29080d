import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { type Contender, definePeers, type Goal, type Metrics } from "./kit.ts";
import {
  buffersFor,
  type Kind,
  OUR_BATCH,
  PEER_BATCH,
  receiver,
  type Setup,
  sender,
  WORDS,
  write,
} from "./ring-buffer-sides.ts";

const MESSAGES = 64 * 40_000;
const WARM_UP = 64 * 5_000;
/** postMessage is so much slower that fewer messages take as long. */
const POSTED = 100_000;
const ROUND_TRIPS = 20_000;
const PARKED_ROUND_TRIPS = 1_000;
const IDLE_MS = 2_000;

const OURS = "ring-buffer";
const OURS_BATCHED = `ring-buffer, batch ${OUR_BATCH}`;
const OURS_COPIED = "ring-buffer, copied in and out";
const PEER = "ringbuf.js";
const PEER_BATCHED = `ringbuf.js, ${PEER_BATCH} a push`;
const POST = "postMessage";

type Run = Setup["runs"][number];

/** A worker has no loader for TypeScript: its side is bundled. */
async function start(setup: Setup): Promise<Worker> {
  const contents = `import { workerData } from "node:worker_threads";
import { serve } from ${JSON.stringify(join(import.meta.dirname, "ring-buffer-sides.ts"))};
serve(workerData);`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: "js" },
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target: "node20",
    logLevel: "silent",
  });
  const worker = new Worker(outputFiles[0]!.text, { eval: true, workerData: setup });
  await once(worker, "online");
  return worker;
}

/** Starts the worker with its runs; `run(i, work)` times the i-th, until the worker has seen its last message. */
async function withWorker(
  kind: Kind,
  runs: readonly Run[],
  body: (setup: Setup, worker: Worker, timed: (i: number, work: () => unknown) => Promise<number>) => Promise<Metrics>,
): Promise<Metrics> {
  const done = new SharedArrayBuffer(8);
  const state = new Int32Array(done);
  const setup: Setup = { kind, ...buffersFor(kind), done, runs };
  const worker = await start(setup);
  const timed = async (i: number, work: () => unknown): Promise<number> => {
    const startMs = performance.now();
    await work();
    while (Atomics.load(state, 0) <= i) Atomics.wait(state, 0, i, 1_000);
    return performance.now() - startMs;
  };
  const metrics = await body(setup, worker, timed);
  if (Atomics.load(state, 1) !== 0)
    throw new Error(`${kind}: ${state[1]} messages were lost, doubled, reordered or torn`);
  await worker.terminate();
  return metrics;
}

const perSecond = (count: number, ms: number): number => count / ms / 1_000;

async function measureRing(kind: Exclude<Kind, "postMessage">): Promise<Metrics> {
  const isOurs = kind === "ours";
  const runs: Run[] = [
    { count: WARM_UP, echo: false, spins: 20_000 },
    { count: MESSAGES, echo: false, spins: 20_000 },
  ];
  // A round trip has nothing to batch.
  if (kind === "ours" || kind === "peer")
    for (let i = 0; i < 2; i++) runs.push({ count: ROUND_TRIPS, echo: true, spins: -1 });
  if (isOurs) runs.push({ count: PARKED_ROUND_TRIPS, echo: true, spins: 0 }, { count: 1, echo: true, spins: 2_000 });
  return withWorker(kind, runs, async ({ there, back }, _, timed) => {
    const send = sender(kind, there, 20_000);
    await timed(0, () => send(WARM_UP));
    const throughput = perSecond(MESSAGES, await timed(1, () => send(MESSAGES)));
    if (runs.length === 2) return { throughput };
    const trips = (count: number, spins: number) => (): void => {
      const one = sender(kind, there, spins);
      const take = receiver(kind, back, spins);
      for (let i = 0; i < count; i++) {
        one(1);
        if (!take(1)) throw new Error(`${kind}: a message came back damaged`);
      }
    };
    await timed(2, trips(ROUND_TRIPS, -1));
    const roundTrip = (await timed(3, trips(ROUND_TRIPS, -1))) / ROUND_TRIPS;
    if (!isOurs) return { throughput, roundTrip: roundTrip * 1_000 };
    const parked = (await timed(4, trips(PARKED_ROUND_TRIPS, 0))) / PARKED_ROUND_TRIPS;
    // The worker has had its spins and is parked; only the process is measured, whatever else runs on the machine.
    await sleep(500);
    const before = process.cpuUsage();
    await sleep(IDLE_MS);
    const used = process.cpuUsage(before);
    await timed(5, trips(1, 2_000));
    const idle = (used.user + used.system) / 10 / IDLE_MS;
    return { throughput, roundTrip: roundTrip * 1_000, parked: parked * 1_000, idle };
  });
}

function measurePost(): Promise<Metrics> {
  const runs: Run[] = [
    { count: POSTED / 4, echo: false, spins: 0 },
    { count: POSTED, echo: false, spins: 0 },
    { count: PARKED_ROUND_TRIPS, echo: true, spins: 0 },
  ];
  return withWorker("postMessage", runs, async (_, worker, timed) => {
    const message = new Int32Array(WORDS);
    const send = (count: number) => (): void => {
      for (let n = 1; n <= count; n++) {
        write(message, 0, n);
        worker.postMessage(message);
      }
    };
    await timed(0, send(POSTED / 4));
    const throughput = perSecond(POSTED, await timed(1, send(POSTED)));
    const parked = await timed(2, async () => {
      write(message, 0, 1);
      for (let i = 0; i < PARKED_ROUND_TRIPS; i++) {
        worker.postMessage(message);
        await once(worker, "message");
      }
    });
    return { throughput, parked: (parked * 1_000) / PARKED_ROUND_TRIPS };
  });
}

const contenders: readonly Contender[] = [
  { name: OURS, ours: true, measure: () => measureRing("ours") },
  { name: OURS_BATCHED, ours: true, measure: () => measureRing("ours-batched") },
  { name: OURS_COPIED, ours: true, measure: () => measureRing("ours-copied") },
  { name: PEER, ours: false, measure: () => measureRing("peer") },
  { name: PEER_BATCHED, ours: false, measure: () => measureRing("peer-batched") },
  { name: POST, ours: false, measure: measurePost },
];

function ratio(text: string, of: string, to: string, least: number): Goal {
  return {
    text,
    judge: (medians) => {
      const reached = medians.get(of)!.throughput! / medians.get(to)!.throughput!;
      return { met: reached >= least, reached: `${reached.toFixed(1)} times` };
    },
  };
}

export default definePeers({
  title: "Ring buffer: 64-byte messages between two threads",
  workload:
    `${MESSAGES.toLocaleString("en")} messages (postMessage: ${POSTED.toLocaleString("en")}) from the ` +
    `main thread to a worker through ${1_024} slots, all 16 words written at one end and checked at the ` +
    "other; round trips one at a time, with both sides looking, and with both parked.",
  metrics: [
    { id: "throughput", label: "M messages/s", digits: 2 },
    { id: "roundTrip", label: "round trip, us", digits: 2 },
    { id: "parked", label: "round trip parked, us", digits: 1 },
    { id: "idle", label: "idle, % of a core", digits: 2 },
  ],
  contenders,
  goals: [
    ratio("at least 2 times ringbuf.js, a message a push", OURS, PEER, 2),
    ratio("at least 20 times postMessage", OURS, POST, 20),
    {
      text: "a waiting thread uses less than 2 % of a core",
      judge: (medians) => {
        const { idle = Number.NaN } = medians.get(OURS)!;
        return { met: idle < 2, reached: `${idle.toFixed(2)} %` };
      },
    },
  ],
});
