import { requireInteger } from "../../given/common/integers.ts";
import { hashText, mix, partitionOf } from "../../given/key-value-store/hashes.ts";
import type { AnyMessage, NodeId, Replica, ReplicaContext } from "../../given/key-value-store/replica.ts";
import { covers, type Dot, join, type Seen, type Version, withDot } from "../../given/key-value-store/versions.ts";

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

/** Leaves of a partition's hash tree: a power of two, about as many as a partition has keys. @given */
export const LEAVES = 1024;
/** Ask again, and ask a stand-in, after so long without an answer. @given */
const RETRY_MS = 40;
/** Then stop: the client has given up. @given */
const RETRIES = 10;
/** Pause between two tries to hand over what was kept for others. @given */
const HANDOFF_MS = 100;

/** What nodes say to each other in the reference. */
type Message =
  | { type: "write"; id: string; key: string; versions: Versions; home: NodeId }
  | { type: "read"; id: string; key: string }
  | { type: "answer"; id: string; versions: Versions }
  | { type: "repair" | "handoff" | "handed"; key: string; versions: Versions }
  | { type: "tree"; partition: number; hashes: Hashes }
  | { type: "leaf"; partition: number; leaf: number; entries: Entries; last: boolean };

type Versions = readonly Version[];
type Hashes = readonly (readonly [index: number, hash: number])[];
type Entries = readonly (readonly [key: string, versions: Versions])[];

/** A get or put that this node coordinates, until all homes have answered or it gives up. */
interface Pending {
  readonly homes: readonly NodeId[];
  readonly needed: number;
  readonly messageFor: (home: NodeId) => Message;
  readonly reply: (answers: Versions) => void;
  readonly finish: (answers: ReadonlyMap<NodeId, Versions>) => void;
  readonly answers: Map<NodeId, Versions>;
  readonly standIns: NodeId[];
  readonly asked: Map<NodeId, NodeId>;
  replied: boolean;
  retriesLeft: number;
}

/**
 * A hash tree over keys, so that two nodes find the keys in which they differ by comparing few hashes (Merkle 1987).
 *
 * Nodes are numbered like a heap: 1 is the root, 2i and 2i + 1 are the children of i, and the leaves are `leaves` to
 * `2 * leaves - 1`. A leaf's hash depends on the keys of that leaf and their hashes, in any order and however often
 * they were set; an inner node's on its children's.
 */
export class HashTree {
  readonly #leaves: number;
  readonly #hashes: Uint32Array;
  readonly #keys: (Map<string, number> | undefined)[];

  /** @param leaves a power of two, 1 to 2^20 @stage 4 */
  constructor(leaves: number) {
    this.#leaves = leaves;
    this.#keys = new Array(leaves);
    this.#hashes = new Uint32Array(2 * leaves);
    for (let i = leaves - 1; i > 0; i--) this.#hashes[i] = mix(this.#hashes[2 * i]!, this.#hashes[2 * i + 1]!);
  }

  /** Adds a key, or changes its hash. O(log leaves). @stage 4 */
  set(key: string, hash: number): void {
    const leaf = this.leafOf(key);
    const keys = this.#keys[leaf - this.#leaves] ?? new Map<string, number>();
    this.#keys[leaf - this.#leaves] = keys;
    const entry = mix(hashText(key), hash);
    // A sum does not depend on the order, and the old entry can be taken out of it again.
    this.#hashes[leaf] = this.#hashes[leaf]! - (keys.get(key) ?? 0) + entry;
    keys.set(key, entry);
    for (let i = leaf >>> 1; i > 0; i >>>= 1) this.#hashes[i] = mix(this.#hashes[2 * i]!, this.#hashes[2 * i + 1]!);
  }

  /** Of the node `index`, 1 to `2 * leaves - 1`. O(1). @stage 4 */
  hashAt(index: number): number {
    return this.#hashes[index]!;
  }

  /** Index of the leaf that a key belongs to; spread evenly, and the same in every tree of this size. @stage 4 */
  leafOf(key: string): number {
    return this.#leaves + (mix(hashText(key), 1) & (this.#leaves - 1));
  }

