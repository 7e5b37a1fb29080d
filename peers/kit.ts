/**
 * Comparisons with the best npm packages for the same work. A `<system>.peers.ts` has `definePeers({ … })` as its
 * default export and no top-level work: `run.ts` reads it to know the contenders, `child.ts` runs one contender in a
 * process of its own.
 */

export type Metrics = Readonly<Record<string, number>>;

export interface Metric {
  readonly id: string;
  readonly label: string;
  /** Digits after the point in the table. */
  readonly digits: number;
}

export interface Contender {
  /** As it appears in the table; the package's version is in package.json and its lock. */
  readonly name: string;
  readonly ours: boolean;
  /**
   * Runs the whole workload, warm-up included, and returns one figure per metric (leave one out where it does not
   * apply).
   */
  readonly measure: () => Metrics | Promise<Metrics>;
}

export interface Goal {
  readonly text: string;
  /** From the medians by contender's name; `reached` is what was measured, in the goal's own terms. */
  readonly judge: (medians: ReadonlyMap<string, Metrics>) => { readonly met: boolean; readonly reached: string };
}

export interface Comparison {
  readonly title: string;
  /** In words: sizes, distribution, seed, what is inside the timed part. */
  readonly workload: string;
  readonly metrics: readonly Metric[];
  readonly contenders: readonly Contender[];
  readonly goals: readonly Goal[];
}

export function definePeers(comparison: Comparison): Comparison {
  return comparison;
}

/** Deterministic random numbers in [0, 1), so that every contender gets the same calls. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Bytes in use after a full collection: the heap and what typed arrays hold outside it. Needs --expose-gc, as `run.ts`
 * starts it.
 */
export function bytesInUse(): number {
  const collect = (globalThis as { gc?: () => void }).gc;
  if (collect === undefined) throw new Error("gc is undefined, expected a function; start node with --expose-gc");
  for (let i = 0; i < 4; i++) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
