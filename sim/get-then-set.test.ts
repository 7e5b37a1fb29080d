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
      "    ms  c3     c2     c1     n1     n3     store
          10  ●──────┼──────┼─────►│      │      │      acquire user-1
          11  │      │      │      ●──────┼─────►│      get
          12  │      │      │      │◄─────┼──────●      count 0
          13  │      │      │      ●╌╌╌╌╌╌╌╌╌╌╌╌▷│      #4 set 1
          13  │◁╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌●      │      │      #5 admitted
          14  │      │      │      │      │   ╌╌►│      #4 set 1 arrives
          14  │◄╌╌   │      │      │      │      │      #5 admitted arrives
          65  │      ●──────┼─────►│      │      │      acquire user-1
          66  │      │      │      ●╌╌╌╌╌╌╌╌╌╌╌╌▷│      #7 get
          67  │      │      ●╌╌╌╌╌╌╌╌╌╌╌╌▷│      │      #8 acquire user-1
          67  │      │      │      │      │   ╌╌►│      #7 get arrives
          67  │      │      │      │◁╌╌╌╌╌╌╌╌╌╌╌╌●      #9 count 1
          68  │      │      │      │   ╌╌►│      │      #8 acquire user-1 arrives
          68  │      │      │      │      ●╌╌╌╌╌▷│      #10 get
          68  │      │      │      │◄╌╌   │      │      #9 count 1 arrives
          68  │      │      │      ●╌╌╌╌╌╌╌╌╌╌╌╌▷│      #11 set 2
          68  │      │◁╌╌╌╌╌╌╌╌╌╌╌╌●      │      │      #12 admitted
          69  │      │      │      │      │   ╌╌►│      #10 get arrives
          69  │      │      │      │      │◁╌╌╌╌╌●      #13 count 1
          69  │      │      │      │      │   ╌╌►│      #11 set 2 arrives
          69  │      │◄╌╌   │      │      │      │      #12 admitted arrives
          70  │      │      │      │      │◄╌╌   │      #13 count 1 arrives
          70  │      │      │      │      ●╌╌╌╌╌▷│      #14 set 2
          70  │      │      │◁╌╌╌╌╌╌╌╌╌╌╌╌●      │      #15 admitted
          71  │      │      │      │      │   ╌╌►│      #14 set 2 arrives
          71  │      │      │◄╌╌   │      │      │      #15 admitted arrives
          71  !      !      !      !      !      !      BROKEN no more than the limit
              │      │      │      │      │      │      is admitted: 3 admitted, the
              │      │      │      │      │      │      limit is 2
      "
    `);
    expect(found.failure.mermaid).toMatchInlineSnapshot(`
      "sequenceDiagram
        participant p0 as c3
        participant p1 as c2
        participant p2 as c1
        participant p3 as n1
        participant p4 as n3
        participant p5 as store
        p0->>p3: acquire user-1
        p3->>p5: get
        p5->>p3: count 0
        p3->>p5: set 1
        p3-->>p0: admitted
        p1->>p3: acquire user-1
        p3->>p5: get
        p2->>p4: acquire user-1
        p5->>p3: count 1
        p4->>p5: get
        p3->>p5: set 2
        p3-->>p1: admitted
        p5->>p4: count 1
        p4->>p5: set 2
        p4-->>p2: admitted
        Note over p0,p5: BROKEN no more than the limit is admitted: 3 admitted, the limit is 2
      "
    `);
  });

  it("never does when the store counts and answers in one step", () => {
    const found = search((context) => new Increment(context));
    expect(found).toMatchObject({ ok: true, runs: 200 });
  });
});