  /** The keys of a leaf, in any order. @stage 4 */
  keysAt(leaf: number): string[] {
    return [...(this.#keys[leaf - this.#leaves]?.keys() ?? [])];
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
  readonly #context: ReplicaContext;
  readonly #options: QuorumOptions;
  readonly #nodes: readonly NodeId[];
  readonly #pending = new Map<string, Pending>();
  readonly #trees = new Map<number, HashTree>();
  #incarnation = 0;
  #handsOff = false;
  #requests = 0;
  #comparisons = 0;

  /** @throws RangeError for `n`, `r` or `w` out of range. */
  constructor(context: ReplicaContext, options: QuorumOptions) {
    this.#context = context;
    this.#options = options;
    this.#nodes = [context.self, ...context.peers].sort();
    requireInteger("n", options.n, 1, this.#nodes.length);
    requireInteger("r", options.r, 1, options.n);
    requireInteger("w", options.w, 1, options.n);
  }

  /** See `Replica`. */
  onStart(): void {
    const { stable, self, setTimer } = this.#context;
    this.#incarnation = (stable.get("incarnation") ?? 0) + 1;
    stable.set("incarnation", this.#incarnation);
    for (let partition = 0; partition < this.#nodes.length; partition++)
      if (this.#homesOf(partition).includes(self)) this.#trees.set(partition, new HashTree(LEAVES));
    for (const place of stable.keys(DATA)) this.#index(place.slice(DATA.length), stable.get(place));
    this.#handOff();
    if (this.#options.antiEntropyMs > 0) setTimer("compare", this.#options.antiEntropyMs);
  }

  /** A client's get or put, at any node. */
  onRequest(request: StoreRequest, reply: (response: StoreResponse) => void): void {
    if (request.op === "get") this.#get(request.key, reply);
    else this.#put(request.key, request.value, request.context, reply);
  }

  /** See `Replica`. */
  onMessage(from: NodeId, message: AnyMessage): void {
    const got: Message = message;
    if (got.type === "write") {
      if (got.home === this.#context.self) this.#keep(got.key, got.versions);
      else this.#keepFor(got.home, got.key, got.versions);
      this.#send(from, { type: "answer", id: got.id, versions: [] });
    } else if (got.type === "read") this.#send(from, { type: "answer", id: got.id, versions: this.#known(got.key) });
    else if (got.type === "answer") this.#answered(got.id, from, got.versions);
    else if (got.type === "repair") this.#keep(got.key, got.versions);
    else if (got.type === "handed") this.#dropHint(from, got.key, got.versions);
    else if (got.type === "tree") this.#compare(from, got.partition, got.hashes);
    else if (got.type === "leaf") this.#exchange(from, got);
    else if (got.type === "handoff") {
      this.#keep(got.key, got.versions);
      this.#send(from, { type: "handed", key: got.key, versions: got.versions });
    }
  }

  /** See `Replica`. @stage 2 */
  onTimer(name: string): void {
    if (name === "retry") this.#retry();
    else if (name === "handoff") this.#handOff();
    else this.#startComparison();
  }

  /**
   * Values of the siblings that this node keeps as a home of the key, as `<` orders strings; no hints. For tests and
   * labs.
   */
  heldAt(key: string): readonly string[] {
    const values = this.#at(DATA + key).map(({ value }) => value);
    return values.sort();
  }

  /** Keys for which this node keeps a hint, counted once for each home that it stands in for. @stage 2 */
  get hints(): number {
    return this.#context.stable.keys(HINT).length;
  }

  // Coordinating.

  #put(key: string, value: string, context: Seen, reply: (response: StoreResponse) => void): void {
    const { stable, self } = this.#context;
    const count = (stable.get(COUNT + key) ?? 0) + 1;
    stable.set(COUNT + key, count);
    const versions = [{ value, dot: { node: self, count }, seen: context }];
    this.#begin(
      key,
      this.#options.w,
      (id) => (home) => ({ type: "write", id, key, versions, home }),
      () => reply({ op: "put" }),
      () => {},
    );
  }

  #get(key: string, reply: (response: StoreResponse) => void): void {
    this.#begin(
      key,
      this.#options.r,
      (id) => () => ({ type: "read", id, key }),
      (siblings) => {
        const context = siblings.reduce((seen, version) => join(seen, withDot(version.seen, version.dot)), {});
        reply({ op: "get", values: siblings.map(({ value }) => value).sort(), context });
      },
      (answers) => this.#repair(key, answers),
    );
  }

  #begin(
    key: string,
    needed: number,
    message: (id: string) => Pending["messageFor"],
    reply: Pending["reply"],
    finish: Pending["finish"],
  ): void {
    const id = `${this.#incarnation}.${++this.#requests}`;
    const list = this.#preferenceList(partitionOf(key, this.#nodes.length));
    const homes = list.slice(0, this.#options.n);
    const standIns = this.#options.sloppy ? list.slice(this.#options.n) : [];
    const asked = new Map(homes.map((home) => [home, home]));
    const state = { answers: new Map(), standIns, asked, replied: false, retriesLeft: RETRIES };
    if (this.#pending.size === 0) this.#context.setTimer("retry", RETRY_MS);
    const pending: Pending = { homes, needed, messageFor: message(id), reply, finish, ...state };
    this.#pending.set(id, pending);
    for (const home of homes) this.#send(home, pending.messageFor(home));
  }

  #answered(id: string, from: NodeId, versions: Versions): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    const { answers, needed, homes } = pending;
    answers.set(from, versions);
    if (!pending.replied && answers.size >= needed) {
      pending.replied = true;
      pending.reply([...answers.values()].reduce(merge, []));
    }
    if (homes.every((home) => answers.has(home))) this.#finish(id, pending);
  }

  #finish(id: string, { finish, answers }: Pending): void {
    this.#pending.delete(id);
    finish(answers);
  }

  #retry(): void {
    for (const [id, pending] of this.#pending) {
      const { answers, asked, homes, standIns, messageFor } = pending;
      if (pending.retriesLeft-- === 0) {
        this.#finish(id, pending);
        continue;
      }
      const stoodInFor = new Set([...asked].filter(([node, home]) => node !== home).map(([, home]) => home));
      for (const home of homes) {
        if (answers.has(home) || stoodInFor.has(home)) continue;
        const standIn = standIns.shift();
        if (standIn !== undefined) asked.set(standIn, home);
      }
      for (const [node, home] of asked) if (!answers.has(node)) this.#send(node, messageFor(home));
    }
    if (this.#pending.size > 0) this.#context.setTimer("retry", RETRY_MS);
  }

  #repair(key: string, answers: ReadonlyMap<NodeId, Versions>): void {
    const versions = [...answers.values()].reduce(merge, []);
    for (const home of this.#homesOf(partitionOf(key, this.#nodes.length))) {
      const answer = answers.get(home);
      if (answer !== undefined && !sameDots(answer, versions)) this.#send(home, { type: "repair", key, versions });
    }
  }

  // Keeping.

  #keep(key: string, versions: Versions): void {
    const kept = this.#mergeAt(DATA + key, versions);
    if (kept !== null) this.#index(key, kept);
  }

  #keepFor(home: NodeId, key: string, versions: Versions): void {
    this.#mergeAt(hintPlace(home, key), versions);
    if (!this.#handsOff) this.#context.setTimer("handoff", HANDOFF_MS);
    this.#handsOff = true;
  }

  /** What is there after that; null when nothing has changed. */
  #mergeAt(place: string, versions: Versions): Versions | null {
    const before = this.#at(place);
    const after = merge(before, versions);
    if (sameDots(before, after)) return null;
    this.#context.stable.set(place, after);
    return after;
  }

  #handOff(): void {
    const places = this.#context.stable.keys(HINT);
    for (const place of places) {
      const [home = "", ...key] = place.slice(HINT.length).split("/");
      this.#send(home, { type: "handoff", key: key.join("/"), versions: this.#at(place) });
    }
    this.#handsOff = places.length > 0;
    if (this.#handsOff) this.#context.setTimer("handoff", HANDOFF_MS);
  }

  /** The hint may have grown since it was sent. */
  #dropHint(home: NodeId, key: string, handed: Versions): void {
    const place = hintPlace(home, key);
    const left = this.#at(place).filter((version) => !handed.some((other) => sameDot(version.dot, other.dot)));
    if (left.length === 0) this.#context.stable.delete(place);
    else this.#context.stable.set(place, left);
  }

