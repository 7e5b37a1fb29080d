import type { LogOptions, LogRequest, LogResponse } from "../../../../solutions/key-value-store/replication-modes.ts";
import { defineBench } from "../../../kit/bench.ts";
import { Bus } from "../replicas.ts";

type Module = typeof import("../../../../solutions/key-value-store/replication-modes.ts");

const FIVE = ["n1", "n2", "n3", "n4", "n5"];
const quorum: LogOptions = { mode: "quorum", lagMax: 0 };

function led({ LogNode }: Module, options: LogOptions): Bus<LogRequest, LogResponse> {
  const nodes = new Bus<LogRequest, LogResponse>(FIVE, (context) => new LogNode(context, options));
  nodes.ask("n1", { op: "promote", term: 1 });
  return nodes;
}

/** What 100 appends, one after the other, add to a figure; infinite when one of them is not acknowledged. */
function perAppend(module: Module, figure: (nodes: Bus<LogRequest, LogResponse>) => number): number {
  const nodes = led(module, quorum);
  const before = figure(nodes);
  for (let i = 0; i < 100; i++)
    if (nodes.ask("n1", { op: "append", value: `v${i}` }).replies !== 1) return Number.POSITIVE_INFINITY;
  return (figure(nodes) - before) / 100;
}

export default defineBench<Module>([
  {
    kind: "count",
    name: "messages for an append",
    workload: "100 appends, one after the other, at the leader of five nodes, by quorum; nothing is lost",
    unit: "messages",
    atMost: 8,
    count: (module) => perAppend(module, (nodes) => nodes.messages),
  },
  {
    kind: "count",
    name: "stable writes for an append",
    workload: "the same; of all five nodes together",
    unit: "writes",
    atMost: 10,
    count: (module) => perAppend(module, (nodes) => nodes.stableWrites),
  },
  {
    kind: "count",
    name: "characters for an append to a long log",
    workload:
      "the last 100 of 1,000 appends of 10 characters, by quorum; characters of JSON in all messages, per append",
    unit: "characters",
    atMost: 800,
    count(module) {
      const nodes = led(module, quorum);
      for (let i = 0; i < 900; i++) nodes.ask("n1", { op: "append", value: `value ${1_000 + i}` });
      nodes.measures = true;
      for (let i = 900; i < 1_000; i++)
        if (nodes.ask("n1", { op: "append", value: `value ${1_000 + i}` }).replies !== 1)
          return Number.POSITIVE_INFINITY;
      return nodes.size / 100;
    },
  },
  {
    kind: "ratio",
    name: "appends through five nodes",
    workload: "a new cluster takes 200 appends by quorum, over a network that costs nothing",
    unit: "appends/s",
    threshold: 0.3,
    setup: (module) => ({
      opsPerRun: 200,
      run() {
        const nodes = led(module, quorum);
        for (let i = 0; i < 200; i++) nodes.ask("n1", { op: "append", value: `v${i}` });
        return nodes.messages;
      },
    }),
  },
  {
    kind: "growth",
    name: "a log of n entries",
    workload: "a new cluster takes n appends by quorum, and the leader shows them once",
    order: "O(n)",
    n: 250,
    setup: (module, n) => ({
      opsPerRun: 1,
      run() {
        const nodes = led(module, quorum);
        for (let i = 0; i < n; i++) nodes.ask("n1", { op: "append", value: `v${i}` });
        return nodes.ask("n1", { op: "read" }).response ?? null;
      },
    }),
  },
]);
