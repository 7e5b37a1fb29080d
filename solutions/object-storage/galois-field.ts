/**
 * GF(2^8): the 256 bytes as a field. A byte stands for a polynomial whose coefficients are its bits; sums are taken
 * modulo 2, products modulo this polynomial, x^8 + x^4 + x^3 + x^2 + 1. It is primitive: the powers of x, which is 2,
 * run through all elements but 0.
 *
 * Elements are whole numbers from 0 to 255; for any other number the result means nothing.
 *
 * The same field as in JavaReedSolomon, klauspost/reedsolomon and the Rust crate reed-solomon-erasure, so that shards
 * can be exchanged with them. @given
 */
export const POLYNOMIAL = 0x11d;

/** The sum. Also the difference: every element is its own negative. O(1). */
export function add(a: number, b: number): number {
  return a ^ b;
}

/** The product. O(1). */
export function multiply(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : EXP[LOG[a]! + LOG[b]!]!;
}

/**
 * 2 to the power `n`, for `n` from 0 to 254: every element but 0, once. O(1).
 * @throws RangeError for any other `n`.
 * @stage 2
 */
export function exp(n: number): number {
  if (!(n >= 0 && n < ORDER && Number.isInteger(n)))
    throw new RangeError(`n is ${n}, expected an integer from 0 to 254`);
  return EXP[n]!;
}

/**
 * The `n` with `exp(n) === a`. O(1).
 * @throws RangeError for 0, which is no power of 2.
 * @stage 2
 */
export function log(a: number): number {
  if (a === 0) throw new RangeError("a is 0, expected 1 to 255: 0 is no power of 2");
  return LOG[a]!;
}

/**
 * The `b` with `multiply(a, b) === 1`. O(1).
 * @throws RangeError for 0.
 * @stage 2
 */
export function inverse(a: number): number {
  if (a === 0) throw new RangeError("a is 0, expected 1 to 255: 0 has no inverse");
  return EXP[ORDER - LOG[a]!]!;
}

/**
 * The `q` with `multiply(q, b) === a`. O(1).
 * @throws RangeError when `b` is 0, also for 0 / 0.
 * @stage 2
 */
export function divide(a: number, b: number): number {
  if (b === 0) throw new RangeError("b is 0, expected 1 to 255: nothing can be divided by 0");
  return a === 0 ? 0 : EXP[LOG[a]! + ORDER - LOG[b]!]!;
}

/**
 * `a` multiplied by itself `n` times; 1 for `n` = 0, also for `a` = 0 (an empty product). O(1), however large `n` is.
 * @throws RangeError unless `n` is an integer from 0 to 2^53 - 1.
 * @stage 2
 */
export function power(a: number, n: number): number {
  if (!(n >= 0 && Number.isSafeInteger(n))) throw new RangeError(`n is ${n}, expected an integer from 0 to 2^53 - 1`);
  if (n === 0) return 1;
  // Powers repeat after 255, so `n` may be reduced first: the product would leave the integers that a double holds
  // exactly.
  return a === 0 ? 0 : EXP[(LOG[a]! * (n % ORDER)) % ORDER]!;
}

/**
 * `target[i] = factor * source[i]` for every byte. Both may be the same array. O(bytes).
 * @throws RangeError when the lengths differ; then nothing is written.
 * @stage 3
 */
export function multiplySlice(factor: number, source: Uint8Array, target: Uint8Array): void {
  requireSameLength(source, target);
  const row = rowOf(factor);
  for (let i = 0; i < source.length; i++) target[i] = row[source[i]!]!;
}

/**
 * `target[i] += factor * source[i]` for every byte: what encoding and decoding are made of. Both may be the same array.
 * O(bytes).
 * @throws RangeError when the lengths differ; then nothing is written.
 * @stage 3
 */
export function multiplyAddSlice(factor: number, source: Uint8Array, target: Uint8Array): void {
  requireSameLength(source, target);
  if (factor === 0) return;
  const row = rowOf(factor);
  for (let i = 0; i < source.length; i++) target[i]! ^= row[source[i]!]!;
}

/** Elements but 0: the powers of 2 repeat after so many. */
const ORDER = 255;

/** Twice over, so that the sum of two logarithms is an index and need not be reduced. */
const EXP = new Uint8Array(2 * ORDER);
/** `LOG[0]` means nothing. */
const LOG = new Uint8Array(256);

for (let n = 0, element = 1; n < ORDER; n++) {
  EXP[n] = EXP[n + ORDER] = element;
  LOG[element] = n;
  // Times x: shift, and take the polynomial away when the degree has become 8.
  element = element < 128 ? element << 1 : (element << 1) ^ POLYNOMIAL;
}

/** The products of every pair, a row of 256 for each factor: 64 KiB, of which a kernel touches one row. */
const PRODUCTS = new Uint8Array(256 * 256);
for (let a = 1; a < 256; a++) for (let b = 1; b < 256; b++) PRODUCTS[256 * a + b] = EXP[LOG[a]! + LOG[b]!]!;

function rowOf(factor: number): Uint8Array {
  return PRODUCTS.subarray(256 * factor, 256 * factor + 256);
}

function requireSameLength(source: Uint8Array, target: Uint8Array): void {
  if (source.length === target.length) return;
  throw new RangeError(`target has ${target.length} bytes, expected ${source.length} as source has`);
}
