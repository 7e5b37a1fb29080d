import { expect, it } from "vitest";
import { defineEstimates } from "../../../course/estimate.ts";
import { changed, findEstimate, findNumber, formulaParts, parseInput } from "./find.ts";

const data = {
  anyName: defineEstimates("s", [
    {
      id: "memory",
      title: "Memory",
      decides: "one node or many",
      inputs: [
        { id: "keys", label: "Keys", value: 1e7, unit: "keys" },
        { id: "each", label: "Bytes per key", value: 16, unit: "bytes" },
      ],
      steps: [
        { id: "total", label: "Total", unit: "bytes", formula: "{keys} x {each}", compute: (v) => v.keys! * v.each! },
      ],
    },
  ]),
};

it("finds inputs and steps of an estimate under whatever name the file exports", () => {
  expect(findNumber(data, "s.memory.total")).toEqual({ value: 1.6e8, unit: "bytes", label: "Total" });
  expect(findNumber(data, "s.memory.keys").value).toBe(1e7);
});

it("finds the break-even as the estimate prints it", () => {
  const [memory] = data.anyName.estimates;
  const breakEven = { input: "keys", sides: ["total", 1.006e9], below: "it fits", above: "it does not" } as const;
  const flipping = { anyName: defineEstimates("s", [{ ...memory!, decides: "whether it fits", breakEven }]) };
  expect(findNumber(flipping, "s.memory.breakEven")).toMatchObject({ value: 63e6, unit: "keys" });
  expect(() => findNumber(data, "s.memory.breakEven")).toThrow('no input or step "breakEven"');
});

it("names what exists when a chapter misspells an id", () => {
  expect(() => findEstimate(data, "s.memroy")).toThrow("known: s.memory");
  expect(() => findNumber(data, "s.memory.totl")).toThrow('no input or step "totl"');
});

it("takes a formula apart into text and ids", () => {
  expect(formulaParts("{keys} x {each}")).toEqual([{ id: "keys" }, " × ", { id: "each" }]);
});

it("reads numbers as people type them and refuses the rest", () => {
  expect(["1e6", "10 000", "1,500", " 2.5 "].map((text) => parseInput(text))).toEqual([1e6, 1e4, 1500, 2.5]);
  expect(["", "ten", "-1", "NaN", "Infinity"].map((text) => parseInput(text))).toEqual(Array(5).fill(undefined));
  expect(parseInput("11", 0, 10)).toBeUndefined();
});

it("knows when an input has left the chapter's value", () => {
  const estimate = findEstimate(data, "s.memory");
  expect([changed(estimate, {}), changed(estimate, { keys: 1e7 }), changed(estimate, { keys: 5 })]).toEqual([
    false,
    false,
    true,
  ]);
});
