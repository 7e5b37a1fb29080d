/** The four kinds of benchmark, from commands to a result. */

import type { BenchmarkResult } from "../../course/report.ts";
import type { Bench, CountBench, GrowthBench, HeapBench, RatioBench } from "../kit/bench.ts";
import { claimedGrowth, growthBound, SIZE_FACTOR } from "./growth.ts";
import { Isolate, IsolateCrashed } from "./isolate.ts";
import { blame, Pair, type PairOptions, ROUND_MS, repeatsFor, SIDES, type Side, WrongResults } from "./pair.ts";
import { type Decision, decide, isFar, type Question, ROUNDS_PER_BATCH } from "./plan.ts";
import { median, medianInterval } from "./statistics.ts";

/** A side that is this many times slower than asked for is cut off within a round. */
const PATIENCE_FACTOR = 10;
/** An operation on the largest size that takes this many times as long as the reference's is slow beyond any noise. */
const HOPELESS = 20;

/**
 * Operations that an audit does at least, where the reference has the time: what breaks after some ten thousand calls
 * breaks in it.
 */
const AUDIT_OPS = 60_000;
const AUDIT_MS = 1_000;

export async function measureRatio(bench: RatioBench<unknown>, options: PairOptions): Promise<BenchmarkResult> {
  const question: Question = { bound: bench.threshold, passes: "above" };
  const ratios: number[] = [];
  const rates: Record<Side, number[]> = { learner: [], reference: [] };
  const decision = await untilDecided(ratios, question, () =>
    Pair.with(options, async (pair) => {
      const ops = {
        learner: await pair.prepare("learner", "work"),
        reference: await pair.prepare("reference", "work"),
      };
      const nsPerRun = await pair.warmUp("reference", "work");
      await pair.warmUp("learner", "work");
      if (ratios.length === 0) await pair.audit(auditRuns(ops.reference, nsPerRun));
      const repeats = repeatsFor(nsPerRun);
      const stopAfterMs = (PATIENCE_FACTOR * ROUND_MS) / bench.threshold;
      for (let round = 0; round < ROUNDS_PER_BATCH && !isFar(ratios, question); round++) {
        const ns: Record<Side, number> = { learner: 0, reference: 0 };
        for (const side of inTurn(round)) ns[side] = await pair.run(side, "work", repeats, stopAfterMs);
        for (const side of SIDES) rates[side].push((ops[side] * 1e9) / ns[side]);
        ratios.push(ns.reference / ops.reference / (ns.learner / ops.learner));
      }
    }),
  );
  const ratio = median(ratios);
  return {
    ...common(bench, decision),
    unit: bench.unit,
    learner: median(rates.learner),
    reference: median(rates.reference),
    ratio,
    threshold: bench.threshold,
    message: explain(decision, () => {
      const asked = `at least ${figure(bench.threshold)} is asked for`;
      return `${figure(ratio)} of the reference's throughput${around(ratios)}; ${asked}.`;
    }),
  };
}

export async function measureGrowth(bench: GrowthBench<unknown>, options: PairOptions): Promise<BenchmarkResult> {
  const claimed = claimedGrowth(bench.order, bench.n);
  const sizes = [bench.n, 4 * bench.n, SIZE_FACTOR * bench.n];
  const growths: Record<Side, number[]> = { learner: [], reference: [] };
  const nsPerOp = sizes.map((): number[] => []);
  /** How many times as long as the reference's an operation takes on the largest size. */
  const slowness: number[] = [];
  const question = (): Question => {
    const bound = growthBound(claimed, median(growths.reference));
    // Too steep in every round and this slow besides: two witnesses, so no round of several seconds is repeated for a
    // third.
    const slow = slowness.length > 0 && median(slowness) >= HOPELESS;
    return { bound, passes: "below", ...(slow ? { far: 1 } : {}) };
  };
  const decision = await untilDecided(growths.learner, question, () =>
    Pair.with(options, async (pair) => {
      const plans: Record<Side, { key: string; ops: number; repeats: number }[]> = { learner: [], reference: [] };
      let largestRuns = 1;
      for (const side of ["reference", "learner"] as const) {
        for (const n of sizes) {
          const key = `n=${n}`;
          const ops = await pair.prepare(side, key, n);
          const nsPerRun = await pair.warmUp(side, key);
          plans[side].push({ key, ops, repeats: repeatsFor(nsPerRun) });
          if (side === "reference") largestRuns = auditRuns(ops, nsPerRun);
        }
      }
      if (slowness.length === 0) await pair.audit(largestRuns, sizes.at(-1));
      for (let round = 0; round < ROUNDS_PER_BATCH; round++) {
        const largest: Record<Side, number> = { learner: 0, reference: 0 };
        for (const side of inTurn(round)) {
          const times: number[] = [];
          for (const [index, { key, ops, repeats }] of plans[side].entries()) {
            const ns = (await pair.run(side, key, repeats, PATIENCE_FACTOR * ROUND_MS)) / ops;
            times.push(ns);
            if (side === "learner") nsPerOp[index]!.push(ns);
          }
          growths[side].push(times.at(-1)! / times[0]!);
          largest[side] = times.at(-1)!;
        }
        slowness.push(largest.learner / largest.reference);
        if (isFar(growths.learner, question())) break;
      }
    }),
  );
  const { bound } = question();
  const growth = median(growths.learner);
  return {
    ...common(bench, decision),
    unit: "times",
    learner: growth,
    reference: median(growths.reference),
    ratio: growth / bound,
    threshold: bound,
    message: explain(decision, () => {
      const times = sizes.map((n, index) => `${figure(median(nsPerOp[index]!))} ns at ${n.toLocaleString("en")}`);
      return (
        `An operation takes ${times.join(", ")}: ${figure(growth)} times as long on 16 times the data; ` +
        `${bench.order} leaves room for ${figure(bound)}.`
      );
    }),
  };
}

