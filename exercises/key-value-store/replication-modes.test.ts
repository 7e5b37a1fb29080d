import { expect, test } from "vitest";
import type { AnyMessage, ReplicaContext } from "../../given/key-value-store/replica.ts";
import { acknowledgeable, LogNode, type LogRequest, type LogResponse, type Mode } from "./replication-modes.ts";

/** Three nodes and a perfect network; `down` hears nothing. */
function cluster(mode: Mode, lagMax = 0) {
  const names = ["n1", "n2", "n3"];
  const down = new Set<string>();
  const nodes = new Map<string, LogNode>();
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
    const node = new LogNode(context, { mode, lagMax });
    nodes.set(self, node);
    node.onStart();
  }
  const ask = (name: string, request: LogRequest): LogResponse | undefined => {
    let reply: LogResponse | undefined;
    nodes.get(name)!.onRequest(request, (response) => {
      reply = response;
    });
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      if (!down.has(next.to)) nodes.get(next.to)!.onMessage(next.from, next.message);
    return reply;
  };
  return { ask, down };
}

test("three policies count differently", () => {
  const lengths = [7, 6, 5, 2, 1];
  expect(acknowledgeable({ mode: "synchronous", lagMax: 0 }, lengths)).toBe(1);
  expect(acknowledgeable({ mode: "quorum", lagMax: 0 }, lengths)).toBe(5);
  expect(acknowledgeable({ mode: "asynchronous", lagMax: 1 }, lengths)).toBe(6);
});

test("one follower down: a quorum goes on, synchronous replication waits", () => {
  for (const [mode, reply] of [
    ["quorum", { op: "append", status: "ok", index: 0 }],
    ["synchronous", undefined],
  ] as const) {
    const { ask, down } = cluster(mode);
    expect(ask("n1", { op: "promote", term: 1 })).toEqual({ op: "promote", status: "ok" });
    down.add("n3");
    expect(ask("n1", { op: "append", value: "a" })).toEqual(reply);
  }
});

test("the leader dies: the next one has what was acknowledged", () => {
  const { ask, down } = cluster("quorum");
  ask("n1", { op: "promote", term: 1 });
  ask("n1", { op: "append", value: "a" });
  down.add("n1");
  expect(ask("n2", { op: "promote", term: 2 })).toEqual({ op: "promote", status: "ok" });
  expect(ask("n2", { op: "read" })).toEqual({ op: "read", status: "ok", values: ["a"] });
});
