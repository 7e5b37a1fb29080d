/** A replicated log on three nodes in worlds small enough to look at every schedule of them. */

import type { NodeId, Replica, ReplicaContext } from "../../../../given/key-value-store/replica.ts";
import type { Bounds, ClientProgram, Goal, Operation, Sight, SmallWorld } from "../../../../sim/index.ts";
import type { LogRequest, LogResponse } from "../../../../solutions/key-value-store/replication-modes.ts";
import type { Space } from "../../../kit/explore-all.ts";
import { Bus, replicas } from "../replicas.ts";
import { describe } from "./failovers.ts";

type Create = (context: ReplicaContext) => Replica<LogRequest, LogResponse>;
type Program = ClientProgram<LogRequest, LogResponse>;
type LogOperation = Operation<LogRequest, LogResponse>;
type LogSight = Sight<unknown, LogRequest, LogResponse>;

const NAMES = ["n1", "n2", "n3"];

const promote = (term: number): LogRequest => ({ op: "promote", term });
const append = (value: string): LogRequest => ({ op: "append", value });

/** Asks one node after the other. */
const asks = (...operations: (readonly [NodeId, LogRequest])[]): Program =>
  function* client(c) {
    for (const [node, request] of operations) yield* c.invoke(node, request);
  };

/** No timer fires: what is lost stays lost. Links keep their order. */
const still: Omit<Bounds, "depth"> = { timers: 0, late: 0, unsynced: "kept" };

/** n1 leads and takes an entry, n3 leads after it, where a client appends another. */
export function failover(create: Create): Space {
  const operator = asks(["n1", promote(1)], ["n1", append("a")], ["n3", promote(2)], ["n3", append("b")]);
  return {
    space: "three nodes, two leaders, an append at each: 16 events, links in order, any message lost",
    referenceStates: 8_891,
    scenario: worldOf(
      create,
      { operator },
      {
        "both leaders have acknowledged": ({ history }) => acknowledged(history).length === 2,
      },
    ),
    bounds: { ...still, depth: 16 },
  };
}

/**
 * n1 and n2 have acknowledged an entry, which has not reached n3, and all have restarted. Then two operators promote n3
 * and n1 at the same time, clients append at both, and the node in the middle crashes once: before it stores something,
 * or between two handlers.
 */
export function twoFailoversAndACrash(create: Create): Space {
  const before = new Bus<LogRequest, LogResponse>(NAMES, create);
  before.hold("n3 hears nothing", (_, to) => (to === "n3" ? "lost" : false));
  before.ask("n1", promote(1));
  const first = before.ask("n1", append("a")).response;
  const clients = {
    second: asks(["n3", promote(2)], ["n3", append("b")]),
    third: asks(["n1", promote(3)], ["n1", append("c")]),
  };
  const world = worldOf(create, clients, {
    "the second leader acknowledges": ({ history }) => acknowledged(history).some(({ value }) => value === "b"),
    "the third leader acknowledges": ({ history }) => acknowledged(history).some(({ value }) => value === "c"),
  });
  const stored = before.stored();
  const isKept = first?.op === "append" && first.status === "ok";
  return {
    space: "an entry, then two operators at once, n2 crashes: 9 events, links in order, any message lost",
    referenceStates: 24_710,
    scenario: () => ({
      ...world(),
      nodes: replicas<LogRequest, LogResponse>(NAMES, create, stored),
      immortal: ["n1", "n3"],
      invariants: {
        "no place in the log is acknowledged twice": ({ history }: LogSight) =>
          noPlaceTwice(history, isKept ? [{ index: first.index, value: "a" }] : []),
      },
    }),
    bounds: { ...still, depth: 9, crashes: 1 },
  };
}

function worldOf(
  create: Create,
  clients: Readonly<Record<NodeId, Program>>,
  goals: Readonly<Record<string, Goal<unknown, LogRequest, LogResponse>>>,
) {
  return (): SmallWorld => ({
    nodes: replicas<LogRequest, LogResponse>(NAMES, create),
    clients,
    // What is acknowledged at a place in the log stays there: two entries at one place is how its loss is seen.
    invariants: { "no place in the log is acknowledged twice": ({ history }: LogSight) => noPlaceTwice(history) },
    goals,
    describe,
  });
}

/** `before`: what was acknowledged before the world began. */
function noPlaceTwice(history: readonly LogOperation[], before: readonly Acknowledged[] = []): string | undefined {
  const values = new Map<number, string>();
  for (const { index, value } of [...before, ...acknowledged(history)]) {
    const other = values.get(index);
    if (other !== undefined) return `${other} and ${value} were both acknowledged at ${index}`;
    values.set(index, value);
  }
  return undefined;
}

interface Acknowledged {
  readonly index: number;
  readonly value: string;
}

function acknowledged(history: readonly LogOperation[]): Acknowledged[] {
  return history.flatMap((operation) => {
    if (operation.status !== "ok" || operation.input.op !== "append") return [];
    const { output } = operation;
    if (output.op !== "append" || output.status !== "ok") return [];
    return [{ index: output.index, value: operation.input.value }];
  });
}
