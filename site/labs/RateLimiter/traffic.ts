import { createRandom } from "../../../sim/prng.ts";

/** The traffic of the lab: requests per interval, drawn by the reader or picked, and the times that follow from it. */

/** Length of the whole run. */
export const runMs = 8000;
/** Length of one interval of the drawing: narrow enough to sit on one side of a window's boundary. */
export const binMs = 100;
export const binCount = runMs / binMs;
/** Requests that one interval may hold: the height of the drawing. */
export const maxPerBin = 20;

export type Preset = "boundary" | "steady" | "burst" | "clock";
export type Pattern = Preset | "drawn";

/** Requests in each interval. */
export type Bins = readonly number[];

/** When the clock steps back, in true time, and how far. */
export const stepsBackAtMs = 4000;
export const stepBackMs = 1500;

export function presetBins(pattern: Preset, limit: number, windowMs: number): Bins {
  switch (pattern) {
    case "boundary":
      return boundaryAttack(limit, windowMs);
    case "steady":
      return steady(1.5 * limit, windowMs);
    case "burst":
      return add(steady(0.5 * limit, windowMs), burst(1500, limit), burst(5200, limit));
    case "clock":
      return steady(2 * limit, windowMs);
  }
}

/** Arrival times in true milliseconds, ascending: each interval's requests at random places in it. */
export function arrivalTimes(bins: Bins, seed: number): number[] {
  const random = createRandom(seed);
  return bins.flatMap((count, bin) =>
    Array.from({ length: count }, () => bin * binMs + random.integer(0, binMs - 1)).sort((a, b) => a - b),
  );
}

/** What a clock that is set back by `backMs` at `stepsBackAtMs` reads at a true time. */
export function clockAt(trueMs: number, backMs: number): number {
  return trueMs < stepsBackAtMs ? trueMs : trueMs - backMs;
}

/** `bins` with one interval set to a count that it can hold. */
export function withBin(bins: Bins, bin: number, count: number): Bins {
  return bins.map((old, index) => (index === bin ? Math.min(maxPerBin, Math.max(0, Math.round(count))) : old));
}

/** Where aligned windows meet, as vertical lines in a picture of the whole run. */
export function boundaryPath(windowMs: number, width: number, height: number): string {
  const boundaries = Array.from({ length: Math.ceil(runMs / windowMs) - 1 }, (_, index) => (index + 1) * windowMs);
  return boundaries.map((at) => `M${(at / runMs) * width} 0V${height}`).join("");
}

// --- internal ---

/** At every second boundary: the whole limit just before it, and again just after. */
function boundaryAttack(limit: number, windowMs: number): Bins {
  const binsPerWindow = windowMs / binMs;
  const period = 2 * binsPerWindow;
  return Array.from({ length: binCount }, (_, bin) => {
    const place = bin % period;
    const before = place === period - 1;
    const after = place === 0 && bin > 0;
    return before || after ? limit : 0;
  });
}

function steady(perWindow: number, windowMs: number): Bins {
  const sent = (bin: number) => Math.floor((bin * binMs * perWindow) / windowMs);
  return Array.from({ length: binCount }, (_, bin) => sent(bin + 1) - sent(bin));
}

/** Three times the limit within three intervals. */
function burst(atMs: number, limit: number): Bins {
  const first = atMs / binMs;
  return Array.from({ length: binCount }, (_, bin) => (bin >= first && bin < first + 3 ? limit : 0));
}

function add(...layers: readonly Bins[]): Bins {
  return Array.from({ length: binCount }, (_, bin) =>
    Math.min(
      maxPerBin,
      layers.reduce((sum, layer) => sum + layer[bin]!, 0),
    ),
  );
}
