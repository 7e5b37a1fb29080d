/**
 * Starts the threads, ends one when it is told to, and compares what the readers saw with one thread that did what was
 * sequenced.
 */

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { MESSAGE_WORDS } from "../../solutions/stock-exchange/exchange-pipeline.ts";
import { createRing } from "../../solutions/stock-exchange/ring-buffer.ts";
import { auditAnswers, auditBalances, inOneThread } from "./audit.ts";
import type { Balance } from "./desk.ts";
import type { Kill, Options } from "./options.ts";
import { RefusalLog } from "./refusals.ts";
import { SharedLog } from "./shared-log.ts";
import {
  APPLIED,
  GATEWAY_HAS,
  type Latency,
  MANAGER_HAS,
  MARKET_HAS,
  type Outcome,
  REPEATED,
  type Refused,
  type Setup,
  STATE_WORDS,
  STOP,
  type StageName,
} from "./stages.ts";

/** What happened in a run. */
export interface Run {
  readonly orders: number;
  /** Orders that were sequenced. */
  readonly accepted: number;
  /** Orders that the gateway was told are refused, by reason. */
  readonly refused: Refused;
  /** What one thread makes of the sequenced orders. */
  readonly expected: Outcome;
  readonly gateway: Outcome;
  readonly market: Outcome;
  readonly seconds: number;
  readonly latency: Latency;
  readonly killed: readonly Killed[];
  /** Reports that came a second time, and that the readers dropped. */
  readonly repeated: number;
  /** What is wrong with the answers to the orders or with the balances of the order manager, in words. */
  readonly problems: readonly string[];
  /**
   * True when both readers saw exactly the reports of the single thread, market data has its depth, and there are no
   * problems.
   */
  readonly isExact: boolean;
}

export interface Killed extends Kill {
  /** Orders that had been matched or refused, and reports that every reader had, when the thread was gone. */
  readonly answered: number;
  readonly delivered: number;
}

const SLOTS = 4_096;
/** Without progress for so long, something is wrong with the run itself. */
const STUCK_MS = 60_000;

/** @throws Error when a thread fails or nothing moves any more. */
export async function runExchange(options: Options): Promise<Run> {
  const { orders, rate, seed, kills } = options;
  const source = await bundle();
  const state = new SharedArrayBuffer(STATE_WORDS * Int32Array.BYTES_PER_ELEMENT);
  const words = new Int32Array(state);
  const ring = (): SharedArrayBuffer => createRing({ slots: SLOTS, slotWords: MESSAGE_WORDS });
  const rings = { requests: ring(), entries: ring(), toGateway: ring(), toMarket: ring(), toManager: ring() };
  const log = SharedLog.allocate(orders);
  const refusals = RefusalLog.allocate(orders);
  const shared = { orders, rate, seed, state, rings, log, refusals };
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
    const isFinished = { value: false };
    const readers = Promise.all([gateway.said, market.said]).finally(() => {
      isOver.value = true;
    });
    const refused = new RefusalLog(refusals);
    const answered = (): number => Atomics.load(words, APPLIED) + refused.length;
    const killing = killAt(kills, answered, isOver, async (stage) => {
      await threads.get(stage)!.end();
      const at = answered();
      const delivered = Math.min(...[GATEWAY_HAS, MARKET_HAS, MANAGER_HAS].map((place) => Atomics.load(words, place)));
      start(stage, delivered);
      return { answered: at, delivered };
    });
    const finished = async (): Promise<Run> => {
      const seen = (await readers) as Outcome[];
      const killed = await killing;
      // The one that lived to the end.
      const balances = (await threads.get("sequencer")!.said) as Balance[];
      isFinished.value = true;
      const repeated = Atomics.load(words, REPEATED);
      return judged(options, { gateway: seen[0]!, market: seen[1]!, balances, killed, repeated }, log, refused);
    };
    return await Promise.race([finished(), failure(threads, words, isFinished)]);
  } finally {
    Atomics.store(words, STOP, 1);
    await Promise.all([...threads.values()].map((thread) => thread.end()));
  }
}

interface Seen extends Pick<Run, "gateway" | "market" | "killed" | "repeated"> {
  readonly balances: readonly Balance[];
}

function judged({ orders, seed }: Options, seen: Seen, buffer: SharedArrayBuffer, refusals: RefusalLog): Run {
  const { gateway, market, balances, killed, repeated } = seen;
  const log = new SharedLog(buffer);
  const expected = inOneThread(log);
  const { outcome } = expected;
  const { seconds = Number.NaN, latency, refused } = gateway;
  if (latency === undefined || refused === undefined) throw new Error("the gateway measured nothing");
  const refusedOnes = Array.from({ length: refusals.length }, (_, index) => refusals.read(index));
  const problems = [...auditAnswers(orders, seed, log, refusedOnes), ...auditBalances(expected.balances, balances)];
  const told = [...refused.values()].reduce((sum, count) => sum + count, 0);
  if (told !== refusals.length)
    problems.push(`${refusals.length} orders were refused, and the gateway knows of ${told}`);
  const isExact =
    problems.length === 0 &&
    isDeepStrictEqual(market.depth, outcome.depth) &&
    [gateway, market].every(({ digest, count }) => digest === outcome.digest && count === outcome.count);
  const answers = { orders, accepted: log.length, refused, problems };
  return { ...answers, expected: outcome, gateway, market, seconds, latency, killed, repeated, isExact };
}

async function killAt(
  kills: readonly Kill[],
  answered: () => number,
  isOver: { readonly value: boolean },
  strike: (stage: Kill["stage"]) => Promise<Pick<Killed, "answered" | "delivered">>,
): Promise<Killed[]> {
  const killed: Killed[] = [];
  for (const kill of kills) {
    while (!isOver.value && answered() < kill.at) await sleep(1);
    // Whoever is to be killed late may be too late: the orders were faster.
    if (isOver.value) break;
    killed.push({ ...kill, ...(await strike(kill.stage)) });
  }
  return killed;
}

/** Never resolves; rejects when a thread throws, or when nothing has moved for a long time. */
async function failure(
  threads: Map<StageName, Thread>,
  words: Int32Array,
  isFinished: { readonly value: boolean },
): Promise<never> {
  let before = "";
  let stillMs = 0;
  while (!isFinished.value) {
    for (const thread of threads.values()) if (thread.error !== null) throw thread.error;
    const places = [APPLIED, GATEWAY_HAS, MARKET_HAS, MANAGER_HAS];
    const now = places.map((place) => Atomics.load(words, place)).join(", ");
    stillMs = now === before ? stillMs + POLL_MS : 0;
    before = now;
    if (stillMs >= STUCK_MS) {
      throw new Error(
        `nothing has moved for ${STUCK_MS / 1_000} s: applied, gateway, market data and order manager are at ${now}`,
      );
    }
    await sleep(POLL_MS);
  }
  return new Promise(() => {});
}

const POLL_MS = 100;

interface Thread {
  readonly said: Promise<Outcome | Balance[]>;
  /** What it threw. */
  error: Error | null;
  end(): Promise<void>;
}

function startThread(source: string, setup: Setup): Thread {
  const worker = new Worker(source, { eval: true, workerData: setup, name: setup.stage });
  const thread: Thread = {
    said: new Promise((resolve) => worker.once("message", resolve)),
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
  const contents = `import { parentPort, workerData } from "node:worker_threads";
import { serve } from ${JSON.stringify(join(import.meta.dirname, "stages.ts"))};
serve(workerData, (said) => parentPort.postMessage(said));`;
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
