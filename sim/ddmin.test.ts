import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ddmin } from "./ddmin.ts";

describe("ddmin", () => {
  it("keeps exactly what a monotone failure needs", () => {
    const items = Array.from({ length: 40 }, (_, i) => i);
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 39 }), { maxLength: 6 }), (needed) => {
        const kept = ddmin(items, (subset) => needed.every((item) => subset.includes(item)));
        expect(kept).toEqual(needed.slice().sort((a, b) => a - b));
      }),
    );
  });

  it("ends 1-minimal when the failure is not monotone", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        (items, m) => {
          const fails = (subset: readonly number[]) =>
            subset.length > 0 && subset.reduce((sum, item) => sum + item, 0) % m === 0;
          fc.pre(fails(items));
          const kept = ddmin(items, fails);
          expect(fails(kept)).toBe(true);
          for (let i = 0; i < kept.length; i++) expect(fails(kept.filter((_, at) => at !== i))).toBe(false);
        },
      ),
    );
  });

  it("asks for few runs when little matters: logarithmic in the list", () => {
    let runs = 0;
    const kept = ddmin(
      Array.from({ length: 1024 }, (_, i) => i),
      (subset) => {
        runs++;
        return subset.includes(700);
      },
    );
    expect(kept).toEqual([700]);
    expect(runs).toBeLessThan(30);
  });
});
