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
 * - **Wrong arguments** (a fraction, NaN, a negative number, a time beyond `MAX_NOW_MS`, a cost beyond 2^53 - 1) throw RangeError and
 *   change nothing.
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

/** Numbers in a typed array, or, where numbers do not do, anything in an `Array`. */
type Row = Float64Array | Uint32Array | unknown[];

/** What the table knows about a place: never used, used and dropped, or (from 2 on) some bits of the hash of the key in it. */
const EMPTY = 0;
const DROPPED = 1;
const SMALLEST = 64;
/** A table is laid out again when this share of its places is not empty; keys then fill between a quarter and half of it. */
const FULL_SHARE = 0.8;
/** Eight places a call on average: the hand comes round within as many calls as there are keys. */
const PLACES_PER_TURN = 64;
const CALLS_PER_TURN = 8;
/** Places in a row that a new key may find taken. So many are never taken by chance: somebody chose the keys to collide. */
const LONGEST_RUN = 2_048;

/**
 * A row for every key: a hash table of keys with the rows beside it, in one array. With 100,000 keys and rows of numbers it takes half of
 * what a `Map` from key to place would need, and less time, because a lookup touches fewer cache lines.
 *
 * `find`, `add` and `sweep` are O(length of the key) on average. Laying the table out again is O(keys), and happens once in
 * as many additions.
 */
