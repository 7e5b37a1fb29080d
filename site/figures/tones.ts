/** Meanings that Mermaid has no words for. */

/**
 * A note that begins with one of these signs has its meaning; the sign stays, so that it is never said by color alone.
 */
const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/^\s*(✓|●)/, "flow"],
  [/^\s*(✗|◆|BROKEN\b)/, "pressure"],
  [/^\s*(\?|◌)/, "unknown"],
];

/** Lost messages are pressure, those without an answer yet unknown; notes take the tone of their sign. */
export function giveTones(svg: SVGSVGElement): void {
  for (const group of svg.querySelectorAll('[data-et="note"]')) {
    const words = group.querySelector(".noteText")?.textContent ?? "";
    const tone = SIGNS.find(([sign]) => sign.test(words))?.[1];
    if (tone !== undefined) group.querySelector("rect")?.setAttribute("data-tone", tone);
  }
  const lines = [...svg.querySelectorAll<SVGElement>(".messageLine0, .messageLine1")];
  const texts = [...svg.querySelectorAll<SVGElement>(".messageText")];
  for (const [index, line] of lines.entries()) {
    line.classList.add("message");
    if (!/crosshead/.test(line.getAttribute("marker-end") ?? "")) continue;
    line.setAttribute("data-tone", "pressure");
    // Mermaid draws one text before each line.
    if (texts.length === lines.length) texts[index]!.setAttribute("data-tone", "pressure");
  }
}
