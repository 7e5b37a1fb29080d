/**
 * Inputs on which code is wrong that was only tried with ordinary ones: names, counts, sizes and clocks of the kinds
 * that have passed for right before. A suite draws from these by default, and says why where it does not.
 */

import fc, { type Arbitrary } from "fast-check";

/** Own properties of every object, the empty name, and names that differ by form of the same letters only. */
const ODD_NAMES = ["", "__proto__", "constructor", "hasOwnProperty", "\u00e9", "e\u0301", "a b", "A", "a"];
/** In the order of numbers, of text, and of the digits' count these are three different lists. */
const NUMBERED_NAMES = ["2", "10", "9", "-1", "01", "1", "n2", "n10", "n9"];
/** U+FFFF sorts after a pair of surrogates by code units and before it by code points and in UTF-8. */
const LAST_NAMES = ["\uffff", "\u{10ffff}", "\u{1f600}", "a\uffff", "a\u{10ffff}", "~"];
const SEPARATORS = ["", ":", "/", "|", ",", "-", "#", "\0", "\n", " "];

export interface NameOptions {
  /** Names that the contract excludes are not drawn. Default: every name may be. */
  readonly allowed?: (name: string) => boolean;
}

/**
 * Names of keys, servers, buckets: properties of every object, numbers that text sorts otherwise, the end of Unicode,
 * names that contain a separator, and ordinary short ones.
 */
export function names({ allowed = () => true }: NameOptions = {}): Arbitrary<string> {
  const listed = [...ODD_NAMES, ...NUMBERED_NAMES, ...LAST_NAMES].filter(allowed);
  const separated = fc
    .tuple(fc.constantFrom("a", "b", "1", "11"), fc.constantFrom(...SEPARATORS), fc.constantFrom("a", "1", "11", ""))
    .map((parts) => parts.join(""))
    .filter(allowed);
  return fc.oneof(fc.constantFrom(...listed), separated);
}

/** `count` different names; pairs among them often collide once they are joined with a number or another name. */
export function distinctNames(count: number, options: NameOptions = {}): Arbitrary<string[]> {
  return fc.uniqueArray(names(options), { minLength: count, maxLength: count });
}

/** Two different pairs of a name and a number that are one text when they are joined: ("a1", 1) and ("a", 11). */
export function collidingPairs(): Arbitrary<[[name: string, number: number], [name: string, number: number]]> {
  const digits = fc.integer({ min: 1, max: 99 });
  return fc
    .tuple(fc.constantFrom("a", "b", "n-", ""), digits, digits)
    .map(([name, first, second]): [[string, number], [string, number]] => [
      [`${name}${first}`, second],
      [name, Number(`${first}${second}`)],
    ]);
}

/** Two different pairs of names that are one text when they are joined with a separator that a name may contain. */
export function collidingNamePairs(
  options: NameOptions = {},
): Arbitrary<[[first: string, second: string], [first: string, second: string]]> {
  const { allowed = () => true } = options;
  return fc
    .tuple(
      fc.constantFrom(...SEPARATORS),
      fc.constantFrom("a", "1"),
      fc.constantFrom("b", "1"),
      fc.constantFrom("c", "2"),
    )
    .map(([separator, a, b, c]): [[string, string], [string, string]] => [
      [`${a}${separator}${b}`, c],
      [a, `${b}${separator}${c}`],
    ])
    .filter((pairs) => pairs.flat().every(allowed));
}

/** Where counters of 8, 16 and 32 bits and the integers of a double end, and where text sorts numbers otherwise. */
const EDGES = [
  0,
  1,
  2,
  9,
  10,
  99,
  100,
  127,
  128,
  255,
  256,
  32_767,
  32_768,
  65_535,
  65_536,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 32 + 1,
  2 ** 52,
  Number.MAX_SAFE_INTEGER - 1,
  Number.MAX_SAFE_INTEGER,
];

export interface Range {
  readonly min: number;
  readonly max: number;
}

/**
 * Integers from `min` to `max`, both included: half of them where a narrow counter or a comparison as text goes wrong.
 */
export function counts({ min, max }: Range): Arbitrary<number> {
  const edges = [...new Set([min, ...EDGES, max])].filter((edge) => edge >= min && edge <= max);
  return fc.oneof(fc.constantFrom(...edges), fc.integer({ min, max }));
}

/**
 * Readings of a clock in milliseconds: mostly ahead, sometimes the same again, sometimes a step back of up to `back`
 * (default 0: never), and once in a while a leap of `leap` (default a day).
 */
export function readings(count: number, { start = 0, back = 0, leap = 86_400_000 } = {}): Arbitrary<number[]> {
  const ahead = fc.integer({ min: 1, max: 5_000 });
  const steps = [
    { weight: 6, arbitrary: ahead },
    { weight: 2, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constant(leap) },
    ...(back > 0 ? [{ weight: 2, arbitrary: fc.integer({ min: -back, max: -1 }) }] : []),
  ];
  return fc.array(fc.oneof(...steps), { minLength: count, maxLength: count }).map((each) => {
    let now = start;
    return each.map((ms) => {
      now += ms;
      return now;
    });
  });
}

/** Counts at which a table grows, a 16-bit position wraps, and what breaks "after a while" has broken. */
export const LONG_RUNS: readonly number[] = [1_024, 4_097, 25_000, 65_537, 100_000];
