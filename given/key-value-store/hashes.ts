/** 32 well mixed bits, unsigned: FNV-1a over UTF-16 units, then the finalizer of MurmurHash3. O(length). */
export function hashKey(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return mixBits(hash);
}

/** The finalizer of MurmurHash3: every bit of the word moves about half the bits of the result. Unsigned. */
export function mixBits(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** 32 bits, unsigned, well mixed. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash, text.length);
}

/** Two hashes into one; the order matters. */
export function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ Math.imul(b + 1, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Which of `count` partitions a key belongs to. Its homes are the nodes from that position on, in sorted order,
 * wrapping around.
 */
export function partitionOf(key: string, count: number): number {
  return hashText(key) % count;
}
