/** Buckets per doubling: neighbors differ by 1.1 percent, so a percentile is off by half of that. */
const PER_OCTAVE = 64;

/**
 * A histogram of durations with buckets that grow with the duration. Recording is O(1), and its size depends on the
 * range of the durations, never on their number.
 */
export class Latencies {
  /** By bucket: from one microsecond up. */
  readonly #counts = new Map<number, number>();
  #total = 0;
  #maxMs = 0;

  get count(): number {
    return this.#total;
  }

  get maxMs(): number {
    return this.#maxMs;
  }

  record(ms: number): void {
    const bucket = Math.max(0, Math.round(Math.log2(Math.max(ms * 1_000, 1)) * PER_OCTAVE));
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
    this.#total++;
    this.#maxMs = Math.max(this.#maxMs, ms);
  }

  /** What `entries` of another histogram gave. */
  add({ buckets, maxMs }: LatencyEntries): void {
    for (const [bucket, count] of buckets) {
      this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
      this.#total += count;
    }
    this.#maxMs = Math.max(this.#maxMs, maxMs);
  }

  /** For another process. */
  entries(): LatencyEntries {
    return { buckets: [...this.#counts], maxMs: this.#maxMs };
  }

  /** Milliseconds that a share of all records does not exceed: `percentile(0.99)`. 0 where nothing was recorded. */
  percentile(share: number): number {
    if (share >= 1) return this.#maxMs;
    let left = Math.ceil(this.#total * share);
    for (const [bucket, count] of [...this.#counts].sort(([a], [b]) => a - b)) {
      left -= count;
      if (left <= 0) return Math.min(2 ** (bucket / PER_OCTAVE) / 1_000, this.#maxMs);
    }
    return this.#maxMs;
  }
}

export interface LatencyEntries {
  readonly buckets: readonly (readonly [bucket: number, count: number])[];
  readonly maxMs: number;
}

const SHARES = { p50: 0.5, p90: 0.9, p99: 0.99, max: 1 } as const;

/** `p50 0.42 ms, p99 3.10 ms`. */
export function percentilesText(
  latencies: Latencies,
  names: readonly (keyof typeof SHARES)[] = ["p50", "p90", "p99", "max"],
): string {
  const figure = (ms: number): string => (ms >= 100 ? String(Math.round(ms)) : ms.toFixed(ms >= 10 ? 1 : 2));
  return names.map((name) => `${name} ${figure(latencies.percentile(SHARES[name]))} ms`).join(", ");
}
