/*
 * A log and its majorities. Count votes and copies in a membership that may be joint; keep entries, snapshot and memberships in order.
 *
 * Start with stage 1: Majorities, joint ones too.
 * Chapter: docs/storage/object-storage.mdx
 * Grade it: npx bp check object-storage/raft-log
 */

import type { Entry, Membership, NodeId, Ready, Snapshot, Stored } from "../../given/object-storage/replicated-log.ts";
import { NotStarted } from "../not-started.ts";

/**
 * Whether a candidate with these votes has won: it has a majority, in a joint membership of each half. Lost: it cannot
 * win any more. Who is not in `votes` has not answered; who is no voter does not count. No voters at all agree on
 * everything.
 */
export function voteOutcome(membership: Membership, votes: ReadonlyMap<NodeId, boolean>): "won" | "lost" | "pending" {
  throw new NotStarted("stage 1: Majorities, joint ones too");
}

/**
 * The highest number that a majority has reached, in a joint membership a majority of each half. Of no voters at all:
 * Infinity.
 */
export function reachedBy(membership: Membership, reached: (node: NodeId) => number): number {
  throw new NotStarted("stage 1: Majorities, joint ones too");
}

/**
 * The log of one node: a snapshot, or none, and the entries that follow it. It knows which entries its owner has not
 * stored yet, and which membership is in force: the newest in the log, committed or not.
 *
 * - The indexes of the entries are the numbers after `snapshotIndex`, without a gap.
 * - What the snapshot replaced was committed, and so is the same in every log.
 * - It keeps no array that it was given, and hands out copies of its own.
 *
 * Source: Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm (Extended Version)", 2014,
 * sections 5.3, 6 and 7.
 */
export class RaftLog {
  /**
   * What was stored. `membership` is in force until the log says otherwise.
   */
  constructor({ snapshot, entries }: Stored, membership: Membership) {
    throw new NotStarted("stage 2: Entries, and what is not stored yet");
  }

  get snapshot(): Snapshot | null {
    throw new NotStarted("stage 2: Entries, and what is not stored yet");
  }

  /**
   * 0 without a snapshot.
   */
  get snapshotIndex(): number {
    throw new NotStarted("stage 2: Entries, and what is not stored yet");
  }

  /**
   * Of the last entry, or of the snapshot when there is none; 0 in an empty log.
   */
  get lastIndex(): number {
    throw new NotStarted("stage 2: Entries, and what is not stored yet");
  }

  get lastTerm(): number {
    throw new NotStarted("stage 2: Entries, and what is not stored yet");
  }

  /**
   * The membership that was last put into the log, and the index where. When no entry did: the
   * snapshot's and its index, or the first one and 0.
   */
  get newestMembership(): { readonly membership: Membership; readonly since: number } {
    throw new NotStarted("stage 4: Memberships in the log");
  }

  /**
   * 0 at index 0 of a log without a snapshot. Undefined where there is no entry yet, or no more. O(1).
   */
  termAt(index: number): number | undefined {
    throw new NotStarted("stage 2: Entries, and what is not stored yet");
  }

  /**
   * Whether an entry of this term lies, or lay, at the index. It does at index 0 of term 0, and at every index that a
   * snapshot replaced.
   */
  agreesAt(index: number, term: number): boolean {
    throw new NotStarted("stage 2: Entries, and what is not stored yet");
  }

  /**
   * The last index up to `index` whose term is not after `term`. A log that has an entry of `term` at a later index
   * cannot agree with this one between the two, so a leader that was refused need not try there. Not before the
   * snapshot.
   */
  lastNotAfter(index: number, term: number): number {
    throw new NotStarted("stage 2: Entries, and what is not stored yet");
  }

  /**
   * A copy of the entries from index `from` on and before `to`, as far as they are there. O(entries copied).
   */
  slice(from: number, to: number): Entry[] {
    throw new NotStarted("stage 2: Entries, and what is not stored yet");
  }

  /**
   * Puts the entries where their indexes say; every entry from the first of them on goes. O(entries put and gone).
   * @throws RangeError when it would leave a gap, or change what the snapshot replaced.
   */
  replaceFrom(entries: readonly Entry[]): void {
    throw new NotStarted("stage 2: Entries, and what is not stored yet");
  }

  /**
   * What changed since it was last called, as in `Ready`; null when nothing did. The entries that were given to the
   * constructor are stored.
   */
  takeChange(): Ready["log"] {
    throw new NotStarted("stage 2: Entries, and what is not stored yet");
  }

  /**
   * Makes a snapshot of the state after `index` and drops the entries up to it; those after it stay. Returns the
   * snapshot, with the membership that was in force at `index`, which need not be the newest.
   * @throws RangeError unless `index` is that of an entry.
   */
  compact(index: number, state: unknown): Snapshot {
    throw new NotStarted("stage 3: A snapshot in place of the beginning");
  }

  /**
   * Gives everything up for a leader's snapshot: no entry stays, in storage neither.
   */
  restore(snapshot: Snapshot): void {
    throw new NotStarted("stage 3: A snapshot in place of the beginning");
  }
}