/** Counts are the same in every run, so one run decides. */
export async function measureCount(bench: CountBench<unknown>, options: PairOptions): Promise<BenchmarkResult> {
  const learner = await ask(options, "learner", "count");
  const reference = await ask(options, "reference", "count");
  return bounded(bench, learner.value, reference.value, bench.atMost);
}

const HEAP_ROUNDS = 3;

export async function measureHeap(bench: HeapBench<unknown>, options: PairOptions): Promise<BenchmarkResult> {
  const bytes: Record<Side, number[]> = { learner: [], reference: [] };
  for (let round = 0; round < HEAP_ROUNDS; round++) {
    const digests: Partial<Record<Side, string | undefined>> = {};
    for (const side of inTurn(round)) {
      const { value, digest } = await ask(options, side, "heap");
      bytes[side].push(value / bench.units);
      digests[side] = digest;
    }
    if (digests.learner !== digests.reference) throw new WrongResults("what was built does not hold what was put in");
  }
  if (median(bytes.learner) <= 0)
    throw new WrongResults(`what was built weighs ${figure(median(bytes.learner))} ${bench.unit}: it is not there`);
  const reference = median(bytes.reference);
  return bounded(bench, median(bytes.learner), reference, bench.atMostTimes * reference);
}

async function ask(
  { bundles, patienceMs, ...rest }: PairOptions,
  side: Side,
  type: "count" | "heap",
): Promise<{ value: number; digest?: string | undefined }> {
  const isolate = await blame(side, Isolate.start({ ...rest, bundle: bundles[side] }));
  try {
    const { value, digest } = await blame(side, isolate.ask({ type }, "counted", patienceMs));
    if (!Number.isFinite(value)) throw new IsolateCrashed(`it counted ${value}`);
    return { value, digest };
  } finally {
    await isolate.end();
  }
}

function bounded(
  bench: CountBench<unknown> | HeapBench<unknown>,
  learner: number,
  reference: number,
  bound: number,
): BenchmarkResult {
  const decision = learner <= bound ? "passed" : "too-slow";
  return {
    ...common(bench, decision),
    unit: bench.unit,
    learner,
    reference,
    ratio: learner / bound,
    threshold: bound,
    message: explain(decision, () => {
      return (
        `${figure(learner)} ${bench.unit}, the reference ${figure(reference)}; at most ${figure(bound)} is ` +
        "asked for."
      );
    }),
  };
}

async function untilDecided(
  samples: readonly number[],
  question: Question | (() => Question),
  batch: () => Promise<void>,
): Promise<Exclude<Decision, "measure-more">> {
  for (let batches = 1; ; batches++) {
    await batch();
    const decision = decide(samples, batches, typeof question === "function" ? question() : question);
    if (decision !== "measure-more") return decision;
  }
}

function auditRuns(opsPerRun: number, nsPerRun: number): number {
  const affordable = Math.max(1, Math.floor((AUDIT_MS * 1e6) / nsPerRun));
  return Math.min(affordable, Math.max(1, Math.ceil(AUDIT_OPS / opsPerRun)));
}

/** Reference and learner change places every round, so that what drifts in one direction favors neither. */
function inTurn(round: number): readonly Side[] {
  return round % 2 === 0 ? ["reference", "learner"] : ["learner", "reference"];
}

function common(bench: Bench<unknown>, status: "passed" | "too-slow" | "inconclusive") {
  return { name: bench.name, kind: bench.kind, workload: bench.workload, status };
}

function explain(decision: Decision, text: () => string): string | null {
  if (decision === "passed") return null;
  if (decision === "too-slow") return text();
  return `${text()} The rounds differ too much to tell on this machine; close other programs and try again.`;
}

function around(samples: readonly number[]): string {
  const interval = medianInterval(samples);
  const range = interval === null ? "" : `between ${figure(interval.low)} and ${figure(interval.high)}, `;
  return ` (${range}${samples.length} rounds)`;
}

/** Three significant digits, grouped. */
function figure(value: number): string {
  return value >= 1_000 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));
}
