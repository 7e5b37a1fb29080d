/*
 * Replication modes. One log, three policies of acknowledging, and what is left of it when the leader dies.
 *
 * Start with stage 1: Append, and say when it counts.
 * Chapter: docs/storage/key-value-store.mdx
 * Grade it: npx bp check key-value-store/replication-modes
 */

import { requireInteger } from "../../given/common/integers.ts";
import type { AnyMessage, NodeId, Replica, ReplicaContext } from "../../given/key-value-store/replica.ts";
import { NotStarted } from "../not-started.ts";

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

/** Ask and send again after so long without an answer. */
const RESEND_MS = 40;

/**
 * How many entries a leader may acknowledge.
 *
 * @param lengths entries that each node has, the leader's own first; O(n log n)
 */
export function acknowledgeable(options: LogOptions, lengths: readonly number[]): number {
  throw new NotStarted("stage 1: Append, and say when it counts");
}

/**
 * A node that keeps a copy of one log. At most one node leads in a term; it orders the appends and sends them to the
 * others.
 *
 * - **Append.** The leader stores the entry, sends it on, and replies when `acknowledgeable` covers it.
 * - **Read.** The leader shows the entries that `acknowledgeable` covers, or covered at any time in this term. A leader
 *   that was replaced and does not know it may show less than the new one. What was shown is the client's own: it does
 *   not change when the log does.
 * - **Promote.** The node asks all others for their logs. A node that answers takes nothing from leaders of earlier
 *   terms any more. When a majority has answered, the node itself included, it takes the log that was last brought up
 *   to date in the latest term, and of those the longest; its other copies are thrown away or replaced. Then it leads,
 *   and only then it replies. Every follower gets this log before any entries of the term.
 * - **Follow.** A node takes the log and the entries of the leader of the latest term that it knows of, and says so
 *   when they are on stable storage.
 * - A leader or candidate that learns of a later term is a follower from then on, and does not reply to clients that it
 *   has kept waiting.
 * - **Crash.** A node comes back as a follower, with its log and all its promises. What is not answered is sent again
 *   every 40 ms or so.
 *
 * So, after a failover: `synchronous` and `quorum` lose nothing that was acknowledged, whichever minority is gone;
 * `asynchronous` loses at most `lagMax` acknowledged entries. In return `synchronous` acknowledges nothing while one
 * node is away.
 *
 * Messages: 2 (n - 1) an append, when nothing is lost; O(1) stable writes a node.
 * Source: Oki and Liskov, "Viewstamped Replication", PODC 1988, for the change of leaders; Gray, Helland, O'Neil,
 * Shasha, "The Dangers of Replication and a Solution", SIGMOD 1996, for eager and lazy.
 */
export class LogNode implements Replica<LogRequest, LogResponse> {
  /** @throws RangeError for a negative or fractional `lagMax`. */
  constructor(context: ReplicaContext, options: LogOptions) {
    throw new NotStarted("stage 1: Append, and say when it counts");
  }

  /** See `Replica`. */
  onStart(): void {
    throw new NotStarted("stage 1: Append, and say when it counts");
  }

  /** A client's append or read, or an operator's promotion. */
  onRequest(request: LogRequest, reply: (response: LogResponse) => void): void {
    throw new NotStarted("stage 1: Append, and say when it counts");
  }

  /** See `Replica`. */
  onMessage(from: NodeId, message: AnyMessage): void {
    throw new NotStarted("stage 1: Append, and say when it counts");
  }

  /**
   * See `Replica`.
   */
  onTimer(_name: string): void {
    throw new NotStarted("stage 3: Lost messages, crashes, storms");
  }
}
