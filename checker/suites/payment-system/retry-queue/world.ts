/** Workers on one queue: processes of their own with a clock that the test moves, and the caller's own table. */

import type {
  Claim,
  Failure,
  Message,
  PspSays,
  RetryPolicy,
  RetryQueue,
  RetryQueueOptions,
} from "../../../../solutions/payment-system/retry-queue.ts";
import {
  type ClientOptions,
  type Departure,
  ensure,
  type SqlClient,
  show,
  step,
  type TestDatabase,
} from "../../../kit/index.ts";
import { clearSteps } from "../../../kit/steps.ts";

export type Module = typeof import("../../../../solutions/payment-system/retry-queue.ts");

/** A clock of today: no 32 bits hold it. */
export const START_MS = 1_800_000_000_000;
export const LEASE_MS = 30_000;
export const KEY_WINDOW_MS = 86_400_000;
export const POLICY: RetryPolicy = { baseMs: 1_000, capMs: 60_000, attemptsMax: 3 };

/** Of a behavior with hundreds of statements: most of that time others compute, on a busy machine above all. */
export const PATIENCE_MS = 60_000;

/** With `random` at a half the first retry comes 500 ms later. */
export const NO_ANSWER: Failure = { kind: "no-answer", reason: "timeout" };
export const DECLINED: Failure = { kind: "answer", status: 402, reason: "card declined" };

const EFFECTS = "CREATE TABLE effects (n bigint GENERATED ALWAYS AS IDENTITY, message text NOT NULL);";

export type Knobs = Partial<Pick<RetryQueueOptions, "policy" | "leaseMs" | "keyWindowMs">>;

export interface WorkerOptions extends ClientOptions {
  /** Its clock minus that of the world. Default: 0. */
  readonly aheadMs?: number;
}

export class World {
  nowMs = START_MS;
  random = 0.5;
  readonly db: TestDatabase;
  readonly #module: Module;
  readonly #knobs: Knobs;
  #last: Worker | null = null;

  private constructor(db: TestDatabase, module: Module, knobs: Knobs) {
    this.db = db;
    this.#module = module;
    this.#knobs = knobs;
  }

  /** An empty queue. */
  static async open(db: TestDatabase, module: Module, knobs: Knobs = {}): Promise<World> {
    clearSteps();
    await db.reset(`${module.schema()};${EFFECTS}`);
    return new World(db, module, knobs);
  }

  worker(name: string, { aheadMs = 0, ...options }: WorkerOptions = {}): Worker {
    const client = this.db.client(options);
    const queue = new this.#module.RetryQueue({
      database: client.database,
      clock: () => this.nowMs + aheadMs,
      random: () => this.random,
      policy: POLICY,
      leaseMs: LEASE_MS,
      keyWindowMs: KEY_WINDOW_MS,
      ...this.#knobs,
    });
    return new Worker(name, queue, client);
  }

  tick(ms: number): void {
    this.nowMs += ms;
    step(`${ms} ms pass`);
  }

  /** Ids of the messages whose effect was made, in the order in which it was. */
  async effects(): Promise<string[]> {
    const { rows } = await this.db.query<{ message: string }>("SELECT message FROM effects ORDER BY n");
    return rows.map(({ message }) => message);
  }

  async expectEffects(expected: readonly string[], note?: string): Promise<void> {
    const got = await this.effects();
    ensure(show(got) === show(expected), () => ({
      expected: `the effects of ${show(expected)}, each once and in this order`,
      got: show(got),
      ...(note === undefined ? {} : { note }),
    }));
  }

  /** Whether `work` has settled, or waits for a lock that another transaction holds. */
  async settlesOrWaits(work: Promise<unknown>): Promise<"settled" | "waits"> {
    let isSettled = false;
    const settled = work.then(
      () => {
        isSettled = true;
      },
      () => {
        isSettled = true;
      },
    );
    for (let seen = 0; seen < 2; ) {
      await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, 3))]);
      if (isSettled) return "settled";
      seen = (await this.db.waiting()).length > 0 ? seen + 1 : 0;
    }
    return isSettled ? "settled" : "waits";
  }

  /** Another worker handles what there is, and what comes back, until nothing comes any more. */
  async drain(): Promise<void> {
    this.#last ??= this.worker("the last worker");
    const worker = this.#last;
    for (let idle = 0; idle < 2; ) {
      const claims = await worker.claim(100);
      for (const claim of claims) await worker.finish(claim);
      idle = claims.length === 0 ? idle + 1 : 0;
      if (claims.length === 0) this.tick(LEASE_MS + POLICY.capMs);
    }
  }
}

/** One process. What it does is told step by step. */
export class Worker {
  readonly name: string;
  readonly queue: RetryQueue;
  readonly client: SqlClient;

  constructor(name: string, queue: RetryQueue, client: SqlClient) {
    this.name = name;
    this.queue = queue;
    this.client = client;
  }

