/**
 * A node's wall clock over true time: an offset and a drift, both changeable. Integer arithmetic where it matters: a product of ms and ppm
 * stays below 2^53 for runs of more than a virtual century, and division is exact in IEEE 754.
 */
export class Clock {
  private offsetMs = 0;
  private driftPpm = 0;
  private since = 0;

  /** From true time `at` on, the clock is `offsetMs` off and gains `driftPpm`. */
  set(at: number, offsetMs: number, driftPpm: number): void {
    if (!(driftPpm > -1_000_000)) throw new Error(`a drift of ${driftPpm} ppm would stop the clock`);
    this.since = at;
    this.offsetMs = offsetMs;
    this.driftPpm = driftPpm;
  }

  /** What the clock shows at true time `now`, whole ms. */
  read(now: number): number {
    return now + this.offsetMs + Math.floor(((now - this.since) * this.driftPpm) / 1_000_000);
  }

  /** True time that passes while the clock advances by `ms`, rounded up to whole ms. */
  trueDelay(ms: number): number {
    return this.driftPpm === 0 ? Math.ceil(ms) : Math.ceil((ms * 1_000_000) / (1_000_000 + this.driftPpm));
  }
}
