/**
 * The files that a system has once. The prose says what belongs where; the course's own tests fail until it is there.
 */

import { dimensions } from "../../../course/rubric.ts";
import type { Names, TemplateFile } from "./names.ts";

export function unitFiles(names: Names): TemplateFile[] {
  const { system, part } = names;
  return [
    { path: `docs/${part}/${system}.mdx`, what: "the chapter", text: chapter(names) },
    { path: `diagrams/${system}/where-it-sits.mmd`, what: "figures, at least five", text: diagram(names) },
    { path: `course/estimates/${system}.ts`, what: "the arithmetic of the chapter", text: estimates(names) },
    { path: `course/interviews/${system}.ts`, what: "the mock interview at three levels", text: interview(names) },
  ];
}

function chapter({ system, systemTitle, id, exercise }: Names): string {
  return `---
title: ${systemTitle}
description: The question that this chapter answers, in one sentence.
---

## The question

<Question who="Interviewer">

The question, in an interviewer's words.

</Question>

## Outcomes

After this chapter you can explain, compute and build …

## Scope

- <Requirement id="fast">The first thing that it must do, with its number.</Requirement>

The list of what is left out, and why.

## The estimate that decides something

<Estimate id="${system}.example"/>

## API and data model

Access patterns first.

## The simplest design that meets the numbers

<Diagram system="${system}" name="where-it-sits" caption="Every box answers a requirement."/>

## The answer in 45 minutes

| By | Say, draw, skip |
|---|---|
| Minute 5 | The scope. |
| Minute 12 | The calls and the data. |
| Minute 22 | The path from request to answer. |
| Minute 38 | Two deep dives. |

- **Mid:** One sentence that is said at this level.
- **Senior:** One sentence that is said at this level.
- **Staff:** One sentence that is said at this level.
- **When stuck:** One sentence that goes on.
- **When wrong:** One sentence that takes it back.

## Deep dive: the first one

<Topics of="atomicity"/>

The failure; something to predict; a table of options; the mechanism with its diagram; then the exercise.

<Invariant id="${exercise}-cap" topics="atomicity">What was taken never passes the cap.</Invariant>

<Exercise id="${id}">

<Invariant id="${exercise}-whole">An amount is taken as a whole or refused as a whole.</Invariant>

</Exercise>

## Requirement by requirement

<Requirements>

| Requirement | Mechanism | Number |
|---|---|--:|
| <Meets id="fast">The first</Meets> | The rule that meets it | <N id="${system}.example.requestsPerSecond"/> |

</Requirements>

## In production

Overload, failure, rollout, cost, what to alert on; one real incident, cited.

## What candidates get wrong

| Mistake | Why it fails | Say instead |
|---|---|---|
| Each, where possible, is a mutant that the suite kills. | The case that breaks it. | The sentence that is right. |

## Follow-ups

<FollowUp question="What would you be asked next?">

The answer, in at most 120 words, with a primary source.

</FollowUp>
`;
}

const diagram = ({ systemTitle }: Names): string => `%% alt: A client calls the ${systemTitle} and gets its answer back.
flowchart LR
  client[Client] --> system[${systemTitle}]
`;

function estimates({ system, variable }: Names): string {
  return `import { defineEstimates } from "../estimate.ts";

export const ${variable}Estimates = defineEstimates("${system}", [
  {
    id: "example",
    title: "Requests at peak",
    decides: "Whether one machine is enough.",
    inputs: [
      { id: "requestsPerDay", label: "Requests a day", value: 86_400_000, unit: "requests", source: "assumed" },
      { id: "peak", label: "Peak over mean", value: 3, unit: "", source: "assumed" },
    ],
    steps: [
      {
        id: "requestsPerSecond",
        label: "Requests a second at peak",
        unit: "requests/s",
        formula: "{requestsPerDay} / 86400 x {peak}",
        compute: ({ requestsPerDay = 0, peak = 0 }) => (requestsPerDay / 86_400) * peak,
      },
    ],
    breakEven: {
      input: "peak",
      sides: ["requestsPerSecond", 10_000],
      below: "one machine is enough",
      above: "there must be several",
    },
  },
]);
`;
}

function interview({ system, systemTitle, variable }: Names): string {
  const signals = dimensions
    .map(({ id, title }) => `    ${JSON.stringify(id)}: [{ id: "${id}-1", says: "Does this, in: ${title}." }],`)
    .join("\n");
  return `import { type Branch, defineInterview, type Sheet } from "../interview.ts";
import type { Level } from "../types.ts";

const source = { title: "A primary source", url: "https://example.org" };

const sheet = (level: Level): Sheet => ({
  level,
  opening: "The question, in the interviewer's words.",
  after: "What the interviewer wants to find out at this level.",
  phases: [
    { title: "Scope", startMinute: 0, endMinute: 8, goal: "Requirements with numbers." },
    { title: "Design", startMinute: 8, endMinute: 22, goal: "A path from request to answer." },
    { title: "Deep dives", startMinute: 22, endMinute: 38, goal: "The candidate leads: two parts in depth." },
    { title: "Close", startMinute: 38, endMinute: 45, goal: "The next step, and its trigger." },
  ],
  prompts: [
    {
      minute: 8,
      line: "How would a request go through it?",
      modelAnswer: "The path, box by box.",
      probe: "failure",
    },
  ],
  boards: [
    {
      minute: 22,
      title: "The path",
      mermaid: "flowchart LR\\n  client --> system",
      alt: "A client calls the system.",
    },
  ],
  designs: {
    minute: 20,
    line: "Which of these is nearest to your picture?",
    branches: [branch("one-owner", "One owner of each key"), branch("many-copies", "Many copies that agree later")],
  },
  hintBudget: 2,
  probes: [
    {
      id: "failure",
      dimension: "operations",
      lookingFor: "The effect of a part that is gone.",
      open: "What could go wrong here?",
      pointed: "What if this box is gone for a minute?",
      giveaway: "Requests fail unless there is a second one.",
      modelAnswer: "The requests that fail, for how long, and the alert that says so.",
    },
  ],
  forks: [],
  change: {
    minute: 28,
    line: "Now ten times as many.",
    breaks: "The single machine.",
    modelAnswer: "Where it is split, and by which key.",
  },
  signals: {
${signals}
  },
  redFlags: [],
  followUps: Array.from({ length: 5 }, (_, i) => ({
    question: \`Follow-up \${i + 1}\`,
    modelAnswer: "At most 120 words.",
    source,
  })),
});

/** Lines that fit one design: its probes, its fork, its signals. */
function branch(id: string, title: string): Branch {
  return { id, title, sign: "How this design is recognized on the board.", prompts: [], probes: [], forks: [] };
}

export const ${variable}Interview = defineInterview({
  system: "${system}",
  title: "Design: ${systemTitle}",
  sheets: { mid: sheet("mid"), senior: sheet("senior"), staff: sheet("staff") },
  calibration: {
    level: "senior",
    intro: "Score this before you score yourself.",
    lines: [{ minute: 4, who: "candidate", text: "We use a queue, so it scales." }],
    keys: {
      senior: [
        { dimension: "trade-offs", score: 1, quote: "so it scales", why: "Nothing is compared or counted." },
      ],
    },
    verdict: "It sounds decided; nothing was weighed.",
  },
});
`;
}
