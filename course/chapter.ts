/**
 * A chapter's text as data: its sections, what it names, and how long it takes to read. The site counts minutes and
 * lists topics with it, the checker's rules read it. Works on the text of the MDX file; nothing is compiled.
 *
 * A chapter has two tracks. *Read* is everything outside of `<Exercise>` panels; *build* is what stands inside them.
 */
export interface Chapter {
  readonly sections: readonly Section[];
  readonly invariants: readonly InvariantMention[];
  readonly reading: Reading;
}

/** From one `##` heading to the next. */
export interface Section {
  readonly title: string;
  /** Of the heading on the page; the build refuses a link to one that does not exist. */
  readonly anchor: string;
  /** 1-based, of the heading. */
  readonly line: number;
  /** Everything below the heading, as it stands in the file. */
  readonly text: string;
  /** Named by `<Topics of="…"/>`; empty where the section names none. */
  readonly topics: readonly string[];
}

export interface InvariantMention {
  readonly id: string;
  readonly line: number;
  readonly text: string;
  readonly topics: readonly string[];
  /** False inside an exercise's panel, where it is quiet. */
  readonly boxed: boolean;
  /** Title of the section that it stands in. */
  readonly section: string;
}

export interface Reading {
  /** Prose of the reading track: no tables, captions, code blocks, closed answers, sources or panels. */
  readonly words: number;
  /** Figures, labs, estimates and tables of the reading track. */
  readonly figures: number;
  readonly minutes: number;
}

/** The reading track is an hour at most: 25 minutes of words, the rest for figures. */
export const mostWords = 5_000;
export const wordsPerMinute = 200;
export const minutesPerFigure = 0.5;

export const deepDivePrefix = "Deep dive: ";
export const isDeepDive = ({ title }: Pick<Section, "title">): boolean => title.startsWith(deepDivePrefix);

export function readChapter(mdx: string): Chapter {
  const sections = sectionsOf(mdx);
  const invariants = elementsOf(withoutCode(mdx)).filter(({ name }) => name === "Invariant");
  const panels = regionsOf(withoutCode(mdx), "Exercise");
  return {
    sections,
    invariants: invariants.map(({ attributes, line, start, inner }) => ({
      id: attributes.id ?? "",
      line,
      text: mdx.slice(inner.start, inner.end).trim(),
      topics: names(attributes.topics ?? ""),
      boxed: !panels.some((panel) => panel.start < start && start < panel.end),
      section: sections.findLast((section) => section.line < line)?.title ?? "",
    })),
    reading: readingOf(mdx),
  };
}

/** 200 words a minute, and half a minute for each figure or table. */
export function readingOf(mdx: string): Reading {
  let text = withoutBlocks(mdx);
  for (const name of ["Exercise", "Sources", "Lab"]) text = blankInside(text, name);
  // A closed answer is not read at the first reading; its question is.
  for (const name of ["Predict", "FollowUp", "Card"]) text = blankInside(text, name);
  const tables = text.match(/^\|(?:\s*:?-+:?\s*\|)+\s*$/gm)?.length ?? 0;
  const figures = elementsOf(text).filter(({ name }) => figureElements.has(name)).length + tables;
  const prose = text.replace(/^\|.*$/gm, "").replace(anyTag, (tag, closing: string, name: string) => {
    if (closing !== "") return " ";
    // A number stands in the sentence like a word; of the other elements only a question is read.
    return numberElements.has(name) ? " 1 " : ` ${attributesOf(tag).question ?? ""} `;
  });
  const words = countWords(prose);
  return { words, figures, minutes: Math.ceil(words / wordsPerMinute + figures * minutesPerFigure) };
}

/** Words as a person counts them: what holds a letter or a digit, between spaces. */
export function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

export interface Element {
  readonly name: string;
  /** Those that are strings; an attribute that is an expression is "". */
  readonly attributes: Readonly<Record<string, string>>;
  readonly line: number;
  /** Offset of the opening tag. */
  readonly start: number;
  /** Offsets of what stands between the tags; empty for an element that closes itself. */
  readonly inner: { readonly start: number; readonly end: number };
}

