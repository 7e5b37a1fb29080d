import { crc32c } from "../../given/common/crc32c.ts";
import { requireInteger } from "../../given/common/integers.ts";
import { ChecksumError, TooFewShardsError } from "../../given/object-storage/errors.ts";
import { divide, multiply, multiplyAddSlice } from "./galois-field.ts";

/** Shards by index: data first, then parity. `null` is one that is lost. */
export type ShardsLeft = readonly (Uint8Array | null)[];

/** What `repair` gives back. */
export interface Repaired {
  /** All shards, each in agreement with its checksum. */
  readonly shards: Uint8Array[];
  /** Indices of those that were lost or damaged and have been computed again, ascending. Write them back. */
  readonly replaced: number[];
}

/** A shard is the value of a polynomial at its index, and there are so many elements in the field. @given */
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
  readonly #parityCoder: Coder;

  /**
   * @throws RangeError unless both are integers from 1 up and their sum is at most `SHARDS_MAX`: there are no more
   * points in the field.
   */
  constructor(dataShards: number, parityShards: number) {
    this.dataShards = requireInteger("dataShards", dataShards, 1, SHARDS_MAX - 1);
    this.parityShards = requireInteger("parityShards", parityShards, 1, SHARDS_MAX - dataShards);
    this.totalShards = dataShards + parityShards;
    this.#parityCoder = new Coder(range(0, dataShards), range(dataShards, this.totalShards));
  }

  /**
   * The m parity shards of k data shards.
   * @param into Where to write them: m shards of the same length that share no memory with the data. Default: new ones.
   * @throws RangeError unless there are k shards of one length, 1 byte or more.
   */
  encode(data: readonly Uint8Array[], into?: readonly Uint8Array[]): Uint8Array[] {
    const length = lengthOf("data", data, this.dataShards, "whole");
    const parity = into ?? range(0, this.parityShards).map(() => new Uint8Array(length));
    lengthOf("into", parity, this.parityShards, "whole", length);
    this.#parityCoder.code(data, parity, length);
    return [...parity];
  }

  /**
   * Whether the parity agrees with the data. `false` says that at least one of the shards is wrong, and not which.
   * @throws RangeError unless there are k + m shards of one length, 1 byte or more.
   */
  verify(shards: readonly Uint8Array[]): boolean {
    lengthOf("shards", shards, this.totalShards, "whole");
    const parity = this.encode(shards.slice(0, this.dataShards));
    return parity.every((expected, i) => isSame(expected, shards[this.dataShards + i]!));
  }

  /**
   * All k + m shards, from any k of them. Those that are there are returned as they are, not copied.
   * @throws TooFewShardsError when less than k are there.
   * @throws RangeError unless the list has k + m places and the shards in it one length, 1 byte or more.
   * @stage 2
   */
  reconstruct(shards: ShardsLeft): Uint8Array[] {
    return this.#rebuilt(shards, this.totalShards);
  }

  /**
   * The k data shards, from any k shards; lost parity stays lost. What a read wants: when all data is there, nothing is
   * computed.
   * @throws As `reconstruct`.
   * @stage 2
   */
  reconstructData(shards: ShardsLeft): Uint8Array[] {
    return this.#rebuilt(shards, this.dataShards);
  }

  /**
   * All k + m shards, with nothing in them that no checksum vouches for. A shard that is there and disagrees with its
   * checksum counts as lost; the lost ones are computed and compared with their checksums as well.
   * @param checksums CRC32C by index, as `checksumsOf` gave them when the shards were made.
   * @throws TooFewShardsError when less than k shards are there and sound.
   * @throws ChecksumError when a shard that was computed disagrees with its checksum: then the checksum is what was
   * damaged.
   * @throws RangeError unless both lists have k + m places and the shards one length, 1 byte or more.
   * @stage 4
   */
  repair(shards: ShardsLeft, checksums: readonly number[]): Repaired {
    requirePlaces("checksums", checksums.length, this.totalShards);
    lengthOf("shards", shards, this.totalShards, "some lost");
    const sound = shards.map((shard, i) => (shard !== null && crc32c(shard) === checksums[i] ? shard : null));
    const replaced = range(0, this.totalShards).filter((i) => sound[i] === null);
    const whole = this.reconstruct(sound);
    for (const i of replaced) {
      const got = crc32c(whole[i]!);
      if (got !== checksums[i]) throw new ChecksumError(`shard ${i}`, checksums[i]!, got);
    }
    return { shards: whole, replaced };
  }

  /** The first `count` shards, the missing ones among them computed. */
  #rebuilt(shards: ShardsLeft, count: number): Uint8Array[] {
    const length = lengthOf("shards", shards, this.totalShards, "some lost");
    const present = range(0, this.totalShards).filter((i) => shards[i] !== null);
    if (present.length < this.dataShards) throw new TooFewShardsError(present.length, this.dataShards);
    const missing = range(0, count).filter((i) => shards[i] === null);
    const whole = shards.slice(0, count).map((shard) => shard ?? new Uint8Array(length));
    if (missing.length === 0) return whole;
    const sources = present.slice(0, this.dataShards);
    const coder = new Coder(sources, missing);
    coder.code(
      sources.map((i) => shards[i]!),
      missing.map((i) => whole[i]!),
      length,
    );
    return whole;
  }
}

