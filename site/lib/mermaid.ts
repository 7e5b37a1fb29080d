import type { Mermaid } from "mermaid";
import type { Drawing } from "../figures/page.ts";
import { FONT, FONT_SIZE_PX } from "../figures/theme.ts";

/**
 * Figures that were not drawn at build time: the boards of interviews, and all of them where the build found no
 * browser. Mermaid is loaded when the first one comes into view and never before. One after the other: it keeps its
 * configuration in one global.
 */
let queue: Promise<unknown> = Promise.resolve();
let count = 0;
const drawn = new Map<string, Drawing>();

/** The figure in colors that follow the page's theme. Rejects with Mermaid's message when the text does not parse. */
export function drawMermaid(source: string): Promise<Drawing> {
  const job = queue.then(() => draw(source));
  queue = job.catch(() => {});
  return job;
}

async function draw(source: string): Promise<Drawing> {
  const known = drawn.get(source);
  if (known !== undefined) return known;
  const [{ default: mermaid }, page] = await Promise.all([
    import("mermaid") as Promise<{ default: Mermaid }>,
    import("../figures/page.ts"),
    document.fonts.load(`500 ${FONT_SIZE_PX}px ${FONT}`),
  ]);
  count += 1;
  const figure = await page.draw(mermaid, source, `figure-${count}`);
  drawn.set(source, figure);
  return figure;
}
