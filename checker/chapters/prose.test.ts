import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { elementsOf, withoutCode } from "../../course/chapter.ts";
import { type Known, lintChapter } from "./prose.ts";
import { chapters, filesIn, knownInRepository, root, systems } from "./repository.ts";

describe("the chapters", () => {
  let known: Known;
  beforeAll(async () => {
    known = await knownInRepository();
  });

  it("exist for every system that has exercises", () => {
    const written = chapters.map(({ slug }) => slug);
    for (const { system } of systems) if (system.exercises.length > 0) expect(written).toContain(system.slug);
  });

  it.each(chapters)("$slug prints no number of its own and names nothing that does not exist", ({ file }) => {
    const problems = lintChapter(readFileSync(join(root, file), "utf8"), known);
    expect(problems.map(({ line, message }) => `${file}:${line}: ${message}`)).toEqual([]);
  });

  it.each(chapters)("$slug sends the reader to each of its exercises", ({ slug, file }) => {
    const elements = elementsOf(withoutCode(readFileSync(join(root, file), "utf8")));
    const sent = elements.filter(({ name }) => name === "Exercise").map(({ attributes }) => attributes.id);
    const { system } = systems.find((candidate) => candidate.system.slug === slug)!;
    expect(sent).toEqual(system.exercises.map((exercise) => `${slug}/${exercise.slug}`));
  });

  it.each(chapters)("$slug asks five to eight follow-ups and answers each in at most 120 words", ({ file }) => {
    const text = readFileSync(join(root, file), "utf8");
    const answers = [...text.matchAll(/<FollowUp question="([^"]*)"[^>]*>([\s\S]*?)<\/FollowUp>/g)];
    expect(answers.length).toBeGreaterThanOrEqual(5);
    expect(answers.length).toBeLessThanOrEqual(8);
    const long = answers.filter(([, , answer]) => answer!.trim().split(/\s+/).length > 120);
    expect(long.map(([, question]) => question)).toEqual([]);
  });

  it.each(chapters)("$slug includes every diagram that is drawn for it", ({ slug, file }) => {
    const elements = elementsOf(withoutCode(readFileSync(join(root, file), "utf8")));
    const included = elements.filter(({ name }) => name === "Diagram").map(({ attributes }) => attributes.name!);
    const drawn = filesIn(`diagrams/${slug}`, ".mmd");
    expect([...included].sort()).toEqual([...drawn].sort());
  });
});

it("the page of numbers prints none without its source", async () => {
  const problems = lintChapter(readFileSync(join(root, "docs/numbers.mdx"), "utf8"), await knownInRepository());
  // A page of reference, not a chapter: it has no figures of its own.
  expect(problems.filter(({ message }) => !message.includes("different diagrams"))).toEqual([]);
});

describe("the diagrams", () => {
  const drawn = systems.flatMap(({ system }) =>
    filesIn(`diagrams/${system.slug}`, ".mmd").map((name) => `diagrams/${system.slug}/${name}.mmd`),
  );

  it.each(drawn)("%s says in words what it shows, and leaves colors to the site", (file) => {
    const text = readFileSync(join(root, file), "utf8");
    expect(text.split("\n")[0]).toMatch(/^%% alt: .{60,}/);
    expect(text).not.toMatch(/"theme|^\s*(style|classDef|linkStyle) /m);
  });
});

describe("lintChapter", () => {
  it.each<[string, string, RegExp]>([
    ["a bare number", "It takes 5 ms.", /"5 ms" is a bare number/],
    ["a percentage", "Nearly 99.9% pass.", /"99.9%" is a bare number/],
    [
      "a number in a question",
      '<Predict question="Why 17 shards?">\n\nBecause.\n\n</Predict>',
      /"17 shards" is a bare number/,
    ],
    ["a number in a table", "| a | 12 |\n|---|---|", /"12" is a bare number/],
    ["a number inside bold text", "It is **40** here.", /"40" is a bare number/],
    ["an unknown number", '<N id="sample.memory.nothing"/>', /no estimate has the number "sample.memory.nothing"/],
    ["an unknown estimate", '<Estimate id="sample.nothing"/>', /no estimate "sample.nothing"/],
    ["a citation without a source", '<Cited source="nobody">6 M/s</Cited>', /no <Source id="nobody">/],
    ["a missing diagram", '<Diagram system="sample" name="nothing" />', /diagrams\/sample\/nothing.mmd does not exist/],
    ["an unknown exercise", '<Exercise id="sample/nothing"/>', /no exercise "sample\/nothing"/],
    ["an unknown parameter", '<Parameter id="fsync"/>', /course\/parameters has no "fsync"/],
    ["an unknown mutant", '<Mutant of="sample/one" name="nothing"/>', /sample\/one has no mutant "nothing"/],
    ["an unknown term", '<Term id="nothing">it</Term>', /no term "nothing"/],
    ["an invariant twice", '<Invariant id="a">x</Invariant>\n\n<Invariant id="a">y</Invariant>', /exists twice/],
  ])("finds %s", (_, body, message) => {
    const problems = lintChapter(enoughDiagrams + body, sample);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.message).toMatch(message);
  });

  it.each([
    ["front matter", "---\ntitle: 100 doors\n---\n"],
    ["code blocks", "```ts\nconst limit = 100;\n```"],
    ["code spans", "The limit is `100` and ``a ` 7``."],
    ["a constant of the course", 'A trip takes <Parameter id="rttSameZoneUs"/>.'],
    ["computed numbers", 'It is <N id="sample.memory.total"/> and <N id="sample.memory.total" unit={false}/>.'],
    [
      "cited numbers",
      '<Cited source="known">6 million</Cited>\n\n<Sources>\n<Source id="known" title="99 ways" ' +
        'year="2017">9</Source>\n</Sources>',
    ],
    ["names with digits", "RFC 6585, in 2017, section 10.2.3, ITU-T I.371, IPv6, p99, the 99th percentile"],
    ["links", "[text](https://example.org/7/8)"],
    ["numbered headings and lists", "## 7. Deep dives\n\n1. one\n2. two"],
  ])("leaves %s alone", (_, body) => {
    expect(lintChapter(body.startsWith("---") ? body + enoughDiagrams : enoughDiagrams + body, sample)).toEqual([]);
  });

  it("names the line", () => {
    expect(lintChapter(`---\ntitle: x\n---\n${enoughDiagrams}\n\nIt takes 5 ms.`, sample)).toMatchObject([
      { line: 11 },
    ]);
  });

  it("counts different diagrams", () => {
    expect(lintChapter('<Diagram system="sample" name="d1" />\n'.repeat(9), sample)[0]!.message).toMatch(
      /1 different diagrams/,
    );
  });
});

const sample: Known = {
  estimates: new Set(["sample.memory"]),
  numbers: new Set(["sample.memory.total"]),
  diagrams: new Set([1, 2, 3, 4, 5].map((n) => `sample/d${n}`)),
  exercises: new Set(["sample/one"]),
  terms: new Set(["lease"]),
  mutants: new Set(["sample/one rounds-down"]),
  parameters: new Set(["rttSameZoneUs"]),
};
const enoughDiagrams = [1, 2, 3, 4, 5].map((n) => `<Diagram system="sample" name="d${n}" />\n`).join("");
