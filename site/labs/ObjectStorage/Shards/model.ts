import { TooFewShardsError } from "../../../../given/object-storage/errors.ts";
import { createRandom } from "../../../../sim/prng.ts";
import { checksumsOf, ReedSolomon } from "../../../../solutions/object-storage/reed-solomon.ts";

/**
 * An object cut into `k` data shards and `m` parity shards by the reference, and what has become of each. Pure: no
 * screen, no clock.
 */

export type Condition = "sound" | "lost" | "damaged";

export interface Stripe {
  readonly k: number;
  readonly m: number;
  /** As they were written: data, then parity. All of one length; the last data shard ends with zeros. */
  readonly written: readonly Uint8Array[];
  readonly checksums: readonly number[];
  /** Bytes of the object. */
  readonly size: number;
}

/** What a read gives back. */
export type Answer =
  /** The object, byte for byte. `computed`: the shards that were not read but computed. */
  | { readonly kind: "whole"; readonly bytes: Uint8Array; readonly computed: readonly number[] }
  /** Other bytes than were written, and nobody has noticed. */
  | {
      readonly kind: "wrong";
      readonly bytes: Uint8Array;
      readonly computed: readonly number[];
      readonly wrongBytes: number;
    }
  | { readonly kind: "refused"; readonly present: number; readonly needed: number };

export function createStripe(object: Uint8Array, k: number, m: number): Stripe {
  const length = Math.ceil(object.length / k);
  const data = Array.from({ length: k }, (_, i) => {
    const shard = new Uint8Array(length);
    shard.set(object.subarray(i * length, (i + 1) * length));
    return shard;
  });
  const written = [...data, ...new ReedSolomon(k, m).encode(data)];
  return { k, m, written, checksums: checksumsOf(written), size: object.length };
}

/** What the disks return now: nothing for a lost shard, other bytes for a damaged one. */
export function read({ written }: Stripe, conditions: readonly Condition[]): (Uint8Array | null)[] {
  return written.map((shard, index) => {
    if (conditions[index] === "lost") return null;
    return conditions[index] === "damaged" ? damage(shard, index) : shard;
  });
}

/** A read of the whole object. Without `checksums`, a damaged shard is taken for what it says. */
export function answer(stripe: Stripe, conditions: readonly Condition[], checksums: boolean): Answer {
  const { k, m, written } = stripe;
  const shards = read(stripe, conditions);
  const code = new ReedSolomon(k, m);
  // The reference takes the length of a shard from one that is there.
  if (shards.every((shard) => shard === null)) return { kind: "refused", present: 0, needed: k };
  try {
    const whole = checksums ? code.repair(shards, stripe.checksums).shards : code.reconstructData(shards);
    const bytes = join(whole.slice(0, k), stripe.size);
    const isUsed = (index: number) => conditions[index] === "sound" || (conditions[index] === "damaged" && !checksums);
    const computed = Array.from({ length: k }, (_, index) => index).filter((index) => !isUsed(index));
    const wrongBytes = differences(bytes, join(written.slice(0, k), stripe.size));
    if (wrongBytes > 0) return { kind: "wrong", bytes, computed, wrongBytes };
    return { kind: "whole", bytes, computed };
  } catch (error) {
    if (!(error instanceof TooFewShardsError)) throw error;
    return { kind: "refused", present: error.present, needed: error.needed };
  }
}

/** What parity alone says: whether it agrees with the data. Undefined while a shard is missing. */
export function parityAgrees(stripe: Stripe, conditions: readonly Condition[]): boolean | undefined {
  const shards = read(stripe, conditions);
  if (shards.some((shard) => shard === null)) return undefined;
  return new ReedSolomon(stripe.k, stripe.m).verify(shards as Uint8Array[]);
}

/** How many more sound shards may go before nothing can be read. Negative: so many are missing. */
export function spare({ k }: Stripe, conditions: readonly Condition[], checksums: boolean): number {
  const usable = conditions.filter((each) => each === "sound" || (each === "damaged" && !checksums)).length;
  return usable - k;
}

/** What a press on a shard does: it is lost, then it is there and damaged, then it is as before. */
export function next(condition: Condition): Condition {
  return condition === "sound" ? "lost" : condition === "lost" ? "damaged" : "sound";
}

/** `count` sound shards more are lost, chosen by the seed. */
export function loseAtRandom(conditions: readonly Condition[], count: number, seed: number): Condition[] {
  const sound = conditions.flatMap((each, index) => (each === "sound" ? [index] : []));
  const random = createRandom(seed);
  const chosen = new Set<number>();
  while (chosen.size < Math.min(count, sound.length)) chosen.add(random.pick(sound));
  return conditions.map((each, index) => (chosen.has(index) ? "lost" : each));
}

export const allSound = ({ written }: Stripe): Condition[] => written.map(() => "sound");

// --- internal ---

/** Rot that a disk reports as success: a run of bytes is replaced. Never the same bytes as before. */
function damage(shard: Uint8Array, index: number): Uint8Array {
  const damaged = shard.slice();
  const from = Math.floor(shard.length * 0.3);
  const to = Math.max(from + 1, Math.floor(shard.length * 0.7));
  for (let i = from; i < to; i++) damaged[i] = damaged[i]! ^ (1 + ((i * 37 + index * 101) % 255));
  return damaged;
}

function join(data: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const shard of data) {
    bytes.set(shard.subarray(0, Math.max(0, Math.min(shard.length, size - at))), at);
    at += shard.length;
    if (at >= size) break;
  }
  return bytes;
}

function differences(a: Uint8Array, b: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) count += 1;
  return count;
}
