import { type Message, NOTHING_STORED } from "../../../../given/object-storage/replicated-log.ts";
import { defineBench } from "../../../kit/bench.ts";
import { RaftBus, withTerms } from "./bus.ts";

type Subject = typeof import("../../../../solutions/object-storage/raft.ts");

const FIVE = ["n1", "n2", "n3", "n4", "n5"];

const led = ({ Raft }: Subject, names = FIVE): RaftBus => {
  const nodes = new RaftBus((options) => new Raft(options), names);
  nodes.elect("n1");
  return nodes;
};

/**
 * Five nodes whose messages arrive at once and are not copied; storage costs nothing. Returns what appends a batch and
 * has it committed.
 */
function fast({ Raft }: Subject): (commands: number) => number {
  const nodes = FIVE.map(
    (self) =>
      new Raft({ self, voters: FIVE, electionTicks: 10, heartbeatTicks: 2, random: () => 0.5, stored: NOTHING_STORED }),
  );
  const [leader] = nodes;
  let committed = 0;
  const exchange = () => {
    const queue: Message[] = [];
    const drain = (node: (typeof nodes)[number]) => {
      for (let ready = node.ready(); ready !== undefined; ready = node.ready()) {
        queue.push(...ready.messages);
        if (node === leader) committed += ready.committed.length;
      }
    };
    for (const node of nodes) drain(node);
    for (let i = 0; i < queue.length; i++) {
      const message = queue[i]!;
      const node = nodes[FIVE.indexOf(message.to)]!;
      node.step(message);
      drain(node);
    }
  };
  for (let i = 0; i < 30 && leader!.status().role !== "leader"; i++) leader!.tick();
  exchange();
  let index = 0;
  let compacted = 0;
  return (commands) => {
    for (let i = 0; i < commands; i++) index = leader!.propose({ put: i })?.index ?? index;
    leader!.tick();
    exchange();
    if (index - compacted > 4_096) {
      compacted = index;
      for (const node of nodes) node.compact(node.status().commitIndex, null);
    }
    return committed;
  };
}

/** Messages until two logs that have nothing in common but their first entry agree; Infinity when they never do. */
function repaired({ Raft }: Subject, random: () => number, entries: number): number {
  const terms = (odd: number): number[] => [1, ...Array.from({ length: entries }, (_, i) => 2 * i + 2 + odd)];
  const last = 2 * entries + 2;
  const stored = { n1: withTerms(terms(1), last), n2: withTerms(terms(0), last), n3: withTerms(terms(1), last) };
  const nodes = new RaftBus((options) => new Raft(options), ["n1", "n2", "n3"], { stored, random });
  nodes.isolate("n1", "n3");
  nodes.elect("n1");
  const start = nodes.messages;
  const wanted = nodes.raft("n1").status().log.length;
  for (let round = 0; round < 20 * entries; round++) {
    nodes.disturb(random, { late: 0.2, lost: 0.02, again: 0.1 });
    nodes.tick("n1");
    nodes.deliver();
    if (nodes.stored("n2").entries.length >= wanted && nodes.applied("n2").size >= wanted)
      return nodes.messages - start;
  }
  return Number.POSITIVE_INFINITY;
}

export default defineBench<Subject>([
  {
    kind: "count",
    name: "messages for a command",
    workload: "100 commands, one after the other, five nodes; nothing is lost",
    unit: "messages",
    atMost: 10,
    count(subject) {
      const nodes = led(subject);
      nodes.settle("n1");
      const before = nodes.messages;
      for (let i = 0; i < 100; i++) {
        nodes.propose("n1", i);
        nodes.deliver();
      }
      return nodes.applied("n1").size < 100 ? Number.POSITIVE_INFINITY : (nodes.messages - before) / 100;
    },
  },
  {
    kind: "count",
    name: "messages until a node has what it missed",
    workload: "one of three nodes was cut off for 1,000 commands; heartbeats until it has them all",
    unit: "messages",
    atMost: 60,
    count(subject) {
      const nodes = led(subject, FIVE.slice(0, 3));
      nodes.settle("n1");
      nodes.isolate("n1", "n2");
      for (let i = 0; i < 1_000; i++) nodes.propose("n1", i);
      nodes.deliver();
      nodes.heal();
      const before = nodes.messages;
      nodes.settle("n1");
      return nodes.applied("n3").size < 1_000 ? Number.POSITIVE_INFINITY : nodes.messages - before;
    },
  },
  {
    kind: "count",
    name: "messages for an entry that is repaired",
    workload:
      "a follower holds 300 entries of 300 terms that no leader knows, the leader as many others; a fifth of the " +
      "messages comes late, a fiftieth is lost, a tenth comes again; entries until the logs agree",
    unit: "messages/entry",
    atMost: 4,
    count: (subject, random) => repaired(subject, random, 300) / 300,
  },
  {
    kind: "ratio",
    name: "commands through five nodes",
    workload: "batches of 32 commands; messages arrive at once, storage costs nothing, a snapshot now and then",
    unit: "commands/s",
    threshold: 0.3,
    setup(subject) {
      const append = fast(subject);
      return { opsPerRun: 32, run: () => append(32) };
    },
  },
]);
