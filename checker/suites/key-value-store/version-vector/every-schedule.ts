/** Three servers that hold siblings, in a world small enough to look at every schedule of it. */

import type { ClientProgram, Context, NodeId, Sight, Node as SimNode, SmallWorld } from "../../../../sim/index.ts";
import { canonical } from "../../../../sim/index.ts";
import type { Siblings, VersionVector } from "../../../../solutions/key-value-store/version-vector.ts";
import type { Space } from "../../../kit/explore-all.ts";

/** The code under test. */
export interface Vectors {
  readonly NOTHING: Siblings<never>;
  put(siblings: Siblings<string>, server: string, context: VersionVector, value: string): Siblings<string>;
  join(a: Siblings<string>, b: Siblings<string>): Siblings<string>;
}

/**
 * A write, and the writes that its client had read, directly or not. No vectors: this is what the siblings are held to.
 */
interface Write {
  readonly value: string;
  readonly had: readonly string[];
}

type Request = { readonly op: "read" } | { readonly op: "write"; readonly value: string; readonly after: Read };

interface Read {
  readonly context: VersionVector;
  readonly had: readonly Write[];
}

/** A server's siblings, and the writes that it knows of. */
interface Held {
  readonly held: Siblings<string>;
  readonly known: readonly Write[];
}

/** When its timer fires it sends all that it holds to the others; when it hears from one it joins. */
class Server implements SimNode<Held, Request, Read> {
  state: Held;
  readonly #context: Context<Held>;
  readonly #vectors: Vectors;

  constructor(context: Context<Held>, vectors: Vectors) {
    this.#context = context;
    this.#vectors = vectors;
    this.state = { held: vectors.NOTHING, known: [] };
  }

  onStart(): void {
    this.#context.setTimer("send", 1);
  }

  onTimer(): void {
    for (const peer of this.#context.peers) this.#context.send(peer, this.state);
    this.#context.setTimer("send", 1);
  }

  onMessage(_: NodeId, { held, known }: Held): void {
    this.state = { held: this.#vectors.join(this.state.held, held), known: union(this.state.known, known) };
  }

  onRequest(request: Request, reply: (response: Read) => void): void {
    const { held, known } = this.state;
    if (request.op === "read") {
      reply({ context: held.seen, had: known });
      return;
    }
    const { value, after } = request;
    this.state = {
      held: this.#vectors.put(held, this.#context.self, after.context, value),
      // What the client had read is known here from now on, too: the write stands in its place.
      known: union(known, [...after.had, { value, had: after.had.map((write) => write.value) }]),
    };
    reply({ context: {}, had: [] });
  }
}

/** By value, each once. */
function union(a: readonly Write[], b: readonly Write[]): readonly Write[] {
  const all = new Map([...a, ...b].map((write) => [write.value, write]));
  return [...all.values()].sort((x, y) => (x.value < y.value ? -1 : 1));
}

type Program = ClientProgram<Request, Read>;

/** Reads at one server and writes through another; without the first, a client that has read nothing. */
const client = (reads: NodeId | null, writes: NodeId): Program =>
  function* program(c) {
    let after: Read = { context: {}, had: [] };
    if (reads !== null) {
      const outcome = yield* c.invoke(reads, { op: "read" });
      if (outcome.status === "ok") after = outcome.response;
    }
    yield* c.invoke(writes, { op: "write", value: c.self, after });
  };

/** Four writes, three of them by clients that had read; twice a server sends what it holds to the two others. */
export function readsWritesAndExchanges(vectors: Vectors): Space {
  const clients = { w: client(null, "r"), x: client("r", "s"), y: client("s", "s"), z: client("s", "t") };
  return {
    space: "three servers, four writes, two exchanges: to the end, messages in any order, any of them lost",
    referenceStates: 74_227,
    scenario: () => worldOf(vectors, clients),
    bounds: { depth: Number.POSITIVE_INFINITY, timers: 2 },
  };
}

function worldOf(vectors: Vectors, clients: Readonly<Record<NodeId, Program>>): SmallWorld {
  const server = (context: Context<Held>) => new Server(context, vectors);
  return {
    nodes: { r: server, s: server, t: server },
    clients,
    // What a server holds depends on what reached it, and not on when a client heard of it.
    realTime: false,
    look: ({ state }: Server): Held => state,
    // All that a server is, is plain data.
    fingerprint: ({ state }: Server) => state,
    invariants: {
      "siblings are the writes that no known write had read": siblingsAreExact,
      "servers that know the same hold the same": equalKnowledge,
    },
    goals: {
      "two siblings that a third write replaced": ({ views }: Sight<Held>) =>
        views.some(({ held, known }) => known.length === 3 && held.versions.length === 1),
      "all servers know all": ({ views, history }: Sight<Held>) =>
        history.length > 6 && views.every(({ known }) => known.length === 4),
    },
    describe,
  };
}

function siblingsAreExact({ views, nodeIds }: Sight<Held>): string | undefined {
  for (const [i, { held, known }] of views.entries()) {
    const expected = known.map(({ value }) => value).filter((value) => !known.some(({ had }) => had.includes(value)));
    const got = held.versions.map(({ value }) => value).sort();
    if (got.join() !== expected.join())
      return `${nodeIds[i]} holds [${got.join(", ")}] and not [${expected.join(", ")}]`;
  }
  return undefined;
}

function equalKnowledge({ views, nodeIds }: Sight<Held>): string | undefined {
  const seen = new Map<string, { readonly versions: string; readonly id: NodeId }>();
  for (const [i, { held, known }] of views.entries()) {
    const versions = canonical(held.versions);
    const other = seen.get(canonical(known));
    if (other !== undefined && other.versions !== versions)
      return `${nodeIds[i]} and ${other.id} hold different versions`;
    seen.set(canonical(known), { versions, id: nodeIds[i]! });
  }
  return undefined;
}

function describe(payload: unknown): string {
  const { op, value, held, had } = payload as Partial<{ op: string; value: string } & Held & Read>;
  if (op === "write") return `write ${value}`;
  if (op === "read") return "read";
  if (held !== undefined) return `[${held.versions.map((version) => version.value).join(", ")}]`;
  return had === undefined || had.length === 0 ? "done" : `had ${had.map((write) => write.value).join(", ")}`;
}
