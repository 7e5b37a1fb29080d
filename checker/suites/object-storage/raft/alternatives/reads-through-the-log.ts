/**
 * Alternative: a read is an entry of its own and is answered when that is committed; entries are sent again with every
 * round until they are acknowledged; who does not agree is asked one entry before. More bytes, a write for each read,
 * and right.
 */

import type {
  HardState,
  Message,
  NodeId,
  Payload,
  RaftOptions,
  Ready,
  Role,
  Snapshot,
  Status,
} from "../../given/object-storage/replicated-log.ts";
import { RaftLog, reachedBy, voteOutcome } from "./raft-log.ts";

/** Most entries in one message: a node that is far behind catches up in steps. @given */
const ENTRIES_MAX = 256;

/** What a leader knows of another node. */
interface Progress {
  /** Of the first entry that it has not acknowledged. */
  next: number;
  match: number;
  /** It answered since the leader last counted who does. */
  heard: boolean;
}

/**
 * One node of a replicated log. It owns no clock, no network and no disk: `tick` tells it that time passed, `step` that
 * a message came, and `ready` takes out what is to be done about it. Call `ready` after each of them until it returns
 * undefined.
 *
 * - Election safety: at most one leader a term.
 * - Log matching: when two logs hold an entry of the same index and term, they are equal up to it.
 * - Leader completeness: what is committed in a term is in the logs of all leaders of later terms.
 * - State machine safety: no two nodes apply different entries at one index.
 *
 * A leader begins its term with a no-op. It commits what a majority stores, and older terms' entries only together with
 * one of its own. A leader that does not hear from a majority for `electionTicks` steps down.
 *
 * Source: Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm (Extended Version)", 2014; reads
 * and stepping down: Ongaro's dissertation, 2014, sections 6.2 and 6.4.
 */
export class Raft {
  readonly #options: RaftOptions;
  readonly #self: NodeId;
  readonly #log: RaftLog;
  #role: Role = "follower";
  #term: number;
  #votedFor: NodeId | null;
  #leader: NodeId | null = null;
  #commitIndex: number;
  /** Up to here entries were handed out as committed. */
  #appliedIndex: number;
  /** Ticks since a leader was heard or a vote given; of a leader, since it counted who answers. */
  #elapsed = 0;
  #timeout = 0;
  #votes = new Map<NodeId, boolean>();
  #progress = new Map<NodeId, Progress>();
  #round = 0;
  /** Reads that wait until the entry that stands for them is committed. */
  #reads: { readonly name: string; readonly index: number }[] = [];
  /** There is something to tell the others. */
  #announce = false;
  #outbox: Message[] = [];
  #hardStateStored: HardState;
  #snapshotToStore: Snapshot | null = null;

  /** A node as it comes up: a follower that knows no leader, with what is `stored`. */
  constructor(options: RaftOptions) {
    const { hardState, snapshot } = options.stored;
    this.#options = options;
    this.#self = options.self;
    this.#hardStateStored = hardState;
    this.#term = hardState.term;
    this.#votedFor = hardState.votedFor;
    this.#log = new RaftLog(options.stored, { voters: options.voters, next: null });
    this.#commitIndex = this.#appliedIndex = snapshot?.index ?? 0;
    this.#drawTimeout();
  }

