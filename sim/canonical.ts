/**
 * One text for one value: keys sorted, Maps and Sets sorted by their text, every number written as ECMAScript defines
 * it. Two runs are the same run when their canonical texts are the same bytes.
 */
export function canonical(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return `${value}n`;
    case "boolean":
      return value ? "true" : "false";
    case "undefined":
      return "undefined";
    case "object":
      return value === null ? "null" : canonicalObject(value);
    default:
      throw new Error(`a ${typeof value} has no canonical form`);
  }
}

function canonicalObject(value: object): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value instanceof Map) {
    return `Map{${[...value]
      .map(([key, item]) => `${canonical(key)}:${canonical(item)}`)
      .sort()
      .join(",")}}`;
  }
  if (value instanceof Set) return `Set{${[...value].map(canonical).sort().join(",")}}`;
  if (value instanceof ArrayBuffer) return canonicalBytes(new Uint8Array(value));
  if (ArrayBuffer.isView(value)) {
    return canonicalBytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
  const entries: string[] = [];
  // Sorted by UTF-16 code units, the default; never by locale.
  for (const key of Object.keys(value).sort()) {
    const item = (value as Record<string, unknown>)[key];
    if (item !== undefined) entries.push(`${JSON.stringify(key)}:${canonical(item)}`);
  }
  return `{${entries.join(",")}}`;
}

function canonicalBytes(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += (byte < 16 ? "0" : "") + byte.toString(16);
  return `bytes(${text})`;
}

/**
 * 64 bits of FNV-1a over the UTF-16 code units (low byte, then high byte), as 16 hex digits. Names a trace; not for
 * secrets. Source: Fowler, Noll, Vo; parameters as in RFC 9923.
 */
export function hash64(text: string): string {
  const hasher = new Hash64();
  hasher.update(text);
  return hasher.digest();
}

/** The same hash, fed piece by piece. */
export class Hash64 {
  // 0xcbf29ce484222325 as two halves: JavaScript multiplies 32 bits at a time.
  #high = 0xcbf29ce4;
  #low = 0x84222325;

  update(text: string): void {
    let high = this.#high;
    let low = this.#low;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      for (let shift = 0; shift <= 8; shift += 8) {
        low = (low ^ ((unit >>> shift) & 0xff)) >>> 0;
        // times the prime 2^40 + 0x1b3: low * 0x1b3 carries into high, and low << 8 lands there whole.
        const product = low * 0x1b3;
        high = (Math.imul(high, 0x1b3) + Math.floor(product / 2 ** 32) + (low << 8)) >>> 0;
        low = product >>> 0;
      }
    }
    this.#high = high;
    this.#low = low;
  }

  digest(): string {
    return this.#high.toString(16).padStart(8, "0") + this.#low.toString(16).padStart(8, "0");
  }
}
