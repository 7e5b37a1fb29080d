/** Makes a drawing small without changing how it looks: it stands in the page's own HTML, ten of them a chapter. */

import { variableFor } from "./theme.ts";

interface ViewBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function tidy(svg: SVGSVGElement, view: ViewBox): void {
  resolveColors(svg);
  mergeRoughShapes(svg);
  pruneStyles(svg);
  pruneDefinitions(svg);
  dropAttributes(svg);
  roundNumbers(svg);
  const { x, y, width, height } = view;
  svg.setAttribute("viewBox", [x, y, Math.ceil(width), Math.ceil(height)].map((value) => rounded(value)).join(" "));
  for (const name of ["width", "height", "style", "role", "aria-roledescription", "xmlns"]) svg.removeAttribute(name);
  // The frame around it is the image, with its words.
  svg.setAttribute("aria-hidden", "true");
}

// --- internal ---

/** Attributes that a rule overrides, or that Mermaid writes in black, become what is seen, or ink. */
function resolveColors(svg: SVGSVGElement): void {
  for (const element of svg.querySelectorAll<SVGElement>("*")) {
    for (const name of ["fill", "stroke"] as const) {
      const value = element.getAttribute(name);
      if (
        value === null ||
        /^(none|transparent|currentcolor|inherit|url\()/i.test(value) ||
        variableFor(value) !== null
      )
        continue;
      const seen = variableFor(getComputedStyle(element)[name]);
      // In a marker nothing is computed: it is drawn in the color of lines.
      element.setAttribute(name, seen ?? "var(--ink-2)");
    }
  }
  for (const marker of svg.querySelectorAll<SVGElement>("marker[id*=crosshead] path"))
    marker.setAttribute("stroke", "var(--pressure)");
}

/** Round ends are drawn by a sketching library as two paths of hundreds of points, the ground and twice the outline. */
function mergeRoughShapes(svg: SVGSVGElement): void {
  for (const group of svg.querySelectorAll("g.outer-path, g.label-container")) {
    const [ground, outline, ...rest] = group.querySelectorAll(":scope > path");
    if (ground === undefined || outline === undefined || rest.length > 0) continue;
    if (ground.getAttribute("stroke") !== "none" || outline.getAttribute("fill") !== "none") continue;
    const points = ground.getAttribute("d") ?? "";
    for (const name of ["stroke", "stroke-width"]) ground.setAttribute(name, outline.getAttribute(name) ?? "");
    ground.setAttribute("d", /z\s*$/i.test(points) ? points : `${points} Z`);
    outline.remove();
  }
}

/** Only what matches something. */
function pruneStyles(svg: SVGSVGElement): void {
  for (const style of svg.querySelectorAll("style")) {
    const rules = [...(style.sheet?.cssRules ?? [])].flatMap((rule) => {
      if (!(rule instanceof CSSStyleRule)) return [];
      const used = rule.selectorText.split(",").filter((selector) => matches(svg, selector));
      return used.length === 0 ? [] : [`${used.map((one) => one.trim()).join(",")}{${rule.style.cssText}}`];
    });
    style.textContent = rules.join("");
  }
}

function matches(svg: SVGSVGElement, selector: string): boolean {
  try {
    return svg.parentElement?.querySelector(selector) !== null;
  } catch {
    return true;
  }
}

/** Markers, symbols, gradients and filters to which nothing refers. */
function pruneDefinitions(svg: SVGSVGElement): void {
  const markup = svg.outerHTML;
  for (const element of svg.querySelectorAll("marker, symbol, linearGradient, filter"))
    if (!markup.includes(`#${element.id})`) && !markup.includes(`"#${element.id}"`)) element.remove();
  for (const element of svg.querySelectorAll("defs:empty, g:empty, rect:not([width])")) element.remove();
  for (const element of svg.querySelectorAll("defs:empty")) element.remove();
}

const KEPT = /^data-(tone|look)$/;

function dropAttributes(svg: SVGSVGElement): void {
  const css = [...svg.querySelectorAll("style")].map((style) => style.textContent).join("");
  for (const element of svg.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      const useless =
        (name.startsWith("data-") && !KEPT.test(name)) ||
        (name === "data-look" && !css.includes("data-look")) ||
        (name === "style" && /^[;\s]*$/.test(value)) ||
        name === "xmlns" ||
        name === "alignment-baseline" ||
        // Markers and the root are referred to by id; the rest is not.
        (name === "id" && !element.matches("marker, symbol, linearGradient, filter") && !css.includes(`#${value} `));
      if (useless) element.removeAttribute(name);
    }
  }
}

const NUMBERS = [
  "d",
  "points",
  "transform",
  "x",
  "y",
  "x1",
  "x2",
  "y1",
  "y2",
  "width",
  "height",
  "cx",
  "cy",
  "r",
  "rx",
  "ry",
];

function roundNumbers(svg: SVGSVGElement): void {
  for (const element of svg.querySelectorAll("*")) {
    for (const name of NUMBERS) {
      const value = element.getAttribute(name);
      if (value === null || value.endsWith("%")) continue;
      const short = value.replace(/-?\d*\.\d+(?:e-?\d+)?/gi, (number) => rounded(Number(number)));
      if (short !== value) element.setAttribute(name, short);
    }
    const d = element.getAttribute("d");
    // Points that have become the same.
    if (d !== null) element.setAttribute("d", d.replace(/(L\s*[-\d.]+[ ,]+[-\d.]+)(?:\s*\1)+/g, "$1"));
  }
}

const rounded = (value: number): string => String(Math.round(value * 10) / 10);
