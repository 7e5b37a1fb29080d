import { expect, test } from "vitest";
import { applyMistake, parseMistakes } from "./edits.ts";

const base = `class Book {
  add(left: number): void {
    if (left > 0 && left <= limit) {
      this.count++;
    }
    this.count++;
  }
}
`;

const section = (diff: string, fields = "Killed by: keeps its place"): string =>
  "# Mistakes in book\n\n## a-larger-order-keeps-its-place\n\nKeeps the place in line\nfor any " +
  `quantity.\n\n${fields}\n\n\`\`\`diff\n${diff}\n\`\`\`\n`;

const textOf = (diff: string): string => applyMistake(base, parseMistakes(section(diff))[0]!);

test("a section is a name, a summary, a killer, and what else it says", () => {
  const fields =
    "Killed by: benchmark: calls in a row\nMisconception: A larger order is the same order.\nOf: plain-lists";
  expect(parseMistakes(section("-a\n+b", fields))).toEqual([
    {
      name: "a-larger-order-keeps-its-place",
      line: 3,
      summary: "Keeps the place in line for any quantity.",
      killedBy: { kind: "benchmark", name: "calls in a row" },
      misconception: "A larger order is the same order.",
      of: "plain-lists",
      hunks: [{ find: ["a"], put: ["b"], line: 13 }],
    },
  ]);
  expect(parseMistakes(section("-a", "Killed by: timed-out"))[0]).toMatchObject({
    killedBy: { kind: "timed-out" },
    misconception: null,
    of: null,
    hunks: [{ find: ["a"], put: [] }],
  });
});

test("lines are replaced, taken out and put in; all hunks are found in the base before any is spliced", () => {
  const changed = textOf(
    `-    if (left > 0 && left <= limit) {
+    if (left > 0) {
+      this.count++;
@@
-    this.count++;
   }`,
  );
  expect(changed).toBe(`class Book {
  add(left: number): void {
    if (left > 0) {
      this.count++;
      this.count++;
    }
  }
}
`);
});

test.each([
  [
    "stands nowhere",
    "-    if (left > 1) {\n+    if (left) {",
    /line 11: .*the edit no longer applies: "if \(left > 1\) \{"/,
  ],
  ["overlaps another", "     }\n-    this.count++;\n@@\n-    this.count++;\n   }", /overlaps another one/],
])("an edit that %s is refused, with its place", (_, diff, problem) => {
  expect(() => textOf(diff)).toThrow(problem);
});

test("a block that stands twice in the base is refused", () => {
  const twice = "a();\nb();\na();\n";
  const [mistake] = parseMistakes(section("-a();\n+c();"));
  expect(() => applyMistake(twice, mistake!)).toThrow(/"a\(\);" and its 0 next lines stand 2 times/);
});

test.each([
  ["no edit", "## a\n\nWrong.\n\nKilled by: x\n", /line 1: a: its edit is missing/],
  ["no killer", "## a\n\nWrong.\n\n```diff\n-a\n```\n", /does not say "Killed by/],
  ["no summary", "## a\n\nKilled by: x\n\n```diff\n-a\n```\n", /does not say what is wrong/],
  ["a name twice", `${section("-a")}${section("-b")}`, /"a-larger-order-keeps-its-place" is there twice/],
  ["a name that is none", "## A book\n\nWrong.\n\nKilled by: x\n\n```diff\n-a\n```\n", /kebab-case/],
  ["an edit that changes nothing", section("-a\n+a"), /changes nothing/],
  ["a hunk that only adds", section("+a"), /fits nowhere/],
  ["a line of neither kind", section("*a"), /begins with a space, "-" or "\+", not with "\*"/],
])("a chapter with %s is refused", (_, markdown, problem) => {
  expect(() => parseMistakes(markdown)).toThrow(problem);
});
