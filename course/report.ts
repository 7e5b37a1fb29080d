/**
 * The words in which the grader speaks: results, and events while it works. Written once for the terminal, for
 * `--json`, for the API of `npm start` and for the page that shows it. Plain JSON, no method and no class.
 */

/** How an exercise stands. A closed set, and nothing but `passed` is green. */
export const STATUSES = [
  "passed",
  "failed",
  "too-slow",
  "not-started",
  "not-conforming",
  "timed-out",
  "out-of-memory",
  "crashed",
  "tampered",
  "no-tests",
  "inconclusive",
  "missing",
] as const;

export type Status = (typeof STATUSES)[number];

/** `not-run`: a later stage than the one that failed, or what came after the end of the process. */
export type TestStatus = "passed" | "failed" | "not-started" | "not-run" | "timed-out" | "out-of-memory" | "crashed";

export type StageStatus = "passed" | "failed" | "not-started" | "not-run";

export type BenchmarkStatus = "passed" | "too-slow" | "wrong" | "inconclusive" | "crashed" | "timed-out";

export type AnyStatus = Status | TestStatus | StageStatus | BenchmarkStatus;

export const isStatus = (value: unknown): value is Status => STATUSES.some((status) => status === value);

/**
 * The meaning of a status as a color of the course: flow for what is admitted, pressure for what is refused, unknown
 * for what was not measured well enough, idle where there is nothing to judge yet.
 */
export type Tone = "flow" | "pressure" | "unknown" | "idle";

const TONES: Readonly<Record<AnyStatus, Tone>> = {
  passed: "flow",
  failed: "pressure",
  "too-slow": "pressure",
  wrong: "pressure",
  "not-started": "idle",
  "not-run": "idle",
  "not-conforming": "pressure",
  "timed-out": "pressure",
  "out-of-memory": "pressure",
  crashed: "pressure",
  tampered: "pressure",
  "no-tests": "unknown",
  inconclusive: "unknown",
  missing: "pressure",
};

export const toneOf = (status: AnyStatus): Tone => TONES[status];

/** `timed-out` as it is said: "timed out". */
export const statusWords = (status: AnyStatus): string => status.replaceAll("-", " ");

/** A rule of the chapter. `id` is the anchor of its `<Invariant id>`; `text` repeats it in one sentence. */
export interface Invariant {
  readonly system: string;
  readonly id: string;
  readonly text: string;
  /** Paper section, RFC section or file of published vectors, where the rule has one. */
  readonly source?: string;
}

/** Why a behavior failed, for whoever lays it out: the terminal as text, the page as a list and a figure. */
export interface Failure {
  /** What was done, in order. */
  readonly steps: readonly string[];
  /** What was expected, in words or as a value in words. */
  readonly expected: string;
  readonly got: string;
  readonly invariant: Invariant;
  /** The smallest input that shows it. */
  readonly counterexample?: string;
  /** One sentence on why this matters or what to look at. */
  readonly note?: string;
  /**
   * The failing schedule three times: as lanes of text, as a Mermaid sequence diagram, and as what both were drawn
   * from.
   */
  readonly drawing?: string;
  readonly mermaid?: string;
  readonly schedule?: FailingSchedule;
}

/** All schedules of a small world, or as many as the budget allowed. The same on every machine. */
export interface ExploredSpace {
  /** What was looked at, and within which bound. */
  readonly what: string;
  readonly verdict: "exhausted" | "budget spent";
  /** Different states that were found, and events that were tried in them. */
  readonly states: number;
  readonly events: number;
  /** Events of the longest run that was looked at. */
  readonly depth: number;
  /** Goals that no run reached: not within this bound. Absent when all were reached. */
  readonly unreached?: readonly string[];
}

/** Lanes and rows of a simulated run, in the order of time (ms). What `sim` gives its renderers has this shape. */
export interface FailingSchedule {
  readonly lanes: readonly string[];
  readonly rows: readonly ScheduleRow[];
  /** Messages that are not drawn because their loss or delay did not matter. */
  readonly aside: number;
}

export type ScheduleRow =
  | {
      readonly kind: "send";
      readonly at: number;
      readonly role: string;
      readonly from: string;
      readonly to: string;
      readonly label: string;
      /** Names the message in this schedule. */
      readonly number: number;
      readonly fate: "arrives" | "lost" | "partition" | "down" | "pending";
      /** It arrives before anything else happens and has no row of its own for that. */
      readonly direct: boolean;
    }
  | {
      readonly kind: "arrival";
      readonly at: number;
      readonly sentAt: number;
      readonly role: string;
      readonly from: string;
      readonly to: string;
      readonly label: string;
      readonly number: number;
      /** The second copy of a message. */
      readonly again: boolean;
    }
  | {
      readonly kind: "mark";
      readonly at: number;
      readonly mark: string;
      /** The lanes it concerns; empty for all. */
      readonly lanes: readonly string[];
      readonly text: string;
    };

