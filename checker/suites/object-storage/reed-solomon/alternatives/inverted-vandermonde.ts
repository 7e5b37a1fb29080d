/**
 * Alternative: the classic way. A Vandermonde matrix is made systematic by the inverse of its upper part; decoding inverts the rows of the shards that are left;
 * the kernel is the field's, a row at a time and block by block.
 */

import { crc32c } from "../../given/common/crc32c.ts";
import { requireInteger } from "../../given/common/integers.ts";
import { ChecksumError, TooFewShardsError } from "../../given/object-storage/errors.ts";
import { inverse, multiplyAddSlice, multiplySlice, power } from "./galois-field.ts";

export type ShardsLeft = readonly (Uint8Array | null)[];

export interface Repaired {
  readonly shards: Uint8Array[];
  readonly replaced: number[];
}

export const SHARDS_MAX = 256;

type Matrix = readonly Uint8Array[];

export class ReedSolomon {
  readonly dataShards: number;
  readonly parityShards: number;
  readonly totalShards: number;
  private readonly matrix: Matrix;

  constructor(dataShards: number, parityShards: number) {
    this.dataShards = requireInteger("dataShards", dataShards, 1, SHARDS_MAX - 1);
    this.parityShards = requireInteger("parityShards", parityShards, 1, SHARDS_MAX - dataShards);
    this.totalShards = dataShards + parityShards;
    const vandermonde = Array.from({ length: this.totalShards }, (_, r) =>
      Uint8Array.from({ length: dataShards }, (_, c) => power(r, c)),
    );
    this.matrix = times(vandermonde, inverted(vandermonde.slice(0, dataShards)));
  }

  encode(data: readonly Uint8Array[], into?: readonly Uint8Array[]): Uint8Array[] {
    const length = checked("data", data, this.dataShards, false);
    const parity = [...(into ?? Array.from({ length: this.parityShards }, () => new Uint8Array(length)))];
    if (checked("into", parity, this.parityShards, false) !== length) {
      throw new RangeError(`into has shards of ${parity[0]!.length} bytes, expected ${length}`);
    }
    mix(this.matrix.slice(this.dataShards), data, parity, length);
    return parity;
  }

  verify(shards: readonly Uint8Array[]): boolean {
    checked("shards", shards, this.totalShards, false);
    const parity = this.encode(shards.slice(0, this.dataShards));
    return parity.every((row, r) => row.every((byte, i) => byte === shards[this.dataShards + r]![i]));
  }

  reconstruct(shards: ShardsLeft): Uint8Array[] {
    const data = this.reconstructData(shards);
    const lost = range(this.dataShards, this.totalShards).filter((i) => shards[i] === null);
    const computed = lost.map(() => new Uint8Array(data[0]!.length));
    if (lost.length > 0) {
      mix(
        lost.map((i) => this.matrix[i]!),
        data,
        computed,
        data[0]!.length,
      );
    }
    const parity = range(this.dataShards, this.totalShards).map((i) => shards[i] ?? computed[lost.indexOf(i)]!);
    return [...data, ...parity];
  }

  reconstructData(shards: ShardsLeft): Uint8Array[] {
    const length = checked("shards", shards, this.totalShards, true);
    const present = range(0, this.totalShards).filter((i) => shards[i] !== null);
    if (present.length < this.dataShards) throw new TooFewShardsError(present.length, this.dataShards);
    const used = present.slice(0, this.dataShards);
    const lost = range(0, this.dataShards).filter((i) => shards[i] === null);
    const data = range(0, this.dataShards).map((i) => shards[i] ?? new Uint8Array(length));
    if (lost.length === 0) return data;
    const decoding = inverted(used.map((i) => this.matrix[i]!));
    mix(
      lost.map((i) => decoding[i]!),
      used.map((i) => shards[i]!),
      lost.map((i) => data[i]!),
      length,
    );
    return data;
  }

