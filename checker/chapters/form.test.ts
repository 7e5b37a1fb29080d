import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { mostWords } from "../../course/chapter.ts";
import { isConverted } from "../../course/converted.ts";
import { formProblems } from "./form.ts";
import { chapters, root } from "./repository.ts";

describe.each(chapters.filter(({ slug }) => isConverted(slug)))("the chapter of $slug", ({ file }) => {
  it("has the form of a chapter", () => {
    const problems = formProblems(readFileSync(join(root, file), "utf8"));
    expect(problems.map(({ line, message }) => `${file}:${line}: ${message}`)).toEqual([]);
  });
});

describe("formProblems", () => {
  it("finds nothing in a whole chapter", () => {
    expect(formProblems(whole)).toEqual([]);
  });

  it.each<[string, (chapter: string) => string, RegExp]>([
    ["a section that is missing", (text) => text.replace("## Outcomes\n", ""), /"## Outcomes" is missing/],
    ["a heading of its own", (text) => `${text}\n## Musings\n`, /"## Musings" is no heading of a chapter/],
    [
      "sections in another order",
      (text) =>
        text.replace("## Scope", "## Swap").replace("## Outcomes", "## Scope").replace("## Swap", "## Outcomes"),
      /stands too early/,
    ],
    [
      "more words than an hour holds",
      (text) => text.replace("You can answer.", "word ".repeat(mostWords)),
      /words to read, 5000 are the most/,
    ],
    ["a single deep dive", (text) => text.replace(dive("Second", "second"), ""), /1 deep dives; a chapter has 2 to 4/],
    [
      "five deep dives",
      (text) => text.replace(dive("Second", "second"), ["b", "c", "d", "e"].map((id) => dive(id, id)).join("")),
      /5 deep dives/,
    ],
    ["a deep dive without topics", (text) => text.replace('<Topics of="leases, fencing"/>', ""), /names no topics/],
    [
      "a topic that does not exist",
      (text) => text.replace('of="leases', 'of="rents'),
      /course\/topics.ts has no "rents"/,
    ],
    ["nothing to predict", (text) => text.replace(/<Predict[\s\S]*?<\/Predict>/, ""), /has no <Predict>/],
    ["no figure in a deep dive", (text) => text.replace(/<Diagram[^>]*>/, ""), /has no <Diagram>/],
    [
      "no options weighed",
      (text) => text.replace("| Option | Costs |\n|---|---|\n| a | b |", ""),
      /has no table of trade-offs/,
    ],
    [
      "a second box in a deep dive",
      (text) => text.replace("<Exercise", '<Invariant id="more" topics="leases">More.</Invariant>\n\n<Exercise'),
      /"Deep dive: First" boxes 2 invariants/,
    ],
    [
      "a box outside of the deep dives",
      (text) => text.replace("Calls.", '<Invariant id="out" topics="leases">Out.</Invariant>'),
      /"out"> is boxed outside of a deep dive/,
    ],
    ["a box without topics", (text) => text.replace(' topics="leases"', ""), /"first"> names no topics/],
    [
      "a requirement that nothing meets",
      (text) =>
        text.replace(
          '- <Requirement id="fast">',
          '- <Requirement id="cheap">be cheap</Requirement>\n- <Requirement id="fast">',
        ),
      /nothing <Meets id="cheap">/,
    ],
    [
      "a row for no requirement",
      (text) => text.replace('<Meets id="fast">', '<Meets id="slow">'),
      /"slow"> answers no/,
    ],
    ["a requirement without a mechanism", (text) => text.replace("one trip to a shard", ""), /"fast" has no mechanism/],
    [
      "a requirement without a number",
      (text) => text.replace('<N id="s.e.tripMs"/> |', "quick |"),
      /"fast" has no number/,
    ],
    [
      "a requirement outside of the scope",
      (text) => text.replace("Calls.", '<Requirement id="late">late</Requirement>'),
      /"late"> stands outside of Scope/,
    ],
    [
      "an answer that takes two screens",
      (text) => text.replace("Draw the path.", "draw ".repeat(350)),
      /the answer in 45 minutes has \d+ words; one screen holds 350/,
    ],
    ["no minute 22 in the answer", (text) => text.replace("Minute 22", "Later"), /no row "Minute 22"/],
    ["nothing for staff", (text) => text.replace("- **Staff:**", "- Staff:"), /no line "- \*\*Staff:\*\*/],
    [
      "two sentences where one is said",
      (text) => text.replace("I count in one place.", "I count in one place. And then I stop counting."),
      /"Mid" needs one sentence/,
    ],
    [
      "mistakes without what to say instead",
      (text) => text.replace("Say instead", "Remedy"),
      /no table with a column "Say instead"/,
    ],
    [
      "a mistake without words for it",
      (text) => text.replace("The store decides in one step.", "–"),
      /"Get, then set": nothing to say/,
    ],
    [
      "a lab without experiments",
      (text) => text.replace("3. Turn it up.", ""),
      /<Lab system="s"> needs a list of 3 things/,
    ],
    ["no incident", (text) => text.replace(/<Cited.*<\/Cited>/, "It broke"), /tells no real incident/],
    ["five cards", (text) => text.replace(/<Card[^>]*>.*<\/Card>\n/, ""), /5 retrieval questions; 6 to 10/],
  ])("finds %s", (_, change, message) => {
    const broken = change(whole);
    expect(broken).not.toBe(whole);
    const messages = formProblems(broken).map((problem) => problem.message);
    expect(messages.filter((each) => message.test(each))).not.toEqual([]);
  });

  it("names the line", () => {
    const broken = whole.replace('<Topics of="leases, fencing"/>', "");
    const line = whole.split("\n").indexOf("## Deep dive: First") + 1;
    expect(formProblems(broken)).toMatchObject([{ line }]);
  });
});

function dive(title: string, id: string): string {
  return `## Deep dive: ${title}

<Topics of="leases, fencing"/>

<Predict question="What then?">

This.

</Predict>

| Option | Costs |
|---|---|
| a | b |

<Diagram system="s" name="${id}"/>

<Invariant id="${id}" topics="leases">It holds.</Invariant>

<Exercise id="s/e">

<Invariant id="${id}-quiet">It holds, too.</Invariant>

</Exercise>

`;
}

const whole = `---
title: Sample
---

## The question

Why?

## Outcomes

You can answer.

## Scope

- <Requirement id="fast">answer at once</Requirement>

## The estimate that decides something

One trip.

## API and data model

Calls.

## The simplest design that meets the numbers

A box.

## The answer in 45 minutes

| By | Say, draw, skip |
|---|---|
| Minute 5 | Draw the path. |
| Minute 12 | Name the calls. |
| Minute 22 | Close the path. |
| Minute 38 | Two dives. |

- **Mid:** I count in one place.
- **Senior:** The bound is capacity plus rate times time.
- **Staff:** I ask first which promise we sell.
- **When stuck:** I say which number would decide it.
- **When wrong:** I name the case that breaks it and go back.

${dive("First", "first")}${dive("Second", "second")}## Live lab

<Lab system="s">

1. Cut the link.
2. Stop the clock.
3. Turn it up.

</Lab>

## Requirement by requirement

<Requirements>

| Requirement | Mechanism | Number |
|---|---|--:|
| <Meets id="fast">at once</Meets> | one trip to a shard | <N id="s.e.tripMs"/> |

</Requirements>

## In production

<Cited source="jepsen-2020">A test</Cited> lost writes.

## What candidates get wrong

| Mistake | Why it fails | Say instead |
|---|---|---|
| Get, then set | two read the same | The store decides in one step. |

## Follow-ups

## What the notes say, made precise

## Retrieval

<Retrieval system="s">

<Card question="1?">One.</Card>
<Card question="2?">Two.</Card>
<Card question="3?">Three.</Card>
<Card question="4?">Four.</Card>
<Card question="5?">Five.</Card>
<Card question="6?">Six.</Card>

</Retrieval>

## Sources
`;
