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
