/** Learner and reference in one freshly started process each, asked in turn: while one works, the other waits. */

import { Isolate, IsolateCrashed, type IsolateOptions } from "./isolate.ts";

export const SIDES = ["learner", "reference"] as const;
export type Side = (typeof SIDES)[number];

/** The reference failed: the grader is broken, and the learner gets no verdict. */
export class ReferenceFailed extends Error {
  override readonly name = "ReferenceFailed";
}

/** The code under test is wrong where it is measured. */
export class WrongResults extends Error {
  override readonly name = "WrongResults";
}

export interface PairOptions extends Omit<IsolateOptions, "bundle"> {
  readonly bundles: Record<Side, string>;
  readonly patienceMs: number;
}

/**
 * How much one round should take: long against the clock's resolution and the cost of a message, short against drift.
 */
export const ROUND_MS = 20;
/** Repeats until the optimizer has settled. */
const WARM_UP_MS = 200;
const WARM_UP_RUNS_MIN = 3;
/** Even work that takes seconds a run is not repeated for longer than this. */
const WARM_UP_MS_MAX = 3_000;
/** Building the work, or a single run of it, may take this long, unless a test is less patient. */
export const PATIENCE_MS = 20_000;

/** An audit takes as long as many runs. */
const AUDIT_PATIENCE = 3;

/**
 * What may be charged beyond the clock's time: kernels without exact accounting charge processor time in whole ticks,
 * at worst 100 a second, and one may fall to the user's and one to the system's share.
 */
const CPU_TICKS_MS = 2 * 10;
/**
 * Threads that may compute for one isolate: its code, and V8's helpers (compilers, and what frees memory behind it).
 */
const THREADS = 4;

export class Pair {
  readonly #isolates: Record<Side, Isolate>;
  readonly #patienceMs: number;

  private constructor(isolates: Record<Side, Isolate>, patienceMs: number) {
    this.#isolates = isolates;
    this.#patienceMs = patienceMs;
  }

  static async with<T>(options: PairOptions, work: (pair: Pair) => Promise<T>): Promise<T> {
    const { bundles, patienceMs, ...rest } = options;
    const learner = await Isolate.start({ ...rest, bundle: bundles.learner });
    try {
      const reference = await blame("reference", Isolate.start({ ...rest, bundle: bundles.reference }));
      try {
        return await work(new Pair({ learner, reference }, patienceMs));
      } finally {
        await reference.end();
      }
    } finally {
      await learner.end();
    }
  }

  async prepare(side: Side, key: string, n?: number): Promise<number> {
    const command = { type: "prepare", key, ...(n === undefined ? {} : { n }) } as const;
    const { opsPerRun } = await blame(side, this.#isolates[side].ask(command, "prepared", this.#patienceMs));
    if (!(opsPerRun > 0)) throw new ReferenceFailed(`the benchmark's opsPerRun is ${opsPerRun}`);
    return opsPerRun;
  }

  /** Nanoseconds of processor time per run, over at most `repeats` runs. */
  async run(side: Side, key: string, repeats: number, stopAfterMs: number): Promise<number> {
    const command = { type: "run", key, repeats, stopAfterMs } as const;
    const start = performance.now();
    const reply = await blame(side, this.#isolates[side].ask(command, "ran", stopAfterMs + this.#patienceMs));
    const seenMs = performance.now() - start;
    const claimedMs = reply.ns / 1e6;
    // The parent's clock is a witness against nonsense, not a stopwatch.
    if (!(reply.repeats > 0) || !(claimedMs >= 0) || claimedMs > THREADS * seenMs + CPU_TICKS_MS) {
      throw new IsolateCrashed(`it claims ${claimedMs.toFixed(1)} ms of work where ${seenMs.toFixed(1)} ms went by`);
    }
    return Math.max(1, reply.ns) / reply.repeats;
  }

  /**
   * The same number of runs of fresh work on both sides; a growth benchmark's of size `n`.
   * @throws WrongResults when they come to different results.
   */
  async audit(runs: number, n?: number): Promise<void> {
    const command = { type: "audit", runs, ...(n === undefined ? {} : { n }) } as const;
    const digests: Partial<Record<Side, string>> = {};
    for (const side of SIDES) {
      const patienceMs = this.#patienceMs * AUDIT_PATIENCE;
      digests[side] = (await blame(side, this.#isolates[side].ask(command, "audited", patienceMs))).digest;
    }
    if (digests.learner !== digests.reference)
      throw new WrongResults(
        `after ${runs.toLocaleString("en")} runs of the same work the results are not the reference's`,
      );
  }

  /** Warms up and returns nanoseconds per run. */
  async warmUp(side: Side, key: string): Promise<number> {
    let ns = 0;
    let runs = 0;
    let repeats = 1;
    let spentMs = 0;
    while (spentMs < WARM_UP_MS_MAX && (spentMs < WARM_UP_MS || runs < WARM_UP_RUNS_MIN)) {
      ns = await this.run(side, key, repeats, ROUND_MS * 4);
      runs += repeats;
      spentMs += (ns * repeats) / 1e6;
      repeats = repeatsFor(ns);
    }
    return ns;
  }
}

/** Runs that fill one round. */
export function repeatsFor(nsPerRun: number): number {
  return Math.max(1, Math.min(1_000_000, Math.round((ROUND_MS * 1e6) / nsPerRun)));
}

/** A failure of the reference is the grader's. */
export async function blame<T>(side: Side, reply: Promise<T>): Promise<T> {
  if (side === "learner") return reply;
  try {
    return await reply;
  } catch (error) {
    throw new ReferenceFailed(`the reference failed in its own benchmark: ${(error as Error).message}`);
  }
}
