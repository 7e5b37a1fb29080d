/** Text for a terminal of 80 columns: wrapping, columns, durations. Widths count what is seen, not the color codes. */

export const WIDTH = 80;

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what an escape sequence starts with.
const ESCAPES = /\u001b\[[0-9;?]*[A-Za-z]/g;

export const stripColor = (text: string): string => text.replace(ESCAPES, "");

/** Columns that `text` takes. Every character of ours is one column wide. */
export const visibleWidth = (text: string): number => [...stripColor(text)].length;

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - visibleWidth(text)));
}

export function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - visibleWidth(text))) + text;
}

/** Cuts to `width` columns, with an ellipsis where something was cut. Plain text only. */
export function clip(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join("")}…`;
}

/** Breaks at spaces; keeps the line breaks that are there; a word longer than the line stands alone. `indent` precedes every line. */
export function wrap(text: string, width = WIDTH, indent = ""): string {
  const room = Math.max(10, width - visibleWidth(indent));
  return text
    .split("\n")
    .flatMap((line) => wrapLine(line, room))
    .map((line) => (line === "" ? "" : indent + line))
    .join("\n");
}

/**
 * Markdown as it stands, its long lines broken: quotes and list items hang under their text. Rows of a table stay whole; where one does
 * not fit, all of them lose what stands in brackets.
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

function wrapLine(line: string, room: number): string[] {
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(" ")) {
    if (current !== "" && visibleWidth(current) + 1 + visibleWidth(word) > room) {
      lines.push(current);
      current = word;
    } else current = current === "" ? word : `${current} ${word}`;
  }
  lines.push(current);
  return lines;
}

export function indent(text: string, by: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : by + line))
    .join("\n");
}

/** `812 ms`, `4.2 s`, `3 min 20 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `3 of 5`, `1 exercise`, `2 exercises`. */
export function count(n: number, singular: string, plural = `${singular}s`): string {
  return `${n} ${n === 1 ? singular : plural}`;
}

/** `11.2 M`, `842 k`, `3.1`: three figures, for a unit to follow. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${three(value / 1e9)} G`;
  if (size >= 1e6) return `${three(value / 1e6)} M`;
  if (size >= 1e4) return `${three(value / 1e3)} k`;
  return three(value);
}

function three(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 10_000) return String(value);
  if (size >= 100) return value.toFixed(0);
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
}
