/**
 * The form of a chapter: what must be there, in which order and in which measure, so that a reader who knows one
 * chapter knows where to look in all of them. Works on text; `form.test.ts` reads the files.
 */

import {
  type Chapter,
  countWords,
  deepDivePrefix,
  type Element,
  elementsOf,
  isDeepDive,
  mostWords,
  readChapter,
  type Section,
  withoutCode,
} from "../../course/chapter.ts";
import { topics } from "../../course/topics.ts";
import type { Problem } from "./prose.ts";

/** What a reader can keep apart, and an interviewer can ask about. */
export const mostDeepDives = 4;
export const leastDeepDives = 2;
/** "The answer in 45 minutes" fits on one screen. */
export const mostWordsOfTheAnswer = 350;
/** Questions for the cards. */
export const cardsOfAChapter = { least: 6, most: 10 } as const;
/** A list to choose from is no experiment; three are. */
export const thingsToTry = 3;

/** The `##` headings of every chapter, in this order. `null` stands for the deep dives. */
export const headings: readonly (readonly string[] | null)[] = [
  ["The question"],
  ["Outcomes"],
  ["Scope"],
  ["The estimate that decides something", "The estimates that decide something"],
  ["API and data model"],
  ["The simplest design that meets the numbers"],
  ["The answer in 45 minutes"],
  null,
  ["Live lab", "Live labs"],
  ["Requirement by requirement"],
  ["In production"],
  ["What candidates get wrong"],
  ["Follow-ups"],
  ["What the notes say, made precise"],
  ["Retrieval"],
  ["Sources"],
];

/** Everything in which the chapter falls short of the form; empty when whole. */
export function formProblems(mdx: string): Problem[] {
  const chapter = readChapter(mdx);
  const rules = [order, length, deepDives, invariants, requirements, answer, mistakes, labs, incident, cards];
  return rules.flatMap((rule) => rule(chapter, mdx)).sort((a, b) => a.line - b.line);
}

// --- internal ---

type Rule = (chapter: Chapter, mdx: string) => Problem[];

const order: Rule = ({ sections }) => {
  const problems: Problem[] = [];
  const titles = sections.map(({ title }) => title);
  const known = headings.flatMap((names) => names ?? []);
  for (const section of sections) {
    if (!isDeepDive(section) && !known.includes(section.title))
      problems.push({
        line: section.line,
        message: `"## ${section.title}" is no heading of a chapter; a deep dive begins with "${deepDivePrefix}"`,
      });
  }
  let after = -1;
  for (const names of headings) {
    const at = names === null ? sections.findLastIndex(isDeepDive) : titles.findIndex((title) => names.includes(title));
    const first = names === null ? sections.findIndex(isDeepDive) : at;
    const name = names?.[0] ?? "the deep dives";
    if (at === -1) problems.push({ line: 1, message: `"## ${name}" is missing` });
    else if (first < after)
      problems.push({ line: sections[first]!.line, message: `"${name}" stands too early: see \`headings\`` });
    else after = at;
  }
  return problems;
};

const length: Rule = ({ reading }) =>
  reading.words <= mostWords
    ? []
    : [
        {
          line: 1,
          message:
            `${reading.words} words to read, ${mostWords} are the most: what only a builder needs goes into ` +
            "<Exercise> panels",
        },
      ];

const deepDives: Rule = ({ sections }) => {
  const dives = sections.filter(isDeepDive);
  const problems: Problem[] = [];
  if (dives.length < leastDeepDives || dives.length > mostDeepDives)
    problems.push({
      line: dives[0]?.line ?? 1,
      message: `${dives.length} deep dives; a chapter has ${leastDeepDives} to ${mostDeepDives}`,
    });
  for (const dive of dives) {
    const elements = elementsOf(withoutCode(dive.text));
    const has = (name: string) => elements.some((element) => element.name === name);
    if (dive.topics.length === 0)
      problems.push({
        line: dive.line,
        message: `"${dive.title}" names no topics: <Topics of="…"/> below its heading`,
      });
    problems.push(...unknownTopics(dive.topics, dive.line));
    if (!has("Predict"))
      problems.push({ line: dive.line, message: `"${dive.title}" has no <Predict> before it explains` });
    if (!has("Diagram")) problems.push({ line: dive.line, message: `"${dive.title}" has no <Diagram>` });
    if (tablesOf(dive).length === 0)
      problems.push({ line: dive.line, message: `"${dive.title}" has no table of trade-offs` });
  }
  return problems;
};

