/**
 * The picture of the lab, computed: a lighthouse by the sea, one byte of brightness a pixel. Its bytes are the object
 * that is stored.
 */

export const imageWidth = 120;
export const imageHeight = 90;

/** The same bytes each time. Row by row from the top. */
export function drawImage(): Uint8Array {
  const bytes = new Uint8Array(imageWidth * imageHeight);
  for (let y = 0; y < imageHeight; y++) {
    for (let x = 0; x < imageWidth; x++) bytes[y * imageWidth + x] = Math.round(255 * brightness(x, y));
  }
  return bytes;
}

// --- internal ---

const horizon = 58;
const sun = { x: 26, y: 24, radius: 9 };
const tower = { x: 86, top: 18, foot: 66, halfTop: 3.4, halfFoot: 6.4 };

/** 0 is ink, 1 is paper. Nearer things are asked first. */
function brightness(x: number, y: number): number {
  return clamp(lighthouse(x, y) ?? rock(x, y) ?? (y >= horizon ? sea(x, y) : sky(x, y)));
}

function lighthouse(x: number, y: number): number | undefined {
  const { top, foot, halfTop, halfFoot } = tower;
  const from = Math.abs(x - tower.x);
  if (y >= top - 9 && y < top - 5) return from <= 4.5 - (top - 5 - y) ? 0.12 : undefined;
  if (y >= top - 5 && y < top) return from <= 3 ? (from <= 1.5 ? 1 : 0.2) : undefined;
  if (y >= top && y < top + 2) return from <= 5.5 ? 0.12 : undefined;
  if (y < top || y > foot) return undefined;
  const half = halfTop + ((halfFoot - halfTop) * (y - top)) / (foot - top);
  if (from > half) return undefined;
  const band = Math.floor((y - top) / 8) % 2 === 0 ? 0.95 : 0.28;
  return band - 0.14 * ((x - tower.x) / half);
}

function rock(x: number, y: number): number | undefined {
  const edge = 68 - 12 * Math.exp(-(((x - tower.x) / 26) ** 2)) + 1.5 * Math.sin(x / 2.3) + Math.sin(x / 0.9);
  return y >= edge ? 0.18 + 0.08 * Math.sin(x * 0.8 + y * 1.7) : undefined;
}

function sea(x: number, y: number): number {
  const depth = (y - horizon) / (imageHeight - horizon);
  const glitter = Math.abs(x - sun.x) < 4 + 12 * depth && Math.sin(y * 2.2 + Math.sin(x) * 2) > 0.2 ? 0.4 : 0;
  return 0.5 - 0.22 * depth + 0.07 * Math.sin(y * 1.5 + Math.sin(x / 7) * 3) + glitter;
}

function sky(x: number, y: number): number {
  if (Math.hypot(x - sun.x, y - sun.y) <= sun.radius) return 1;
  const angle = Math.atan2(y - (tower.top - 3), x - tower.x);
  const isBeam = x < tower.x - 4 && Math.abs(Math.abs(angle) - Math.PI) < 0.1;
  const cloud = Math.max(0, Math.sin(x / 9 + 1) * Math.sin(y / 3.5) - 0.55) * 0.2;
  return 0.6 + 0.26 * (y / horizon) + cloud + (isBeam ? 0.16 : 0);
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
