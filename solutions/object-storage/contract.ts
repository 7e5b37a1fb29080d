/** Given parts that several exercises of object storage share: the checksum, and the errors that their callers tell apart. */

/**
 * CRC32C (Castagnoli) of `bytes`, unsigned, 32 bits. It finds every damage of up to 32 neighbouring bits, and misses any other with a
 * chance of one in 2^32. It is no defence against somebody who means harm.
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

/** Eight tables of 256: the effect of a byte that is followed by 0 to 7 others, so that eight bytes are taken at a time. */
const TABLES = new Int32Array(8 * 256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  // The polynomial 0x1EDC6F41, reflected.
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  TABLES[byte] = crc;
}
for (let i = 256; i < TABLES.length; i++) TABLES[i] = (TABLES[i - 256]! >>> 8) ^ TABLES[TABLES[i - 256]! & 255]!;

/** More is lost than the parity can replace. Nothing is returned, because whatever were returned would be invented. */
export class TooFewShardsError extends Error {
  override readonly name = "TooFewShardsError";
  /** Shards at hand, and how many it takes. */
  readonly present: number;
  readonly needed: number;

  constructor(present: number, needed: number) {
    super(
      `${present} shards are there, expected at least ${needed}. Look for more copies, or restore the object from elsewhere.`,
    );
    this.present = present;
    this.needed = needed;
  }
}

/** Bytes are not what their checksum says. */
export class ChecksumError extends Error {
  override readonly name = "ChecksumError";
  /** What was checked: `shard 3`. */
  readonly what: string;
  readonly expected: number;
  readonly got: number;

  constructor(what: string, expected: number, got: number) {
    super(`${what} has the checksum ${hex(got)}, expected ${hex(expected)}. Its bytes must not be used.`);
    this.what = what;
    this.expected = expected;
    this.got = got;
  }
}

const hex = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, "0")}`;

/** @throws RangeError unless `got` is an integer from `min` to `max`. Returns it. */
export function requireInteger(name: string, got: number, min: number, max: number): number {
  if (Number.isInteger(got) && got >= min && got <= max) return got;
  throw new RangeError(`${name} is ${String(got)}, expected an integer from ${min} to ${max}`);
}
