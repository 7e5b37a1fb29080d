/**
 * Bytes like any others, whose reads are noted in `reads` as `a[0]`, `a[length]`. A method that is asked for works on
 * the bytes themselves, so what it reads is not seen: a trace may show less than was read, and never more. Code whose
 * reads do not depend on the bytes leaves the same trace for all bytes, in whatever style it is written.
 */
export function watched(content: ArrayLike<number>, reads: string[], name: string): Uint8Array {
  return new Proxy(Uint8Array.from(content), {
    get(bytes, property) {
      reads.push(`${name}[${String(property)}]`);
      const value: unknown = Reflect.get(bytes, property, bytes);
      return typeof value === "function" ? value.bind(bytes) : value;
    },
  });
}
