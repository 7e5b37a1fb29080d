import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** WCAG 2.2 contrast of the tokens as they stand in tokens.css; no second list of colors to drift. */
const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
const light = tokens(css.slice(css.indexOf(":root"), css.indexOf('html[data-theme="dark"]')));
const dark = tokens(css.slice(css.indexOf('html[data-theme="dark"]'), css.indexOf("/* Infima")));

const onPaper = ["ink", "ink-2", "ink-3", "flow", "pressure", "unknown"];
const onCode = ["code-ink", "code-keyword", "code-string", "code-number", "code-type", "ink-2", "ink-3"];
const pairs: [string, string][] = [
  ...onPaper.flatMap((name): [string, string][] => [
    [name, "paper"],
    [name, "paper-2"],
  ]),
  ...onCode.map((name): [string, string] => [name, "code-paper"]),
  ["flow", "flow-wash"],
  ["pressure", "pressure-wash"],
  ["unknown", "unknown-wash"],
  ["paper", "flow"],
  ["paper", "ink"],
  ["ink", "paper-3"],
];

describe.each([
  ["light", light],
  ["dark", dark],
])("%s theme", (_name, theme) => {
  it.each(pairs)("sets %s on %s at 4.5:1 or more", (front, back) => {
    expect(contrast(theme[front]!, theme[back]!)).toBeGreaterThanOrEqual(4.5);
  });
});

function tokens(block: string): Record<string, string> {
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map((m) => [m[1]!, m[2]!]));
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
