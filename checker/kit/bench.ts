/**
 * Benchmarks as data. Verdicts come from counts, ratios to the reference in the same run, and growth; never from
 * absolute time. Time is processor time, so that what else runs on the machine does not count. A `bench.ts` has
 * `defineBench([...])` as its default export and no top-level work.
 *
 * Fast and wrong is no pass: before a ratio or a growth is believed, both sides do the same number of operations on
 * fresh work and must come to the same results.
 */

interface Common<Subject> {
  readonly name: string;
  /** The workload in words: distribution, sizes, hit rates. Shown with the result. */
  readonly workload: string;
  /** The module under test's type; never present at run time. */
  readonly __subject?: Subject;
}

/** Work that can be repeated. */
export interface Round {
  readonly opsPerRun: number;
  /**
   * Does `opsPerRun` operations and returns what came of them: a number, string or boolean, bytes, or arrays and plain
   * objects of these. What the contract determines, and never ties or choices that it leaves open: the results of both
   * sides are compared. A promise of it where others do the work, as a database does: then the clock is read in place
   * of the processor's time.
   */
  readonly run: () => Outcome | Promise<Outcome>;
  /** What stands at the end of all runs, where `run` does not tell enough: compared as well. Not timed. */
  readonly end?: () => Outcome | Promise<Outcome>;
}

/** Of an object the fields count that are not undefined, in the order of their names. */
export type Outcome = number | string | boolean | bigint | null | object;

/**
 * Throughput as a share of the reference's, both measured in the same run, interleaved, in separate processes.
 * `run` is repeated some hundred times on what `setup` built, so it must leave room for that: advance a clock, reuse
 * keys.
 */
export interface RatioBench<Subject> extends Common<Subject> {
  readonly kind: "ratio";
  readonly unit: string;
  /** Pass when learner / reference is at least this. Usually 0.3 to 0.5. */
  readonly threshold: number;
  readonly setup: (subject: Subject, random: () => number) => Round | Promise<Round>;
}

/** A count that is the same on every machine: messages, bytes, comparisons, stored numbers. */
export interface CountBench<Subject> extends Common<Subject> {
  readonly kind: "count";
  readonly unit: string;
  /** Pass when the count is at most this. */
  readonly atMost: number;
  readonly count: (subject: Subject, random: () => number) => number | Promise<number>;
}

/**
 * Time per operation at n, 4n, 16n must not grow faster than the order that the chapter claims. `run` is repeated, so
 * it must keep the size. Choose n so large that work proportional to n would outweigh the fixed cost of a call many
 * times over (hundreds of elements, not tens): a mutant of the wrong order should prove it.
 */
export interface GrowthBench<Subject> extends Common<Subject> {
  readonly kind: "growth";
  readonly order: "O(1)" | "O(log n)" | "O(n)" | "O(n log n)";
  /** Smallest size; measured at n, 4n and 16n. */
  readonly n: number;
  readonly setup: (subject: Subject, n: number, random: () => number) => Round | Promise<Round>;
}

/**
 * Memory that stays reachable after building something, per unit, as a multiple of the reference's: bytes differ
 * between versions of V8, their ratio hardly does. Each side is built in fresh processes, between forced garbage
 * collections.
 */
export interface HeapBench<Subject> extends Common<Subject> {
  readonly kind: "heap";
  /** E.g. `bytes/key`. */
  readonly unit: string;
  /** How many units `build` makes, e.g. 100_000 keys. Enough that a megabyte more or less does not matter. */
  readonly units: number;
  /** Pass when learner / reference is at most this. */
  readonly atMostTimes: number;
  /**
   * Returns whatever must stay alive, and nothing that only the benchmark needs: its own keys would count for both
   * sides.
   */
  readonly build: (subject: Subject, random: () => number) => unknown;
  /**
   * What proves that the built thing holds what was put in, asked after it was weighed: compared with the reference's.
   */
  proof(subject: Subject, built: unknown): Outcome;
}

export type Bench<Subject> = RatioBench<Subject> | CountBench<Subject> | GrowthBench<Subject> | HeapBench<Subject>;

/** `export default defineBench<typeof import("../../../solutions/…")>([ … ])` */
export function defineBench<Subject>(benches: readonly Bench<Subject>[]): readonly Bench<Subject>[] {
  return benches;
}
