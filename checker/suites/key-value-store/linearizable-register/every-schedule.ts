/** Registers on three nodes in worlds small enough to look at every schedule of them. */

import type { NodeId, Replica, ReplicaContext } from "../../../../given/key-value-store/replica.ts";
import type { Bounds, ClientProgram, Goal, SmallWorld } from "../../../../sim/index.ts";
import type { RegisterRequest, RegisterResponse } from "../../../../solutions/key-value-store/linearizable-register.ts";
import type { Space } from "../../../kit/explore-all.ts";
import { replicas } from "../replicas.ts";
import { describeMessage, notLinearizable } from "./history.ts";

type Create = (context: ReplicaContext) => Replica<RegisterRequest, RegisterResponse>;
type Program = ClientProgram<RegisterRequest, RegisterResponse>;

const read: RegisterRequest = { op: "read", consistency: "linearizable" };
const write = (value: string): RegisterRequest => ({ op: "write", value });

/** Asks one node after the other. */
const asks = (...operations: (readonly [NodeId, RegisterRequest])[]): Program =>
  function* client(c) {
    for (const [node, request] of operations) yield* c.invoke(node, request);
  };

/** No timer fires: what is lost stays lost, and what is late is late. */
const still: Omit<Bounds, "depth"> = { timers: 0, unsynced: "kept" };

/** One client writes at n1; another reads at n2, and then at n3. */
export function writeAndTwoReads(create: Create): Space {
  const clients = { writer: asks(["n1", write("a")]), reader: asks(["n2", read], ["n3", read]) };
  const goals = {
    "the first read sees the write": returned(read, "a"),
    "the first read misses it": returned(read, null),
  };
  return {
    space: "one write, then two reads at other nodes: 10 events, messages in any order, any of them lost",
    referenceStates: 25_180,
    scenario: worldOf(create, clients, goals),
    bounds: { ...still, depth: 10 },
  };
}

/** Two clients write at n1 and n2 at the same time; the second reads at n3 afterwards. */
export function twoWritesAndARead(create: Create): Space {
  const clients = { first: asks(["n1", write("a")]), second: asks(["n2", write("b")], ["n3", read]) };
  const goals = { "a write is acknowledged": returned(write("b"), undefined), "the read sees it": returned(read, "b") };
  return {
    space: "two writes at once, then a read at the third node: 9 events, messages in any order, any of them lost",
    referenceStates: 10_782,
    scenario: worldOf(create, clients, goals),
    bounds: { ...still, depth: 9 },
  };
}

/**
 * One client writes at n1, another reads at n2, and one node crashes before any of its writes to stable storage, or
 * between two handlers.
 */
export function writeReadAndCrash(create: Create): Space {
  const clients = { writer: asks(["n1", write("a")]), reader: asks(["n2", read]) };
  const goals = {
    "the write is acknowledged": returned(write("a"), undefined),
    "the read sees it": returned(read, "a"),
  };
  return {
    space: "a write, a read and a crash at any moment: 9 events, links in order, any message lost",
    referenceStates: 20_753,
    scenario: worldOf(create, clients, goals),
    bounds: { ...still, depth: 9, late: 0, crashes: 1 },
  };
}

function worldOf(create: Create, clients: Readonly<Record<NodeId, Program>>, goals: SmallWorld["goals"]) {
  return (): SmallWorld => ({
    nodes: replicas<RegisterRequest, RegisterResponse>(["n1", "n2", "n3"], create),
    clients,
    invariants: { "the history is linearizable": notLinearizable },
    ...(goals === undefined ? {} : { goals }),
    describe: describeMessage,
  });
}

/** Some operation of this kind came back, a read with this value. */
function returned(
  request: RegisterRequest,
  value: string | null | undefined,
): Goal<unknown, RegisterRequest, RegisterResponse> {
  return ({ history }) =>
    history.some(({ input, ...rest }) => {
      if (rest.status !== "ok" || input.op !== request.op) return false;
      return rest.output.op === "write" ? input.op === "write" : rest.output.value === value;
    });
}
