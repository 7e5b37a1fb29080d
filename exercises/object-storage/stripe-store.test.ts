import { expect, test } from "vitest";
import type { Call, Reply, Task } from "../../given/object-storage/calls.ts";
import { StripeStore } from "./stripe-store.ts";

/** Six racks of one node each. Whoever is `down` does not answer. */
function sixRacks() {
  const kept = new Map<string, Uint8Array>();
  const down = new Set<string>();
  const answer = (call: Call): Reply => {
    if (down.has(call.to)) return { status: "lost" };
    if (call.op === "write") kept.set(`${call.to} ${call.name}`, call.bytes.slice());
    if (call.op !== "read") return { status: "ok" };
    const bytes = kept.get(`${call.to} ${call.name}`)?.slice(call.offset, call.offset + call.length);
    return bytes === undefined ? { status: "missing" } : { status: "ok", bytes };
  };
  const run = <Result>(task: Task<Result>): Result => {
    let state = task.next();
    while (state.done !== true) state = task.next(state.value.map(answer));
    return state.value;
  };
  let ids = 0;
  const store = new StripeStore({
    dataFragments: 2,
    parityFragments: 2,
    unitBytes: 4,
    places: () => [1, 2, 3, 4, 5, 6].map((i) => ({ node: `n${i}`, rack: `r${i}` })),
    newId: () => `id-${++ids}`,
  });
  return { kept, down, run, store };
}

const bytes = Uint8Array.from({ length: 20 }, (_, i) => i);

test("a piece of two stripes and a half comes back, and any range of it", () => {
  const { run, store } = sixRacks();
  const piece = run(store.write(bytes))!;
  expect(run(store.read(piece, 0, 20))).toEqual(bytes);
  expect(run(store.read(piece, 7, 9))).toEqual(bytes.slice(7, 9));
});

test("four fragments are durable before the piece is, although a node is silent", () => {
  const { down, run, store } = sixRacks();
  down.add("n2");
  const piece = run(store.write(bytes))!;
  expect(new Set(piece.nodes).size).toBe(4);
  expect(piece.nodes).not.toContain("n2");
});

test("two nodes of four may be lost", () => {
  const { down, run, store } = sixRacks();
  const piece = run(store.write(bytes))!;
  for (const node of piece.nodes.slice(0, 2)) down.add(node);
  expect(run(store.read(piece, 3, 17))).toEqual(bytes.slice(3, 17));
});

test("a fragment that lies is found out", () => {
  const { kept, run, store } = sixRacks();
  const piece = run(store.write(bytes))!;
  for (const [name, fragment] of kept) if (name.startsWith(piece.nodes[0]!)) fragment.fill(1);
  expect(run(store.read(piece, 0, 20))).toEqual(bytes);
});
