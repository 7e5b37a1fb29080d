import { crc32c } from "../common/crc32c.ts";

/**
 * The head of a needle, and where it lies. **A needle**, integers little-endian, `k` the length of its key:
 *
 *     at      bytes  what
 *     0       4      magic: the ASCII letters NDL1
 *     4       4      CRC32C of: offset of the needle in its volume (8 bytes), number of the volume (4),
 *                    then its bytes 8 to 24 + k
 *     8       8      sequence
 *     16      4      size: bytes of the object
 *     20      2      place
 *     22      1      k, 1 to 255
 *     23      1      kind: 1 object, 2 tombstone (its size is 0)
 *     24      k      key, ASCII
 *     24 + k         blocks of BLOCK_BYTES, the last one shorter, none for an empty object. Each is
 *                    4 bytes CRC32C of: sequence (8), number of the block from 0 (4), the data; then the
 *                    data
 *                    zeros up to the next multiple of 8
 *
 * A header proves that it lies where it was put, and a block that it belongs to this write and no other.
 */
export interface Needle {
  /** Number of the volume, from 1. */
  readonly volume: number;
  /** Bytes from the start of the volume; a multiple of 8. */
  readonly offset: number;
  /** Larger than that of every earlier write to the node. */
  readonly sequence: number;
  /** Bytes of the object. */
  readonly size: number;
  /** How many needles of the same append lie before it; 0 for one that a compaction has copied. */
  readonly place: number;
  readonly key: string;
  readonly kind: NeedleKind;
}

export type NeedleKind = typeof OBJECT | typeof TOMBSTONE;

export const OBJECT = 1;

export const TOMBSTONE = 2;

export const BLOCK_BYTES = 4_096;

export const NEEDLE_ALIGNMENT = 8;

/** "NDL1" */
const NEEDLE_MAGIC = 0x314c444e;

/** Without the key. */
export const HEADER_BYTES = 24;

export const HEADER_BYTES_MAX = HEADER_BYTES + 255;

/** Bytes that the blocks of `size` bytes take, checksums included. */
export const storedBytes = (size: number): number => size + 4 * Math.ceil(size / BLOCK_BYTES);

/** Where the first block of a needle begins, in bytes from the start of the volume. */
export const dataAt = ({ offset, key }: Needle): number => offset + HEADER_BYTES + key.length;

/** Where the needle behind it begins. */
export const endOf = (needle: Needle): number =>
  Math.ceil((dataAt(needle) + storedBytes(needle.size)) / NEEDLE_ALIGNMENT) * NEEDLE_ALIGNMENT;

/** Writes the head into `bytes` at `at`; returns where it ends there. */
export function writeHeader(bytes: Uint8Array, at: number, needle: Needle): number {
  const { volume, offset, sequence, size, place, key, kind } = needle;
  const end = at + HEADER_BYTES + key.length;
  const view = viewOf(bytes);
  view.setUint32(at, NEEDLE_MAGIC, true);
  writeUint64(view, at + 8, sequence);
  view.setUint32(at + 16, size, true);
  view.setUint16(at + 20, place, true);
  view.setUint8(at + 22, key.length);
  view.setUint8(at + 23, kind);
  for (let i = 0; i < key.length; i++) bytes[at + HEADER_BYTES + i] = key.charCodeAt(i);
  view.setUint32(at + 4, boundChecksum(offset, volume, bytes.subarray(at + 8, end)), true);
  return end;
}

/**
 * The head at the start of `bytes`, when it is whole and was written for this place. What lies behind it is not looked
 * at.
 */
export function readHeader(bytes: Uint8Array, volume: number, offset: number): Needle | undefined {
  const view = viewOf(bytes);
  if (bytes.length < HEADER_BYTES || view.getUint32(0, true) !== NEEDLE_MAGIC) return undefined;
  const end = HEADER_BYTES + view.getUint8(22);
  if (bytes.length < end) return undefined;
  if (boundChecksum(offset, volume, bytes.subarray(8, end)) !== view.getUint32(4, true)) return undefined;
  const key = String.fromCharCode(...bytes.subarray(HEADER_BYTES, end));
  const kind = view.getUint8(23) === TOMBSTONE ? TOMBSTONE : OBJECT;
  const [sequence, size, place] = [readUint64(view, 8), view.getUint32(16, true), view.getUint16(20, true)];
  return { volume, offset, sequence, size, place, key, kind };
}

/** Writes head and blocks into `image` at `at`. */
export function writeNeedle(image: Uint8Array, at: number, needle: Needle, bytes: Uint8Array): void {
  let end = writeHeader(image, at, needle);
  for (let number = 0; number * BLOCK_BYTES < bytes.length; number++) {
    const data = bytes.subarray(number * BLOCK_BYTES, (number + 1) * BLOCK_BYTES);
    viewOf(image).setUint32(end, blockChecksum(needle.sequence, number, data), true);
    image.set(data, end + 4);
    end += 4 + data.length;
  }
}

/** What lies before the data of a block. */
export function blockChecksum(sequence: number, number: number, data: Uint8Array): number {
  return boundChecksum(sequence, number, data);
}

/** CRC32C of a number in 8 bytes, another in 4, and then `bytes`. */
function boundChecksum(wide: number, narrow: number, bytes: Uint8Array): number {
  const view = new DataView(new ArrayBuffer(12));
  writeUint64(view, 0, wide);
  view.setUint32(8, narrow, true);
  return crc32c(bytes, crc32c(new Uint8Array(view.buffer)));
}

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

function writeUint64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % 2 ** 32, true);
  view.setUint32(at + 4, value / 2 ** 32, true);
}

const readUint64 = (view: DataView, at: number): number =>
  view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;

/** What a scrub has found. */
export interface Damage {
  /** Null when nothing is left that tells whose bytes these were. */
  readonly key: string | null;
  readonly volume: number;
  /** Of the needle, or of the unreadable stretch, in bytes from the start of the volume. */
  readonly offset: number;
  /**
   * `header`: the object can still be read, and would be lost with the index. `data`: some block does not agree. `gap`:
   * no needle could be read here.
   */
  readonly part: "header" | "data" | "gap";
}

/** An earlier write or sync failed, so the node does not know what the disk holds. Open the node again to find out. */
export class NodeFailedError extends Error {
  override readonly name = "NodeFailedError";

  constructor(cause: unknown) {
    super(`a write or sync failed (${String(cause)}); open the node again to see what the disk holds`, { cause });
  }
}
