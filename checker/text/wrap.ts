/** Text for a terminal of 80 columns: where lines break. */

import { visibleWidth } from "./columns.ts";

export const WIDTH = 80;

/** Text beside a hang of almost the whole width would be a column of letters. */
const ROOM_MIN = 10;

/**
 * Breaks at spaces and keeps the line breaks that are there, and the spaces at the beginning of a line. A word longer
 * than the line stays whole, so that it can be copied. `lead` precedes the first line, `hang` every other one; an empty
 * line stays empty.
 */
export function wrap(text: string, width = WIDTH, hang = "", lead = hang): string {
  const limit = Math.max(width, visibleWidth(hang) + ROOM_MIN);
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = lines.length === 0 ? lead : hang;
    let used = visibleWidth(line);
    let isEmpty = true;
    for (const word of paragraph.split(" ")) {
      const wide = visibleWidth(word);
      if (!isEmpty && used + 1 + wide > limit) {
        lines.push(line);
        line = hang;
        used = visibleWidth(hang);
        isEmpty = true;
      }
      line += isEmpty ? word : ` ${word}`;
      used += isEmpty ? wide : 1 + wide;
      isEmpty = false;
    }
    lines.push(paragraph === "" && lines.length > 0 ? "" : line);
  }
  return lines.map((line) => line.trimEnd()).join("\n");
}

/**
 * Markdown as it stands, its long lines broken: quotes and list items hang under their text. Rows of a table stay
 * whole; where one does not fit, all of them lose what stands in brackets.
 */
export function wrapMarkdown(markdown: string, width = WIDTH): string {
  const lines = markdown.split("\n");
  const isRow = (line: string) => line.startsWith("|");
  const short = lines.some((line) => isRow(line) && visibleWidth(line) > width);
  return lines
    .map((line) => {
      if (isRow(line)) return short ? line.replace(/ \([^()]*\)/g, "") : line;
      const [, lead = "", text = ""] = /^((?:> |- )?)(.*)$/s.exec(line)!;
      if (visibleWidth(line) <= width) return line;
      const [first, ...rest] = wrap(text, width - lead.length).split("\n");
      const hang = lead === "> " ? lead : " ".repeat(lead.length);
      return [`${lead}${first}`, ...rest.map((part) => hang + part)].join("\n");
    })
    .join("\n");
}

export function indent(text: string, by: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : by + line))
    .join("\n");
}
