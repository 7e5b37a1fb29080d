/** The rate that a limiter is judged by: admissions in every window of its length, not only in the aligned ones. */

/** Where the most was let through. The interval is half-open: `fromMs` excluded, `toMs` included. */
export interface WorstWindow {
  readonly count: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The fullest `(t - windowMs, t]`, the earliest of them; undefined while nothing was admitted. O(n) for ascending
 * times.
 */
export function worstWindow(admitted: readonly number[], windowMs: number): WorstWindow | undefined {
  let worst: WorstWindow | undefined;
  let oldest = 0;
  admitted.forEach((toMs, index) => {
    while (admitted[oldest]! <= toMs - windowMs) oldest += 1;
    const count = index - oldest + 1;
    if (count > (worst?.count ?? 0)) worst = { count, fromMs: toMs - windowMs, toMs };
  });
  return worst;
}

/** One change of the count: from `atMs` on, `count` admissions lie in the window that ends there. */
export interface RatePoint {
  readonly atMs: number;
  readonly count: number;
}

/** The count in `(t - windowMs, t]` as a step function from 0 to `untilMs`. O(n) for ascending times. */
export function rateSteps(admitted: readonly number[], windowMs: number, untilMs: number): RatePoint[] {
  const points: RatePoint[] = [{ atMs: 0, count: 0 }];
  let entered = 0;
  let left = 0;
  while (entered < admitted.length || left < admitted.length) {
    const entersAt = admitted[entered] ?? Infinity;
    const leavesAt = admitted[left]! + windowMs;
    const atMs = Math.min(entersAt, leavesAt);
    if (atMs > untilMs) break;
    if (leavesAt === atMs) left += 1;
    else entered += 1;
    const count = entered - left;
    if (points.at(-1)!.atMs === atMs) points[points.length - 1] = { atMs, count };
    else points.push({ atMs, count });
  }
  return points;
}