const invariants: Rule = ({ sections, invariants: all }) => {
  const problems: Problem[] = [];
  const boxed = all.filter((invariant) => invariant.boxed);
  for (const dive of sections.filter(isDeepDive)) {
    const here = boxed.filter(({ section }) => section === dive.title);
    if (here.length !== 1)
      problems.push({
        line: here[1]?.line ?? dive.line,
        message:
          `"${dive.title}" boxes ${here.length} invariants; one says what it is about, the others belong to ` +
          "exercise panels",
      });
  }
  for (const { id, line, section, topics: named } of boxed) {
    if (!section.startsWith(deepDivePrefix))
      problems.push({ line, message: `<Invariant id="${id}"> is boxed outside of a deep dive: put it into its panel` });
    if (named.length === 0) problems.push({ line, message: `<Invariant id="${id}"> names no topics="…"` });
    problems.push(...unknownTopics(named, line));
  }
  return problems;
};

const requirements: Rule = ({ sections }, mdx) => {
  const problems: Problem[] = [];
  const elements = elementsOf(withoutCode(mdx));
  const stated = elements.filter(({ name }) => name === "Requirement");
  const met = elements.filter(({ name }) => name === "Meets");
  const inSection = ({ line }: Element) => sections.findLast((section) => section.line < line)?.title;
  const table = elements.find(({ name }) => name === "Requirements");
  if (stated.length === 0) problems.push({ line: 1, message: `no <Requirement id="…"> in Scope` });
  if (table === undefined) problems.push({ line: 1, message: "no <Requirements> table" });
  for (const element of stated) {
    const { id = "" } = element.attributes;
    if (inSection(element) !== "Scope")
      problems.push({ line: element.line, message: `<Requirement id="${id}"> stands outside of Scope` });
    if (stated.filter(({ attributes }) => attributes.id === id)[0] !== element)
      problems.push({ line: element.line, message: `<Requirement id="${id}"> is stated twice` });
    if (!met.some(({ attributes }) => attributes.id === id))
      problems.push({ line: element.line, message: `nothing <Meets id="${id}">: the requirement is left alone` });
  }
  for (const element of met) {
    const { id = "" } = element.attributes;
    if (!stated.some(({ attributes }) => attributes.id === id))
      problems.push({ line: element.line, message: `<Meets id="${id}"> answers no <Requirement>` });
    if (table === undefined || element.start < table.inner.start || element.start > table.inner.end)
      problems.push({ line: element.line, message: `<Meets id="${id}"> stands outside of <Requirements>` });
    const [, mechanism = "", number = ""] = cellsOf(lineOf(mdx, element.line));
    if (countWords(mechanism) < 2) problems.push({ line: element.line, message: `"${id}" has no mechanism` });
    if (!holdsNumber.test(number))
      problems.push({
        line: element.line,
        message: `"${id}" has no number in the last column: <N>, a parameter, a count`,
      });
  }
  if (table !== undefined && inSection(table) !== "Requirement by requirement")
    problems.push({ line: table.line, message: `<Requirements> belongs under "## Requirement by requirement"` });
  return problems;
};