/** The CRC32C of every shard. @given */
export function checksumsOf(shards: readonly Uint8Array[]): number[] {
  return shards.map((shard) => crc32c(shard));
}

/**
 * Cuts bytes into `dataShards` shards of the same length, the shortest that is enough; the end is filled with zeros.
 * Copies. Keep the length of `bytes` beside the shards: the zeros cannot be told from data.
 * @throws RangeError when there are no bytes, or `dataShards` is not an integer from 1 to 255.
 * @stage 3
 */
export function split(bytes: Uint8Array, dataShards: number): Uint8Array[] {
  requireInteger("dataShards", dataShards, 1, SHARDS_MAX - 1);
  if (bytes.length === 0) throw new RangeError("bytes has length 0, expected at least 1: nothing needs no shards");
  const length = Math.ceil(bytes.length / dataShards);
  return range(0, dataShards).map((i) => {
    const shard = new Uint8Array(length);
    shard.set(bytes.subarray(i * length, (i + 1) * length));
    return shard;
  });
}

/**
 * The first `length` bytes of the data shards laid end to end: undoes `split`. A copy.
 * @throws RangeError unless `length` is an integer from 0 to the bytes that are there.
 * @stage 3
 */
export function join(data: readonly Uint8Array[], length: number): Uint8Array {
  const there = data.reduce((sum, shard) => sum + shard.length, 0);
  const bytes = new Uint8Array(requireInteger("length", length, 0, there));
  let at = 0;
  for (const shard of data) {
    if (at >= length) break;
    bytes.set(shard.subarray(0, length - at), at);
    at += shard.length;
  }
  return bytes;
}

/**
 * Lagrange: how much of each value at the points `from` is in the value at a point of `to` of the one polynomial of
 * degree below `from.length` through them. A row for each of `to`, none of which is in `from`; differences are sums
 * here:
 * row[i] = product of (to ^ from[j]) / (from[i] ^ from[j]) over all j but i. O(from^2 + from * to).
 */
function factorsBetween(from: readonly number[], to: readonly number[]): Uint8Array[] {
  const below = from.map((point) => distances(point, from));
  return to.map((point) => {
    const above = distances(point, from);
    return Uint8Array.from(from, (other, i) => divide(above, multiply(below[i]!, point ^ other)));
  });
}

/** Product of the differences from `point` to all `others` but itself. */
function distances(point: number, others: readonly number[]): number {
  return others.reduce((product, other) => (other === point ? product : multiply(product, point ^ other)), 1);
}

/**
 * Bytes of a shard that are worked on at a time, so that inputs, tables and outputs of a group lie in the nearest cache
 * (48 KiB or 32 KiB).
 */
