/**
 * Benchmarks as data. Verdicts come from counts, ratios to the reference in the same run, and growth; never from
 * absolute time. A `.bench.ts` file has `defineBench([...])` as its default export and no top-level work.
 */

interface Common<Subject> {
  readonly name: string;
  /** The workload in words: distribution, sizes, hit rates. Shown with the result. */
  readonly workload: string;
  /** The module under test's type; never present at run time. */
  readonly __subject?: Subject;
}

/** Work that can be repeated: `run` does `opsPerRun` operations and returns a value that keeps them from being optimised away. */
export interface Round {
  readonly opsPerRun: number;
  readonly run: () => unknown;
}

/** Throughput as a share of the reference's, both measured in the same run, interleaved, in separate processes. */
export interface RatioBench<Subject> extends Common<Subject> {
  readonly kind: "ratio";
  readonly unit: string;
  /** Pass when learner / reference is at least this. Usually 0.3 to 0.5. */
  readonly threshold: number;
  readonly setup: (subject: Subject, random: () => number) => Round;
}

/** A count that is the same on every machine: messages, bytes, comparisons, stored numbers. */
export interface CountBench<Subject> extends Common<Subject> {
  readonly kind: "count";
  readonly unit: string;
  /** Pass when the count is at most this. */
  readonly atMost: number;
  readonly count: (subject: Subject, random: () => number) => number;
}

/** Time per operation at n, 4n, 16n must not grow faster than the order that the chapter claims. */
export interface GrowthBench<Subject> extends Common<Subject> {
  readonly kind: "growth";
  readonly order: "O(1)" | "O(log n)" | "O(n)" | "O(n log n)";
  /** Smallest size; measured at n, 4n and 16n. */
  readonly n: number;
  readonly setup: (subject: Subject, n: number, random: () => number) => Round;
}

export type Bench<Subject> = RatioBench<Subject> | CountBench<Subject> | GrowthBench<Subject>;

/** `export default defineBench<typeof import("../../../solutions/…")>([ … ])` */
export function defineBench<Subject>(benches: readonly Bench<Subject>[]): readonly Bench<Subject>[] {
  return benches;
}
