/** How long and how large code under test may get before the judge ends it. */

export interface Limits {
  /**
   * Processor time that importing the file may take, and upper bound for the budget of a test (`behavior`'s
   * `timeoutMs`). Processor time, not the clock: a busy machine must not turn right code into `timed-out`.
   */
  readonly silenceCpuMs: number;
  /** A test on the clock, as a multiple of its budget: for code that blocks without computing. */
  readonly clockFactor: number;
  /** The whole judgment, on the clock. */
  readonly totalMs: number;
  /** Until the suite's first sign of life; passing it is the grader's fault, not the learner's. */
  readonly startMs: number;
  /** V8's heap in the worker. The largest suites of the course hold about 100,000 keys: tens of megabytes. */
  readonly heapMb: number;
  /** Resident memory of the worker, for what lies outside V8's heap (typed arrays, buffers). */
  readonly residentMb: number;
  /** How much of what the learner printed is kept. */
  readonly outputBytes: number;
}

export const defaultLimits: Limits = {
  silenceCpuMs: 10_000,
  clockFactor: 6,
  totalMs: 300_000,
  startMs: 60_000,
  heapMb: 512,
  residentMb: 1_536,
  outputBytes: 16_384,
};

/**
 * For the judge's own tests, which cannot wait ten seconds for every endless loop. JSON with some of the fields above.
 */
const OVERRIDE = "BACKPRESSURE_LIMITS";

export function limitsFrom(env: NodeJS.ProcessEnv, overrides: Partial<Limits> = {}): Limits {
  const given = env[OVERRIDE];
  return { ...defaultLimits, ...(given === undefined ? {} : parse(given)), ...overrides };
}

function parse(text: string): Partial<Limits> {
  const value: unknown = JSON.parse(text);
  const limits: Record<string, number> = {};
  for (const [key, field] of Object.entries(value as object)) {
    if (!(key in defaultLimits) || typeof field !== "number" || !(field > 0))
      throw new Error(`${OVERRIDE}: "${key}" must be one of ${Object.keys(defaultLimits).join(", ")}, above 0`);
    limits[key] = field;
  }
  return limits;
}
