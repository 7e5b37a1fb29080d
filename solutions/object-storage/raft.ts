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
  /** Of the next entry to send: what was sent before is taken to arrive until an answer says otherwise. */
  next: number;
  match: number;
  /**
   * Where the logs agree is being looked for, from `next - 1` back: one message at a time. Otherwise a node far behind
   * would refuse all that is under way, and each refusal would be answered with more of it.
   */
  isProbing: boolean;
  /** A probe is under way, or lost: the next heartbeat sends another. */
  isAwaited: boolean;
  /** The last round it answered. */
  round: number;
  /** It answered since the leader last counted who does. */
  heard: boolean;
}

/**
 * One node of a replicated log; nodes may have any names. It owns no clock, no network and no disk: `tick` tells it
 * that time passed, `step` that a message came, and `ready` takes out what is to be done about it. Call `ready` after
 * each of them until it returns undefined.
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
  /** Reads that wait until a majority has answered a round from this one on. */
  #reads: { readonly name: string; readonly round: number }[] = [];
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

  /**
   * Time passes: a leader sends heartbeats; a node that misses them campaigns. One that is in no membership does not,
   * but for this: where the newest membership in its log leaves it out and is not committed, it campaigns until that
   * is, and does not count its own vote. It may be the only one that has the entry (Ongaro's dissertation, 2014,
   * section 4.2.2).
   */
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
   * As soon as the joint one is committed the leader appends the new one by itself, no matter which leader began the
   * change; once that is committed, a leader that is not in it steps down. Returns where the joint one is; null at
   * others than the leader, and while another change is not committed.
   * @throws RangeError when `voters` is empty, which nothing could ever commit or undo, or names a node twice. At every
   * node.
   * @stage 5
   */
  changeMembership(voters: readonly NodeId[]): { readonly index: number; readonly term: number } | null {
    if (voters.length === 0 || new Set(voters).size < voters.length)
      throw new RangeError(`voters are [${voters.join(", ")}], expected at least one, and each once`);
    const { membership, since } = this.#log.newestMembership;
    if (this.#role !== "leader" || membership.next !== null || since > this.#commitIndex) return null;
    return this.#append({ kind: "membership", membership: { voters: membership.voters, next: [...voters] } });
  }

  /**
   * Asks to read the state machine, at the leader; false at others. The name is in `reads` of a later `ready`, when the
   * leader has committed an entry of its own term and a majority has answered something sent after this call: no other
   * leader can have committed more before it. When leadership is lost first, it never is.
   * @stage 6
   */
  readIndex(name: string): boolean {
    if (this.#role !== "leader") return false;
    this.#reads.push({ name, round: this.#round + 1 });
    this.#announce = true;
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
    if (!this.#voters().includes(this.#self) && !this.#isLeaving()) return;
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

  /** Nodes that time out together split the vote, again and again, unless they draw again each time. */
  #drawTimeout(): void {
    const { electionTicks, random } = this.#options;
    this.#timeout = electionTicks + Math.floor(random() * electionTicks);
  }

  // Replication.

  #tickLeader(): void {
    const { electionTicks, heartbeatTicks } = this.#options;
    if (this.#elapsed % heartbeatTicks === 0) {
      this.#announce = true;
      for (const progress of this.#progress.values()) progress.isAwaited = false;
    }
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

  /** Starts a round: everybody gets what it lacks, or a heartbeat; but no second probe while one is awaited. */
  #broadcast(): void {
    this.#announce = false;
    this.#round++;
    for (const peer of this.#peers()) if (!this.#progressOf(peer).isAwaited) this.#sendAppend(peer);
  }

  #sendAppend(to: NodeId): void {
    const progress = this.#progressOf(to);
    const { snapshot, snapshotIndex } = this.#log;
    const round = this.#round;
    if (snapshot !== null && progress.next <= snapshotIndex) {
      this.#send(to, { type: "install-snapshot", snapshot, round });
      // Whether it arrives, a probe behind it will tell.
      this.#probe(progress, snapshotIndex + 1);
      progress.isAwaited = true;
      return;
    }
    const prevIndex = progress.next - 1;
    const prevTerm = this.#log.termAt(prevIndex)!;
    const entries = this.#log.slice(progress.next, progress.next + ENTRIES_MAX);
    this.#send(to, { type: "append", prevIndex, prevTerm, entries, commitIndex: this.#commitIndex, round });
    if (progress.isProbing) progress.isAwaited = true;
    else progress.next += entries.length;
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
    this.#acknowledge(message, agreed);
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
    this.#acknowledge(message, snapshot.index);
  }

  #onAppended(message: Message & { type: "appended" }): void {
    const progress = this.#progressOf(message.from);
    progress.heard = true;
    progress.round = Math.max(progress.round, message.round);
    if (message.success) this.#onAcknowledged(progress, message.index);
    else if (this.#isNews(progress, message.prevIndex)) this.#probe(progress, this.#nextToTry(progress, message));
    const isBehind = progress.next <= this.#log.lastIndex || progress.isProbing;
    if (isBehind && !progress.isAwaited) this.#sendAppend(message.from);
    this.#advanceCommit();
  }

  #onAcknowledged(progress: Progress, index: number): void {
    progress.match = Math.max(progress.match, index);
    progress.next = Math.max(progress.next, index + 1);
    // An old acknowledgment tells nothing of the probe that is under way.
    if (!progress.isProbing || index < progress.next - 1) return;
    progress.isProbing = progress.isAwaited = false;
  }

  /**
   * A refusal counts once: of the probe that is under way, or of the first message behind a gap. What comes late or
   * again does not.
   */
  #isNews({ isProbing, isAwaited, next, match }: Progress, prevIndex: number): boolean {
    return isProbing ? isAwaited && prevIndex === next - 1 : prevIndex > match && prevIndex < next;
  }

  /**
   * Goes back by a whole term of the follower's: behind the leader's own last entry of that term, or before the
   * follower's first. Section 5.3 of the paper, which leaves it out of its Figure 2.
   */
  #nextToTry({ match }: Progress, refusal: Message & { type: "appended"; success: false }): number {
    const { prevIndex, conflictTerm, firstIndex } = refusal;
    const own = this.#log.lastNotAfter(prevIndex, conflictTerm);
    const next = conflictTerm > 0 && this.#log.termAt(own) === conflictTerm ? own + 1 : firstIndex;
    return Math.max(match + 1, Math.min(next, prevIndex));
  }

  #probe(progress: Progress, next: number): void {
    progress.next = next;
    progress.isProbing = true;
    progress.isAwaited = false;
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
    if (this.#reads.length === 0 || this.#log.termAt(this.#commitIndex) !== this.#term) return [];
    const answered = reachedBy(this.#log.newestMembership.membership, (node) =>
      node === this.#self ? this.#round : this.#progressOf(node).round,
    );
    const taken = this.#reads.filter(({ round }) => round <= answered);
    this.#reads = this.#reads.filter(({ round }) => round > answered);
    return taken.map(({ name }) => name);
  }

  #acknowledge({ from, round }: Message & { readonly round: number }, index: number): void {
    this.#send(from, { type: "appended", success: true, index, round });
  }

  #refuse({ from, round }: Message & { readonly round: number }, prevIndex: number): void {
    const log = this.#log;
    const conflictTerm = log.termAt(prevIndex) ?? 0;
    const firstIndex = conflictTerm === 0 ? log.lastIndex + 1 : log.lastNotAfter(prevIndex, conflictTerm - 1) + 1;
    this.#send(from, { type: "appended", success: false, prevIndex, conflictTerm, firstIndex, round });
  }

  #send(to: NodeId, body: Body<Message>): void {
    this.#outbox.push({ from: this.#self, to, term: this.#term, ...body });
  }

  /** The newest membership is in this log, not committed, and without this node. */
  #isLeaving(): boolean {
    return this.#log.newestMembership.since > this.#commitIndex;
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
      const next = this.#log.lastIndex + 1;
      progress = { next, match: 0, isProbing: true, isAwaited: false, round: 0, heard: true };
      this.#progress.set(node, progress);
    }
    return progress;
  }
}

type Body<M> = M extends Message ? Omit<M, "from" | "to" | "term"> : never;
