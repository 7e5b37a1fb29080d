import type { PrismTheme } from "prism-react-renderer";

/**
 * One theme for both color modes: the variables change, in site/css/tokens.css. Mostly ink; color is for what carries
 * meaning.
 */
export const prismTheme: PrismTheme = {
  plain: { color: "var(--code-ink)", backgroundColor: "var(--code-paper)" },
  styles: [
    { types: ["comment", "prolog", "doctype", "cdata"], style: { color: "var(--ink-3)", fontStyle: "italic" } },
    { types: ["keyword", "builtin", "tag", "selector"], style: { color: "var(--code-keyword)" } },
    { types: ["string", "char", "attr-value", "regex", "inserted"], style: { color: "var(--code-string)" } },
    { types: ["number", "boolean", "constant"], style: { color: "var(--code-number)" } },
    { types: ["class-name", "maybe-class-name", "type-class-name"], style: { color: "var(--code-type)" } },
    { types: ["function"], style: { color: "var(--code-ink)", fontWeight: "600" } },
    { types: ["punctuation", "operator"], style: { color: "var(--ink-2)" } },
    { types: ["deleted"], style: { color: "var(--pressure)" } },
  ],
};
