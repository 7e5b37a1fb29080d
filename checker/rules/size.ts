/** How long a file is and how wide its lines are: no number cuts a concept in two, and no line needs a wide window. */

import { ts } from "ts-morph";

/** A file that a reader holds in mind as one may have this many lines of code; more is worth a look. */
export const CODE_LINES = 600;
export const CODE_LINES_MAX = 2 * CODE_LINES;
/** Columns of a line, comment or code. */
export const COLUMNS_MAX = 120;

/** Lines that hold code: not blank, and not comment alone. */
export function codeLines(path: string, source: string): number {
  const file = parse(path, source);
  const lines = new Set<number>();
  for (const token of tokensOf(file)) {
    const [start, end] = [token.getStart(file, false), token.getEnd()];
    if (start === end) continue;
    const last = file.getLineAndCharacterOfPosition(end).line;
    for (let line = file.getLineAndCharacterOfPosition(start).line; line <= last; line++) lines.add(line);
  }
  return lines.size;
}

/** Numbers (1-based) of the lines that are wider than `COLUMNS_MAX`. */
export function wideLines(source: string): number[] {
  return source.split("\n").flatMap((line, i) => (line.length > COLUMNS_MAX ? [i + 1] : []));
}

/** What a formatter leaves as it is: a string or template, a regular expression. */
export type Unbroken = "text" | "pattern";

/** Lines (1-based) whose edge at `COLUMNS_MAX` lies within something of these kinds, or right behind it. */
export function linesCutWithin(path: string, source: string, kinds: readonly Unbroken[]): Set<number> {
  const file = parse(path, source);
  const found = new Set<number>();
  for (const token of tokensOf(file)) {
    if (!kinds.some((kind) => IS_UNBROKEN[kind](token))) continue;
    const [start, end] = [token.getStart(file), token.getEnd()];
    const last = file.getLineAndCharacterOfPosition(end).line;
    for (let line = file.getLineAndCharacterOfPosition(start).line; line <= last; line++) {
      const edge = file.getPositionOfLineAndCharacter(line, 0) + COLUMNS_MAX;
      if (start < edge && edge <= end) found.add(line + 1);
    }
  }
  return found;
}

const IS_UNBROKEN: Readonly<Record<Unbroken, (node: ts.Node) => boolean>> = {
  text: (node) =>
    ts.isStringLiteral(node) ||
    ts.isNoSubstitutionTemplateLiteral(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddle(node) ||
    ts.isTemplateTail(node),
  pattern: ts.isRegularExpressionLiteral,
};

export function parse(path: string, source: string): ts.SourceFile {
  return ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
}

/** Every token of the file, in order; comments are not tokens. */
export function* tokensOf(file: ts.SourceFile, node: ts.Node = file): Generator<ts.Node> {
  const children = node.getChildren(file).filter((child) => !ts.isJSDoc(child));
  if (children.length === 0) yield node;
  else for (const child of children) yield* tokensOf(file, child);
}
