/**
 * Alternative: a list of versions a key, sorted when a cursor asks; a filter that stores its number of probes; blocks
 * looked up in a Map; the index as JSON.
 */

import { crc32c } from "../../given/common/crc32c.ts";
import type { Disk } from "../../given/common/disk.ts";
import type { BlockCache, CachedBlock } from "../../given/key-value-store/block-cache.ts";
import { CorruptionError } from "../../given/key-value-store/corruption-error.ts";
import type { Cursor, Slice } from "../../given/key-value-store/cursor.ts";
import { hashKey, mixBits } from "../../given/key-value-store/hashes.ts";

export interface TableOptions {
  readonly blockBytes?: number;
  readonly bloomBitsPerKey?: number;
}

interface Stamped extends Slice {
  readonly sequence: number;
}

export class Memtable {
  bytes = 0;
  private readonly lists = new Map<string, Stamped[]>();

  get size(): number {
    return this.lists.size;
  }

  set(key: string, value: Uint8Array | null, sequence: number, kept: number): void {
    const version = { bytes: value?.slice() ?? new Uint8Array(0), start: 0, length: value?.length ?? -1, sequence };
    this.bytes += key.length + (value?.length ?? 0) + 16;
    const list = this.lists.get(key);
    if (list === undefined) {
      this.lists.set(key, [version]);
      return;
    }
    if (list.at(-1)!.sequence > kept) list.pop();
    list.push(version);
  }

  find(key: string, sequence: number): Slice | undefined {
    return this.lists.get(key)?.findLast((version) => version.sequence <= sequence);
  }

  cursor(sequence: number, from = ""): Cursor {
    const keys = [...this.lists.keys()].filter((key) => key >= from && this.find(key, sequence) !== undefined);
    const versions = keys.sort().map((key) => ({ key, slice: this.find(key, sequence)! }));
    return cursorOver(versions[Symbol.iterator]());
  }
}

interface Found {
  readonly key: string;
  readonly slice: Slice;
}

function cursorOver(source: Iterator<Found>): Cursor {
  const cursor = {
    key: undefined as string | undefined,
    bytes: new Uint8Array(0) as Uint8Array,
    start: 0,
    length: -1,
    next(): void {
      const step = source.next();
      cursor.key = step.done === true ? undefined : step.value.key;
      if (step.done !== true) Object.assign(cursor, step.value.slice);
    },
  };
  cursor.next();
  return cursor;
}

export class BloomFilter {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  static withRoomFor(keys: number, bitsPerKey: number): BloomFilter {
    const filter = new BloomFilter(new Uint8Array(9 + Math.ceil((keys * bitsPerKey) / 8)));
    filter.bytes[0] = Math.max(1, Math.round(bitsPerKey * Math.LN2));
    return filter;
  }

  add(key: string, hash: number = hashKey(key)): void {
    for (const bit of this.bits(hash)) this.bytes[1 + (bit >> 3)]! |= 1 << (bit & 7);
  }

  mayContain(key: string, hash: number = hashKey(key)): boolean {
    return this.bits(hash).every((bit) => (this.bytes[1 + (bit >> 3)]! & (1 << (bit & 7))) !== 0);
  }

  private bits(hash: number): number[] {
    const bits: number[] = [];
    let word = hash;
    for (let i = 0; i < this.bytes[0]!; i++) {
      bits.push(word % (8 * (this.bytes.length - 1)));
      word = mixBits(word + 0x7f4a7c15);
    }
    return bits;
  }
}

interface Index {
  readonly first: string;
  /** Last key, start, end. */
  readonly blocks: [string, number, number][];
  readonly filter: number[];
}

export class TableBuilder {
  private readonly disk: Disk;
  private readonly file: string;
  private readonly options: Required<TableOptions>;
  private readonly hashes: number[] = [];
  private readonly blocks: [string, number, number][] = [];
  private block: number[] = [];
  private offset = 0;
  private first: string | undefined;
  private last = "";

  constructor(disk: Disk, file: string, options: TableOptions = {}) {
    this.disk = disk;
    this.file = file;
    this.options = { blockBytes: 4_096, bloomBitsPerKey: 10, ...options };
  }

  add(key: string, value: Slice): void {
    if (this.first !== undefined && key <= this.last) throw new RangeError(`"${key}" is not after "${this.last}"`);
    this.first ??= key;
    this.last = key;
    this.hashes.push(hashKey(key));
    const wide = /[^\0-\xff]/.test(key) ? 1 : 0;
    this.block.push(wide, ...uint32(key.length));
    for (let i = 0; i < key.length; i++) {
      this.block.push(key.charCodeAt(i) & 255);
      if (wide === 1) this.block.push(key.charCodeAt(i) >> 8);
    }
    this.block.push(...uint32(value.length));
    for (let i = 0; i < value.length; i++) this.block.push(value.bytes[value.start + i]!);
    if (this.block.length >= this.options.blockBytes) this.close();
  }