export interface TestResult {
  readonly name: string;
  readonly status: TestStatus;
  /** The failure text as printed, without color; null when there is nothing to say. */
  readonly message: string | null;
  /** Where the message came from, for those who lay it out themselves. */
  readonly failure?: Failure;
  readonly durationMs?: number;
  /** Spaces that the test looked at whole. */
  readonly explored?: readonly ExploredSpace[];
}

export interface StageResult {
  readonly title: string;
  readonly status: StageStatus;
  readonly tests: readonly TestResult[];
}

export interface BenchmarkResult {
  readonly name: string;
  readonly status: BenchmarkStatus;
  readonly kind: "ratio" | "count" | "growth" | "heap";
  readonly unit: string;
  /** Learner's and reference's figure in `unit`; for growth the time per operation at 16n over that at n. */
  readonly learner: number;
  readonly reference: number | null;
  /** learner / reference for ratios, learner / bound for counts, growth and heap. */
  readonly ratio: number | null;
  /** The least ratio that passes; for counts, growth and heap the largest figure that passes, in `unit`. */
  readonly threshold: number;
  readonly workload: string;
  readonly message: string | null;
}

export interface ExerciseResult {
  /** `<system>/<exercise>` */
  readonly id: string;
  readonly status: Status;
  readonly seed: number;
  readonly durationMs: number;
  /** One sentence for every status but `passed`: what happened and the next step. */
  readonly message: string | null;
  readonly stages: readonly StageResult[];
  readonly benchmarks: readonly BenchmarkResult[];
  /** What the learner's code printed while it was judged; absent when it printed nothing. */
  readonly output?: { readonly text: string; readonly truncated: boolean };
}

/** The one document that `--json` prints. */
export interface CheckDocument {
  readonly version: 1;
  readonly exercises: readonly ExerciseResult[];
}

/** The three steps of a check, in their order; `measure` comes only after a pass. */
export type Phase = "conform" | "judge" | "measure";

/** What happens within one check. `stage` and `number` are 1-based. */
export type CheckEvent =
  | { readonly kind: "phase"; readonly id: string; readonly phase: Phase }
  | { readonly kind: "test"; readonly id: string; readonly stage: number; readonly test: TestResult }
  /** Every behavior holds; the benchmarks follow. `exercise` is the verdict on the behaviors alone. */
  | { readonly kind: "judged"; readonly id: string; readonly exercise: ExerciseResult }
  /** Benchmark `number` of `of` begins. */
  | { readonly kind: "bench"; readonly id: string; readonly name: string; readonly number: number; readonly of: number }
  /** Another check is measuring; two at once would disturb each other. */
  | { readonly kind: "waiting"; readonly id: string };

/** How an exercise stands for those who look now: the last verdict, and how far it can be relied on. */
export interface ExerciseStanding {
  readonly exercise: ExerciseResult;
  /** When the verdict came, ISO 8601; null where there was none yet. */
  readonly checkedAt: string | null;
  /** False where benchmarks were left out or are still to come: then `passed` is half of it. */
  readonly measured: boolean;
  /** The file is no longer the one that got this verdict. */
  readonly edited: boolean;
  /** Everything passed once, whatever was tried afterwards: the reference may be read. */
  readonly passedOnce: boolean;
}

/** The answer of `GET __bp/state`, and the first event of every stream. */
export interface LiveState {
  readonly version: 2;
  readonly exercises: readonly ExerciseStanding[];
  /** The check that is under way, and what it has said so far. */
  readonly running: { readonly id: string; readonly events: readonly CheckEvent[] } | null;
  /** Exercises that wait for their turn, in order. */
  readonly waiting: readonly string[];
}

/** What the service of `npm start` tells every page that listens, in the order in which it happens. */
export type ServiceEvent =
  | { readonly kind: "state"; readonly state: LiveState }
  /** The file was saved; a check follows. */
  | { readonly kind: "saved"; readonly id: string }
  /** A check was asked for and waits for its turn. */
  | { readonly kind: "queued"; readonly id: string }
  /** A check begins. */
  | { readonly kind: "checking"; readonly id: string }
  | { readonly kind: "progress"; readonly id: string; readonly event: CheckEvent }
  /** A verdict; where `measured` is false and everything passed, the benchmarks follow. */
  | { readonly kind: "result"; readonly id: string; readonly standing: ExerciseStanding }
  /** A check was given up because the file was saved again, or the grader failed. */
  | { readonly kind: "stopped"; readonly id: string; readonly why: string }
  /** The grader's process ended, and is started again by itself. */
  | { readonly kind: "grader"; readonly state: "ended" | "back"; readonly why: string };

/** One rung of the hint ladder. */
export interface Hint {
  readonly number: number;
  readonly title: string;
  readonly text: string;
}

/** The rungs that are open, from the first, and how many the ladder has. */
export interface HintLadder {
  readonly opened: readonly Hint[];
  readonly total: number;
}
