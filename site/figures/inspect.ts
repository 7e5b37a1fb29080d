/**
 * Looks at a drawing as a reader does: does a label lie over an arrow, a lifeline, a box or another label that is not
 * its own?
 */

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

interface Label extends Box {
  readonly text: string;
  readonly element: Element;
  /** `data-id` of the edge that it belongs to; empty where it belongs to none. */
  readonly edge: string;
}

/** Letters have air around them: so far a line may go into the box of a label before it touches one, px. */
const AIR = 3;
const STEP = 3;

/**
 * One sentence for each thing that is covered; none when all is well. The drawing must be in the page, at its natural
 * size.
 */
export function inspect(svg: SVGSVGElement, source: string): readonly string[] {
  return svg.getAttribute("aria-roledescription") === "sequence" ? inspectSequence(svg, source) : inspectGraph(svg);
}

function inspectGraph(svg: SVGSVGElement): string[] {
  const labels = [...svg.querySelectorAll(".edgeLabels .edgeLabel .label, .cluster-label")].flatMap(
    (element) => labelOf(element) ?? [],
  );
  const nodes = [...svg.querySelectorAll(".node")].flatMap((element) => labelOf(element, element) ?? []);
  const found: string[] = [];
  for (const path of svg.querySelectorAll<SVGPathElement>(".edgePaths path, path.transition, path.flowchart-link")) {
    const edge = path.getAttribute("data-id") ?? path.id;
    for (const point of pointsOn(path)) {
      for (const label of labels)
        if (label.edge !== edge && inside(point, label))
          found.push(`“${label.text}” covers an arrow that is not its own`);
    }
  }
  for (const label of labels)
    for (const node of nodes) if (overlap(label, node)) found.push(`“${label.text}” covers the box “${node.text}”`);
  return [...new Set([...found, ...pairs(labels)])];
}

function inspectSequence(svg: SVGSVGElement, source: string): string[] {
  const texts = [...svg.querySelectorAll(".messageText")].flatMap((element) => labelOf(element, element) ?? []);
  const lifelines = [...svg.querySelectorAll<SVGLineElement>(".actor-line")];
  const xs = lifelines.map((line) => line.getBoundingClientRect().left);
  const lines = [...svg.querySelectorAll<SVGGraphicsElement>(".messageLine0, .messageLine1")];
  const found: string[] = [];
  for (const text of texts) {
    moveBetween(text, xs);
    const box = boxOf(text.element);
    if (xs.some((x) => x > box.left && x < box.right)) found.push(`“${text.text}” covers a lifeline`);
    for (const line of lines) {
      const other = boxOf(line);
      const flat = { ...other, top: other.top, bottom: other.bottom + 1 };
      if (overlap({ ...box, bottom: box.bottom - AIR }, flat, 0)) found.push(`“${text.text}” covers an arrow`);
    }
  }
  const moved = texts.map((text) => ({ ...text, ...boxOf(text.element) }));
  const spans = noteSpans(source);
  const lanes = [...svg.querySelectorAll(".actor-line")].map(
    (line, i) => [line.getAttribute("name") ?? "", xs[i]!] as const,
  );
  const laneX = new Map(lanes);
  for (const [index, rect] of [...svg.querySelectorAll("rect.note")].entries()) {
    const box = boxOf(rect);
    const own = (spans[index] ?? []).flatMap((name) => laneX.get(name) ?? []);
    const [from, to] = [Math.min(...own), Math.max(...own)];
    const words = rect.parentElement?.querySelector(".noteText")?.textContent?.trim() ?? "";
    if (own.length > 0 && xs.some((x) => x > box.left && x < box.right && (x < from - 1 || x > to + 1)))
      found.push(`the note “${words}” covers the lifeline of another`);
    for (const text of moved) if (overlap(text, box)) found.push(`“${text.text}” covers the note “${words}”`);
  }
  return [...new Set([...found, ...pairs(moved)])];
}

/**
 * A message that passes over lifelines says its name between two of them, where it fits; as near to the middle as can
 * be.
 */
function moveBetween(label: Label, lifelines: readonly number[]): void {
  const width = label.right - label.left;
  const middle = (label.left + label.right) / 2;
  if (!lifelines.some((x) => x > label.left - AIR && x < label.right + AIR)) return;
  const line = nextLine(label.element);
  if (line === null) return;
  const { left, right } = boxOf(line);
  const stops = [left, ...lifelines.filter((x) => x > left + 1 && x < right - 1).sort((a, b) => a - b), right];
  const gaps = stops.slice(1).flatMap((to, i) => {
    const from = stops[i]!;
    if (to - from < width + 2 * AIR) return [];
    // As near to the middle of the whole as the gap allows.
    return [Math.min(Math.max(middle, from + AIR + width / 2), to - AIR - width / 2)];
  });
  const best = gaps.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
  if (best === undefined) return;
  const element = label.element as SVGTextElement;
  element.setAttribute("x", String(Number(element.getAttribute("x")) + best - middle));
  for (const line of element.querySelectorAll("tspan[x]"))
    line.setAttribute("x", String(Number(line.getAttribute("x")) + best - middle));
}

/** Mermaid draws the text of a message right before its line. */
function nextLine(text: Element): Element | null {
  for (let next = text.nextElementSibling; next !== null; next = next.nextElementSibling)
    if (next.matches(".messageLine0, .messageLine1")) return next;
  return null;
}

/**
 * Names after `Note over`, `left of` and `right of`, in the order in which the notes stand, with those between the two
 * ends.
 */
function noteSpans(source: string): readonly (readonly string[])[] {
  const names = [...source.matchAll(/^\s*(?:participant|actor)\s+(\S+)/gm)].map((match) => match[1]!);
  return [...source.matchAll(/^\s*note\s+(over|left of|right of)\s+([^:\n]+):/gim)].map(([, , who]) => {
    const [from = "", to = from] = who!.split(",").map((name) => name.trim());
    const ends = [names.indexOf(from), names.indexOf(to)].sort((a, b) => a - b);
    return ends[0] === -1 ? [from, to] : names.slice(ends[0], ends[1]! + 1);
  });
}

function labelOf(element: Element, box: Element | null = element.querySelector("foreignObject, text")): Label | null {
  const text = (element.textContent ?? "").replace(/\s+/g, " ").trim();
  if (text === "" || box === null) return null;
  return { ...boxOf(box), text, element, edge: element.getAttribute("data-id") ?? "" };
}

function boxOf(element: Element): Box {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return { left, top, right, bottom };
}

function* pointsOn(path: SVGPathElement): Generator<DOMPoint> {
  const matrix = path.getScreenCTM();
  if (matrix === null) return;
  const length = path.getTotalLength();
  for (let at = 0; at <= length; at += STEP) yield path.getPointAtLength(at).matrixTransform(matrix);
}

function pairs(labels: readonly Label[]): string[] {
  return labels.flatMap((one, i) =>
    labels.slice(i + 1).flatMap((other) => (overlap(one, other) ? [`“${one.text}” and “${other.text}” overlap`] : [])),
  );
}

const inside = ({ x, y }: DOMPoint, box: Box): boolean =>
  x > box.left + AIR && x < box.right - AIR && y > box.top + AIR && y < box.bottom - AIR;

const overlap = (a: Box, b: Box, air = AIR): boolean =>
  a.left + air < b.right && b.left + air < a.right && a.top + air < b.bottom && b.top + air < a.bottom;
