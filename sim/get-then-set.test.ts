import { expect, it } from "vitest";
import { explore } from "./explore.ts";
import type { Context, Node, NodeId } from "./node.ts";
import type { Scenario } from "./scenario.ts";

/** A counter per key, far away: every access takes a round trip. */
type Message =
  | { type: "get"; key: string }
  | { type: "value"; key: string; count: number }
  | { type: "set"; key: string; count: number }
  | { type: "incr"; key: string };

const LIMIT = 1;

/** Reads the count, decides, writes it back: two requests that read at the same time both see room. */
class GetThenSet implements Node<Message, string, boolean> {
  private readonly waiting: ((admitted: boolean) => void)[] = [];
  private readonly context: Context<Message>;

  constructor(context: Context<Message>) {
    this.context = context;
  }

  onRequest(key: string, reply: (admitted: boolean) => void): void {
    this.waiting.push(reply);
    this.context.send("store", { type: "get", key });
  }

  onMessage(_: NodeId, message: Message): void {
    if (message.type !== "value") return;
    const admitted = message.count < LIMIT;
    if (admitted) this.context.send("store", { type: "set", key: message.key, count: message.count + 1 });
    this.waiting.shift()?.(admitted);
  }
}

/** One atomic step in the store: the answer is the count after it. */
class Increment extends GetThenSet {}

function store(context: Context<Message>): Node<Message> {
  const counts = new Map<string, number>();
  return {
    onMessage(from, message) {
      if (message.type === "set") counts.set(message.key, message.count);
      const { key } = message;
      if (message.type === "get") context.send(from, { type: "value", key, count: counts.get(key) ?? 0 });
      if (message.type === "incr") {
        counts.set(key, (counts.get(key) ?? 0) + 1);
        context.send(from, { type: "value", key, count: counts.get(key)! - 1 });
      }
    },
  };
}

function scenario(
  limiter: (context: Context<Message>) => Node<Message, string, boolean>,
): () => Scenario<Message, string, boolean> {
  return () => ({
    nodes: { n1: limiter, n2: limiter, n3: limiter, store },
    clients: Object.fromEntries(
      ["c1", "c2", "c3"].map((id) => [
        id,
        function* (c) {
          for (let i = 0; i < 5; i++) {
            yield* c.sleep(c.random.integer(0, 40));
            yield* c.invoke(c.random.pick(["n1", "n2", "n3"]), "user-1");
          }
        },
      ]),
    ),
    invariants: {
      "at most the limit is admitted": ({ history }) => {
        const admitted = history.filter((operation) => operation.status === "ok" && operation.output).length;
        return admitted > LIMIT ? `${admitted} admitted, the limit is ${LIMIT}` : undefined;
      },
    },
  });
}

it("finds the race, shrinks it, draws it", () => {
  const found = explore({ scenario: scenario((context) => new GetThenSet(context)), faults: "calm" });
  if (found.ok) throw new Error("not found");
  console.log(found.failure.drawing);
  console.log(found.failure.mermaid);
  console.log(found.failure.plan, found.failure.effort, found.failure.seed);
  expect(found.ok).toBe(false);
});
