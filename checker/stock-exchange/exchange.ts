/** Starts the threads, ends one when it is told to, and compares what the readers saw with one thread that did it all. */

import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { apply, eventsInto } from "../../solutions/stock-exchange/contract.ts";
import { MESSAGE_WORDS } from "../../solutions/stock-exchange/exchange-pipeline.ts";
import { createRing } from "../../solutions/stock-exchange/ring-buffer.ts";
import { Depth } from "./depth.ts";
import { createBook, createFlow, ReportDigest } from "./flow.ts";
import type { Kill, Options } from "./options.ts";
import { SharedLog } from "./shared-log.ts";
import {
  APPLIED,
  GATEWAY_HAS,
  type Latency,
  MARKET_HAS,
  type Outcome,
  REPEATED,
  type Setup,
  STATE_WORDS,
  STOP,
  type StageName,
} from "./stages.ts";

/** What happened in a run. */
export interface Run {
  readonly orders: number;
  readonly expected: Outcome;
  readonly gateway: Outcome;
  readonly market: Outcome;
  readonly seconds: number;
  readonly latency: Latency;
  readonly killed: readonly Killed[];
  /** Reports that came a second time, and that the readers dropped. */
  readonly repeated: number;
  /** True when both readers saw exactly the reports of the single thread, and market data has its depth. */
  readonly isExact: boolean;
}

export interface Killed extends Kill {
  /** Orders that had been applied, and reports that every reader had, when the thread was gone. */
  readonly applied: number;
  readonly delivered: number;
}

const SLOTS = 4_096;
/** Without progress for so long, something is wrong with the run itself. */
const STUCK_MS = 60_000;

/** @throws Error when a thread fails or nothing moves any more. */
export async function runExchange(options: Options): Promise<Run> {
  const { orders, rate, seed, kills } = options;
  const expected = inOneThread(orders, seed);
  const source = await bundle();
  const state = new SharedArrayBuffer(STATE_WORDS * Int32Array.BYTES_PER_ELEMENT);
  const words = new Int32Array(state);
  const ring = (): SharedArrayBuffer => createRing({ slots: SLOTS, slotWords: MESSAGE_WORDS });
  const rings = { requests: ring(), entries: ring(), toGateway: ring(), toMarket: ring() };
  const shared = { orders, rate, seed, reports: expected.count, state, rings, log: SharedLog.allocate(orders) };
  const threads = new Map<StageName, Thread>();
  const start = (stage: StageName, delivered = 0): Thread => {
    const thread = startThread(source, { ...shared, stage, delivered });
    threads.set(stage, thread);
    return thread;
  };
  try {
    const market = start("market data");
    start("engine");
    start("sequencer");
    const gateway = start("gateway");
    const isOver = { value: false };
    const done = Promise.all([gateway.outcome, market.outcome]).finally(() => {
      isOver.value = true;
    });
    const killing = killAt(kills, words, isOver, async (stage) => {
      await threads.get(stage)!.end();
      const applied = Atomics.load(words, APPLIED);
      const delivered = Math.min(Atomics.load(words, GATEWAY_HAS), Atomics.load(words, MARKET_HAS));
      start(stage, delivered);
      return { applied, delivered };
    });
    const failed = failure(threads, words, isOver);
    const [seen, killed] = await Promise.race([Promise.all([done, killing]), failed]);
    return judged(orders, expected, seen[0]!, seen[1]!, killed, words);
  } finally {
    Atomics.store(words, STOP, 1);
    await Promise.all([...threads.values()].map((thread) => thread.end()));
  }
}

function judged(
  orders: number,
  expected: Outcome,
  gateway: Outcome,
  market: Outcome,
  killed: Killed[],
  words: Int32Array,
): Run {
  const isExact = [gateway, market].every(
    ({ digest, count }) => digest === expected.digest && count === expected.count,
  );
  const { seconds = Number.NaN, latency } = gateway;
  if (latency === undefined) throw new Error("the gateway measured nothing");
  const repeated = Atomics.load(words, REPEATED);
  return { orders, expected, gateway, market, seconds, latency, killed, repeated, isExact };
}

/** The same orders without rings, log, threads and kills. */
function inOneThread(orders: number, seed: number): Outcome {
  const seen = new ReportDigest();
  const depth = new Depth();
  let sequence = 0;
  const events = eventsInto((event) => {
    seen.add(sequence, event);
    depth.add(sequence, event);
  });
  const book = createBook(events);
  const next = createFlow(seed);
  for (sequence = 1; sequence <= orders; sequence++) apply(book, next());
  return { digest: seen.toString(), count: seen.count, trades: seen.trades, lots: seen.lots, depth: depth.snapshot() };
}

async function killAt(
  kills: readonly Kill[],
  words: Int32Array,
  isOver: { readonly value: boolean },
  strike: (stage: Kill["stage"]) => Promise<Pick<Killed, "applied" | "delivered">>,
): Promise<Killed[]> {
  const killed: Killed[] = [];
  for (const kill of kills) {
    while (!isOver.value && Atomics.load(words, APPLIED) < kill.at) await sleep(1);
    // Whoever is to be killed late may be too late: the orders were faster.
    if (isOver.value) break;
    killed.push({ ...kill, ...(await strike(kill.stage)) });
  }
  return killed;
}

/** Never resolves; rejects when a thread throws, or when nothing has moved for a long time. */
async function failure(threads: Map<StageName, Thread>, words: Int32Array, isOver: { value: boolean }): Promise<never> {
  let before = "";
  let stillMs = 0;
  while (!isOver.value) {
    for (const thread of threads.values()) if (thread.error !== null) throw thread.error;
    const now = [APPLIED, GATEWAY_HAS, MARKET_HAS].map((place) => Atomics.load(words, place)).join(", ");
    stillMs = now === before ? stillMs + POLL_MS : 0;
    before = now;
    if (stillMs >= STUCK_MS) {
      throw new Error(`nothing has moved for ${STUCK_MS / 1_000} s: applied, gateway and market data are at ${now}`);
    }
    await sleep(POLL_MS);
  }
  return new Promise(() => {});
}

const POLL_MS = 100;

interface Thread {
  readonly outcome: Promise<Outcome>;
  /** What it threw. */
  error: Error | null;
  end(): Promise<void>;
}

function startThread(source: string, setup: Setup): Thread {
  const worker = new Worker(source, { eval: true, workerData: setup, name: setup.stage });
  const thread: Thread = {
    outcome: new Promise((resolve) => worker.once("message", resolve)),
    error: null,
    end: async () => {
      await worker.terminate();
    },
  };
  worker.once("error", (cause: Error) => {
    thread.error = new Error(`the thread "${setup.stage}" failed: ${cause.message}`, { cause });
  });
  return thread;
}

/** A worker thread has no loader for TypeScript: its script is made into plain JavaScript first. */
async function bundle(): Promise<string> {
  const requireFromTsx = createRequire(createRequire(import.meta.url).resolve("tsx/package.json"));
  const { build } = requireFromTsx("esbuild") as typeof import("esbuild");
  const contents = `import { parentPort, workerData } from "node:worker_threads";
import { serve } from ${JSON.stringify(join(import.meta.dirname, "stages.ts"))};
parentPort.postMessage(serve(workerData));`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname, sourcefile: "stage.js", loader: "js" },
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target: "node20",
    logLevel: "silent",
    tsconfigRaw: { compilerOptions: { target: "es2022", verbatimModuleSyntax: true } },
  });
  return outputFiles[0]!.text;
}
