/**
 * Name of a node, as hosts are named: letters, digits and hyphens; e.g. `n1`. Where nodes are sorted, it is as `<`
 * orders strings.
 */
export type NodeId = string;

/**
 * Nodes talk to nodes of their own kind only, so what they say is their own affair: plain objects, arrays, strings,
 * numbers, booleans, null. A message is copied when it is sent.
 */
// biome-ignore lint/suspicious/noExplicitAny: `unknown` would refuse every node that names its messages
export type AnyMessage = any;

/**
 * What survives a crash. `set` and `delete` are atomic and durable when they return; everything else a node knows is
 * gone after a crash. Values are copied on the way in and out, and are made of what messages are made of.
 */
export interface StableMap {
  // biome-ignore lint/suspicious/noExplicitAny: what lies there is the node's own
  get(key: string): any;
  set(key: string, value: unknown): void;
  delete(key: string): void;
  /** All keys that begin with `prefix`, sorted. */
  keys(prefix: string): string[];
}

/** Everything a node may do. */
export interface ReplicaContext {
  /** This node's name. */
  readonly self: NodeId;
  /** The other nodes, in the same order everywhere. */
  readonly peers: readonly NodeId[];
  /** Nothing tells whether the message arrives. It may be lost, late, repeated or overtaken. */
  send(to: NodeId, message: AnyMessage): void;
  /** Calls `onTimer(name)` once after `delayMs`. Replaces a timer of the same name. A crash forgets all timers. */
  setTimer(name: string, delayMs: number): void;
  /** Does nothing when no such timer is set. */
  clearTimer(name: string): void;
  readonly stable: StableMap;
}

/**
 * A node is a state machine: handlers run one at a time, to the end, and take no time. After a crash a new object is
 * made over the same `stable`, and `onStart` is called first. A crash can come between any two calls of `send`,
 * `stable` and `reply`.
 */
export interface Replica<Request, Response> {
  /** Once, before anything else. */
  onStart(): void;
  onMessage(from: NodeId, message: AnyMessage): void;
  onTimer(name: string): void;
  /**
   * A client asks. Call `reply` at most once, now or later; a client that waits too long gives up and cannot know what
   * happened.
   */
  onRequest(request: Request, reply: (response: Response) => void): void;
}
