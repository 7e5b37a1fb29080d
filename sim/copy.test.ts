import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { copy } from "./copy.ts";

describe("copy", () => {
  it("equals its original and shares nothing with it", () => {
    fc.assert(
      fc.property(fc.anything({ withMap: true, withSet: true, withBigInt: true, withTypedArray: true }), (value) => {
        const copied = copy(value);
        expect(copied).toEqual(structuredClone(value));
        if (typeof value === "object" && value !== null) expect(copied).not.toBe(value);
      }),
    );
  });

  it("separates nested structures", () => {
    const original = { list: [{ n: 1 }], map: new Map([["k", { n: 1 }]]), bytes: new Uint8Array([1]) };
    const copied = copy(original);
    copied.list[0]!.n = 2;
    copied.map.get("k")!.n = 2;
    copied.bytes[0] = 2;
    expect(original).toEqual({ list: [{ n: 1 }], map: new Map([["k", { n: 1 }]]), bytes: new Uint8Array([1]) });
  });

  it("copies the bytes of a Node Buffer, whose slice() would share them", () => {
    const original = Buffer.from([1, 2, 3]);
    const copied = copy(original);
    original[0] = 9;
    expect([...copied]).toEqual([1, 2, 3]);
  });

  it("copies objects of another realm's shape: no prototype at all", () => {
    expect(copy(Object.assign(Object.create(null), { a: 1 }))).toEqual({ a: 1 });
  });

  class VersionVector {
    entries = new Map<string, number>();
  }

  it.each<[string, unknown, string]>([
    ["a function", { reply: () => 1 }, "message.reply: a function does not survive a network"],
    ["a function at the top", () => 1, "a function does not survive"],
    ["a symbol", { tags: ["a", Symbol("x")] }, "message.tags[1]: a symbol"],
    ["a class instance", { clocks: [new VersionVector()] }, "message.clocks[0]: an instance of VersionVector"],
    ["a promise", { value: Promise.resolve(1) }, "message.value: an instance of Promise"],
    ["a date", { at: new Date(0) }, "message.at: an instance of Date"],
  ])("refuses %s and says where it is", (_, value, message) => {
    expect(() => copy(value)).toThrow(message);
  });

  it("refuses a cycle", () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    expect(() => copy(loop)).toThrow("does it contain itself?");
  });
});
