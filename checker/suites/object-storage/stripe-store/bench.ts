import type { Call, Place, Reply, Task } from "../../../../given/object-storage/calls.ts";
import { defineBench } from "../../../kit/bench.ts";

type Subject = typeof import("../../../../solutions/object-storage/stripe-store.ts");

const PIECE_BYTES = 512 * 1_024;

/** Twelve nodes in twelve racks, 8 + 4, units of 4 KiB. */
function storeOf({ StripeStore }: Subject): { store: InstanceType<Subject["StripeStore"]>; nodes: Nodes } {
  const nodes = new Nodes();
  let ids = 0;
  const places: Place[] = Array.from({ length: 12 }, (_, i) => ({ node: `n${i}`, rack: `r${i}` }));
  const newId = (): string => `id-${++ids}`;
  const store = new StripeStore({
    dataFragments: 8,
    parityFragments: 4,
    unitBytes: 4_096,
    places: () => places,
    newId,
  });
  return { store, nodes };
}

class Nodes {
  bytes = 0;
  readonly down = new Set<string>();
  readonly #kept = new Map<string, Uint8Array>();

  run<Result>(task: Task<Result>): Result {
    let state = task.next();
    while (state.done !== true) state = task.next(state.value.map((call) => this.#answer(call)));
    return state.value;
  }

  #answer(call: Call): Reply {
    if (this.down.has(call.to)) return { status: "lost" };
    if (call.op === "write") {
      this.bytes += call.bytes.length;
      this.#kept.set(`${call.to} ${call.name}`, call.bytes);
    }
    if (call.op !== "read") return { status: "ok" };
    const bytes = this.#kept.get(`${call.to} ${call.name}`)!.subarray(call.offset, call.offset + call.length);
    this.bytes += bytes.length;
    return { status: "ok", bytes };
  }
}

const content = (random: () => number): Uint8Array => Uint8Array.from({ length: PIECE_BYTES }, () => random() * 256);

export default defineBench<Subject>([
  {
    kind: "count",
    name: "bytes stored for a byte",
    workload: "a piece of 512 KiB, 8 + 4, units of 4 KiB: 1.5 and the checksums",
    unit: "bytes",
    atMost: 1.52,
    count(subject, random) {
      const { store, nodes } = storeOf(subject);
      nodes.run(store.write(content(random)));
      return nodes.bytes / PIECE_BYTES;
    },
  },
  {
    kind: "count",
    name: "bytes read for a byte, one node of twelve down",
    workload: "200 ranges of 64 KiB in a piece of 512 KiB, 8 + 4, units of 4 KiB",
    unit: "bytes",
    // The units that hold the range, and four more for each of its stripes: up to 36 units for 16.
    atMost: 2.2,
    count(subject, random) {
      const { store, nodes } = storeOf(subject);
      const piece = nodes.run(store.write(content(random)))!;
      nodes.down.add(piece.nodes[3]!);
      nodes.bytes = 0;
      for (let i = 0; i < 200; i++) {
        const offset = Math.floor(random() * (PIECE_BYTES - 65_536));
        nodes.run(store.read(piece, offset, offset + 65_536));
      }
      return nodes.bytes / (200 * 65_536);
    },
  },
  {
    kind: "ratio",
    name: "reading with two nodes of twelve down",
    workload: "a piece of 512 KiB read whole, 8 + 4, units of 4 KiB",
    unit: "pieces/s",
    threshold: 0.4,
    setup(subject, random) {
      const { store, nodes } = storeOf(subject);
      const piece = nodes.run(store.write(content(random)))!;
      for (const i of [2, 5]) nodes.down.add(piece.nodes[i]!);
      return { opsPerRun: 1, run: () => nodes.run(store.read(piece, 0, PIECE_BYTES))!.length };
    },
  },
]);
