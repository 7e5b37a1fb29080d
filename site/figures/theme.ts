/**
 * How figures look, for both themes at once. Mermaid computes with the colors that it is given, so it cannot take
 * `var(--ink)`; it gets one stand-in for each token of site/css/tokens.css, and the drawing gets the variables in their
 * place afterwards.
 */

import type { MermaidConfig } from "mermaid";

const TOKENS = [
  "paper",
  "paper-2",
  "paper-3",
  "ink",
  "ink-2",
  "ink-3",
  "rule",
  "rule-strong",
  "flow",
  "flow-wash",
  "pressure",
  "pressure-wash",
  "unknown",
  "unknown-wash",
] as const;

type Token = (typeof TOKENS)[number];

export const TONES = ["flow", "pressure", "unknown"] as const;

export const FONT = '"Schibsted Grotesk Variable"';
export const FONT_SIZE_PX = 15;

/** For `mermaid.initialize`. */
export function configuration(): MermaidConfig {
  const [paper, paper2, ink, ink2, rule] = (["paper", "paper-2", "ink", "ink-2", "rule-strong"] as const).map(standIn);
  const [flow, flowWash] = [standIn("flow"), standIn("flow-wash")];
  const text = { fontSize: FONT_SIZE_PX, fontWeight: 450 };
  return {
    startOnLoad: false,
    securityLevel: "strict",
    theme: "base",
    fontFamily: `${FONT}, system-ui, sans-serif`,
    // The same text gets the same ids, in every build.
    deterministicIds: true,
    flowchart: { curve: "basis", padding: 12, nodeSpacing: 36, rankSpacing: 42, useMaxWidth: false },
    sequence: {
      mirrorActors: false,
      messageMargin: 30,
      actorMargin: 44,
      width: 120,
      height: 40,
      useMaxWidth: false,
      messageFontSize: text.fontSize,
      messageFontWeight: text.fontWeight,
      noteFontSize: text.fontSize,
      noteFontWeight: text.fontWeight,
      actorFontSize: text.fontSize,
      actorFontWeight: 560,
    },
    state: { useMaxWidth: false },
    er: { useMaxWidth: false },
    class: { useMaxWidth: false },
    gantt: { useMaxWidth: false },
    packet: { useMaxWidth: false },
    xyChart: { useMaxWidth: false, width: 560, height: 320, titleFontSize: FONT_SIZE_PX },
    themeVariables: {
      fontSize: `${FONT_SIZE_PX}px`,
      background: paper,
      primaryColor: paper2,
      primaryTextColor: ink,
      primaryBorderColor: ink2,
      secondaryColor: flowWash,
      secondaryTextColor: ink,
      secondaryBorderColor: flow,
      tertiaryColor: paper,
      tertiaryTextColor: ink,
      tertiaryBorderColor: rule,
      lineColor: ink2,
      textColor: ink,
      edgeLabelBackground: paper,
      clusterBkg: paper,
      clusterBorder: rule,
      // Neutral: amber means unknown, and most notes only say what happens.
      noteBkgColor: paper2,
      noteTextColor: ink,
      noteBorderColor: rule,
      actorBkg: paper2,
      actorBorder: ink2,
      actorTextColor: ink,
      actorLineColor: rule,
      signalColor: ink,
      signalTextColor: ink,
      labelBoxBkgColor: paper2,
      labelBoxBorderColor: rule,
      labelTextColor: ink,
      loopTextColor: ink,
      activationBkgColor: flowWash,
      activationBorderColor: flow,
      sequenceNumberColor: paper,
      errorBkgColor: standIn("pressure-wash"),
      errorTextColor: standIn("pressure"),
      xyChart: {
        backgroundColor: paper,
        titleColor: ink,
        xAxisLabelColor: ink2,
        xAxisTitleColor: ink,
        xAxisTickColor: rule,
        xAxisLineColor: ink2,
        yAxisLabelColor: ink2,
        yAxisTitleColor: ink,
        yAxisTickColor: rule,
        yAxisLineColor: ink2,
        plotColorPalette: [flow, standIn("pressure"), standIn("unknown"), ink2].join(", "),
      },
    },
    themeCSS: css(),
  };
}

/** `#f0e10a` or `rgb(240, 225, 10)` as `var(--flow)`; null for a color that is no stand-in. */
export function variableFor(color: string): string | null {
  const hex = /^#f0e1([0-9a-f]{2})$/i.exec(color.trim());
  const rgb = /^rgba?\(240, ?225, ?(\d+)(?:, ?([\d.]+))?\)$/.exec(color.trim());
  const number = hex !== null ? Number.parseInt(hex[1]!, 16) : rgb !== null ? Number(rgb[1]) : 0;
  const token = TOKENS[number - 1];
  if (token === undefined) return null;
  const alpha = rgb?.[2] === undefined ? 1 : Number(rgb[2]);
  return alpha === 1 ? `var(--${token})` : `color-mix(in srgb, var(--${token}) ${alpha * 100}%, transparent)`;
}

/** The drawing with the page's own colors in it. */
export const toVariables = (svg: string): string =>
  svg.replace(/#f0e1[0-9a-f]{2}\b|rgba?\(240, ?225, ?\d+(?:, ?[\d.]+)?\)/gi, (color) => variableFor(color) ?? color);

/** Colors of a drawing that follow neither theme: hexadecimal, functions, and the names that Mermaid uses. */
export function strangeColors(svg: string): readonly string[] {
  const literal =
    /(?:[:"'\s])(#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})|(?:rgb|hsl)a?\([^)]*\)|black|white|gr[ae]y|red)(?=[;"'\s})])/gi;
  const inStyles = svg.match(/style="[^"]*"|<style[^>]*>[^<]*<\/style>|(?:fill|stroke|color)="[^"]*"/gi) ?? [];
  return [...new Set(inStyles.flatMap((part) => [...part.matchAll(literal)].map((match) => match[1]!)))];
}

// --- internal ---

/** Colors that nobody would choose. */
function standIn(token: Token): string {
  return `#f0e1${(TOKENS.indexOf(token) + 1).toString(16).padStart(2, "0")}`;
}

/**
 * `class A flow`, `class B pressure` and `class C unknown` carry the course's meanings into flowcharts, states and
 * blocks. In a sequence, what is lost is pressure by itself, and a note takes the meaning of the sign that it begins
 * with (`page.ts`).
 */
function css(): string {
  const rules = TONES.flatMap((tone) => {
    const [wash, line] = [standIn(`${tone}-wash`), standIn(tone)];
    const shapes = ["rect", "circle", "polygon", "path", "ellipse"].map((shape) => `.node.${tone} ${shape}`).join(", ");
    return [
      `${shapes} { fill: ${wash} !important; stroke: ${line} !important; }`,
      `.note[data-tone="${tone}"] { fill: ${wash} !important; stroke: ${line} !important; }`,
      `.message[data-tone="${tone}"] { stroke: ${line} !important; }`,
      `.messageText[data-tone="${tone}"] { fill: ${line} !important; }`,
    ];
  });
  return [
    "text.actor > tspan, .nodeLabel, .edgeLabel { font-weight: 500; }",
    // A label that must cross a lifeline stays readable.
    `.messageText { paint-order: stroke; stroke: ${standIn("paper")} !important; ` +
      "stroke-width: 5px; stroke-linejoin: round; }",
    ...rules,
  ].join("\n");
}
