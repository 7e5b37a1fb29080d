/** Values, keys and counts that the suites of the table and of the store share. */

import type { SimDisk } from "../../kit/crashes.ts";

export const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
export const textOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
export const ascending = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** `key-000000` and so on: even numbers are in the table, odd ones are not. */
export const numbered = (n: number): string => `key-${String(n).padStart(6, "0")}`;
export const evens = (count: number): [string, string][] =>
  Array.from({ length: count }, (_, i) => [numbered(2 * i), `value ${i}`.padEnd(40, ".")]);

/** Reads of the disk during `work`. */
export function readsDuring(disk: SimDisk, work: () => void): number {
  let reads = 0;
  const read = disk.read.bind(disk);
  disk.read = (...given) => {
    reads++;
    return read(...given);
  };
  work();
  disk.read = read;
  return reads;
}
