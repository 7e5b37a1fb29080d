/**
 * Alternative: the queue is a list of the times at which what was accepted will have drained, in a unit of its own, and
 * the meter keeps a level and the time of the last look. Both forget keys with a `Map` iterator as the hand.
 */

import { requireInteger } from "../../given/common/integers.ts";
import {
  type Decision,
  MAX_LIMIT,
  MAX_PERIOD_MS,
  type RateLimiter,
  requireCall,
  requireProduct,
} from "../../given/rate-limiter/limiter.ts";

export interface LeakyBucketOptions {
  readonly capacity: number;
  readonly leakUnits: number;
  readonly leakIntervalMs: number;
}

export interface Accepted {
  readonly accepted: true;
  readonly departsAtMs: number;
}

export interface Dropped {
  readonly accepted: false;
  readonly retryAfterMs: number;
}

export type Offer = Accepted | Dropped;

interface Checked {
  readonly capacity: number;
  readonly leakUnits: number;
  readonly leakIntervalMs: number;
  /** After this long any bucket is empty. */
  readonly emptyAfterMs: number;
}

function check(options: LeakyBucketOptions): Checked {
  const capacity = requireInteger("capacity", options.capacity, 1, MAX_LIMIT);
  const leakUnits = requireInteger("leakUnits", options.leakUnits, 1, MAX_LIMIT);
  const leakIntervalMs = requireInteger("leakIntervalMs", options.leakIntervalMs, 1, MAX_PERIOD_MS);
  requireProduct("capacity", capacity, "leakIntervalMs", leakIntervalMs);
  return { capacity, leakUnits, leakIntervalMs, emptyAfterMs: Math.ceil((capacity * leakIntervalMs) / leakUnits) };
}

/** Values by key, of which three a call are looked at and dropped when idle. */
class Keys<Value> extends Map<string, Value> {
  private hand = this.entries();

  forgetSome(isIdle: (value: Value) => boolean): void {
    for (let i = 0; i < 3; i++) {
      const next = this.hand.next();
      if (next.done) {
        this.hand = this.entries();
        return;
      }
      if (isIdle(next.value[1])) this.delete(next.value[0]);
    }
  }
}

interface Level {
  /** In `leakIntervalMs`ths of a unit, of which a millisecond takes `leakUnits` away. */
  parts: number;
  atMs: number;
}

export class LeakyBucketMeter implements RateLimiter {
  private readonly options: Checked;
  private readonly levels = new Keys<Level>();
  private latestMs = 0;

  constructor(options: LeakyBucketOptions) {
    this.options = check(options);
  }

  tryAcquire(key: string, nowMs: number, cost = 1): Decision {
    requireCall(nowMs, cost);
    this.latestMs = Math.max(this.latestMs, nowMs);
    this.levels.forgetSome((level) => this.partsNow(level) === 0);
    const { capacity, leakUnits, leakIntervalMs } = this.options;
    if (cost > capacity) return { allowed: false, retryAfterMs: Infinity };
    const level = this.levels.get(key);
    const parts = level === undefined ? 0 : this.partsNow(level);
    const over = parts - (capacity - cost) * leakIntervalMs;
    if (over > 0) return { allowed: false, retryAfterMs: this.latestMs - nowMs + Math.ceil(over / leakUnits) };
    if (cost > 0) this.levels.set(key, { parts: parts + cost * leakIntervalMs, atMs: this.latestMs });
    return { allowed: true, remaining: Math.floor(-over / leakIntervalMs) };
  }

  get size(): number {
    return this.levels.size;
  }

  private partsNow({ parts, atMs }: Level): number {
    const elapsedMs = this.latestMs - atMs;
    return elapsedMs >= this.options.emptyAfterMs ? 0 : Math.max(0, parts - elapsedMs * this.options.leakUnits);
  }
}

interface Waiting {
  readonly cost: number;
  /** When it began to drain, or will: whole milliseconds and the parts of one, of which there are `leakUnits`. */
  readonly startMs: number;
  readonly startParts: number;
}

/** Requests of a key, oldest first; those before `first` have drained. */
interface Line {
  requests: Waiting[];
  first: number;
  /** Units in `requests` from `first` on. */
  units: number;
}

export class LeakyBucketQueue {
  private readonly options: Checked;
  private readonly lines = new Keys<Line>();
  private latestMs = 0;

  constructor(options: LeakyBucketOptions) {
    this.options = check(options);
  }

  offer(key: string, nowMs: number, cost = 1): Offer {
    requireCall(nowMs, cost);
    this.latestMs = Math.max(this.latestMs, nowMs);
    this.lines.forgetSome((line) => this.drain(line) === 0);
    const { capacity, leakUnits, leakIntervalMs } = this.options;
    if (cost > capacity) return { accepted: false, retryAfterMs: Infinity };

    const line = this.lines.get(key) ?? { requests: [], first: 0, units: 0 };
    const level = this.drain(line);
    const over = level - (capacity - cost) * leakIntervalMs;
    if (over > 0) return { accepted: false, retryAfterMs: this.latestMs - nowMs + Math.ceil(over / leakUnits) };
    const startMs = this.latestMs + Math.floor(level / leakUnits);
    const startParts = level % leakUnits;
    if (cost > 0) {
      line.requests.push({ cost, startMs, startParts });
      line.units += cost;
      this.lines.set(key, line);
    }
    return { accepted: true, departsAtMs: startMs + (startParts > 0 ? 1 : 0) };
  }

  get size(): number {
    return this.lines.size;
  }

  /** Takes out what has drained and returns what has not, in `leakIntervalMs`ths of a unit. */
  private drain(line: Line): number {
    const { leakUnits, leakIntervalMs } = this.options;
    while (line.first < line.requests.length) {
      const { cost, startMs, startParts } = line.requests[line.first]!;
      const drained = Math.min(this.latestMs - startMs, this.options.emptyAfterMs + 1) * leakUnits - startParts;
      if (drained < cost * leakIntervalMs) return line.units * leakIntervalMs - Math.max(0, drained);
      line.units -= cost;
      line.first++;
      if (line.first * 2 > line.requests.length) {
        line.requests = line.requests.slice(line.first);
        line.first = 0;
      }
    }
    return 0;
  }
}
