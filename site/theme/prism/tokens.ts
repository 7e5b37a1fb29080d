/** Prism's nested tokens as lines of flat ones. */

export interface Token {
  /** From the outermost to the innermost. */
  readonly types: string[];
  readonly content: string;
  readonly empty?: boolean;
}

/** What Prism gives: text, or a token that may hold more of both. */
export type PrismToken =
  | string
  | { readonly type: string; readonly alias?: string | string[]; readonly content: PrismContent };
export type PrismContent = PrismToken | readonly PrismToken[];

/** At least one line, each with at least one token. */
export function linesOf(tokens: readonly PrismToken[]): Token[][] {
  const lines: Token[][] = [[]];
  const add = (content: PrismContent, types: string[]): void => {
    if (typeof content === "string") {
      for (const [index, part] of content.split(/\r\n|\n|\r/).entries()) {
        if (index > 0) lines.push([]);
        if (part !== "") lines.at(-1)!.push({ types: types.length === 0 ? ["plain"] : types, content: part });
      }
    } else if (Array.isArray(content)) for (const one of content) add(one, types);
    else {
      const { type, alias = [], content: inner } = content as Exclude<PrismToken, string>;
      add(inner, [...types, type, ...[alias].flat()]);
    }
  };
  add(tokens, []);
  for (const line of lines) if (line.length === 0) line.push({ types: ["plain"], content: "\n", empty: true });
  return lines;
}
