/**
 * Given parts of the rate limiter exercises: what every limiter promises, how it checks its arguments, and a table of
 * rows by key that you may use in place of a `Map` of objects.
 */

/** The cost was taken from the key's quota. */
export interface Allowed {
  readonly allowed: true;
  /** Largest cost that one more call for this key would be allowed at the same time; an integer, 0 or more. */
  readonly remaining: number;
}

/** Nothing was taken. */
export interface Refused {
  readonly allowed: false;
  /**
   * Milliseconds from the `nowMs` of this call until the same call is allowed, if nothing else happens in between.
   * Tight: refused at `nowMs + retryAfterMs - 1`, allowed at `nowMs + retryAfterMs`. An integer, 1 or more;
   * `Infinity` when the cost is more than the limiter can ever allow at once.
   */
  readonly retryAfterMs: number;
}

export type Decision = Allowed | Refused;

/**
 * Decides who may pass. Every limiter of this chapter keeps these promises.
 *
 * - **Time is given.** `nowMs` is an integer, 0 to `MAX_NOW_MS`. A limiter never reads a clock and never sets a timer.
 * - **Time never runs backwards.** A limiter has one clock: the latest `nowMs` of any valid call, for any key, decided
 *   or refused. An earlier `nowMs` is decided as if it were that latest time, so stepping back gives nobody anything.
 *   (One clock for all keys, because a forgotten key no longer knows its own.) `retryAfterMs` still counts from the
 *   `nowMs` that was passed: until the caller's clock has caught up, and then the wait itself.
 * - **Cost.** An integer, 0 or more; 1 when left out. Cost 0 is a probe: always allowed, changes no quota, stores no key.
 *   A cost above the limit is refused with `retryAfterMs: Infinity`.
 * - **A refused call costs nothing.** It may move the clock and changes nothing else.
 * - **Keys are independent.** Any string is a key, `""` and `"__proto__"` too.
 * - **Wrong arguments** (a fraction, NaN, a negative number, a time beyond `MAX_NOW_MS`) throw RangeError and change nothing.
 * - **Idle keys are forgotten.** A key is idle when its state would decide exactly as no state at all. Later calls forget
 *   it; a call does a constant amount of work for this, on average. With L the number of keys that were allowed something
 *   in the last two windows, `size` is at most `4 * L + 64`, once as many calls have been made as there were keys.
 *   (For a bucket, a window is the time from empty to full.)
 */
export interface RateLimiter {
  /** O(1) on average unless the class says otherwise. */
  tryAcquire(key: string, nowMs: number, cost?: number): Decision;
  /** Keys stored now. */
  readonly size: number;
}

/** Options of the limiters that count in windows. */
export interface WindowOptions {
  /** Cost that one key may be allowed in a window: 1 to `MAX_LIMIT`. */
  readonly limit: number;
  /** Length of a window: 1 to `MAX_PERIOD_MS`. */
  readonly windowMs: number;
}

/** Latest time: sums of a time and a period stay exact integers. 2^52 ms are 142,000 years. */
export const MAX_NOW_MS = 2 ** 52;
/** Longest window or interval, about 139 years. */
export const MAX_PERIOD_MS = 2 ** 42;
/** Largest limit, capacity or rate: a count fits 32 bits. */
export const MAX_LIMIT = 2 ** 32 - 1;
/** Largest product of a limit and a period in one limiter: integer arithmetic stays exact below 2^53, with room for a sum. */
export const MAX_PRODUCT = 2 ** 52;

/** @throws RangeError unless `got` is an integer from `min` to `max`. Returns it. */
export function requireInteger(name: string, got: number, min: number, max: number): number {
  if (Number.isInteger(got) && got >= min && got <= max) return got;
  throw new RangeError(
    `${name} is ${String(got)}, expected an integer from ${min} to ${max}; pass whole numbers, times in milliseconds`,
  );
}

/** @throws RangeError unless `limit * periodMs` is at most `MAX_PRODUCT`. */
export function requireProduct(limitName: string, limit: number, periodName: string, periodMs: number): void {
  if (limit * periodMs <= MAX_PRODUCT) return;
  throw new RangeError(
    `${limitName} * ${periodName} is ${limit * periodMs}, expected at most ${MAX_PRODUCT}; shorten ${periodName} or lower ${limitName}`,
  );
}

/** Checks the arguments of one call. @throws RangeError */
export function requireCall(nowMs: number, cost: number): void {
  if (Number.isInteger(nowMs) && nowMs >= 0 && nowMs <= MAX_NOW_MS && Number.isSafeInteger(cost) && cost >= 0) return;
  requireInteger("nowMs", nowMs, 0, MAX_NOW_MS);
  requireInteger("cost", cost, 0, Number.MAX_SAFE_INTEGER);
}

type Row = Float64Array | Uint32Array;

/** Keys looked at in one turn of the hand, and calls of `sweep` between two turns: two keys a call on average. */
const KEYS_PER_TURN = 16;
const CALLS_PER_TURN = 8;

/**
 * A row of numbers for every key, all rows in one typed array: a key costs its entry in a `Map` and its numbers, no object.
 * Copying the rows when they double is O(keys), so adding is O(1) on average. A `Map` of V8 ends at 2^24 keys: shard before that.
 */
export class KeyTable<Rows extends Row> {
  /** Replaced when the table grows: read it again after `add`. */
  rows: Rows;
  readonly #columns: number;
  readonly #create: new (
    length: number,
  ) => Rows;
  readonly #offsets = new Map<string, number>();
  readonly #free: number[] = [];
  #end = 0;
  #hand = this.#offsets.entries();
  #callsToTurn = CALLS_PER_TURN;

  /** `new KeyTable(Float64Array, 2)` has rows of two numbers. */
  constructor(create: new (length: number) => Rows, columns: number) {
    this.#create = create;
    this.#columns = columns;
    this.rows = new create(columns * 64);
  }

  get size(): number {
    return this.#offsets.size;
  }

  /** Where the key's row starts in `rows`, or -1. */
  find(key: string): number {
    return this.#offsets.get(key) ?? -1;
  }

  /** Adds a row for a key that has none and returns where it starts. Its numbers may be left over: write all of them. */
  add(key: string): number {
    const offset = this.#free.pop() ?? this.#append();
    this.#offsets.set(key, offset);
    return offset;
  }

  /**
   * Call it once in every `tryAcquire`, before `find`: it looks at two rows a call on average, in turn, and drops those for which
   * `isIdle(offset)` holds. Two and not one: a hand that moves as fast as keys are added would never come round.
   */
  sweep(isIdle: (offset: number) => boolean): void {
    if (--this.#callsToTurn > 0) return;
    this.#callsToTurn = CALLS_PER_TURN;
    for (let looked = 0; looked < KEYS_PER_TURN; looked++) {
      const next = this.#hand.next();
      if (next.done) {
        this.#hand = this.#offsets.entries();
        return;
      }
      const [key, offset] = next.value;
      if (!isIdle(offset)) continue;
      this.#offsets.delete(key);
      this.#free.push(offset);
    }
  }

  #append(): number {
    const offset = this.#end;
    this.#end += this.#columns;
    if (this.#end > this.rows.length) {
      const larger = new this.#create(this.rows.length * 2);
      larger.set(this.rows);
      this.rows = larger;
    }
    return offset;
  }
}
