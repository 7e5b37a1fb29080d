/** What the judge and its host say to each other over IPC. Plain data. */

import type { DatabaseAccess } from "../kit/offered.ts";
import type { Subject } from "../subject/subject.ts";

export interface Job {
  readonly subject: Subject;
  readonly suitePath: string;
  /** Code under test and the suite's part of a thread, bundled; null where the suite has no threads. */
  readonly threadScript: string | null;
  /** Null where the exercise has none. */
  readonly database: DatabaseAccess | null;
  readonly seed: number;
  readonly token: string;
  readonly recordPath: string;
  readonly lastStage: number;
  readonly shrink: boolean;
  /** Only this behavior is registered. */
  readonly only?: string | undefined;
  readonly patienceMs: number;
  readonly heapMb: number;
  readonly outputBytes: number;
}

export type ToHost = { readonly type: "run"; readonly job: Job };

export type FromHost =
  | { readonly type: "worker"; readonly pid: number }
  /** The worker ended before its tests did. */
  | {
      readonly type: "worker-died";
      readonly code: number | null;
      readonly signal: string | null;
      readonly outOfMemory: boolean;
    }
  /** What the worker printed, as it comes, up to `outputBytes`. */
  | { readonly type: "output"; readonly text: string; readonly truncated: boolean }
  | { readonly type: "done"; readonly report: SuiteReport }
  /** The host could not do its work; never the learner's fault. */
  | { readonly type: "fault"; readonly error: string };

/** What Vitest saw. The judge believes it only where the flight recorder says the same. */
export interface SuiteReport {
  readonly tests: readonly ReportedTest[];
  /** Errors outside of tests: while the suite was imported, unhandled rejections, a worker that died. */
  readonly errors: readonly ReportedError[];
}

export interface ReportedTest {
  readonly stage: number;
  readonly name: string;
  readonly state: "passed" | "failed" | "skipped" | "pending";
}

export interface ReportedError {
  readonly where: "collect" | "unhandled";
  /** E.g. "Unhandled Rejection", as Vitest calls it. */
  readonly type: string;
  readonly message: string;
}

/** What the learner's code printed. */
export interface Output {
  readonly text: string;
  /** There was more, which was thrown away. */
  readonly truncated: boolean;
}
