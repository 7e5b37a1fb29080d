/**
 * Messages that show what was lost, doubled, reordered or torn: every word of message n is computed from n and its
 * place.
 */

/** Word `place` of message `n`; the first one is n itself. */
export function wordOf(n: number, place: number): number {
  return place === 0 ? n : (Math.imul(n + place, 0x9e3779b1) ^ (place << 24)) | 0;
}

export function fill(words: Int32Array, first: number, length: number, n: number): void {
  for (let place = 0; place < length; place++) words[first + place] = wordOf(n, place);
}

export function message(n: number, length: number): Int32Array {
  const words = new Int32Array(length);
  fill(words, 0, length, n);
  return words;
}

/** Several messages end to end, `n` the first. */
export function messages(n: number, count: number, length: number): Int32Array {
  const words = new Int32Array(count * length);
  for (let i = 0; i < count; i++) fill(words, i * length, length, n + i);
  return words;
}

/** Number of the message; null when its words do not belong together. */
export function numberOf(words: Int32Array, first: number, length: number): number | null {
  const n = words[first]!;
  for (let place = 1; place < length; place++) if (words[first + place] !== wordOf(n, place)) return null;
  return n;
}
