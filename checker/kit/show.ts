import { stringify } from "fast-check";

const LONGEST = 160;

/** A value as a learner would write it, cut to one readable line. */
export function show(value: unknown): string {
  const text = value instanceof Error ? `${value.name}: ${value.message}` : plain(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

function plain(value: unknown): string {
  if (value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    const fields = Object.entries(value).map(([key, field]) => `${key}: ${plain(field)}`);
    return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
  }
  if (Array.isArray(value)) return `[${value.map(plain).join(", ")}]`;
  return stringify(value);
}
