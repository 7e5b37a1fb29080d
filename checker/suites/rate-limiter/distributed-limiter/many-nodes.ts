/** What the suite and the benchmark of the distributed limiter share: a store and a node that a test drives by hand. */

import type {
  FromStore,
  LimiterContext,
  LimiterOptions,
  Stable,
  ToStore,
  Verdict,
} from "../../../../given/rate-limiter/central-store.ts";
import { copy } from "../../../../sim/index.ts";
import { show } from "../../../kit/show.ts";
import { ensure } from "../../../kit/violation.ts";

export type Module = typeof import("../../../../solutions/rate-limiter/distributed-limiter.ts");

/** So long for a token that a run never sees it: then a limit is a number of admissions, whatever the clocks say. */
export const NEVER_MS = 10 ** 12;

const plain: LimiterOptions = {
  bucket: { capacity: 5, refillTokens: 1, refillIntervalMs: NEVER_MS },
  answerWithinMs: 100,
  resendMs: 20,
  whenSilent: null,
  lease: null,
};

export const options = (change: Partial<LimiterOptions> = {}): LimiterOptions => ({ ...plain, ...change });

export const bucket = (capacity: number) => ({ capacity, refillTokens: 1, refillIntervalMs: NEVER_MS });
export const lease = { tokens: 3, spendMs: 400, ttlMs: 600, outstandingMax: 6 };
export const leasing = { lease, bucket: bucket(20) };

/** Tokens flow in while the run lasts, so that what is hoarded comes on top of what flows. */
export const refilling = options({
  bucket: { capacity: 4, refillTokens: 1, refillIntervalMs: 50 },
  lease: { tokens: 3, spendMs: 200, ttlMs: 300, outstandingMax: 6 },
});

/** `effect` runs before each write and may throw: there a crash strikes. */
export class Memory implements Stable {
  readonly #values = new Map<string, unknown>();
  effect: () => void = () => {};

  get(key: string): unknown {
    return copy(this.#values.get(key));
  }

  set(key: string, value: unknown): void {
    const copied = copy(value);
    this.effect();
    this.#values.set(key, copied);
  }

  /** Characters of everything stored, written as JSON. */
  get length(): number {
    return JSON.stringify([...this.#values], (_, value) =>
      value instanceof Map || value instanceof Set ? [...value] : value,
    ).length;
  }
}

class Crash extends Error {}

/** One machine: its clock, timers, stable storage, and what it sent. */
class Machine<Sent extends ToStore | FromStore> {
  /** As clocks of machines have it. */
  now = 1_760_000_000_123;
  incarnation = 0;
  sent: Sent[] = [];
  readonly memory = new Memory();
  readonly timers = new Map<string, number>();
  /** Sends and stable writes until it crashes. */
  effectsLeft = Number.POSITIVE_INFINITY;

  constructor() {
    this.memory.effect = () => this.#effect();
  }

  boot(): LimiterContext {
    const incarnation = ++this.incarnation;
    this.timers.clear();
    return {
      incarnation,
      now: () => this.now,
      send: (_, message) => {
        this.#effect();
        this.sent.push(copy(message) as Sent);
      },
      setTimer: (name, delayMs) => void this.timers.set(name, this.now + delayMs),
      clearTimer: (name) => void this.timers.delete(name),
      stable: this.memory,
    };
  }

  /** What was sent since the last call. */
  drain(): Sent[] {
    return this.sent.splice(0);
  }

  nextTimer(untilMs: number): { readonly name: string; readonly at: number } | undefined {
    let first: { name: string; at: number } | undefined;
    for (const [name, at] of this.timers)
      if (at <= untilMs && (first === undefined || at < first.at)) first = { name, at };
    return first;
  }

  #effect(): void {
    if (this.effectsLeft-- <= 0) throw new Crash("crashed");
  }
}

type Log = (text: string) => void;

/** A store that is fed by hand. */
export class StoreByHand {
  readonly machine = new Machine<FromStore>();
  readonly #module: Module;
  readonly #options: LimiterOptions;
  readonly #log: Log;
  #store: InstanceType<Module["LimitStore"]>;

  constructor(module: Module, given: LimiterOptions, log: Log = () => {}) {
    this.#module = module;
    this.#options = given;
    this.#log = log;
    this.#store = new module.LimitStore(this.machine.boot(), given);
  }

  /** Everything the store sent because of it. When the store is to crash meanwhile, what it had sent by then. */
  receive(from: string, message: ToStore): FromStore[] {
    try {
      this.#store.onMessage(from, copy(message));
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
    const answers = this.machine.drain();
    this.#log(
      `${from} -> store: ${show(message)}; it answers ` +
        `${answers.length === 0 ? "nothing" : answers.map(show).join(", ")}`,
    );
    return answers;
  }

  /** A take under the number; true when allowed. */
  take(from: string, seq: number, change: Partial<ToStore> = {}): boolean | undefined {
    const request = { type: "take", key: "k", incarnation: 1, seq, floor: 0, ...change } as ToStore;
    const [answer] = this.receive(from, request);
    return answer?.type === "taken" ? answer.allowed : undefined;
  }

