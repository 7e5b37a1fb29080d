/** What is said in an interview: its texts, and whether its numbers are those of the chapter. */

import { said } from "../../course/estimate.ts";
import type { Interview, SpokenFigure } from "../../course/interview.ts";

/** Keys whose values are names and not read: ids, addresses, Mermaid text. */
const unread = new Set([
  ...["system", "level", "id", "dimension", "probe", "signal", "design", "number", "grade", "who", "url"],
  ...["unseen", "raisedBy", "figures", "mermaid"],
]);

/** Every text of the interview that a person reads, in the order of the data; the drawn boards only when asked for. */
export function spokenTexts(interview: Interview, { boards = false } = {}): string[] {
  const texts: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value === "string") texts.push(value);
    else if (Array.isArray(value)) for (const inner of value) visit(inner);
    else if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if (!unread.has(key) || (boards && key === "mermaid")) visit(inner);
      }
    }
  };
  visit(interview);
  return texts;
}

/** Empty when the figure is the estimate's value, rounded as it is spoken, and stands in the words that say it. */
export function figureProblem(
  { number, spoken, times = 1, says }: SpokenFigure,
  value: number,
  texts: string,
): string[] {
  const digits = String(spoken).replace(/[.]|^0+|0+$/g, "").length || 1;
  const computed = said(value * times, digits);
  if (Math.abs(computed - spoken) > 1e-9 * Math.abs(spoken))
    return [`${number} is ${computed}, and the interview says ${spoken}: "${says}"`];
  if (!texts.includes(says)) return [`the interview does not say "${says}"`];
  const forms = [String(spoken), spoken.toLocaleString("en-US"), words[spoken]].filter((form) => form !== undefined);
  return forms.some((form) => says.toLowerCase().includes(form)) ? [] : [`"${says}" does not hold ${spoken}`];
}

const words: Readonly<Record<number, string>> = Object.fromEntries(
  [
    ...["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
    ...["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"],
  ].map((word, n) => [n, word]),
);
