/**
 * Units that the course converts between: a parameter is kept once, in one unit, and an estimate reads it in the unit
 * of its own arithmetic. Decimal prefixes throughout: a GB is 10⁹ bytes.
 */

interface Unit {
  readonly measures: string;
  /** How many of the dimension's base unit (ns, bytes, bytes/s, USD/GB) make one of these. */
  readonly size: number;
}

const units: Readonly<Record<string, Unit>> = {
  ns: { measures: "time", size: 1 },
  µs: { measures: "time", size: 1e3 },
  ms: { measures: "time", size: 1e6 },
  s: { measures: "time", size: 1e9 },
  min: { measures: "time", size: 60e9 },
  h: { measures: "time", size: 3_600e9 },
  bytes: { measures: "size", size: 1 },
  kB: { measures: "size", size: 1e3 },
  MB: { measures: "size", size: 1e6 },
  GB: { measures: "size", size: 1e9 },
  TB: { measures: "size", size: 1e12 },
  "bit/s": { measures: "rate of bytes", size: 1 / 8 },
  "Mbit/s": { measures: "rate of bytes", size: 1e6 / 8 },
  "Gbit/s": { measures: "rate of bytes", size: 1e9 / 8 },
  "bytes/s": { measures: "rate of bytes", size: 1 },
  "MB/s": { measures: "rate of bytes", size: 1e6 },
  "GB/s": { measures: "rate of bytes", size: 1e9 },
  "%": { measures: "share", size: 0.01 },
  "": { measures: "share", size: 1 },
};

/** `convert(160, "µs", "ms")` is 0.16. The same unit is always itself; units of different things throw. */
export function convert(value: number, from: string, to: string): number {
  if (from === to) return value;
  const [source, target] = [units[from], units[to]];
  if (source === undefined || target === undefined || source.measures !== target.measures)
    throw new Error(`no way from "${from}" to "${to}"; course/units.ts knows ${Object.keys(units).join(", ")}`);
  // Divides by the quotient, so that 160 µs are exactly 0.16 ms and not 0.16000000000000003.
  return source.size >= target.size ? value * (source.size / target.size) : value / (target.size / source.size);
}
