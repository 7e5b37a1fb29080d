/**
 * The usual durability model, as Backblaze published it in 2018: cut the year into repair times, let every fragment
 * fail in one of them with the same chance, independently, and count a loss when more than `m` of `n` do so at once.
 */

/** Repair times in a year of 365 days; need not be a whole number. */
export function periodsPerYear(repairDays: number): number {
  return 365 / repairDays;
}

/** Chance that a disk fails within one repair time, if it fails at a steady rate. */
export function failsWithin(repairDays: number, yearlyFailure: number): number {
  return -Math.expm1((-yearlyFailure * repairDays) / 365);
}

/**
 * Chance that more than `most` of `n` happen, each with chance `p`. Sums the small terms, so that none is rounded away.
 */
export function moreThan(most: number, n: number, p: number): number {
  let chance = 0;
  for (let i = n; i > most; i--) chance += choose(n, i) * p ** i * (1 - p) ** (n - i);
  return chance;
}

/** Chance that it happens in at least one of `periods`, without losing a chance far below the precision of 1. */
export function atLeastOnce(chance: number, periods: number): number {
  return -Math.expm1(periods * Math.log1p(-chance));
}

/** Chance that an object of `n` fragments, of which any `m` may be missing, is lost within a year. */
export function annualLoss(n: number, m: number, yearlyFailure: number, repairDays: number): number {
  return atLeastOnce(moreThan(m, n, failsWithin(repairDays, yearlyFailure)), periodsPerYear(repairDays));
}

/** 1e-11 has eleven nines. */
export function nines(loss: number): number {
  return -Math.log10(loss);
}

// --- internal ---

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return ways;
}
