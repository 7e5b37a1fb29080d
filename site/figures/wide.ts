/** The same figure lying down, for a desktop: most are drawn from top to bottom, so that they fit a phone. */

import type { Drawing } from "./page.ts";

/** The text with its direction turned; null where it has none, as a sequence. */
export function lying(source: string): string | null {
  const flow = /^(\s*(?:flowchart|graph)\s+)(?:TB|TD)\b/m;
  const direction = /^(\s*direction\s+)(?:TB|TD)\b/gm;
  const turns = flow.test(source) || (/^\s*stateDiagram/m.test(source) && direction.test(source));
  return turns ? source.replace(flow, "$1LR").replace(direction, "$1LR") : null;
}

/** Widths of its column from which a page shows the lying figure, px: one rule of the stylesheet each. */
export const WIDE_FROM_PX = [540, 620, 690] as const;
/** A lying figure may be drawn this much smaller than its natural size. */
const SHRINK_MIN = 0.92;

/** The width of the column that a lying figure needs; null where none is wide enough. */
export const wideFrom = (width: number): number | null => WIDE_FROM_PX.find((px) => px >= width * SHRINK_MIN) ?? null;

/**
 * Worth a second drawing only where it saves a third of the height, fits, and covers nothing that the standing one does
 * not.
 */
export const pays = (standing: Drawing, wide: Drawing): boolean =>
  wideFrom(wide.width) !== null &&
  wide.height <= standing.height * 0.67 &&
  wide.findings.length <= standing.findings.length;
