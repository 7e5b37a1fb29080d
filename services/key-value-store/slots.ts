import { createHash } from "node:crypto";
import { matches } from "./glob.ts";

/** Keys are spread over so many slots, and the cursor of SCAN is the number of one. */
export const SLOTS = 1_024;

/**
 * The slot of a key: the same at all nodes of a run. The secret keeps a client from choosing keys that all fall into
 * one.
 */
export function slotOf(key: string, secret: string): number {
  return createHash("sha256").update(secret).update(key, "latin1").digest().readUInt16BE() % SLOTS;
}

/** What a step of SCAN returns: the next cursor, 0 at the end, and keys. */
export interface ScanStep {
  readonly cursor: number;
  readonly keys: readonly string[];
}

/**
 * One step: whole slots, from the cursor's on, until `count` keys were looked at, or `slotsMax` slots. A key that is
 * there from the first step to the last is returned, however many come and go meanwhile, since no key ever changes its
 * slot.
 */
export async function scanSlots(
  { cursor, match, count }: { readonly cursor: number; readonly match: string | null; readonly count: number },
  slotsMax: number,
  keysOf: (slot: number) => readonly string[] | Promise<readonly string[]>,
): Promise<ScanStep> {
  const found: string[] = [];
  let [slot, seen] = [cursor, 0];
  for (; slot < SLOTS && slot < cursor + slotsMax && seen < count; slot++) {
    const keys = await keysOf(slot);
    seen += keys.length;
    for (const key of keys) if (match === null || matches(match, key)) found.push(key);
  }
  return { cursor: slot < SLOTS ? slot : 0, keys: found };
}
