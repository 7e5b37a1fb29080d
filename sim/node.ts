/**
 * The contract between a learner's node and the simulator. A node is a state machine: it reacts to what happens, and
 * acts only through its context. It owns no thread, timer, socket or clock, so a run is a function of its seed.
 *
 * Solutions cannot import this file; their given parts state the part they need, and fits because TypeScript compares
 * shapes.
 */

/** A suite may leave its types open; handlers of any message type then fit. */
// biome-ignore lint/suspicious/noExplicitAny: `unknown` would refuse every node that names its messages
export type Open = any;

/** Name of a node or a client: "n1", "store", "c2". */
export type NodeId = string;

/**
 * What a learner implements. Every handler runs to its end before the next one starts, takes no virtual time, and may
 * be the last thing this incarnation does: a crash forgets every field, and the factory makes a new node over the same
 * disk.
 */
export interface Node<Message = Open, Request = Open, Response = Open> {
  /** Once, right after creation and after every restart. Set the first timers here. */
  onStart?(): void;
  /** A message from another node has arrived. It may be late, repeated, out of order; the lost ones never arrive. */
  onMessage?(from: NodeId, message: Message): void;
  /** A timer set by this incarnation is due, or overdue when the node was paused. */
  onTimer?(name: string): void;
  /** The sync started by `disk.syncLater(file, name)` is complete: everything written before that call is durable. */
  onSynced?(name: string): void;
  /**
   * A client asks. Call `reply` once, now or from a later handler; never replying is allowed (the client gives up after
   * a while and cannot know what happened). A reply of a crashed incarnation goes nowhere.
   */
  onRequest?(request: Request, reply: (response: Response) => void): void;
}

/** Everything a node may do. One context belongs to one incarnation. */
export interface Context<Message = Open> {
  /** This node's name. */
  readonly self: NodeId;
  /** The other nodes, in the order of the scenario. */
  readonly peers: readonly NodeId[];
  /** This node's wall clock in whole milliseconds: skewed, drifting, and able to step back. */
  now(): number;
  /** Uniform in [0, 1); seeded. */
  random(): number;
  /**
   * Sends a copy of the message. Nothing tells whether it arrives. To oneself it always arrives, later in the same
   * millisecond.
   * @throws CopyError when the message holds a function, a symbol or a class instance.
   */
  send(to: NodeId, message: Message): void;
  /** Calls `onTimer(name)` after the delay, in ms of this node's own clock. Replaces a timer of the same name. */
  setTimer(name: string, delayMs: number): void;
  /** Does nothing when no such timer is set. */
  clearTimer(name: string): void;
  /** Survives crashes, as far as it was synced. */
  readonly disk: NodeDisk;
  /** A line for the trace; costs nothing when no trace is taken. */
  log(text: string): void;
}

/**
 * Makes a node: at the start, and again after every crash. It may read `context.disk`, and start with what it finds
 * there.
 */
export type NodeFactory<N extends Node = Node, Message = Open> = (context: Context<Message>) => N;

/**
 * Files as POSIX promises them, and no more. `write`, `append` and `truncate` are visible to `read` at once, but
 * durable only after `sync(file)`. `rename`, `delete` and the name of a new file are durable only after
 * `syncDirectory()`. What is not durable may survive a crash whole, in part or not at all. A rename is atomic: after a
 * crash a name is the old file or the new.
 */
export interface Disk {
  /** Adds bytes at the end; creates the file when it does not exist. */
  append(file: string, bytes: Uint8Array): void;
  /** Overwrites from `offset`; creates the file, and fills a gap with zeros. */
  write(file: string, offset: number, bytes: Uint8Array): void;
  /**
   * A copy of at most `length` bytes from `offset`; shorter at the end of the file. @throws DiskError when there is no
   * such file.
   */
  read(file: string, offset?: number, length?: number): Uint8Array;
  /** Bytes. @throws DiskError when there is no such file. */
  size(file: string): number;
  exists(file: string): boolean;
  /** Cuts the file to `length` bytes, or extends it with zeros. @throws DiskError when there is no such file. */
  truncate(file: string, length: number): void;
  /** Makes the file's bytes and length durable; not its name. @throws DiskError when there is no such file. */
  sync(file: string): void;
  /** Replaces `to` when it exists. @throws DiskError when there is no `from`. */
  rename(from: string, to: string): void;
  /** @throws DiskError when there is no such file. */
  delete(file: string): void;
  /** Names in the order of their UTF-16 code units. */
  list(): string[];
  /** Makes every creation, rename and deletion so far durable. */
  syncDirectory(): void;
}

/** The disk of a node in a cluster, which can also sync without waiting. */
export interface NodeDisk extends Disk {
  /** Starts a sync of what was written so far; `onSynced(name)` tells its end. Lost when the node crashes before. */
  syncLater(file: string, name: string): void;
}
