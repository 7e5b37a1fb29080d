/**
 * Numbers as a person would write them: three significant digits, decimal prefixes for bytes, words for millions.
 * A unit that is not known here is printed as given.
 */

const byteUnits = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"];
const bigWords: readonly (readonly [number, string])[] = [
  [1e12, "trillion"],
  [1e9, "billion"],
  [1e6, "million"],
];

/** `formatQuantity(1.6e8, "bytes")` is "160 MB"; `formatQuantity(1e7, "keys")` is "10 million keys". */
export function formatQuantity(value: number, unit: string): string {
  const [number, printedUnit] = quantityParts(value, unit);
  return printedUnit === "" ? number : joinUnit(number, printedUnit);
}

/** The number alone, scaled as `formatQuantity` scales it, and the unit that then belongs to it. */
export function quantityParts(value: number, unit: string): readonly [number: string, unit: string] {
  if (!Number.isFinite(value)) return [value > 0 ? "∞" : Number.isNaN(value) ? "undefined" : "−∞", unit];
  const bytes = /^(bytes|byte|B)(\/.+)?$/.exec(unit);
  if (bytes) return scaledBytes(value, bytes[2] ?? "");
  if (unit === "%") return [formatNumber(value), "%"];
  return [formatNumber(value), unit];
}

/** Three significant digits from a million up and below a thousand; grouped digits between. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  for (const [limit, word] of bigWords) {
    if (size >= limit) return `${trimmed(value / limit)} ${word}`;
  }
  if (size !== 0 && size < 0.001) return scientific(value);
  return trimmed(value);
}

/** Milliseconds in the largest unit that keeps the number above one: "850 ms", "2.5 s", "4 min". */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${trimmed(ms)} ms`;
  if (ms < 120_000) return `${trimmed(ms / 1000)} s`;
  return `${trimmed(ms / 60_000)} min`;
}

// --- internal ---

function scaledBytes(value: number, per: string): readonly [string, string] {
  let scaled = value;
  let index = 0;
  while (Math.abs(scaled) >= 1000 && index < byteUnits.length - 1) {
    scaled /= 1000;
    index += 1;
  }
  return [trimmed(scaled), `${scaled === 1 && index === 0 ? "byte" : byteUnits[index]}${per}`];
}

function joinUnit(number: string, unit: string): string {
  return unit === "%" || unit === "x" ? `${number}${unit === "x" ? "×" : unit}` : `${number} ${unit}`;
}

function trimmed(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 1000 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(size || 1)));
  return value.toLocaleString("en-GB", { maximumFractionDigits: Math.min(digits, 6) });
}

function scientific(value: number): string {
  const [mantissa, exponent] = value.toExponential(1).split("e");
  return `${mantissa} × 10${superscript(Number(exponent))}`;
}

function superscript(value: number): string {
  const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  return [...String(value)].map((c) => (c === "-" ? "⁻" : digits[Number(c)])).join("");
}
