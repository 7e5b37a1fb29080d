/** Alternative: a node asks itself through the network like all others, and resends to all of them */

import type { AnyMessage, NodeId, Replica, ReplicaContext } from "../../given/key-value-store/replica.ts";

/**
 * - `write` replaces the register's value.
 * - A `regular` read returns the value of the last write that was complete when it began, or of one that ran at the
 *   same time. Of two regular reads, the later one may return the older value.
 * - A `linearizable` read, with all writes and all other linearizable reads, looks as if there were one copy and each
 *   operation took effect at one moment between its call and its return.
 */
export type RegisterRequest =
  | { readonly op: "write"; readonly value: string }
  | { readonly op: "read"; readonly consistency: "regular" | "linearizable" };

/** `value` is null while nothing was written. */
export type RegisterResponse = { readonly op: "write" } | { readonly op: "read"; readonly value: string | null };

/**
 * Writes are ordered by counter, and by name where counters are equal, so any two are ordered, in the same way at every
 * node.
 * @given
 */
interface Timestamp {
  readonly counter: number;
  readonly writer: NodeId;
}

/** @given */
interface Stamped {
  readonly stamp: Timestamp;
  readonly value: string | null;
}

/**
 * What nodes say to each other; change it as you like. `round` names what is asked, so that a late answer is not taken
 * for another one's.
 * @given
 */
type Message =
  | { readonly type: "query"; readonly round: string }
  | { readonly type: "value"; readonly round: string; readonly stamped: Stamped }
  | { readonly type: "store"; readonly round: string; readonly stamped: Stamped }
  | { readonly type: "stored"; readonly round: string };

/** @given */
const NEVER_WRITTEN: Stamped = { stamp: { counter: 0, writer: "" }, value: null };

/** How long to wait for the answers that are missing before asking again. @given */
const RESEND_MS = 40;

/** A question to all nodes that a majority has to answer. */
interface Round {
  readonly message: Message;
  readonly answers: Map<NodeId, Stamped>;
  readonly done: (answers: readonly Stamped[]) => void;
}

export class RegisterReplica implements Replica<RegisterRequest, RegisterResponse> {
  readonly #context: ReplicaContext;
  readonly #majority: number;
  readonly #rounds = new Map<string, Round>();
  #incarnation = 0;
  #roundsBegun = 0;

  constructor(context: ReplicaContext) {
    this.#context = context;
    this.#majority = Math.floor((context.peers.length + 1) / 2) + 1;
  }

  /** See `Replica`. */
  onStart(): void {
    const { stable } = this.#context;
    this.#incarnation = (stable.get("incarnation") ?? 0) + 1;
    stable.set("incarnation", this.#incarnation);
  }

  /** A client's read or write. Any node takes any of them, several at a time. */
  onRequest(request: RegisterRequest, reply: (response: RegisterResponse) => void): void {
    if (request.op === "write") this.#write(request.value, reply);
    else this.#read(request.consistency, reply);
  }

  /** See `Replica`. */
  onMessage(from: NodeId, message: AnyMessage): void {
    const received: Message = message;
    const { round } = received;
    switch (received.type) {
      case "query":
        this.#context.send(from, { type: "value", round, stamped: this.#stored() } satisfies Message);
        break;
      case "store":
        this.#adopt(received.stamped);
        this.#context.send(from, { type: "stored", round } satisfies Message);
        break;
      case "value":
        this.#answered(round, from, received.stamped);
        break;
      case "stored":
        this.#answered(round, from, NEVER_WRITTEN);
        break;
    }
  }

  /**
   * See `Replica`.
   * @stage 2
   */
  onTimer(_name: string): void {
    if (this.#rounds.size === 0) return;
    for (const { message, answers } of this.#rounds.values()) {
      for (const node of [this.#context.self, ...this.#context.peers])
        if (!answers.has(node)) this.#context.send(node, message);
    }
    this.#context.setTimer("resend", RESEND_MS);
  }

  #write(value: string, reply: (response: RegisterResponse) => void): void {
    this.#query((answers) => {
      const stamp = this.#nextStamp(newest(answers).stamp.counter);
      this.#store({ stamp, value }, () => reply({ op: "write" }));
    });
  }

  #read(consistency: "regular" | "linearizable", reply: (response: RegisterResponse) => void): void {
    this.#query((answers) => {
      const found = newest(answers);
      const answer = () => reply({ op: "read", value: found.value });
      // When the whole majority answered the same, a majority holds it already.
      const settled = answers.every(({ stamp }) => compare(stamp, found.stamp) === 0);
      if (consistency === "regular" || settled) answer();
      else this.#store(found, answer);
    });
  }

  /**
   * Higher than every counter seen, and than every counter this node has used: a lost write of its own may be on its
   * way.
   */
  #nextStamp(counterSeen: number): Timestamp {
    const { stable, self } = this.#context;
    const counter = Math.max(counterSeen, stable.get("counter") ?? 0) + 1;
    stable.set("counter", counter);
    return { counter, writer: self };
  }

  #query(done: (answers: readonly Stamped[]) => void): void {
    const round = this.#nextRound();
    this.#begin(round, { type: "query", round }, done);
  }

  #store(stamped: Stamped, done: () => void): void {
    const round = this.#nextRound();
    this.#begin(round, { type: "store", round, stamped }, done);
  }

  /** Unique over crashes too: an answer to a round of an earlier incarnation must not count for one of this. */
  #nextRound(): string {
    return `${this.#incarnation}.${++this.#roundsBegun}`;
  }

  #begin(round: string, message: Message, done: Round["done"]): void {
    if (this.#rounds.size === 0) this.#context.setTimer("resend", RESEND_MS);
    this.#rounds.set(round, { message, answers: new Map(), done });
    for (const node of [this.#context.self, ...this.#context.peers]) this.#context.send(node, message);
  }

  #answered(name: string, from: NodeId, answer: Stamped): void {
    const round = this.#rounds.get(name);
    if (round === undefined) return;
    round.answers.set(from, answer);
    if (round.answers.size < this.#majority) return;
    this.#rounds.delete(name);
    round.done([...round.answers.values()]);
  }

  #stored(): Stamped {
    return this.#context.stable.get("register") ?? NEVER_WRITTEN;
  }

  #adopt(stamped: Stamped): void {
    if (compare(stamped.stamp, this.#stored().stamp) > 0) this.#context.stable.set("register", stamped);
  }
}

function newest(answers: readonly Stamped[]): Stamped {
  return answers.reduce((best, answer) => (compare(answer.stamp, best.stamp) > 0 ? answer : best));
}

function compare(a: Timestamp, b: Timestamp): number {
  if (a.counter !== b.counter) return a.counter - b.counter;
  return a.writer < b.writer ? -1 : a.writer > b.writer ? 1 : 0;
}
