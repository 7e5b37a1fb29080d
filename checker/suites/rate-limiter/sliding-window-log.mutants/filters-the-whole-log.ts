/**
 * Mutant: keeps an array of times per key and filters all of it in every call.
 * Killed by: benchmark: an allowed call does not grow with the log
 */

import {
  type Decision,
  MAX_LIMIT,
  MAX_PERIOD_MS,
  type RateLimiter,
  requireCall,
  requireInteger,
  type WindowOptions,
} from "./contract.ts";

export class SlidingWindowLog implements RateLimiter {
<<<<<<< checker/suites/rate-limiter/sliding-window-log.mutants/filters-the-whole-log.ts
  private readonly limit: number;
  private readonly windowMs: number;
  private readonly logs = new Map<string, number[]>();
  private hand = this.logs.entries();
  private entries = 0;
  private latestMs = 0;
=======
  readonly #limit: number;
  readonly #windowMs: number;
  /** A row is the key's log; null once the key is forgotten, so that the log goes with it. */
  readonly #logs = new KeyTable(Array<KeyLog | null>, 1);
  #entryCount = 0;
  #latestMs = 0;
>>>>>>> solutions/rate-limiter/sliding-window-log.ts

  constructor(options: WindowOptions) {
    this.limit = requireInteger("limit", options.limit, 1, MAX_LIMIT);
    this.windowMs = requireInteger("windowMs", options.windowMs, 1, MAX_PERIOD_MS);
  }

  tryAcquire(key: string, nowMs: number, cost = 1): Decision {
    requireCall(nowMs, cost);
<<<<<<< checker/suites/rate-limiter/sliding-window-log.mutants/filters-the-whole-log.ts
    this.latestMs = Math.max(this.latestMs, nowMs);
    this.lookAtTwo();
    if (cost > this.limit) return { allowed: false, retryAfterMs: Infinity };
    const log = this.current(key, this.logs.get(key) ?? []);
    const over = log.length + cost - this.limit;
    if (over > 0) return { allowed: false, retryAfterMs: log[over - 1]! + this.windowMs - nowMs };
    if (cost > 0) {
      for (let unit = 0; unit < cost; unit++) log.push(this.latestMs);
      this.entries += cost;
      this.logs.set(key, log);
=======
    if (nowMs > this.#latestMs) this.#latestMs = nowMs;
    this.#logs.sweep(this.#isIdle);

    const row = this.#logs.find(key);
    const log = row === -1 ? null : this.#logs.rows[row]!;
    if (log !== null) this.#entryCount -= log.dropUntil(this.#latestMs - this.#windowMs);
    const count = log === null ? 0 : log.sum;
    const remaining = this.#limit - count - cost;
    if (remaining >= 0) {
      if (cost > 0) this.#entryCount += (log ?? this.#add(key)).append(this.#latestMs, cost);
      return { allowed: true, remaining };
>>>>>>> solutions/rate-limiter/sliding-window-log.ts
    }
    return { allowed: true, remaining: -over };
  }

  get size(): number {
<<<<<<< checker/suites/rate-limiter/sliding-window-log.mutants/filters-the-whole-log.ts
    return this.logs.size;
=======
    return this.#logs.size;
>>>>>>> solutions/rate-limiter/sliding-window-log.ts
  }

  get entryCount(): number {
<<<<<<< checker/suites/rate-limiter/sliding-window-log.mutants/filters-the-whole-log.ts
    return this.entries;
  }

  private current(key: string, log: number[]): number[] {
    const still = log.filter((timeMs) => timeMs + this.windowMs > this.latestMs);
    this.entries -= log.length - still.length;
    if (still.length === 0) this.logs.delete(key);
    else this.logs.set(key, still);
    return still;
  }

  private lookAtTwo(): void {
    for (let i = 0; i < 2; i++) {
      const next = this.hand.next();
      if (next.done) {
        this.hand = this.logs.entries();
        return;
      }
      this.current(...next.value);
=======
    return this.#entryCount;
  }

  #add(key: string): KeyLog {
    const log = new KeyLog();
    const row = this.#logs.add(key);
    this.#logs.rows[row] = log;
    return log;
  }

  readonly #isIdle = (row: number): boolean => {
    const log = this.#logs.rows[row]!;
    if (log.latestMs > this.#latestMs - this.#windowMs) return false;
    this.#entryCount -= log.length;
    this.#logs.rows[row] = null;
    return true;
  };
}

/** Dropped entries are cut off when they are at least this many and at least half: each is then moved at most once, on average. */
const CUT_AT = 32;

/** What one key was allowed, oldest first: two parallel arrays and the place of the first entry that counts. */
class KeyLog {
  /** Of all entries from `#first` on. */
  sum = 0;
  /** Time of the newest entry ever appended; as long as it is the current time, that entry is still here. */
  latestMs = -1;
  #times: number[] = [];
  #costs: number[] = [];
  #first = 0;

  /** Entries that have not been dropped. */
  get length(): number {
    return this.#times.length - this.#first;
  }

  /** Returns the number of entries it added: none when the newest has the same time. */
  append(nowMs: number, cost: number): number {
    this.sum += cost;
    if (nowMs === this.latestMs) {
      this.#costs[this.#costs.length - 1]! += cost;
      return 0;
>>>>>>> solutions/rate-limiter/sliding-window-log.ts
    }
  }
}
