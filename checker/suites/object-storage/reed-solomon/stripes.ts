/** Stripes for the suites of erasure coding, and parity as the definition says it, apart from any code under test. */

import { ensure, fc, run } from "../../../kit/index.ts";

/** Bytes that depend on the run's seed and on `salt`, different for every salt. */
export function randomBytes(length: number, salt = 0): Uint8Array {
  let state = (run.seed ^ Math.imul(salt + 1, 0x9e3779b1)) >>> 0;
  return Uint8Array.from({ length }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 15), state | 1);
    return (mixed ^ (mixed >>> 14)) & 255;
  });
}

export function randomShards(count: number, length: number, salt = 0): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => randomBytes(length, 1_000 * salt + i));
}

const EXP: number[] = [1];
while (EXP.length < 510) EXP.push(doubled(EXP[EXP.length - 1]!));
const LOG = Array.from({ length: 256 }, (_, a) => EXP.indexOf(a));

function doubled(a: number): number {
  return a < 128 ? 2 * a : (2 * a) ^ 0x11d;
}

const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : EXP[LOG[a]! + LOG[b]!]!);

/** The products with a factor, by the other factor. */
const ROWS = Array.from({ length: 256 }, (_, a) => Uint8Array.from({ length: 256 }, (_, b) => times(a, b)));

const known = new Map<string, Uint8Array[]>();

/** The lower m rows of V * (top k rows of V)^-1 with V[r][c] = r^c, by Gauss and Jordan. */
export function parityMatrix(k: number, m: number): Uint8Array[] {
  const key = `${k}+${m}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  // To find X with X * top = bottom, reduce the columns of top to the identity and do the same to bottom.
  const columns = Array.from({ length: k }, (_, c) => Uint8Array.from({ length: k + m }, (_, r) => powerOf(r, c)));
  for (let r = 0; r < k; r++) {
    const at = columns.findIndex((column, c) => c >= r && column[r] !== 0);
    [columns[r], columns[at]] = [columns[at]!, columns[r]!];
    const own = columns[r]!;
    const scale = ROWS[EXP[255 - LOG[own[r]!]!]!]!;
    for (let i = 0; i < own.length; i++) own[i] = scale[own[i]!]!;
    for (let c = 0; c < k; c++) {
      const products = ROWS[columns[c]![r]!]!;
      if (c !== r) for (let i = r; i < own.length; i++) columns[c]![i]! ^= products[own[i]!]!;
    }
  }
  const matrix = Array.from({ length: m }, (_, r) => Uint8Array.from(columns, (column) => column[k + r]!));
  known.set(key, matrix);
  return matrix;
}

const powerOf = (a: number, n: number): number => (n === 0 ? 1 : a === 0 ? 0 : EXP[(LOG[a]! * n) % 255]!);

export function parityOf(data: readonly Uint8Array[], m: number): Uint8Array[] {
  return parityMatrix(data.length, m).map((row) => {
    const parity = new Uint8Array(data[0]!.length);
    row.forEach((factor, c) => {
      const products = ROWS[factor]!;
      const shard = data[c]!;
      for (let i = 0; i < parity.length; i++) parity[i]! ^= products[shard[i]!]!;
    });
    return parity;
  });
}

/** Index of the first byte that differs, -1 when there is none. Lengths count as a difference. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) if (a[i] !== b[i]) return i;
  return -1;
}

/** Every way to choose `count` of `n` indices. */
export function* choices(n: number, count: number, from = 0): Generator<number[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (let first = from; first <= n - count; first++) {
    for (const rest of choices(n, count - 1, first + 1)) yield [first, ...rest];
  }
}

/** `shards` without those at `lost`. */
export function without(shards: readonly Uint8Array[], lost: readonly number[]): (Uint8Array | null)[] {
  return shards.map((shard, i) => (lost.includes(i) ? null : shard));
}

/** A shape, a length and losses that it can bear. */
export const stripes = fc
  .record({
    k: fc.integer({ min: 1, max: 24 }),
    m: fc.integer({ min: 1, max: 12 }),
    length: fc.integer({ min: 1, max: 90 }),
  })
  .chain(({ k, m, length }) =>
    fc.record({
      k: fc.constant(k),
      m: fc.constant(m),
      length: fc.constant(length),
      lost: fc.uniqueArray(fc.nat(k + m - 1), { maxLength: m }),
    }),
  );

/** Shapes up to what the field allows. */
export const WIDE = [
  [10, 4],
  [17, 3],
  [20, 10],
  [9, 9],
  [33, 17],
  [100, 20],
  [128, 128],
  [200, 56],
  [255, 1],
  [1, 255],
] as const;

/** Says which byte of which shard is wrong. `what` is what was done. */
export function same(
  got: readonly Uint8Array[],
  expected: readonly Uint8Array[],
  names: string,
  what: () => string,
): void {
  ensure(got.length === expected.length, () => ({
    expected: `${expected.length} ${names} shards`,
    got: `${got.length}`,
    steps: [what()],
  }));
  expected.forEach((shard, i) => {
    const at = firstDifference(got[i]!, shard);
    ensure(at === -1, () => ({
      expected: `byte ${at} of ${names} shard ${i} to be ${shard[at]}`,
      got: String(got[i]![at]),
      steps: [what()],
    }));
  });
}

/** Data and its parity. */
export function coded(k: number, m: number, length: number, salt = 0): Uint8Array[] {
  const data = randomShards(k, length, salt);
  return [...data, ...parityOf(data, m)];
}

export const list = (numbers: readonly number[]): string => (numbers.length === 0 ? "none" : numbers.join(", "));

/** `shards` with a bit flipped in those at `damaged`; the others are the same arrays. */
export function damage(shards: readonly Uint8Array[], damaged: readonly number[]): Uint8Array[] {
  return shards.map((shard, i) => {
    if (!damaged.includes(i)) return shard;
    const copy = shard.slice();
    copy[(7 * i) % copy.length]! ^= 1;
    return copy;
  });
}

/** The call throws an error of this kind whose message names `word`. */
export function complains(
  call: string,
  kind: typeof RangeError | typeof TypeError,
  word: string,
  run: () => unknown,
): void {
  let got: unknown = "no error";
  try {
    run();
  } catch (error) {
    got = error;
  }
  ensure(got instanceof kind && got.message.includes(word), () => ({
    expected: `a ${kind.name} whose message names ${word}`,
    got: String(got),
    steps: [call],
  }));
}
