import { describe, expect, it } from "vitest";
import { jsDocProblems, markdownProblems, pageProblems, wordProblems } from "./words.ts";

describe("wordProblems", () => {
  it.each([
    ["anew", "It is read anew."],
    ["whoever", "Whoever holds the lease spends it."],
    ["whatever as a noun", "It repeats whatever was lost."],
    ["nobody", "Nobody acts before it is safe."],
    ["somebody", "Then somebody leads."],
    ["who for a thing", "The nodes who voted; the follower, who waits."],
    ["belongs into", "That belongs into the log."],
    ["for ever", "It waits for ever."],
    ["dearer", "The flush is dearer."],
    ["mend", "Repair mends it."],
    ["per cent", "One per cent."],
    ["British spelling", "A colour of grey behaviour."],
    ["British -ise", "We optimise it."],
    ["an exclamation", "It works!"],
    ["a sentence that begins with What", "It is slow. What is scarce is time."],
    ["a What at the beginning", "What follows is a list."],
    ["a What in a list", "One:\n\n- What it keeps is safe.\n"],
    ["a What after a colon", "The rule: What is stored is safe."],
  ])("finds %s", (_, text) => {
    expect(wordProblems(text).length).toBeGreaterThan(0);
  });

  it.each([
    ["whatever with its noun", "It holds, whatever the order; whatever happens, it counts."],
    ["questions", "What is lost? And: What then? What does *it* say?"],
    ["a what inside of a sentence", "It says what is lost."],
    ["people", "The engineers who run it, and readers who leave."],
    ["headings", "## What candidates get wrong\n\nMuch."],
    ["cells of a table", "| What they want | Why |\n|---|---|\n| What it costs | x |"],
    ["an inequality", "It holds that a != b."],
    ["a promise", "A promise, a promised order, an amendment."],
  ])("leaves %s alone", (_, text) => {
    expect(wordProblems(text)).toEqual([]);
  });

  it("names the line", () => {
    expect(wordProblems("one\ntwo anew\n\nWhat is.", 10)).toMatchObject([{ line: 11 }, { line: 13 }]);
  });
});

it("reads a page's prose, captions and questions, and neither code nor sources", () => {
  const page = `---
title: Read anew
---

\`anew\` <Source id="a" checked="not read anew">It was read.</Source>

<Diagram system="nobody" name="whoever" caption="Nobody waits."/>

<Predict question="What waits?">

It.

</Predict>

\`\`\`
nobody
\`\`\`
`;
  expect(pageProblems(page).map(({ line, message }) => [line, message.split(":")[0]])).toEqual([
    [1, '"anew"'],
    [7, '"Nobody"'],
  ]);
});

it("reads hints, and the comments of contracts", () => {
  expect(markdownProblems("## 1. Read `anew` (stage 1)\n\nRead it anew.")).toMatchObject([{ line: 3 }]);
  const source = 'const nobody = 1;\n\n/**\n * Nobody\n * `anew` waits.\n */\nexport const a = "anew";\n';
  expect(jsDocProblems(source)).toMatchObject([{ line: 4 }]);
});
