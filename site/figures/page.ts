/**
 * What happens to a figure inside a browser: drawn, given its meanings, looked at, and made small. Bundled for the page
 * by render.ts.
 */

import type { Mermaid } from "mermaid";
import { inspect } from "./inspect.ts";
import { configuration, strangeColors, toVariables } from "./theme.ts";
import { tidy } from "./tidy.ts";
import { giveTones } from "./tones.ts";

export interface Drawing {
  readonly svg: string;
  /** Natural size, px. */
  readonly width: number;
  readonly height: number;
  /** What is wrong with it, one sentence each. */
  readonly findings: readonly string[];
}

/** Rejects with Mermaid's message when the text does not parse. `id` must be the figure's alone in its page. */
export async function draw(mermaid: Mermaid, source: string, id: string): Promise<Drawing> {
  mermaid.initialize(configuration());
  const { svg } = await mermaid.render(id, source);
  const host = document.createElement("div");
  document.body.append(host);
  try {
    host.innerHTML = svg;
    const root = host.querySelector("svg")!;
    const [x, y, width, height] = root.getAttribute("viewBox")!.split(/[ ,]+/).map(Number) as [
      number,
      number,
      number,
      number,
    ];
    // Drawn at its natural size, so that what is measured on the screen is in its own units.
    root.removeAttribute("style");
    root.setAttribute("width", String(width));
    root.setAttribute("height", String(height));
    giveTones(root);
    const covered = inspect(root, source);
    tidy(root, { x, y, width, height });
    const text = toVariables(root.outerHTML);
    const colors = strangeColors(text).map((color) => `the color ${color} is of neither theme`);
    return { svg: text, width: Math.ceil(width), height: Math.ceil(height), findings: [...covered, ...colors] };
  } finally {
    host.remove();
  }
}
