/** Columns of a terminal. Widths count what is seen, not the color codes. */

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
