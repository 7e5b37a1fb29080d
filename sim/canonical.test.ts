import { describe, expect, it } from "vitest";
import { canonical, Hash64, hash64 } from "./canonical.ts";

describe("canonical", () => {
  it("does not depend on the order in which keys, entries and members were added", () => {
    expect(canonical({ b: 1, a: [2, { d: 3, c: 4 }] })).toBe('{"a":[2,{"c":4,"d":3}],"b":1}');
    expect(canonical({ a: 1, b: 2 })).toBe(canonical({ b: 2, a: 1 }));
    const map = (keys: string[]) => new Map(keys.map((key) => [key, key.length]));
    expect(canonical(map(["y", "xx"]))).toBe(canonical(map(["xx", "y"])));
    expect(canonical(new Set([3, 1, 2]))).toBe("Set{1,2,3}");
  });

  it("tells apart what JSON confuses", () => {
    const values = [undefined, null, Number.NaN, 0, -0, 1n, 1, "1", [], {}, new Map(), new Set(), new Uint8Array()];
    expect(new Set(values.map(canonical)).size).toBe(values.length);
  });

  it("writes bytes in hex and leaves out keys that are undefined", () => {
    expect(canonical({ bytes: new Uint8Array([1, 255]), gone: undefined })).toBe('{"bytes":bytes(01ff)}');
  });

  it("refuses functions", () => {
    expect(() => canonical({ f: () => 1 })).toThrow("a function has no canonical form");
  });
});

describe("hash64", () => {
  /** The definition, with BigInt: slow and plainly right. */
  function reference(text: string): string {
    let hash = 0xcbf29ce484222325n;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      for (const byte of [unit & 0xff, unit >>> 8]) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
    }
    return hash.toString(16).padStart(16, "0");
  }

  it("is FNV-1a of 64 bits: equals the definition in BigInt", () => {
    for (const text of ["", "a", "foobar", "é漢😀", "x".repeat(1000)]) expect(hash64(text)).toBe(reference(text));
  });

  it("of nothing is the published offset basis", () => {
    expect(hash64("")).toBe("cbf29ce484222325");
  });

  it("does not depend on how the text was cut", () => {
    const hasher = new Hash64();
    for (const piece of ["fo", "", "obar"]) hasher.update(piece);
    expect(hasher.digest()).toBe(hash64("foobar"));
  });
});
