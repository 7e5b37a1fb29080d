/*
 * Quorum store. Dynamo's put and get: N, R and W, siblings, stand-ins with hints, repair on read, and trees that find differences.
 *
 * Start with stage 1: Replicate, and keep siblings.
 * Chapter: docs/storage/key-value-store.mdx
 * Grade it: npx bp check key-value-store/quorum-store
 */

import { requireInteger } from "../../given/common/integers.ts";
import { hashText, mix, partitionOf } from "../../given/key-value-store/hashes.ts";
import type { AnyMessage, NodeId, Replica, ReplicaContext } from "../../given/key-value-store/replica.ts";
import { covers, type Dot, join, type Seen, type Version, withDot } from "../../given/key-value-store/versions.ts";
import { NotStarted } from "../not-started.ts";

export interface QuorumOptions {
  /** Copies of each key: the first `n` nodes of its preference list are its homes. 1 to the number of nodes. */
  readonly n: number;
  /** Answers that a get waits for: 1 to `n`. */
  readonly r: number;
  /** Acknowledgements that a put waits for: 1 to `n`. */
  readonly w: number;
  /** Nodes that come after the homes in the preference list stand in for homes that do not answer. */
  readonly sloppy: boolean;
  /** Pause between two comparisons with another node; 0 for none at all. */
  readonly antiEntropyMs: number;
}

/**
 * `context` is what the last get of this key returned: the put replaces what that get saw, and nothing else. `{}` when
 * there was none.
 */
export type StoreRequest =
  | { readonly op: "get"; readonly key: string }
  | { readonly op: "put"; readonly key: string; readonly value: string; readonly context: Seen };

/** `values`: the siblings, as `<` orders strings; empty when nothing was written. */
export type StoreResponse =
  | { readonly op: "get"; readonly values: readonly string[]; readonly context: Seen }
  | { readonly op: "put" };

/** Leaves of a partition's hash tree: a power of two, about as many as a partition has keys. */
export const LEAVES = 1024;

/** Ask again, and ask a stand-in, after so long without an answer. */
const RETRY_MS = 40;

/** Then stop: the client has given up. */
const RETRIES = 10;

/** Pause between two tries to hand over what was kept for others. */
const HANDOFF_MS = 100;

/**
 * A hash tree over keys, so that two nodes find the keys in which they differ by comparing few hashes (Merkle 1987).
 *
 * Nodes are numbered like a heap: 1 is the root, 2i and 2i + 1 are the children of i, and the leaves are `leaves` to
 * `2 * leaves - 1`. A leaf's hash depends on the keys of that leaf and their hashes, in any order and however often
 * they were set; an inner node's on its children's.
 */
export class HashTree {
  /** @param leaves a power of two, 1 to 2^20 */
  constructor(leaves: number) {
    throw new NotStarted("stage 4: Compare trees, and converge");
  }

  /** Adds a key, or changes its hash. O(log leaves). */
  set(key: string, hash: number): void {
    throw new NotStarted("stage 4: Compare trees, and converge");
  }

  /** Of the node `index`, 1 to `2 * leaves - 1`. O(1). */
  hashAt(index: number): number {
    throw new NotStarted("stage 4: Compare trees, and converge");
  }

  /** Index of the leaf that a key belongs to; spread evenly, and the same in every tree of this size. */
  leafOf(key: string): number {
    throw new NotStarted("stage 4: Compare trees, and converge");
  }

  /** The keys of a leaf, in any order. */
  keysAt(leaf: number): string[] {
    throw new NotStarted("stage 4: Compare trees, and converge");
  }
}

/**
 * A key-value store without a leader, after Dynamo: every node takes every request and coordinates it.
 *
 * - **Placement.** The preference list of a key is all nodes in the order of their names as strings (`n10` before
 *   `n2`), beginning at position `partitionOf(key, nodes)`. The first `n` are its homes.
 * - **Put.** The coordinator names the put by a dot that no other put of the key has or will have, crashes included,
 *   and sends the version to all homes. It replies when `w` different nodes have it on stable storage.
 * - **Get.** It asks all homes and replies when `r` different nodes have answered, with all siblings among their
 *   answers that no other one among them makes obsolete, and a context that covers exactly these and what they had
 *   seen.
 * - **Merging.** A node keeps, of what it had and what it gets, all versions whose dot is in no other's `seen`.
 * - **Sloppy.** A home that has not answered for 40 ms is stood in for by the next node of the preference list after
 *   the homes, which counts toward `w` or `r` and keeps the version as a hint, on stable storage. It hands the hint to
 *   the home every 100 ms or so, and drops it when the home has said that it has it. A get that has to ask stand-ins
 *   sees their hints. Not sloppy: only homes count.
 * - **Read repair.** When all homes have answered a get, or too much time has passed, homes whose answer lacked
 *   something are sent it.
 * - **Anti-entropy.** Every `antiEntropyMs` a node compares with the next other node, partition by partition, the hash
 *   trees of what both are homes of, from the root down along what differs, and both get what they lack. Messages in
 *   all: O(differences * log leaves) hashes. When nothing fails any more, all homes agree within
 *   `2 * nodes * antiEntropyMs`.
 *
 * `r + w > n` makes every get meet every acknowledged put of homes. It does not make the store linearizable.
 *
 * Source: DeCandia et al., "Dynamo: Amazon's Highly Available Key-value Store", SOSP 2007, sections 4.3 to 4.7; dots:
 * Preguiça et al., "Dotted Version Vectors: Logical Clocks for Optimistic Replication", 2010.
 */
export class QuorumNode implements Replica<StoreRequest, StoreResponse> {
  /** @throws RangeError for `n`, `r` or `w` out of range. */
  constructor(context: ReplicaContext, options: QuorumOptions) {
    throw new NotStarted("stage 1: Replicate, and keep siblings");
  }

  /** See `Replica`. */
  onStart(): void {
    throw new NotStarted("stage 1: Replicate, and keep siblings");
  }

  /** A client's get or put, at any node. */
  onRequest(request: StoreRequest, reply: (response: StoreResponse) => void): void {
    throw new NotStarted("stage 1: Replicate, and keep siblings");
  }

  /** See `Replica`. */
  onMessage(from: NodeId, message: AnyMessage): void {
    throw new NotStarted("stage 1: Replicate, and keep siblings");
  }

  /** See `Replica`. */
  onTimer(name: string): void {
    throw new NotStarted("stage 2: Stand in, and hand over");
  }

  /**
   * Values of the siblings that this node keeps as a home of the key, as `<` orders strings; no hints. For tests and
   * labs.
   */
  heldAt(key: string): readonly string[] {
    throw new NotStarted("stage 1: Replicate, and keep siblings");
  }

  /** Keys for which this node keeps a hint, counted once for each home that it stands in for. */
  get hints(): number {
    throw new NotStarted("stage 2: Stand in, and hand over");
  }
}
