import type { Entry, Membership, NodeId, Ready, Snapshot, Stored } from "../../given/object-storage/replicated-log.ts";

/**
 * Whether a candidate with these votes has won: it has a majority, in a joint membership of each half. Lost: it cannot
 * win any more. Who is not in `votes` has not answered; who is no voter does not count. No voters at all agree on
 * everything.
 */
export function voteOutcome(membership: Membership, votes: ReadonlyMap<NodeId, boolean>): "won" | "lost" | "pending" {
  const halves = halvesOf(membership).map((voters) => {
    const yes = voters.filter((voter) => votes.get(voter) === true).length;
    const no = voters.filter((voter) => votes.get(voter) === false).length;
    const majority = majorityOf(voters);
    return voters.length === 0 || yes >= majority ? "won" : voters.length - no < majority ? "lost" : "pending";
  });
  if (halves.includes("lost")) return "lost";
  return halves.includes("pending") ? "pending" : "won";
}

/**
 * The highest number that a majority has reached, in a joint membership a majority of each half. Of no voters at all:
 * Infinity.
 */
export function reachedBy(membership: Membership, reached: (node: NodeId) => number): number {
  const halves = halvesOf(membership).map((voters) => {
    const descending = voters.map(reached).sort((a, b) => b - a);
    return descending[majorityOf(voters) - 1] ?? Number.POSITIVE_INFINITY;
  });
  return Math.min(...halves);
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
  #snapshot: Snapshot | null;
  #entries: Entry[] = [];
  /** Ascending; the first is in force at the snapshot. */
  #memberships: { readonly membership: Membership; readonly since: number }[];
  #changedFrom = Number.POSITIVE_INFINITY;

  /**
   * What was stored. `membership` is in force until the log says otherwise.
   * @stage 2
   */
  constructor({ snapshot, entries }: Stored, membership: Membership) {
    this.#snapshot = snapshot;
    this.#memberships = [{ membership: snapshot?.membership ?? membership, since: this.snapshotIndex }];
    this.#push(entries);
  }

  /** @stage 2 */
  get snapshot(): Snapshot | null {
    return this.#snapshot;
  }

  /**
   * 0 without a snapshot.
   * @stage 2
   */
  get snapshotIndex(): number {
    return this.#snapshot?.index ?? 0;
  }

  /**
   * Of the last entry, or of the snapshot when there is none; 0 in an empty log.
   * @stage 2
   */
  get lastIndex(): number {
    return this.snapshotIndex + this.#entries.length;
  }

  /** @stage 2 */
  get lastTerm(): number {
    return this.termAt(this.lastIndex)!;
  }

  /**
   * The membership that was last put into the log, and the index where. When no entry did: the
   * snapshot's and its index, or the first one and 0.
   * @stage 4
   */
  get newestMembership(): { readonly membership: Membership; readonly since: number } {
    return this.#memberships.at(-1)!;
  }

  /**
   * 0 at index 0 of a log without a snapshot. Undefined where there is no entry yet, or no more. O(1).
   * @stage 2
   */
  termAt(index: number): number | undefined {
    if (index === this.snapshotIndex) return this.#snapshot?.term ?? 0;
    return this.#entries[index - this.snapshotIndex - 1]?.term;
  }

  /**
   * Whether an entry of this term lies, or lay, at the index. It does at index 0 of term 0, and at every index that a
   * snapshot replaced.
   * @stage 2
   */
  agreesAt(index: number, term: number): boolean {
    return index < this.snapshotIndex || this.termAt(index) === term;
  }

  /**
   * The last index up to `index` whose term is not after `term`. A log that has an entry of `term` at a later index
   * cannot agree with this one between the two, so a leader that was refused need not try there. Not before the
   * snapshot.
   * @stage 2
   */
  lastNotAfter(index: number, term: number): number {
    let at = Math.min(index, this.lastIndex);
    while (at > this.snapshotIndex && this.termAt(at)! > term) at--;
    return at;
  }

  /**
   * A copy of the entries from index `from` on and before `to`, as far as they are there. O(entries copied).
   * @stage 2
   */
  slice(from: number, to: number): Entry[] {
    const first = this.snapshotIndex + 1;
    return this.#entries.slice(Math.max(0, from - first), Math.max(0, to - first));
  }

  /**
   * Puts the entries where their indexes say; every entry from the first of them on goes. O(entries put and gone).
   * @throws RangeError when it would leave a gap, or change what the snapshot replaced.
   * @stage 2
   */
  replaceFrom(entries: readonly Entry[]): void {
    const from = entries[0]?.index;
    if (from === undefined) return;
    if (from <= this.snapshotIndex || from > this.lastIndex + 1)
      throw new RangeError(`first index is ${from}, expected ${this.snapshotIndex + 1} to ${this.lastIndex + 1}`);
    this.#entries.length = from - this.snapshotIndex - 1;
    while (this.newestMembership.since >= from) this.#memberships.pop();
    this.#push(entries);
    this.#changedFrom = Math.min(this.#changedFrom, from);
  }

  /**
   * What changed since it was last called, as in `Ready`; null when nothing did. The entries that were given to the
   * constructor are stored.
   * @stage 2
   */
  takeChange(): Ready["log"] {
    if (this.#changedFrom === Number.POSITIVE_INFINITY) return null;
    const from = Math.max(this.#changedFrom, this.snapshotIndex + 1);
    this.#changedFrom = Number.POSITIVE_INFINITY;
    return { from, entries: this.slice(from, this.lastIndex + 1) };
  }

  /**
   * Makes a snapshot of the state after `index` and drops the entries up to it; those after it stay. Returns the
   * snapshot, with the membership that was in force at `index`, which need not be the newest.
   * @throws RangeError unless `index` is that of an entry.
   * @stage 3
   */
  compact(index: number, state: unknown): Snapshot {
    const term = this.termAt(index);
    if (term === undefined || index === this.snapshotIndex)
      throw new RangeError(`index is ${index}, expected ${this.snapshotIndex + 1} to ${this.lastIndex}`);
    const at = this.#memberships.findLastIndex(({ since }) => since <= index);
    const { membership } = this.#memberships[at]!;
    this.#entries = this.slice(index + 1, this.lastIndex + 1);
    this.#snapshot = { index, term, membership, state };
    this.#memberships.splice(0, at + 1, { membership, since: index });
    return this.#snapshot;
  }

  /**
   * Gives everything up for a leader's snapshot: no entry stays, in storage neither.
   * @stage 3
   */
  restore(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.#entries = [];
    this.#memberships = [{ membership: snapshot.membership, since: snapshot.index }];
    this.#changedFrom = snapshot.index + 1;
  }

  #push(entries: readonly Entry[]): void {
    for (const entry of entries) {
      const { index, payload } = entry;
      this.#entries.push(entry);
      if (payload.kind === "membership") this.#memberships.push({ membership: payload.membership, since: index });
    }
  }
}

function halvesOf({ voters, next }: Membership): (readonly NodeId[])[] {
  return next === null ? [voters] : [voters, next];
}

function majorityOf(voters: readonly NodeId[]): number {
  return Math.floor(voters.length / 2) + 1;
}
