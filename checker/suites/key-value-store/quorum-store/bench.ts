import type { QuorumOptions, StoreRequest, StoreResponse } from "../../../../solutions/key-value-store/quorum-store.ts";
import { defineBench } from "../../../kit/bench.ts";
import { Bus } from "../replicas.ts";

type Module = typeof import("../../../../solutions/key-value-store/quorum-store.ts");

const THREE = ["n1", "n2", "n3"];
const strict: QuorumOptions = { n: 3, r: 2, w: 2, sloppy: false, antiEntropyMs: 0 };
const COMPARE_MS = 100;

const cluster = ({ QuorumNode }: Module, options: QuorumOptions) =>
  new Bus<StoreRequest, StoreResponse, InstanceType<Module["QuorumNode"]>>(
    THREE,
    (context) => new QuorumNode(context, options),
  );

function fill(nodes: ReturnType<typeof cluster>, keys: number, value: string): void {
  for (let i = 0; i < keys; i++) nodes.ask("n1", { op: "put", key: `user:${i}`, value, context: {} });
}

function messagesPer(module: Module, request: (i: number) => StoreRequest): number {
  const nodes = cluster(module, strict);
  fill(nodes, 100, "x");
  const before = nodes.messages;
  for (let i = 0; i < 100; i++) if (nodes.ask(THREE[i % 3]!, request(i)).replies !== 1) return Number.POSITIVE_INFINITY;
  return (nodes.messages - before) / 100;
}

/**
 * Characters that nodes exchange in one turn of comparisons when `different` of `keys` keys were put while n3 was away.
 */
function comparison(module: Module, keys: number, different: number): number {
  const nodes = cluster(module, { ...strict, antiEntropyMs: COMPARE_MS });
  fill(nodes, keys, "the value before");
  nodes.crash("n3");
  fill(nodes, different, "the value after");
  nodes.tick(2_000);
  nodes.restart("n3");
  nodes.measures = true;
  nodes.tick(2 * THREE.length * COMPARE_MS);
  const last = `user:${Math.max(0, different - 1)}`;
  const synced = nodes.node("n3").heldAt(last).length === (different > 0 ? 2 : 1);
  return synced ? nodes.size : Number.POSITIVE_INFINITY;
}

export default defineBench<Module>([
  {
    kind: "count",
    name: "messages for a put",
    workload: "100 puts of new siblings at three nodes in turn, N = 3, W = 2; nothing is lost",
    unit: "messages",
    atMost: 4,
    count: (module) => messagesPer(module, (i) => ({ op: "put", key: `user:${i}`, value: `v${i}`, context: {} })),
  },
  {
    kind: "count",
    name: "messages for a get of what all homes have",
    workload: "100 gets at three nodes in turn, N = 3, R = 2; nothing is lost",
    unit: "messages",
    atMost: 4,
    count: (module) => messagesPer(module, (i) => ({ op: "get", key: `user:${i}` })),
  },
  {
    kind: "count",
    name: "comparing equal nodes",
    workload: "three nodes with the same 2,000 keys, each compares with each other one twice; characters of JSON",
    unit: "characters",
    atMost: 4_000,
    count: (module) => comparison(module, 2_000, 0),
  },
  {
    kind: "count",
    name: "finding 4 differences among 2,000 keys",
    workload:
      "a home missed 4 puts; every node compares with each other one twice; characters of JSON, the values included",
    unit: "characters",
    atMost: 20_000,
    count: (module) => comparison(module, 2_000, 4),
  },
  {
    kind: "ratio",
    name: "gets and puts through three nodes",
    workload: "one put with the context of a get, then eight gets, over 100 keys and a network that costs nothing",
    unit: "operations/s",
    threshold: 0.3,
    setup(module) {
      const nodes = cluster(module, strict);
      fill(nodes, 100, "x");
      let i = 0;
      return {
        opsPerRun: 10,
        run() {
          const key = `user:${++i % 100}`;
          const { response } = nodes.ask(THREE[i % 3]!, { op: "get", key });
          if (response?.op !== "get") return 0;
          nodes.ask(THREE[i % 3]!, { op: "put", key, value: `v${i}`, context: response.context });
          for (let k = 0; k < 8; k++) nodes.ask(THREE[k % 3]!, { op: "get", key });
          return nodes.messages;
        },
      };
    },
  },
  {
    kind: "growth",
    name: "changing a key in a hash tree, by its leaves",
    workload: "a tree of n leaves and n keys; one key at a time gets another hash",
    order: "O(log n)",
    n: 1_024,
    setup({ HashTree }, n) {
      const tree = new HashTree(n);
      const keys = Array.from({ length: n }, (_, i) => `user:${i}`);
      for (const key of keys) tree.set(key, 1);
      let hash = 1;
      return {
        opsPerRun: 64,
        run() {
          for (let i = 0; i < 64; i++) tree.set(keys[(hash * 7) % n]!, ++hash);
          return tree.hashAt(1);
        },
      };
    },
  },
]);
