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

/** @given */
export const DAYS_PER_YEAR = 365;

/**
 * Probability that a given disk fails at least once within one repair time, 1 - e^-(rate * days / 365): failures come
 * as a Poisson process. Right to the last digits also where it is tiny.
 * @throws RangeError unless the rate is a finite number from 0 up and the days are more than 0 and at most 365.
 */
export function failureProbability(disks: Disks): number {
  requireDisks(disks);
  return -Math.expm1(-disks.annualFailureRate / periodsPerYear(disks));
}

/**
 * Probability that exactly `failures` of the k + m disks of a stripe fail within one repair time, independently. 0 when
 * there are not so many.
 * @throws As `failureProbability`; RangeError for a scheme whose counts are not integers (k from 1, m from 0, together
 * at most 1,000), or `failures` that is no integer from 0.
 * @stage 2
 */
export function exactly(failures: number, scheme: Scheme, disks: Disks): number {
  return Math.exp(logExactly(failures, scheme, disks));
}

/**
 * Probability that data is lost within one repair time: that more than m disks of its stripe fail.
 * Nothing is subtracted from 1, so a result of 10^-200 is as good as one of a half. O(k + m).
 * @throws As `exactly`.
 * @stage 2
 */
export function periodLoss(scheme: Scheme, disks: Disks): number {
  return Math.min(1, Math.exp(logPeriodLoss(scheme, disks)));
}

/**
 * Probability that data is lost within a year of 365 / repairDays periods, each of which begins with everything
 * repaired: 1 - (1 - periodLoss)^periods. The model of Backblaze's published calculation.
 * @throws As `exactly`.
 * @stage 2
 */
export function annualLoss(scheme: Scheme, disks: Disks): number {
  const loss = periodLoss(scheme, disks);
  return loss === 1 ? 1 : -Math.expm1(periodsPerYear(disks) * Math.log1p(-loss));
}

/**
 * `nines(annualLoss(scheme, disks))`, also where the loss is too small for a double: 128 + 128 on good disks has more
 * than 400.
 * @throws As `exactly`.
 * @stage 2
 */
export function annualNines(scheme: Scheme, disks: Disks): number {
  const logLoss = logPeriodLoss(scheme, disks);
  // So far below 1 the years' losses are the periods' losses, added up.
  if (logLoss < -40) return -(logLoss + Math.log(periodsPerYear(disks))) / Math.LN10;
  return nines(annualLoss(scheme, disks));
}

/**
 * -log10 of a probability of loss, as a number with its fraction: 1e-11 is 11, 7.354e-12 is 11.13. "11 nines" in print
 * is this rounded down. Infinity for 0.
 * @throws RangeError unless `loss` is from 0 to 1.
 * @stage 2
 */
export function nines(loss: number): number {
  if (!(loss >= 0 && loss <= 1)) throw new RangeError(`loss is ${loss}, expected a probability from 0 to 1`);
  return loss === 1 ? 0 : -Math.log10(loss);
}

/**
 * Bytes stored for a byte of data: (k + m) / k.
 * @throws RangeError for a scheme out of range.
 * @stage 3
 */
export function overhead(scheme: Scheme): number {
  requireScheme(scheme);
  return (scheme.dataShards + scheme.parityShards) / scheme.dataShards;
}

/**
 * The least m with which `dataShards` data shards reach so many nines a year, by `annualNines`.
 * @throws As `exactly`; RangeError for `wanted` that is no number from 0 up, or when 255 shards in all are not enough.
 * @stage 3
 */
export function parityFor(dataShards: number, disks: Disks, wanted: number): number {
  if (!(wanted >= 0)) throw new RangeError(`wanted is ${wanted}, expected nines from 0 up`);
  for (let parityShards = 0; dataShards + parityShards <= 255; parityShards++) {
    if (annualNines({ dataShards, parityShards }, disks) >= wanted) return parityShards;
  }
  throw new RangeError(`wanted is ${wanted}, expected nines that 255 shards reach: repair faster or take better disks`);
}

/**
 * The longest repair time in days, to within a thousandth, with which a scheme reaches so many nines a year; at most
 * 365, and 0 when none is short enough.
 * @throws As `exactly`; RangeError for `wanted` that is no number from 0 up.
 * @stage 3
 */
