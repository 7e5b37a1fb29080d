/**
 * Seeded randomness on 32-bit integers: the same numbers in every JavaScript engine.
 *
 * Generator: xoshiro128** 1.1 (Blackman and Vigna), seeded through SplitMix64 as its authors advise.
 * Source: https://prng.di.unimi.it/xoshiro128starstar.c and splitmix64.c (public domain, 2018 and 2015).
 */

/** What simulations and suites draw from. Not for secrets. */
export interface Random {
  /** Uniform in [0, 2^32). */
  uint32(): number;
  /** Uniform integer in [min, max], both included. Throws when max < min or the range exceeds 2^32. */
  integer(min: number, max: number): number;
  /** Uniform multiple of 2^-32 in [0, 1). */
  float(): number;
  /**
   * True with the given probability in [0, 1]. Draws even for 0 and 1, so that a changed knob does not shift the
   * stream.
   */
  chance(probability: number): boolean;
  /** One element, uniformly. Throws on an empty list. */
  pick<T>(items: readonly T[]): T;
  /** A new list in random order (Fisher and Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /** Exponentially distributed integer with about this mean, at least 0. */
  exponential(mean: number): number;
  /** An independent stream named by the label. Forking draws nothing: adding a fork never changes another stream. */
  fork(label: string | number): Random;
}

export function createRandom(seed: number): Random {
  return new Xoshiro128(seedState(hashLabel(seed >>> 0, Math.floor(seed / 2 ** 32) | 0)), seed >>> 0);
}

export class Xoshiro128 implements Random {
  readonly #state: Uint32Array;
  readonly #origin: number;

  /** `state`: four words, not all zero. `origin` names the stream for `fork`. */
  constructor(state: ArrayLike<number>, origin = 0) {
    this.#state = Uint32Array.from(state);
    this.#origin = origin;
    if (this.#state.length !== 4 || this.#state.every((word) => word === 0)) {
      throw new Error("xoshiro128** needs four state words, at least one of them not zero");
    }
  }

  uint32(): number {
    const s = this.#state;
    const s1 = s[1]!;
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    s[2]! ^= s[0]!;
    s[3]! ^= s1;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= s1 << 9;
    s[3] = rotateLeft(s[3]!, 11);
    return result;
  }

  integer(min: number, max: number): number {
    const span = max - min + 1;
    if (!(span >= 1 && span <= 2 ** 32))
      throw new Error(`integer(${min}, ${max}): expected min <= max, at most 2^32 values`);
    // Reject the last, incomplete block of 2^32, else small values would be likelier.
    const limit = 2 ** 32 - (2 ** 32 % span);
    let draw = this.uint32();
    while (draw >= limit) draw = this.uint32();
    return min + (draw % span);
  }

  float(): number {
    return this.uint32() / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.uint32() < probability * 2 ** 32;
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new Error("pick from an empty list");
    return items[this.integer(0, items.length - 1)]!;
  }

  shuffle<T>(items: readonly T[]): T[] {
    const out = items.slice();
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.integer(0, i);
      const held = out[i]!;
      out[i] = out[j]!;
      out[j] = held;
    }
    return out;
  }

  exponential(mean: number): number {
    return exponentialFrom(this.uint32(), mean);
  }

  fork(label: string | number): Random {
    const child = hashLabel(this.#origin, label);
    return new Xoshiro128(seedState(child), child);
  }
}

/** SplitMix64, the seeder. Only used a few times a run, so BigInt is fast enough. */
export function splitmix64(seed: bigint): () => bigint {
  const mask = (1n << 64n) - 1n;
  let state = seed & mask;
  return () => {
    state = (state + 0x9e3779b97f4a7c15n) & mask;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask;
    return z ^ (z >> 31n);
  };
}

/**
 * A hash used as a random number: draw `index` of stream `stream`, without state. The fate of the n-th message of a
 * link is such a draw, so that removing one fault leaves every other message's fate alone; that is what makes schedules
 * shrink. Mixing: the 32-bit finalizer of MurmurHash3, twice.
 */
export function drawAt(stream: number, index: number): number {
  return mix(mix(index ^ 0x9e3779b9) + stream) >>> 0;
}

/** Maps a uniform 32-bit draw to an exponential integer with about this mean. */
export function exponentialFrom(draw: number, mean: number): number {
  return Math.floor(mean * EXPONENTIAL_QUANTILES[draw >>> 22]!);
}

/** Stream number of a child stream. */
export function hashLabel(origin: number, label: string | number): number {
  let hash = mix(origin ^ 0x5bd1e995);
  const text = String(label);
  for (let i = 0; i < text.length; i++) hash = mix(hash ^ Math.imul(text.charCodeAt(i) + 1, 0x85ebca6b));
  return hash >>> 0;
}

function seedState(seed: number): number[] {
  const next = splitmix64(BigInt(seed));
  const [low, high] = [next(), next()];
  return [low, low >> 32n, high, high >> 32n].map((word) => Number(word & 0xffffffffn));
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function mix(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * Mid-bucket quantiles of the unit exponential, -ln(1 - u). Math.log may differ in its last bit between engines, so the
 * logarithm is summed here from + - * / alone, which IEEE 754 defines exactly.
 */
const EXPONENTIAL_QUANTILES = Float64Array.from({ length: 1024 }, (_, i) => -naturalLog((1024 - i - 0.5) / 1024));

/** ln(x) for 0 < x <= 1, by halving the range and the series of artanh; error below 1e-12. */
function naturalLog(x: number): number {
  let halvings = 0;
  let mantissa = x;
  while (mantissa < 0.75) {
    mantissa *= 2;
    halvings++;
  }
  const z = (mantissa - 1) / (mantissa + 1);
  let power = z;
  let sum = 0;
  for (let k = 1; k <= 21; k += 2) {
    sum += power / k;
    power *= z * z;
  }
  return 2 * sum - halvings * Math.LN2;
}