  repair(shards: ShardsLeft, checksums: readonly number[]): Repaired {
    if (checksums.length !== this.totalShards) {
      throw new RangeError(`checksums has ${checksums.length} entries, expected ${this.totalShards}`);
    }
    checked("shards", shards, this.totalShards, true);
    const replaced: number[] = [];
    const sound = shards.map((shard, i) => {
      if (shard !== null && crc32c(shard) === checksums[i]) return shard;
      replaced.push(i);
      return null;
    });
    const whole = this.reconstruct(sound);
    whole.forEach((shard, i) => {
      if (crc32c(shard) !== checksums[i]) throw new ChecksumError(`shard ${i}`, checksums[i]!, crc32c(shard));
    });
    return { shards: whole, replaced };
  }
}

export function checksumsOf(shards: readonly Uint8Array[]): number[] {
  return shards.map((shard) => crc32c(shard));
}

export function split(bytes: Uint8Array, dataShards: number): Uint8Array[] {
  requireInteger("dataShards", dataShards, 1, SHARDS_MAX - 1);
  if (bytes.length === 0) throw new RangeError("bytes is empty, expected at least 1 byte");
  const length = Math.ceil(bytes.length / dataShards);
  return range(0, dataShards).map((i) =>
    Uint8Array.from({ length }, (_, at) => (i * length + at < bytes.length ? bytes[i * length + at]! : 0)),
  );
}

export function join(data: readonly Uint8Array[], length: number): Uint8Array {
  const all = data.flatMap((shard) => [...shard]);
  return Uint8Array.from(all.slice(0, requireInteger("length", length, 0, all.length)));
}

function times(a: Matrix, b: Matrix): Matrix {
  return a.map((row) => {
    const product = new Uint8Array(b[0]!.length);
    for (let i = 0; i < row.length; i++) multiplyAddSlice(row[i]!, b[i]!, product);
    return product;
  });
}

/** Gauss and Jordan, with the identity carried along on the right. */
function inverted(matrix: Matrix): Matrix {
  const size = matrix.length;
  const rows = matrix.map((row, r) => {
    const wide = new Uint8Array(2 * size);
    wide.set(row);
    wide[size + r] = 1;
    return wide;
  });
  for (let c = 0; c < size; c++) {
    const pivot = rows.findIndex((row, r) => r >= c && row[c] !== 0);
    if (pivot === -1) throw new Error("the matrix is singular, which no choice of rows of this code can be");
    [rows[c], rows[pivot]] = [rows[pivot]!, rows[c]!];
    const own = rows[c]!;
    multiplySlice(inverse(own[c]!), own, own);
    for (const row of rows) if (row !== own) multiplyAddSlice(row[c]!, own, row);
  }
  return rows.map((row) => row.slice(size));
}

const BLOCK = 4_096;

function mix(rows: Matrix, inputs: readonly Uint8Array[], outputs: readonly Uint8Array[], length: number): void {
  for (let start = 0; start < length; start += BLOCK) {
    const end = Math.min(length, start + BLOCK);
    outputs.forEach((output, r) => {
      const part = output.subarray(start, end);
      multiplySlice(rows[r]![0]!, inputs[0]!.subarray(start, end), part);
      for (let c = 1; c < inputs.length; c++) multiplyAddSlice(rows[r]![c]!, inputs[c]!.subarray(start, end), part);
    });
  }
}

/** The one length of all shards. */
function checked(name: string, shards: ShardsLeft, count: number, mayBeLost: boolean): number {
  if (shards.length !== count) throw new RangeError(`${name} has ${shards.length} entries, expected ${count}`);
  for (const [i, shard] of shards.entries()) {
    if (mayBeLost && shard === null) continue;
    if (!(shard instanceof Uint8Array)) throw new TypeError(`${name}[${i}] is ${String(shard)}, expected a Uint8Array`);
    if (shard.length === 0) throw new RangeError(`${name}[${i}] is empty, expected at least 1 byte`);
  }
  const lengths = new Set(shards.flatMap((shard) => (shard === null ? [] : [shard.length])));
  if (lengths.size > 1)
    throw new RangeError(`${name} has shards of ${[...lengths].join(" and ")} bytes, expected one length`);
  return [...lengths][0] ?? 0;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
