/** The load: autocannon, one instance a gateway, started again when its gateway died. */

import autocannon from "autocannon";
import { Latencies } from "../kit/latencies.ts";
import type { Amount } from "../kit/when.ts";
import type { Seen } from "./accounting.ts";

export interface LoadOptions {
  readonly urls: readonly URL[];
  readonly path: string;
  /** Of each gateway. */
  readonly connections: number;
  /** API keys that the connections share evenly, the same ones at every gateway. */
  readonly keys: readonly string[];
  readonly amount: Amount;
  readonly signal: AbortSignal;
  readonly onAnswer: () => void;
}

export interface LoadResult {
  readonly seconds: number;
  readonly latencies: Latencies;
  readonly statuses: ReadonlyMap<number, number>;
  readonly unanswered: number;
  readonly seen: Seen;
  /** When each admitted request was answered, since the start. */
  readonly admittedMs: readonly number[];
}

/** How often an instance looks whether it was told to stop. */
const SAMPLE_MS = 50;
const RECONNECT_MS = 100;

interface State {
  readonly startedAt: number;
  readonly latencies: Latencies;
  readonly statuses: Map<number, number>;
  readonly admittedMs: number[];
  answered: number;
  sent: number;
  /** Connections that nobody accepted: nothing was sent on them. */
  refused: number;
}

export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const state: State = {
    startedAt: performance.now(),
    latencies: new Latencies(),
    statuses: new Map(),
    admittedMs: [],
    answered: 0,
    sent: 0,
    refused: 0,
  };
  await Promise.all(options.urls.map((url) => drive(url, options, state)));
  const { startedAt, latencies, statuses, admittedMs, answered, sent, refused } = state;
  const seconds = (performance.now() - startedAt) / 1_000;
  const unanswered = Math.max(0, sent - answered - refused);
  const seen = { admitted: statuses.get(200) ?? 0, lost: unanswered + (statuses.get(502) ?? 0) };
  return { seconds, latencies, statuses, unanswered, seen, admittedMs };
}

async function drive(url: URL, options: LoadOptions, state: State): Promise<void> {
  const { amount, signal } = options;
  const isOver = (): boolean =>
    signal.aborted ||
    (amount.kind === "requests" ? state.answered >= amount.requests : performance.now() - state.startedAt >= amount.ms);
  while (!isOver()) {
    await oneInstance(url, options, state, isOver);
    if (!isOver()) await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  }
}

/** Until the load is over or the gateway is gone: autocannon would try again at once, thousands of times a second. */
async function oneInstance(url: URL, options: LoadOptions, state: State, isOver: () => boolean): Promise<void> {
  let connection = 0;
  const settings = {
    url: new URL(options.path, url).href,
    connections: options.connections,
    duration: 86_400,
    timeout: 10,
    sampleInt: SAMPLE_MS,
    setupClient: (client: autocannon.Client) =>
      client.setHeaders({ "x-api-key": options.keys[connection++ % options.keys.length]! }),
  };
  let finish: (result: autocannon.Result) => void = () => {};
  const ended = new Promise<autocannon.Result>((resolve) => {
    finish = resolve;
  });
  const instance = autocannon(settings, (_error, result) => finish(result));
  instance.on("response", (_client, status, _bytes, ms) => {
    state.answered++;
    state.statuses.set(status, (state.statuses.get(status) ?? 0) + 1);
    state.latencies.record(ms);
    if (status === 200) state.admittedMs.push(performance.now() - state.startedAt);
    options.onAnswer();
    if (isOver()) stop();
  });
  instance.on("reqError", (error: NodeJS.ErrnoException) => {
    if (error.code === "ECONNREFUSED") state.refused++;
    stop();
  });
  const watch = setInterval(() => {
    if (isOver()) stop();
  }, SAMPLE_MS);
  let isStopped = false;
  const stop = (): void => {
    if (isStopped) return;
    isStopped = true;
    (instance as unknown as { stop: () => void }).stop();
  };
  const result = await ended;
  clearInterval(watch);
  state.sent += result.requests.sent;
}
