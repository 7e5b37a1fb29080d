import { type CrashReport, type DiskOperation, type DiskOptions, SimDisk, SimulatedCrash } from "./disk.ts";
import { type Choose, exhaust } from "./exhaust.ts";
import type { Disk } from "./node.ts";
import { createRandom } from "./prng.ts";

export interface CrashEverywhere<State> {
  /** What `run` and `check` share: the store, and what it has acknowledged. Made anew for every crash point. */
  readonly setup: () => State;
  /** The work. Deterministic; ended by SimulatedCrash at the crash point, which it must not swallow. */
  readonly run: (disk: Disk, state: State) => void;
  /**
   * Opens what survived and throws when something promised is missing. Called once for each outcome of each crash
   * point, with the state as the crash left it; it must not change the state.
   */
  readonly check: (disk: Disk, state: State, crash: CrashPoint) => void;
  readonly disk?: DiskOptions;
  /** Outcomes tried at one point before it changes from all of them to a random sample of this size. Default: 500. */
  readonly outcomesMax?: number;
  /** Of the sample. Default: 1. */
  readonly seed?: number;
}

export interface CrashPoint {
  /** 1-based number of the disk operation that did not return; one more than there are for a crash after the last. */
  readonly operation: number;
  /** What that operation was; null after the last. */
  readonly during: DiskOperation | null;
  readonly report: CrashReport;
}

export interface CrashCoverage {
  /** Crash points tried: the disk operations of `run`, and one after the last. */
  readonly points: number;
  /** Outcomes tried over all points. */
  readonly outcomes: number;
  /** True when every outcome of every point was tried. */
  readonly exhaustive: boolean;
}

/** A check that failed after a crash; says where the crash was and what the disk kept. */
export class CrashCheckFailure extends Error {
  override readonly name = "CrashCheckFailure";
  readonly crash: CrashPoint;

  constructor(crash: CrashPoint, cause: unknown) {
    const during = crash.during;
    const where = during === null ? "after the last disk operation" : `during disk operation ${crash.operation}`;
    const what =
      during === null ? "" : ` (${during.kind} ${during.file}${during.bytes > 0 ? `, ${during.bytes} bytes` : ""})`;
    const kept = crash.report.lines.length > 0 ? crash.report.lines.join("; ") : "everything written was kept";
    super(`crash ${where}${what}; ${kept}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.crash = crash;
  }
}

/**
 * Crashes `run` at each of its disk operations in turn and once after the last, and for each crash tries every state
 * the disk may be left in: which writes survive, and where the first lost one is torn.
 *
 * @throws CrashCheckFailure at the first check that throws.
 */
export function crashEverywhere<State>(options: CrashEverywhere<State>): CrashCoverage {
  const operations = recordOperations(options);
  const outcomesMax = options.outcomesMax ?? 500;
  const random = createRandom(options.seed ?? 1);
  let outcomes = 0;
  let exhaustive = true;
  for (let operation = 1; operation <= operations.length + 1; operation++) {
    const state = options.setup();
    const disk = new SimDisk(options.disk);
    disk.crashAtOperation = operation;
    runUntilCrash(options, disk, state, operation > operations.length);
    const attempt = (choose: Choose): void => {
      const survivor = disk.clone();
      const crash = { operation, during: operations[operation - 1] ?? null, report: survivor.crash(choose) };
      outcomes++;
      try {
        options.check(survivor, state, crash);
      } catch (error) {
        throw new CrashCheckFailure(crash, error);
      }
    };
    // Count first, without checking, so that a point with too many outcomes is sampled evenly and not only at one end.
    const { complete } = exhaust((choose) => void disk.clone().crash(choose), outcomesMax);
    exhaustive &&= complete;
    if (complete) exhaust(attempt);
    else for (let i = 0; i < outcomesMax; i++) attempt((ways) => random.integer(0, ways - 1));
  }
  return { points: operations.length + 1, outcomes, exhaustive };
}

function recordOperations<State>(options: CrashEverywhere<State>): DiskOperation[] {
  const operations: DiskOperation[] = [];
  const disk = new SimDisk(options.disk);
  disk.observe = (operation) => operations.push(operation);
  options.run(disk, options.setup());
  return operations;
}

function runUntilCrash<State>(options: CrashEverywhere<State>, disk: SimDisk, state: State, toTheEnd: boolean): void {
  try {
    options.run(disk, state);
  } catch (error) {
    if (error instanceof SimulatedCrash) return;
    throw error;
  }
  if (!toTheEnd)
    throw new Error(
      `the run did not end at the crash of operation ${disk.crashAtOperation}: is SimulatedCrash caught?`,
    );
}