export class KeyTable<Rows extends Row> {
  /** Replaced when the table is laid out again: read it after `add`, not before. */
  rows: Rows;
  readonly #createRows: new (
    length: number,
  ) => Rows;
  readonly #columns: number;
  #keys: string[] = [];
  #marks = new Uint8Array(0);
  #size = 0;
  /** Places that are not empty. */
  #used = 0;
  #hand = 0;
  #callsToTurn = CALLS_PER_TURN;
  #seed = 0x9e3779b9;
  /** Mixed from all keys ever added, so that an outsider cannot know it. */
  #nextSeed = 1;

  /** `new KeyTable(Float64Array, 2)` has rows of two numbers, `new KeyTable(Array<Entry | null>, 1)` has an `Entry` a row. */
  constructor(createRows: new (length: number) => Rows, columns: number) {
    this.#createRows = createRows;
    this.#columns = columns;
    this.rows = new createRows(0);
    this.#layOut(SMALLEST);
  }

  get size(): number {
    return this.#size;
  }

  /** Where the key's row starts in `rows`, or -1. Holds until the next `add` or `sweep`. */
  find(key: string): number {
    const hash = hashOf(key, this.#seed);
    const mark = markOf(hash);
    const last = this.#marks.length - 1;
    for (let place = hash & last; ; place = (place + 1) & last) {
      const found = this.#marks[place]!;
      if (found === mark && this.#keys[place] === key) return place * this.#columns;
      if (found === EMPTY) return -1;
    }
  }

  /** Adds a row for a key that has none and returns where it starts. What is in it may be left over: write all of it. */
  add(key: string): number {
    if (this.#used >= this.#marks.length * FULL_SHARE) this.#layOut(this.#fittingLength());
    let place = this.#take(key);
    while (place === -1) {
      this.#seed = this.#nextSeed;
      this.#layOut(this.#marks.length);
      place = this.#take(key);
    }
    this.#size++;
    return place * this.#columns;
  }

  /**
   * Call it once in every `tryAcquire`, before `find`: it looks at some places in turn and drops the keys for which
   * `isIdle(row)` holds, where `row` is where the key's row starts. The row keeps what is in it: an object that must not outlive its key
   * is replaced by `isIdle`.
   */
  sweep(isIdle: (row: number) => boolean): void {
    if (--this.#callsToTurn > 0) return;
    this.#callsToTurn = CALLS_PER_TURN;
    const end = this.#hand + PLACES_PER_TURN;
    for (let place = this.#hand; place < end; place++) {
      if (this.#marks[place]! <= DROPPED || !isIdle(place * this.#columns)) continue;
      this.#marks[place] = DROPPED;
      this.#keys[place] = "";
      this.#size--;
    }
    this.#hand = end;
    if (end < this.#marks.length) return;
    this.#hand = 0;
    const length = this.#fittingLength();
    if (length * 4 <= this.#marks.length) this.#layOut(length);
  }

  #fittingLength(): number {
    let length = SMALLEST;
    while (length < this.#size * 2) length *= 2;
    return length;
  }

  /** Moves every key to a table of `length` places. */
  #layOut(length: number): void {
    const [keys, marks, rows] = [this.#keys, this.#marks, this.rows];
    this.#clear(length);
    for (let place = 0; place < marks.length; place++) {
      if (marks[place]! <= DROPPED) continue;
      const taken = this.#take(keys[place]!);
      if (taken === -1) {
        this.#seed = this.#nextSeed;
        this.#clear(length);
        place = -1;
        continue;
      }
      const [to, from] = [taken * this.#columns, place * this.#columns];
      for (let column = 0; column < this.#columns; column++) this.rows[to + column] = rows[from + column]!;
    }
  }

  #clear(length: number): void {
    this.#keys = new Array<string>(length).fill("");
    this.#marks = new Uint8Array(length);
    this.rows = new this.#createRows(length * this.#columns);
    this.#used = 0;
    this.#hand = 0;
  }

  /** Puts the key at the first place from its hash on that holds none; -1 when too many in a row are taken. */
  #take(key: string): number {
    const hash = hashOf(key, this.#seed);
    const last = this.#marks.length - 1;
    let place = hash & last;
    for (let run = 0; this.#marks[place]! > DROPPED; run++) {
      if (run === LONGEST_RUN) return -1;
      place = (place + 1) & last;
    }
    if (this.#marks[place] === EMPTY) this.#used++;
    this.#marks[place] = markOf(hash);
    this.#keys[place] = key;
    this.#nextSeed = Math.imul(this.#nextSeed ^ hash, 0x85ebca6b);
    return place;
  }
}

/** FNV-1a over UTF-16 units, with the bits mixed at the end, because places use the low ones. */
function hashOf(key: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

function markOf(hash: number): number {
  return (hash >>> 24) | 2;
}

// Given parts of `distributed-limiter`: options, messages, what a node and the store may touch, and the arithmetic of a bucket.

/** A token bucket: `refillTokens` flow in every `refillIntervalMs`, evenly, until it holds `capacity`. All are integers, 1 or more. */
export interface BucketOptions {
  readonly capacity: number;
  readonly refillTokens: number;
  readonly refillIntervalMs: number;
}

/** Times are in milliseconds of the clock of whoever measures them. The store and all nodes have the same options. */
export interface LimiterOptions {
  /** The limit of every key. */
  readonly bucket: BucketOptions;
  /** A client of a node has its decision after so long at the latest, whatever the store does. */
  readonly answerWithinMs: number;
  /** What the store has not answered for so long is sent again. */
  readonly resendMs: number;
  /** What a node decides without the store, per key: `null` refuses (fail closed), a bucket is a budget of the node's own (fail open). */
  readonly whenSilent: BucketOptions | null;
  /** `null`: the store decides every request. */
  readonly lease: LeaseOptions | null;
}

export interface LeaseOptions {
  /** Tokens that a node asks for at once. */
  readonly tokens: number;
  /** A node spends from a lease only while less than this has passed since it *first* asked for it. Then it returns what is left. */
  readonly spendMs: number;
  /**
   * The store counts a lease as outstanding for so long after it granted it. More than `spendMs`: returns need time, and clocks run up
   * to a thousandth fast or slow.
   */
  readonly ttlMs: number;
  /** Most tokens of one key that may be outstanding, over all nodes. */
  readonly outstandingMax: number;
}

/**
 * What a node sends to the store. `incarnation` and `seq` name a request: a node numbers its requests from 1 after each start, and one
 * that is sent again keeps its number. `floor` is the smallest number that the node still wants an answer to.
 */
export type ToStore = {
  readonly key: string;
  readonly incarnation: number;
  readonly seq: number;
  readonly floor: number;
} & (
  | { readonly type: "take" }
  /** The node holds no other lease for this key: whatever it was granted under smaller numbers is spent, returned or given up. */
  | { readonly type: "lease"; readonly tokens: number }
  /** `tokens` of the lease that was granted under the number `lease` are left, and the node will not spend them. */
  | { readonly type: "return"; readonly lease: number; readonly tokens: number }
);

/** What the store answers; `incarnation` and `seq` are those of the request. */
export type FromStore = {
  readonly key: string;
  readonly incarnation: number;
  readonly seq: number;
} & (
  | { readonly type: "taken"; readonly allowed: boolean }
  /** `tokens` may be fewer than were asked for, or none. `empty`: no whole token is left in the bucket. */
  | { readonly type: "granted"; readonly tokens: number; readonly empty: boolean }
  | { readonly type: "returned" }
);

/** `by` says who decided: the store, a lease that the node holds, or the node without the store. */
export interface Verdict {
  readonly allowed: boolean;
  readonly by: "store" | "lease" | "silence";
}

/** All that the store or a node may touch. Every call may be the last one: a crash comes before any of them, and forgets every field. */
export interface LimiterContext {
  /** 1 at the first start, and larger after every restart. */
  readonly incarnation: number;
  /** Integer milliseconds of this machine's own clock. It never steps, and says nothing about anybody else's. */
  now(): number;
  /** Nothing tells whether a message arrives: it may be lost, late, repeated, or overtaken by later ones. */
  send(to: string, message: ToStore | FromStore): void;
  /** Calls `onTimer(name)` once, later if the machine pauses. Replaces a timer of the same name. Timers do not survive a crash. */
  setTimer(name: string, delayMs: number): void;
  clearTimer(name: string): void;
  /** Survives crashes. */
  readonly stable: Stable;
}

/** Plain data, `Map` and `Set` included, copied both ways. One `set` is atomic and durable when it returns; two of them are not one. */
export interface Stable {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

/** The name of the store, for `send`. */
export const STORE = "store";

/** A bucket at a moment, in parts: `refillIntervalMs` of them make a token, and each millisecond brings `refillTokens`. */
export interface Level {
  readonly parts: number;
  readonly atMs: number;
}

/** A full bucket. */
export function fullLevel({ capacity, refillIntervalMs }: BucketOptions, nowMs: number): Level {
  return { parts: capacity * refillIntervalMs, atMs: nowMs };
}

/** The same bucket later. A time before the level's own changes nothing. */
export function refilled(
  level: Level,
  { capacity, refillTokens, refillIntervalMs }: BucketOptions,
  nowMs: number,
): Level {
  if (nowMs <= level.atMs) return level;
  const most = capacity * refillIntervalMs;
  const missing = most - level.parts;
  const ms = Math.min(nowMs - level.atMs, Math.ceil(missing / refillTokens));
  return { parts: Math.min(most, level.parts + ms * refillTokens), atMs: nowMs };
}

/** Whole tokens. */
export function tokensIn({ parts }: Level, { refillIntervalMs }: BucketOptions): number {
  return Math.floor(parts / refillIntervalMs);
}

/** With `tokens` more, or fewer when negative; never above the capacity. */
export function withTokens(level: Level, { capacity, refillIntervalMs }: BucketOptions, tokens: number): Level {
  return { ...level, parts: Math.min(capacity * refillIntervalMs, level.parts + tokens * refillIntervalMs) };
}

/**
 * @throws RangeError for an option out of range.
 */
export function checkLimiterOptions({ bucket, answerWithinMs, resendMs, whenSilent, lease }: LimiterOptions): void {
  for (const each of whenSilent === null ? [bucket] : [bucket, whenSilent]) {
    requireInteger("capacity", each.capacity, 1, MAX_LIMIT);
    requireInteger("refillTokens", each.refillTokens, 1, MAX_LIMIT);
    requireInteger("refillIntervalMs", each.refillIntervalMs, 1, MAX_PERIOD_MS);
    requireProduct("capacity", each.capacity, "refillIntervalMs", each.refillIntervalMs);
  }
  requireInteger("answerWithinMs", answerWithinMs, 1, MAX_PERIOD_MS);
  requireInteger("resendMs", resendMs, 1, MAX_PERIOD_MS);
  if (lease === null) return;
  requireInteger("lease.tokens", lease.tokens, 1, MAX_LIMIT);
  requireInteger("lease.outstandingMax", lease.outstandingMax, 1, MAX_LIMIT);
  requireInteger("lease.spendMs", lease.spendMs, 1, MAX_PERIOD_MS);
  requireInteger("lease.ttlMs", lease.ttlMs, lease.spendMs + 1, MAX_PERIOD_MS);
}
