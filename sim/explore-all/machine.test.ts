import { describe, expect, it } from "vitest";
import { busy, busyScenario } from "../busy-fixture.ts";
import { Cluster } from "../cluster.ts";
import { faults } from "../faults.ts";
import type { Context, Node, NodeId } from "../node.ts";
import { createRandom } from "../prng.ts";
import type { TraceEvent } from "../trace.ts";
import { exact } from "./exact.ts";
import { dueTimers, type Input, Machine, type MachineSetup } from "./machine.ts";

const setupOf = (id: NodeId, peers: readonly NodeId[], factory: (context: Context) => Node): MachineSetup => ({
  id,
  peers,
  factory,
  random: () => createRandom(1).fork(`node ${id}`),
  look: undefined,
  fingerprint: undefined,
  clock: true,
  keepsUnsynced: true,
});

describe("a machine", () => {
  it("makes of the same inputs what a node of a cluster makes of them", () => {
    // Without the clock, which shows something else here.
    const timeless = (context: Context): Node => busy(Object.freeze({ ...context, now: () => 0 }));
    const { clients } = busyScenario();
    const cluster = new Cluster({
      scenario: () => ({ nodes: { n1: timeless, n2: timeless, n3: timeless }, clients: clients! }),
      seed: 1,
      faults: faults("lossy", { reordering: 0.2 }),
      durationMs: 600,
      trace: true,
    });
    cluster.run();
    const events = cluster.trace!.events;
    let compared = 0;
    for (const id of ["n1", "n2", "n3"]) {
      const machine = new Machine(
        setupOf(
          id,
          ["n1", "n2", "n3"].filter((peer) => peer !== id),
          timeless,
        ),
      );
      for (const [i, event] of events.entries()) {
        const input = inputOf(id, event, events);
        if (input === undefined) continue;
        const { effects, threw } = machine.handle(input);
        const sent = effects.flatMap((effect) => (effect.kind === "send" ? [exact([effect.to, effect.payload])] : []));
        const replied = effects.flatMap((effect) => (effect.kind === "reply" ? [exact(effect.payload)] : []));
        const then = events.filter(
          (other): other is TraceEvent & { kind: "send" } => other.kind === "send" && other.cause === i,
        );
        expect(threw).toBeUndefined();
        expect(sent).toEqual(
          then.filter(({ role }) => role === "message").map(({ to, payload }) => exact([to, payload])),
        );
        expect(replied).toEqual(then.filter(({ role }) => role === "response").map(({ payload }) => exact(payload)));
        compared += sent.length + replied.length;
      }
    }
    expect(compared).toBeGreaterThan(100);
  });

  it("refuses actions of an incarnation that is over", () => {
    const contexts: Context[] = [];
    const machine = new Machine(
      setupOf("n1", [], (context) => {
        contexts.push(context);
        return {};
      }),
    );
    machine.handle({ kind: "crash", during: null, effect: 0, disk: [] });
    expect(contexts).toHaveLength(2);
    expect(() => contexts[0]!.send("n1", 1)).toThrow("the simulator crashed this node here");
    expect(() => contexts[1]!.send("n1", 1)).not.toThrow();
  });

  it("ends a handler at its crash point, even when the node catches the crash", () => {
    const factory = ({ send, disk }: Context): Node => ({
      onTimer() {
        for (const message of [1, 2, 3]) {
          try {
            send("n1", message);
          } catch {
            // Goes on, as if nothing were.
          }
        }
      },
      onStart: () => disk.exists("f"),
    });
    const machine = new Machine(setupOf("n1", [], factory));
    machine.timers.push({ name: "t", delayMs: 1, event: 1, setMs: 0 });
    const { effects } = machine.handle({ kind: "crash", during: { kind: "timer", name: "t" }, effect: 2, disk: [] });
    expect(effects).toEqual([
      { kind: "send", to: "n1", payload: 1 },
      { kind: "crash", midHandler: true, disk: [] },
    ]);
  });

  it("forgets replies of a past incarnation, and second ones", () => {
    const replies: ((response: unknown) => void)[] = [];
    const factory = (): Node => ({
      onRequest: (_, reply) => void replies.push(reply),
      onMessage() {
        for (const reply of replies) reply(1);
      },
    });
    const request: Input = { kind: "request", client: "c1", operation: 1, payload: 0 };
    const message: Input = { kind: "message", from: "n2", payload: 0 };
    const machine = new Machine(setupOf("n1", [], factory));
    machine.handle(request);
    expect(machine.handle(message).effects).toEqual([{ kind: "reply", client: "c1", operation: 1, payload: 1 }]);
    expect(machine.handle(message).effects).toEqual([]);
    const other = new Machine(setupOf("n1", [], factory));
    other.handle({ ...request, operation: 2 });
    other.handle({ kind: "crash", during: null, effect: 0, disk: [] });
    expect(other.handle(message).effects).toEqual([]);
  });
});

describe("timers that are due", () => {
  const timer = (name: string, delayMs: number, event: number) => ({ name, delayMs, event, setMs: 0 });
  const due = (...timers: [string, number, number][]) =>
    dueTimers(timers.map((each) => timer(...each))).map(({ name }) => name);

  it.each([
    [[["a", 10, 1]], ["a"]],
    [
      [
        ["a", 10, 1],
        ["b", 20, 1],
      ],
      ["a"],
    ],
    [
      [
        ["a", 20, 1],
        ["b", 10, 1],
      ],
      ["b"],
    ],
    [
      [
        ["a", 10, 1],
        ["b", 10, 1],
      ],
      ["a"],
    ],
    [
      [
        ["a", 10, 1],
        ["b", 10, 2],
      ],
      ["a"],
    ],
    [
      [
        ["a", 20, 1],
        ["b", 10, 2],
      ],
      ["a", "b"],
    ],
    [
      [
        ["a", 10, 1],
        ["b", 20, 2],
      ],
      ["a"],
    ],
    [
      [
        ["a", 20, 1],
        ["b", 10, 2],
        ["c", 5, 2],
      ],
      ["a", "c"],
    ],
  ] as [[string, number, number][], string[]][])("of %j: %j", (timers, expected) => {
    expect(due(...timers)).toEqual(expected);
  });
});

function inputOf(id: NodeId, event: TraceEvent, events: readonly TraceEvent[]): Input | undefined {
  if (event.kind === "timer") return event.node === id ? { kind: "timer", name: event.name } : undefined;
  if (event.kind !== "deliver" || event.to !== id) return undefined;
  const sent = events.find((other) => other.kind === "send" && other.id === event.id) as TraceEvent & { kind: "send" };
  if (event.role === "message") return { kind: "message", from: event.from, payload: sent.payload };
  return { kind: "request", client: event.from, operation: event.id, payload: sent.payload };
}
