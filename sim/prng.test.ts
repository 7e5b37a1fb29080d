import { describe, expect, it } from "vitest";
import { createRandom, drawAt, exponentialFrom, splitmix64, Xoshiro128 } from "./prng.ts";

describe("published vectors", () => {
  it("xoshiro128** from state 1, 2, 3, 4 (rand_xoshiro's vector, made with the authors' C code)", () => {
    const random = new Xoshiro128([1, 2, 3, 4]);
    expect(Array.from({ length: 10 }, () => random.uint32())).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it("SplitMix64 from seed 1234567 (Rosetta Code)", () => {
    const next = splitmix64(1234567n);
    expect(Array.from({ length: 5 }, next)).toEqual([
      6457827717110365317n,
      3203168211198807973n,
      9817491932198370423n,
      4593380528125082431n,
      16408922859458223821n,
    ]);
  });
});

describe("Random", () => {
  it("gives the same stream for the same seed and another for another seed", () => {
    const take = (seed: number) => Array.from({ length: 8 }, createRandom(seed).uint32.bind(createRandom(seed)));
    expect(take(7)).toEqual(take(7));
    expect(take(7)).not.toEqual(take(8));
    expect(take(7)).not.toEqual(take(7 + 2 ** 32));
  });

  it("forks streams that depend on the label only, not on what was drawn before", () => {
    const parent = createRandom(1);
    const before = parent.fork("network").uint32();
    parent.uint32();
    expect(parent.fork("network").uint32()).toBe(before);
    expect(parent.fork("disk").uint32()).not.toBe(before);
    expect(parent.fork("a").fork("b").uint32()).not.toBe(parent.fork("b").fork("a").uint32());
  });

  it("draws integers of a range uniformly, both ends included", () => {
    const random = createRandom(3);
    const counts = new Map<number, number>();
    for (let i = 0; i < 60_000; i++) {
      const n = random.integer(-2, 3);
      counts.set(n, (counts.get(n) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3]);
    // 10,000 expected each, standard deviation 91: six of them is 548.
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(548);
    expect(() => random.integer(2, 1)).toThrow("integer(2, 1)");
  });

  it("is never true at chance 0 and always at chance 1", () => {
    const random = createRandom(4);
    for (let i = 0; i < 10_000; i++) {
      expect(random.chance(0)).toBe(false);
      expect(random.chance(1)).toBe(true);
    }
  });

  it("shuffles into permutations, all of them, without touching the input", () => {
    const random = createRandom(5);
    const input = [1, 2, 3];
    const seen = new Set<string>();
    for (let i = 0; i < 200; i++) seen.add(random.shuffle(input).join(""));
    expect([...seen].sort()).toEqual(["123", "132", "213", "231", "312", "321"]);
    expect(input).toEqual([1, 2, 3]);
  });

  it("keeps the exponential's mean and its shape", () => {
    const random = createRandom(6);
    const draws = Array.from({ length: 50_000 }, () => random.exponential(1000));
    const mean = draws.reduce((sum, d) => sum + d, 0) / draws.length;
    expect(mean).toBeGreaterThan(970);
    expect(mean).toBeLessThan(1030);
    // A share of 1/e of an exponential lies above its mean.
    const above = draws.filter((d) => d > 1000).length / draws.length;
    expect(above).toBeGreaterThan(0.355);
    expect(above).toBeLessThan(0.38);
    for (let i = 0; i < 1024; i++) {
      const exact = -Math.log((1024 - i - 0.5) / 1024) * 1e9;
      expect(Math.abs(exponentialFrom(i * 2 ** 22, 1e9) - exact)).toBeLessThanOrEqual(2);
    }
  });

  it("draws without state look uniform across neighboring indexes and streams", () => {
    let below = 0;
    for (let stream = 0; stream < 100; stream++) {
      for (let i = 0; i < 1000; i++) if (drawAt(stream, i) < 2 ** 32 * 0.1) below++;
    }
    // 10,000 expected, standard deviation 95.
    expect(Math.abs(below - 10_000)).toBeLessThan(570);
  });
});
