/**
 * Given parts of the key-value store's exercises: the disk that a store is built on, the error that names damage, and a
 * way to write and read keys, numbers and bytes.
 *
 * Keys are strings, values are bytes. A key is compared, hashed and looked up all the time, and JavaScript engines do that best with
 * strings; a value is only carried. Keys are ordered as `<` orders strings, by UTF-16 code unit, and any string is a key, `""`,
 * `"__proto__"` and half of a surrogate pair too.
 */

/**
 * A directory of files, as POSIX promises them and no more. Every call returns when it is done.
 *
 * - `append` and `truncate` are seen by `read` at once, but survive a power failure only after `sync(file)`. What was not
 *   synced may survive whole, in part or not at all.
 * - A new name, a rename and a deletion survive only after `syncDirectory()`. A rename is atomic: after a crash the name leads to the
 *   old file or to the new one.
 * - When a call throws, the file may hold any part of what it was asked to write, and a later `sync` that returns proves nothing about it.
 */
export interface Disk {
  /** Adds bytes at the end; creates the file when it does not exist. */
  append(file: string, bytes: Uint8Array): void;
  /** A copy of at most `length` bytes from `offset`; shorter at the end of the file. Throws when there is no such file. */
  read(file: string, offset?: number, length?: number): Uint8Array;
  /** Bytes. Throws when there is no such file. */
  size(file: string): number;
  exists(file: string): boolean;
  /** Cuts the file to `length` bytes. Throws when there is no such file. */
  truncate(file: string, length: number): void;
  /** Makes the file's bytes and length durable; not its name. Throws when there is no such file. */
  sync(file: string): void;
  /** Replaces `to` when it exists. Throws when there is no `from`. */
  rename(from: string, to: string): void;
  /** Throws when there is no such file. */
  delete(file: string): void;
  /** Names of all files, sorted. */
  list(): string[];
  /** Makes every creation, rename and deletion so far durable. */
  syncDirectory(): void;
}

/** Bytes that were once written whole are not what they were. Nothing that depends on them may be returned. */
export class CorruptionError extends Error {
  override readonly name = "CorruptionError";
  readonly file: string;
  /** Where the damage was noticed, in bytes from the start of the file. */
  readonly offset: number;

  constructor(file: string, offset: number, what: string) {
    super(`${file} is damaged at byte ${offset}: ${what}. Restore the file from a copy or another replica.`);
    this.file = file;
    this.offset = offset;
  }
}

/** @throws RangeError unless `got` is an integer from `min` to `max`. Returns it. */
export function requireInteger(name: string, got: number, min: number, max: number): number {
  if (Number.isInteger(got) && got >= min && got <= max) return got;
  throw new RangeError(`${name} is ${String(got)}, expected an integer from ${min} to ${max}`);
}

/** A value where it lies: `length` bytes of `bytes` from `start`, to be copied before they are given away. `length` is -1 for a tombstone. */
export interface Slice {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly length: number;
}

/** A place in a sequence of versions with ascending keys. */
export interface Cursor extends Slice {
  /** Undefined at the end. */
  readonly key: string | undefined;
  next(): void;
}

/** Index of the first key that is not less than `key`. O(log n). */
export function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

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

/**
 * Copies small values into parts of a common buffer: an array with a buffer of its own costs an engine several times as much. The price is that a
 * value that is kept keeps 16 KiB alive, and that its `buffer` holds other values too, as that of a small Node.js Buffer does.
 */
export class Copier {
  #slab = new ArrayBuffer(0);
  #used = 0;

