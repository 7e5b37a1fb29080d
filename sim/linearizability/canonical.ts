/**
 * A text that two values share exactly when they are equal by structure. Covers primitives, arrays, plain objects,
 * `Map` and `Set`; anything else (class instances, functions, symbols) gives `undefined`, and the caller decides what
 * that means. Linear in the size of the value, times the logarithm for sorting keys.
 */
export function canonical(value: unknown): string | undefined {
  switch (typeof value) {
    case "undefined":
      return "u";
    case "boolean":
      return value ? "t" : "f";
    case "number":
      return String(value); // -0 and 0 are the same value here, NaN equals itself
    case "bigint":
      return `${value}n`;
    case "string":
      return JSON.stringify(value);
    case "object":
      return value === null ? "null" : canonicalObject(value);
    default:
      return undefined;
  }
}

/** Equality by structure. Values without a canonical text are equal only to themselves. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const left = canonical(a);
  return left !== undefined && left === canonical(b);
}

function canonicalObject(value: object): string | undefined {
  if (Array.isArray(value)) return wrap("[", value.map(canonical), "]");
  if (value instanceof Set) return wrap("set(", sorted([...value].map(canonical)), ")");
  if (value instanceof Map) return wrap("map(", sorted([...value].map(pair)), ")");
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  return wrap("{", sorted(Object.entries(value).map(pair)), "}");
}

function pair([key, value]: readonly [unknown, unknown]): string | undefined {
  const left = canonical(key);
  const right = canonical(value);
  return left === undefined || right === undefined ? undefined : `${left}:${right}`;
}

function sorted(parts: (string | undefined)[]): (string | undefined)[] {
  return parts.sort((a, b) => (a === b ? 0 : (a ?? "") < (b ?? "") ? -1 : 1));
}

function wrap(open: string, parts: readonly (string | undefined)[], close: string): string | undefined {
  return parts.includes(undefined) ? undefined : open + parts.join(",") + close;
}
