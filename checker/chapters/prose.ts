/**
 * The lint of the chapters: every number of ours is computed, every number of someone else's is cited, and everything
 * that a chapter names exists. Works on text; `prose.test.ts` reads the files.
 */

import { attribute, blank, type Element, elementsOf, lineAt, openingTag, withoutCode } from "../../course/chapter.ts";

export interface Problem {
  /** 1-based, in the chapter's file. */
  readonly line: number;
  readonly message: string;
}

/** What a chapter may name. The test fills it from the repository; a test of the lint fills it by hand. */
export interface Known {
  /** `<system>.<estimate>` */
  readonly estimates: ReadonlySet<string>;
  /** `<system>.<estimate>.<input or step>` */
  readonly numbers: ReadonlySet<string>;
  /** `<system>/<name>` */
  readonly diagrams: ReadonlySet<string>;
  /** `<system>/<exercise>` */
  readonly exercises: ReadonlySet<string>;
  readonly terms: ReadonlySet<string>;
  /** `<system>/<exercise> <name>` */
  readonly mutants: ReadonlySet<string>;
  /** Ids of `course/parameters.ts`. */
  readonly parameters: ReadonlySet<string>;
}

/** A chapter has at least so many figures (unit.md). */
export const leastDiagrams = 5;

export function lintChapter(mdx: string, known: Known): Problem[] {
  const text = withoutCode(mdx);
  const elements = elementsOf(text);
  return [...bareNumbers(text), ...references(elements, known), ...wholeness(elements)].sort((a, b) => a.line - b.line);
}

// --- internal ---

/** Attributes that a reader reads; the others are names and are blanked. */
const prose = new Set(["question", "caption", "alt"]);

/** Numbers that are names and not quantities. */
const names = [
  /\bRFC \d+/g,
  /\b(?:19|20)\d\d\b/g,
  /\bminutes? \d+/gi,
  /^## The answer in 45 minutes$/gm,
  /\bsections? \d+(?:\.\d+)*/gi,
  /\b\d+(?:\.\d+)?th percentile/g,
  /\bI\.\d+/g,
  /\]\([^)]*\)/g,
  /^#+ \d+\. /gm,
  /^\s*\d+\. /gm,
];

/** A digit that is not part of a word such as IPv6, p99 or UUIDv7. */
const number = /(?<![\w.])\d[\d.,]*(?:\s?[%\p{L}]+)?/gu;

function bareNumbers(text: string): Problem[] {
  let open = text
    .replace(/<Sources>[\s\S]*?<\/Sources>/g, blank)
    .replace(/<Cited\b[\s\S]*?<\/Cited>/g, blank)
    .replace(openingTag, (tag) =>
      tag.replace(attribute, (whole, name: string, value?: string) =>
        value !== undefined && prose.has(name) ? whole : blank(whole),
      ),
    );
  for (const pattern of names) open = open.replace(pattern, blank);
  return [...open.matchAll(number)].map((match) => ({
    line: lineAt(text, match.index),
    message:
      `"${match[0].trim()}" is a bare number: print ours with <N id="…"/>, wrap a source's in <Cited ` +
      `source="…">, put an example's parameter into a code span, write a small count as a word`,
  }));
}

function references(elements: readonly Element[], known: Known): Problem[] {
  const sources = new Set(elements.filter(({ name }) => name === "Source").map(({ attributes }) => attributes.id));
  const rules: Record<string, (a: Readonly<Record<string, string>>) => string | null> = {
    N: ({ id }) => (known.numbers.has(id!) ? null : `no estimate has the number "${id}"`),
    Estimate: ({ id }) => (known.estimates.has(id!) ? null : `there is no estimate "${id}"`),
    Diagram: ({ system, name }) =>
      known.diagrams.has(`${system}/${name}`) ? null : `diagrams/${system}/${name}.mmd does not exist`,
    Exercise: ({ id }) => (known.exercises.has(id!) ? null : `the manifest has no exercise "${id}"`),
    Term: ({ id }) => (known.terms.has(id!) ? null : `the glossary has no term "${id}"`),
    Mutant: ({ of, name }) => (known.mutants.has(`${of} ${name}`) ? null : `${of} has no mutant "${name}"`),
    Parameter: ({ id }) => (known.parameters.has(id!) ? null : `course/parameters has no "${id}"`),
    Cited: ({ source }) => (sources.has(source) ? null : `no <Source id="${source}"> on this page`),
  };
  return elements.flatMap(({ name, attributes, line }) => {
    const message = rules[name]?.(attributes) ?? null;
    return message === null ? [] : [{ line, message }];
  });
}

function wholeness(elements: readonly Element[]): Problem[] {
  const problems: Problem[] = [];
  const diagrams = new Set(
    elements.filter(({ name }) => name === "Diagram").map((e) => `${e.attributes.system}/${e.attributes.name}`),
  );
  if (diagrams.size < leastDiagrams)
    problems.push({ line: 1, message: `${diagrams.size} different diagrams; a chapter has at least ${leastDiagrams}` });
  for (const name of ["Invariant", "Source"]) {
    const seen = new Set<string>();
    for (const { attributes, line } of elements.filter((element) => element.name === name)) {
      const id = attributes.id ?? "";
      if (seen.has(id)) problems.push({ line, message: `<${name} id="${id}"> exists twice on this page` });
      seen.add(id);
    }
  }
  return problems;
}