  copy({ bytes, start, length }: Slice): Uint8Array {
    if (length > SLAB_BYTES / 4) return bytes.slice(start, start + length);
    if (this.#used + length > this.#slab.byteLength) [this.#slab, this.#used] = [new ArrayBuffer(SLAB_BYTES), 0];
    const copy = new Uint8Array(this.#slab, this.#used, length);
    this.#used += length;
    copy.set(bytes.subarray(start, start + length));
    return copy;
  }
}

/** What a cache keeps. Set `isUsed` at every use: it is the block's second chance. */
export interface CachedBlock {
  isUsed: boolean;
}

/**
 * Keeps blocks of many tables within one number of bytes. A table looks into its own array of places; the cache only decides who must go: a hand
 * goes round, spares what was used since it last came by, and empties the place of what was not (CLOCK). O(1) amortized.
 */
export class BlockCache {
  readonly #bytesMax: number;
  #bytes = 0;
  #hand = 0;
  #held: { readonly places: (CachedBlock | undefined)[]; readonly place: number; readonly bytes: number }[] = [];

  /** 0 bytes keep nothing. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Puts the block into `places[place]`, and others out of theirs. `bytes`: what it takes in memory. */
  admit<Block extends CachedBlock>(places: (Block | undefined)[], place: number, block: Block, bytes: number): void {
    places[place] = block;
    this.#bytes += bytes;
    this.#held.push({ places, place, bytes });
    while (this.#bytes > this.#bytesMax) this.#evict();
  }

  #evict(): void {
    if (this.#hand >= this.#held.length) this.#hand = 0;
    const { places, place, bytes } = this.#held[this.#hand]!;
    const block = places[place]!;
    if (block.isUsed) {
      block.isUsed = false;
      this.#hand++;
      return;
    }
    places[place] = undefined;
    this.#bytes -= bytes;
    const last = this.#held.pop()!;
    if (this.#hand < this.#held.length) this.#held[this.#hand] = last;
  }
}

/**
 * Bytes that grow by doubling. Numbers are little-endian. Single bytes are stored by index rather than through a DataView: the
 * engine compiles both to plain stores, and an index needs no second object over the same memory that must be replaced when it grows.
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

/** Reads what a `ByteWriter` wrote. Check the bytes first: of damaged ones it makes nonsense, though it never leaves `bytes`. */
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
const SLAB_BYTES = 16_384;

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

// ---------------------------------------------------------------------------------------------------------------------
// Replication: what a node of `linearizable-register`, `quorum-store` and `replication-modes` is given, and what it must be.

/** Name of a node: `n1`. */
export type NodeId = string;

/**
 * Nodes talk to nodes of their own kind only, so what they say is their own affair: plain objects, arrays, strings, numbers,
 * booleans, null. A message is copied when it is sent.
 */
// biome-ignore lint/suspicious/noExplicitAny: `unknown` would refuse every node that names its messages
export type AnyMessage = any;

/**
 * What survives a crash. `set` and `delete` are atomic and durable when they return; everything else a node knows is gone after a crash.
 * Values are copied on the way in and out, and are made of what messages are made of.
 */
export interface StableMap {
  // biome-ignore lint/suspicious/noExplicitAny: what lies there is the node's own
  get(key: string): any;
  set(key: string, value: unknown): void;
  delete(key: string): void;
  /** All keys that begin with `prefix`, sorted. */
  keys(prefix: string): string[];
}

/** Everything a node may do. */
export interface ReplicaContext {
  /** This node's name. */
  readonly self: NodeId;
  /** The other nodes, in the same order everywhere. */
  readonly peers: readonly NodeId[];
  /** Nothing tells whether the message arrives. It may be lost, late, repeated or overtaken. */
  send(to: NodeId, message: AnyMessage): void;
  /** Calls `onTimer(name)` once after `delayMs`. Replaces a timer of the same name. A crash forgets all timers. */
  setTimer(name: string, delayMs: number): void;
  /** Does nothing when no such timer is set. */
  clearTimer(name: string): void;
  readonly stable: StableMap;
}

/**
 * A node is a state machine: handlers run one at a time, to the end, and take no time. After a crash a new object is made over the
 * same `stable`, and `onStart` is called first. A crash can come between any two calls of `send`, `stable` and `reply`.
 */
export interface Replica<Request, Response> {
  /** Once, before anything else. */
  onStart(): void;
  onMessage(from: NodeId, message: AnyMessage): void;
  onTimer(name: string): void;
  /** A client asks. Call `reply` at most once, now or later; a client that waits too long gives up and cannot know what happened. */
  onRequest(request: Request, reply: (response: Response) => void): void;
}

// `quorum-store`: names of writes, sets of such names, and where keys live.

/**
 * Names a put for ever: the `count`th put of its key that `node` coordinated.
 */
export interface Dot {
  readonly node: NodeId;
  readonly count: number;
}

/**
 * A set of dots of one key. Per node: the first number stands for all counts up to it, the others for themselves. `{ n1: [3, 5] }` is
 * n1's puts 1, 2, 3 and 5.
 */
export type Seen = Readonly<Record<NodeId, readonly number[]>>;

/**
 * A sibling: a value, its name, and the names of all puts that its writer had read. It makes every version obsolete whose dot is in `seen`.
 */
export interface Version {
  readonly value: string;
  readonly dot: Dot;
  readonly seen: Seen;
}

/** */
export function covers(seen: Seen, dot: Dot): boolean {
  const [upTo = 0, ...single] = seen[dot.node] ?? [];
  return dot.count <= upTo || single.includes(dot.count);
}

/** Union. */
export function join(a: Seen, b: Seen): Seen {
  const union: Record<NodeId, readonly number[]> = { ...a };
  for (const [node, theirs] of Object.entries(b)) {
    const ours = union[node] ?? [0];
    let upTo = Math.max(ours[0] ?? 0, theirs[0] ?? 0);
    const single: number[] = [];
    for (const count of [...new Set([...ours.slice(1), ...theirs.slice(1)])].sort((x, y) => x - y)) {
      if (count === upTo + 1) upTo = count;
      else if (count > upTo) single.push(count);
    }
    union[node] = [upTo, ...single];
  }
  return union;
}

/** `seen` and one dot more. */
export function withDot(seen: Seen, { node, count }: Dot): Seen {
  return join(seen, { [node]: count === 1 ? [1] : [0, count] });
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

/** Which of `count` partitions a key belongs to. Its homes are the nodes from that position on, in sorted order, wrapping around. */
export function partitionOf(key: string, count: number): number {
  return hashText(key) % count;
}
