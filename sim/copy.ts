/**
 * Copies a message, as a network would: the receiver can change what it got, the sender what it sent, and neither sees
 * the other. Far faster than structuredClone for small messages, and stricter: what would not survive a wire is refused
 * with the path to it.
 *
 * Allowed: undefined, null, booleans, numbers, bigints, strings, arrays, plain objects, Map, Set, ArrayBuffer and its
 * views. A value that is reached twice is copied twice.
 *
 * @throws CopyError for functions, symbols, promises, class instances and for structures deeper than 100 levels
 * (cycles).
 */
export function copy<T>(value: T): T {
  return typeof value === "object" && value !== null ? (copyObject(value, 0) as T) : checkPrimitive(value);
}

/** A message held something that cannot be sent. */
export class CopyError extends Error {
  override readonly name = "CopyError";
  /** Keys from the inside out, gathered while the error travels up. */
  readonly path: string[] = [];
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }

  within(key: string): this {
    this.path.unshift(key);
    this.message = `message${this.path.join("")}: ${this.reason}`;
    return this;
  }
}

/** Deep enough for any sane message; a cycle gets here quickly. */
const DEPTH_MAX = 100;

function copyObject(value: object, depth: number): object {
  if (depth > DEPTH_MAX) throw new CopyError(`more than ${DEPTH_MAX} levels deep: does it contain itself?`);
  if (Array.isArray(value)) {
    const out = new Array<unknown>(value.length);
    for (let i = 0; i < value.length; i++) out[i] = copyChild(value[i], depth, i);
    return out;
  }
  const prototype = Object.getPrototypeOf(value) as object | null;
  // A plain object's prototype is the root of its realm: nothing stands above it. Holds across realms too.
  if (prototype === null || Object.getPrototypeOf(prototype) === null) {
    const out: Record<string, unknown> = {};
    for (const key of Object.keys(value)) out[key] = copyChild((value as Record<string, unknown>)[key], depth, key);
    return out;
  }
  return copyBuiltIn(value, depth);
}

function copyBuiltIn(value: object, depth: number): object {
  if (value instanceof Map) {
    const out = new Map<unknown, unknown>();
    for (const [key, item] of value) out.set(copyChild(key, depth, "(key)"), copyChild(item, depth, String(key)));
    return out;
  }
  if (value instanceof Set) {
    const out = new Set<unknown>();
    for (const item of value) out.add(copyChild(item, depth, "(item)"));
    return out;
  }
  if (value instanceof ArrayBuffer) return value.slice(0);
  if (value instanceof DataView) {
    return new DataView(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength));
  }
  // Uint8Array.from rather than slice(): slice() of a Node Buffer is a view of the same memory.
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (ArrayBuffer.isView(value)) return (value as Int32Array).slice();
  const name = value.constructor?.name ?? "an object";
  throw new CopyError(`an instance of ${name} does not survive a network. Send plain data and rebuild it on arrival.`);
}

function copyChild(value: unknown, depth: number, key: string | number): unknown {
  if (typeof value === "object") {
    if (value === null) return null;
    try {
      return copyObject(value, depth + 1);
    } catch (error) {
      throw error instanceof CopyError && error.path.length < 8 ? error.within(segment(key)) : error;
    }
  }
  if (typeof value === "function" || typeof value === "symbol") {
    throw new CopyError(`a ${typeof value} does not survive a network. Send data.`).within(segment(key));
  }
  return value;
}

function checkPrimitive<T>(value: T): T {
  if (typeof value === "function" || typeof value === "symbol") {
    throw new CopyError(`a ${typeof value} does not survive a network. Send data.`);
  }
  return value;
}

function segment(key: string | number): string {
  return typeof key === "number" ? `[${key}]` : `.${key}`;
}