/** Every JSX element of a chapter, in order. Code is skipped if the text has passed `withoutCode`. */
export function elementsOf(text: string): Element[] {
  return [...text.matchAll(anyTag)]
    .filter(([, closing]) => closing === "")
    .map((match) => {
      const [tag, , name, , self] = match;
      const after = match.index + tag.length;
      const close = self === "/" ? after : text.indexOf(`</${name}>`, after);
      return {
        name: name!,
        attributes: attributesOf(tag),
        line: lineAt(text, match.index),
        start: match.index,
        inner: { start: after, end: close === -1 ? after : close },
      };
    });
}

/** Blanks front matter, code blocks, code spans and comments. Lengths and lines stay as they are. */
export function withoutCode(mdx: string): string {
  const span = /(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g;
  return withoutBlocks(mdx).replace(span, blank);
}

export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

/** As many spaces as there were characters, so that offsets and lines stay as they are. */
export function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

/** An opening tag of a component with its attributes, for replacing; see `elementsOf` for reading. */
export const openingTag = /<([A-Z]\w*)((?:\s+[\w-]+(?:="[^"]*"|=\{[^{}]*\})?)*)\s*\/?>/g;
export const attribute = /\s+([\w-]+)(?:="([^"]*)"|=\{[^{}]*\})?/g;

// --- internal ---

const anyTag = /<(\/?)([A-Z]\w*)((?:\s+[\w-]+(?:="[^"]*"|=\{[^{}]*\})?)*)\s*(\/?)>/g;

/** Elements that show something and are looked at rather than read. */
const figureElements = new Set(["Diagram", "Estimate", "Lab", "KillMatrix", "Parameters"]);
/** Elements that print one number. */
const numberElements = new Set(["N", "Parameter"]);

const attributesOf = (tag: string): Record<string, string> =>
  Object.fromEntries([...tag.matchAll(attribute)].map(([, name, value]) => [name!, value ?? ""]));

const names = (text: string): string[] => text.split(/[\s,]+/).filter((name) => name !== "");

function sectionsOf(mdx: string): Section[] {
  const plain = withoutCode(mdx);
  const headings = [...plain.matchAll(/^## (?!#)[^\n]*$/gm)];
  return headings.map((heading, i) => {
    const start = heading.index + heading[0].length;
    const end = headings[i + 1]?.index ?? mdx.length;
    const topics = elementsOf(plain.slice(start, end)).filter(({ name }) => name === "Topics");
    const title = mdx.slice(heading.index + 3, start).trim();
    return {
      title,
      anchor: anchorOf(title),
      line: lineAt(mdx, heading.index),
      text: mdx.slice(start, end),
      topics: topics.flatMap(({ attributes }) => names(attributes.of ?? "")),
    };
  });
}

/** As GitHub and Docusaurus make it: lower case, hyphens for spaces, other punctuation gone. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
}

/** Where elements of that name stand, tags included. */
function regionsOf(text: string, name: string): { start: number; end: number }[] {
  return elementsOf(text)
    .filter((element) => element.name === name)
    .map(({ start, inner }) => ({ start, end: inner.end }));
}

function blankInside(text: string, name: string): string {
  return elementsOf(text)
    .filter((element) => element.name === name)
    .reduce(
      (kept, { inner }) =>
        kept.slice(0, inner.start) + blank(kept.slice(inner.start, inner.end)) + kept.slice(inner.end),
      text,
    );
}

/** Blanks front matter, code blocks and comments; code spans stay, because they are read as words. */
function withoutBlocks(mdx: string): string {
  const frontMatter = /^---\n[\s\S]*?\n---\n/;
  const block = /^(```+|~~~+)[^\n]*\n[\s\S]*?^\1[ \t]*$/gm;
  const comment = /\{\/\*[\s\S]*?\*\/\}/g;
  return [frontMatter, block, comment].reduce((text, pattern) => text.replace(pattern, blank), mdx);
}
