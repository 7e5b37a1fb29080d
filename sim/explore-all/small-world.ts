import type { ClientProgram, Operation } from "../client.ts";
import type { Node, NodeFactory, NodeId, Open } from "../node.ts";
import type { Random } from "../prng.ts";

/**
 * A world so small that every schedule of it can be looked at. Nodes and clients are those of a `Scenario`. Invariants
 * are not: one state is reached in many ways and judged once, so what must hold is said of a state, and what has to be
 * remembered of the way there is remembered by `look`.
 */
export interface SmallWorld<
  Message = Open,
  Request = Open,
  Response = Open,
  N extends Node<Message, Request, Response> = Node<Message, Request, Response>,
  View = Open,
> {
  /** The nodes by name, in drawing order. They start in this order before anything else happens. */
  readonly nodes: Readonly<Record<NodeId, NodeFactory<N, Message>>>;
  /**
   * One program a client. A request reaches its node in the moment of the call, and a reply its client at once (see
   * `exploreAll`). No client gives up: what is never answered stays open, `timeoutMs` counts for nothing, and an
   * impatient client is two clients.
   */
  readonly clients?: Readonly<Record<NodeId, ClientProgram<Request, Response>>>;
  /**
   * False: nothing that is judged depends on whose operation was over before another client's began. Then the history
   * has no such order, and fewer states are different. Default: true.
   */
  readonly realTime?: boolean;
  /**
   * What invariants and goals see of a node, as plain data: taken after its start and after each of its handlers.
   * `before` is what was seen of this node last, also before its crash; undefined at its first start. Here a node's
   * past is kept: the terms that it led, what it once took for committed. It must not change the node. Default: nothing
   * is seen.
   */
  readonly look?: Look<N, View>;
  /** Safety, by name: what is wrong in this state, or nothing. A function of its argument alone. */
  readonly invariants?: Readonly<Record<string, SmallInvariant<View, Request, Response>>>;
  /**
   * "Some run gets here", by name. A goal that no run reaches says that the invariants judged less than was thought.
   */
  readonly goals?: Readonly<Record<string, Goal<View, Request, Response>>>;
  /**
   * What must hold when nothing more can happen: no message on its way, no timer set, no client about to call. Needs a
   * finite `bounds.drops`, because a network that loses what it likes may be silent at any moment.
   */
  readonly atEnd?: Readonly<Record<string, SmallInvariant<View, Request, Response>>>;
  /**
   * Nodes that could swap their names without changing anything but names, in groups. States that differ by such a swap
   * only are looked at once. A node of a group draws the same random numbers as the others. That the names do not
   * matter is tried on a sample of runs. Views, messages and timer names hold a name as a string or a key of its own,
   * not as a part of a longer string.
   */
  readonly symmetric?: readonly (readonly NodeId[])[];
  /**
   * The whole memory of a node, as plain data. When it is given, two pasts of a node that lead to equal memory, timers,
   * disks and views are one. Leave it out for code whose memory cannot be seen: then the past itself is the memory.
   */
  readonly fingerprint?: Fingerprint<N>;
  /** A message, request or response in a few words, for drawings. */
  readonly describe?: (payload: Open) => string;
  /** Nodes that never crash. */
  readonly immortal?: readonly NodeId[];
}

/** Declared as methods, so that they may name the class of the nodes they look into. */
export type Look<N extends Node = Open, View = Open> = {
  look(node: N, before: View | undefined, id: NodeId): View;
}["look"];

export type Fingerprint<N extends Node = Open> = { fingerprint(node: N): unknown }["fingerprint"];

export type SmallInvariant<View = Open, Request = Open, Response = Open> = {
  // biome-ignore lint/suspicious/noConfusingVoidType: an assertion that only throws returns nothing
  check(sight: Sight<View, Request, Response>): string | undefined | void;
}["check"];

export type Goal<View = Open, Request = Open, Response = Open> = {
  reached(sight: Sight<View, Request, Response>): boolean;
}["reached"];

/** Called often: for every past of a node that is gone through again. It must build the same world every time. */
export type SmallWorldFactory = (setup: { readonly seed: number; readonly random: Random }) => SmallWorld;

/** A state, as invariants and goals see it. Everything in it is frozen. */
export interface Sight<View = Open, Request = Open, Response = Open> {
  readonly nodeIds: readonly NodeId[];
  /** What `look` returned last, in the order of the nodes. */
  readonly views: readonly View[];
  view(id: NodeId): View;
  /**
   * Operations of all clients in the order of their calls; `call` and `return` compare as they do in a run of the
   * cluster.
   */
  readonly history: readonly Operation<Request, Response>[];
  /** True when every client has run to its end. */
  readonly clientsDone: boolean;
}

/** How far the search goes. What is not limited here is limited by `depth` alone. */
export interface Bounds {
  /** Events in one run: deliveries, timers, calls, faults. Infinity for worlds that come to an end by themselves. */
  readonly depth: number;
  /** Messages that arrive in one run. Default: any number. */
  readonly messages?: number;
  /**
   * Timers that fire in one run: of all names together, or by name; a name that is not listed fires any number of
   * times.
   */
  readonly timers?: number | Readonly<Record<string, number>>;
  /** Crashes in one run, each with its restart. Default: 0. */
  readonly crashes?: number;
  /** Messages that arrive once more in one run. Default: 0. */
  readonly duplicates?: number;
  /**
   * Messages that arrive after a later one of their link, in one run. Default: any number, so that every order is
   * looked at. 0: links keep the order of sending, and lose what they like.
   */
  readonly late?: number;
  /**
   * Messages that are lost in one run. Default: any number, which costs nothing: what is lost looks like what is late
   * for ever. Give a number when an end is judged (`atEnd`).
   */
  readonly drops?: number;
  /** Crashes, duplicates, late messages and drops together, as far as they are limited. Default: any number. */
  readonly faults?: number;
  /**
   * What a crash does to writes that were not synced. "any": a file keeps every possible number of them, and the
   * directory of its changes; none is torn (`crashEverywhere` tears them). "kept": all survive. Default: "any".
   */
  readonly unsynced?: "any" | "kept";
}
