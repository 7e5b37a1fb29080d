import { describe, expect, it } from "vitest";
import { exact, freeze, renamed } from "./exact.ts";

describe("exact", () => {
  it("gives different texts to everything that code can tell apart", () => {
    const values: unknown[] = [
      undefined,
      null,
      true,
      0,
      -0,
      1,
      1n,
      Number.NaN,
      "",
      "1",
      "null",
      [],
      [[]],
      [1, 2],
      ["1,2"],
      {},
      { a: 1 },
      { a: undefined },
      { a: 1, b: 2 },
      { b: 2, a: 1 },
      new Map(),
      new Map([["a", 1]]),
      new Map([
        ["a", 1],
        ["b", 2],
      ]),
      new Map([
        ["b", 2],
        ["a", 1],
      ]),
      new Set(),
      new Set(["a"]),
      Uint8Array.of(1, 2),
      Int8Array.of(1, 2),
      Uint8Array.of(1, 2).buffer,
    ];
    expect(new Set(values.map(exact)).size).toBe(values.length);
  });

  it("gives equal texts to equal values", () => {
    const make = () => ({ list: [1, { deep: new Map([[1, new Set(["x"])]]) }], bytes: Uint8Array.of(7) });
    expect(exact(make())).toBe(exact(make()));
  });

  it("refuses what a message may not hold", () => {
    expect(() => exact(() => 1)).toThrow("a function is not plain data");
    expect(() => exact({ at: new Date(0) })).toThrow("an instance of Date is not plain data");
  });
});

describe("renamed", () => {
  const names = new Map([
    ["n1", "n2"],
    ["n2", "n1"],
  ]);

  it("swaps names wherever they are a value or a key of their own", () => {
    const value = { n1: ["n2", "n10"], to: "n1", map: new Map([["n1", new Set(["n2"])]]), bytes: Uint8Array.of(1) };
    expect(renamed(value, names)).toEqual({
      n2: ["n1", "n10"],
      to: "n2",
      map: new Map([["n2", new Set(["n1"])]]),
      bytes: Uint8Array.of(1),
    });
    expect(renamed(renamed(value, names), names)).toEqual(value);
  });
});

describe("freeze", () => {
  it("reaches everything but bytes and containers", () => {
    const value = freeze({ list: [{ deep: 1 }], bytes: Uint8Array.of(1), map: new Map() });
    expect(() => {
      (value.list[0] as { deep: number }).deep = 2;
    }).toThrow(TypeError);
    expect(Object.isFrozen(value)).toBe(true);
  });
});
