/** The event loops of the four threads; bundled into the script that a worker thread runs. */

import { createHistogram } from "node:perf_hooks";
import { emitEvent, eventsInto } from "../../given/stock-exchange/book-events.ts";
import { EngineStage, encodeRequest, SequencerStage } from "../../solutions/stock-exchange/exchange-pipeline.ts";
import type { DepthSnapshot } from "../../solutions/stock-exchange/market-data.ts";
import { RingConsumer, RingProducer } from "../../solutions/stock-exchange/ring-buffer.ts";
import { Depth } from "./depth.ts";
import { type Balance, CheckedRequests, Desk } from "./desk.ts";
import { createBook, createFlow, ReportDigest } from "./flow.ts";
import { RefusalLog, type RefusalReason } from "./refusals.ts";
import { ReportReader } from "./report-reader.ts";
import { SharedLog } from "./shared-log.ts";

export type StageName = "gateway" | "sequencer" | "engine" | "market data";

/** Words of the state that all threads share, each on a cache line of its own. */
export const STATE_WORDS = 7 * 32;
export const STOP = 0;
/** Sequenced orders that the engine has applied. */
export const APPLIED = 32;
/** Last report that each reader has delivered. */
export const GATEWAY_HAS = 64;
export const MARKET_HAS = 96;
/** Reports that readers dropped because they had them. */
export const REPEATED = 128;
export const MANAGER_HAS = 160;
/** One more than the number of the last report of all; 0 as long as that is not known. */
export const END = 192;

export interface Setup {
  readonly stage: StageName;
  readonly orders: number;
  readonly rate: number;
  readonly seed: number;
  /** For an engine that takes over: the last report that every reader has. */
  readonly delivered: number;
  readonly state: SharedArrayBuffer;
  readonly log: SharedArrayBuffer;
  readonly refusals: SharedArrayBuffer;
  readonly rings: Readonly<Record<"requests" | "entries" | "toGateway" | "toMarket" | "toManager", SharedArrayBuffer>>;
}

/** What a reader of reports saw. */
export interface Outcome {
  readonly digest: string;
  readonly count: number;
  readonly trades: number;
  readonly lots: number;
  /** Of market data. */
  readonly depth?: DepthSnapshot;
  /** Of the gateway: from the first order to the last report, and order to first report. */
  readonly seconds?: number;
  readonly latency?: Latency;
  /** Of the gateway: how many orders it was told are refused, by reason. */
  readonly refused?: Refused;
}

export type Refused = ReadonlyMap<RefusalReason, number>;

