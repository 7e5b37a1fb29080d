/*
 * A field of bytes. Sums without carries, products through logarithms, and a kernel that multiplies a whole slice.
 *
 * Start with stage 1: Add and multiply.
 * Chapter: docs/storage/object-storage.mdx
 * Grade it: npx bp check object-storage/galois-field
 */

import { NotStarted } from "../not-started.ts";

/**
 * GF(2^8): the 256 bytes as a field. A byte stands for a polynomial whose coefficients are its bits; sums are taken
 * modulo 2, products modulo this polynomial, x^8 + x^4 + x^3 + x^2 + 1. It is primitive: the powers of x, which is 2,
 * run through all elements but 0.
 *
 * Elements are whole numbers from 0 to 255; for any other number the result means nothing.
 *
 * The same field as in JavaReedSolomon, klauspost/reedsolomon and the Rust crate reed-solomon-erasure, so that shards
 * can be exchanged with them.
 */
export const POLYNOMIAL = 0x11d;

/** The sum. Also the difference: every element is its own negative. O(1). */
export function add(a: number, b: number): number {
  throw new NotStarted("stage 1: Add and multiply");
}

/** The product. O(1). */
export function multiply(a: number, b: number): number {
  throw new NotStarted("stage 1: Add and multiply");
}

/**
 * 2 to the power `n`, for `n` from 0 to 254: every element but 0, once. O(1).
 * @throws RangeError for any other `n`.
 */
export function exp(n: number): number {
  throw new NotStarted("stage 2: Logarithms, inverses, powers");
}

/**
 * The `n` with `exp(n) === a`. O(1).
 * @throws RangeError for 0, which is no power of 2.
 */
export function log(a: number): number {
  throw new NotStarted("stage 2: Logarithms, inverses, powers");
}

/**
 * The `b` with `multiply(a, b) === 1`. O(1).
 * @throws RangeError for 0.
 */
export function inverse(a: number): number {
  throw new NotStarted("stage 2: Logarithms, inverses, powers");
}

/**
 * The `q` with `multiply(q, b) === a`. O(1).
 * @throws RangeError when `b` is 0, also for 0 / 0.
 */
export function divide(a: number, b: number): number {
  throw new NotStarted("stage 2: Logarithms, inverses, powers");
}

/**
 * `a` multiplied by itself `n` times; 1 for `n` = 0, also for `a` = 0 (an empty product). O(1), however large `n` is.
 * @throws RangeError unless `n` is an integer from 0 to 2^53 - 1.
 */
export function power(a: number, n: number): number {
  throw new NotStarted("stage 2: Logarithms, inverses, powers");
}

/**
 * `target[i] = factor * source[i]` for every byte. Both may be the same array. O(bytes).
 * @throws RangeError when the lengths differ; then nothing is written.
 */
export function multiplySlice(factor: number, source: Uint8Array, target: Uint8Array): void {
  throw new NotStarted("stage 3: Kernels");
}

/**
 * `target[i] += factor * source[i]` for every byte: what encoding and decoding are made of. Both may be the same array.
 * O(bytes).
 * @throws RangeError when the lengths differ; then nothing is written.
 */
export function multiplyAddSlice(factor: number, source: Uint8Array, target: Uint8Array): void {
  throw new NotStarted("stage 3: Kernels");
}
