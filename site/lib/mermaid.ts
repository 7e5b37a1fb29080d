import type { Mermaid } from "mermaid";

/**
 * Mermaid, loaded when the first figure comes into view and never before. Figures are drawn one after the other:
 * Mermaid keeps its configuration in one global, and two themes must not meet there.
 */
let loading: Promise<Mermaid> | undefined;
let queue: Promise<unknown> = Promise.resolve();
let count = 0;
const drawn = new Map<string, string>();

/**
 * The figure as SVG text in the colors that the page has now. Rejects with Mermaid's message when the text does not
 * parse.
 */
export function drawMermaid(source: string): Promise<string> {
  const job = queue.then(() => draw(source));
  queue = job.catch(() => {});
  return job;
}

async function draw(source: string): Promise<string> {
  const theme = document.documentElement.dataset.theme ?? "light";
  const known = drawn.get(`${theme} ${source}`);
  if (known !== undefined) return known;
  loading ??= import("mermaid").then((module) => module.default);
  const [mermaid] = await Promise.all([loading, document.fonts.load('16px "Schibsted Grotesk Variable"')]);
  mermaid.initialize(configuration(getComputedStyle(document.documentElement)));
  count += 1;
  const { svg } = await mermaid.render(`figure-${count}`, source);
  drawn.set(`${theme} ${source}`, svg);
  return svg;
}

function configuration(style: CSSStyleDeclaration): Parameters<Mermaid["initialize"]>[0] {
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const [paper, paper2, ink, ink2, rule] = ["paper", "paper-2", "ink", "ink-2", "rule-strong"].map(token);
  return {
    startOnLoad: false,
    securityLevel: "strict",
    theme: "base",
    fontFamily: '"Schibsted Grotesk Variable", system-ui, sans-serif',
    flowchart: { curve: "basis", padding: 12, nodeSpacing: 36, rankSpacing: 42, useMaxWidth: false },
    sequence: { mirrorActors: false, messageMargin: 30, actorMargin: 44, width: 120, height: 40, useMaxWidth: false },
    state: { useMaxWidth: false },
    er: { useMaxWidth: false },
    class: { useMaxWidth: false },
    gantt: { useMaxWidth: false },
    packet: { useMaxWidth: false },
    themeVariables: {
      darkMode: document.documentElement.dataset.theme === "dark",
      fontSize: "15px",
      background: paper,
      primaryColor: paper2,
      primaryTextColor: ink,
      primaryBorderColor: ink2,
      secondaryColor: token("flow-wash"),
      secondaryTextColor: ink,
      secondaryBorderColor: token("flow"),
      tertiaryColor: paper,
      tertiaryTextColor: ink,
      tertiaryBorderColor: rule,
      lineColor: ink2,
      textColor: ink,
      edgeLabelBackground: paper,
      clusterBkg: paper,
      clusterBorder: rule,
      noteBkgColor: token("unknown-wash"),
      noteTextColor: ink,
      noteBorderColor: token("unknown"),
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
      activationBkgColor: token("flow-wash"),
      activationBorderColor: token("flow"),
      sequenceNumberColor: paper,
      errorBkgColor: token("pressure-wash"),
      errorTextColor: token("pressure"),
    },
    themeCSS: mermaidCss(token),
  };
}

/**
 * `class A flow`, `class B pressure` and `class C unknown` carry the course's meanings into flowcharts and state
 * machines.
 */
function mermaidCss(token: (name: string) => string): string {
  const tones = ["flow", "pressure", "unknown"].map((tone) => {
    const shapes = ["rect", "circle", "polygon", "path", "ellipse"].map((shape) => `.node.${tone} ${shape}`).join(", ");
    return `${shapes} { fill: ${token(`${tone}-wash`)} !important; stroke: ${token(tone)} !important; }`;
  });
  return ["text.actor > tspan, .nodeLabel, .edgeLabel { font-weight: 500; }", ...tones].join("\n");
}
