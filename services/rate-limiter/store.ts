/** The store: one process decides for all gateways. A part; see `service.ts`. */

import { createServer, type Socket } from "node:net";
import type { FromStore, ToStore } from "../../given/rate-limiter/central-store.ts";
import type { RateLimiter } from "../../given/rate-limiter/limiter.ts";
import { monotonicMs } from "../kit/clock.ts";
import { converse } from "../kit/lines.ts";
import { type PartContext, runPart } from "../kit/part.ts";
import { listenOn } from "../kit/ports.ts";
import { decideAll } from "./decide-all.ts";
import { type CentralRule, limiterOptions, type Rule } from "./rules.ts";
import { StableFile } from "./stable-file.ts";
import { type FromLimitStore, LIMITS, readToStore } from "./wire.ts";

type Distributed = typeof import("../../solutions/rate-limiter/distributed-limiter.ts");
type Store = InstanceType<Distributed["LimitStore"]>;

export interface StoreData {
  readonly port: number;
  readonly rules: readonly Rule[];
  /** Known to the gateways of this run. */
  readonly secret: string;
}

/** What left the store, for the audit. */
export interface Tokens {
  readonly taken: number;
  readonly granted: number;
  readonly returned: number;
}

/** The one clock of all decisions. */
const nowMs = (): number => Math.floor(monotonicMs());

const CONNECTIONS_MAX = 256;
/** Whoever has not said who it is by then is no gateway. */
const HELLO_MS = 2_000;

runPart<StoreData>(async (context) => {
  const { port, rules, secret } = context.data;
  const nodes = new Map<string, (message: FromLimitStore) => void>();
  const tokens = { taken: 0, granted: 0, returned: 0 };
  const leased = await leasedStores(context, nodes, tokens);
  const central = new Map<string, RateLimiter>();
  for (const rule of rules)
    if (rule.algorithm !== "leased-bucket") central.set(rule.name, await limiterOf(rule, context));

  const server = createServer((socket) => serve(socket));
  server.maxConnections = CONNECTIONS_MAX;
  await listenOn(server, port);
  return { onAsk: (): Tokens => tokens };

  function serve(socket: Socket): void {
    let node: string | null = null;
    const patience = setTimeout(() => socket.destroy(), HELLO_MS);
    const talk = converse(socket, LIMITS, (value) => {
      const message = readToStore(value);
      if (message === null || (message.type === "hello") !== (node === null)) throw new Error("no gateway talks so");
      if (message.type === "hello") {
        if (message.secret !== secret) throw new Error("not a gateway of this run");
        clearTimeout(patience);
        node = message.node;
        nodes.set(node, talk.send);
      } else if (message.type === "limiter") {
        const store = leased.get(message.rule);
        if (store === undefined) throw new Error(`there is no leased rule "${message.rule}"`);
        store.onMessage(node!, message.message);
      } else talk.send({ type: "decided", id: message.id, ...decideAll(central, message.asks, nowMs()) });
    });
    socket.once("close", () => {
      clearTimeout(patience);
      if (node !== null && nodes.get(node) === talk.send) nodes.delete(node);
    });
  }
});

/** A `LimitStore` for each leased rule, over a log that outlives this process. */
async function leasedStores(
  { data, folder, incarnation, load }: PartContext<StoreData>,
  nodes: ReadonlyMap<string, (message: FromLimitStore) => void>,
  tokens: { taken: number; granted: number; returned: number },
): Promise<Map<string, Pick<Store, "onMessage">>> {
  const stores = new Map<string, Pick<Store, "onMessage">>();
  for (const rule of data.rules) {
    if (rule.algorithm !== "leased-bucket") continue;
    const { LimitStore } = await load<Distributed>("rate-limiter/distributed-limiter");
    const ledger = new Ledger(tokens);
    const store = new LimitStore(
      {
        incarnation,
        now: nowMs,
        send: (to, message) => {
          ledger.answered(to, message as FromStore);
          nodes.get(to)?.({ type: "limiter", rule: rule.name, message: message as FromStore });
        },
        // The store of the exercise needs no timer.
        setTimer: () => {},
        clearTimer: () => {},
        stable: new StableFile(folder, `store-${rule.name}`),
      },
      limiterOptions(rule),
    );
    stores.set(rule.name, {
      onMessage: (from, message) => {
        ledger.asked(from, message);
        store.onMessage(from, message);
      },
    });
  }
  return stores;
}

/** Counts what answers give away, each once however often it is sent. It trusts only what passes by. */
class Ledger {
  readonly #tokens: { taken: number; granted: number; returned: number };
  /** Numbers that were answered, by node and key, none below the floor. */
  readonly #seen = new Map<string, { incarnation: number; answered: Set<number>; returns: Map<number, number> }>();

  constructor(tokens: { taken: number; granted: number; returned: number }) {
    this.#tokens = tokens;
  }

  asked(from: string, message: ToStore): void {
    const entry = this.#entry(from, message.key, message.incarnation);
    if (message.incarnation !== entry.incarnation) return;
    for (const seq of entry.answered) if (seq < message.floor) entry.answered.delete(seq);
    for (const seq of entry.returns.keys()) if (seq < message.floor) entry.returns.delete(seq);
    if (message.type === "return") entry.returns.set(message.seq, message.tokens);
  }

  answered(to: string, message: FromStore): void {
    const entry = this.#entry(to, message.key, message.incarnation);
    if (entry.answered.has(message.seq)) return;
    entry.answered.add(message.seq);
    if (message.type === "taken") this.#tokens.taken += message.allowed ? 1 : 0;
    else if (message.type === "granted") this.#tokens.granted += message.tokens;
    else this.#tokens.returned += entry.returns.get(message.seq) ?? 0;
  }

  #entry(node: string, key: string, incarnation: number) {
    const name = `${node}\0${key}`;
    let entry = this.#seen.get(name);
    if (entry === undefined || entry.incarnation < incarnation) {
      entry = { incarnation, answered: new Set(), returns: new Map() };
      this.#seen.set(name, entry);
    }
    return entry;
  }
}

async function limiterOf(rule: CentralRule, { load }: PartContext<StoreData>): Promise<RateLimiter> {
  switch (rule.algorithm) {
    case "token-bucket": {
      const { TokenBucket } =
        await load<typeof import("../../solutions/rate-limiter/token-bucket.ts")>("rate-limiter/token-bucket");
      return new TokenBucket(rule);
    }
    case "leaky-bucket": {
      const { LeakyBucketMeter } =
        await load<typeof import("../../solutions/rate-limiter/leaky-bucket.ts")>("rate-limiter/leaky-bucket");
      const { capacity, refillTokens, refillIntervalMs } = rule;
      return new LeakyBucketMeter({ capacity, leakUnits: refillTokens, leakIntervalMs: refillIntervalMs });
    }
    case "fixed-window": {
      const { FixedWindow } =
        await load<typeof import("../../solutions/rate-limiter/fixed-window.ts")>("rate-limiter/fixed-window");
      return new FixedWindow(rule);
    }
    case "sliding-window-log": {
      const { SlidingWindowLog } = await load<typeof import("../../solutions/rate-limiter/sliding-window-log.ts")>(
        "rate-limiter/sliding-window-log",
      );
      return new SlidingWindowLog(rule);
    }
    case "sliding-window-counter": {
      const { SlidingWindowCounter } = await load<
        typeof import("../../solutions/rate-limiter/sliding-window-counter.ts")
      >("rate-limiter/sliding-window-counter");
      return new SlidingWindowCounter(rule);
    }
  }
}
