/**
 * Breaks comments that are wider than the house allows: `npm run rewrap -- <file...>`. A paragraph with a line that is
 * too wide is filled; all others stay as they are, and so do tables, code and everything that is drawn with spaces.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { ts } from "ts-morph";
import { COLUMNS_MAX, parse, tokensOf } from "./size.ts";

interface Comment {
  /** What precedes it in its line. */
  readonly before: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export function rewrapComments(path: string, source: string): string {
  let text = source;
  // One edit at a time: the places of the others move with it.
  for (let next = rewrapFirst(path, text); next !== null; next = rewrapFirst(path, text)) text = next;
  return text;
}

function rewrapFirst(path: string, source: string): string | null {
  const comments = commentsOf(path, source);
  for (const [i, comment] of comments.entries()) {
    const { before, text, end } = comment;
    const rest = source.slice(end).split("\n", 1)[0]!;
    const isWide = `${before}${text}${rest}`.split("\n").some((line) => line.length > COLUMNS_MAX);
    if (!isWide || text.startsWith("// biome-ignore")) continue;
    const isBlock = text.startsWith("/*");
    const isAlone = before.trim() === "";
    if (isBlock && (!isAlone || rest.trim() !== "")) continue;
    const run = isBlock || !isAlone ? [comment] : runOf(source, comments, i);
    const [first, last] = [run[0]!, run.at(-1)!];
    const start = first.start - before.length;
    const put = isBlock ? rewrapBlock(text, before) : isAlone ? rewrapRun(run) : aboveItsLine(comment);
    if (put !== source.slice(start, last.end)) return source.slice(0, start) + put + source.slice(last.end);
  }
  return null;
}

function commentsOf(path: string, source: string): Comment[] {
  const file = parse(path, source);
  const ranges = new Map<number, ts.CommentRange>();
  for (const token of tokensOf(file)) {
    if (token.kind === ts.SyntaxKind.JsxText) continue;
    for (const range of ts.getLeadingCommentRanges(source, token.getFullStart()) ?? []) ranges.set(range.pos, range);
    for (const range of ts.getTrailingCommentRanges(source, token.getEnd()) ?? []) ranges.set(range.pos, range);
  }
  return [...ranges.values()]
    .sort((a, b) => a.pos - b.pos)
    .map(({ pos: start, end }) => ({
      before: source.slice(source.lastIndexOf("\n", start - 1) + 1, start),
      text: source.slice(start, end),
      start,
      end,
    }));
}

/** The `//` comments of adjacent lines, of one indentation, that the i-th is among. */
function runOf(source: string, comments: readonly Comment[], i: number): Comment[] {
  const follows = (a: Comment | undefined, b: Comment | undefined): boolean =>
    a !== undefined &&
    b !== undefined &&
    [a, b].every(({ before, text }) => before === comments[i]!.before && /^\/\/(?! biome-ignore)/.test(text)) &&
    source.slice(a.end, b.start) === `\n${b.before}`;
  let [first, last] = [i, i];
  while (follows(comments[first - 1], comments[first])) first--;
  while (follows(comments[last], comments[last + 1])) last++;
  return comments.slice(first, last + 1);
}

function rewrapRun(run: readonly Comment[]): string {
  const indent = run[0]!.before;
  const lines = run.map(({ text }) => text.replace(/^\/\/ ?/, ""));
  return fill(lines, COLUMNS_MAX - indent.length - "// ".length)
    .map((line) => `${indent}// ${line}`.trimEnd())
    .join("\n");
}

/** Behind code that leaves no room for it. */
function aboveItsLine({ before, text }: Comment): string {
  return `${/^\s*/.exec(before)![0]}${text}\n${before.trimEnd()}`;
}

function rewrapBlock(text: string, indent: string): string {
  const open = /^\/\*\*?/.exec(text)![0];
  const lines = text
    .slice(open.length, -"*/".length)
    .split("\n")
    .map((line, i) => (i === 0 ? line.trim() : line.replace(/^\s*\* ?/, "").trimEnd()));
  if (lines[0] === "") lines.shift();
  if (lines.at(-1) === "") lines.pop();
  const filled = fill(lines, COLUMNS_MAX - indent.length - " * ".length);
  return [`${indent}${open}`, ...filled.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`].join("\n");
}

const MARKER = /^(\s*)((?:[-*] |\d+\. |@\w+ )?)/;
/** Columns of a table, or a drawing. */
const ALIGNED = /\S {2,}\S/;

/** Paragraphs with a line wider than `room` are filled. */
function fill(lines: readonly string[], room: number): string[] {
  const filled: string[] = [];
  let isCode = false;
  for (let i = 0; i < lines.length; ) {
    const line = lines[i]!;
    if (/^\s*```/.test(line)) isCode = !isCode;
    const end = isCode || line === "" || ALIGNED.test(line) ? i + 1 : paragraphEnd(lines, i, room);
    const paragraph = lines.slice(i, end);
    const isWide = paragraph.some((each) => each.length > room) && !isCode && !ALIGNED.test(line);
    filled.push(...(isWide ? fillParagraph(paragraph, room) : paragraph));
    i = end;
  }
  return filled;
}

function paragraphEnd(lines: readonly string[], start: number, room: number): number {
  const [, indent = "", marker = ""] = MARKER.exec(lines[start]!)!;
  const isTag = marker.startsWith("@");
  const hang = isTag ? indent.length : indent.length + marker.length;
  for (let end = start + 1; end < lines.length; end++) {
    const [before, line] = [lines[end - 1]!, lines[end]!];
    const depth = /^\s*/.exec(line)![0].length;
    const isDeep = isTag ? depth >= hang && depth <= hang + 4 : depth === hang;
    if (line === "" || !isDeep || MARKER.exec(line)![2] !== "" || ALIGNED.test(line) || /^\s*```/.test(line))
      return end;
    // A sentence that ends before the edge ends its line on purpose.
    if (/[.:;]$/.test(before) && before.length + 1 + line.trim().split(" ")[0]!.length <= room) return end;
  }
  return lines.length;
}

function fillParagraph(paragraph: readonly string[], room: number): string[] {
  const [, indent = "", marker = ""] = MARKER.exec(paragraph[0]!)!;
  const hang =
    paragraph.length > 1
      ? /^\s*/.exec(paragraph[1]!)![0]
      : indent + (marker.startsWith("@") ? "" : " ".repeat(marker.length));
  // What stands in backticks is one word.
  const words = paragraph.join(" ").match(/(?:`[^`]*`|\S)+/g) ?? [];
  const filled: string[] = [];
  let line = indent;
  for (const word of words) {
    const isEmpty = line.trim() === "";
    if (!isEmpty && line.length + 1 + word.length > room) {
      filled.push(line);
      line = hang + word;
    } else line += isEmpty ? word : ` ${word}`;
  }
  return [...filled, line];
}

if (process.argv[1]?.endsWith("rewrap.ts")) {
  for (const path of process.argv.slice(2)) {
    const source = readFileSync(path, "utf8");
    const text = rewrapComments(path, source);
    if (text === source) continue;
    writeFileSync(path, text);
    console.log(path);
  }
}
