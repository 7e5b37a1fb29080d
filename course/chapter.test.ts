import { describe, expect, it } from "vitest";
import { countWords, elementsOf, readChapter, readingOf, withoutCode } from "./chapter.ts";

const chapter = `---
title: Sample
---

## The question

One two three.

## Deep dive: a race

<Topics of="atomicity, hot-keys"/>

<Invariant id="one-step" topics="atomicity">The store checks and takes in \`one\` step.</Invariant>

<Exercise id="sample/one">

Now build it.

<Invariant id="quiet">It keeps its order.</Invariant>

</Exercise>

## Sources

Four words stand here.
`;

describe("a chapter", () => {
  const { sections, invariants } = readChapter(chapter);

  it("has sections with their titles, lines and topics", () => {
    expect(sections.map(({ title, anchor, line, topics }) => [title, anchor, line, topics])).toEqual([
      ["The question", "the-question", 5, []],
      ["Deep dive: a race", "deep-dive-a-race", 9, ["atomicity", "hot-keys"]],
      ["Sources", "sources", 23, []],
    ]);
    expect(sections[0]!.text.trim()).toBe("One two three.");
  });

  it("has boxed invariants in its text and quiet ones in panels", () => {
    expect(invariants).toEqual([
      {
        id: "one-step",
        line: 13,
        text: "The store checks and takes in `one` step.",
        topics: ["atomicity"],
        boxed: true,
        section: "Deep dive: a race",
      },
      { id: "quiet", line: 19, text: "It keeps its order.", topics: [], boxed: false, section: "Deep dive: a race" },
    ]);
  });

  it("does not take code for headings or elements", () => {
    const { sections: none, invariants: neither } = readChapter('```\n## No\n<Invariant id="x">y</Invariant>\n```');
    expect([none, neither]).toEqual([[], []]);
  });
});

describe("reading time", () => {
  it.each([
    ["prose", "one two, three (four) - five", 5],
    ["headings and bold text", "## One **two**\n\n*three*", 3],
    ["numbers of ours", 'It is <N id="a.b.c"/> or <Parameter id="x"/>.', 5],
    ["code spans as a word", "call `tryAcquire` now", 3],
    ["cited text and terms", '<Term id="a">two words</Term> <Cited source="b">and more</Cited>', 4],
    ["the question of a closed answer", '<Predict question="Why so?">\n\nBecause of that.\n\n</Predict>', 2],
    ["the question of a card", '<Retrieval system="s"><Card question="What?">All that.</Card></Retrieval>', 1],
  ])("counts %s", (_, text, words) => {
    expect(readingOf(text).words).toBe(words);
  });

  it.each([
    ["front matter", "---\ntitle: one two\n---\n"],
    ["code blocks", "```ts\nconst one = 2;\n```"],
    ["tables", "| one | two |\n|---|---|\n| three | four |"],
    ["comments", "{/* one two */}"],
    ["captions and alt texts", '<Diagram system="s" name="n" caption="one two" alt="three"/>'],
    ["a lab's caption", '<Lab system="s">\n\nOne two.\n\n</Lab>'],
    ["sources", '<Sources>\n<Source id="a" title="one">two</Source>\n</Sources>'],
    ["panels of exercises", '<Exercise id="s/e">\n\nOne two.\n\n</Exercise>'],
  ])("leaves out %s", (_, text) => {
    expect(readingOf(text).words).toBe(0);
  });

  it("adds half a minute for each figure, estimate and table outside of panels", () => {
    const figure = '<Diagram system="s" name="n"/>\n\n<Estimate id="s.e"/>\n\n| a | b |\n|---|--:|\n| c | d |\n';
    expect(readingOf(figure)).toEqual({ words: 0, figures: 3, minutes: 2 });
    expect(readingOf(`<Exercise id="s/e">\n\n${figure}\n</Exercise>`).figures).toBe(0);
    expect(readingOf("word ".repeat(401)).minutes).toBe(3);
  });
});

it("elements are found with what stands between their tags", () => {
  const text = 'a <Term id="x">b</Term> <N id="y" unit={false}/>';
  expect(
    elementsOf(text).map(({ name, attributes, inner }) => [name, attributes, text.slice(inner.start, inner.end)]),
  ).toEqual([
    ["Term", { id: "x" }, "b"],
    ["N", { id: "y", unit: "" }, ""],
  ]);
});

it("text without code keeps its length and lines", () => {
  const text = "a `b` c\n```\nd\n```\ne";
  expect(withoutCode(text)).toBe("a     c\n   \n \n   \ne");
  expect(countWords("- one, 2 & three")).toBe(3);
});
