/**
 * From noisy rounds to a verdict, without assuming how the noise is distributed: medians, and intervals for the median
 * from order statistics (the sign test turned around). Pure functions; `statistics.test.ts` computes how often they
 * err.
 */

/**
 * Chance, per look at the data, that the interval misses the true median. Looks repeat, so the test simulates all of
 * them.
 */
export const INTERVAL_MISS_MAX = 0.01;

/** Rounds before the first look: with fewer, even the whole range of the samples would not be a 99% interval. */
export const ROUNDS_MIN = 9;

export interface Interval {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** Throws on an empty list. */
export function median(samples: readonly number[]): number {
  if (samples.length === 0) throw new Error("median of no samples");
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Half the distance between the quartiles, as a share of the median. */
export function spread(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;
  return (at(0.75) - at(0.25)) / 2 / median(samples);
}

/**
 * The narrowest pair of samples that holds the true median with probability of at least 1 - INTERVAL_MISS_MAX:
 * the median lies outside [x(j), x(n+1-j)] only if fewer than j of n fair coins show heads, or fewer than j tails.
 * Null when there are too few samples for that.
 */
export function medianInterval(samples: readonly number[]): Interval | null {
  const sorted = [...samples].sort((a, b) => a - b);
  const count = sorted.length;
  let outside = 0;
  let term = 0.5 ** count; // probability of exactly k heads, k = 0
  let ranks = 0;
  for (let k = 0; k < count / 2; k++) {
    outside += 2 * term;
    if (outside > INTERVAL_MISS_MAX) break;
    ranks = k + 1;
    term = (term * (count - k)) / (k + 1);
  }
  if (ranks === 0) return null;
  return { low: sorted[ranks - 1]!, median: median(sorted), high: sorted[count - ranks]! };
}

export type Side = "above" | "below" | "undecided";

/** On which side of `bound` the true median lies, or `undecided` while the interval holds the bound. */
export function sideOf(samples: readonly number[], bound: number): Side {
  const interval = medianInterval(samples);
  if (interval === null) return "undecided";
  if (interval.low >= bound) return "above";
  if (interval.high < bound) return "below";
  return "undecided";
}
