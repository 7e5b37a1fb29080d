/**
 * The isolate: a fresh process that runs one benchmark of one side and nothing else. Everything it needs is captured
 * before the code under test is imported, so that code cannot answer in its place or move its clock.
 */

import { Worker } from "node:worker_threads";
import { createRandom } from "../../sim/prng.ts";
import type { Bench, HeapBench, Outcome, Round } from "../kit/bench.ts";
import type { DatabaseAccess } from "../kit/offered.ts";
import { keepSignalsHome } from "../kit/signals.ts";
import { Digest } from "./digest.ts";
import type { Command, Load, Result } from "./protocol.ts";

const now = process.hrtime.bigint.bind(process.hrtime);
const cpuUsage = process.cpuUsage.bind(process);
const sendToParent = process.send!.bind(process);
const memory = process.memoryUsage.bind(process);
const collect = (globalThis as { gc?: () => void }).gc;
const importModule = (url: string): Promise<unknown> => import(url);

/** Exported, so that no optimizer may drop what is assigned to it, nor the work that made it. */
export let sink: unknown;

process.once("message", (load: Load) => void serve(load));
watchParent();

async function serve({ token, bundle, bench: index, seed, database }: Load): Promise<void> {
  const reply = (result: Result): void => void sendToParent({ ...result, token });
  try {
    keepSignalsHome(() => {});
    const module = (await importModule(bundle)) as {
      readonly benches: readonly Bench<unknown>[];
      readonly subject: unknown;
      readonly offerDatabase: (database: DatabaseAccess | null) => void;
    };
    module.offerDatabase(database);
    const bench = module.benches[index];
    if (bench === undefined) throw new Error(`there is no benchmark ${index}`);
    const rounds = new Map<string, Round>();
    process.on("message", (command: Command) => {
      // Not awaited where nothing is: what follows a synchronous run must not wait for a turn of the event loop.
      try {
        const result = execute(command, bench, module.subject, rounds, seed);
        if (!(result instanceof Promise)) return reply(result);
        result.then(reply, (error) => reply({ type: "threw", message: describe(error) }));
      } catch (error) {
        reply({ type: "threw", message: describe(error) });
      }
    });
    reply({ type: "loaded" });
  } catch (error) {
    reply({ type: "threw", message: describe(error) });
  }
}

function execute(
  command: Command,
  bench: Bench<unknown>,
  subject: unknown,
  rounds: Map<string, Round>,
  seed: number,
): Result | Promise<Result> {
  // A new stream for every piece of work: both sides, and all sizes, see the same numbers.
  const stream = createRandom(seed).fork(bench.name);
  const random = (): number => stream.float();
  switch (command.type) {
    case "prepare": {
      return after(roundOf(bench, subject, random, command.n), (round) => {
        rounds.set(command.key, round);
        return { type: "prepared", opsPerRun: round.opsPerRun };
      });
    }
    case "audit":
      return after(roundOf(bench, subject, random, command.n), (round) => audit(round, command.runs));
    case "run":
      return run(rounds.get(command.key)!, command.repeats, command.stopAfterMs);
    case "count":
      if (bench.kind !== "count") return wrongKind(bench.kind);
      return after(bench.count(subject, random), (value) => ({ type: "counted", value }));
    case "heap":
      return {
        type: "counted",
        ...(bench.kind === "heap" ? heapOf(bench, subject, random) : wrongKind(bench.kind)),
      };
  }
}

/** At once where `value` is no promise. */
function after<T>(value: T | Promise<T>, next: (value: T) => Result | Promise<Result>): Result | Promise<Result> {
  return value instanceof Promise ? value.then(next) : next(value);
}

function roundOf(
  bench: Bench<unknown>,
  subject: unknown,
  random: () => number,
  n: number | undefined,
): Round | Promise<Round> {
  if (bench.kind === "growth") return bench.setup(subject, n!, random);
  return bench.kind === "ratio" ? bench.setup(subject, random) : wrongKind(bench.kind);
}

