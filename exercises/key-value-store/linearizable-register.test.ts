import { expect, test } from "vitest";
import type { AnyMessage, ReplicaContext } from "../../given/key-value-store/replica.ts";
import { RegisterReplica, type RegisterResponse } from "./linearizable-register.ts";

/** A few nodes and a perfect network: what is sent arrives in order when `deliver` is called. */
function cluster(...names: string[]) {
  const nodes = new Map<string, RegisterReplica>();
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
    const node = new RegisterReplica(context);
    nodes.set(self, node);
    node.onStart();
  }
  const deliver = () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      nodes.get(next.to)?.onMessage(next.from, next.message);
  };
  return { nodes, deliver };
}

function ask(nodes: ReturnType<typeof cluster>, name: string, request: Parameters<RegisterReplica["onRequest"]>[0]) {
  const replies: RegisterResponse[] = [];
  nodes.nodes.get(name)!.onRequest(request, (response) => replies.push(response));
  nodes.deliver();
  return replies;
}

test("a value written at one node is read at another", () => {
  const three = cluster("n1", "n2", "n3");
  expect(ask(three, "n1", { op: "write", value: "x" })).toEqual([{ op: "write" }]);
  expect(ask(three, "n3", { op: "read", consistency: "regular" })).toEqual([{ op: "read", value: "x" }]);
  expect(ask(three, "n2", { op: "read", consistency: "linearizable" })).toEqual([{ op: "read", value: "x" }]);
});

test("two of three nodes are enough", () => {
  const three = cluster("n1", "n2", "n3");
  three.nodes.delete("n3");
  expect(ask(three, "n1", { op: "write", value: "x" })).toEqual([{ op: "write" }]);
  expect(ask(three, "n2", { op: "read", consistency: "regular" })).toEqual([{ op: "read", value: "x" }]);
});

test("one of three nodes is not", () => {
  const three = cluster("n1", "n2", "n3");
  three.nodes.delete("n2");
  three.nodes.delete("n3");
  expect(ask(three, "n1", { op: "write", value: "x" })).toEqual([]);
});
