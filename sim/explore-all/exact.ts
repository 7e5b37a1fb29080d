/**
 * One text for one value, with nothing left out: two values have the same text only when no deterministic code could
 * tell them apart. Unlike `canonical`, the order of keys, of Maps and of Sets counts, and so do keys that hold
 * undefined.
 *
 * @throws TypeError for what a message may not hold either: functions, symbols, class instances.
 */
export function exact(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "boolean":
      return value ? "true" : "false";
    case "undefined":
      return "undefined";
    case "bigint":
      return `${value}n`;
    case "object":
      return value === null ? "null" : exactObject(value);
    default:
      throw new TypeError(`a ${typeof value} is not plain data`);
  }
}

function exactObject(value: object): string {
  if (Array.isArray(value)) return `[${value.map(exact).join(",")}]`;
  if (value instanceof Map) return `Map(${[...value].map(([key, item]) => `${exact(key)}:${exact(item)}`).join(",")})`;
  if (value instanceof Set) return `Set(${[...value].map(exact).join(",")})`;
  if (value instanceof ArrayBuffer) return `ArrayBuffer(${new Uint8Array(value).join(",")})`;
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return `${value.constructor.name}(${bytes.join(",")})`;
  }
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw new TypeError(`an instance of ${value.constructor?.name ?? "a class"} is not plain data`);
  let text = "";
  for (const key of Object.keys(value))
    text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${exact((value as Record<string, unknown>)[key])}`;
  return `{${text}}`;
}

/** The value with every string that is a name, and every key that is one, replaced. Containers are new. */
export function renamed(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return names.get(value) ?? value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => renamed(item, names));
  if (value instanceof Map)
    return new Map([...value].map(([key, item]) => [renamed(key, names), renamed(item, names)] as const));
  if (value instanceof Set) return new Set([...value].map((item) => renamed(item, names)));
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [names.get(key) ?? key, renamed(item, names)] as const),
  );
}

/** Makes a value of plain data unchangeable, as far as the language can; bytes stay as they are. */
export function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return value;
  if (value instanceof Map || value instanceof Set) return value;
  for (const item of Object.values(value)) freeze(item);
  return Object.freeze(value);
}
