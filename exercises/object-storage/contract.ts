/** Given parts that several exercises of object storage share: the checksum, and the errors that their callers tell apart. */

/**
 * CRC32C (Castagnoli) of `bytes`, unsigned, 32 bits. It finds every damage of up to 32 neighboring bits, and misses any other with a
 * chance of one in 2^32. It is no defense against somebody who means harm.
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

// ---------------------------------------------------------------------------------------------------------------------
// The replicated log: what the nodes of `raft-log`, `raft` and `placement` store, say to each other, and ask their driver to do.

/** Name of a node: `n1`. */
export type NodeId = string;

/** Who decides. While `next` is not null the membership is joint: every decision needs a majority of `voters` and one of `next`. */
export interface Membership {
  readonly voters: readonly NodeId[];
  readonly next: readonly NodeId[] | null;
}

/** `command` is plain data, and opaque to Raft. */
export type Payload =
  | { readonly kind: "command"; readonly command: unknown }
  | { readonly kind: "no-op" }
  | { readonly kind: "membership"; readonly membership: Membership };

/** Never changed once it is made. The first index is 1, the first term too. */
export interface Entry {
  readonly index: number;
  readonly term: number;
  readonly payload: Payload;
}

/** What the entries up to `index` amount to: the state machine after the last of them, and the membership in force there. */
export interface Snapshot {
  readonly index: number;
  readonly term: number;
  readonly membership: Membership;
  readonly state: unknown;
}

/** The promises of a node: it has seen `term`, and in it voted for nobody else. */
export interface HardState {
  readonly term: number;
  readonly votedFor: NodeId | null;
}

/** All that survives a crash. The entries follow the snapshot without a gap. */
export interface Stored {
  readonly hardState: HardState;
  readonly snapshot: Snapshot | null;
  readonly entries: readonly Entry[];
}

/**
 * What nodes say to each other, in the terms of Figure 2 and Figure 13 of the paper.
 * - `append`: `entries` follow the entry `prevIndex` of `prevTerm`. Without entries it is a heartbeat.
 * - `appended` with `success`: the log agrees with the leader's up to `index`. Without: it does not at `prevIndex`, and `index`, which is
 *   smaller, is where it may.
 * - `round` counts what a leader sends within its term; the answer repeats it. It tells when a node still took the leader for one.
 */
export type Message = { readonly from: NodeId; readonly to: NodeId; readonly term: number } & (
  | { readonly type: "request-vote"; readonly lastIndex: number; readonly lastTerm: number }
  | { readonly type: "vote"; readonly granted: boolean }
  | {
      readonly type: "append";
      readonly prevIndex: number;
      readonly prevTerm: number;
      readonly entries: readonly Entry[];
      readonly commitIndex: number;
      readonly round: number;
    }
  | { readonly type: "install-snapshot"; readonly snapshot: Snapshot; readonly round: number }
  | { readonly type: "appended"; readonly success: boolean; readonly index: number; readonly round: number }
);

/** What is to be done, in this order. Parts that are null or empty ask for nothing. */
export interface Ready {
  /** First: make these three durable, in one atomic step; see `store`. */
  readonly hardState: HardState | null;
  /** Replaces the stored snapshot and the stored entries up to its index. */
  readonly snapshot: Snapshot | null;
  /** Replaces the stored entries from index `from` on. */
  readonly log: { readonly from: number; readonly entries: readonly Entry[] } | null;
  /** Second: send. Each may be lost, late, repeated or overtaken. */
  readonly messages: readonly Message[];
  /** Third: when `snapshot` is newer than what was applied so far, the state machine takes its state. Then apply these, in order. */
  readonly committed: readonly Entry[];
  /** Last: reads that may be answered now from the state machine, by the name given to `readIndex`. */
  readonly reads: readonly string[];
}

export type Role = "follower" | "candidate" | "leader";

/** A view for people, labs and tests; a copy that does not change. */
export interface Status {
  readonly self: NodeId;
  readonly role: Role;
  readonly term: number;
  readonly votedFor: NodeId | null;
  /** The leader of this term, when known. */
  readonly leader: NodeId | null;
  readonly commitIndex: number;
  /** The newest in the log, committed or not. */
  readonly membership: Membership;
  readonly snapshot: Snapshot | null;
  /** What follows the snapshot. */
  readonly log: readonly Entry[];
  /** Of a leader, by node: up to where its log is known to agree. */
  readonly matchIndex: Readonly<Record<NodeId, number>>;
}

export interface RaftOptions {
  readonly self: NodeId;
  /** The membership before the log says otherwise. Empty at a node that is yet to be added. */
  readonly voters: readonly NodeId[];
  /** A node that heard nothing of a leader campaigns after this many ticks, or up to twice as many: it draws anew for every election. */
  readonly electionTicks: number;
  /** A leader sends at least this often. Much less than `electionTicks`. */
  readonly heartbeatTicks: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** What the last incarnation has stored; `NOTHING_STORED` at the first. */
  readonly stored: Stored;
}

/** A node that never ran. */
export const NOTHING_STORED: Stored = { hardState: { term: 0, votedFor: null }, snapshot: null, entries: [] };

