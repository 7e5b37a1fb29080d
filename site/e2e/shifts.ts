/** Layout shift as browsers count it: https://web.dev/articles/cls */

import type { Page } from "playwright-core";

/** The bound that web.dev calls good. */
export const shiftMax = 0.1;

export interface Shift {
  readonly at: number;
  readonly value: number;
  readonly what: string;
}

/** Runs in the page, before or after it has loaded. */
export function watchShifts(): void {
  const shifts: Shift[] = [];
  Object.assign(window, { shifts });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as unknown as {
      hadRecentInput: boolean;
      startTime: number;
      value: number;
      sources: { node: Element | null }[];
    }[]) {
      if (entry.hadRecentInput) continue;
      const what = entry.sources.map(({ node }) => `${node?.nodeName}.${node?.parentElement?.className}`).join(" ");
      shifts.push({ at: entry.startTime, value: entry.value, what });
    }
  }).observe({ type: "layout-shift", buffered: true });
}

export const shiftsOf = (page: Page): Promise<Shift[]> =>
  page.evaluate(() => (window as unknown as { shifts: Shift[] }).shifts);

/** The largest sum within a session window: shifts less than a second apart, over at most five seconds. */
export function worstWindow(shifts: readonly Shift[]): number {
  let worst = 0;
  let [first, last, sum] = [0, Number.NEGATIVE_INFINITY, 0];
  for (const { at, value } of shifts) {
    if (at - last > 1_000 || at - first > 5_000) [first, sum] = [at, 0];
    sum += value;
    last = at;
    worst = Math.max(worst, sum);
  }
  return worst;
}
