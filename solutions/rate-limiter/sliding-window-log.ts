import { requireInteger } from "../../given/common/integers.ts";
import { KeyTable } from "../../given/rate-limiter/key-table.ts";
import {
  type Decision,
  MAX_LIMIT,
  MAX_PERIOD_MS,
  type RateLimiter,
  requireCall,
  type WindowOptions,
} from "../../given/rate-limiter/limiter.ts";

/**
 * Remembers when each key was allowed how much, and forgets it when it is `windowMs` old.
 *
 * What was allowed at time t counts from t to `t + windowMs - 1`. A call is allowed while the sum that counts, with its
 * own cost, is at most `limit`.
 *
 * Bound, exact: at most `limit` in any `windowMs` consecutive milliseconds.
 *
 * State: at most `limit` entries per key (a call may be one entry with its cost, or one entry per unit). Entries of a
 * key that no longer count are dropped by the next call for that key. Amortized O(1) per call that is allowed; O(cost)
 * to answer `retryAfterMs`. Never O(limit) per call.
 */
export class SlidingWindowLog implements RateLimiter {
  readonly #limit: number;
  readonly #windowMs: number;
  /** A row is the key's log; null once the key is forgotten, so that the log goes with it. */
  readonly #logs = new KeyTable(Array<KeyLog | null>, 1);
  #entryCount = 0;
  #latestMs = 0;

  /** @throws RangeError for a `limit` or `windowMs` out of range. */
  constructor(options: WindowOptions) {
    this.#limit = requireInteger("limit", options.limit, 1, MAX_LIMIT);
    this.#windowMs = requireInteger("windowMs", options.windowMs, 1, MAX_PERIOD_MS);
  }

  /** See `RateLimiter`. */
  tryAcquire(key: string, nowMs: number, cost = 1): Decision {
    requireCall(nowMs, cost);
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
    }
    if (cost > this.#limit) return { allowed: false, retryAfterMs: Infinity };
    // Without a log there was room for any cost up to the limit.
    return { allowed: false, retryAfterMs: log!.timeOfUnit(-remaining) + this.#windowMs - nowMs };
  }

  /**
   * Keys stored now.
   * @stage 3
   */
  get size(): number {
    return this.#logs.size;
  }

  /**
   * Entries stored now, over all keys.
   * @stage 2
   */
  get entryCount(): number {
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

/**
 * Dropped entries are cut off when they are at least this many and at least half: each is then moved at most once, on
 * average.
 */
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
    }
    this.latestMs = nowMs;
    this.#times.push(nowMs);
    this.#costs.push(cost);
    return 1;
  }

  /** Drops entries of `timeMs` and before; returns how many. */
  dropUntil(timeMs: number): number {
    let first = this.#first;
    while (first < this.#times.length && this.#times[first]! <= timeMs) this.sum -= this.#costs[first++]!;
    const dropped = first - this.#first;
    this.#first = first;
    if (first >= CUT_AT && first * 2 >= this.#times.length) this.#cut();
    return dropped;
  }

  /** Time of the `n`th oldest unit, from 1. */
  timeOfUnit(n: number): number {
    let units = 0;
    let entry = this.#first;
    while (true) {
      units += this.#costs[entry]!;
      if (units >= n) return this.#times[entry]!;
      entry++;
    }
  }

  #cut(): void {
    this.#times = this.#times.slice(this.#first);
    this.#costs = this.#costs.slice(this.#first);
    this.#first = 0;
  }
}
