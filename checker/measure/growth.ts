/** How much longer an operation may take on 16 times the data. */

import type { GrowthBench } from "../kit/bench.ts";

export const SIZE_FACTOR = 16;

/** Growth of the time per operation from n to 16n that the claimed order alone explains. */
export function claimedGrowth(order: GrowthBench<unknown>["order"], n: number): number {
  const logs = Math.log2(SIZE_FACTOR * n) / Math.log2(Math.max(2, n));
  switch (order) {
    case "O(1)":
      return 1;
    case "O(log n)":
      return logs;
    case "O(n)":
      return SIZE_FACTOR;
    case "O(n log n)":
      return SIZE_FACTOR * logs;
  }
}

/**
 * Room for what is not the algorithm. The next worse class that timing can tell apart is a factor of n away, which
 * shows as 16, so the bound lies between 1 and 16 times the claimed growth.
 *
 * - 4 is the middle of that range on a logarithmic scale: the best place when nothing else is known.
 * - Caches do more than that: a Map of string keys read at random takes 5 times as long at 160,000 keys as at 10,000.
 *   How much of it is the machine's is not guessed but measured: the reference runs beside, on the same sizes, and
 *   twice its excess is allowed.
 * - At most 10, whatever the reference does: a factor of n would show as 16, less what a fixed cost per call hides.
 *   An exercise chooses n so large that the fixed cost is small; its mutants prove it.
 */
const ROOM_MIN = 4;
const ROOM_MAX = 10;
const ROOM_OVER_REFERENCE = 2;

/** Growth that still passes, given what the reference showed in the same run. */
export function growthBound(claimed: number, referenceGrowth: number): number {
  const excess = referenceGrowth / claimed;
  return claimed * Math.min(ROOM_MAX, Math.max(ROOM_MIN, ROOM_OVER_REFERENCE * excess));
}
