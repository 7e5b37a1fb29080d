import type { NodeId, StableMap } from "../../../given/key-value-store/replica.ts";
import { join, type Seen } from "../../../given/key-value-store/versions.ts";
import { Cluster } from "../../../sim/cluster.ts";
import { copy } from "../../../sim/copy.ts";
import { faults } from "../../../sim/faults.ts";
import type { Client, ClientProgram, Context, Node } from "../../../sim/index.ts";
import {
  QuorumNode,
  type QuorumOptions,
  type StoreRequest,
  type StoreResponse,
} from "../../../solutions/key-value-store/quorum-store.ts";
import type { Operation } from "./judge.ts";
import { contentOf } from "./words.ts";

/**
 * The reference's own nodes under the course's simulator, three clients, and notes of what the clients asked and were
 * told.
 */

export const nodeNames: readonly NodeId[] = ["n1", "n2", "n3", "n4", "n5"];
export type ClientName = (typeof clientNames)[number];
export const clientNames = ["Ana", "Ben", "Cleo"] as const;

/** The one key of the lab. Of partition 0: its homes are the first `n` nodes. */
export const key = "name";

/** "put" replaces what its client has read so far; "write" reads first, so that this is what the store has now. */
export type Command = "read" | "put" | "write";

/** A client that has no answer by then gives up, and cannot know. */
export const giveUpMs = 250;

export interface Bench {
  readonly cluster: Cluster;
  /** In the order of their calls. */
  readonly operations: Operation[];
  /** What clients will do next. */
  readonly orders: Readonly<Record<ClientName, Command[]>>;
  /** The node that each client asks. */
  readonly via: Record<ClientName, NodeId>;
}

/**
 * Messages take 3 to 14 ms, well within the 40 ms after which the reference asks again; a slow one takes some 50 ms
 * more.
 */
export function setUp(seed: number, options: QuorumOptions, slowShare: number, via: Bench["via"]): Bench {
  const operations: Operation[] = [];
  const orders = { Ana: [], Ben: [], Cleo: [] } satisfies Bench["orders"];
  const clock = { position: 0 };
  const bench = { operations, orders, via: { ...via } };
  const disks = new Map(nodeNames.map((name) => [name, new Stable()]));
  const scenario = () => ({
    nodes: Object.fromEntries(
      nodeNames.map((name) => [name, (context: Context) => watched(context, disks.get(name)!, options, operations)]),
    ),
    clients: Object.fromEntries(clientNames.map((name) => [name, program(name, bench, clock)])),
  });
  const delays = { delayMinMs: 3, delayMeanMs: 4, delayMaxMs: 14, reordering: slowShare, reorderingMeanMs: 50 };
  const cluster = new Cluster({ scenario, seed, faults: faults("calm", delays), plan: [], trace: true });
  return { cluster, ...bench };
}

/** What a replica keeps, as its home; undefined while it is down. */
export function look(
  cluster: Cluster,
  name: NodeId,
): { readonly values: readonly string[]; readonly hints: number } | undefined {
  const node = (cluster.node(name) as WatchedNode | undefined)?.replica;
  return node && { values: node.heldAt(key), hints: node.hints };
}

// --- internal ---

interface WatchedNode extends Node {
  readonly replica: QuorumNode;
}

/** What travels from a client: the reference looks at its own fields only. */
type Numbered = StoreRequest & { readonly operation: number };

/** The reference behind a window: who had answered when it replied. */
function watched(context: Context, stable: StableMap, options: QuorumOptions, operations: Operation[]): WatchedNode {
  const { self, peers, setTimer, clearTimer } = context;
  const isHome = nodeNames.indexOf(self) < options.n;
  const operationOf = new Map<string, number>();
  const answered = new Map<number, Set<NodeId>>();
  let asking: number | undefined;
  const send = (to: NodeId, message: unknown): void => {
    const { id } = contentOf(message);
    if (asking !== undefined && id !== undefined) operationOf.set(id, asking);
    context.send(to, message);
  };
  const replica = new QuorumNode({ self, peers, send, setTimer, clearTimer, stable }, options);
  return {
    replica,
    onStart: () => replica.onStart(),
    onTimer: (name) => replica.onTimer(name),
    onMessage(from, message) {
      const { type, id } = contentOf(message);
      if (type === "answer" && id !== undefined) answered.get(operationOf.get(id) ?? -1)?.add(from);
      replica.onMessage(from, message);
    },
    onRequest(request: Numbered, reply: (response: StoreResponse) => void) {
      const { operation } = request;
      const nodes = new Set(isHome ? [self] : []);
      answered.set(operation, nodes);
      asking = operation;
      replica.onRequest(request, (response) => {
        // A node that stands in itself sends itself nothing: it is the one that is missing.
        const needed = request.op === "get" ? options.r : options.w;
        if (nodes.size < needed) nodes.add(self);
        operations[operation]!.countedOn = [...nodes].sort();
        reply(response);
      });
      asking = undefined;
    },
  };
}

/** Does as it is told, one operation at a time, and remembers everything that it has read. */
function program(
  name: ClientName,
  { operations, orders, via }: Omit<Bench, "cluster">,
  clock: { position: number },
): ClientProgram<Numbered, StoreResponse> {
  return function* (client: Client<Numbered, StoreResponse>) {
    let context: Seen = {};
    const known = new Set<string>();

    function* ask(request: StoreRequest) {
      const operation: Operation = {
        index: operations.length,
        client: name,
        kind: request.op === "get" ? "read" : "write",
        via: via[name],
        calledAt: client.now(),
        calledPosition: clock.position++,
        status: "open",
        values: request.op === "put" ? [request.value] : [],
        replaced: request.op === "put" ? [...known] : [],
        countedOn: [],
      };
      operations.push(operation);
      const outcome = yield* client.invoke(operation.via, { ...request, operation: operation.index }, giveUpMs);
      operation.endedAt = client.now();
      operation.endedPosition = clock.position++;
      operation.status = outcome.status === "ok" ? "done" : "unknown";
      if (outcome.status !== "ok" || outcome.response.op !== "get") return;
      operation.values = outcome.response.values;
      context = join(context, outcome.response.context);
      for (const value of operation.values) known.add(value);
    }

    for (;;) {
      const order = orders[name].shift();
      if (order === undefined) {
        yield* client.sleep(3);
        continue;
      }
      if (order !== "put") yield* ask({ op: "get", key });
      if (order === "read") continue;
      const value = `v${operations.filter(({ kind }) => kind === "write").length + 1}`;
      yield* ask({ op: "put", key, value, context });
    }
  };
}

/** Atomic, durable writes, as the exercise promises them. */
class Stable implements StableMap {
  readonly #values = new Map<string, unknown>();

  // biome-ignore lint/suspicious/noExplicitAny: what lies there is the node's own
  get(place: string): any {
    return copy(this.#values.get(place));
  }

  set(place: string, value: unknown): void {
    this.#values.set(place, copy(value));
  }

  delete(place: string): void {
    this.#values.delete(place);
  }

  keys(prefix: string): string[] {
    return [...this.#values.keys()].filter((place) => place.startsWith(prefix)).sort();
  }
}
