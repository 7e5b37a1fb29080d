/**
 * Alternative: ln n! from a table, the tail from its first term and the ratio of neighbors, a search by doubling and halving, and a simulation in which each disk
 * has its own clock.
 */

export interface Scheme {
  readonly dataShards: number;
  readonly parityShards: number;
}

export interface Disks {
  readonly annualFailureRate: number;
  readonly repairDays: number;
}

export type Random = () => number;

export const DAYS_PER_YEAR = 365;

const LOG_FACTORIAL: number[] = [0];
for (let n = 1; n <= 1_000; n++) LOG_FACTORIAL.push(LOG_FACTORIAL[n - 1]! + Math.log(n));

function checked(scheme: Scheme | null, disks: Disks | null): void {
  if (scheme !== null) {
    const { dataShards: k, parityShards: m } = scheme;
    if (!Number.isInteger(k) || !Number.isInteger(m) || k < 1 || m < 0 || k + m > 1_000) {
      throw new RangeError(`${k} + ${m} is no scheme, expected integers from 1 and from 0, together at most 1,000`);
    }
  }
  if (disks !== null) {
    const { annualFailureRate: rate, repairDays: days } = disks;
    if (!(rate >= 0) || rate === Number.POSITIVE_INFINITY) throw new RangeError(`annualFailureRate is ${rate}`);
    if (!(days > 0) || days > DAYS_PER_YEAR) throw new RangeError(`repairDays is ${days}`);
  }
}

/** Expected failures of a disk in a period. */
const expectedIn = ({ annualFailureRate, repairDays }: Disks): number =>
  (annualFailureRate * repairDays) / DAYS_PER_YEAR;

export function failureProbability(disks: Disks): number {
  checked(null, disks);
  return -Math.expm1(-expectedIn(disks));
}

function logExactly(failures: number, { dataShards, parityShards }: Scheme, disks: Disks): number {
  const n = dataShards + parityShards;
  const choose = LOG_FACTORIAL[n]! - LOG_FACTORIAL[failures]! - LOG_FACTORIAL[n - failures]!;
  if (failures === 0) return -n * expectedIn(disks);
  return choose + failures * Math.log(failureProbability(disks)) - (n - failures) * expectedIn(disks);
}

export function exactly(failures: number, scheme: Scheme, disks: Disks): number {
  checked(scheme, disks);
  if (!Number.isInteger(failures) || failures < 0) throw new RangeError(`failures is ${failures}`);
  return failures > scheme.dataShards + scheme.parityShards ? 0 : Math.exp(logExactly(failures, scheme, disks));
}

/** ln of the tail: its first term times 1 + r1 + r1 r2 + …, where r is the ratio of a term to the one before. */
function logTail(scheme: Scheme, disks: Disks): number {
  checked(scheme, disks);
  const n = scheme.dataShards + scheme.parityShards;
  const first = scheme.parityShards + 1;
  // p / (1 - p) = e^x - 1.
  const odds = Math.expm1(expectedIn(disks));
  if (odds === 0) return Number.NEGATIVE_INFINITY;
  if (odds === Number.POSITIVE_INFINITY) return 0;
  let [log, sum, term] = [logExactly(first, scheme, disks), 1, 1];
  for (let i = first; i < n; i++) {
    term *= ((n - i) / (i + 1)) * odds;
    sum += term;
    if (sum < 1e200) continue;
    log += Math.log(sum);
    term /= sum;
    sum = 1;
  }
  return log + Math.log(sum);
}

export function periodLoss(scheme: Scheme, disks: Disks): number {
  return Math.min(1, Math.exp(logTail(scheme, disks)));
}

export function annualLoss(scheme: Scheme, disks: Disks): number {
  const loss = periodLoss(scheme, disks);
  return loss >= 1 ? 1 : -Math.expm1((DAYS_PER_YEAR / disks.repairDays) * Math.log1p(-loss));
}

export function annualNines(scheme: Scheme, disks: Disks): number {
  const direct = annualLoss(scheme, disks);
  return direct > 1e-200
    ? nines(direct)
    : -(logTail(scheme, disks) + Math.log(DAYS_PER_YEAR / disks.repairDays)) / Math.LN10;
}

export function nines(loss: number): number {
  if (!(loss >= 0) || loss > 1) throw new RangeError(`loss is ${loss}`);
  return loss === 0 ? Number.POSITIVE_INFINITY : Math.abs(Math.log10(loss));
}

export function overhead(scheme: Scheme): number {
  checked(scheme, null);
  return 1 + scheme.parityShards / scheme.dataShards;
}

export function parityFor(dataShards: number, disks: Disks, wanted: number): number {
  if (!(wanted >= 0)) throw new RangeError(`wanted is ${wanted}`);
  const most = 255 - dataShards;
  const reaches = (parityShards: number): boolean => annualNines({ dataShards, parityShards }, disks) >= wanted;
  if (!reaches(most)) throw new RangeError(`wanted is ${wanted}, which 255 shards do not reach`);
  let [tooFew, enough] = [-1, most];
  while (enough - tooFew > 1) {
    const middle = (tooFew + enough) >> 1;
    if (reaches(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}

export function repairDaysFor(scheme: Scheme, annualFailureRate: number, wanted: number): number {
  if (!(wanted >= 0)) throw new RangeError(`wanted is ${wanted}`);
  const reaches = (repairDays: number): boolean => annualNines(scheme, { annualFailureRate, repairDays }) >= wanted;
  let days = DAYS_PER_YEAR;
  if (reaches(days)) return days;
  while (!reaches(days)) {
    days /= 2;
    if (days < 1e-9) return 0;
  }
  for (let step = days / 2; step > days * 1e-5; step /= 2) if (reaches(days + step)) days += step;
  return days;
}

export function simulatePeriods(scheme: Scheme, disks: Disks, periods: number, random: Random): number {
  checked(scheme, disks);
  if (!Number.isInteger(periods) || periods < 0) throw new RangeError(`periods is ${periods}`);
  const probability = failureProbability(disks);
  const all = Array.from({ length: scheme.dataShards + scheme.parityShards });
  let losses = 0;
  for (let i = 0; i < periods; i++) {
    losses += all.filter(() => random() < probability).length > scheme.parityShards ? 1 : 0;
  }
  return losses;
}

export function simulateYears(scheme: Scheme, disks: Disks, years: number, random: Random): number {
  checked(scheme, disks);
  if (!(years >= 0) || years === Number.POSITIVE_INFINITY) throw new RangeError(`years is ${years}`);
  if (disks.annualFailureRate === 0) return 0;
  const total = scheme.dataShards + scheme.parityShards;
  const repairYears = disks.repairDays / DAYS_PER_YEAR;
  const after = (now: number): number => now - Math.log(1 - random()) / disks.annualFailureRate;
  let failsAt = Array.from({ length: total }, () => after(0));
  const returnsAt = new Map<number, number>();
  let losses = 0;
  for (;;) {
    const now = Math.min(...failsAt);
    if (now >= years) return losses;
    const disk = failsAt.indexOf(now);
    failsAt[disk] = after(now + repairYears);
    // Away are those that have failed within a repair time: their next failure was drawn from their return on.
    returnsAt.set(disk, now + repairYears);
    let away = 0;
    for (const [other, at] of returnsAt) {
      if (at > now) away++;
      else returnsAt.delete(other);
    }
    if (away <= scheme.parityShards) continue;
    losses++;
    failsAt = failsAt.map((at, other) => (returnsAt.has(other) ? after(now) : at));
    returnsAt.clear();
  }
}
