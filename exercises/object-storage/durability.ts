/*
 * Nines, computed. From failure rate, repair time and scheme to the chance of a loss, and dice that check the formula.
 *
 * Start with stage 1: From a rate to a probability.
 * Chapter: docs/storage/object-storage.mdx
 * Grade it: npx bp check object-storage/durability
 */

import { NotStarted } from "../not-started.ts";

/**
 * How data is spread: `dataShards` (k) of which any k give it back, and `parityShards` (m) more. Three copies are 1 +
 * 2.
 */
export interface Scheme {
  readonly dataShards: number;
  readonly parityShards: number;
}

/** What a shard lies on, and how long it stays away. */
export interface Disks {
  /** Failures a disk and year, on average: 0.0081 are eight of a thousand. May be more than 1. */
  readonly annualFailureRate: number;
  /** Days from a failure until its shard has been made again elsewhere. */
  readonly repairDays: number;
}

/** Numbers in [0, 1), such as a seeded generator makes. */
export type Random = () => number;

export const DAYS_PER_YEAR = 365;

/**
 * Probability that a given disk fails at least once within one repair time, 1 - e^-(rate * days / 365): failures come
 * as a Poisson process. Right to the last digits also where it is tiny.
 * @throws RangeError unless the rate is a finite number from 0 up and the days are more than 0 and at most 365.
 */
export function failureProbability(disks: Disks): number {
  throw new NotStarted("stage 1: From a rate to a probability");
}

/**
 * Probability that exactly `failures` of the k + m disks of a stripe fail within one repair time, independently. 0 when
 * there are not so many.
 * @throws As `failureProbability`; RangeError for a scheme whose counts are not integers (k from 1, m from 0, together
 * at most 1,000), or `failures` that is no integer from 0.
 */
export function exactly(failures: number, scheme: Scheme, disks: Disks): number {
  throw new NotStarted("stage 2: Lose more than the parity");
}

/**
 * Probability that data is lost within one repair time: that more than m disks of its stripe fail.
 * Nothing is subtracted from 1, so a result of 10^-200 is as good as one of a half. O(k + m).
 * @throws As `exactly`.
 */
export function periodLoss(scheme: Scheme, disks: Disks): number {
  throw new NotStarted("stage 2: Lose more than the parity");
}

/**
 * Probability that data is lost within a year of 365 / repairDays periods, each of which begins with everything
 * repaired: 1 - (1 - periodLoss)^periods. The model of Backblaze's published calculation.
 * @throws As `exactly`.
 */
export function annualLoss(scheme: Scheme, disks: Disks): number {
  throw new NotStarted("stage 2: Lose more than the parity");
}

/**
 * `nines(annualLoss(scheme, disks))`, also where the loss is too small for a double: 128 + 128 on good disks has more
 * than 400.
 * @throws As `exactly`.
 */
export function annualNines(scheme: Scheme, disks: Disks): number {
  throw new NotStarted("stage 2: Lose more than the parity");
}

/**
 * -log10 of a probability of loss, as a number with its fraction: 1e-11 is 11, 7.354e-12 is 11.13. "11 nines" in print
 * is this rounded down. Infinity for 0.
 * @throws RangeError unless `loss` is from 0 to 1.
 */
export function nines(loss: number): number {
  throw new NotStarted("stage 2: Lose more than the parity");
}

/**
 * Bytes stored for a byte of data: (k + m) / k.
 * @throws RangeError for a scheme out of range.
 */
export function overhead(scheme: Scheme): number {
  throw new NotStarted("stage 3: Compare schemes");
}

/**
 * The least m with which `dataShards` data shards reach so many nines a year, by `annualNines`.
 * @throws As `exactly`; RangeError for `wanted` that is no number from 0 up, or when 255 shards in all are not enough.
 */
export function parityFor(dataShards: number, disks: Disks, wanted: number): number {
  throw new NotStarted("stage 3: Compare schemes");
}

/**
 * The longest repair time in days, to within a thousandth, with which a scheme reaches so many nines a year; at most
 * 365, and 0 when none is short enough.
 * @throws As `exactly`; RangeError for `wanted` that is no number from 0 up.
 */
export function repairDaysFor(scheme: Scheme, annualFailureRate: number, wanted: number): number {
  throw new NotStarted("stage 3: Compare schemes");
}

/**
 * Rolls dice instead: of `periods` repair times that each begin with everything repaired, in how many do more than m of
 * the k + m disks fail? Divided by `periods` it estimates `periodLoss`. O(periods * (k + m)).
 * @throws As `exactly`; RangeError unless `periods` is an integer from 0 up.
 */
export function simulatePeriods(scheme: Scheme, disks: Disks, periods: number, random: Random): number {
  throw new NotStarted("stage 4: Roll the dice");
}

/**
 * Without periods: follows the k + m disks of one stripe through `years`. A disk that works fails after an exponential
 * time; `repairDays` after its failure the shard is whole again on a new disk. When more than m are away at once the
 * data is lost: count it, and go on with everything whole. Divided by `years` it estimates the losses a year.
 *
 * It finds about m + 1 times as many as `annualLoss` does. Failures that fall on both sides of a period's end are
 * together all the same.
 * @throws As `exactly`; RangeError unless `years` is a finite number from 0 up.
 */
export function simulateYears(scheme: Scheme, disks: Disks, years: number, random: Random): number {
  throw new NotStarted("stage 4: Roll the dice");
}
