/**
 * A node's wall clock over true time: an offset and a drift, both changeable. Integer arithmetic where it matters: a
 * product of ms and ppm stays below 2^53 for runs of more than a virtual century, and division is exact in IEEE 754.
 */
export class Clock {
  #offsetMs = 0;
  #driftPpm = 0;
  #since = 0;

  /** From true time `at` on, the clock is `offsetMs` off and gains `driftPpm`. */
  set(at: number, offsetMs: number, driftPpm: number): void {
    if (!(driftPpm > -1_000_000)) throw new Error(`a drift of ${driftPpm} ppm would stop the clock`);
    this.#since = at;
    this.#offsetMs = offsetMs;
    this.#driftPpm = driftPpm;
  }

  /** What the clock shows at true time `now`, whole ms. */
  read(now: number): number {
    return now + this.#offsetMs + Math.floor(((now - this.#since) * this.#driftPpm) / 1_000_000);
  }

  /** Earliest true time from `now` on at which the clock shows `ms` more than at `now`. */
  dueAfter(now: number, ms: number): number {
    if (this.#driftPpm === 0) return now + Math.ceil(ms);
    const target = this.read(now) + Math.ceil(ms);
    let due = now + Math.floor((ms * 1_000_000) / (1_000_000 + this.#driftPpm));
    // Rounding leaves the estimate at most a few ms away.
    while (this.read(due) < target) due++;
    while (due > now && this.read(due - 1) >= target) due--;
    return due;
  }
}
