/**
 * Bytes that grow by doubling. Numbers are little-endian. Single bytes are stored by index rather than through a
 * DataView: the engine compiles both to plain stores, and an index needs no second object over the same memory that
 * must be replaced when it grows.
 */
export class ByteWriter {
  bytes: Uint8Array;
  length = 0;

  constructor(capacity = 1_024) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  /** 0 to 2^32 - 1, or the same bits as a signed number. */
  uint32(value: number): void {
    this.reserve(4);
    writeUint32(this.bytes, this.length, value);
    this.length += 4;
  }

  /** 0 to 2^32 - 1 in one to five bytes, seven bits each, low ones first. */
  varint(value: number): void {
    this.reserve(5);
    let rest = value;
    while (rest > 127) {
      this.bytes[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  raw(bytes: Uint8Array): void {
    this.slice(bytes, 0, bytes.length);
  }

  /** `length` bytes of `bytes` from `start`. Short ones by index: a view and a call cost more than they save. */
  slice(bytes: Uint8Array, start: number, length: number): void {
    this.reserve(length);
    const at = this.length;
    if (length > 32) this.bytes.set(bytes.subarray(start, start + length), at);
    else for (let i = 0; i < length; i++) this.bytes[at + i] = bytes[start + i]!;
    this.length = at + length;
  }

  /** Twice the length, plus one when the units need two bytes each; then the units. Lossless for every string. */
  key(key: string): void {
    const units = key.length;
    this.reserve(5 + 2 * units);
    const start = this.length;
    this.varint(2 * units);
    const { bytes } = this;
    let at = this.length;
    for (let i = 0; i < units; i++) {
      const unit = key.charCodeAt(i);
      if (unit > 255) {
        this.length = start;
        this.#wideKey(key);
        return;
      }
      bytes[at++] = unit;
    }
    this.length = at;
  }

  /** The bytes written so far; a view that holds until the next write. */
  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  #wideKey(key: string): void {
    this.varint(2 * key.length + 1);
    for (let i = 0; i < key.length; i++) {
      const unit = key.charCodeAt(i);
      this.bytes[this.length++] = unit & 255;
      this.bytes[this.length++] = unit >>> 8;
    }
  }
}

/**
 * Reads what a `ByteWriter` wrote. Check the bytes first: of damaged ones it makes nonsense, though it never leaves
 * `bytes`.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  /** Of the next byte. */
  offset: number;

  constructor(bytes: Uint8Array, offset = 0) {
    this.bytes = bytes;
    this.offset = offset;
  }

  uint8(): number {
    return this.bytes[this.offset++] ?? 0;
  }

  uint32(): number {
    this.offset += 4;
    return readUint32(this.bytes, this.offset - 4);
  }

  varint(): number {
    const first = this.uint8();
    if (first < 128) return first;
    let value = first & 127;
    for (let shift = 7; shift < 35; shift += 7) {
      const byte = this.uint8();
      value |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    return value >>> 0;
  }

  /** A view of the next `length` bytes, not a copy. */
  raw(length: number): Uint8Array {
    this.offset += length;
    return this.bytes.subarray(this.offset - length, this.offset);
  }

  key(): string {
    const header = this.varint();
    const units = header >>> 1;
    const start = this.offset;
    this.offset += (header & 1) === 0 ? units : 2 * units;
    let key = "";
    for (let from = 0; from < units; from += CHUNK) {
      const to = Math.min(units, from + CHUNK);
      const codes: number[] = [];
      for (let i = from; i < to; i++) {
        codes.push(
          (header & 1) === 0
            ? this.bytes[start + i]!
            : this.bytes[start + 2 * i]! | (this.bytes[start + 2 * i + 1]! << 8),
        );
      }
      key += String.fromCharCode(...codes);
    }
    return key;
  }
}

/** Units of a key decoded at a time: arguments of one call, which engines limit. */
const CHUNK = 4_096;

/** `value` may be signed or unsigned: the low 32 bits are written. */
export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

/** Unsigned. Bytes past the end count as 0. */
export function readUint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}