/** Microseconds. */
export interface Latency {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Messages that a loop handles before it looks around; also the batch of every ring. */
const BUDGET = 256;
const BATCH = 32;
/** Longest sleep, after which a loop looks whether it should stop. */
const NAP_MS = 5;

/** Runs a thread until its work is done, or until it is told to stop; `post` gets what it has to say, once. */
export function serve(setup: Setup, post: (said: Outcome | Balance[]) => void): void {
  if (setup.stage === "gateway") post(gateway(setup));
  else if (setup.stage === "market data") post(marketData(setup));
  else if (setup.stage === "sequencer") sequencer(setup, post);
  else engine(setup);
}

const producerOf = (ring: SharedArrayBuffer): RingProducer => new RingProducer(ring, { batch: BATCH });
const consumerOf = (ring: SharedArrayBuffer): RingConsumer => new RingConsumer(ring, { batch: BATCH });

/** Order manager and sequencer. */
function sequencer({ rings, log, refusals, state }: Setup, post: (balances: Balance[]) => void): void {
  const words = new Int32Array(state);
  const entries = new SharedLog(log);
  const refused = new RefusalLog(refusals);
  const desk = new Desk(entries);
  const reports = new ReportReader({
    ...{ input: consumerOf(rings.toManager), words, place: MANAGER_HAS, repeated: REPEATED },
    ...{ delivered: desk.rebuilt, onReport: (sequence, event) => desk.report(sequence, event) },
  });
  const input = new CheckedRequests(rings.requests, { batch: BATCH }, desk, entries, refused);
  const output = producerOf(rings.entries);
  const stage = new SequencerStage(input, output, {
    get length() {
      return entries.length;
    },
    append: (entry) => desk.append(entry),
    read: (sequence) => entries.read(sequence),
  });
  let isPosted = false;
  const step = (): number => {
    // Reports first, also when there is no room for entries: the engine may be waiting for room here.
    const before = refused.length;
    const taken = reports.read(BUDGET);
    input.allow(BUDGET);
    const done = stage.step(BUDGET);
    if (!isPosted && hasAll(words, reports.delivered)) {
      post(desk.balances());
      isPosted = true;
    }
    return taken + done + refused.length - before;
  };
  until(state, step, input, [output]);
}

/** True when report `last` is the last one of all. */
function hasAll(words: Int32Array, last: number): boolean {
  const end = Atomics.load(words, END);
  return end !== 0 && last >= end - 1;
}

function engine({ rings, log, refusals, state, delivered, orders }: Setup): void {
  const words = new Int32Array(state);
  const entries = new SharedLog(log);
  const refused = new RefusalLog(refusals);
  const input = consumerOf(rings.entries);
  const outputs = [rings.toGateway, rings.toMarket, rings.toManager].map(producerOf);
  let made = 0;
  const create: typeof createBook = (events) =>
    createBook(
      eventsInto((event) => {
        made++;
        emitEvent(events, event);
      }),
    );
  const stage = new EngineStage(input, outputs, entries, create, delivered);
  const step = (): number => {
    const done = stage.step(BUDGET);
    Atomics.store(words, APPLIED, stage.applied);
    // Every order has its answer, and all that were accepted are matched.
    if (entries.length + refused.length === orders && stage.applied === entries.length) {
      Atomics.store(words, END, made + 1);
    }
    return done;
  };
  until(state, step, input, outputs);
}

/** Steps until it is told to stop; when there is nothing to do, waits for what is missing: room, or a message. */
function until(state: SharedArrayBuffer, step: () => number, input: RingConsumer, outputs: RingProducer[]): void {
  const words = new Int32Array(state);
  while (Atomics.load(words, STOP) === 0) {
    if (step() > 0) continue;
    const full = outputs.find((output) => output.claim() === -1);
    if (full === undefined) input.waitForMessage(NAP_MS);
    else full.waitForRoom(NAP_MS);
  }
}

function marketData({ rings, state }: Setup): Outcome {
  const words = new Int32Array(state);
  const depth = new Depth();
  const seen = new ReportDigest();
  const input = consumerOf(rings.toMarket);
  const reader = new ReportReader({
    ...{ input, words, place: MARKET_HAS, repeated: REPEATED },
    onReport: (sequence, event) => {
      seen.add(sequence, event);
      depth.add(sequence, event);
    },
  });
  while (!hasAll(words, reader.delivered) && Atomics.load(words, STOP) === 0) {
    if (reader.read(BUDGET) === 0) input.waitForMessage(NAP_MS);
  }
  input.flush();
  return { ...seen.outcome(), depth: depth.snapshot() };
}

function gateway({ rings, state, log, refusals, orders, rate, seed }: Setup): Outcome {
  const words = new Int32Array(state);
  const entries = new SharedLog(log);
  const refused = new RefusalLog(refusals);
  const next = createFlow(seed);
  const output = producerOf(rings.requests);
  const histogram = createHistogram();
  const seen = new ReportDigest();
  const reasons = new Map<RefusalReason, number>();
  const sentAtMs = new Float64Array(orders + 1);
  const startMs = performance.now();
  let sent = 0;
  let answered = 0;
  let refusalsRead = 0;
  const input = consumerOf(rings.toGateway);
  const reader = new ReportReader({
    ...{ input, words, place: GATEWAY_HAS, repeated: REPEATED },
    onReport: (sequence, event) => {
      seen.add(sequence, event);
      if (sequence === answered) return;
      answered = sequence;
      const ms = performance.now() - sentAtMs[entries.read(sequence).request]!;
      histogram.record(Math.max(1, Math.round(ms * 1_000_000)));
    },
  });
  const readRefusals = (): void => {
    for (const { length } = refused; refusalsRead < length; refusalsRead++) {
      const { reason } = refused.read(refusalsRead);
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  };
  // With a rate, an order counts as sent when it was due: one that waits behind a slow exchange has waited.
  const dueMs = (n: number): number => (rate === 0 ? performance.now() : startMs + (n * 1_000) / rate);
  while (!hasAll(words, reader.delivered) && Atomics.load(words, STOP) === 0) {
    let work = 0;
    for (; work < BATCH && sent < orders && dueMs(sent + 1) <= performance.now(); work++) {
      const first = output.claim();
      if (first === -1) break;
      const { client, command } = next();
      encodeRequest(output.words, first, { client, request: sent + 1, command });
      sentAtMs[++sent] = dueMs(sent);
      output.commit();
    }
    output.flush();
    work += reader.read(BUDGET);
    readRefusals();
    // A rate asks for a look at the clock soon; otherwise only a report, or room, is worth waking for.
    if (work === 0) input.waitForMessage(rate === 0 ? 1 : 0.05);
  }
  const seconds = (performance.now() - startMs) / 1_000;
  readRefusals();
  input.flush();
  const at = (percentile: number): number => histogram.percentile(percentile) / 1_000;
  const latency = { p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: histogram.max / 1_000 };
  return { ...seen.outcome(), seconds, latency, refused: reasons };
}