  /** A request for a lease; what was granted. */
  lease(from: string, seq: number, tokens: number, change: Partial<ToStore> = {}): number | undefined {
    const request = { type: "lease", key: "k", incarnation: 1, seq, floor: 0, tokens, ...change } as ToStore;
    const [answer] = this.receive(from, request);
    return answer?.type === "granted" ? answer.tokens : undefined;
  }

  giveBack(from: string, seq: number, lease: number, tokens: number, incarnation = 1): boolean {
    const [answer] = this.receive(from, { type: "return", key: "k", incarnation, seq, floor: 0, lease, tokens });
    return answer?.type === "returned";
  }

  /** Whole tokens in the bucket, found by taking all of them as a node that nobody knows. */
  count(key = "k"): number {
    for (let seq = 1; seq <= 1_000; seq++) if (this.take("auditor", seq, { key }) !== true) return seq - 1;
    return Number.POSITIVE_INFINITY;
  }

  pass(ms: number): void {
    this.#log(`${ms} ms pass`);
    this.machine.now += ms;
  }

  restart(): void {
    this.#log("the store crashes and restarts");
    this.machine.effectsLeft = Number.POSITIVE_INFINITY;
    this.#store = new this.#module.LimitStore(this.machine.boot(), this.#options);
  }
}

/** A node that is fed by hand: the test is its clients and its store. */
export class NodeByHand {
  readonly machine = new Machine<ToStore>();
  readonly #module: Module;
  readonly #options: LimiterOptions;
  readonly #log: Log;
  #node: InstanceType<Module["LimitNode"]>;
  #clients = 0;

  constructor(module: Module, given: LimiterOptions, log: Log = () => {}) {
    this.#module = module;
    this.#options = given;
    this.#log = log;
    this.#node = new module.LimitNode(this.machine.boot(), given);
  }

  /** What the client is told, so far; it grows. */
  request(key = "k"): Verdict[] {
    const client = `client ${++this.#clients}`;
    const verdicts: Verdict[] = [];
    this.#log(`${client} asks for ${show(key)}`);
    this.#node.onRequest(key, (verdict) => {
      this.#log(`${client} is told ${show(verdict)}`);
      verdicts.push(verdict);
    });
    this.#logSent();
    return verdicts;
  }

  /** What was sent to the store since the last call. */
  sent(): ToStore[] {
    this.#logged = 0;
    return this.machine.drain();
  }

  answer(message: FromStore): void {
    this.#log(`store -> node: ${show(message)}`);
    this.#node.onMessage("store", copy(message));
    this.#logSent();
  }

  taken(request: ToStore, allowed: boolean): void {
    this.answer({ type: "taken", ...named(request), allowed });
  }

  granted(request: ToStore, tokens: number, empty = false): void {
    this.answer({ type: "granted", ...named(request), tokens, empty });
  }

  /** Timers fire when they are due. */
  pass(ms: number): void {
    this.#log(`${ms} ms pass`);
    const end = this.machine.now + ms;
    for (;;) {
      const due = this.machine.nextTimer(end);
      if (due === undefined) break;
      this.machine.now = Math.max(due.at, this.machine.now);
      this.machine.timers.delete(due.name);
      this.#node.onTimer(due.name);
      this.#logSent();
    }
    this.machine.now = end;
  }

  /** Time passes, and timers have not fired yet. */
  pause(ms: number): void {
    this.#log(`the node is paused for ${ms} ms; its timers have not fired yet`);
    this.machine.now += ms;
  }

  restart(): void {
    this.#log("the node crashes and restarts");
    this.#node = new this.#module.LimitNode(this.machine.boot(), this.#options);
  }

  #logged = 0;

  #logSent(): void {
    for (const message of this.machine.sent.slice(this.#logged)) this.#log(`node -> store: ${show(message)}`);
    this.#logged = this.machine.sent.length;
  }
}

function named({ key, incarnation, seq }: ToStore): { key: string; incarnation: number; seq: number } {
  return { key, incarnation, seq };
}

/** Fails unless both look the same. */
export function same(what: string, got: unknown, expected: unknown): void {
  ensure(JSON.stringify([got]) === JSON.stringify([expected]), () => ({
    expected: `${what}: ${show(expected)}`,
    got: show(got),
  }));
}

/** What a client is told. */
export const admits = (by: Verdict["by"]) => [{ allowed: true, by }];
export const refuses = (by: Verdict["by"]) => [{ allowed: false, by }];
export const kinds = (messages: readonly ToStore[]) => messages.map(({ type }) => type);

/** The only message that was sent since the last look. */
export function only<T extends ToStore["type"]>(limiter: NodeByHand, type: T): ToStore & { type: T } {
  const sent = limiter.sent();
  same("messages to the store", kinds(sent), [type]);
  return sent[0] as ToStore & { type: T };
}

/** Fields in one order, for comparing. */
export function fields(message: ToStore | FromStore | undefined): unknown {
  return message === undefined ? undefined : Object.fromEntries(Object.entries(message).sort());
}

/** A store crashes after so many writes and sends; the node, which has a lease, sends its request again. */
export function afterCrash(limiter: StoreByHand, ask: (limiter: StoreByHand) => unknown, effects: number): unknown {
  limiter.lease("n1", 1, 3);
  limiter.machine.effectsLeft = effects;
  ask(limiter);
  limiter.restart();
  const answer = ask(limiter);
  return [limiter.count(), answer];
}
