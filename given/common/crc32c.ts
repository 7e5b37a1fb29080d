/**
 * CRC32C (Castagnoli) of `bytes`, unsigned, 32 bits. It finds every damage of up to 32 neighboring bits, and misses any
 * other with a chance of one in 2^32. It is no defense against somebody who means harm.
 *
 * Parts of a stream: pass what the parts before them gave as `before`.
 * Source: Castagnoli et al. 1993; RFC 3720, B.4. O(bytes).
 */
export function crc32c(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  let at = 0;
  for (const last = bytes.length - 8; at <= last; at += 8) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc =
      TABLES[1_792 + (crc & 255)]! ^
      TABLES[1_536 + ((crc >>> 8) & 255)]! ^
      TABLES[1_280 + ((crc >>> 16) & 255)]! ^
      TABLES[1_024 + (crc >>> 24)]! ^
      TABLES[768 + bytes[at + 4]!]! ^
      TABLES[512 + bytes[at + 5]!]! ^
      TABLES[256 + bytes[at + 6]!]! ^
      TABLES[bytes[at + 7]!]!;
  }
  for (; at < bytes.length; at++) crc = TABLES[(crc ^ bytes[at]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/**
 * Eight tables of 256: the effect of a byte that is followed by 0 to 7 others, so that eight bytes are taken at a time.
 */
const TABLES = new Int32Array(8 * 256);

for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  // The polynomial 0x1EDC6F41, reflected.
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  TABLES[byte] = crc;
}

for (let i = 256; i < TABLES.length; i++) TABLES[i] = (TABLES[i - 256]! >>> 8) ^ TABLES[TABLES[i - 256]! & 255]!;
