import type { ClientProgram, Operation } from "./client.ts";
import type { SimDisk } from "./disk.ts";
import type { Node, NodeFactory, NodeId, Open } from "./node.ts";
import type { Random } from "./prng.ts";

/**
 * What is simulated and what must hold. Built anew for every run by a `ScenarioFactory`, so anything an invariant
 * remembers can be a local variable of that function.
 */
export interface Scenario<
  Message = Open,
  Request = Open,
  Response = Open,
  N extends Node<Message, Request, Response> = Node<Message, Request, Response>,
> {
  /** The nodes by name, in drawing order. Given ones (a store, a payment provider) stand here beside the learner's. */
  readonly nodes: Readonly<Record<NodeId, NodeFactory<N, Message>>>;
  /** The workload: one program a client. */
  readonly clients?: Readonly<Record<NodeId, ClientProgram<Request, Response>>>;
  /** Safety, by name. Called after every handler; returns (or throws) what is wrong, or nothing. */
  readonly invariants?: Readonly<Record<string, Invariant<N, Request, Response>>>;
  /** Checked once, after the run: what needs the whole history, e.g. linearizability. */
  readonly atEnd?: Readonly<Record<string, Invariant<N, Request, Response>>>;
  /**
   * Liveness: asked once a millisecond after everything healed, until it returns nothing and all clients are done; it
   * must within `settleMs`. A text says what is still missing.
   */
  readonly converged?: Invariant<N, Request, Response>;
  /**
   * A message, request or response in a few words, for drawings. Default: its `type` (or `kind`, `op`) and short
   * fields.
   */
  readonly describe?: (payload: Open) => string;
  /** Nodes that never crash or pause. Their links fail like all others. */
  readonly immortal?: readonly NodeId[];
  /**
   * Nodes whose links to other nodes never fail and whose disk and clock are sound, e.g. a store that is given as
   * reliable.
   */
  readonly reliable?: readonly NodeId[];
}

/** Declared as a method, so that an invariant may name the class of the nodes it looks into. */
export type Invariant<N extends Node = Open, Request = Open, Response = Open> = {
  // biome-ignore lint/suspicious/noConfusingVoidType: an assertion that only throws returns nothing
  check(world: World<N, Request, Response>): string | undefined | void;
}["check"];

export type ScenarioFactory<S extends Scenario = Scenario> = (setup: {
  readonly seed: number;
  readonly random: Random;
}) => S;

/** What an invariant sees: everything, from outside. It must not change anything. */
export interface World<N extends Node = Open, Request = Open, Response = Open> {
  /** True time, ms. */
  readonly now: number;
  readonly nodeIds: readonly NodeId[];
  /** The running object of a node; undefined while it is down. Paused nodes are up. */
  node(id: NodeId): N | undefined;
  /** The nodes that are up, in order. */
  live(): { readonly id: NodeId; readonly node: N }[];
  disk(id: NodeId): SimDisk;
  /** What a node's clock shows now, ms. */
  clock(id: NodeId): number;
  /** Operations of all clients in the order of their calls. */
  readonly history: readonly Operation<Request, Response>[];
  /** True when every client has run to its end. */
  readonly clientsDone: boolean;
  /** True once the fault phase has ended. */
  readonly healed: boolean;
  /** Counts that something worth seeing happened, so that a suite can assert that its runs got there. */
  mark(name: string): void;
}

/** Something that must not happen, happened. */
export interface Violation {
  /** The invariant's name, or one of the simulator's own: see `BUILT_IN`. */
  readonly invariant: string;
  readonly message: string;
  /** True time, ms. */
  readonly at: number;
  /** The node whose handler ran last; null when none did. */
  readonly node: NodeId | null;
  /** Seen after a handler, or only when the run was over. */
  readonly when: "step" | "end";
}

/** Names of what the simulator itself demands. */
export const BUILT_IN = {
  throws: "handlers do not throw",
  endless: "the run ends",
  clientsEnd: "clients finish after everything healed",
  converges: "the system converges after everything healed",
  clientThrows: "clients accept what they get",
} as const;
