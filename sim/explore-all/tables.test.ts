import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PairTable } from "./pair-table.ts";
import { VectorList, VectorTable } from "./vector-table.ts";

const vectors = fc.array(fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 4 }), { maxLength: 400 });

describe("VectorTable", () => {
  it("takes each vector once, whatever its length, and gives it back", () => {
    fc.assert(
      fc.property(vectors, (added) => {
        const table = new VectorTable();
        const oracle = new Map<string, number>();
        for (const vector of added) {
          // What stands behind the vector does not count.
          const isNew = table.add(Int32Array.from([...vector, 99]), vector.length);
          expect(isNew).toBe(!oracle.has(vector.join()));
          if (isNew) oracle.set(vector.join(), oracle.size);
        }
        expect(table.vectors.size).toBe(oracle.size);
        const into = new Int32Array(10);
        for (const [text, index] of oracle) {
          const length = table.vectors.read(index, into);
          expect(into.subarray(0, length).join()).toBe(text);
        }
      }),
    );
  });

  it("grows over all its first sizes", () => {
    const table = new VectorTable();
    const vector = new Int32Array(40);
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 5_000; i++) {
        vector.fill(i);
        expect(table.add(vector, 40)).toBe(round === 0);
      }
    }
    expect(table.vectors.size).toBe(5_000);
  });
});

describe("VectorList", () => {
  it("keeps equal vectors apart", () => {
    const list = new VectorList();
    expect([
      list.push(Int32Array.of(1, 2), 2),
      list.push(Int32Array.of(1, 2), 2),
      list.push(Int32Array.of(), 0),
    ]).toEqual([0, 1, 2]);
    expect(list.equals(0, Int32Array.of(1, 2, 3), 2)).toBe(true);
    expect(list.equals(0, Int32Array.of(1, 2, 3), 3)).toBe(false);
    expect(list.read(2, new Int32Array(1))).toBe(0);
  });
});

describe("PairTable", () => {
  it("numbers pairs as they come", () => {
    const pair = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }));
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 1_500, minLength: 0 }), (pairs) => {
        const table = new PairTable();
        const oracle = new Map<string, number>();
        for (const [first, second] of pairs) {
          const key = `${first} ${second}`;
          if (!oracle.has(key)) oracle.set(key, oracle.size);
          expect(table.numberOf(first, second)).toBe(oracle.get(key));
        }
        expect(table.size).toBe(oracle.size);
      }),
    );
  });
});
