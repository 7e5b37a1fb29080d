import { describe, expect, it } from "vitest";
import { collidingNamePairs, collidingPairs, counts, distinctNames, names, readings } from "./kinds.ts";
import { fc } from "./property.ts";

const drawn = <T>(inputs: fc.Arbitrary<T>, count = 2_000): T[] => fc.sample(inputs, { seed: 7, numRuns: count });

describe("inputs of the kinds that have passed for right", () => {
  it("are names that objects, text order, UTF-8 and joins take for something else", () => {
    const seen = new Set(drawn(names()));
    for (const name of ["", "__proto__", "10", "9", "\uffff", "\u{10ffff}", "a:1", "a1", "a11"])
      expect(seen.has(name), JSON.stringify(name)).toBe(true);
    const sorted = [...seen].filter((name) => /^\d+$/.test(name));
    expect([...sorted].sort()).not.toEqual([...sorted].sort((a, b) => Number(a) - Number(b)));
  });

  it("keep to the names that a contract allows, and are distinct where asked", () => {
    const allowed = (name: string): boolean => name !== "" && !name.includes("/");
    expect(drawn(names({ allowed })).every(allowed)).toBe(true);
    for (const list of drawn(distinctNames(5), 200)) expect(new Set(list).size).toBe(5);
  });

  it("are different pairs that are one text when they are joined", () => {
    for (const [[a, x], [b, y]] of drawn(collidingPairs())) {
      expect([a, x]).not.toEqual([b, y]);
      expect(`${a}${x}`).toBe(`${b}${y}`);
    }
    const separators = ["", ":", "/", "|", ",", "-", "#", "\0", "\n", " "];
    for (const [first, second] of drawn(collidingNamePairs())) {
      expect(first).not.toEqual(second);
      expect(separators.some((separator) => first.join(separator) === second.join(separator))).toBe(true);
    }
  });

  it("are counts beyond 8, 16 and 32 bits, up to the largest that is allowed", () => {
    const seen = drawn(counts({ min: 1, max: Number.MAX_SAFE_INTEGER }));
    for (const edge of [1, 10, 256, 65_536, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER]) expect(seen).toContain(edge);
    const small = drawn(counts({ min: 5, max: 300 }));
    expect(Math.min(...small)).toBe(5);
    expect(Math.max(...small)).toBe(300);
  });

  it("are clocks that stand, leap, and step back only where that is asked for", () => {
    const backwards = (times: readonly number[]): boolean => times.some((at, i) => i > 0 && at < times[i - 1]!);
    expect(drawn(readings(50), 100).some(backwards)).toBe(false);
    const stepping = drawn(readings(50, { start: 1e12, back: 1_000 }), 100);
    expect(stepping.filter(backwards).length).toBeGreaterThan(90);
    expect(stepping.some((times) => times.some((at, i) => i > 0 && at === times[i - 1]))).toBe(true);
    expect(stepping.some((times) => times.some((at, i) => i > 0 && at - times[i - 1]! === 86_400_000))).toBe(true);
  });
});