/** A number of ours, of the course or of a source; an example's in a code span; or a count as a word. */
const holdsNumber =
  /<(?:N|Parameter|Cited)\b|`[^`]*\d[^`]*`|\b(?:zero|no|none|one|two|three|four|five|six|seven|eight|nine|ten|twelve|once|twice|half|every|all)\b/i;

const answer: Rule = ({ sections }) => {
  const section = sections.find(({ title }) => title === "The answer in 45 minutes");
  if (section === undefined) return [];
  const { line, text } = section;
  const problems: Problem[] = [];
  const words = countWords(text.replace(/<[^>]*>/g, " 1 "));
  if (words > mostWordsOfTheAnswer)
    problems.push({
      line,
      message: `the answer in 45 minutes has ${words} words; one screen holds ${mostWordsOfTheAnswer}`,
    });
  const minutes = tablesOf(section)
    .flatMap((table) => table.rows)
    .map(([first = ""]) => /\bminute (\d+)/i.exec(first)?.[1]);
  for (const minute of ["5", "12", "22", "38"]) {
    if (!minutes.includes(minute))
      problems.push({
        line,
        message: `the answer in 45 minutes has no row "Minute ${minute}" that says what to say, draw and skip`,
      });
  }
  for (const label of ["Mid", "Senior", "Staff", "When stuck", "When wrong"]) {
    const found = new RegExp(`^- \\*\\*${label}\\.?:?\\*\\*:? ?(.*)$`, "m").exec(text)?.[1];
    if (found === undefined)
      problems.push({ line, message: `the answer in 45 minutes has no line "- **${label}:** …"` });
    else if (countWords(found) < 5 || sentences(found) > 1)
      problems.push({ line, message: `"${label}" needs one sentence that can be said aloud` });
  }
  return problems;
};

const mistakes: Rule = ({ sections }) => {
  const section = sections.find(({ title }) => title === "What candidates get wrong");
  if (section === undefined) return [];
  const table = tablesOf(section).find(({ head }) => head.some((cell) => /^say instead$/i.test(cell)));
  if (table === undefined)
    return [{ line: section.line, message: `what candidates get wrong has no table with a column "Say instead"` }];
  const column = table.head.findIndex((cell) => /^say instead$/i.test(cell));
  return table.rows
    .filter((row) => countWords(row[column] ?? "") < 3)
    .map(([first]) => ({ line: section.line, message: `"${first}": nothing to say instead` }));
};

const labs: Rule = (_chapter, mdx) =>
  elementsOf(withoutCode(mdx))
    .filter(({ name }) => name === "Lab")
    .filter(({ inner }) => (mdx.slice(inner.start, inner.end).match(/^(?:\d+\.|-) \S/gm)?.length ?? 0) !== thingsToTry)
    .map(({ line, attributes }) => ({
      line,
      message: `<Lab system="${attributes.system}"> needs a list of ${thingsToTry} things to try between its tags`,
    }));

const incident: Rule = ({ sections }) => {
  const section = sections.find(({ title }) => title === "In production");
  if (section === undefined || /<Cited source="/.test(section.text)) return [];
  return [
    { line: section.line, message: "in production tells no real incident or published test: no <Cited source> in it" },
  ];
};

const cards: Rule = (_chapter, mdx) => {
  const count = elementsOf(withoutCode(mdx)).filter(({ name }) => name === "Card").length;
  const { least, most } = cardsOfAChapter;
  return count >= least && count <= most
    ? []
    : [{ line: 1, message: `${count} retrieval questions; ${least} to ${most} are asked for` }];
};

function unknownTopics(named: readonly string[], line: number): Problem[] {
  return named
    .filter((id) => !topics.some((topic) => topic.id === id))
    .map((id) => ({ line, message: `course/topics.ts has no "${id}"` }));
}

interface MarkdownTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Tables of the reading track: those inside of panels do not count. */
function tablesOf({ text }: Section): MarkdownTable[] {
  const panels = elementsOf(withoutCode(text)).filter(({ name }) => name === "Exercise");
  return [...text.matchAll(/^\|.*\|[ \t]*\n\|[ :|-]+\|[ \t]*\n((?:\|.*\|[ \t]*(?:\n|$))*)/gm)]
    .filter(({ index }) => !panels.some(({ inner }) => inner.start <= index && index < inner.end))
    .map(([whole, rows = ""]) => ({
      head: cellsOf(whole.split("\n")[0]!),
      rows: rows
        .split("\n")
        .filter((row) => row !== "")
        .map(cellsOf),
    }));
}

/** A bar inside of a code span is escaped in Markdown, and does not end a cell. */
const cellsOf = (row: string): string[] =>
  row
    .trim()
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

const lineOf = (text: string, line: number): string => text.split("\n")[line - 1] ?? "";

/** Ends of sentences, abbreviations with a digit aside. */
const sentences = (text: string): number => text.match(/[.!?](?=\s|["”*]*$)/g)?.length ?? 0;
