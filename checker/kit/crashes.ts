/** Crashes at every disk operation, told so that a learner can follow them. */

import {
  CrashCheckFailure,
  type CrashCoverage,
  type CrashEverywhere,
  crashEverywhere,
} from "../../sim/crash-points.ts";
import { SimDisk, SimulatedCrash } from "../../sim/disk.ts";
import { Violation } from "./violation.ts";

/** What a run shares with its check; `steps` tells what was asked of the code under test. */
export interface CrashState {
  readonly steps: string[];
}

/**
 * As `crashEverywhere`, but a failed check becomes a Violation whose steps are the run up to the crash, the crash, and
 * what the disk kept. `outcomesMin` guards the suite itself: a run that touches the disk so rarely has not been tested.
 */
export function everyCrash<State extends CrashState>(
  options: CrashEverywhere<State> & { readonly outcomesMin?: number },
): CrashCoverage {
  let state: State | undefined;
  try {
    const coverage = crashEverywhere<State>({
      ...options,
      setup() {
        state = options.setup();
        return state;
      },
    });
    const least = options.outcomesMin ?? 10;
    if (coverage.outcomes < least) {
      throw new Violation({
        expected: `the work to leave traces on the disk: at least ${least} outcomes of a crash`,
        got: `${coverage.outcomes}`,
        steps: state?.steps ?? [],
      });
    }
    return coverage;
  } catch (error) {
    if (!(error instanceof CrashCheckFailure)) throw error;
    throw told(error, state?.steps ?? []);
  }
}

function told(failure: CrashCheckFailure, steps: readonly string[]): unknown {
  const { cause, crash } = failure;
  if (cause instanceof Error && (cause.name === "NotStarted" || cause.name === "Tampered")) return cause;
  const { during, report } = crash;
  const where =
    during === null
      ? "the power fails after the last disk operation"
      : `the power fails during disk operation ${crash.operation}: ${during.kind} ` +
        `${during.file}${during.bytes > 0 ? `, ${during.bytes} bytes` : ""}`;
  const kept = report.lines.length === 0 ? "everything written was kept" : report.lines.join("; ");
  const all = [...lastOf(steps), where, `the disk after the crash: ${kept}`, "open again"];
  if (cause instanceof Violation) return new Violation({ ...cause.details, steps: all });
  return new Violation({
    expected: "what survived to be opened",
    got: cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause),
    steps: all,
  });
}

const STEPS_KEPT = 16;

function lastOf(steps: readonly string[]): string[] {
  if (steps.length <= STEPS_KEPT) return [...steps];
  return [`… ${steps.length - STEPS_KEPT} more steps …`, ...steps.slice(-STEPS_KEPT)];
}

/** A disk that holds copies of these files, all durable. */
export function diskWith(files: Readonly<Record<string, Uint8Array>>): SimDisk {
  const disk = new SimDisk();
  for (const [name, bytes] of Object.entries(files)) {
    disk.append(name, bytes);
    disk.sync(name);
  }
  disk.syncDirectory();
  return disk;
}

/** Power off and on; everything that was not synced is lost. */
export function loseUnsynced(disk: SimDisk): void {
  disk.crash(() => 0);
}

export { SimDisk, SimulatedCrash };