export function repairDaysFor(scheme: Scheme, annualFailureRate: number, wanted: number): number {
  if (!(wanted >= 0)) throw new RangeError(`wanted is ${wanted}, expected nines from 0 up`);
  const reaches = (repairDays: number): boolean => annualNines(scheme, { annualFailureRate, repairDays }) >= wanted;
  if (reaches(DAYS_PER_YEAR)) return DAYS_PER_YEAR;
  // The longer the repair, the more is lost. Halved in the exponent, so that a minute is found as fast as a month.
  let [low, high] = [1e-9, DAYS_PER_YEAR];
  if (!reaches(low)) return 0;
  while (high / low > 1.0005) {
    const middle = Math.sqrt(low * high);
    if (reaches(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Rolls dice instead: of `periods` repair times that each begin with everything repaired, in how many do more than m of
 * the k + m disks fail? Divided by `periods` it estimates `periodLoss`. O(periods * (k + m)).
 * @throws As `exactly`; RangeError unless `periods` is an integer from 0 up.
 * @stage 4
 */
export function simulatePeriods(scheme: Scheme, disks: Disks, periods: number, random: Random): number {
  requireScheme(scheme);
  requireCount("periods", periods);
  const probability = failureProbability(disks);
  const total = scheme.dataShards + scheme.parityShards;
  let losses = 0;
  for (let period = 0; period < periods; period++) {
    let failures = 0;
    for (let disk = 0; disk < total; disk++) if (random() < probability) failures++;
    if (failures > scheme.parityShards) losses++;
  }
  return losses;
}

/**
 * Without periods: follows the k + m disks of one stripe through `years`. A disk that works fails after an exponential
 * time; `repairDays` after its failure the shard is whole again on a new disk. When more than m are away at once the
 * data is lost: count it, and go on with everything whole. Divided by `years` it estimates the losses a year.
 *
 * It finds about m + 1 times as many as `annualLoss` does. Failures that fall on both sides of a period's end are
 * together all the same.
 * @throws As `exactly`; RangeError unless `years` is a finite number from 0 up.
 * @stage 4
 */
export function simulateYears(scheme: Scheme, disks: Disks, years: number, random: Random): number {
  requireScheme(scheme);
  requireDisks(disks);
  if (!(years >= 0 && Number.isFinite(years)))
    throw new RangeError(`years is ${years}, expected a finite number from 0`);
  if (disks.annualFailureRate === 0) return 0;
  const total = scheme.dataShards + scheme.parityShards;
  const repairYears = 1 / periodsPerYear(disks);
  /** When the shards that are away come back, soonest first: all repairs take the same time. */
  let returns: number[] = [];
  let losses = 0;
  // Exponential times have no memory, so the next failure among those that work can be drawn afresh after every event.
  for (let now = 0; ; ) {
    const next = now - Math.log1p(-random()) / (disks.annualFailureRate * (total - returns.length));
    const back = returns[0];
    if (Math.min(next, back ?? Number.POSITIVE_INFINITY) >= years) return losses;
    if (back !== undefined && back <= next) {
      now = back;
      returns.shift();
      continue;
    }
    now = next;
    returns.push(now + repairYears);
    if (returns.length > scheme.parityShards) {
      losses++;
      returns = [];
    }
  }
}

function periodsPerYear({ repairDays }: Disks): number {
  return DAYS_PER_YEAR / repairDays;
}

/** ln of `exactly`; -Infinity for an impossible event. */
function logExactly(failures: number, scheme: Scheme, disks: Disks): number {
  requireScheme(scheme);
  requireCount("failures", failures);
  const total = scheme.dataShards + scheme.parityShards;
  if (failures > total) return Number.NEGATIVE_INFINITY;
  const probability = failureProbability(disks);
  // 0 * -Infinity is no number: none of the failures that cannot happen has to.
  const failed = failures === 0 ? 0 : failures * Math.log(probability);
  // A disk survives with probability e^-rate, whose logarithm needs no rounding.
  return logChoose(total, failures) + failed - ((total - failures) * disks.annualFailureRate) / periodsPerYear(disks);
}

/** ln of n! / (k! (n - k)!). */
function logChoose(n: number, k: number): number {
  let log = 0;
  for (let i = 1; i <= Math.min(k, n - k); i++) log += Math.log((n - i + 1) / i);
  return log;
}

/**
 * ln of the sum over all numbers of failures above m. From one to the next the choices are multiplied by (total - i) /
 * (i + 1). The largest term is taken out first, so that none vanishes below the smallest double.
 */
function logPeriodLoss(scheme: Scheme, disks: Disks): number {
  requireScheme(scheme);
  const total = scheme.dataShards + scheme.parityShards;
  const logFailed = Math.log(failureProbability(disks));
  const logSurvived = -disks.annualFailureRate / periodsPerYear(disks);
  const logs: number[] = [];
  let choices = logChoose(total, scheme.parityShards + 1);
  for (let failures = scheme.parityShards + 1; failures <= total; failures++) {
    logs.push(choices + failures * logFailed + (total - failures) * logSurvived);
    choices += Math.log((total - failures) / (failures + 1));
  }
  const largest = Math.max(...logs);
  if (largest === Number.NEGATIVE_INFINITY) return largest;
  return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0));
}

function requireDisks({ annualFailureRate, repairDays }: Disks): void {
  if (!(annualFailureRate >= 0 && Number.isFinite(annualFailureRate))) {
    throw new RangeError(`annualFailureRate is ${annualFailureRate}, expected a finite number from 0`);
  }
  if (!(repairDays > 0 && repairDays <= DAYS_PER_YEAR)) {
    throw new RangeError(`repairDays is ${repairDays}, expected more than 0 and at most 365`);
  }
}

function requireScheme({ dataShards, parityShards }: Scheme): void {
  if (!(Number.isInteger(dataShards) && dataShards >= 1)) {
    throw new RangeError(`dataShards is ${dataShards}, expected an integer from 1`);
  }
  if (!(Number.isInteger(parityShards) && parityShards >= 0 && dataShards + parityShards <= 1_000)) {
    throw new RangeError(`parityShards is ${parityShards}, expected an integer from 0, with dataShards at most 1,000`);
  }
}

function requireCount(name: string, got: number): void {
  if (!(Number.isSafeInteger(got) && got >= 0)) throw new RangeError(`${name} is ${got}, expected an integer from 0`);
}
