/**
 * What the suites of the replicated half share: nodes under the simulator with stable storage, and a bus that a test
 * drives by hand.
 */

import type { NodeId, Replica, ReplicaContext, StableMap } from "../../../given/key-value-store/replica.ts";
import { type Context, copy, type NodeFactory, type Node as SimNode } from "../../../sim/index.ts";

type AnyReplica<Request, Response> = Replica<Request, Response>;

/**
 * A map that stands for a disk with atomic, durable writes. `effect` runs before each write, and may throw: there a
 * crash can strike.
 */
export class Stable implements StableMap {
  readonly #values = new Map<string, unknown>();
  #effect: () => void = () => {};

  constructor(effect?: () => void) {
    if (effect !== undefined) this.#effect = effect;
  }

  /** The disk of the next incarnation. */
  attach(effect: () => void): this {
    this.#effect = effect;
    return this;
  }

  get(key: string): unknown {
    return copy(this.#values.get(key));
  }

  set(key: string, value: unknown): void {
    const copied = copy(value);
    this.#effect();
    this.#values.set(key, copied);
  }

  delete(key: string): void {
    this.#effect();
    this.#values.delete(key);
  }

  keys(prefix: string): string[] {
    return [...this.#values.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  clone(): Stable {
    const other = new Stable();
    for (const [key, value] of this.#values) other.#values.set(key, copy(value));
    return other;
  }
}

/**
 * Nodes of one run, by name, over stable storage that outlives their crashes; it begins as in `stored`, or empty. Call
 * it inside the scenario function, once a run.
 */
export function replicas<Request, Response>(
  names: readonly NodeId[],
  create: (context: ReplicaContext) => AnyReplica<Request, Response>,
  stored?: ReadonlyMap<NodeId, Stable>,
): Record<NodeId, NodeFactory<SimNode>> {
  const disks = new Map(names.map((name) => [name, stored?.get(name)?.clone() ?? new Stable()]));
  const factory: NodeFactory<SimNode> = (context) => {
    // A write to the simulated disk before each stable write makes it a place where a crash can strike.
    const stable = disks.get(context.self)!.attach(() => context.disk.write("stable", 0, ONE_BYTE));
    return create(contextOver(context, stable));
  };
  return Object.fromEntries(names.map((name) => [name, factory]));
}

const ONE_BYTE = Uint8Array.of(1);

function contextOver(context: Context, stable: StableMap): ReplicaContext {
  const { self, peers, send, setTimer, clearTimer } = context;
  return { self, peers, send, setTimer, clearTimer, stable };
}

interface InFlight {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly message: unknown;
}

/** Whether a message waits; or is lost. */
type Fate = boolean | "lost";

/** What a client of the bus was told so far. */
export interface Answer<Response> {
  response: Response | undefined;
  /** How often the node replied; more than once is wrong. */
  replies: number;
}

/**
 * Nodes joined by a network that a test drives by hand: nothing arrives before `deliver`, nothing is lost unless asked
 * for, and time passes only in `tick`. Counts messages between different nodes.
 */
export class Bus<Request, Response, Node extends AnyReplica<Request, Response> = AnyReplica<Request, Response>> {
  readonly names: readonly NodeId[];
  /** Messages sent from one node to another so far. */
  messages = 0;
  /** Writes and deletions on stable storage so far, of all nodes. */
  stableWrites = 0;
  /** Characters of all messages between nodes as JSON, once `measures` is set. */
  size = 0;
  measures = false;
  /** Every message arrives twice. */
  repeats = false;
  readonly #create: (context: ReplicaContext) => Node;
  readonly #log: (text: string) => void;
  readonly #nodes = new Map<NodeId, Node>();
  readonly #disks = new Map<NodeId, Stable>();
  readonly #timers = new Map<NodeId, Map<string, number>>();
  #queue: InFlight[] = [];
  #held: InFlight[] = [];
  #holds: (from: NodeId, to: NodeId) => Fate = () => false;
  readonly #sendsLeft = new Map<NodeId, number>();
  #now = 0;

  constructor(
    names: readonly NodeId[],
    create: (context: ReplicaContext) => Node,
    log: (text: string) => void = () => {},
  ) {
    this.names = names;
    this.#create = create;
    this.#log = log;
    for (const name of names) {
      this.#disks.set(name, new Stable(() => void this.stableWrites++));
      this.#timers.set(name, new Map());
    }
    for (const name of names) this.#boot(name);
  }

  /** @throws when it is down. */
  node(name: NodeId): Node {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new Error(`${name} is down`);
    return node;
  }

  /** What lies on the disks now, by node. */
  stored(): ReadonlyMap<NodeId, Stable> {
    return new Map([...this.#disks].map(([name, disk]) => [name, disk.clone()]));
  }

  /** Asks a node, and delivers everything that follows. */
  ask(node: NodeId, request: Request): Answer<Response> {
    const answer = this.begin(node, request);
    this.deliver();
    return answer;
  }

  /** Asks a node and delivers nothing. */
  begin(node: NodeId, request: Request): Answer<Response> {
    const answer: Answer<Response> = { response: undefined, replies: 0 };
    this.#log(`a client asks ${node}: ${JSON.stringify(request)}`);
    this.#run(node, (replica) =>
      replica.onRequest(request, (response) => {
        this.#log(`${node} replies ${JSON.stringify(response)}`);
        answer.response = response;
        answer.replies++;
      }),
    );
    return answer;
  }

  /** Delivers until nothing is left but what is held. Messages to a node that is down are lost. */
  deliver(): void {
    for (let i = 0; i < DELIVERIES_MAX; i++) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      const fate = this.#holds(next.from, next.to);
      if (fate === true) this.#held.push(next);
      else if (fate !== "lost") {
        for (let copies = this.repeats ? 2 : 1; copies > 0; copies--)
          this.#run(next.to, (replica) => replica.onMessage(next.from, copy(next.message)));
      }
    }
    throw new Error(`more than ${DELIVERIES_MAX} messages: do nodes answer each other without end?`);
  }

  /** From now on messages on these links wait (true) or are lost. What waits already goes on waiting. */
  hold(text: string, holds: (from: NodeId, to: NodeId) => Fate): void {
    this.#log(text);
    this.#holds = holds;
  }

  /** Nothing waits any more: what was held is delivered now, or lost. */
  release(fate: "delivered" | "lost"): void {
    this.#log(fate === "lost" ? "what waited is lost" : "what waited arrives");
    this.#holds = () => false;
    if (fate === "delivered") this.#queue = [...this.#held, ...this.#queue];
    this.#held = [];
    this.deliver();
  }

  /** The node crashes when it is about to send the message after so many more. */
  crashAfterSends(node: NodeId, sends: number): void {
    this.#log(`${node} will crash after ${sends} more messages`);
    this.#sendsLeft.set(node, sends);
  }

  crash(node: NodeId): void {
    if (this.#nodes.has(node)) this.#log(`${node} crashes`);
    this.#sendsLeft.delete(node);
    this.#nodes.delete(node);
    this.#timers.get(node)!.clear();
  }

  restart(node: NodeId): void {
    this.#log(`${node} restarts`);
    this.#boot(node);
    this.deliver();
  }

  /** Lets `ms` pass: timers that are due fire in order, and what they send is delivered. */
  tick(ms: number): void {
    this.#log(`${ms} ms pass`);
    const end = this.#now + ms;
    for (;;) {
      const due = this.#nextTimer();
      if (due === undefined || due.at > end) break;
      this.#now = due.at;
      this.#timers.get(due.node)!.delete(due.name);
      this.#run(due.node, (replica) => replica.onTimer(due.name));
      this.deliver();
    }
    this.#now = end;
  }

  #run(name: NodeId, handler: (replica: Node) => void): void {
    const replica = this.#nodes.get(name);
    if (replica === undefined) return;
    try {
      handler(replica);
    } catch (error) {
      if (!(error instanceof BusCrash)) throw error;
      this.crash(name);
    }
  }

  #nextTimer(): { node: NodeId; name: string; at: number } | undefined {
    let first: { node: NodeId; name: string; at: number } | undefined;
    for (const [node, timers] of this.#timers)
      for (const [name, at] of timers) if (first === undefined || at < first.at) first = { node, name, at };
    return first;
  }

  #boot(self: NodeId): void {
    const timers = this.#timers.get(self)!;
    const node = this.#create({
      self,
      peers: this.names.filter((name) => name !== self),
      send: (to, message) => {
        const left = this.#sendsLeft.get(self);
        if (left === 0) throw new BusCrash();
        if (left !== undefined) this.#sendsLeft.set(self, left - 1);
        if (to !== self) this.messages++;
        if (to !== self && this.measures) this.size += JSON.stringify(message).length;
        this.#queue.push({ from: self, to, message: copy(message) });
      },
      setTimer: (name, delayMs) => void timers.set(name, this.#now + delayMs),
      clearTimer: (name) => void timers.delete(name),
      stable: this.#disks.get(self)!,
    });
    this.#nodes.set(self, node);
    node.onStart();
  }
}

class BusCrash extends Error {}

const DELIVERIES_MAX = 1_000_000;
