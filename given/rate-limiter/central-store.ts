import { requireInteger } from "../common/integers.ts";
import type { BucketOptions } from "./bucket-level.ts";
import { MAX_LIMIT, MAX_PERIOD_MS, requireProduct } from "./limiter.ts";

/**
 * Times are in milliseconds, on the clock of the node or the store that measures them. The store and all nodes have the
 * same options.
 */
export interface LimiterOptions {
  /** The limit of every key. */
  readonly bucket: BucketOptions;
  /** A client of a node has its decision after so long at the latest, whatever the store does. */
  readonly answerWithinMs: number;
  /** What the store has not answered for so long is sent again. */
  readonly resendMs: number;
  /**
   * What a node decides without the store, per key: `null` refuses (fail closed), a bucket is a budget of the node's
   * own (fail open).
   */
  readonly whenSilent: BucketOptions | null;
  /** `null`: the store decides every request. */
  readonly lease: LeaseOptions | null;
}

export interface LeaseOptions {
  /** Tokens that a node asks for at once. */
  readonly tokens: number;
  /**
   * A node spends from a lease only while less than this has passed since it *first* asked for it. Then it returns what
   * is left.
   */
  readonly spendMs: number;
  /**
   * The store counts a lease as outstanding for so long after it granted it. More than `spendMs`: returns need time,
   * and clocks run up to a thousandth fast or slow.
   */
  readonly ttlMs: number;
  /** Most tokens of one key that may be outstanding, over all nodes. */
  readonly outstandingMax: number;
}

/**
 * What a node sends to the store. `incarnation` and `seq` name a request: a node numbers its requests from 1 after each
 * start, and one that is sent again keeps its number. `floor` is the smallest number that the node still wants an
 * answer to.
 */
export type ToStore = {
  readonly key: string;
  readonly incarnation: number;
  readonly seq: number;
  readonly floor: number;
} & (
  | { readonly type: "take" }
  /**
   * The node holds no other lease for this key: whatever it was granted under smaller numbers is spent, returned or
   * given up.
   */
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

/**
 * All that the store or a node may touch. Every call may be the last one: a crash comes before any of them, and forgets
 * every field.
 */
export interface LimiterContext {
  /** 1 at the first start, and larger after every restart. */
  readonly incarnation: number;
  /** Integer milliseconds of this machine's own clock. It never steps, and says nothing about anybody else's. */
  now(): number;
  /** Nothing tells whether a message arrives: it may be lost, late, repeated, or overtaken by later ones. */
  send(to: string, message: ToStore | FromStore): void;
  /**
   * Calls `onTimer(name)` once, later if the machine pauses. Replaces a timer of the same name. Timers do not survive a
   * crash.
   */
  setTimer(name: string, delayMs: number): void;
  clearTimer(name: string): void;
  /** Survives crashes. */
  readonly stable: Stable;
}

/**
 * Plain data, `Map` and `Set` included, copied both ways. One `set` is atomic and durable when it returns; two of them
 * are not one.
 */
export interface Stable {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

/** The name of the store, for `send`. */
export const STORE = "store";

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
