import type { RegisterRequest, RegisterResponse } from "../../../../solutions/key-value-store/linearizable-register.ts";
import { defineBench } from "../../../kit/bench.ts";
import { Bus } from "../replicas.ts";

type Module = typeof import("../../../../solutions/key-value-store/linearizable-register.ts");

const FIVE = ["n1", "n2", "n3", "n4", "n5"];
const read = { op: "read", consistency: "linearizable" } as const;

const cluster = ({ RegisterReplica }: Module, names: readonly string[]) =>
  new Bus<RegisterRequest, RegisterResponse>(names, (context) => new RegisterReplica(context));

/** Runs 100 operations, one after the other, at every node in turn; returns what `figure` grew by per operation. */
function perOperation(
  module: Module,
  request: (i: number) => RegisterRequest,
  figure: (bus: Bus<RegisterRequest, RegisterResponse>) => number,
): number {
  const bus = cluster(module, FIVE);
  if (bus.ask("n1", { op: "write", value: "start" }).replies !== 1) return Number.POSITIVE_INFINITY;
  const before = figure(bus);
  for (let i = 0; i < 100; i++) {
    if (bus.ask(FIVE[i % 5]!, request(i)).replies !== 1) return Number.POSITIVE_INFINITY;
  }
  return (figure(bus) - before) / 100;
}

export default defineBench<Module>([
  {
    kind: "count",
    name: "messages for a write",
    workload: "100 writes, one after the other, at every one of five nodes in turn; nothing is lost",
    unit: "messages",
    atMost: 16,
    count: (module) =>
      perOperation(
        module,
        (i) => ({ op: "write", value: `v${i}` }),
        (bus) => bus.messages,
      ),
  },
  {
    kind: "count",
    name: "messages for a linearizable read",
    workload: "100 reads at five nodes in turn, long after the last write; nothing is lost",
    unit: "messages",
    atMost: 16,
    count: (module) =>
      perOperation(
        module,
        () => read,
        (bus) => bus.messages,
      ),
  },
  {
    kind: "count",
    name: "stable writes for a read of what all nodes hold",
    workload: "100 reads at five nodes in turn, long after the last write",
    unit: "writes",
    atMost: 0,
    count: (module) =>
      perOperation(
        module,
        () => read,
        (bus) => bus.stableWrites,
      ),
  },
  {
    kind: "ratio",
    name: "operations through five nodes",
    workload: "one write, then nine linearizable reads, at the nodes in turn, over a network that costs nothing",
    unit: "operations/s",
    threshold: 0.3,
    setup(module) {
      const bus = cluster(module, FIVE);
      let i = 0;
      return {
        opsPerRun: 10,
        run() {
          for (let k = 0; k < 10; k++, i++)
            bus.ask(FIVE[i % 5]!, k === 0 ? { op: "write", value: `v${i % 100}` } : read);
          return bus.messages;
        },
      };
    },
  },
  {
    kind: "growth",
    name: "a linearizable read, by the number of nodes",
    workload: "reads at one of n nodes, long after the last write",
    order: "O(n)",
    n: 15,
    setup(module, n) {
      const bus = cluster(
        module,
        Array.from({ length: n }, (_, i) => `n${i}`),
      );
      bus.ask("n0", { op: "write", value: "x" });
      return { opsPerRun: 1, run: () => bus.ask("n1", read).response ?? null };
    },
  },
]);
