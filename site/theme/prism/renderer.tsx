/**
 * Stands for `prism-react-renderer` in the site's scripts (see site/plugins/course.ts): what Docusaurus uses of it, and
 * of its thirty languages the few that the course has. Every page loads this.
 */

import type { PrismTheme } from "prism-react-renderer";
import type { CSSProperties, ReactNode } from "react";
import Prism from "./core.ts";
import { linesOf, type PrismToken, type Token } from "./tokens.ts";

export { Prism };
export const themes = {};

interface Props {
  readonly theme: PrismTheme;
  readonly language: string;
  readonly code: string;
  readonly children: (props: RenderProps) => ReactNode;
}

interface RenderProps {
  readonly tokens: Token[][];
  readonly className: string;
  readonly style: CSSProperties;
  readonly getLineProps: (input: { className?: string; line: Token[] }) => { className: string };
  readonly getTokenProps: (input: { className?: string; token: Token }) => TokenProps;
}

interface TokenProps {
  readonly className: string;
  readonly children: string;
  readonly style?: CSSProperties;
}

export function Highlight({ theme, language, code, children }: Props) {
  const name = language.toLowerCase();
  const grammar = Prism.languages[name];
  const tokens = grammar === undefined ? [code] : Prism.tokenize(code, grammar);
  const styles = new Map(
    theme.styles.flatMap(({ types, style }) => types.map((type) => [type, style as CSSProperties])),
  );
  return children({
    tokens: linesOf(tokens as readonly PrismToken[]),
    className: `prism-code language-${name}`,
    style: theme.plain as CSSProperties,
    getLineProps: ({ className }) => ({ className: ["token-line", className].filter(Boolean).join(" ") }),
    getTokenProps: ({ className, token }) => {
      const style = Object.assign({}, ...token.types.map((type) => styles.get(type)));
      return {
        className: ["token", ...token.types, className].filter(Boolean).join(" "),
        children: token.content,
        ...(Object.keys(style).length > 0 && { style }),
      };
    },
  });
}
