/** The event loops of the four threads; bundled into the script that a worker thread runs. */

import { createHistogram } from "node:perf_hooks";
import type { BookEvent } from "../../solutions/stock-exchange/contract.ts";
import {
  decodeReport,
  EngineStage,
  encodeRequest,
  ReportFollower,
  SequencerStage,
} from "../../solutions/stock-exchange/exchange-pipeline.ts";
import type { DepthSnapshot } from "../../solutions/stock-exchange/market-data.ts";
import { RingConsumer, RingProducer } from "../../solutions/stock-exchange/ring-buffer.ts";
import { Depth } from "./depth.ts";
import { createBook, createFlow, ReportDigest } from "./flow.ts";
import { SharedLog } from "./shared-log.ts";

export type StageName = "gateway" | "sequencer" | "engine" | "market data";

/** Words of the state that all threads share, each on a cache line of its own. */
export const STATE_WORDS = 5 * 32;
export const STOP = 0;
/** Orders that the engine has applied. */
export const APPLIED = 32;
/** Last report that each reader has delivered. */
export const GATEWAY_HAS = 64;
export const MARKET_HAS = 96;
/** Reports that readers dropped because they had them. */
export const REPEATED = 128;

export interface Setup {
  readonly stage: StageName;
  readonly orders: number;
  readonly rate: number;
  readonly seed: number;
  /** How many reports there will be. */
  readonly reports: number;
  /** For an engine that takes over: the last report that every reader has. */
  readonly delivered: number;
  readonly state: SharedArrayBuffer;
  readonly log: SharedArrayBuffer;
  readonly rings: Readonly<Record<"requests" | "entries" | "toGateway" | "toMarket", SharedArrayBuffer>>;
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
}

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

export function serve(setup: Setup): Outcome | null {
  switch (setup.stage) {
    case "gateway":
      return gateway(setup);
    case "sequencer":
      return sequencer(setup);
    case "engine":
      return engine(setup);
    case "market data":
      return marketData(setup);
  }
}

const producerOf = (ring: SharedArrayBuffer): RingProducer => new RingProducer(ring, { batch: BATCH });
const consumerOf = (ring: SharedArrayBuffer): RingConsumer => new RingConsumer(ring, { batch: BATCH });

function sequencer({ rings, log, state }: Setup): null {
  const input = consumerOf(rings.requests);
  const output = producerOf(rings.entries);
  const stage = new SequencerStage(input, output, new SharedLog(log));
  until(state, () => stage.step(BUDGET), input, [output]);
  return null;
}

function engine({ rings, log, state, delivered }: Setup): null {
  const words = new Int32Array(state);
  const input = consumerOf(rings.entries);
  const outputs = [producerOf(rings.toGateway), producerOf(rings.toMarket)];
  const stage = new EngineStage(input, outputs, new SharedLog(log), createBook, delivered);
  const step = (): number => {
    const done = stage.step(BUDGET);
    Atomics.store(words, APPLIED, stage.applied);
    return done;
  };
  until(state, step, input, outputs);
  return null;
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

/** Takes reports, once and in order, and says how far it is. */
class ReportReader {
  readonly input: RingConsumer;
  readonly seen = new ReportDigest();
  readonly #follower: ReportFollower;
  readonly #words: Int32Array;
  readonly #place: number;

  constructor(
    ring: SharedArrayBuffer,
    state: SharedArrayBuffer,
    place: number,
    onReport: (sequence: number, event: BookEvent) => void,
  ) {
    this.input = consumerOf(ring);
    this.#words = new Int32Array(state);
    this.#place = place;
    this.#follower = new ReportFollower(({ sequence, event }) => {
      this.seen.add(sequence, event);
      onReport(sequence, event);
    });
  }

  /** Up to `BUDGET` reports. @returns how many it took. */
  read(): number {
    let taken = 0;
    for (; taken < BUDGET; taken++) {
      const first = this.input.peek();
      if (first === -1) break;
      if (!this.#follower.receive(decodeReport(this.input.words, first))) Atomics.add(this.#words, REPEATED, 1);
      if (this.#follower.missing !== null) throw new Error(`report ${this.#follower.missing} is lost`);
      this.input.release();
    }
    if (taken > 0) Atomics.store(this.#words, this.#place, this.#follower.delivered);
    return taken;
  }

  outcome(): Outcome {
    const { count, trades, lots } = this.seen;
    return { digest: this.seen.toString(), count, trades, lots };
  }
}

function marketData({ rings, state, reports }: Setup): Outcome {
  const words = new Int32Array(state);
  const depth = new Depth();
  const reader = new ReportReader(rings.toMarket, state, MARKET_HAS, (sequence, event) => depth.add(sequence, event));
  while (reader.seen.count < reports && Atomics.load(words, STOP) === 0) {
    if (reader.read() === 0) reader.input.waitForMessage(NAP_MS);
  }
  reader.input.flush();
  return { ...reader.outcome(), depth: depth.snapshot() };
}

function gateway({ rings, state, orders, rate, seed, reports }: Setup): Outcome {
  const words = new Int32Array(state);
  const next = createFlow(seed);
  const output = producerOf(rings.requests);
  const histogram = createHistogram();
  const sentAtMs = new Float64Array(orders + 1);
  const startMs = performance.now();
  let sent = 0;
  let answered = 0;
  const reader = new ReportReader(rings.toGateway, state, GATEWAY_HAS, (sequence) => {
    if (sequence === answered) return;
    answered = sequence;
    histogram.record(Math.max(1, Math.round((performance.now() - sentAtMs[sequence]!) * 1_000_000)));
  });
  // With a rate, an order counts as sent when it was due: one that waits behind a slow exchange has waited.
  const dueMs = (n: number): number => (rate === 0 ? performance.now() : startMs + (n * 1_000) / rate);
  while (reader.seen.count < reports && Atomics.load(words, STOP) === 0) {
    let work = 0;
    for (; work < BATCH && sent < orders && dueMs(sent + 1) <= performance.now(); work++) {
      const first = output.claim();
      if (first === -1) break;
      encodeRequest(output.words, first, { client: 1, request: sent + 1, command: next() });
      sentAtMs[++sent] = dueMs(sent);
      output.commit();
    }
    output.flush();
    work += reader.read();
    // A rate asks for a look at the clock soon; otherwise only a report, or room, is worth waking for.
    if (work === 0) reader.input.waitForMessage(rate === 0 ? 1 : 0.05);
  }
  const seconds = (performance.now() - startMs) / 1_000;
  reader.input.flush();
  const at = (percentile: number): number => histogram.percentile(percentile) / 1_000;
  const latency = { p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: histogram.max / 1_000 };
  return { ...reader.outcome(), seconds, latency };
}
