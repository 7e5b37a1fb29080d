import { expect, it } from "vitest";
import { linesOf } from "./tokens.ts";

it("breaks nested tokens at the ends of lines and keeps their types", () => {
  const lines = linesOf([
    "a ",
    { type: "string", alias: "key", content: ["`x\n", { type: "number", content: "1" }, "`"] },
  ]);
  expect(lines).toEqual([
    [
      { types: ["plain"], content: "a " },
      { types: ["string", "key"], content: "`x" },
    ],
    [
      { types: ["string", "key", "number"], content: "1" },
      { types: ["string", "key"], content: "`" },
    ],
  ]);
});

it("gives an empty line something to stand on, and text without a language one token a line", () => {
  expect(linesOf(["one\n\ntwo"])).toEqual([
    [{ types: ["plain"], content: "one" }],
    [{ types: ["plain"], content: "\n", empty: true }],
    [{ types: ["plain"], content: "two" }],
  ]);
  expect(linesOf([])).toHaveLength(1);
});
