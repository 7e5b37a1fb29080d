/**
 * The words of the course: plain American English, sentences with a subject and a verb, and the concrete thing named.
 * This is the list of words and turns that crept in. Each is here because it was found, and because there is always a
 * plainer way to say it.
 */

import { blank, lineAt, openingTag, withoutCode } from "../../course/chapter.ts";
import type { Problem } from "./prose.ts";

export interface Turn {
  readonly pattern: RegExp;
  /** What to write. */
  readonly instead: string;
}

const things =
  "node|server|client|follower|leader|replica|gateway|shard|machine|process|thread|queue|store|service|worker|broker|" +
  "router|disk|request|message|engine|standby";

/** Flags `g` and `i` are added. */
export const turns: readonly Turn[] = [
  { pattern: /\banew\b/, instead: "again" },
  { pattern: /\bwho(?:m)?ever\b/, instead: "name it: the client that, the follower that" },
  // "whatever the order", "whatever happens" are English; "whatever was lost" hides its subject.
  {
    pattern: /\bwhatever\b(?! (?:the|its|their|your|his|our|you|they|it|we|happens|happened)\b)/,
    instead: "name the thing: every message that",
  },
  { pattern: /\bnobody\b/, instead: "name who does not: no client, no node, no reader" },
  { pattern: /\bsomebody\b/, instead: "name who does: a client, an operator, another node" },
  { pattern: new RegExp(`\\b(?:${things})s?,? who\\b`), instead: '"that" for a thing; "who" is for people' },
  { pattern: /\bbelong(?:s|ed|ing)? into\b/, instead: "belongs in, is part of, goes into" },
  { pattern: /\bfor ever\b/, instead: "forever, or better: until when" },
  { pattern: /\bdear(?:er|est)?\b(?! reader)/, instead: "expensive, costs more" },
  { pattern: /\bmend(?:s|ed|ing)?\b/, instead: "repair, fix, correct" },
  { pattern: /\blest\b/, instead: "so that … does not" },
  {
    pattern: /\b(?:thereby|whereby|therein|hence|whence|thus|albeit|ought)\b/,
    instead: "say it in a clause of its own",
  },
  { pattern: /\bin order to\b/, instead: "to" },
  { pattern: /\b(?:obviously|basically|needless to say|in today's world|at the end of the day)\b/, instead: "nothing" },
  { pattern: /\bper cent\b/, instead: "percent, or %" },
  {
    pattern: /\b(?:whilst|amongst|towards|afterwards|backwards|forwards)\b/,
    instead: "while, among, toward, afterward",
  },
  {
    pattern:
      /\b(?:\w*(?:aviour|olour|ighbour|avour|onour|umour|abour)\w*|centre[sd]?|fibres?|metres?|litres?|grey|catalogues?|licence|defence|judgement|cancell(?:ed|ing)|labell(?:ed|ing)|modell(?:ed|ing)|travell(?:ed|ing))\b/,
    instead: "the American spelling",
  },
  {
    pattern:
      /\b(?:organ|real|recogn|optim|serial|synchron|initial|normal|minim|maxim|summar|general|linear|priorit|central|util|token|random)is(?:e[sd]?|ing|ation|able)\b/,
    instead: "the American spelling with z",
  },
  { pattern: /\p{L}{2}!(?=\s|$|["”)])/u, instead: "a period: the course does not exclaim" },
];

/** Problems of plain text, e.g. a hint or a line of an interview. `from` is the line at which it begins. */
export function wordProblems(text: string, from = 1): Problem[] {
  return [...turnsIn(text, from), ...whats(text, from)].sort((a, b) => a.line - b.line);
}

/**
 * Problems of a chapter or another page: its prose, captions, alternatives and questions; no code, names or sources'
 * titles.
 */
export function pageProblems(mdx: string): Problem[] {
  const open = withoutCode(mdx)
    .replace(/<Source\b[^>]*>/g, blank)
    .replace(openingTag, (tag) =>
      tag.replace(/[\s\S]*?(?:\b(?:question|caption|alt|title)="([^"]*)"|$)/g, (part: string, said?: string) =>
        // The text of such an attribute is a paragraph of its own.
        said === undefined ? blank(part) : `${blank(part.slice(0, part.length - said.length - 2))}\u2029${said}\u2029`,
      ),
    )
    .replace(/<\/\w+>/g, blank)
    .replace(/\]\([^)]*\)/g, blank);
  return [...frontMatterProblems(mdx), ...wordProblems(open)];
}

/** Problems of hints and other plain Markdown. */
export const markdownProblems = (markdown: string): Problem[] => wordProblems(withoutCode(markdown));

/**
 * Problems of the contracts in a TypeScript file: its JSDoc, without code spans. "What a leader knows of a node." names
 * a type there, so sentences may begin with "What".
 */
export function jsDocProblems(source: string): Problem[] {
  return [...source.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap(({ 0: comment, index }) => {
    const text = withoutCode(comment.replace(/^\s*\*(?!\/) ?/gm, "").replace(/^\/\*\*|\*\/$/g, ""));
    return turnsIn(text, lineAt(source, index));
  });
}

// --- internal ---

function turnsIn(text: string, from: number): Problem[] {
  return turns.flatMap(({ pattern, instead }) =>
    [...text.matchAll(new RegExp(pattern.source, `${pattern.flags}gi`))].map(({ 0: match, index }) => ({
      line: from - 1 + lineAt(text, index),
      message: `"${match}": ${instead}`,
    })),
  );
}

/** Description and title are read, too. */
function frontMatterProblems(mdx: string): Problem[] {
  const front = /^---\n([\s\S]*?)\n---\n/.exec(mdx)?.[1] ?? "";
  return wordProblems(front.replace(/^\w+: /gm, "\n\n"), 2).map(({ message }) => ({ line: 1, message }));
}

/**
 * Sentences that begin with "What" and are no question: "What is scarce is the hand-over" says in six words that the
 * hand-over is scarce. Headings and cells without a period are titles and may.
 */
function whats(text: string, from: number): Problem[] {
  return [...text.matchAll(/\bWhat\b/g)].flatMap(({ index }) => {
    const before = text.slice(0, index).replace(/[\s*_"“”'(\u2029]+$/u, (space) =>
      // The beginning of a paragraph, of a list's item or of an attribute begins a sentence.
      /\n\s*\n|\u2029/.test(space) ? "." : "",
    );
    if (!/(?:^|[.!?:|]|^\s*-|^\s*\d+\.|\n\s*(?:-|\d+\.))$/.test(before)) return [];
    const lineStart = text.lastIndexOf("\n", index) + 1;
    if (/^#+ /.test(text.slice(lineStart, index + 1))) return [];
    const [sentence = "", end = ""] =
      /^[\s\S]*?(?:([.?!|])(?=[\s"”')*_]|$)|\n\s*\n|\u2029|$)/.exec(text.slice(index)) ?? [];
    if (end === "?" || end === "|" || (end === "" && text[lineStart] === "|")) return [];
    const begins = sentence.replace(/\s+/g, " ").trim().slice(0, 40);
    return [{ line: from - 1 + lineAt(text, index), message: `"${begins}…" begins with "What" and asks nothing` }];
  });
}
