/**
 * Brute-force limiters: each remembers every admission for ever and answers from the definition, by trying. Slow and
 * obvious, and nothing is shared with the references.
 */

import type { Decision } from "../../../given/rate-limiter/limiter.ts";

export interface Admission {
  readonly atMs: number;
  readonly cost: number;
}

/** Whether `cost` more at `nowMs` keeps the rule, after these admissions of one key in order of time. */
export type Rule = (admissions: readonly Admission[], nowMs: number, cost: number) => boolean;

export interface Limits {
  /** Largest cost ever allowed at once. */
  readonly limit: number;
  readonly rule: Rule;
}

export class Oracle {
  readonly #limits: Limits;
  readonly #admissions = new Map<string, Admission[]>();
  #latestMs = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** What was allowed to the key, in order of time. */
  admissions(key: string): readonly Admission[] {
    return this.#admissions.get(key) ?? [];
  }

  tryAcquire(key: string, nowMs: number, cost = 1): Decision {
    this.#latestMs = Math.max(this.#latestMs, nowMs);
    const { limit, rule } = this.#limits;
    const admissions = this.admissions(key);
    if (cost > limit) return { allowed: false, retryAfterMs: Infinity };
    if (!rule(admissions, this.#latestMs, cost)) {
      let allowedAtMs = this.#latestMs + 1;
      while (!rule(admissions, allowedAtMs, cost)) allowedAtMs++;
      return { allowed: false, retryAfterMs: allowedAtMs - nowMs };
    }
    const after = cost === 0 ? admissions : [...admissions, { atMs: this.#latestMs, cost }];
    this.#admissions.set(key, [...after]);
    let remaining = 0;
    while (remaining < limit && rule(after, this.#latestMs, remaining + 1)) remaining++;
    return { allowed: true, remaining };
  }
}

const sum = (admissions: readonly Admission[]) => admissions.reduce((total, { cost }) => total + cost, 0);

export function fixedWindow(limit: number, windowMs: number): Limits {
  const windowOf = (atMs: number) => Math.floor(atMs / windowMs);
  return {
    limit,
    rule: (admissions, nowMs, cost) =>
      sum(admissions.filter(({ atMs }) => windowOf(atMs) === windowOf(nowMs))) + cost <= limit,
  };
}

export function slidingLog(limit: number, windowMs: number): Limits {
  return {
    limit,
    rule: (admissions, nowMs, cost) => sum(admissions.filter(({ atMs }) => nowMs - atMs < windowMs)) + cost <= limit,
  };
}

export function slidingCounter(limit: number, windowMs: number): Limits {
  const windowOf = (atMs: number) => Math.floor(atMs / windowMs);
  return {
    limit,
    rule: (admissions, nowMs, cost) => {
      const window = windowOf(nowMs);
      const previous = BigInt(sum(admissions.filter(({ atMs }) => windowOf(atMs) === window - 1)));
      const current = BigInt(sum(admissions.filter(({ atMs }) => windowOf(atMs) === window)));
      const overlapMs = BigInt((window + 1) * windowMs - nowMs);
      return previous * overlapMs + (current + BigInt(cost)) * BigInt(windowMs) <= BigInt(limit) * BigInt(windowMs);
    },
  };
}

/** Level of a bucket that leaks `units` every `intervalMs`, times `intervalMs`, after these admissions. */
function level(admissions: readonly Admission[], nowMs: number, units: number, intervalMs: number): bigint {
  let scaled = 0n;
  let atMs = 0;
  const leakUntil = (untilMs: number) => {
    scaled -= BigInt(untilMs - atMs) * BigInt(units);
    if (scaled < 0n) scaled = 0n;
    atMs = untilMs;
  };
  for (const admission of admissions) {
    leakUntil(admission.atMs);
    scaled += BigInt(admission.cost) * BigInt(intervalMs);
  }
  leakUntil(nowMs);
  return scaled;
}

/** Token bucket and meter alike: missing tokens are the level. */
export function bucket(capacity: number, units: number, intervalMs: number): Limits {
  return {
    limit: capacity,
    rule: (admissions, nowMs, cost) =>
      level(admissions, nowMs, units, intervalMs) + BigInt(cost) * BigInt(intervalMs) <=
      BigInt(capacity) * BigInt(intervalMs),
  };
}

/** When the water above a request has drained: the first whole millisecond at which the bucket below it is empty. */
export function departure(admissions: readonly Admission[], nowMs: number, units: number, intervalMs: number): number {
  let atMs = nowMs;
  while (level(admissions, atMs, units, intervalMs) > 0n) atMs++;
  return atMs;
}