  /** Time passes: a leader sends heartbeats; who misses them campaigns, if it is a voter. */
  tick(): void {
    this.#elapsed++;
    if (this.#role === "leader") this.#tickLeader();
    else if (this.#elapsed >= this.#timeout) this.#campaign();
  }

  /**
   * A message has come. Section 5.1: a higher term makes a follower of everybody; a lower one is answered, and counts
   * for nothing. Section 6: who has heard of a leader within `electionTicks` ignores `request-vote`, and so does a
   * leader.
   */
  step(message: Message): void {
    const { type, term, from } = message;
    if (term < this.#term) {
      if (type === "request-vote") this.#send(from, { type: "vote", granted: false });
      else if (type === "append") this.#refuse(message, message.prevIndex);
      else if (type === "install-snapshot") this.#refuse(message, message.snapshot.index);
      return;
    }
    if (type === "request-vote" && this.#leader !== null && this.#elapsed < this.#options.electionTicks) return;
    if (term > this.#term) this.#becomeFollower(term, null);
    switch (message.type) {
      case "request-vote":
        this.#onRequestVote(message);
        break;
      case "vote":
        if (this.#role === "candidate") this.#count(from, message.granted);
        break;
      case "append":
        this.#hear(from);
        this.#onAppend(message);
        break;
      case "install-snapshot":
        this.#hear(from);
        this.#onSnapshot(message);
        break;
      case "appended":
        if (this.#role === "leader") this.#onAppended(message);
        break;
    }
  }

  /** Takes out what is to be done; undefined when nothing is. */
  ready(): Ready | undefined {
    if (this.#announce) this.#broadcast();
    const log = this.#log.takeChange();
    const hardState = this.#takeHardState();
    const snapshot = this.#snapshotToStore;
    const messages = this.#outbox;
    const committed = this.#log.slice(this.#appliedIndex + 1, this.#commitIndex + 1);
    const reads = this.#takeReads();
    if ((hardState ?? snapshot ?? log) === null && messages.length + committed.length + reads.length === 0) return;
    this.#snapshotToStore = null;
    this.#outbox = [];
    this.#appliedIndex = this.#commitIndex;
    return { hardState, snapshot, log, messages, committed, reads };
  }

  /**
   * Appends a command at the leader and returns where; null at others. It has happened when it is among the committed
   * at this index with this term; when another term is committed there, it has not and will not.
   * @stage 2
   */
  propose(command: unknown): { readonly index: number; readonly term: number } | null {
    if (this.#role !== "leader") return null;
    return this.#append({ kind: "command", command });
  }

  /**
   * Forgets the entries up to `index`, for which `state` of the state machine now stands. Does nothing when they were
   * forgotten before.
   * @throws RangeError when `index` was not handed out as committed.
   * @stage 4
   */
  compact(index: number, state: unknown): void {
    if (index > this.#appliedIndex)
      throw new RangeError(`index is ${index}, expected at most ${this.#appliedIndex}: later ones were not committed`);
    if (index > this.#log.snapshotIndex) this.#snapshotToStore = this.#log.compact(index, state);
  }

  /**
   * Section 6: makes `voters` the membership, by way of a joint one; every node goes by the newest that is in its log.
   * As soon as the joint one is committed the leader appends the new one by itself, whoever began the change; once that
   * is committed, a leader that is not in it steps down. Returns where the joint one is; null at others than the
   * leader, and while another change is not committed.
   * @stage 5
   */
  changeMembership(voters: readonly NodeId[]): { readonly index: number; readonly term: number } | null {
    if (voters.length === 0) throw new RangeError("no voters: nothing could be committed any more");
    voters.forEach((voter, place) => {
      if (voters.indexOf(voter) < place) throw new RangeError(`${voter} is there twice`);
    });
    const { membership, since } = this.#log.newestMembership;
    if (this.#role !== "leader" || membership.next !== null || since > this.#commitIndex) return null;
    return this.#append({ kind: "membership", membership: { voters: membership.voters, next: [...voters] } });
  }

  /**
   * Asks to read the state machine, at the leader; false at others. The name is in `reads` of a later `ready`, when the
   * leader has committed an entry of its own term and a majority has answered something sent after this call: nobody
   * else can have committed more before it. When leadership is lost first, it never is.
   * @stage 6
   */
  readIndex(name: string): boolean {
    if (this.#role !== "leader") return false;
    this.#reads.push({ name, index: this.#append({ kind: "no-op" }).index });
    return true;
  }

  status(): Status {
    const match = this.#role === "leader" ? [...this.#progress].map(([node, { match }]) => [node, match]) : [];
    return {
      self: this.#self,
      role: this.#role,
      term: this.#term,
      votedFor: this.#votedFor,
      leader: this.#leader,
      commitIndex: this.#commitIndex,
      membership: this.#log.newestMembership.membership,
      snapshot: this.#log.snapshot,
      log: this.#log.slice(0, this.#log.lastIndex + 1),
      matchIndex: Object.fromEntries(match),
    };
  }

  // Elections.

  #campaign(): void {
    this.#elapsed = 0;
    this.#drawTimeout();
    const isSettled = this.#log.newestMembership.since <= this.#commitIndex;
    if (isSettled && !this.#voters().includes(this.#self)) return;
    this.#role = "candidate";
    this.#leader = null;
    this.#term++;
    this.#votedFor = this.#self;
    this.#votes = new Map();
    const { lastIndex, lastTerm } = this.#log;
    for (const peer of this.#peers()) this.#send(peer, { type: "request-vote", lastIndex, lastTerm });
    this.#count(this.#self, true);
  }

  #onRequestVote({ from, lastIndex, lastTerm }: Message & { type: "request-vote" }): void {
    const log = this.#log;
    const isUpToDate = lastTerm > log.lastTerm || (lastTerm === log.lastTerm && lastIndex >= log.lastIndex);
    const granted = isUpToDate && (this.#votedFor === null || this.#votedFor === from);
    if (granted) {
      this.#votedFor = from;
      this.#elapsed = 0;
    }
    this.#send(from, { type: "vote", granted });
  }

  #count(from: NodeId, granted: boolean): void {
    this.#votes.set(from, granted);
    if (voteOutcome(this.#log.newestMembership.membership, this.#votes) === "won") this.#becomeLeader();
  }

  #becomeLeader(): void {
    this.#role = "leader";
    this.#leader = this.#self;
    this.#elapsed = 0;
    this.#round = 0;
    this.#progress = new Map();
    for (const peer of this.#peers()) this.#progressOf(peer);
    this.#append({ kind: "no-op" });
  }

  #becomeFollower(term: number, leader: NodeId | null): void {
    if (term > this.#term) this.#votedFor = null;
    this.#term = term;
    this.#role = "follower";
    this.#leader = leader;
    this.#reads = [];
    this.#announce = false;
  }

  #hear(leader: NodeId): void {
    this.#becomeFollower(this.#term, leader);
    this.#elapsed = 0;
  }

  /** Nodes that time out together split the vote, again and again, unless they draw anew each time. */
  #drawTimeout(): void {
    const { electionTicks, random } = this.#options;
    this.#timeout = electionTicks + Math.floor(random() * electionTicks);
  }

  // Replication.

  #tickLeader(): void {
    const { electionTicks, heartbeatTicks } = this.#options;
    if (this.#elapsed % heartbeatTicks === 0) this.#announce = true;
    if (this.#elapsed < electionTicks) return;
    this.#elapsed = 0;
    const heard = new Map([[this.#self, true]]);
    for (const [node, progress] of this.#progress) {
      heard.set(node, progress.heard);
      progress.heard = false;
    }
    if (voteOutcome(this.#log.newestMembership.membership, heard) !== "won") this.#becomeFollower(this.#term, null);
  }

  #append(payload: Payload): { index: number; term: number } {
    const position = { index: this.#log.lastIndex + 1, term: this.#term };
    this.#log.replaceFrom([{ ...position, payload }]);
    this.#announce = true;
    this.#advanceCommit();
    return position;
  }

  /** Starts a round: everybody gets what it lacks, or a heartbeat. */
  #broadcast(): void {
    this.#announce = false;
    this.#round++;
    for (const peer of this.#peers()) this.#sendAppend(peer);
  }

  #sendAppend(to: NodeId): void {
    const progress = this.#progressOf(to);
    const { snapshot, snapshotIndex } = this.#log;
    const round = this.#round;
    if (snapshot !== null && progress.next <= snapshotIndex) {
      this.#send(to, { type: "install-snapshot", snapshot, round });
      return;
    }
    const prevIndex = progress.next - 1;
    const prevTerm = this.#log.termAt(prevIndex)!;
    const entries = this.#log.slice(progress.next, progress.next + ENTRIES_MAX);
    this.#send(to, { type: "append", prevIndex, prevTerm, entries, commitIndex: this.#commitIndex, round });
  }

  #onAppend(message: Message & { type: "append" }): void {
    const { prevIndex, prevTerm, entries, commitIndex } = message;
    const log = this.#log;
    if (!log.agreesAt(prevIndex, prevTerm)) {
      this.#refuse(message, prevIndex);
      return;
    }
    // Only an entry that contradicts ends the log: a message that was overtaken must not take back what a later one
    // brought.
    const first = entries.findIndex(({ index, term }) => !log.agreesAt(index, term));
    if (first >= 0) log.replaceFrom(entries.slice(first));
    const agreed = prevIndex + entries.length;
    this.#commitIndex = Math.max(this.#commitIndex, Math.min(commitIndex, agreed));
    this.#agree(message, agreed);
  }

  #onSnapshot(message: Message & { type: "install-snapshot" }): void {
    const { snapshot } = message;
    if (snapshot.index > this.#commitIndex) {
      this.#commitIndex = snapshot.index;
      if (!this.#log.agreesAt(snapshot.index, snapshot.term)) {
        this.#log.restore(snapshot);
        this.#snapshotToStore = snapshot;
        this.#appliedIndex = snapshot.index;
      }
    }
    this.#agree(message, snapshot.index);
  }

  /**
   * Whatever is sent begins behind what was acknowledged, so only an answer about that place counts: any other is old.
   */
  #onAppended(message: Message & { type: "appended" }): void {
    const { from } = message;
    const progress = this.#progressOf(from);
    progress.heard = true;
    const before = progress.next;
    if (message.success) {
      progress.match = Math.max(progress.match, message.index);
      progress.next = Math.max(progress.next, message.index + 1);
    } else if (message.prevIndex === before - 1 && message.prevIndex > progress.match) {
      let next = message.firstIndex;
      // The leader has entries of that term too: they agree up to the end of the shorter run.
      for (let at = message.prevIndex; message.conflictTerm > 0 && at >= message.firstIndex; at--) {
        if (this.#log.termAt(at) !== message.conflictTerm) continue;
        next = at + 1;
        break;
      }
      progress.next = Math.max(progress.match + 1, Math.min(next, message.prevIndex));
    }
    if (before !== progress.next && (progress.next <= this.#log.lastIndex || !message.success)) this.#sendAppend(from);
    this.#advanceCommit();
  }

  #advanceCommit(): void {
    const { membership, since } = this.#log.newestMembership;
    const { lastIndex } = this.#log;
    const index = reachedBy(membership, (node) => (node === this.#self ? lastIndex : this.#progressOf(node).match));
    // Section 5.4.2: an entry of an earlier term may be at a majority and still be overwritten (Figure 8).
    if (index <= this.#commitIndex || this.#log.termAt(index) !== this.#term) return;
    this.#commitIndex = index;
    if (since > index) return;
    if (membership.next !== null)
      this.#append({ kind: "membership", membership: { voters: membership.next, next: null } });
    else if (!membership.voters.includes(this.#self)) {
      this.#broadcast();
      this.#becomeFollower(this.#term, null);
    }
  }

  // What `ready` takes out.

  #takeHardState(): HardState | null {
    const { term, votedFor } = this.#hardStateStored;
    if (term === this.#term && votedFor === this.#votedFor) return null;
    this.#hardStateStored = { term: this.#term, votedFor: this.#votedFor };
    return this.#hardStateStored;
  }

  #takeReads(): string[] {
    const taken = this.#reads.filter(({ index }) => index <= this.#commitIndex);
    this.#reads = this.#reads.filter(({ index }) => index > this.#commitIndex);
    return taken.map(({ name }) => name);
  }

  #agree({ from, round }: Message & { readonly round: number }, index: number): void {
    this.#send(from, { type: "appended", success: true, index, round });
  }

  #refuse({ from, round }: Message & { readonly round: number }, prevIndex: number): void {
    const conflictTerm = this.#log.termAt(prevIndex) ?? 0;
    let firstIndex = conflictTerm === 0 ? this.#log.lastIndex + 1 : prevIndex;
    while (
      conflictTerm > 0 &&
      firstIndex - 1 > this.#log.snapshotIndex &&
      this.#log.termAt(firstIndex - 1) === conflictTerm
    )
      firstIndex--;
    this.#send(from, { type: "appended", success: false, prevIndex, conflictTerm, firstIndex, round });
  }

  #send(to: NodeId, body: Body<Message>): void {
    this.#outbox.push({ from: this.#self, to, term: this.#term, ...body });
  }

  #voters(): NodeId[] {
    const { voters, next } = this.#log.newestMembership.membership;
    return [...new Set([...voters, ...(next ?? [])])];
  }

  #peers(): NodeId[] {
    return this.#voters().filter((voter) => voter !== this.#self);
  }

  #progressOf(node: NodeId): Progress {
    let progress = this.#progress.get(node);
    if (progress === undefined) {
      progress = { next: this.#log.lastIndex + 1, match: 0, heard: true };
      this.#progress.set(node, progress);
    }
    return progress;
  }
}

type Body<M> = M extends Message ? Omit<M, "from" | "to" | "term"> : never;
