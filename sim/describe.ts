/** A message in a few words: its `type`, `kind` or `op` first, then its fields. At most 40 characters. */
export function describePayload(payload: unknown): string {
  return cut(words(payload), 40);
}

export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.max(0, length - 1))}…`;
}

function words(payload: unknown): string {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload) || isContainer(payload))
    return value(payload);
  const fields = payload as Record<string, unknown>;
  const named = ["type", "kind", "op"].find((key) => typeof fields[key] === "string");
  const parts = named === undefined ? [] : [String(fields[named])];
  for (const [key, item] of Object.entries(fields)) {
    if (key !== named && item !== undefined) parts.push(`${key}=${value(item)}`);
  }
  return parts.length === 0 ? "{}" : parts.join(" ");
}

function value(item: unknown): string {
  if (typeof item === "string") return item;
  if (typeof item !== "object" || item === null) return typeof item === "bigint" ? `${item}n` : String(item);
  if (Array.isArray(item)) return `[${item.map(value).join(",")}]`;
  if (item instanceof Map) return `{${[...item].map(([key, entry]) => `${value(key)}:${value(entry)}`).join(",")}}`;
  if (item instanceof Set) return `{${[...item].map(value).join(",")}}`;
  if (isContainer(item)) return `${(item as ArrayBufferView).byteLength} bytes`;
  return `{${Object.entries(item)
    .map(([key, entry]) => `${key}:${value(entry)}`)
    .join(",")}}`;
}

function isContainer(item: object): boolean {
  return item instanceof Map || item instanceof Set || item instanceof ArrayBuffer || ArrayBuffer.isView(item);
}
