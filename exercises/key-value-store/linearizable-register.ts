/*
 * Linearizable register. One value on many nodes that reads as if there were one copy, without a leader.
 *
 * Start with stage 1: Ask a majority.
 * Chapter: docs/storage/key-value-store.mdx
 * Grade it: npx bp check key-value-store/linearizable-register
 */

import type { AnyMessage, NodeId, Replica, ReplicaContext } from "../../given/key-value-store/replica.ts";
import { NotStarted } from "../not-started.ts";

/**
 * - `write` replaces the register's value: any text, the empty one too.
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
 */
interface Timestamp {
  readonly counter: number;
  readonly writer: NodeId;
}

interface Stamped {
  readonly stamp: Timestamp;
  readonly value: string | null;
}

/**
 * What nodes say to each other; change it as you like. `round` names what is asked, so that a late answer is not taken
 * for another one's.
 */
type Message =
  | { readonly type: "query"; readonly round: string }
  | { readonly type: "value"; readonly round: string; readonly stamped: Stamped }
  | { readonly type: "store"; readonly round: string; readonly stamped: Stamped }
  | { readonly type: "stored"; readonly round: string };

const NEVER_WRITTEN: Stamped = { stamp: { counter: 0, writer: "" }, value: null };

/** How long to wait for the answers that are missing before asking again. */
const RESEND_MS = 40;

/**
 * One register on n nodes of any names, of which any minority may be down, cut off or slow. Every node keeps a copy and
 * takes requests of clients.
 *
 * Operations go in rounds: ask every node, go on when a majority has answered, the node itself included. Any two
 * majorities have a node in common, so a round sees everything that an earlier round left at a majority.
 *
 * - Write: a round asks for the newest timestamp; a second one stores the value under a higher one.
 * - Regular read: one round; the value with the newest timestamp.
 * - Linearizable read: the same, and before it answers, a majority must hold what it answers.
 *
 * A node keeps what it was asked to store only when it is newer than what it has, and it says so only when it is on
 * stable storage. No two writes ever have the same timestamp: not two that one node works on at the same time, and not
 * one from before a crash and one from after it. A node that has not answered is asked again every 40 ms or so, until a
 * majority has.
 *
 * Messages for n nodes: 2 (n - 1) a round, when nothing is lost.
 * Source: Attiya, Bar-Noy, Dolev, "Sharing Memory Robustly in Message-Passing Systems", JACM 42(1), 1995; several
 * writers: Lynch and Shvartsman, "Robust emulation of shared memory using dynamic quorum-acknowledged broadcasts",
 * 1997.
 */
export class RegisterReplica implements Replica<RegisterRequest, RegisterResponse> {
  constructor(context: ReplicaContext) {
    throw new NotStarted("stage 1: Ask a majority");
  }

  /** See `Replica`. */
  onStart(): void {
    throw new NotStarted("stage 1: Ask a majority");
  }

  /** A client's read or write. Any node takes any of them, several at a time. */
  onRequest(request: RegisterRequest, reply: (response: RegisterResponse) => void): void {
    throw new NotStarted("stage 1: Ask a majority");
  }

  /** See `Replica`. */
  onMessage(from: NodeId, message: AnyMessage): void {
    throw new NotStarted("stage 1: Ask a majority");
  }

  /**
   * See `Replica`.
   */
  onTimer(_name: string): void {
    throw new NotStarted("stage 2: Write back, and ask again");
  }
}
