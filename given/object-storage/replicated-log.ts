/** Name of a node: `n1`. */
export type NodeId = string;

/**
 * Who decides. While `next` is not null the membership is joint: every decision needs a majority of `voters` and one of
 * `next`.
 */
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

/**
 * What the entries up to `index` amount to: the state machine after the last of them, and the membership in force
 * there.
 */
export interface Snapshot {
  readonly index: number;
  readonly term: number;
  readonly membership: Membership;
  readonly state: unknown;
}

/** The promises of a node: it has seen `term`, and in it voted for no other node. */
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
 * - `appended` with `success`: the log agrees with the leader's up to `index`. Without, it does not at `prevIndex`:
 *   there lies an entry of `conflictTerm`, the first of which is at `firstIndex`; or nothing, then `conflictTerm` is 0
 *   and `firstIndex` follows the last entry. (Section 5.3, the last paragraphs.)
 * - `round` counts what a leader sends within its term; the answer repeats it. It tells when a node still took the
 *   leader for one.
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
  | { readonly type: "appended"; readonly success: true; readonly index: number; readonly round: number }
  | {
      readonly type: "appended";
      readonly success: false;
      readonly prevIndex: number;
      readonly conflictTerm: number;
      readonly firstIndex: number;
      readonly round: number;
    }
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
  /**
   * Third: when `snapshot` is newer than what was applied so far, the state machine takes its state. Then apply these,
   * in order.
   */
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
  /**
   * A node that heard nothing of a leader campaigns after this many ticks, or up to twice as many: it draws again for
   * every election.
   */
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
