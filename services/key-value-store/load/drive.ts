import { HistoryRecorder, type Operation } from "../../../sim/linearizability.ts";
import { createRandom, type Random } from "../../../sim/prng.ts";
import type { Drive } from "../../kit/define.ts";
import { Latencies } from "../../kit/latencies.ts";
import type { Amount } from "../../kit/when.ts";
import type { Mode } from "../topology.ts";
import { Client, pause } from "./client.ts";
import type { Answered, Asked } from "./history.ts";

/**
 * So many keys are used at a time, so that clients meet; and others after so many requests, so that no key's history is
 * long.
 */
const KEYS = 8;
const REQUESTS_A_GENERATION = 800;

export interface LoadOptions {
  readonly ports: readonly number[];
  readonly mode: Mode;
  readonly clients: number;
  readonly seed: number;
  /** A request was answered. */
  readonly counted: () => void;
}

export interface Load {
  readonly drive: Drive;
  readonly recorder: HistoryRecorder<Asked, Answered>;
}

/**
 * Clients that each wait for an answer before they ask again, and note what they asked, what they were told, and in
 * which order.
 */
export async function driveLoad(options: LoadOptions, amount: Amount, signal: AbortSignal): Promise<Load> {
  const { ports, mode, clients, seed, counted } = options;
  const recorder = new HistoryRecorder<Asked, Answered>();
  const [latencies, counts] = [new Latencies(), { answered: 0, failed: 0, unknown: 0 }];
  const startedAt = performance.now();
  let isFull = false;
  const isOver = (): boolean =>
    signal.aborted ||
    isFull ||
    (amount.kind === "requests" ? counts.answered >= amount.requests : performance.now() - startedAt >= amount.ms);
  const run = async (number: number): Promise<void> => {
    const client = new Client(ports, number);
    await client.connected(2_000);
    const draw = new Draws(createRandom(seed).fork(`client ${number}`), number, mode);
    while (!isOver()) {
      const asked = draw.next(Math.floor(counts.answered / REQUESTS_A_GENERATION));
      const operation = recorder.invoke(number, asked);
      const sentAt = performance.now();
      const outcome = await client.invoke(asked);
      if (outcome.status === "ok") {
        recorder.ok(operation, outcome.output);
        draw.saw(asked, outcome.output);
        latencies.record(performance.now() - sentAt);
        counts.answered++;
        counted();
        continue;
      }
      if (outcome.status === "failed") {
        recorder.failed(operation);
        isFull ||= outcome.isFull;
      }
      counts[outcome.status]++;
      await pause(20);
    }
    client.close();
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => run(number)));
  const seconds = (performance.now() - startedAt) / 1_000;
  const client = `ioredis, ${clients} clients`;
  return {
    drive: {
      client,
      requests: counts.answered,
      seconds,
      latencies,
      counts,
      lines: isFull ? ["full     the log takes no more; the load ended early"] : [],
    },
    recorder,
  };
}

/** What one client asks next. Every value is written once, by name of its writer. */
class Draws {
  readonly #random: Random;
  readonly #client: number;
  readonly #mode: Mode;
  /** What this client last saw of each key: what it swaps from. */
  readonly #seen = new Map<string, string>();
  #values = 0;

  constructor(random: Random, client: number, mode: Mode) {
    this.#random = random;
    this.#client = client;
    this.#mode = mode;
  }

  next(generation: number): Asked {
    const key = `key-${generation}-${this.#random.integer(0, KEYS - 1)}`;
    const value = `${this.#client}.${++this.#values}`;
    const dice = this.#random.float();
    if (dice < 0.5) return { op: "get", key };
    if (dice < 0.8 || this.#mode.kind === "quorum") return { op: "set", key, value };
    if (dice < 0.85) return { op: "set-nx", key, value };
    if (dice < 0.9) return { op: "del", key };
    const from = this.#seen.get(key);
    return from === undefined ? { op: "get", key } : { op: "cas", key, from, to: value };
  }

  saw(asked: Asked, output: Answered): void {
    if (asked.op === "get" && typeof output === "string") this.#seen.set(asked.key, output);
    else if (asked.op === "set") this.#seen.set(asked.key, asked.value);
  }
}

/** Reads every key of the load once more, and notes it with the rest. False: one was not answered within `waitMs`. */
export async function readBack(
  ports: readonly number[],
  recorder: HistoryRecorder<Asked, Answered>,
  waitMs: number,
): Promise<boolean> {
  const client = new Client(ports, 0);
  try {
    await client.connected(waitMs);
    for (const key of keysOf(recorder.history())) {
      const isRead = await insist(waitMs, async () => {
        const operation = recorder.invoke("read back", { op: "get", key });
        const outcome = await client.invoke({ op: "get", key });
        if (outcome.status === "ok") recorder.ok(operation, outcome.output);
        else recorder.failed(operation);
        return outcome.status === "ok" ? true : undefined;
      });
      if (isRead === undefined) return false;
    }
    return true;
  } finally {
    client.close();
  }
}

/** What the nodes hold of the keys of a load, all together. Null where one of them does not tell within `waitMs`. */
export async function siblingsLeft(
  ports: readonly number[],
  history: readonly Operation<Asked, Answered>[],
  waitMs: number,
): Promise<Map<string, readonly string[]> | null> {
  const client = new Client(ports, 0);
  try {
    await client.connected(waitMs);
    const left = new Map<string, readonly string[]>();
    for (const key of keysOf(history)) {
      const found = await Promise.all(ports.map((_, node) => insist(waitMs, () => client.siblings(node, key))));
      if (found.includes(undefined)) return null;
      left.set(key, [...new Set(found.flatMap((siblings) => siblings ?? []))]);
    }
    return left;
  } finally {
    client.close();
  }
}

const keysOf = (history: readonly Operation<Asked, Answered>[]): string[] => [
  ...new Set(history.map(({ input }) => input.key)),
];

/** Until there is an answer; undefined where there was none for `waitMs`. */
async function insist<Value>(waitMs: number, ask: () => Promise<Value | undefined>): Promise<Value | undefined> {
  const until = performance.now() + waitMs;
  while (true) {
    const value = await ask();
    if (value !== undefined || performance.now() > until) return value;
    await pause(20);
  }
}
