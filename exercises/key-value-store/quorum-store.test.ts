import { expect, test } from "vitest";
import type { AnyMessage, ReplicaContext } from "../../given/key-value-store/replica.ts";
import { HashTree, QuorumNode, type StoreRequest, type StoreResponse } from "./quorum-store.ts";

/** Three nodes, N = 3, R = W = 2, and a perfect network: what is sent arrives when `ask` is called, in order. */
function cluster() {
  const names = ["n1", "n2", "n3"];
  const nodes = new Map<string, QuorumNode>();
  const queue: { from: string; to: string; message: AnyMessage }[] = [];
  for (const self of names) {
    const values = new Map<string, unknown>();
    const context: ReplicaContext = {
      self,
      peers: names.filter((name) => name !== self),
      send: (to, message) => void queue.push({ from: self, to, message: structuredClone(message) }),
      setTimer: () => {},
      clearTimer: () => {},
      stable: {
        get: (key) => structuredClone(values.get(key)),
        set: (key, value) => void values.set(key, structuredClone(value)),
        delete: (key) => void values.delete(key),
        keys: (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix)).sort(),
      },
    };
    const node = new QuorumNode(context, { n: 3, r: 2, w: 2, sloppy: false, antiEntropyMs: 0 });
    nodes.set(self, node);
    node.onStart();
  }
  return (name: string, request: StoreRequest): StoreResponse | undefined => {
    let reply: StoreResponse | undefined;
    nodes.get(name)!.onRequest(request, (response) => {
      reply = response;
    });
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      nodes.get(next.to)!.onMessage(next.from, next.message);
    return reply;
  };
}

test("what is put at one node is got at another", () => {
  const ask = cluster();
  expect(ask("n1", { op: "put", key: "cart", value: "milk", context: {} })).toEqual({ op: "put" });
  expect(ask("n3", { op: "get", key: "cart" })).toMatchObject({ op: "get", values: ["milk"] });
});

test("two puts that had not seen each other stay side by side until somebody has read both", () => {
  const ask = cluster();
  ask("n1", { op: "put", key: "cart", value: "milk", context: {} });
  ask("n2", { op: "put", key: "cart", value: "bread", context: {} });
  const read = ask("n3", { op: "get", key: "cart" });
  expect(read).toMatchObject({ values: ["bread", "milk"] });
  if (read?.op !== "get") return;
  ask("n2", { op: "put", key: "cart", value: "milk and bread", context: read.context });
  expect(ask("n1", { op: "get", key: "cart" })).toMatchObject({ values: ["milk and bread"] });
});

test("trees with the same keys have the same root", () => {
  const [a, b] = [new HashTree(8), new HashTree(8)];
  for (const key of ["x", "y", "z"]) a.set(key, 1);
  for (const key of ["z", "y", "x"]) b.set(key, 1);
  expect(a.hashAt(1)).toBe(b.hashAt(1));
  b.set("y", 2);
  expect(a.hashAt(1)).not.toBe(b.hashAt(1));
});