  finish(): number {
    if (this.first === undefined) return 0;
    this.close();
    const filter = BloomFilter.withRoomFor(this.hashes.length, this.options.bloomBitsPerKey);
    for (const hash of this.hashes) filter.add("", hash);
    const blocks = this.blocks.map(([key, from, to]) => [encodeURI16(key), from, to]);
    const json = JSON.stringify({ first: encodeURI16(this.first), blocks });
    const text = Uint8Array.from(json, (letter) => letter.charCodeAt(0));
    this.write(text, filter.bytes, Uint8Array.from([...uint32(text.length), ...uint32(filter.bytes.length)]));
    this.disk.sync(this.file);
    return this.offset;
  }

  private close(): void {
    if (this.block.length === 0) return;
    const from = this.offset;
    this.write(Uint8Array.from(this.block));
    this.blocks.push([this.last, from, this.offset]);
    this.block = [];
  }

  /** The parts, then the checksum of all of them. */
  private write(...parts: Uint8Array[]): void {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    this.disk.append(this.file, whole);
    this.disk.append(this.file, Uint8Array.from(uint32(crc32c(whole))));
    this.offset += whole.length + 4;
  }
}

interface Block extends CachedBlock {
  readonly found: Map<string, Slice>;
  readonly bytes: number;
}

export class Table {
  private readonly disk: Disk;
  private readonly file: string;
  private readonly cache: BlockCache;
  private readonly index: Omit<Index, "filter">;
  private readonly filter: BloomFilter;
  private readonly cached: (Block | undefined)[] = [];

  constructor(disk: Disk, file: string, cache: BlockCache) {
    this.disk = disk;
    this.file = file;
    this.cache = cache;
    const size = disk.size(file);
    const sizes = size < 12 ? new Uint8Array(12) : disk.read(file, size - 12, 8);
    const [textBytes, filterBytes] = [int32(sizes, 0), int32(sizes, 4)];
    const from = size - 12 - textBytes - filterBytes;
    if (textBytes <= 0 || filterBytes <= 0 || from < 0) throw new CorruptionError(file, 0, "no index");
    const meta = checked(file, from, disk.read(file, from));
    const raw = JSON.parse(new TextDecoder("latin1").decode(meta.subarray(0, textBytes))) as Omit<Index, "filter">;
    this.index = {
      first: decodeURI16(raw.first),
      blocks: raw.blocks.map(([key, start, end]) => [decodeURI16(key), start, end]),
    };
    this.filter = new BloomFilter(meta.slice(textBytes, textBytes + filterBytes));
  }

  get(key: string, hash: number = hashKey(key)): Uint8Array | null | undefined {
    if (key < this.index.first || !this.filter.mayContain(key, hash)) return undefined;
    const at = this.blockOf(key);
    if (at === this.index.blocks.length) return undefined;
    let block = this.cached[at];
    if (block === undefined) {
      block = this.read(at);
      this.cache.admit(this.cached, at, block, block.bytes);
    }
    block.isUsed = true;
    const found = block.found.get(key);
    if (found === undefined) return undefined;
    return found.length < 0 ? null : found.bytes.slice(found.start, found.start + found.length);
  }

  cursor(from = ""): Cursor {
    return cursorOver(this.from(from));
  }

  private *from(from: string): Generator<Found, undefined> {
    for (let at = this.blockOf(from); at < this.index.blocks.length; at++) {
      for (const [key, slice] of this.read(at).found) if (key >= from) yield { key, slice };
    }
  }

  private blockOf(key: string): number {
    const { blocks } = this.index;
    let [low, high] = [0, blocks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (blocks[middle]![0] < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private read(at: number): Block {
    const [, from, to] = this.index.blocks[at]!;
    const bytes = checked(this.file, from, this.disk.read(this.file, from, to - from));
    const found = new Map<string, Slice>();
    for (let i = 0; i < bytes.length; ) {
      const wide = bytes[i]!;
      const units = int32(bytes, i + 1);
      let key = "";
      for (let unit = 0; unit < units; unit++) {
        const where = i + 5 + unit * (1 + wide);
        key += String.fromCharCode(bytes[where]! | (wide === 1 ? bytes[where + 1]! << 8 : 0));
      }
      i += 5 + units * (1 + wide);
      const length = int32(bytes, i);
      found.set(key, { bytes, start: i + 4, length });
      i += 4 + Math.max(0, length);
    }
    return { found, bytes: 2 * bytes.length, isUsed: false };
  }
}

function checked(file: string, offset: number, bytes: Uint8Array): Uint8Array {
  const end = bytes.length - 4;
  if (end < 0 || int32(bytes, end) !== (crc32c(bytes.subarray(0, end)) | 0))
    throw new CorruptionError(file, offset, "checksum");
  return bytes.subarray(0, end);
}

const uint32 = (value: number): number[] => [
  value & 255,
  (value >> 8) & 255,
  (value >> 16) & 255,
  (value >>> 24) & 255,
];
const int32 = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
/** JSON in one byte a character: what is not ASCII becomes %uXXXX. */
const encodeURI16 = (key: string): string =>
  key.replace(/[^ -$&-~]/g, (unit) => `%u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
const decodeURI16 = (text: string): string =>
  text.replace(/%u([0-9a-f]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
