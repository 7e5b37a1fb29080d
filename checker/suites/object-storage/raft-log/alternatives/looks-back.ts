/**
 * Alternative: keeps entries in a map by index, counts votes by trying what is missing, and finds the newest membership
 * by looking back from the end. Slower where memberships are rare, and right: nothing is remembered that could go
 * stale.
 */

import type { Entry, Membership, NodeId, Ready, Snapshot, Stored } from "../../given/object-storage/replicated-log.ts";

export function voteOutcome(membership: Membership, votes: ReadonlyMap<NodeId, boolean>): "won" | "lost" | "pending" {
  const wins = (missing: boolean) => agree(membership, (node) => votes.get(node) ?? missing);
  if (wins(false)) return "won";
  return wins(true) ? "pending" : "lost";
}

export function reachedBy(membership: Membership, reached: (node: NodeId) => number): number {
  const numbers = [membership.voters, membership.next ?? []].flat().map(reached);
  if (numbers.length === 0) return Number.POSITIVE_INFINITY;
  const agreed = numbers.filter((number) => agree(membership, (node) => reached(node) >= number));
  return Math.max(...agreed);
}

/** A half without voters agrees to everything. */
function agree({ voters, next }: Membership, agrees: (node: NodeId) => boolean): boolean {
  return [voters, next ?? []].every((half) => half.length === 0 || 2 * half.filter(agrees).length > half.length);
}

export class RaftLog {
  readonly #first: Membership;
  readonly #entries = new Map<number, Entry>();
  #snapshot: Snapshot | null;
  #last: number;
  #dirty: number | null = null;

  constructor(stored: Stored, membership: Membership) {
    this.#first = membership;
    this.#snapshot = stored.snapshot;
    this.#last = this.snapshotIndex;
    for (const entry of stored.entries) this.#put(entry);
  }

  get snapshot(): Snapshot | null {
    return this.#snapshot;
  }

  get snapshotIndex(): number {
    return this.#snapshot === null ? 0 : this.#snapshot.index;
  }

  get lastIndex(): number {
    return this.#last;
  }

  get lastTerm(): number {
    return this.termAt(this.#last) ?? 0;
  }

  get newestMembership(): { readonly membership: Membership; readonly since: number } {
    return this.#membershipAt(this.#last);
  }

  termAt(index: number): number | undefined {
    if (index > this.snapshotIndex) return this.#entries.get(index)?.term;
    if (index < this.snapshotIndex) return undefined;
    return this.#snapshot === null ? 0 : this.#snapshot.term;
  }

  agreesAt(index: number, term: number): boolean {
    if (index < this.snapshotIndex) return true;
    return this.termAt(index) === term;
  }

  lastNotAfter(index: number, term: number): number {
    for (let at = Math.min(index, this.#last); at > this.snapshotIndex; at--) {
      if (this.#entries.get(at)!.term <= term) return at;
    }
    return Math.min(index, this.snapshotIndex);
  }

  slice(from: number, to: number): Entry[] {
    const entries: Entry[] = [];
    for (let index = Math.max(from, this.snapshotIndex + 1); index < to && index <= this.#last; index++)
      entries.push(this.#entries.get(index)!);
    return entries;
  }

  replaceFrom(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    const from = entries[0]!.index;
    if (from <= this.snapshotIndex) throw new RangeError(`${from} is behind the snapshot at ${this.snapshotIndex}`);
    if (from > this.#last + 1) throw new RangeError(`${from} leaves a gap after ${this.#last}`);
    // Written over rather than deleted and set: V8 keeps a deleted entry in its bucket until the table is rebuilt, and
    // the same key would walk past all of them.
    const before = this.#last;
    for (const entry of entries) this.#put(entry);
    for (let gone = this.#last + 1; gone <= before; gone++) this.#entries.delete(gone);
    this.#dirty = this.#dirty === null || from < this.#dirty ? from : this.#dirty;
  }

  takeChange(): Ready["log"] {
    if (this.#dirty === null) return null;
    const from = this.#dirty > this.snapshotIndex ? this.#dirty : this.snapshotIndex + 1;
    this.#dirty = null;
    return { from, entries: this.slice(from, this.#last + 1) };
  }

  compact(index: number, state: unknown): Snapshot {
    const entry = this.#entries.get(index);
    if (entry === undefined) throw new RangeError(`there is no entry ${index}`);
    const { membership } = this.#membershipAt(index);
    for (let gone = this.snapshotIndex + 1; gone <= index; gone++) this.#entries.delete(gone);
    this.#snapshot = { index, term: entry.term, membership, state };
    return this.#snapshot;
  }

  restore(snapshot: Snapshot): void {
    this.#entries.clear();
    this.#snapshot = snapshot;
    this.#last = snapshot.index;
    this.#dirty = snapshot.index + 1;
  }

  #put(entry: Entry): void {
    this.#entries.set(entry.index, entry);
    this.#last = entry.index;
  }

  #membershipAt(index: number): { readonly membership: Membership; readonly since: number } {
    for (let since = index; since > this.snapshotIndex; since--) {
      const { payload } = this.#entries.get(since)!;
      if (payload.kind === "membership") return { membership: payload.membership, since };
    }
    return { membership: this.#snapshot?.membership ?? this.#first, since: this.snapshotIndex };
  }
}
