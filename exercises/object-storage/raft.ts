/*
 * Raft. Elections, a replicated log, crashes, snapshots, joint consensus and reads: a pure state machine.
 *
 * Start with stage 1: Elect a leader.
 * Chapter: docs/storage/object-storage.mdx
 * Grade it: npx bp check object-storage/raft
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
import { NotStarted } from "../not-started.ts";

/** Most entries in one message: a node that is far behind catches up in steps. */
const ENTRIES_MAX = 256;

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
  /** A node as it comes up: a follower that knows no leader, with what is `stored`. */
  constructor(options: RaftOptions) {
    throw new NotStarted("stage 1: Elect a leader");
  }

  /**
   * Time passes: a leader sends heartbeats; a node that misses them campaigns. One that is in no membership does not,
   * but for this: where the newest membership in its log leaves it out and is not committed, it campaigns until that
   * is, and does not count its own vote. It may be the only one that has the entry (Ongaro's dissertation, 2014,
   * section 4.2.2).
   */
  tick(): void {
    throw new NotStarted("stage 1: Elect a leader");
  }

  /**
   * A message has come. Section 5.1: a higher term makes a follower of everybody; a lower one is answered, and counts
   * for nothing. Section 6: who has heard of a leader within `electionTicks` ignores `request-vote`, and so does a
   * leader.
   */
  step(message: Message): void {
    throw new NotStarted("stage 1: Elect a leader");
  }

  /** Takes out what is to be done; undefined when nothing is. */
  ready(): Ready | undefined {
    throw new NotStarted("stage 1: Elect a leader");
  }

  /**
   * Appends a command at the leader and returns where; null at others. It has happened when it is among the committed
   * at this index with this term; when another term is committed there, it has not and will not.
   */
  propose(command: unknown): { readonly index: number; readonly term: number } | null {
    throw new NotStarted("stage 2: Replicate the log");
  }

  /**
   * Forgets the entries up to `index`, for which `state` of the state machine now stands. Does nothing when they were
   * forgotten before.
   * @throws RangeError when `index` was not handed out as committed.
   */
  compact(index: number, state: unknown): void {
    throw new NotStarted("stage 4: Snapshots");
  }

  /**
   * Section 6: makes `voters` the membership, by way of a joint one; every node goes by the newest that is in its log.
   * As soon as the joint one is committed the leader appends the new one by itself, no matter which leader began the
   * change; once that is committed, a leader that is not in it steps down. Returns where the joint one is; null at
   * others than the leader, and while another change is not committed.
   * @throws RangeError when `voters` is empty, which nothing could ever commit or undo, or names a node twice. At every
   * node.
   */
  changeMembership(voters: readonly NodeId[]): { readonly index: number; readonly term: number } | null {
    throw new NotStarted("stage 5: Change who votes");
  }

  /**
   * Asks to read the state machine, at the leader; false at others. The name is in `reads` of a later `ready`, when the
   * leader has committed an entry of its own term and a majority has answered something sent after this call: no other
   * leader can have committed more before it. When leadership is lost first, it never is.
   */
  readIndex(name: string): boolean {
    throw new NotStarted("stage 6: Read without writing");
  }

  status(): Status {
    throw new NotStarted("stage 1: Elect a leader");
  }
}
