import { describe, expect, it, vi } from "vitest";
import type { Client, ClientProgram } from "./client.ts";
import { explore } from "./explore.ts";
import type { Context, Node, NodeId } from "./node.ts";
import type { Scenario } from "./scenario.ts";

// Hundreds of runs: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** A store of counters, far away: every access takes a round trip. */
type Message =
  | { type: "get"; key: string }
  | { type: "set"; key: string; count: number }
  | { type: "incr"; key: string }
  | { type: "count"; key: string; count: number };

const LIMIT = 2;

/** Reads the count, decides, writes it back: two requests that read before either writes both see the same room. */
class GetThenSet implements Node<Message, string, boolean> {
  protected readonly waiting: ((admitted: boolean) => void)[] = [];
  protected readonly context: Context<Message>;

  constructor(context: Context<Message>) {
    this.context = context;
  }

  onRequest(key: string, reply: (admitted: boolean) => void): void {
    this.waiting.push(reply);
    this.context.send("store", { type: "get", key });
  }

  onMessage(_: NodeId, message: Message): void {
    if (message.type !== "count") return;
    const admitted = message.count < LIMIT;
    if (admitted) this.context.send("store", { type: "set", key: message.key, count: message.count + 1 });
    this.waiting.shift()?.(admitted);
  }
}

/** Counts and asks in one step of the store; the order of the steps is the order of admission. */
class Increment extends GetThenSet {
  override onRequest(key: string, reply: (admitted: boolean) => void): void {
    this.waiting.push(reply);
    this.context.send("store", { type: "incr", key });
  }

  override onMessage(_: NodeId, message: Message): void {
    if (message.type === "count") this.waiting.shift()?.(message.count <= LIMIT);
  }
}

function store(context: Context<Message>): Node<Message> {
  const counts = new Map<string, number>();
  return {
    onMessage(from, message) {
      const { key } = message;
      const count = counts.get(key) ?? 0;
      if (message.type === "set") counts.set(key, message.count);
      if (message.type === "get") context.send(from, { type: "count", key, count });
      if (message.type === "incr") {
        counts.set(key, count + 1);
        context.send(from, { type: "count", key, count: count + 1 });
      }
    },
  };
}

function* client(c: Client<string, boolean>): ReturnType<ClientProgram<string, boolean>> {
  for (let i = 0; i < 5; i++) {
    yield* c.sleep(c.random.integer(0, 40));
    yield* c.invoke(c.random.pick(["n1", "n2", "n3"]), "user-1");
  }
}

type LimiterScenario = Scenario<Message, string, boolean>;

function limitedBy(limiter: (context: Context<Message>) => Node<Message, string, boolean>): () => LimiterScenario {
  return () => ({
    nodes: { n1: limiter, n2: limiter, n3: limiter, store },
    clients: { c1: client, c2: client, c3: client },
    invariants: {
      "no more than the limit is admitted": ({ history }) => {
        const admitted = history.filter((operation) => operation.status === "ok" && operation.output).length;
        return admitted > LIMIT ? `${admitted} admitted, the limit is ${LIMIT}` : undefined;
      },
    },
    describe: (payload) => {
      if (typeof payload === "string") return `acquire ${payload}`;
      if (typeof payload === "boolean") return payload ? "admitted" : "refused";
      return payload.type === "set" || payload.type === "count" ? `${payload.type} ${payload.count}` : payload.type;
    },
  });
}

describe("a rate limiter over a shared store", () => {
  const search = (limiter: (context: Context<Message>) => Node<Message, string, boolean>) =>
    explore({ scenario: limitedBy(limiter), faults: "calm", seeds: 200, durationMs: 500 });

  it("admits too many when it gets, then sets: found, shrunk, drawn", () => {
    const found = search((context) => new GetThenSet(context));
    if (found.ok) throw new Error("the race was not found");
    expect(found.failure.drawing).toMatchInlineSnapshot(`
      "    ms  c3       c2       n1       n3       store
          10  ●╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌▷│        │        │        #1 acquire user-1
          18  │        ●╌╌╌╌╌╌╌▷│        │        │        #2 acquire user-1
          18  │        │     ╌╌►│        │        │        #1 acquire user-1 arrives
          18  │        │        ●╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌▷│        #3 get
          19  │        │     ╌╌►│        │        │        #2 acquire user-1 arrives
          19  │        │        ●╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌▷│        #4 get
          19  │        │        │        │     ╌╌►│        #3 get arrives
          19  │        │        │◁╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌●        #5 count 0
          20  │        │        │        │     ╌╌►│        #4 get arrives
          20  │        │        │◁╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌●        #6 count 0
          20  │        │        │◄╌╌     │        │        #5 count 0 arrives
          20  │        │        ●╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌▷│        #7 set 1
          20  │◁╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌●        │        │        #8 admitted
          21  │        │        │◄╌╌     │        │        #6 count 0 arrives
          21  │        │        ●╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌▷│        #9 set 1
          21  │        │◁╌╌╌╌╌╌╌●        │        │        #10 admitted
          21  │        │        │        │     ╌╌►│        #7 set 1 arrives
          21  │◄╌╌     │        │        │        │        #8 admitted arrives
          22  │        │        │        │     ╌╌►│        #9 set 1 arrives
          22  │        │◄╌╌     │        │        │        #10 admitted arrives
          33  ●────────┼────────┼───────►│        │        acquire user-1
          34  │        │        │        ●───────►│        get
          35  │        │        │        │◄───────●        count 1
          36  │        │        │        ●╌╌╌╌╌╌╌▷│        #14 set 2
          36  │◁╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌●        │        #15 admitted
          37  │        │        │        │     ╌╌►│        #14 set 2 arrives
          37  │◄╌╌     │        │        │        │        #15 admitted arrives
          37  !        !        !        !        !        BROKEN no more than the
              │        │        │        │        │        limit is admitted: 3
              │        │        │        │        │        admitted, the limit is 2
      "
    `);
    expect(found.failure.mermaid).toMatchInlineSnapshot(`
      "sequenceDiagram
        participant p0 as c3
        participant p1 as c2
        participant p2 as n1
        participant p3 as n3
        participant p4 as store
        p0->>p2: acquire user-1 (sent at 10 ms, arrives at 18 ms)
        p1->>p2: acquire user-1
        p2->>p4: get
        p2->>p4: get
        p4->>p2: count 0
        p4->>p2: count 0
        p2->>p4: set 1
        p2-->>p0: admitted
        p2->>p4: set 1
        p2-->>p1: admitted
        p0->>p3: acquire user-1
        p3->>p4: get
        p4->>p3: count 1
        p3->>p4: set 2
        p3-->>p0: admitted
        Note over p0,p4: BROKEN no more than the limit is admitted: 3 admitted, the limit is 2
      "
    `);
  });

  it("never does when the store counts and answers in one step", () => {
    const found = search((context) => new Increment(context));
    expect(found).toMatchObject({ ok: true, runs: 200 });
  });
});
