/** Figures for people: durations, counts, quantities. */

/** `812 ms`, `4.2 s`, `3 min 20 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `3 of 5`, `1 exercise`, `2 exercises`. */
export function count(n: number, singular: string, plural = `${singular}s`): string {
  return `${n} ${n === 1 ? singular : plural}`;
}

/** `11.2 M`, `842 k`, `3.1`: three figures, for a unit to follow. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${three(value / 1e9)} G`;
  if (size >= 1e6) return `${three(value / 1e6)} M`;
  if (size >= 1e4) return `${three(value / 1e3)} k`;
  return three(value);
}

function three(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 10_000) return String(value);
  if (size >= 100) return value.toFixed(0);
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
}
