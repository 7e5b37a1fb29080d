/**
 * The arithmetic of losses that the estimates share. Plain formulas; the exercise `durability` does the same for any
 * scheme, however small the chance.
 */

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

/**
 * Chance that more than `m` of the `n` machines of an object are among the `gone` of `machines`, all chosen at random.
 */
export function moreThanAmong(m: number, n: number, gone: number, machines: number): number {
  let chance = 0;
  for (let i = m + 1; i <= Math.min(n, gone); i++)
    chance += (choose(gone, i) * choose(machines - gone, n - i)) / choose(machines, n);
  return chance;
}

/** The largest argument from `low` to `high` at which a growing `loss` is still at most `limit`, to six digits. */
export function largestWithin(limit: number, low: number, high: number, loss: (argument: number) => number): number {
  if (loss(high) <= limit) return high;
  let [within, beyond] = [low, high];
  while (beyond / within > 1.000_000_1) {
    const middle = Math.sqrt(within * beyond);
    if (loss(middle) <= limit) within = middle;
    else beyond = middle;
  }
  return within;
}

// --- internal ---

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return ways;
}