/** What is on stable storage once the first part of `ready` is done. */
export function store(stored: Stored, ready: Ready): Stored {
  const snapshot = ready.snapshot ?? stored.snapshot;
  const from = ready.log?.from ?? Number.POSITIVE_INFINITY;
  const entries = [...stored.entries.filter(({ index }) => index < from), ...(ready.log?.entries ?? [])];
  return {
    hardState: ready.hardState ?? stored.hardState,
    snapshot,
    entries: entries.filter(({ index }) => index > (snapshot?.index ?? 0)),
  };
}

// ---------------------------------------------------------------------------------------------------------------------
// `data-node`: the disk below it, and how an object lies in a volume.

/**
 * A directory of files, as POSIX promises them and no more. `append` and `truncate` are seen by `read` at once, but survive a power failure
 * only after `sync(file)`; a new name, a rename and a deletion only after `syncDirectory()`. What was not synced may survive whole, in part or
 * not at all. A rename is atomic. When a call throws, nobody knows what the disk holds, and a later `sync` that returns proves nothing.
 */
export interface Disk {
  /** Adds bytes at the end; creates the file when it does not exist. */
  append(file: string, bytes: Uint8Array): void;
  /** A copy of at most `length` bytes from `offset`; shorter at the end of the file. Throws when there is no such file. */
  read(file: string, offset?: number, length?: number): Uint8Array;
  size(file: string): number;
  exists(file: string): boolean;
  truncate(file: string, length: number): void;
  sync(file: string): void;
  /** Replaces `to` when it exists. */
  rename(from: string, to: string): void;
  delete(file: string): void;
  /** Names of all files, sorted. */
  list(): string[];
  syncDirectory(): void;
}

/**
 * The head of a needle, and where it lies. **A needle**, integers little-endian, `k` the length of its key:
 *
 *     at      bytes  what
 *     0       4      magic: the ASCII letters NDL1
 *     4       4      CRC32C of: offset of the needle in its volume (8 bytes), number of the volume (4), then its bytes 8 to 24 + k
 *     8       8      sequence
 *     16      4      size: bytes of the object
 *     20      2      place
 *     22      1      k, 1 to 255
 *     23      1      kind: 1 object, 2 tombstone (its size is 0)
 *     24      k      key, ASCII
 *     24 + k         blocks of BLOCK_BYTES, the last one shorter, none for an empty object. Each is 4 bytes CRC32C of: sequence (8),
 *                    number of the block from 0 (4), the data; then the data
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

/** The head at the start of `bytes`, when it is whole and was written for this place. What lies behind it is not looked at. */
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
  /** `header`: the object can still be read, and would be lost with the index. `data`: some block does not agree. `gap`: no needle could be read here. */
  readonly part: "header" | "data" | "gap";
}

/** An earlier write or sync failed, so nobody knows what the disk holds. Open the node again to find out. */
export class NodeFailedError extends Error {
  override readonly name = "NodeFailedError";

  constructor(cause: unknown) {
    super(`a write or sync failed (${String(cause)}); open the node again to see what the disk holds`, { cause });
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// `object-store`: what it asks of nodes and of the metadata.

/** A node that keeps fragments, and what fails together with it. */
export interface Place {
  readonly node: string;
  readonly rack: string;
}

/** Everything a store may ask of others. Names of fragments are up to 255 printable ASCII characters. */
export type Call =
  /** Durable when the reply is `ok`. */
  | { readonly to: string; readonly op: "write"; readonly name: string; readonly bytes: Uint8Array }
  /** At most `length` bytes from `offset`. `missing`: no such fragment. `damaged`: the node itself has noticed; it may also have noticed nothing. */
  | {
      readonly to: string;
      readonly op: "read";
      readonly name: string;
      readonly offset: number;
      readonly length: number;
    }
  | { readonly to: string; readonly op: "erase"; readonly name: string }
  /** The newest value and its version; `missing` when there is none, and then the version still counts: deleting is a change too. 0: never set. */
  | { readonly to: "metadata"; readonly op: "get"; readonly key: string }
  /** `conflict`, and nothing done, unless the key is at `version`. Durable and seen by every later get and scan when `ok`. `null` deletes. */
  | {
      readonly to: "metadata";
      readonly op: "set";
      readonly key: string;
      readonly version: number;
      readonly value: unknown;
    }
  /** Up to `limit` entries from `from` on, 100 at most, in the order of `<`. */
  | { readonly to: "metadata"; readonly op: "scan"; readonly from: string; readonly limit: number };

export interface Reply {
  /** `lost`: no reply in time. What was asked may have been done, or may be done yet. */
  readonly status: "ok" | "missing" | "damaged" | "conflict" | "lost";
  readonly bytes?: Uint8Array;
  // biome-ignore lint/suspicious/noExplicitAny: what the store has written there is its own
  readonly value?: any;
  readonly version?: number;
  readonly entries?: readonly { readonly key: string; readonly value: unknown }[];
}

/** Work in steps: each yields calls that go out together, and is resumed with a reply to each, in their order. It may never be resumed. */
export type Task<Result> = Generator<readonly Call[], Result, readonly Reply[]>;
