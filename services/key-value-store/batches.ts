/** Batches that the writer and its judge compute alike: number n of a seed is always the same. */

import { createRandom } from "../../sim/prng.ts";
import type { LsmOptions, Write } from "../../solutions/key-value-store/lsm-store.ts";

/** A memtable so small that a second of writing flushes and merges many times. */
export const STORE_OPTIONS: LsmOptions = { sync: "always", memtableBytes: 4_000, blockBytes: 256, runsPerTier: 3 };

export function batchOf(number: number, seed: number): Write[] {
  const random = createRandom(seed).fork(number);
  return Array.from({ length: random.integer(1, 4) }, () => {
    const key = `key-${random.integer(0, 199)}`;
    if (random.chance(0.3)) return { kind: "delete", key } as const;
    const value = Uint8Array.from({ length: random.integer(0, 60) }, () => random.integer(0, 255));
    return { kind: "put", key, value } as const;
  });
}
