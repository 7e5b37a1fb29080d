/*
 * Reed-Solomon. Parity that the common libraries would compute too, any loss of up to m shards, and the shard that
 * lies.
 *
 * Start with stage 1: Encode and verify.
 * Chapter: docs/storage/object-storage.mdx
 * Grade it: npx bp check object-storage/reed-solomon
 */

import { crc32c } from "../../given/common/crc32c.ts";
import { requireInteger } from "../../given/common/integers.ts";
import { ChecksumError, TooFewShardsError } from "../../given/object-storage/errors.ts";
import { NotStarted } from "../not-started.ts";

/** Shards by index: data first, then parity. `null` is one that is lost. */
export type ShardsLeft = readonly (Uint8Array | null)[];

/** What `repair` gives back. */
export interface Repaired {
  /** All shards, each in agreement with its checksum. */
  readonly shards: Uint8Array[];
  /** Indices of those that were lost or damaged and have been computed again, ascending. Write them back. */
  readonly replaced: number[];
}

/** A shard is the value of a polynomial at its index, and there are so many elements in the field. */
export const SHARDS_MAX = 256;

/**
 * A systematic Reed-Solomon code over GF(2^8): `dataShards` (k) shards of data get `parityShards` (m) shards of parity,
 * all of the same length, and any k of the k + m give back all of them. Every byte position is coded by itself.
 *
 * **The code.** Take the k bytes at a position as the values of a polynomial of degree below k at the points 0 to k -
 * 1; the parity is its values at the points k to k + m - 1. As a matrix: with V[r][c] = r^c, of k + m rows and k
 * columns, all shards are V * (top k rows of V)^-1 times the data; the upper part of that product is the identity.
 * These are the very bytes that JavaReedSolomon, klauspost/reedsolomon and reed-solomon-erasure compute.
 *
 * **Not included.** A code for erasures fills in what is known to be missing. Which shard lies is for the checksums to
 * say (`repair`); parity alone (`verify`) only says that one does.
 *
 * Plain TypeScript is enough. Who wants more may use `WebAssembly` here: a module of some hundred bytes, written by the
 * file itself, can have SIMD.
 *
 * An instance has no state between calls. Shards that are passed in are never written to. Encoding and reconstruction
 * take O(k * outputs * bytes of a shard).
 *
 * Errors: RangeError for counts and lengths, TypeError for a shard that is no Uint8Array; the message names the
 * argument. TooFewShardsError when less than k shards are left.
 */
export class ReedSolomon {
  readonly dataShards: number;

  readonly parityShards: number;

  /** k + m. */
  readonly totalShards: number;

  /**
   * @throws RangeError unless both are integers from 1 up and their sum is at most `SHARDS_MAX`: there are no more
   * points in the field.
   */
  constructor(dataShards: number, parityShards: number) {
    throw new NotStarted("stage 1: Encode and verify");
  }

  /**
   * The m parity shards of k data shards.
   * @param into Where to write them: m shards of the same length that share no memory with the data. Default: new ones.
   * @throws RangeError unless there are k shards of one length, 1 byte or more.
   */
  encode(data: readonly Uint8Array[], into?: readonly Uint8Array[]): Uint8Array[] {
    throw new NotStarted("stage 1: Encode and verify");
  }

  /**
   * Whether the parity agrees with the data. `false` says that at least one of the shards is wrong, and not which.
   * @throws RangeError unless there are k + m shards of one length, 1 byte or more.
   */
  verify(shards: readonly Uint8Array[]): boolean {
    throw new NotStarted("stage 1: Encode and verify");
  }

  /**
   * All k + m shards, from any k of them. Those that are there are returned as they are, not copied.
   * @throws TooFewShardsError when less than k are there.
   * @throws RangeError unless the list has k + m places and the shards in it one length, 1 byte or more.
   */
  reconstruct(shards: ShardsLeft): Uint8Array[] {
    throw new NotStarted("stage 2: Reconstruct from any k");
  }

  /**
   * The k data shards, from any k shards; lost parity stays lost. What a read wants: when all data is there, nothing is
   * computed.
   * @throws As `reconstruct`.
   */
  reconstructData(shards: ShardsLeft): Uint8Array[] {
    throw new NotStarted("stage 2: Reconstruct from any k");
  }

  /**
   * All k + m shards, with nothing in them that no checksum vouches for. A shard that is there and disagrees with its
   * checksum counts as lost; the lost ones are computed and compared with their checksums as well.
   * @param checksums CRC32C by index, as `checksumsOf` gave them when the shards were made.
   * @throws TooFewShardsError when less than k shards are there and sound.
   * @throws ChecksumError when a shard that was computed disagrees with its checksum: then the checksum is what was
   * damaged.
   * @throws RangeError unless both lists have k + m places and the shards one length, 1 byte or more.
   */
  repair(shards: ShardsLeft, checksums: readonly number[]): Repaired {
    throw new NotStarted("stage 4: Find the shard that lies");
  }
}

/** The CRC32C of every shard. */
export function checksumsOf(shards: readonly Uint8Array[]): number[] {
  return shards.map((shard) => crc32c(shard));
}

/**
 * Cuts bytes into `dataShards` shards of the same length, the shortest that is enough; the end is filled with zeros.
 * Copies. Keep the length of `bytes` beside the shards: the zeros cannot be told from data.
 * @throws RangeError when there are no bytes, or `dataShards` is not an integer from 1 to 255.
 */
export function split(bytes: Uint8Array, dataShards: number): Uint8Array[] {
  throw new NotStarted("stage 3: Any shape, any length");
}

/**
 * The first `length` bytes of the data shards laid end to end: undoes `split`. A copy.
 * @throws RangeError unless `length` is an integer from 0 to the bytes that are there.
 */
export function join(data: readonly Uint8Array[], length: number): Uint8Array {
  throw new NotStarted("stage 3: Any shape, any length");
}
