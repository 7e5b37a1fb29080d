/** Writes that the writer and its judge compute alike: number n of a seed is always the same. */

import { createRandom } from "../../sim/prng.ts";
import type { DataNode, DataNodeOptions } from "../../solutions/object-storage/data-node.ts";

/** Volumes so small that a second of writing fills and compacts many. */
export const NODE_OPTIONS: DataNodeOptions = { volumeBytes: 20_000 };

export type Write =
  | { readonly kind: "put"; readonly key: string; readonly bytes: Uint8Array }
  | { readonly kind: "delete"; readonly key: string };

export function writeOf(number: number, seed: number): Write {
  const random = createRandom(seed).fork(number);
  const key = `fragment-${random.integer(0, 99)}`;
  if (random.chance(0.25)) return { kind: "delete", key };
  const salt = random.integer(0, 255);
  return { kind: "put", key, bytes: Uint8Array.from({ length: random.integer(0, 6_000) }, (_, i) => i * 7 + salt) };
}

/** Does write number n, and now and then what a node does besides. */
export function perform(node: DataNode, number: number, seed: number): void {
  const write = writeOf(number, seed);
  if (write.kind === "put") node.put(write.key, write.bytes);
  else node.delete(write.key);
  if (number % 20 === 19) node.compact();
  if (number % 50 === 49) node.checkpoint();
}