const BLOCK = 2_048;
const WORDS = BLOCK / 4;
/** Inputs that one pass of the kernel takes, and outputs that one table look-up yields. */
const INPUTS = 8;
const OUTPUTS = 4;
/** Below this many bytes tables cost more than they save. */
const TABLES_FROM = 512;

/** Computes the shards at some points from those at others. */
class Coder {
  readonly #rows: readonly Uint8Array[];
  readonly #inputs: number;
  #tables: Uint32Array | null = null;

  constructor(from: readonly number[], to: readonly number[]) {
    this.#rows = factorsBetween(from, to);
    this.#inputs = from.length;
  }

  code(inputs: readonly Uint8Array[], outputs: readonly Uint8Array[], length: number): void {
    if (length < TABLES_FROM) this.#codeShort(inputs, outputs);
    else this.#codeLong(inputs, outputs, length);
  }

  #codeShort(inputs: readonly Uint8Array[], outputs: readonly Uint8Array[]): void {
    outputs.forEach((output, r) => {
      output.fill(0);
      inputs.forEach((input, c) => {
        multiplyAddSlice(this.#rows[r]![c]!, input, output);
      });
    });
  }

  /** Block by block through scratch memory, where everything is aligned, whatever the offsets of the shards. */
  #codeLong(inputs: readonly Uint8Array[], outputs: readonly Uint8Array[], length: number): void {
    this.#tables ??= this.#buildTables();
    const tables = this.#tables;
    const groups = Math.ceil(this.#inputs / INPUTS);
    const source = new Uint32Array(groups * INPUTS * WORDS);
    const sourceBytes = new Uint8Array(source.buffer);
    const target = new Uint32Array(OUTPUTS * WORDS);
    const targetBytes = new Uint8Array(target.buffer);
    for (let start = 0; start < length; start += BLOCK) {
      const end = Math.min(length, start + BLOCK);
      inputs.forEach((input, c) => {
        sourceBytes.set(input.subarray(start, end), c * BLOCK);
      });
      for (let r = 0; r < outputs.length; r += OUTPUTS) {
        target.fill(0);
        for (let group = 0; group < groups; group++) {
          const table = ((r / OUTPUTS) * groups + group) * INPUTS * 256;
          mix(source, group * INPUTS * WORDS, tables, table, target);
        }
        for (let i = 0; i < OUTPUTS && r + i < outputs.length; i++) {
          outputs[r + i]!.set(targetBytes.subarray(i * BLOCK, i * BLOCK + end - start), start);
        }
      }
    }
  }

  /**
   * For four outputs and one input a table of 256 words: the four products of a byte, side by side. Places that are not
   * used hold zeros.
   */
  #buildTables(): Uint32Array {
    const groups = Math.ceil(this.#inputs / INPUTS);
    const tables = new Uint32Array(Math.ceil(this.#rows.length / OUTPUTS) * groups * INPUTS * 256);
    this.#rows.forEach((row, r) => {
      const shift = 8 * (r % OUTPUTS);
      row.forEach((factor, c) => {
        const at = (Math.floor(r / OUTPUTS) * groups * INPUTS + c) * 256;
        for (let byte = 1; byte < 256; byte++) tables[at + byte]! |= multiply(factor, byte) << shift;
      });
    });
    return tables;
  }
}

/**
 * Eight inputs into four outputs, a block of each. A word holds four neighboring bytes of one shard; a look-up yields
 * four products of one byte. So four words `a` to `d` gather the outputs of one position each, and are then turned by
 * 90 degrees. The order of bytes in a word does not matter: it is the same going in and out.
 *
 * Written out, because V8 does not unroll the loop over inputs: a third faster.
 */
