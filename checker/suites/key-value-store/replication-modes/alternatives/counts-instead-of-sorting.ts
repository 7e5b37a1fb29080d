/**
 * Alternative: counts for each length how many nodes have it; sends entries to followers that lack the log of the term,
 * and lets them ask for it
 */

import { requireInteger } from "../../given/common/integers.ts";
import type { AnyMessage, NodeId, Replica, ReplicaContext } from "../../given/key-value-store/replica.ts";

/**
 * When a leader acknowledges an entry, which is on its own stable storage by then.
 *
 * - `synchronous`: every node has it.
 * - `quorum`: a majority has it, the leader included.
 * - `asynchronous`: at once, as long as no more than `lagMax` entries are acknowledged that no majority has. (Many real
 *   systems have no such window; then nothing bounds what a failover loses.)
 */
export type Mode = "synchronous" | "quorum" | "asynchronous";

export interface LogOptions {
  readonly mode: Mode;
  /** For `asynchronous`: 0 or more. */
  readonly lagMax: number;
}

/**
 * - `append` adds a value to the end of the log.
 * - `read` returns what the log shows.
 * - `promote` comes from an operator who has decided that this node shall lead in `term`, and uses every term once.
 */
export type LogRequest =
  | { readonly op: "append"; readonly value: string }
  | { readonly op: "read" }
  | { readonly op: "promote"; readonly term: number };

/**
 * `not-leader`: this node does not lead; nothing was appended. `stale`: this node knows of that term already, or of a
 * later one. `index`: the entry's place in the log, from 0.
 */
export type LogResponse =
  | { readonly op: "append"; readonly status: "ok"; readonly index: number }
  | { readonly op: "read"; readonly status: "ok"; readonly values: readonly string[] }
  | { readonly op: "promote"; readonly status: "ok" }
  | { readonly op: "append" | "read"; readonly status: "not-leader" }
  | { readonly op: "promote"; readonly status: "stale" };

/** What nodes say to each other in the reference. */
type Message =
  | { type: "ask"; term: number }
  | { type: "promise"; term: number; inTerm: number; log: readonly string[] }
  | { type: "log"; term: number; log: readonly string[] }
  | { type: "entries"; term: number; at: number; values: readonly string[] }
  | { type: "have"; term: number; length: number }
  | { type: "behind"; term: number };

/** Ask and send again after so long without an answer. @given */
const RESEND_MS = 40;

/** A candidate collects promises, a leader takes appends, a follower neither. */
interface Candidate {
  readonly role: "candidate";
  readonly promises: Map<NodeId, { readonly inTerm: number; readonly log: readonly string[] }>;
  readonly reply: (response: LogResponse) => void;
}

interface Leader {
  readonly role: "leader";
  /**
   * Entries that each follower is known to have, in this term. -1: it has not said that it has the log of this term.
   */
  readonly lengths: Map<NodeId, number>;
  /** By index; those that wait for an acknowledgement. */
  readonly waiting: Map<number, (response: LogResponse) => void>;
  acknowledged: number;
}

/**
 * How many entries a leader may acknowledge.
 *
 * @param lengths entries that each node has, the leader's own first; O(n log n)
 */
export function acknowledgeable(options: LogOptions, lengths: readonly number[]): number {
  const [own = 0] = lengths;
  const heldBy = (count: number) => lengths.filter((length) => length >= count).length;
  let majorityHas = 0;
  for (const length of lengths) if (2 * heldBy(length) > lengths.length) majorityHas = Math.max(majorityHas, length);
  if (options.mode === "synchronous") return Math.min(...lengths);
  return options.mode === "quorum" ? majorityHas : Math.min(own, majorityHas + options.lagMax);
}

export class LogNode implements Replica<LogRequest, LogResponse> {
  readonly #context: ReplicaContext;
  readonly #options: LogOptions;
  readonly #majority: number;
  #log: string[] = [];
  /** The latest term that this node has promised to, and the one whose leader's log it has. */
  #term = 0;
  #inTerm = 0;
  #state: Candidate | Leader | { readonly role: "follower" } = { role: "follower" };

  /** @throws RangeError for a negative or fractional `lagMax`. */
  constructor(context: ReplicaContext, options: LogOptions) {
    requireInteger("lagMax", options.lagMax, 0, Number.MAX_SAFE_INTEGER);
    this.#context = context;
    this.#options = options;
    this.#majority = Math.floor((context.peers.length + 1) / 2) + 1;
  }