/** The same calls as the timed runs make, so that code cannot tell one from the other. */
function audit(round: Round, runs: number): Result | Promise<Result> {
  const digest = new Digest();
  for (let done = 0; done < runs; done++) {
    const outcome = round.run();
    if (outcome instanceof Promise) return auditLater(round, runs, digest, outcome);
    digest.add(outcome);
  }
  if (round.end !== undefined) digest.add(round.end());
  return { type: "audited", digest: digest.toString() };
}

async function auditLater(round: Round, runs: number, digest: Digest, first: Promise<Outcome>): Promise<Result> {
  digest.add(await first);
  for (let done = 1; done < runs; done++) digest.add((await round.run()) as Outcome);
  if (round.end !== undefined) digest.add((await round.end()) as Outcome);
  return { type: "audited", digest: digest.toString() };
}

function run(round: Round, repeats: number, stopAfterMs: number): Result | Promise<Result> {
  const stopAfterNs = BigInt(Math.ceil(stopAfterMs * 1e6));
  // The clock is read a few times a round, not in every repeat: a repeat may be short.
  const chunk = Math.max(1, Math.ceil(repeats / 16));
  const start = now();
  const startCpu = cpuNs();
  let done = 0;
  while (done < repeats) {
    const until = Math.min(repeats, done + chunk);
    for (; done < until; done++) {
      sink = round.run();
      if (sink instanceof Promise) return runLater(round, repeats, stopAfterNs, start, sink);
    }
    if (now() - start > stopAfterNs) break;
  }
  return { type: "ran", repeats: done, ns: cpuNs() - startCpu };
}

/** On the clock: others work for it, a database for one, and their processor time is not this process's. */
async function runLater(
  round: Round,
  repeats: number,
  stopAfterNs: bigint,
  start: bigint,
  first: Promise<unknown>,
): Promise<Result> {
  sink = await first;
  let done = 1;
  for (; done < repeats && now() - start <= stopAfterNs; done++) sink = await round.run();
  return { type: "ran", repeats: done, ns: Number(now() - start) };
}

/**
 * Processor time of this process: what others do on the same cores is not in it, which the clock would count. Garbage
 * is collected on the main thread (`--single-threaded-gc`), so its cost is in it once. Windows counts in steps of 16
 * ms, most of a round, so there the clock has to do.
 */
function cpuNs(): number {
  if (process.platform === "win32") return Number(now());
  const { user, system } = cpuUsage();
  return (user + system) * 1_000;
}

/** Bytes that stay reachable from what `build` returns: on V8's heap and outside of it (typed arrays, buffers). */
function heapOf(bench: HeapBench<unknown>, subject: unknown, random: () => number): { value: number; digest: string } {
  if (collect === undefined) throw new Error("a heap benchmark needs --expose-gc");
  const before = settledBytes(collect);
  const built = bench.build(subject, random);
  sink = built;
  const value = settledBytes(collect) - before;
  const digest = new Digest();
  digest.add(bench.proof(subject, built));
  return { value, digest: digest.toString() };
}

/** A second collection frees what only finalizers or weak references of the first still held. */
function settledBytes(gc: () => void): number {
  gc();
  gc();
  const { heapUsed, external } = memory();
  return heapUsed + external;
}

function wrongKind(kind: string): never {
  throw new Error(`a ${kind} benchmark does not take this command`);
}

function describe(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : `a thrown ${typeof error}`;
  return text.slice(0, 400);
}

/**
 * Ends this process when its parent is gone, even in the middle of an endless loop: the loop blocks this thread, not
 * that one. A parent that ends in order disconnects and kills it before.
 */
function watchParent(): void {
  const parent = process.ppid;
  const code = `setInterval(() => { if (process.ppid !== ${parent}) process.kill(process.pid, "SIGKILL"); }, 500)`;
  new Worker(code, { eval: true, execArgv: [] }).unref();
  process.on("disconnect", () => process.exit(0));
}
