/** What the suite of `quorum-store` does to nodes: by hand, and under the simulator. */

import { partitionOf } from "../../../../given/key-value-store/hashes.ts";
import type { NodeId, ReplicaContext } from "../../../../given/key-value-store/replica.ts";
import type { Seen } from "../../../../given/key-value-store/versions.ts";
import type { Client, ClientProgram, Scenario, World } from "../../../../sim/index.ts";
import type { QuorumNode, StoreRequest, StoreResponse } from "../../../../solutions/key-value-store/quorum-store.ts";
import { ensure, show } from "../../../kit/index.ts";
import { type Bus, replicas } from "../replicas.ts";
import { type Put, wrongSiblings } from "./siblings.ts";

/** The public side of the learner's class: private fields make classes of the same shape differ. */
type QuorumReplica = Pick<QuorumNode, keyof QuorumNode>;
export type StoreBus = Bus<StoreRequest, StoreResponse, QuorumReplica>;

const FIVE = ["n1", "n2", "n3", "n4", "n5"];

/** A key whose homes among five nodes are n1, n2 and n3; n4 stands in first, then n5. */
export const KEY = keyOfPartition(0);

export function keyOfPartition(partition: number): string {
  for (let i = 0; ; i++) if (partitionOf(`key ${i}`, FIVE.length) === partition) return `key ${i}`;
}

export function put(nodes: StoreBus, node: NodeId, key: string, value: string, context: Seen = {}): void {
  const { replies, response } = nodes.ask(node, { op: "put", key, value, context });
  ensure(replies === 1 && response?.op === "put", () => ({
    expected: 'one reply, { op: "put" }',
    got: replies === 1 ? show(response) : `${replies} replies`,
  }));
}

export function get(nodes: StoreBus, node: NodeId, key: string): { values: readonly string[]; context: Seen } {
  const { replies, response } = nodes.ask(node, { op: "get", key });
  if (replies === 1 && response?.op === "get") return response;
  ensure(false, () => ({
    expected: "one reply with values",
    got: replies === 1 ? show(response) : `${replies} replies`,
  }));
  return { values: [], context: {} };
}

export function expectValues(got: readonly string[], expected: readonly string[], note?: string): void {
  ensure(show(got) === show(expected), () => ({
    expected: show(expected),
    got: show(got),
    ...(note === undefined ? {} : { note }),
  }));
}

const KEYS = [KEY, keyOfPartition(3)];

/**
 * Three clients get and put through random nodes; in the end all homes must hold the puts that no other put had read.
 */
export function storeScenario(
  names: readonly NodeId[],
  create: (context: ReplicaContext) => QuorumReplica,
): () => Scenario {
  return () => {
    const puts = new Map<string, readonly string[]>();
    function* client(c: Client<StoreRequest, StoreResponse>): ReturnType<ClientProgram<unknown, unknown>> {
      for (let i = 1; i <= 6; i++) {
        yield* c.sleep(c.random.integer(0, 60));
        const key = c.random.pick(KEYS);
        const value = `${c.self}-${i}`;
        const read = yield* c.invoke(c.random.pick(names), { op: "get", key }, 300);
        const seen =
          read.status === "ok" && read.response.op === "get" && c.random.chance(0.7) ? read.response : undefined;
        puts.set(value, seen?.values ?? []);
        yield* c.invoke(c.random.pick(names), { op: "put", key, value, context: seen?.context ?? {} }, 300);
      }
    }
    const putsOf = (world: World, key: string): Put[] =>
      world.history.flatMap(({ input, status }) => {
        const request = input as StoreRequest;
        if (request.op !== "put" || request.key !== key) return [];
        return [{ value: request.value, read: puts.get(request.value) ?? [], acknowledged: status === "ok" }];
      });
    const homes = (key: string) => [0, 1, 2].map((i) => names[(partitionOf(key, names.length) + i) % names.length]!);
    return {
      nodes: replicas<StoreRequest, StoreResponse>(names, create),
      clients: { c1: client, c2: client, c3: client },
      converged: (world: World) => {
        for (const key of KEYS) {
          const held = homes(key).map((home) => show((world.node(home) as QuorumReplica | undefined)?.heldAt(key)));
          if (new Set(held).size > 1) return `homes of ${key} hold ${held.join(" and ")}`;
        }
        for (const { id, node } of world.live()) {
          const { hints } = node as unknown as QuorumReplica;
          if (hints > 0) return `${id} still keeps ${hints} hints`;
        }
        return undefined;
      },
      atEnd: {
        "homes hold the puts that no other put had read": (world: World) => {
          for (const key of KEYS) {
            const node = world.node(homes(key)[0]!) as QuorumReplica | undefined;
            const wrong = wrongSiblings(putsOf(world, key), node?.heldAt(key) ?? []);
            if (wrong !== undefined) return `${key}: ${wrong}`;
          }
          return undefined;
        },
      },
    };
  };
}