  /** Each in a transaction of its own. Returns what `enqueue` said. */
  async put(...messages: readonly (readonly [id: string, payment: string])[]): Promise<boolean[]> {
    const answers: boolean[] = [];
    for (const [id, payment] of messages) {
      const isNew = await this.within((session) => this.queue.enqueue(session, message(id, payment)));
      step(`${this.name} enqueues ${show(id)} of payment ${show(payment)} -> ${isNew}`);
      answers.push(isNew);
    }
    return answers;
  }

  /** `run` between BEGIN and COMMIT. */
  within<Result>(run: (session: Parameters<RetryQueue["enqueue"]>[0]) => Promise<Result>): Promise<Result> {
    return this.client.database.session(async (session) => {
      await session.query("BEGIN");
      const result = await run(session);
      await session.query("COMMIT");
      return result;
    });
  }

  async claim(limit: number): Promise<Claim[]> {
    const claims = await this.queue.claim(limit);
    const got = claims.map(({ message: { id }, attempt }) => `${show(id)} (attempt ${attempt})`).join(", ");
    step(`${this.name} claims up to ${limit} -> ${got === "" ? "nothing" : got}`);
    return claims;
  }

  /** Claims until there is nothing left that is due, and expects these ids, in any order. */
  async claimExactly(ids: readonly string[], note?: string): Promise<Claim[]> {
    const claims = await this.claim(100);
    const got = claims.map(({ message: { id } }) => id);
    ensure(show([...got].sort()) === show([...ids].sort()), () => ({
      expected: `a claim of ${show([...ids].sort())}`,
      got: show([...got].sort()),
      ...(note === undefined ? {} : { note }),
    }));
    return ids.map((id) => claims.find((claim) => claim.message.id === id)!);
  }

  /** The effect is a row of the caller's own table. */
  async finish(claim: Claim, beforeItEnds: () => Promise<void> = async () => {}): Promise<"finished" | "lost"> {
    const answer = await this.queue.finish(claim, async (session) => {
      await session.query("INSERT INTO effects (message) VALUES ($1)", [claim.message.id]);
      await beforeItEnds();
    });
    step(`${this.name} finishes ${show(claim.message.id)} -> ${answer}`);
    return answer;
  }

  async fail(claim: Claim, failure: Failure): Promise<Awaited<ReturnType<RetryQueue["fail"]>>> {
    const answer = await this.queue.fail(claim, failure);
    step(`${this.name} reports that ${show(claim.message.id)} failed (${failure.reason}) -> ${show(answer)}`);
    return answer;
  }

  /** `says`: what the PSP answers; null where it must not be asked. */
  async redrive(id: string, says: PspSays | null): Promise<"redriven" | "not-dead" | "unknown"> {
    let asked = 0;
    const answer = await this.queue.redrive(id, async (about) => {
      asked++;
      ensure(about.id === id, () => ({ expected: `a question about ${show(id)}`, got: show(about) }));
      return says ?? "unknown";
    });
    step(`${this.name} redrives ${show(id)} -> ${answer}, ${asked === 0 ? "without asking" : `PSP says ${says}`}`);
    ensure(asked === (says === null ? 0 : 1), () => ({
      expected: says === null ? "a redrive that does not ask the PSP" : "a redrive that asks the PSP, once",
      got: `${asked} questions`,
    }));
    return answer;
  }

  async discard(id: string): Promise<"discarded" | "not-dead"> {
    const answer = await this.queue.discard(id);
    step(`${this.name} discards ${show(id)} -> ${answer}`);
    return answer;
  }

  async expectState(id: string, expected: Awaited<ReturnType<RetryQueue["stateOf"]>>): Promise<void> {
    const got = await this.queue.stateOf(id);
    ensure(got === expected, () => ({ expected: `${show(id)} is ${expected}`, got: `${got}` }));
  }
}

export function message(id: string, payment: string): Message {
  return { id, payment, body: `{"capture":${JSON.stringify(id)}}` };
}

/** Stops a process before its departure `at`, until it is let go. */
export class Hold {
  readonly at: number;
  /** Resolves when the process stands there. */
  readonly reached: Promise<void>;
  #reach: () => void = () => {};
  #letGo: () => void = () => {};
  readonly #released: Promise<void>;

  constructor(at: number) {
    this.at = at;
    this.reached = new Promise((resolve) => {
      this.#reach = resolve;
    });
    this.#released = new Promise((resolve) => {
      this.#letGo = resolve;
    });
  }

  readonly gate = async ({ number }: Departure): Promise<void> => {
    if (number !== this.at) return;
    this.#reach();
    await this.#released;
  };

  /** True when `work` stands at the hold, false when it has ended without coming there. */
  async stops(work: Promise<unknown>): Promise<boolean> {
    const ended = work.then(
      () => false,
      () => false,
    );
    return Promise.race([ended, this.reached.then(() => true)]);
  }

  release(): void {
    this.#letGo();
  }
}