  #known(key: string): Versions {
    const homes = this.#homesOf(partitionOf(key, this.#nodes.length));
    return homes.map((home) => this.#at(hintPlace(home, key))).reduce(merge, this.#at(DATA + key));
  }

  #at(place: string): Versions {
    return this.#context.stable.get(place) ?? [];
  }

  // Comparing.

  #index(key: string, versions: Versions): void {
    const dots = versions.map(({ dot }) => `${dot.node} ${dot.count}`).sort();
    this.#trees.get(partitionOf(key, this.#nodes.length))?.set(key, hashText(dots.join()));
  }

  #startComparison(): void {
    const { peers, setTimer } = this.#context;
    setTimer("compare", this.#options.antiEntropyMs);
    const peer = peers[this.#comparisons++ % peers.length];
    if (peer === undefined) return;
    for (const [partition, tree] of this.#trees)
      if (this.#homesOf(partition).includes(peer))
        this.#send(peer, { type: "tree", partition, hashes: [[1, tree.hashAt(1)]] });
  }

  /** Answers with the children of what differs, or with the entries of a leaf that does. */
  #compare(from: NodeId, partition: number, hashes: Hashes): void {
    const tree = this.#trees.get(partition);
    if (tree === undefined) return;
    const differing = hashes.filter(([index, hash]) => tree.hashAt(index) !== hash).map(([index]) => index);
    const children = differing.filter((index) => index < LEAVES).flatMap((index) => [2 * index, 2 * index + 1]);
    if (children.length > 0)
      this.#send(from, { type: "tree", partition, hashes: children.map((index) => [index, tree.hashAt(index)]) });
    for (const leaf of differing)
      if (leaf >= LEAVES)
        this.#send(from, { type: "leaf", partition, leaf, entries: this.#entries(tree, leaf), last: false });
  }

  #exchange(from: NodeId, { partition, leaf, entries, last }: Message & { type: "leaf" }): void {
    const tree = this.#trees.get(partition);
    if (tree === undefined) return;
    for (const [key, versions] of entries) this.#keep(key, versions);
    if (last) return;
    const theirs = new Map(entries);
    const lacking = this.#entries(tree, leaf).filter(([key, versions]) => !sameDots(versions, theirs.get(key) ?? []));
    if (lacking.length > 0) this.#send(from, { type: "leaf", partition, leaf, entries: lacking, last: true });
  }

  #entries(tree: HashTree, leaf: number): Entries {
    return tree.keysAt(leaf).map((key) => [key, this.#at(DATA + key)]);
  }

  // Placing and sending.

  #preferenceList(partition: number): readonly NodeId[] {
    return [...this.#nodes.slice(partition), ...this.#nodes.slice(0, partition)];
  }

  #homesOf(partition: number): readonly NodeId[] {
    return this.#preferenceList(partition).slice(0, this.#options.n);
  }

  /** A node that is its own home or stand-in answers itself at once. */
  #send(to: NodeId, message: Message): void {
    if (to === this.#context.self) this.onMessage(to, message);
    else this.#context.send(to, message);
  }
}

/** Places in stable storage. */
const DATA = "data/";
const HINT = "hint/";
const COUNT = "count/";

function hintPlace(home: NodeId, key: string): string {
  return `${HINT}${home}/${key}`;
}

/** All versions of both that none of the others had seen. */
function merge(a: Versions, b: Versions): Versions {
  const all = [...a, ...b.filter((version) => !a.some((other) => sameDot(version.dot, other.dot)))];
  return all.filter((version) => !all.some((other) => other !== version && covers(other.seen, version.dot)));
}

function sameDot(a: Dot, b: Dot): boolean {
  return a.node === b.node && a.count === b.count;
}

function sameDots(a: Versions, b: Versions): boolean {
  return a.length === b.length && a.every((version) => b.some((other) => sameDot(version.dot, other.dot)));
}