  /** See `Replica`. */
  onStart(): void {
    const { stable } = this.#context;
    this.#term = stable.get("term") ?? 0;
    const base: { inTerm: number; log: string[] } = stable.get("base") ?? { inTerm: 0, log: [] };
    this.#inTerm = base.inTerm;
    this.#log = base.log;
    for (let next = this.#stored(); next !== undefined; next = this.#stored()) this.#log.push(next);
  }

  /** A client's append or read, or an operator's promotion. */
  onRequest(request: LogRequest, reply: (response: LogResponse) => void): void {
    if (request.op === "promote") this.#promote(request.term, reply);
    else if (this.#state.role !== "leader") reply({ op: request.op, status: "not-leader" });
    else if (request.op === "read")
      reply({ op: "read", status: "ok", values: this.#log.slice(0, this.#state.acknowledged) });
    else this.#append(this.#state, request.value, reply);
  }

  /** See `Replica`. */
  onMessage(from: NodeId, message: AnyMessage): void {
    const got: Message = message;
    if (got.term < this.#term) return;
    if (got.term > this.#term) this.#follow(got.term);
    if (got.type === "ask") this.#send(from, { type: "promise", term: got.term, inTerm: this.#inTerm, log: this.#log });
    else if (got.type === "promise") this.#promised(from, got.inTerm, got.log);
    else if (got.type === "log") this.#take(from, got.term, got.log);
    else if (got.type === "entries") this.#extend(from, got.term, got.at, got.values);
    else if (this.#state.role === "leader") {
      if (got.type === "behind") this.#sendTo(from, -1);
      else this.#has(this.#state, from, got.length);
    }
  }

  /**
   * See `Replica`.
   * @stage 3
   */
  onTimer(_name: string): void {
    const state = this.#state;
    const { peers } = this.#context;
    if (state.role === "candidate") {
      for (const peer of peers) if (!state.promises.has(peer)) this.#send(peer, { type: "ask", term: this.#term });
    } else if (state.role === "leader") {
      for (const peer of peers) this.#sendTo(peer, state.lengths.get(peer) ?? -1);
    }
    if (state.role === "candidate" || this.#isBehind()) this.#context.setTimer("resend", RESEND_MS);
  }

  // Changing leaders.

  /** @param term one that this node has not heard of */
  #follow(term: number): void {
    this.#context.stable.set("term", term);
    this.#term = term;
    this.#state = { role: "follower" };
  }

  #promote(term: number, reply: (response: LogResponse) => void): void {
    if (term <= this.#term) {
      reply({ op: "promote", status: "stale" });
      return;
    }
    this.#follow(term);
    this.#state = { role: "candidate", promises: new Map(), reply };
    this.#context.setTimer("resend", RESEND_MS);
    for (const peer of this.#context.peers) this.#send(peer, { type: "ask", term });
    this.#promised(this.#context.self, this.#inTerm, this.#log);
  }

  #promised(from: NodeId, inTerm: number, log: readonly string[]): void {
    const state = this.#state;
    if (state.role !== "candidate") return;
    state.promises.set(from, { inTerm, log });
    if (state.promises.size < this.#majority) return;
    const best = [...state.promises.values()].reduce((a, b) =>
      b.inTerm > a.inTerm || (b.inTerm === a.inTerm && b.log.length > a.log.length) ? b : a,
    );
    this.#replaceLog(best.log);
    const { peers } = this.#context;
    const lengths = new Map(peers.map((peer) => [peer, -1]));
    this.#state = { role: "leader", lengths, waiting: new Map(), acknowledged: 0 };
    for (const peer of peers) this.#sendTo(peer, -1);
    this.#acknowledge(this.#state);
    state.reply({ op: "promote", status: "ok" });
  }

  // Leading.

  #append(leader: Leader, value: string, reply: (response: LogResponse) => void): void {
    const at = this.#log.length;
    this.#store(at, value);
    leader.waiting.set(at, reply);
    if (!this.#isBehind(at)) this.#context.setTimer("resend", RESEND_MS);
    for (const peer of this.#context.peers)
      this.#send(peer, { type: "entries", term: this.#term, at, values: [value] });
    this.#acknowledge(leader);
  }

  /** What a follower lacks: everything when it does not have the log of this term. */
  #sendTo(peer: NodeId, length: number): void {
    const term = this.#term;
    if (length === -1) this.#send(peer, { type: "log", term, log: this.#log });
    else if (length < this.#log.length)
      this.#send(peer, { type: "entries", term, at: length, values: this.#log.slice(length) });
  }

  #has(leader: Leader, from: NodeId, length: number): void {
    if (length <= leader.lengths.get(from)!) return;
    leader.lengths.set(from, length);
    this.#acknowledge(leader);
  }

  #acknowledge(leader: Leader): void {
    const lengths = [...leader.lengths.values()].map((length) => Math.max(0, length));
    const count = acknowledgeable(this.#options, [this.#log.length, ...lengths]);
    while (leader.acknowledged < count) {
      const index = leader.acknowledged++;
      leader.waiting.get(index)?.({ op: "append", status: "ok", index });
      leader.waiting.delete(index);
    }
  }

  #isBehind(length = this.#log.length): boolean {
    return this.#state.role === "leader" && [...this.#state.lengths.values()].some((has) => has < length);
  }

  // Following.

  #take(from: NodeId, term: number, log: readonly string[]): void {
    // An earlier copy of the same log may arrive after entries that came later.
    if (this.#inTerm < term) this.#replaceLog(log);
    this.#send(from, { type: "have", term, length: this.#log.length });
  }

  #extend(from: NodeId, term: number, at: number, values: readonly string[]): void {
    if (this.#inTerm < term || at > this.#log.length) {
      this.#send(
        from,
        this.#inTerm < term ? { type: "behind", term } : { type: "have", term, length: this.#log.length },
      );
      return;
    }
    for (const value of values.slice(this.#log.length - at)) this.#store(this.#log.length, value);
    this.#send(from, { type: "have", term, length: this.#log.length });
  }

  // Stable storage: a whole log for the beginning of a term, and one entry after the other from there on.

  #replaceLog(log: readonly string[]): void {
    const { stable } = this.#context;
    stable.set("base", { inTerm: this.#term, log });
    for (const old of stable.keys(`entry/${this.#inTerm}/`)) stable.delete(old);
    this.#inTerm = this.#term;
    this.#log = [...log];
  }

  #store(at: number, value: string): void {
    this.#context.stable.set(`entry/${this.#inTerm}/${at}`, value);
    this.#log.push(value);
  }

  #stored(): string | undefined {
    return this.#context.stable.get(`entry/${this.#inTerm}/${this.#log.length}`);
  }

  #send(to: NodeId, message: Message): void {
    this.#context.send(to, message);
  }
}
