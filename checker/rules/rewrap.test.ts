import { describe, expect, test } from "vitest";
import { rewrapComments } from "./rewrap.ts";
import { codeLines, linesCutWithin, wideLines } from "./size.ts";

const rewrap = (...lines: string[]): string[] => rewrapComments("file.ts", lines.join("\n")).split("\n");
/** So many words of four letters. */
const words = (count: number): string => Array.from({ length: count }, () => "word").join(" ");

describe("comments that are too wide", () => {
  test("become blocks of full lines", () => {
    expect(rewrap(`  /** ${words(30)} */`, "  let a = 1;")).toEqual([
      "  /**",
      `   * ${words(23)}`,
      `   * ${words(7)}`,
      "   */",
      "  let a = 1;",
    ]);
    expect(rewrap(`// ${words(25)}`, "// tail", "let a = 1;")).toEqual([
      `// ${words(23)}`,
      `// ${words(2)} tail`,
      "let a = 1;",
    ]);
  });

  test("go above their line when there is code before them", () => {
    expect(rewrap("if (a) {", `  b(); // ${words(23)}`, "}")).toEqual(["if (a) {", `  // ${words(23)}`, "  b();", "}"]);
  });

  test("leave other paragraphs, lists, tables and code alone", () => {
    const rest = ["", "- a list", "  of one item", "", "a   table", "b   of two", "", "```", "code", "```"];
    const lines = ["A sentence.", `Another ${words(25)}`, ...rest];
    const block = (texts: string[]) => ["/**", ...texts.map((text) => ` * ${text}`.trimEnd()), " */", "let a = 1;"];
    expect(rewrap(...block(lines))).toEqual(block(["A sentence.", `Another ${words(22)}`, words(3), ...rest]));
  });

  test("keep a code span and a hanging item together", () => {
    const span = "`const a = { b: 1 }`";
    expect(rewrap("/**", ` * - ${words(21)} ${span} ${words(3)}`, " */", "let a = 1;")).toEqual([
      "/**",
      ` * - ${words(21)}`,
      ` *   ${span} ${words(3)}`,
      " */",
      "let a = 1;",
    ]);
  });

  test("are not looked for in strings", () => {
    const code = `const a = "// ${words(30)}";`;
    expect(rewrap(code)).toEqual([code]);
  });
});

describe("the size of a file", () => {
  test("counts lines that hold code, and no comment and no blank line", () => {
    const source = ["/** A", " *  B */", "let a = 1; // C", "", "// D", "let b = `", "in a string", "`;"].join("\n");
    expect(codeLines("file.ts", source)).toBe(4);
  });

  test("knows wide lines, and those that a string makes wide", () => {
    const source = [`const a = "${words(40)}";`, `const b = [${words(40).replaceAll(" ", ", ")}];`, "let c;"].join(
      "\n",
    );
    expect(wideLines(source)).toEqual([1, 2]);
    expect([...linesCutWithin("file.ts", source, ["text"])]).toEqual([1]);
  });
});