function mix(source: Uint32Array, from: number, tables: Uint32Array, table: number, target: Uint32Array): void {
  for (let i = 0; i < WORDS; i++) {
    const at = from + i;
    const w0 = source[at]!;
    const w1 = source[at + 1 * WORDS]!;
    const w2 = source[at + 2 * WORDS]!;
    const w3 = source[at + 3 * WORDS]!;
    const w4 = source[at + 4 * WORDS]!;
    const w5 = source[at + 5 * WORDS]!;
    const w6 = source[at + 6 * WORDS]!;
    const w7 = source[at + 7 * WORDS]!;
    const a =
      tables[table + (w0 & 255)]! ^
      tables[table + 256 + (w1 & 255)]! ^
      tables[table + 512 + (w2 & 255)]! ^
      tables[table + 768 + (w3 & 255)]! ^
      tables[table + 1024 + (w4 & 255)]! ^
      tables[table + 1280 + (w5 & 255)]! ^
      tables[table + 1536 + (w6 & 255)]! ^
      tables[table + 1792 + (w7 & 255)]!;
    const b =
      tables[table + ((w0 >>> 8) & 255)]! ^
      tables[table + 256 + ((w1 >>> 8) & 255)]! ^
      tables[table + 512 + ((w2 >>> 8) & 255)]! ^
      tables[table + 768 + ((w3 >>> 8) & 255)]! ^
      tables[table + 1024 + ((w4 >>> 8) & 255)]! ^
      tables[table + 1280 + ((w5 >>> 8) & 255)]! ^
      tables[table + 1536 + ((w6 >>> 8) & 255)]! ^
      tables[table + 1792 + ((w7 >>> 8) & 255)]!;
    const c =
      tables[table + ((w0 >>> 16) & 255)]! ^
      tables[table + 256 + ((w1 >>> 16) & 255)]! ^
      tables[table + 512 + ((w2 >>> 16) & 255)]! ^
      tables[table + 768 + ((w3 >>> 16) & 255)]! ^
      tables[table + 1024 + ((w4 >>> 16) & 255)]! ^
      tables[table + 1280 + ((w5 >>> 16) & 255)]! ^
      tables[table + 1536 + ((w6 >>> 16) & 255)]! ^
      tables[table + 1792 + ((w7 >>> 16) & 255)]!;
    const d =
      tables[table + (w0 >>> 24)]! ^
      tables[table + 256 + (w1 >>> 24)]! ^
      tables[table + 512 + (w2 >>> 24)]! ^
      tables[table + 768 + (w3 >>> 24)]! ^
      tables[table + 1024 + (w4 >>> 24)]! ^
      tables[table + 1280 + (w5 >>> 24)]! ^
      tables[table + 1536 + (w6 >>> 24)]! ^
      tables[table + 1792 + (w7 >>> 24)]!;
    target[i]! ^= (a & 255) | ((b & 255) << 8) | ((c & 255) << 16) | (d << 24);
    target[WORDS + i]! ^= ((a >>> 8) & 255) | (b & 0xff00) | ((c & 0xff00) << 8) | ((d & 0xff00) << 16);
    target[2 * WORDS + i]! ^= ((a >>> 16) & 255) | ((b >>> 8) & 0xff00) | (c & 0xff0000) | ((d & 0xff0000) << 8);
    target[3 * WORDS + i]! ^= (a >>> 24) | ((b >>> 16) & 0xff00) | ((c >>> 8) & 0xff0000) | (d & 0xff000000);
  }
}

/** Length of the shards, which must be one for all and at least 1; 0 when all are lost. */
function lengthOf(
  name: string,
  shards: ShardsLeft,
  places: number,
  state: "whole" | "some lost",
  expected?: number,
): number {
  requirePlaces(name, shards.length, places);
  let length = expected;
  for (let i = 0; i < places; i++) {
    const shard = shards[i];
    if (shard === null && state === "some lost") continue;
    if (!(shard instanceof Uint8Array)) throw new TypeError(`${name}[${i}] is ${String(shard)}, expected a Uint8Array`);
    if (shard.length === 0) throw new RangeError(`${name}[${i}] has no bytes, expected at least 1`);
    length ??= shard.length;
    if (shard.length !== length) {
      throw new RangeError(`${name}[${i}] has ${shard.length} bytes, expected ${length}: shards have one length`);
    }
  }
  return length ?? 0;
}

function requirePlaces(name: string, got: number, expected: number): void {
  if (got !== expected) throw new RangeError(`${name} has ${got} entries, expected ${expected}`);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
